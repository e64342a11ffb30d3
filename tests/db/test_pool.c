/* The pool: its bound among threads, what it gives out, and what it throws away. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <stdatomic.h>

#include "store/clock.h"
#include "store/pool.h"
#include "store/transaction.h"
#include "tests/lib/fixture.h"

#define OPTIONS(...) ((const char *const[]){__VA_ARGS__, NULL})

static struct pool *make_pool(struct fixture *fixture, const char *const *options, enum pool_access access)
{
    return pool_new(fixture->memory, fixture->target, fixture_settings(fixture, options), access, "pooled");
}

static struct connection *acquire(struct fixture *fixture, struct pool *pool)
{
    struct connection *connection = pool_acquire(pool, NULL, fixture->error);
    fixture_expect(fixture, connection);
    return connection;
}

static void test_pool_connects_nothing_before_it_is_asked(void **state)
{
    struct fixture *fixture = *state;
    struct pool *pool = make_pool(fixture, OPTIONS("pool_size=2"), POOL_READ_WRITE);
    struct connection *connection = fixture_connect(fixture);
    assert_string_equal(
        fixture_ask(fixture, connection, "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'pooled'"),
        "0");
    assert_ptr_equal(pool_target(pool), fixture->target);
    assert_int_equal(pool_access(pool), POOL_READ_WRITE);
}

static void test_pool_gives_the_same_connection_again(void **state)
{
    struct fixture *fixture = *state;
    struct pool *pool = make_pool(fixture, OPTIONS("pool_size=2"), POOL_READ_WRITE);
    struct connection *connection = acquire(fixture, pool);
    int pid = connection_backend_pid(connection);
    pool_release(pool, connection);
    connection = acquire(fixture, pool);
    assert_int_equal(connection_backend_pid(connection), pid);
    pool_release(pool, connection);
}

static void test_pool_frees_idle_connections_with_itself(void **state)
{
    struct fixture *fixture = *state;
    struct pool *pool = make_pool(fixture, OPTIONS("pool_size=3"), POOL_READ_WRITE);
    size_t before = talloc_total_blocks(pool);
    struct connection *connections[3];
    for (size_t i = 0; i < countof(connections); i++)
        connections[i] = acquire(fixture, pool);
    for (size_t i = 0; i < countof(connections); i++)
        pool_release(pool, connections[i]);
    assert_int_equal(talloc_total_blocks(pool), before);
    talloc_free(pool);
    struct connection *watch = fixture_connect(fixture);
    const char *left = "?";
    for (int64_t end_ms = clock_monotonic_ms() + FIXTURE_PATIENCE_MS;
         strcmp(left, "0") != 0 && clock_monotonic_ms() < end_ms;)
        left = fixture_ask(fixture, watch, "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'pooled'");
    assert_string_equal(left, "0");
}

/* ---- the bound ---- */

struct crowd {
    struct fixture *fixture;
    struct pool *pool;
    atomic_int inside, most, failed, done;
};

static void *work_in_crowd(void *argument)
{
    struct crowd *crowd = argument;
    struct error *error = error_new(NULL);
    for (int i = 0; i < 25; i++) {
        struct connection *connection = pool_acquire(crowd->pool, NULL, error);
        if (!connection) {
            atomic_fetch_add(&crowd->failed, 1);
            continue;
        }
        int inside = atomic_fetch_add(&crowd->inside, 1) + 1, most = atomic_load(&crowd->most);
        while (inside > most && !atomic_compare_exchange_weak(&crowd->most, &most, inside))
            ;
        bool ok = connection_execute(connection, NO_PARAMETERS, error, i % 5 ? "SELECT pg_sleep(0.001)" : "SELECT 1/0");
        atomic_fetch_add(ok == (i % 5 != 0) ? &crowd->done : &crowd->failed, 1);
        if (i % 7 == 0) /* leaves it in a transaction: thrown away */
            atomic_fetch_add(&crowd->failed, !connection_execute(connection, NO_PARAMETERS, error, "BEGIN"));
        atomic_fetch_sub(&crowd->inside, 1);
        pool_release(crowd->pool, connection);
    }
    talloc_free(error);
    return NULL;
}

static void test_pool_bound_holds_among_threads(void **state)
{
    struct fixture *fixture = *state;
    struct crowd crowd = {.fixture = fixture, .pool = make_pool(fixture, OPTIONS("pool_size=3"), POOL_READ_WRITE)};
    pthread_t threads[12];
    for (size_t i = 0; i < countof(threads); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, work_in_crowd, &crowd), 0);
    for (size_t i = 0; i < countof(threads); i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(crowd.failed, 0);
    assert_int_equal(crowd.done, 12 * 25);
    assert_int_equal(crowd.most, 3);
}

static void test_pool_that_is_empty_times_out(void **state)
{
    struct fixture *fixture = *state;
    struct pool *pool = make_pool(fixture, OPTIONS("pool_size=1", "pool_timeout=120ms"), POOL_READ_WRITE);
    struct connection *connection = acquire(fixture, pool);
    int64_t start_ms = clock_monotonic_ms();
    fixture_expect_error(fixture, pool_acquire(pool, NULL, fixture->error), ERROR_REFUSED, "");
    assert_in_range(clock_monotonic_ms() - start_ms, 120, FIXTURE_PATIENCE_MS);
    assert_non_null(strstr(fixture->error->hint, "pool_size"));
    pool_release(pool, connection);
    pool_release(pool, acquire(fixture, pool));
}

struct waiting {
    struct pool *pool;
    struct cancel *cancel;
    struct error *error;
    struct connection *connection;
    atomic_bool has_begun;
};

static void *wait_for_place(void *argument)
{
    struct waiting *waiting = argument;
    atomic_store(&waiting->has_begun, true);
    waiting->connection = pool_acquire(waiting->pool, waiting->cancel, waiting->error);
    return NULL;
}

static pthread_t start_waiting(struct waiting *waiting)
{
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, wait_for_place, waiting), 0);
    while (!atomic_load(&waiting->has_begun))
        ;
    return thread;
}

static void test_pool_waiter_gets_what_is_given_back(void **state)
{
    struct fixture *fixture = *state;
    struct pool *pool = make_pool(fixture, OPTIONS("pool_size=1"), POOL_READ_WRITE);
    struct connection *connection = acquire(fixture, pool);
    struct waiting waiting = {.pool = pool, .error = error_new(NULL)};
    pthread_t thread = start_waiting(&waiting);
    pool_release(pool, connection);
    pthread_join(thread, NULL);
    talloc_free(waiting.error);
    assert_ptr_equal(waiting.connection, connection);
    pool_release(pool, waiting.connection);
}

static void test_pool_waiter_can_be_cancelled(void **state)
{
    struct fixture *fixture = *state;
    struct pool *pool = make_pool(fixture, OPTIONS("pool_size=1", "pool_timeout=10min"), POOL_READ_WRITE);
    struct connection *connection = acquire(fixture, pool);
    struct waiting waiting = {.pool = pool, .cancel = cancel_new(fixture->memory), .error = error_new(NULL)};
    pthread_t thread = start_waiting(&waiting);
    cancel_request(waiting.cancel, 0);
    pthread_join(thread, NULL);
    assert_null(waiting.connection);
    assert_int_equal(waiting.error->code, ERROR_CANCELLED);
    talloc_free(waiting.error);
    pool_release(pool, connection);
}

static void test_pool_that_cannot_connect_gives_the_place_back(void **state)
{
    struct fixture *fixture = *state;
    struct target *nowhere = fixture_target(fixture, "host=/nonexistent");
    struct pool *pool =
        pool_new(fixture->memory, nowhere, fixture_settings(fixture, OPTIONS("pool_size=1", "pool_timeout=1ms")),
                 POOL_READ_WRITE, "pooled");
    for (int i = 0; i < 3; i++)
        fixture_expect_error(fixture, pool_acquire(pool, NULL, fixture->error), ERROR_CONNECTION, "");
}

/* ---- what is given out ---- */

static void test_pool_connection_has_pgdecks_settings(void **state)
{
    static const struct {
        const char *setting, *value;
    } cases[] = {
        {"search_path", "\"\""},     {"datestyle", "ISO"},           {"intervalstyle", "postgres"},
        {"timezone", "UTC"},         {"statement_timeout", "7s"},    {"lock_timeout", "0"},
        {"client_encoding", "UTF8"}, {"application_name", "pooled"}, {"default_transaction_read_only", "off"},
    };
    struct fixture *fixture = *state;
    fixture_elsewhere(fixture,
                      "ALTER ROLE postgres SET search_path = public; ALTER ROLE postgres SET datestyle = 'German';"
                      "ALTER ROLE postgres SET lock_timeout = 1; ALTER ROLE postgres SET timezone = 'Asia/Tokyo'");
    struct pool *pool = make_pool(fixture, OPTIONS("pool_size=1", "query_timeout=7s"), POOL_READ_WRITE);
    for (int again = 0; again < 2; again++) {
        struct connection *connection = acquire(fixture, pool);
        for (size_t i = 0; i < countof(cases); i++) {
            char *value =
                fixture_ask(fixture, connection, talloc_asprintf(fixture->memory, "SHOW %s", cases[i].setting));
            if (!strcmp(cases[i].setting, "datestyle"))
                value[3] = '\0'; /* the order of day and month is for input only */
            assert_string_equal(value, cases[i].value);
        }
        pool_release(pool, connection);
    }
    fixture_elsewhere(fixture, "ALTER ROLE postgres RESET ALL");
}

static void test_pool_connection_is_clean(void **state)
{
    static const char *const litter[] = {
        "SET search_path = pg_temp, public",
        "SET statement_timeout = 12345",
        "CREATE TEMP TABLE litter (a int)",
        "LISTEN litter",
        "SELECT pg_catalog.pg_advisory_lock(1)",
        "PREPARE litter AS SELECT 1",
        "SET ROLE pg_monitor",
    };
    struct fixture *fixture = *state;
    struct pool *pool = make_pool(fixture, OPTIONS("pool_size=1"), POOL_READ_WRITE);
    struct connection *connection = acquire(fixture, pool);
    int pid = connection_backend_pid(connection);
    for (size_t i = 0; i < countof(litter); i++)
        fixture_execute(fixture, connection, litter[i]);
    pool_release(pool, connection);
    connection = acquire(fixture, pool);
    assert_int_equal(connection_backend_pid(connection), pid);
    assert_string_equal(fixture_ask(fixture, connection, "SHOW search_path"), "\"\"");
    assert_string_equal(fixture_ask(fixture, connection, "SHOW statement_timeout"), "1min");
    assert_string_equal(fixture_ask(fixture, connection, "SELECT current_user"), "postgres");
    assert_string_equal(fixture_ask(fixture, connection, "SELECT to_regclass('pg_temp.litter')"), "");
    assert_string_equal(fixture_ask(fixture, connection, "SELECT count(*) FROM pg_listening_channels()"), "0");
    assert_string_equal(fixture_ask(fixture, connection, "SELECT count(*) FROM pg_prepared_statements"), "0");
    assert_string_equal(fixture_ask(fixture, connection, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"),
                        "0");
    pool_release(pool, connection);
}

static void test_pool_throws_away_what_was_left_in_a_transaction(void **state)
{
    static const char *const statements[] = {"SELECT 1", "SELECT 1/0"};
    struct fixture *fixture = *state;
    struct pool *pool = make_pool(fixture, OPTIONS("pool_size=1"), POOL_READ_WRITE);
    for (size_t i = 0; i < countof(statements); i++) {
        struct connection *connection = acquire(fixture, pool);
        int pid = connection_backend_pid(connection);
        fixture_execute(fixture, connection, "BEGIN");
        bool ok UNUSED = connection_execute(connection, NO_PARAMETERS, fixture->error, statements[i]);
        pool_release(pool, connection);
        connection = acquire(fixture, pool);
        assert_int_not_equal(connection_backend_pid(connection), pid);
        pool_release(pool, connection);
    }
}

static void test_pool_forgets_cancel_and_listener(void **state)
{
    struct fixture *fixture = *state;
    struct pool *pool = make_pool(fixture, OPTIONS("pool_size=1"), POOL_READ_WRITE);
    struct cancel *cancel = cancel_new(fixture->memory);
    struct connection *connection = pool_acquire(pool, cancel, fixture->error);
    fixture_expect(fixture, connection);
    assert_ptr_equal(connection_cancel(connection), cancel);
    cancel_request(cancel, 0);
    pool_release(pool, connection);
    talloc_free(cancel);
    connection = acquire(fixture, pool);
    assert_null(connection_cancel(connection));
    assert_string_equal(fixture_ask(fixture, connection, "SELECT 1"), "1");
    pool_release(pool, connection);
}

static void test_pool_acquire_once_cancelled_gives_nothing(void **state)
{
    struct fixture *fixture = *state;
    struct pool *pool = make_pool(fixture, OPTIONS("pool_size=1", "pool_timeout=1ms"), POOL_READ_WRITE);
    struct cancel *cancel = cancel_new(fixture->memory);
    cancel_request(cancel, 0);
    for (int i = 0; i < 2; i++) {
        fixture_expect_error(fixture, pool_acquire(pool, cancel, fixture->error), ERROR_CANCELLED, "");
        pool_release(pool, acquire(fixture, pool)); /* the second time there is an idle one */
    }
}

/* ---- connections that have died ---- */

static void test_pool_replaces_idle_connections_after_a_restart(void **state)
{
    struct fixture *fixture = *state;
    struct pool *pool = make_pool(fixture, OPTIONS("pool_size=2"), POOL_READ_WRITE);
    struct connection *first = acquire(fixture, pool), *second = acquire(fixture, pool);
    pool_release(pool, first);
    pool_release(pool, second);
    test_server_restart(fixture->server);
    for (int i = 0; i < 3; i++) {
        struct connection *connection = acquire(fixture, pool);
        assert_string_equal(fixture_ask(fixture, connection, "SELECT 'answers'"), "answers");
        pool_release(pool, connection);
    }
}

/* A network that went away says nothing: what was idle is not waited for without end. */
static void test_pool_gives_up_an_idle_connection_that_is_silent(void **state)
{
    struct fixture *fixture = *state;
    struct pool *pool = make_pool(fixture, OPTIONS("pool_size=1", "connect_timeout=300ms"), POOL_READ_WRITE);
    struct connection *connection = acquire(fixture, pool);
    int pid = connection_backend_pid(connection);
    pool_release(pool, connection);
    fixture_freeze(fixture, pid);
    connection = pool_acquire(pool, NULL, fixture->error);
    fixture_thaw(fixture, pid);
    assert_null(connection);
    assert_int_equal(fixture->error->code, ERROR_CONNECTION);
    connection = acquire(fixture, pool);
    assert_int_not_equal(connection_backend_pid(connection), pid);
    pool_release(pool, connection);
}

/* ---- read-only ---- */

static bool write_something(struct connection *connection, void *argument UNUSED, struct error *error)
{
    return connection_execute(connection, NO_PARAMETERS, error, "CREATE TABLE public.written ()");
}

static void test_pool_read_only_is_held_by_the_server(void **state)
{
    static const enum transaction_mode modes[] = {TRANSACTION_READ_WRITE, TRANSACTION_READ_ONLY, TRANSACTION_SNAPSHOT};
    struct fixture *fixture = *state;
    struct pool *pool = make_pool(fixture, OPTIONS("pool_size=1"), POOL_READ_ONLY);
    for (int again = 0; again < 2; again++) {
        struct connection *connection = acquire(fixture, pool);
        fixture_expect_error(fixture, write_something(connection, NULL, fixture->error), ERROR_READ_ONLY, "25006");
        for (size_t i = 0; i < countof(modes); i++) {
            struct transaction_options options = {modes[i], 1};
            fixture_expect_error(fixture, transaction_run(connection, &options, write_something, NULL, fixture->error),
                                 ERROR_READ_ONLY, "25006");
        }
        fixture_execute(fixture, connection, "SET default_transaction_read_only = off"); /* does not last */
        pool_release(pool, connection);
    }
}

static void test_pool_keeps_a_database_read_only_that_is(void **state)
{
    struct fixture *fixture = *state;
    fixture_elsewhere(fixture, "ALTER DATABASE test SET default_transaction_read_only = on");
    struct pool *pool = make_pool(fixture, OPTIONS("pool_size=1"), POOL_READ_WRITE);
    struct connection *connection = acquire(fixture, pool);
    struct transaction_options options = {TRANSACTION_READ_WRITE, 1};
    bool ok = transaction_run(connection, &options, write_something, NULL, fixture->error);
    pool_release(pool, connection);
    test_server_execute(fixture->server, "postgres", "ALTER DATABASE test RESET default_transaction_read_only");
    fixture_expect_error(fixture, ok, ERROR_READ_ONLY, "25006");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(test_pool_connects_nothing_before_it_is_asked),
        FIXTURE_TEST(test_pool_gives_the_same_connection_again),
        FIXTURE_TEST(test_pool_frees_idle_connections_with_itself),
        FIXTURE_TEST(test_pool_bound_holds_among_threads),
        FIXTURE_TEST(test_pool_that_is_empty_times_out),
        FIXTURE_TEST(test_pool_waiter_gets_what_is_given_back),
        FIXTURE_TEST(test_pool_waiter_can_be_cancelled),
        FIXTURE_TEST(test_pool_that_cannot_connect_gives_the_place_back),
        FIXTURE_TEST(test_pool_connection_has_pgdecks_settings),
        FIXTURE_TEST(test_pool_connection_is_clean),
        FIXTURE_TEST(test_pool_throws_away_what_was_left_in_a_transaction),
        FIXTURE_TEST(test_pool_forgets_cancel_and_listener),
        FIXTURE_TEST(test_pool_acquire_once_cancelled_gives_nothing),
        FIXTURE_TEST(test_pool_replaces_idle_connections_after_a_restart),
        FIXTURE_TEST(test_pool_gives_up_an_idle_connection_that_is_silent),
        FIXTURE_TEST(test_pool_read_only_is_held_by_the_server),
        FIXTURE_TEST(test_pool_keeps_a_database_read_only_that_is),
    };
    return cmocka_run_group_tests(tests, fixture_open_group, fixture_close_group);
}
