/* See oracle.h. */
#include "tests/lib/oracle.h"

#include <libpq-fe.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <poll.h>

#include "store/clock.h"

#define BETWEEN_QUESTIONS_MS 1

struct oracle {
    PGconn *connection;
    const char *conninfo;
    TALLOC_CTX *texts;
};

static int close_oracle(struct oracle *oracle)
{
    PQfinish(oracle->connection);
    return 0;
}

static void ignore_notice(void *argument UNUSED, const char *message UNUSED) {}

struct oracle *oracle_open(TALLOC_CTX *owner, struct test_server *server, const char *database)
{
    struct oracle *oracle = talloc_zero(owner, struct oracle);
    oracle->conninfo = talloc_asprintf(oracle, "%s application_name=oracle", test_server_conninfo(server, database));
    oracle->texts = talloc_new(oracle);
    talloc_set_destructor(oracle, close_oracle);
    oracle_reopen(oracle);
    return oracle;
}

void oracle_reopen(struct oracle *oracle)
{
    PQfinish(oracle->connection);
    oracle->connection = PQconnectdb(oracle->conninfo);
    if (PQstatus(oracle->connection) != CONNECTION_OK)
        fail_msg("the oracle cannot connect: %s", PQerrorMessage(oracle->connection));
    PQsetNoticeProcessor(oracle->connection, ignore_notice, NULL);
}

static const char *ask(struct oracle *oracle, const char *format, va_list arguments)
{
    char *sql = talloc_vasprintf(oracle->texts, format, arguments);
    PGresult *result = PQexec(oracle->connection, sql);
    ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
        print_error("%s\n%s", sql, PQresultErrorMessage(result));
        PQclear(result);
        fail_msg("the server refused the oracle's statement");
    }
    const char *text = PQntuples(result) > 0 && PQnfields(result) > 0 ? PQgetvalue(result, 0, 0) : "";
    text = talloc_strdup(oracle->texts, text);
    PQclear(result);
    talloc_free(sql);
    return text;
}

void oracle_execute(struct oracle *oracle, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    ask(oracle, format, arguments);
    va_end(arguments);
}

const char *oracle_text(struct oracle *oracle, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const char *text = ask(oracle, format, arguments);
    va_end(arguments);
    return text;
}

long oracle_number(struct oracle *oracle, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const char *text = ask(oracle, format, arguments);
    va_end(arguments);
    return strtol(text, NULL, 10);
}

bool oracle_says(struct oracle *oracle, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const char *text = ask(oracle, format, arguments);
    va_end(arguments);
    return !strcmp(text, "t");
}

bool oracle_wait(struct oracle *oracle, int timeout_ms, const char *format, ...)
{
    int64_t end_ms = clock_monotonic_ms() + timeout_ms;
    for (;;) {
        va_list arguments;
        va_start(arguments, format);
        bool is_so = !strcmp(ask(oracle, format, arguments), "t");
        va_end(arguments);
        if (is_so)
            return true;
        if (clock_monotonic_ms() >= end_ms)
            return false;
        poll(NULL, 0, BETWEEN_QUESTIONS_MS);
    }
}

void oracle_wait_gone(struct oracle *oracle, int timeout_ms)
{
    if (!oracle_wait(oracle, timeout_ms,
                     "SELECT count(*) = 0 FROM pg_stat_activity WHERE datname = current_database() AND"
                     " application_name LIKE 'pgdeck%%'"))
        fail_msg(
            "a session of pgdeck is left: %s",
            oracle_text(oracle,
                        "SELECT string_agg(concat_ws(' ', pid, application_name, state, wait_event, query), E'\\n')"
                        " FROM pg_stat_activity WHERE datname = current_database() AND"
                        " application_name LIKE 'pgdeck%%'"));
}

void oracle_forget(struct oracle *oracle) { talloc_free_children(oracle->texts); }
