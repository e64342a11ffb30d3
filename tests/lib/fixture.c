/* See fixture.h. */
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "store/clock.h"
#include "tests/lib/fixture.h"

int fixture_open_group(void **state)
{
    static const char *const settings[] = {"deadlock_timeout=10ms", "log_min_messages=fatal", NULL};
    struct fixture *fixture = talloc_zero(NULL, struct fixture);
    struct error *error = error_new(fixture);
    fixture->server = test_server_start(fixture, settings);
    test_server_create_database(fixture->server, "test");
    fixture->target = target_parse(fixture, test_server_conninfo(fixture->server, "test"), error);
    *state = fixture;
    return fixture->target ? 0 : -1;
}

int fixture_close_group(void **state) { return talloc_free(*state); }

int fixture_open_test(void **state)
{
    struct fixture *fixture = *state;
    fixture->memory = talloc_new(NULL);
    fixture->error = error_new(fixture->memory);
    return 0;
}

int fixture_close_test(void **state)
{
    struct fixture *fixture = *state;
    int64_t end_ms = clock_monotonic_ms() + FIXTURE_PATIENCE_MS;
    const char *left = "?";
    talloc_free(fixture->memory);
    fixture_open_test(state);
    struct connection *connection = fixture_connect(fixture);
    /* A session ends a moment after its connection. */
    while (strcmp(left, "0") != 0 && clock_monotonic_ms() < end_ms)
        left = fixture_ask(
            fixture, connection,
            "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()");
    bool is_clean = !strcmp(left, "0");
    if (!is_clean)
        print_error("%s sessions are left\n", left);
    talloc_free(fixture->memory);
    return is_clean ? 0 : -1;
}

void fixture_expect(struct fixture *fixture, bool ok)
{
    if (!ok)
        fail_msg("%s (%s %s)", fixture->error->message, error_kind(fixture->error->code)->name,
                 fixture->error->sqlstate);
}

void fixture_expect_error(struct fixture *fixture, bool ok, enum error_code code, const char *sqlstate)
{
    const struct error *error = fixture->error;
    if (ok)
        fail_msg("it succeeded where %s %s was expected", error_kind(code)->name, sqlstate);
    if (error->code != code || strcmp(error->sqlstate, sqlstate) != 0)
        fail_msg("%s %s where %s %s was expected: %s", error_kind(error->code)->name, error->sqlstate,
                 error_kind(code)->name, sqlstate, error->message);
}

struct target *fixture_target(struct fixture *fixture, const char *more)
{
    char *text = talloc_asprintf(fixture->memory, "%s %s", test_server_conninfo(fixture->server, "test"), more);
    struct target *target = target_parse(fixture->memory, text, fixture->error);
    fixture_expect(fixture, target);
    return target;
}

struct connection *fixture_connect(struct fixture *fixture)
{
    struct connection_options options = {.application_name = "test", .connect_timeout_ms = FIXTURE_PATIENCE_MS};
    struct connection *connection = connection_open(fixture->memory, fixture->target, &options, fixture->error);
    fixture_expect(fixture, connection);
    return connection;
}

struct settings *fixture_settings(struct fixture *fixture, const char *const *options)
{
    struct settings_input input = {.directory = test_directory(fixture->memory), .options = options};
    struct settings *settings = settings_load(fixture->memory, &input, fixture->error);
    fixture_expect(fixture, settings);
    return settings;
}

void fixture_execute(struct fixture *fixture, struct connection *connection, const char *sql)
{
    fixture_expect(fixture, connection_execute(connection, NO_PARAMETERS, fixture->error, sql));
}

char *fixture_ask(struct fixture *fixture, struct connection *connection, const char *sql)
{
    struct result *result = connection_query(fixture->memory, connection, NO_PARAMETERS, fixture->error, sql);
    fixture_expect(fixture, result);
    const char *value = result_value(result);
    char *copy = talloc_strdup(fixture->memory, value ? value : "");
    talloc_free(result);
    return copy;
}

void fixture_elsewhere(struct fixture *fixture, const char *sql) { test_server_execute(fixture->server, "test", sql); }

void fixture_terminate(struct fixture *fixture, const struct connection *connection)
{
    fixture_elsewhere(fixture, talloc_asprintf(fixture->memory, "SELECT pg_terminate_backend(%d, %d)",
                                               connection_backend_pid(connection), FIXTURE_PATIENCE_MS));
}

void fixture_freeze(struct fixture *fixture, int backend_pid)
{
    kill(test_server_pid(fixture->server), SIGSTOP);
    kill(backend_pid, SIGSTOP);
}

void fixture_thaw(struct fixture *fixture, int backend_pid)
{
    kill(backend_pid, SIGCONT);
    kill(test_server_pid(fixture->server), SIGCONT);
}
