/* Making, closing and describing a connection. See store/connection.h. */
#include "store/connection/private.h"

#include <errno.h>
#include <poll.h>

#include "store/clock.h"

static void hear_notice(void *argument, const PGresult *pg)
{
    struct connection *connection = argument;
    if (!connection->on_notice)
        return;
    TALLOC_CTX *memory = talloc_new(NULL);
#define FIELD(code)                                                                                                    \
    (PQresultErrorField(pg, code) ? failure_text(memory, connection, PQresultErrorField(pg, code)) : NULL)
    struct notice notice = {
        .severity = FIELD(PG_DIAG_SEVERITY_NONLOCALIZED),
        .sqlstate = FIELD(PG_DIAG_SQLSTATE),
        .message = FIELD(PG_DIAG_MESSAGE_PRIMARY),
        .detail = FIELD(PG_DIAG_MESSAGE_DETAIL),
        .hint = FIELD(PG_DIAG_MESSAGE_HINT),
        .context = FIELD(PG_DIAG_CONTEXT),
    };
#undef FIELD
    if (!notice.severity)
        notice.severity = "NOTICE";
    if (!notice.sqlstate)
        notice.sqlstate = "";
    if (!notice.message)
        notice.message = "";
    connection->on_notice(connection->listener, &notice);
    talloc_free(memory);
}

static int close_connection(struct connection *connection)
{
    connection_abandon(connection);
    return 0;
}

void connection_abandon(struct connection *connection)
{
    if (!connection->pg)
        return;
    leave_canceller(connection);
    PQfreeCancel(connection->pg_cancel);
    PQfinish(connection->pg);
    connection->pg = NULL;
    connection->pg_cancel = NULL;
}

/* The target's parameters with ours behind them: the last of a name wins. */
static void make_keywords(TALLOC_CTX *owner, const struct target *target, const struct connection_options *options,
                          const char ***keywords, const char ***values)
{
    unsigned count = 0;
    while (target->keywords && target->keywords[count])
        count++;
    *keywords = talloc_zero_array(owner, const char *, count + 3);
    *values = talloc_zero_array(owner, const char *, count + 3);
    for (unsigned i = 0; i < count; i++) {
        (*keywords)[i] = target->keywords[i];
        (*values)[i] = target->values[i];
    }
    (*keywords)[count] = "client_encoding";
    (*values)[count++] = "UTF8";
    (*keywords)[count] = "application_name";
    (*values)[count] = options->application_name ? options->application_name : "pgdeck";
}

/* Returns false when the deadline passed or a cancel came. True only when the socket is ready: PQconnectPoll called
 * before that may block. */
static bool wait_for_step(const struct connection *connection, PostgresPollingStatusType step, int64_t end_ms)
{
    struct pollfd fds[2] = {
        {.fd = PQsocket(connection->pg), .events = step == PGRES_POLLING_READING ? POLLIN : POLLOUT},
        {.fd = connection->cancel ? connection->cancel->fd : -1, .events = POLLIN},
    };
    for (;;) {
        int64_t left_ms = end_ms ? end_ms - clock_monotonic_ms() : INT32_MAX;
        if (left_ms <= 0 || cancel_is_requested(connection->cancel))
            return false;
        int ready = poll(fds, 2, left_ms > INT32_MAX ? INT32_MAX : (int)left_ms);
        if (ready > 0 && fds[0].revents)
            return true;
        if (ready < 0 && errno != EINTR)
            return false;
    }
}

static bool finish_connecting(struct connection *connection, int timeout_ms, struct error *error)
{
    int64_t end_ms = timeout_ms > 0 ? clock_monotonic_ms() + timeout_ms : 0;
    PostgresPollingStatusType step = PGRES_POLLING_WRITING;
    if (PQstatus(connection->pg) == CONNECTION_BAD)
        step = PGRES_POLLING_FAILED;
    while (step != PGRES_POLLING_OK && step != PGRES_POLLING_FAILED) {
        if (!wait_for_step(connection, step, end_ms)) {
            if (cancel_is_requested(connection->cancel))
                return error_set(error, ERROR_CANCELLED, "connecting was cancelled");
            error_set(error, ERROR_CONNECTION, "no connection within %d ms", timeout_ms);
            return error_hint(
                error, "Is the host right, and reachable from here? The setting connect_timeout bounds the wait.");
        }
        step = PQconnectPoll(connection->pg);
    }
    if (step == PGRES_POLLING_OK)
        return true;
    bool needs_password = PQconnectionNeedsPassword(connection->pg),
         used_password = PQconnectionUsedPassword(connection->pg);
    failure_set(error, connection, NULL);
    if (needs_password)
        error_hint(error, "The server asks for a password: give it by PGPASSWORD, .pgpass or a service file.");
    else if (used_password)
        error_hint(error,
                   "A password was given: is it right? It comes from the connection string, PGPASSWORD, .pgpass or a "
                   "service file.");
    error->code = ERROR_CONNECTION;
    error->is_connection_lost = false;
    return false;
}

struct connection *connection_open(TALLOC_CTX *owner, const struct target *target,
                                   const struct connection_options *options, struct error *error)
{
    struct connection *connection = talloc_zero(owner, struct connection);
    connection->target = target;
    connection->cancel = options->cancel;
    connection->connect_timeout_ms = options->connect_timeout_ms;
    const char **keywords, **values;
    TALLOC_CTX *scratch = talloc_new(connection);
    make_keywords(scratch, target, options, &keywords, &values);
    connection->pg = PQconnectStartParams(keywords, values, 0);
    if (!connection->pg)
        abort();
    talloc_set_destructor(connection, close_connection);
    /* Before anything can come: libpq's own receiver prints, and a server may warn while it lets one in. */
    PQsetNoticeReceiver(connection->pg, hear_notice, connection);
    bool ok = finish_connecting(connection, options->connect_timeout_ms, error);
    talloc_free(scratch);
    if (!ok) {
        talloc_free(connection);
        char *where = target_describe(NULL, target);
        error_prefix(error, "cannot connect to %s", where);
        talloc_free(where);
        if (!error->hint && error->code == ERROR_CONNECTION)
            error_hint(error, "Check host, port, database and user; `pgdeck settings` shows where they come from.");
        return NULL;
    }
    PQsetnonblocking(connection->pg, 1);
    connection->pg_cancel = PQgetCancel(connection->pg);
    return connection;
}

void connection_set_cancel(struct connection *connection, struct cancel *cancel) { connection->cancel = cancel; }

void connection_set_patience(struct connection *connection, int timeout_ms) { connection->patience_ms = timeout_ms; }

struct cancel *connection_cancel(const struct connection *connection) { return connection->cancel; }

void connection_set_listener(struct connection *connection, notice_fn on_notice, void *listener)
{
    connection->on_notice = on_notice;
    connection->listener = listener;
}

enum connection_state connection_state(const struct connection *connection)
{
    if (!connection->pg || PQstatus(connection->pg) == CONNECTION_BAD)
        return STATE_LOST;
    switch (PQtransactionStatus(connection->pg)) {
    case PQTRANS_IDLE:
        return STATE_IDLE;
    case PQTRANS_ACTIVE:
        return STATE_ACTIVE;
    case PQTRANS_INTRANS:
        return STATE_IN_TRANSACTION;
    case PQTRANS_INERROR:
        return STATE_FAILED_TRANSACTION;
    case PQTRANS_UNKNOWN:
        break;
    }
    return STATE_LOST;
}

bool connection_is_alive(struct connection *connection)
{
    struct pollfd wait = {.fd = connection_socket(connection), .events = POLLIN};
    if (wait.fd < 0)
        return false;
    /* Behind a farewell that has come in stands the end, which only the next reading finds. */
    while (poll(&wait, 1, 0) > 0)
        if (!PQconsumeInput(connection->pg) || PQstatus(connection->pg) == CONNECTION_BAD)
            return false;
    return true;
}

int connection_backend_pid(const struct connection *connection)
{
    return connection->pg ? PQbackendPID(connection->pg) : 0;
}

int connection_server_version(const struct connection *connection)
{
    return connection->pg ? PQserverVersion(connection->pg) : 0;
}

const char *connection_parameter(const struct connection *connection, const char *name)
{
    const char *value = connection->pg ? PQparameterStatus(connection->pg, name) : NULL;
    return value ? value : "";
}

const struct target *connection_target(const struct connection *connection) { return connection->target; }

int connection_socket(const struct connection *connection) { return connection->pg ? PQsocket(connection->pg) : -1; }
