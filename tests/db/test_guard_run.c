/* The guarded run: a file that cannot get its locks is rolled back and tried again, and says so. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <libpq-fe.h>

#include "tests/lib/stage.h"

enum { READERS = 3 };

static struct test_server *server;

/* A stage and sessions that are in its way. */
struct scenery {
    struct stage *stage;
    struct oracle *blocker;
    PGconn *readers[READERS];
    int readers_wanted; /* so many come once the run waits, or stands at statement `readers_at` */
    int readers_at;
    int readers_sent;
    int retries;        /* heard so far */
    int retries_wanted; /* after so many the blocker goes */
    char breaker[600];  /* what was told of the breaker */
};

static int start_server(void **state UNUSED)
{
    server = test_server_start(NULL, NULL);
    return 0;
}

static int stop_server(void **state UNUSED) { return talloc_free(server); }

static struct scenery *scenery_of(struct stage *stage)
{
    return talloc_get_type_abort(talloc_parent(stage), struct scenery);
}

static int close_readers(struct scenery *scenery)
{
    for (int i = 0; i < READERS; i++)
        PQfinish(scenery->readers[i]);
    return 0;
}

static int set_up(void **state)
{
    struct scenery *scenery = talloc_zero(NULL, struct scenery);
    struct stage *stage = scenery->stage = stage_new(scenery, server);
    oracle_execute(stage->oracle, "CREATE TABLE orders (id integer)");
    scenery->blocker = oracle_open(stage, server, stage->database);
    scenery->retries_wanted = 1;
    talloc_set_destructor(scenery, close_readers);
    *state = scenery;
    return 0;
}

static int tear_down(void **state) { return talloc_free(*state); }

#define QUICK "lock_first=20ms", "lock_most=40ms", "lock_pause=10ms"

static void stand_in_the_way(struct scenery *scenery)
{
    oracle_execute(scenery->blocker, "SET application_name = 'reporting'; BEGIN; SELECT FROM orders");
}

static void go_away(struct stage *stage, const struct apply_event *event)
{
    struct scenery *scenery = scenery_of(stage);
    if (event->kind == APPLY_RETRYING && ++scenery->retries == scenery->retries_wanted)
        oracle_execute(scenery->blocker, "ROLLBACK");
}

static bool has_column(struct stage *stage, const char *column)
{
    return oracle_says(
        stage->oracle,
        "SELECT EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'orders'::regclass AND attname = '%s')", column);
}

static void test_file_is_tried_again_until_the_lock_is_free(void **state)
{
    struct scenery *scenery = *state;
    struct stage *stage = scenery->stage;
    STAGE_SETTINGS(stage, QUICK);
    stage_write(stage, "001_a.sql", "CREATE TABLE first ();\nALTER TABLE orders ADD COLUMN note text;\n");
    stand_in_the_way(scenery);
    scenery->retries_wanted = 3;
    stage->on_event = go_away;
    stage_apply(stage);
    assert_true(has_column(stage, "note"));
    assert_int_equal(stage->result->applied_count, 1);
    assert_int_equal(stage->result->applied[0].attempts, 4);
    assert_int_equal(oracle_number(stage->oracle, "SELECT count(*) FROM schema_migration_events WHERE version = '001'"
                                                  " AND event = 'failed' AND detail->>'left' = 'nothing'"),
                     3);
    assert_int_equal(
        oracle_number(stage->oracle,
                      "SELECT count(*) FROM schema_migration_events WHERE version = '001' AND event = 'started'"),
        4);
}

static void test_attempts_that_get_no_lock_end_with_nothing_applied(void **state)
{
    struct scenery *scenery = *state;
    struct stage *stage = scenery->stage;
    STAGE_SETTINGS(stage, QUICK, "lock_attempts=3");
    stage_write(stage, "001_a.sql", "CREATE TABLE first ();\nALTER TABLE orders ADD COLUMN note text;\n");
    stand_in_the_way(scenery);
    stage_apply_fails(stage, ERROR_LOCK_TIMEOUT);
    assert_string_equal(stage->error->sqlstate, "55P03");
    assert_string_equal(stage->error->file, "migrations/001_a.sql");
    assert_int_equal(stage->error->line, 2);
    assert_non_null(strstr(stage->error->hint, "3 attempts"));
    assert_string_equal(stage_state(stage, 1), "pending");
    assert_true(oracle_says(stage->oracle, "SELECT to_regclass('first') IS NULL"));
}

static void test_given_lock_timeout_is_waited_out_once(void **state)
{
    struct scenery *scenery = *state;
    struct stage *stage = scenery->stage;
    stage_write(stage, "001_a.sql", "-- pgdeck: lock-timeout 30ms\nALTER TABLE orders ADD COLUMN note text;\n");
    stand_in_the_way(scenery);
    stage_apply_fails(stage, ERROR_LOCK_TIMEOUT);
    assert_false(stage_heard(stage, "retrying"));
    assert_non_null(strstr(stage->error->hint, "lock-timeout"));
}

static void cancel_in_the_pause(struct stage *stage, const struct apply_event *event)
{
    if (event->kind == APPLY_RETRYING)
        cancel_request(stage->cancel, 0);
}

static void test_cancel_ends_the_pause_between_two_attempts(void **state)
{
    struct scenery *scenery = *state;
    struct stage *stage = scenery->stage;
    STAGE_SETTINGS(stage, "lock_first=20ms", "lock_most=40ms", "lock_pause=1h");
    stage_write(stage, "001_a.sql", "ALTER TABLE orders ADD COLUMN note text;\n");
    stand_in_the_way(scenery);
    stage->cancel = cancel_new(stage);
    stage->on_event = cancel_in_the_pause;
    stage_apply_fails(stage, ERROR_CANCELLED);
    assert_non_null(strstr(stage->error->message, "nothing of 001"));
    stage->cancel = NULL;
    assert_string_equal(stage_state(stage, 1), "pending");
}

static const struct {
    const char *what, *before;
} own_timeouts[] = {
    {"set", "SET lock_timeout = '1h'"},
    {"set for the transaction", "SET LOCAL lock_timeout = '1h'"},
    {"switched off", "SET lock_timeout = 0"},
    {"set by a function", "SELECT set_config('lock_timeout', '1h', false)"},
    {"set by a block", "DO $$BEGIN EXECUTE 'SET lock_' || 'timeout = 0'; END$$"},
    {"reset to the role's own", "RESET ALL"},
    {"set, and back to a savepoint", "SAVEPOINT s; SET lock_timeout = 0; ROLLBACK TO s; SET lock_timeout = 0"},
};

static void test_lock_timeout_that_a_file_sets_is_overruled(void **state UNUSED)
{
    struct scenery *scenery;
    set_up((void **)&scenery);
    struct stage *stage = scenery->stage;
    STAGE_SETTINGS(stage, QUICK, "lock_attempts=2");
    stand_in_the_way(scenery);
    for (size_t i = 0; i < countof(own_timeouts); i++) {
        print_message("%s\n", own_timeouts[i].what);
        stage_write(stage, "001_a.sql",
                    talloc_asprintf(stage, "%s;\nALTER TABLE orders ADD COLUMN note text;\n", own_timeouts[i].before));
        stage_apply_fails(stage, ERROR_LOCK_TIMEOUT);
        assert_true(stage_heard(stage, "warning 001 1 the file sets lock_timeout") ||
                    stage_heard(stage, "warning 001 4 the file sets lock_timeout") ||
                    stage_heard(stage, "warning 001 2 the file sets lock_timeout"));
    }
    talloc_free(scenery);
}

/* ---- steps outside a transaction ---- */

static void test_step_that_gets_no_lock_is_tried_again_by_itself(void **state)
{
    struct scenery *scenery = *state;
    struct stage *stage = scenery->stage;
    STAGE_SETTINGS(stage, QUICK);
    stage_write(stage, "001_a.sql",
                "-- pgdeck: no-transaction\nCREATE TEMPORARY TABLE kept AS SELECT 7 AS x;\n"
                "CREATE INDEX CONCURRENTLY i ON orders (id);\nALTER TABLE orders ADD COLUMN note text;\n"
                "INSERT INTO orders SELECT x FROM kept;\n");
    /* An index build waits for nobody here: the blocker has a table lock, and no snapshot. */
    oracle_execute(scenery->blocker, "BEGIN; LOCK TABLE orders IN ACCESS SHARE MODE");
    scenery->retries_wanted = 2;
    stage->on_event = go_away;
    stage_apply(stage);
    assert_true(has_column(stage, "note"));
    assert_int_equal(stage->result->applied[0].attempts, 3);
    assert_false(stage_heard(stage, "warning 001 2 the file sets lock_timeout"));
    assert_int_equal(oracle_number(stage->oracle, "SELECT count(*) FROM schema_migration_events WHERE step = 3"
                                                  " AND event = 'failed' AND detail->>'left' = 'nothing'"),
                     2);
    assert_int_equal(oracle_number(stage->oracle, "SELECT count(*) FROM schema_migration_events"
                                                  " WHERE event = 'step_done'"),
                     4);
    assert_true(oracle_says(stage->oracle, "SELECT count(*) = 1 FROM orders")); /* the temporary table was there */
}

static void test_step_that_never_gets_its_lock_leaves_the_file_incomplete(void **state)
{
    struct scenery *scenery = *state;
    struct stage *stage = scenery->stage;
    STAGE_SETTINGS(stage, "lock_first=300ms", "lock_most=300ms", "lock_pause=10ms", "lock_attempts=2",
                   "lock_budget=1s");
    stage_write(stage, "001_a.sql",
                "-- pgdeck: no-transaction\nCREATE TABLE first ();\nVACUUM FULL orders;\nCREATE TABLE last ();\n");
    stand_in_the_way(scenery);
    stage_apply_fails(stage, ERROR_INCOMPLETE);
    assert_string_equal(stage->error->sqlstate, "55P03");
    assert_int_equal(stage->error->line, 3);
    assert_non_null(strstr(stage->error->hint, "after 2 attempts"));
    assert_non_null(strstr(stage->error->detail, "reporting"));
    assert_string_equal(stage_state(stage, 1), "incomplete");
    oracle_execute(scenery->blocker, "ROLLBACK");
    stage_apply(stage);
    assert_string_equal(stage_state(stage, 1), "applied");
}

static void test_lock_timeout_that_a_step_sets_is_overruled(void **state UNUSED)
{
    static const char *const steps[] = {
        "SET lock_timeout = '1h';\nALTER TABLE orders ADD COLUMN note text;\n",
        "BEGIN;\nSET TRANSACTION ISOLATION LEVEL SERIALIZABLE;\nSET LOCAL lock_timeout = '1h';\n"
        "ALTER TABLE orders ADD COLUMN note text;\nCOMMIT;\n",
        "DO $$BEGIN PERFORM set_config('lock_timeout', '1h', false); END$$;\nVACUUM FULL orders;\n",
    };
    struct scenery *scenery;
    set_up((void **)&scenery);
    STAGE_SETTINGS(scenery->stage, QUICK, "lock_attempts=2");
    stand_in_the_way(scenery);
    for (size_t i = 0; i < countof(steps); i++) {
        struct stage *stage = scenery->stage;
        oracle_execute(stage->oracle, "DROP TABLE IF EXISTS schema_migrations, schema_migration_events");
        stage_write(stage, "001_a.sql", talloc_asprintf(stage, "-- pgdeck: no-transaction\n%s", steps[i]));
        if (!stage_plan(stage))
            fail_msg("%s", stage->error->message);
        assert_false(stage_run(stage));
        assert_string_equal(stage->error->sqlstate, "55P03");
        assert_non_null(strstr(stage->events, "the file sets lock_timeout to 1h; pgdeck holds it at "));
    }
    talloc_free(scenery);
}

/* ---- the watcher and the breaker ---- */

static void send_readers(struct scenery *scenery)
{
    for (; scenery->readers_sent < scenery->readers_wanted; scenery->readers_sent++) {
        PGconn **reader = &scenery->readers[scenery->readers_sent];
        *reader = PQconnectdb(test_server_conninfo(server, scenery->stage->database));
        assert_int_equal(PQstatus(*reader), CONNECTION_OK);
        assert_int_equal(PQsendQuery(*reader, "SELECT FROM orders"), 1);
    }
}

/* Every reader gets its answer while the blocker is still there. */
static void readers_are_free(struct scenery *scenery)
{
    for (int i = 0; i < scenery->readers_sent; i++) {
        PGresult *result = PQgetResult(scenery->readers[i]);
        assert_int_equal(PQresultStatus(result), PGRES_TUPLES_OK);
        PQclear(result);
        assert_null(PQgetResult(scenery->readers[i]));
    }
}

static void queue_up(struct stage *stage, const struct apply_event *event)
{
    struct scenery *scenery = scenery_of(stage);
    if (event->kind == APPLY_BLOCKED || (event->kind == APPLY_STATEMENT && event->statement == scenery->readers_at))
        send_readers(scenery);
    if (event->kind == APPLY_BREAKER)
        snprintf(scenery->breaker, sizeof scenery->breaker, "%d %s", event->queued, event->text);
    if (event->kind == APPLY_RETRYING)
        readers_are_free(scenery);
    go_away(stage, event);
}

static void test_blocked_run_names_who_is_in_the_way(void **state)
{
    struct scenery *scenery = *state;
    struct stage *stage = scenery->stage;
    stage_write(stage, "001_a.sql", "-- pgdeck: lock-timeout 300ms\nALTER TABLE orders ADD COLUMN note text;\n");
    stand_in_the_way(scenery);
    stage_apply_fails(stage, ERROR_LOCK_TIMEOUT);
    assert_true(stage_heard(stage, "blocked 001 1 waits for AccessExclusiveLock on public.orders; in the way: pid "));
    assert_non_null(strstr(stage->error->detail, "(postgres, reporting), idle in transaction"));
    assert_non_null(strstr(stage->error->detail, "SELECT FROM orders"));
}

static void test_breaker_frees_a_queue_of_readers(void **state)
{
    struct scenery *scenery = *state;
    struct stage *stage = scenery->stage;
    STAGE_SETTINGS(stage, "lock_timeout=1h", "lock_pause=10ms", "breaker_sessions=3", "breaker_wait=0");
    stage_write(stage, "001_a.sql", "CREATE TABLE first ();\nALTER TABLE orders ADD COLUMN note text;\n");
    stand_in_the_way(scenery);
    scenery->readers_wanted = 3;
    stage->on_event = queue_up;
    stage_apply(stage);
    assert_true(has_column(stage, "note"));
    assert_int_equal(stage->result->applied[0].attempts, 2);
    assert_non_null(strstr(scenery->breaker, "3 the circuit breaker stops the statement, which waits for a lock: "
                                             "3 sessions wait behind it: pid "));
    assert_true(stage_heard(stage, "queue 001 2 "));
}

static void test_breaker_counts_the_time_that_others_wait(void **state)
{
    struct scenery *scenery = *state;
    struct stage *stage = scenery->stage;
    STAGE_SETTINGS(stage, "lock_timeout=1h", "lock_pause=10ms", "breaker_sessions=0", "breaker_wait=150ms");
    stage_write(stage, "001_a.sql", "ALTER TABLE orders ADD COLUMN note text;\n");
    stand_in_the_way(scenery);
    scenery->readers_wanted = 1;
    stage->on_event = queue_up;
    stage_apply(stage);
    assert_int_equal(stage->result->applied[0].attempts, 2);
}

static void test_breaker_stops_a_file_that_holds_what_others_wait_for(void **state)
{
    struct scenery *scenery = *state;
    struct stage *stage = scenery->stage;
    STAGE_SETTINGS(stage, "breaker_sessions=1", "breaker_wait=150ms", "transaction_attempts=1");
    stage_write(stage, "001_a.sql", "ALTER TABLE orders ADD COLUMN note text;\nSELECT pg_sleep(60);\n");
    scenery->readers_wanted = 1;
    scenery->readers_at = 2;
    stage->on_event = queue_up;
    stage_apply_fails(stage, ERROR_LOCK_TIMEOUT);
    readers_are_free(scenery);
    assert_non_null(strstr(scenery->breaker, "holds what others wait for"));
    assert_non_null(strstr(stage->error->message, "the circuit breaker stopped the statement: 1 session waited"));
    assert_non_null(strstr(stage->error->hint, "breaker_wait (150 ms)"));
    assert_non_null(strstr(stage->error->hint, "`PGDECK_BREAKER_WAIT=1min pgdeck apply`"));
    assert_int_equal(stage->error->line, 2);
    assert_false(has_column(stage, "note"));
}

static void test_pause_lasts_while_the_blocker_is_seen(void **state)
{
    struct scenery *scenery = *state;
    struct stage *stage = scenery->stage;
    STAGE_SETTINGS(stage, "lock_first=300ms", "lock_most=300ms", "lock_pause=1ms", "lock_budget=2s");
    stage_write(stage, "001_a.sql", "ALTER TABLE orders ADD COLUMN note text;\n");
    stand_in_the_way(scenery);
    stage_apply_fails(stage, ERROR_LOCK_TIMEOUT);
    assert_non_null(strstr(stage->error->hint, "after 2 attempts"));
}

static void test_watcher_does_not_connect_where_nothing_takes_long(void **state)
{
    struct scenery *scenery = *state;
    struct stage *stage = scenery->stage;
    oracle_execute(stage->oracle, "CREATE VIEW watchers AS SELECT count(*) FROM pg_stat_activity"
                                  " WHERE application_name LIKE 'pgdeck:%%:watch'");
    stage_write(stage, "001_a.sql", "CREATE TABLE seen AS SELECT * FROM watchers;\n");
    stage_apply(stage);
    assert_int_equal(oracle_number(stage->oracle, "SELECT count FROM seen"), 0);
    oracle_wait_gone(stage->oracle, 10000);
}

/* ---- tables locked beforehand ---- */

static void test_tables_are_locked_in_order_before_the_first_that_is_needed(void **state)
{
    struct scenery *scenery = *state;
    struct stage *stage = scenery->stage;
    STAGE_SETTINGS(stage, QUICK, "lock_attempts=1");
    oracle_execute(stage->oracle, "CREATE TABLE addresses ()");
    stage_write(
        stage, "001_a.sql",
        "CREATE TABLE first ();\nALTER TABLE orders ADD COLUMN note text;\nALTER TABLE addresses ADD x text;\n");
    struct fact_lock orders = {.relation = "public.orders", .relkind = 'r', .mode = LOCK_ACCESS_EXCLUSIVE},
                     addresses = {.relation = "public.addresses", .relkind = 'r', .mode = LOCK_ACCESS_EXCLUSIVE};
    struct facts facts[] = {
        {.source = FACTS_MEASURED},
        {.source = FACTS_MEASURED, .locks = &orders, .lock_count = 1},
        {.source = FACTS_MEASURED, .locks = &addresses, .lock_count = 1},
    };
    oracle_execute(scenery->blocker, "BEGIN; SELECT FROM addresses");
    assert_true(stage_plan(stage));
    stage->plan->steps[0].facts = facts;
    assert_false(stage_run(stage));
    assert_int_equal(stage->error->code, ERROR_LOCK_TIMEOUT);
    assert_int_equal(stage->error->line, 2); /* orders is free, but addresses comes first */
    assert_false(stage_heard(stage, "statement 001 2"));
    facts[1].locks = &(struct fact_lock){.relation = "public.gone", .relkind = 'r', .mode = LOCK_SHARE};
    oracle_execute(scenery->blocker, "ROLLBACK");
    assert_true(stage_plan(stage));
    stage->plan->steps[0].facts = facts;
    assert_true(stage_run(stage));
    assert_true(has_column(stage, "note"));
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_file_is_tried_again_until_the_lock_is_free),
        TEST(test_attempts_that_get_no_lock_end_with_nothing_applied),
        TEST(test_given_lock_timeout_is_waited_out_once),
        TEST(test_cancel_ends_the_pause_between_two_attempts),
        cmocka_unit_test(test_lock_timeout_that_a_file_sets_is_overruled),
        TEST(test_step_that_gets_no_lock_is_tried_again_by_itself),
        TEST(test_step_that_never_gets_its_lock_leaves_the_file_incomplete),
        cmocka_unit_test(test_lock_timeout_that_a_step_sets_is_overruled),
        TEST(test_blocked_run_names_who_is_in_the_way),
        TEST(test_breaker_frees_a_queue_of_readers),
        TEST(test_breaker_counts_the_time_that_others_wait),
        TEST(test_breaker_stops_a_file_that_holds_what_others_wait_for),
        TEST(test_tables_are_locked_in_order_before_the_first_that_is_needed),
        TEST(test_pause_lasts_while_the_blocker_is_seen),
        TEST(test_watcher_does_not_connect_where_nothing_takes_long),
    };
    return cmocka_run_group_tests(tests, start_server, stop_server);
}
