/* Connections when something goes wrong: cancels at every moment, sessions that are ended, servers that are silent. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "store/clock.h"
#include "store/connection.h"
#include "tests/lib/fixture.h"

#define SHORT_MS 200

static void spin_us(int64_t us)
{
    for (int64_t end_us = clock_monotonic_us() + us; clock_monotonic_us() < end_us;)
        ;
}

/* ---- cancels ---- */

struct asking {
    struct cancel *cancel;
    int64_t after_us;
};

static void *ask(void *argument)
{
    struct asking *asking = argument;
    spin_us(asking->after_us);
    cancel_request(asking->cancel, 0);
    return NULL;
}

/* Runs one statement that is cancelled at its own moment. Returns whether it succeeded. */
typedef bool (*statement_fn)(struct fixture *fixture, struct connection *connection);

static bool run_cancelled(struct fixture *fixture, struct connection *connection, int64_t after_us,
                          statement_fn statement)
{
    struct asking asking = {cancel_new(fixture->memory), after_us};
    pthread_t thread;
    connection_set_cancel(connection, asking.cancel);
    assert_int_equal(pthread_create(&thread, NULL, ask, &asking), 0);
    bool ok = statement(fixture, connection);
    connection_set_cancel(connection, NULL);
    pthread_join(thread, NULL);
    talloc_free(asking.cancel);
    if (!ok) {
        /* Where it came before the statement was sent there is no SQLSTATE. */
        assert_int_equal(fixture->error->code, ERROR_CANCELLED);
        assert_false(fixture->error->is_connection_lost);
        if (*fixture->error->sqlstate)
            assert_string_equal(fixture->error->sqlstate, "57014");
    }
    return ok;
}

static bool count_rows(struct fixture *fixture, struct connection *connection)
{
    return connection_execute(connection, NO_PARAMETERS, fixture->error,
                              "SELECT count(*) FROM generate_series(1, 60000)");
}

/* A cancel that comes late must not hit the statement that follows. */
static void test_cancel_at_any_moment_hits_only_its_statement(void **state)
{
    struct fixture *fixture = *state;
    struct connection *connection = fixture_connect(fixture);
    int cancelled = 0;
    unsigned seed = 1;
    for (int i = 0; i < 200; i++) {
        cancelled += !run_cancelled(fixture, connection, rand_r(&seed) % 10000, count_rows);
        for (int j = 0; j < 2; j++)
            fixture_expect(fixture, connection_execute(connection, NO_PARAMETERS, fixture->error,
                                                       "SELECT count(*) FROM generate_series(1, 300)"));
        assert_int_equal(connection_state(connection), STATE_IDLE);
    }
    assert_true(cancelled > 0);
}

static bool sleep_long(struct fixture *fixture, struct connection *connection)
{
    return connection_execute(connection, NO_PARAMETERS, fixture->error, "SELECT pg_sleep(60)");
}

/* Those that come before the server has begun would be lost if they were sent once. */
static void test_cancel_of_a_sleep_is_never_lost(void **state)
{
    struct fixture *fixture = *state;
    struct connection *connection = fixture_connect(fixture);
    int64_t start_ms = clock_monotonic_ms();
    for (int i = 0; i < 60; i++)
        assert_false(run_cancelled(fixture, connection, i * 5, sleep_long));
    assert_true(clock_monotonic_ms() - start_ms < FIXTURE_PATIENCE_MS);
}

static bool sleep_in_pipeline(struct fixture *fixture, struct connection *connection)
{
    struct query queries[] = {
        {.sql = "INSERT INTO cancelled VALUES (1)"}, {.sql = "SELECT pg_sleep(60)"}, {.sql = "SELECT 1"}};
    size_t failed = 99;
    bool ok = connection_pipeline(fixture->memory, connection, queries, countof(queries), &failed, fixture->error);
    if (!ok && *fixture->error->sqlstate)
        assert_true(failed < 2);
    return ok;
}

static void test_cancel_in_a_pipeline(void **state)
{
    struct fixture *fixture = *state;
    struct connection *connection = fixture_connect(fixture);
    fixture_execute(fixture, connection, "CREATE TEMP TABLE cancelled (a int)");
    for (int i = 0; i < 20; i++) {
        assert_false(run_cancelled(fixture, connection, i * 50, sleep_in_pipeline));
        assert_string_equal(fixture_ask(fixture, connection, "SELECT count(*) FROM cancelled"), "0");
    }
}

static bool copy_in(struct fixture *fixture, struct connection *connection)
{
    enum { SIZE = 20 << 20 };
    const char *tag;
    char *data = talloc_size(fixture->memory, SIZE);
    memset(data, '\n', SIZE);
    bool ok =
        connection_run(fixture->memory, connection, "COPY cancelled FROM STDIN", data, SIZE, &tag, fixture->error);
    talloc_free(data);
    return ok;
}

static bool copy_out(struct fixture *fixture, struct connection *connection)
{
    const char *tag;
    return connection_run(fixture->memory, connection, "COPY (SELECT generate_series(1, 100000000)) TO STDOUT", NULL, 0,
                          &tag, fixture->error);
}

static bool read_rows(struct fixture *fixture, struct connection *connection)
{
    const char *tag;
    return connection_run(fixture->memory, connection, "SELECT generate_series(1, 100000000)", NULL, 0, &tag,
                          fixture->error);
}

static void test_cancel_of_what_streams(void **state)
{
    static const statement_fn statements[] = {copy_in, copy_out, read_rows};
    struct fixture *fixture = *state;
    struct connection *connection = fixture_connect(fixture);
    fixture_execute(fixture, connection, "CREATE TEMP TABLE cancelled (a text)");
    for (size_t i = 0; i < countof(statements); i++) {
        for (int after_us = 0; after_us <= 30000; after_us += 10000) {
            assert_false(run_cancelled(fixture, connection, after_us, statements[i]));
            assert_string_equal(fixture_ask(fixture, connection, "SELECT count(*) FROM cancelled"), "0");
        }
    }
}

static void test_cancel_that_was_asked_before_sends_nothing(void **state)
{
    struct fixture *fixture = *state;
    struct connection *connection = fixture_connect(fixture);
    struct cancel *cancel = cancel_new(fixture->memory);
    struct query queries[] = {{.sql = "CREATE TABLE unwanted ()"}};
    const char *tag;
    cancel_request(cancel, 0);
    connection_set_cancel(connection, cancel);
    assert_ptr_equal(connection_cancel(connection), cancel);
    fixture_expect_error(fixture, connection_execute(connection, NO_PARAMETERS, fixture->error, queries[0].sql),
                         ERROR_CANCELLED, "");
    fixture_expect_error(fixture,
                         connection_run(fixture->memory, connection, queries[0].sql, NULL, 0, &tag, fixture->error),
                         ERROR_CANCELLED, "");
    fixture_expect_error(fixture, connection_pipeline(fixture->memory, connection, queries, 1, NULL, fixture->error),
                         ERROR_CANCELLED, "");
    connection_set_cancel(connection, NULL);
    assert_string_equal(fixture_ask(fixture, connection, "SELECT to_regclass('public.unwanted')"), "");
}

static bool fail_in_transaction(struct fixture *fixture, struct connection *connection)
{
    return connection_execute(connection, NO_PARAMETERS, fixture->error,
                              "SELECT pg_sleep(60) FROM generate_series(1, 2)");
}

static void test_cancel_in_a_transaction_leaves_it_to_be_rolled_back(void **state)
{
    struct fixture *fixture = *state;
    struct connection *connection = fixture_connect(fixture);
    fixture_execute(fixture, connection, "BEGIN");
    assert_false(run_cancelled(fixture, connection, 2000, fail_in_transaction));
    if (*fixture->error->sqlstate)
        assert_int_equal(connection_state(connection), STATE_FAILED_TRANSACTION);
    fixture_execute(fixture, connection, "ROLLBACK");
}

/* ---- sessions that end ---- */

static int count_descriptors(void)
{
    int count = 0;
    DIR *directory = opendir("/proc/self/fd");
    while (directory && readdir(directory))
        count++;
    closedir(directory);
    return count;
}

static void expect_lost(struct fixture *fixture, struct connection *connection, bool ok, const char *sqlstate)
{
    fixture_expect_error(fixture, ok, ERROR_CONNECTION, sqlstate);
    assert_true(fixture->error->is_connection_lost);
    assert_int_equal(connection_state(connection), STATE_LOST);
    assert_int_equal(connection_socket(connection), -1);
    fixture_expect_error(fixture, connection_execute(connection, NO_PARAMETERS, fixture->error, "SELECT 1"),
                         ERROR_CONNECTION, "");
    assert_true(fixture->error->is_connection_lost);
    assert_non_null(fixture->error->hint);
}

static void test_lost_session_that_was_terminated_while_idle(void **state)
{
    struct fixture *fixture = *state;
    struct connection *connection = fixture_connect(fixture);
    assert_true(connection_is_alive(connection));
    fixture_terminate(fixture, connection);
    assert_false(connection_is_alive(connection));
    expect_lost(fixture, connection, connection_execute(connection, NO_PARAMETERS, fixture->error, "SELECT 1"),
                fixture->error->sqlstate);
}

static void test_lost_session_that_ends_itself(void **state)
{
    static const char *const statement = "SELECT pg_terminate_backend(pg_backend_pid())";
    struct fixture *fixture = *state;
    const char *tag;
    int descriptors = count_descriptors();
    struct connection *connection = fixture_connect(fixture);
    expect_lost(fixture, connection, connection_execute(connection, NO_PARAMETERS, fixture->error, statement), "57P01");
    connection = fixture_connect(fixture);
    expect_lost(fixture, connection,
                connection_run(fixture->memory, connection, statement, NULL, 0, &tag, fixture->error), "57P01");
    connection = fixture_connect(fixture);
    struct query queries[] = {{.sql = "SELECT 1"}, {.sql = statement}, {.sql = "SELECT 2"}};
    expect_lost(fixture, connection, connection_pipeline(fixture->memory, connection, queries, 3, NULL, fixture->error),
                "57P01");
    connection = fixture_connect(fixture);
    fixture_expect(fixture, connection_post(connection, &queries[1], fixture->error));
    expect_lost(fixture, connection, connection_execute(connection, NO_PARAMETERS, fixture->error, "SELECT 1"),
                "57P01");
    assert_true(count_descriptors() <= descriptors); /* fewer: a cancel of an earlier test has ended */
}

static void test_lost_idle_in_transaction_timeout(void **state)
{
    struct fixture *fixture = *state;
    struct connection *connection = fixture_connect(fixture);
    fixture_execute(fixture, connection, "SET idle_in_transaction_session_timeout = 1");
    fixture_execute(fixture, connection, "BEGIN");
    for (int64_t end_ms = clock_monotonic_ms() + FIXTURE_PATIENCE_MS; connection_is_alive(connection);)
        assert_true(clock_monotonic_ms() < end_ms);
    assert_false(connection_execute(connection, NO_PARAMETERS, fixture->error, "SELECT 1"));
    assert_int_equal(fixture->error->code, ERROR_CONNECTION);
    assert_true(fixture->error->is_connection_lost);
}

static void test_lost_server_that_was_killed(void **state)
{
    struct fixture *fixture = *state;
    struct connection *connection = fixture_connect(fixture);
    test_server_stop(fixture->server, TEST_STOP_IMMEDIATE);
    bool ok = connection_execute(connection, NO_PARAMETERS, fixture->error, "SELECT 1");
    test_server_restart(fixture->server);
    assert_false(ok);
    assert_int_equal(fixture->error->code, ERROR_CONNECTION);
    assert_true(fixture->error->is_connection_lost);
}

/* ---- servers that are silent ---- */

static struct connection *connect_within(struct fixture *fixture, int connect_timeout_ms, struct cancel *cancel)
{
    struct connection_options options = {.connect_timeout_ms = connect_timeout_ms, .cancel = cancel};
    struct connection *connection = connection_open(fixture->memory, fixture->target, &options, fixture->error);
    fixture_expect(fixture, connection);
    return connection;
}

static void test_patience_ends_a_silence(void **state)
{
    struct fixture *fixture = *state;
    struct connection *connection = connect_within(fixture, 0, NULL);
    int pid = connection_backend_pid(connection);
    connection_set_patience(connection, SHORT_MS);
    fixture_freeze(fixture, pid);
    int64_t start_ms = clock_monotonic_ms();
    bool ok = connection_execute(connection, NO_PARAMETERS, fixture->error, "SELECT 1");
    fixture_thaw(fixture, pid);
    assert_true(clock_monotonic_ms() - start_ms >= SHORT_MS);
    expect_lost(fixture, connection, ok, "");
}

static void test_patience_is_not_used_up_by_a_server_that_talks(void **state)
{
    struct fixture *fixture = *state;
    struct connection *connection = connect_within(fixture, 0, NULL);
    const char *tag;
    connection_set_patience(connection, 1000);
    /* Each row fills the server's buffer, and so is sent at once. */
    fixture_expect(fixture, connection_run(fixture->memory, connection,
                                           "SELECT pg_sleep(0.1), repeat('x', 9000) FROM generate_series(1, 15)", NULL,
                                           0, &tag, fixture->error));
}

/* A frozen server takes the connection of the cancel, but never the cancel. */
static void test_cancel_that_cannot_be_delivered_ends_the_wait(void **state)
{
    struct fixture *fixture = *state;
    struct cancel *cancel = cancel_new(fixture->memory);
    struct connection *connection = connect_within(fixture, SHORT_MS, NULL);
    int pid = connection_backend_pid(connection);
    struct asking asking = {cancel, 20000};
    pthread_t thread;
    connection_set_cancel(connection, cancel);
    fixture_freeze(fixture, pid);
    assert_int_equal(pthread_create(&thread, NULL, ask, &asking), 0);
    bool ok = connection_execute(connection, NO_PARAMETERS, fixture->error, "SELECT 1");
    fixture_thaw(fixture, pid);
    pthread_join(thread, NULL);
    expect_lost(fixture, connection, ok, "");
}

/* A socket that takes connections and says nothing. Returns its descriptor and a target. */
static int listen_silently(struct fixture *fixture, struct target **target)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    char *directory = test_directory(fixture->memory);
    snprintf(address.sun_path, sizeof address.sun_path, "%s/.s.PGSQL.5432", directory);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(fd, 100), 0);
    *target =
        target_parse(fixture->memory, talloc_asprintf(fixture->memory, "host=%s port=5432 user=u dbname=d", directory),
                     fixture->error);
    fixture_expect(fixture, *target);
    return fd;
}

static void test_connect_timeout_on_a_silent_server(void **state)
{
    struct fixture *fixture = *state;
    struct target *target;
    int descriptors = count_descriptors(), fd = listen_silently(fixture, &target);
    struct connection_options options = {.connect_timeout_ms = SHORT_MS};
    int64_t start_ms = clock_monotonic_ms();
    assert_null(connection_open(fixture->memory, target, &options, fixture->error));
    int64_t took_ms = clock_monotonic_ms() - start_ms;
    close(fd);
    assert_int_equal(fixture->error->code, ERROR_CONNECTION);
    assert_non_null(strstr(fixture->error->message, "200 ms"));
    assert_non_null(fixture->error->hint);
    assert_in_range(took_ms, SHORT_MS, FIXTURE_PATIENCE_MS);
    assert_true(count_descriptors() <= descriptors); /* fewer: a cancel of an earlier test has ended */
}

static void test_connect_cancelled_on_a_silent_server(void **state)
{
    struct fixture *fixture = *state;
    struct target *target;
    int fd = listen_silently(fixture, &target);
    for (int i = 0; i < 10; i++) {
        struct asking asking = {cancel_new(fixture->memory), i * 1000};
        struct connection_options options = {.cancel = asking.cancel};
        pthread_t thread;
        assert_int_equal(pthread_create(&thread, NULL, ask, &asking), 0);
        assert_null(connection_open(fixture->memory, target, &options, fixture->error));
        pthread_join(thread, NULL);
        assert_int_equal(fixture->error->code, ERROR_CANCELLED);
        assert_null(fixture->error->hint);
        talloc_free(asking.cancel);
    }
    close(fd);
}

/* Fills a listening socket's queue, so that further connections are not even refused. Returns the port. */
static int fill_queue(int *fds, size_t count)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    fds[0] = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(fds[0], (struct sockaddr *)&address, size), 0);
    assert_int_equal(listen(fds[0], 0), 0);
    getsockname(fds[0], (struct sockaddr *)&address, &size);
    for (size_t i = 1; i < count; i++) {
        fds[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        int ignored UNUSED = connect(fds[i], (struct sockaddr *)&address, size);
    }
    return ntohs(address.sin_port);
}

/* libpq blocks when it is asked to go on before the socket is ready. */
static void test_connect_cancelled_while_the_network_is_silent(void **state)
{
    struct fixture *fixture = *state;
    int fds[4];
    int port = fill_queue(fds, countof(fds));
    char *text = talloc_asprintf(fixture->memory, "host=127.0.0.1 port=%d user=u dbname=d", port);
    struct target *target = target_parse(fixture->memory, text, fixture->error);
    int64_t start_ms = clock_monotonic_ms();
    for (int i = 0; i < 5; i++) {
        struct asking asking = {cancel_new(fixture->memory), i * 5000};
        struct connection_options options = {.cancel = asking.cancel};
        pthread_t thread;
        assert_int_equal(pthread_create(&thread, NULL, ask, &asking), 0);
        assert_null(connection_open(fixture->memory, target, &options, fixture->error));
        pthread_join(thread, NULL);
        assert_int_equal(fixture->error->code, ERROR_CANCELLED);
    }
    for (size_t i = 0; i < countof(fds); i++)
        close(fds[i]);
    assert_true(clock_monotonic_ms() - start_ms < FIXTURE_PATIENCE_MS);
}

static void test_connect_refused_names_the_place(void **state)
{
    static const struct {
        const char *text, *part;
    } cases[] = {
        {"host=/nonexistent port=5432 user=u dbname=d", "u@/nonexistent:5432/d"},
        {"host=127.0.0.1 port=1 user=u dbname=d", "u@127.0.0.1:1/d"},
        {"host=no-such-host.invalid port=5432 user=u dbname=d", "no-such-host.invalid"},
    };
    struct fixture *fixture = *state;
    int descriptors = count_descriptors();
    for (size_t i = 0; i < countof(cases); i++) {
        struct target *target = target_parse(fixture->memory, cases[i].text, fixture->error);
        struct connection_options options = {.connect_timeout_ms = FIXTURE_PATIENCE_MS};
        size_t blocks = talloc_total_blocks(fixture->memory) - talloc_total_blocks(fixture->error);
        assert_null(connection_open(fixture->memory, target, &options, fixture->error));
        assert_int_equal(fixture->error->code, ERROR_CONNECTION);
        assert_false(fixture->error->is_connection_lost);
        assert_non_null(strstr(fixture->error->message, cases[i].part));
        assert_null(strchr(fixture->error->message, '\n'));
        assert_non_null(fixture->error->hint);
        assert_int_equal(talloc_total_blocks(fixture->memory) - talloc_total_blocks(fixture->error), blocks);
    }
    assert_true(count_descriptors() <= descriptors); /* fewer: a cancel of an earlier test has ended */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(test_cancel_at_any_moment_hits_only_its_statement),
        FIXTURE_TEST(test_cancel_of_a_sleep_is_never_lost),
        FIXTURE_TEST(test_cancel_in_a_pipeline),
        FIXTURE_TEST(test_cancel_of_what_streams),
        FIXTURE_TEST(test_cancel_that_was_asked_before_sends_nothing),
        FIXTURE_TEST(test_cancel_in_a_transaction_leaves_it_to_be_rolled_back),
        FIXTURE_TEST(test_lost_session_that_was_terminated_while_idle),
        FIXTURE_TEST(test_lost_session_that_ends_itself),
        FIXTURE_TEST(test_lost_idle_in_transaction_timeout),
        FIXTURE_TEST(test_lost_server_that_was_killed),
        FIXTURE_TEST(test_patience_ends_a_silence),
        FIXTURE_TEST(test_patience_is_not_used_up_by_a_server_that_talks),
        FIXTURE_TEST(test_cancel_that_cannot_be_delivered_ends_the_wait),
        FIXTURE_TEST(test_connect_timeout_on_a_silent_server),
        FIXTURE_TEST(test_connect_cancelled_on_a_silent_server),
        FIXTURE_TEST(test_connect_cancelled_while_the_network_is_silent),
        FIXTURE_TEST(test_connect_refused_names_the_place),
    };
    return cmocka_run_group_tests(tests, fixture_open_group, fixture_close_group);
}
