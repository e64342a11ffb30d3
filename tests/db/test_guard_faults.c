/* Faults of the world around a run: deadlock, autovacuum, timeouts, missing rights, a server that goes. After each the
 * truth is asked of another connection. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <libpq-fe.h>

#include "tests/lib/stage.h"

static struct test_server *server;

static int start_server(void **state UNUSED)
{
    static const char *const settings[] = {"deadlock_timeout=300ms", "autovacuum_naptime=1s",
                                           "autovacuum_vacuum_cost_delay=100ms", "autovacuum_vacuum_cost_limit=1",
                                           NULL};
    server = test_server_start(NULL, settings);
    return 0;
}

static int stop_server(void **state UNUSED) { return talloc_free(server); }

static int set_up(void **state)
{
    struct stage *stage = stage_new(NULL, server);
    oracle_execute(stage->oracle, "CREATE TABLE orders (id integer); CREATE TABLE other (id integer)");
    *state = stage;
    return 0;
}

static int tear_down(void **state) { return talloc_free(*state); }

static bool has_note(struct stage *stage)
{
    return oracle_says(
        stage->oracle,
        "SELECT EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'orders'::regclass AND attname = 'note')");
}

/* What must hold after every failure. */
static void nothing_stands(struct stage *stage)
{
    assert_false(has_note(stage));
    assert_string_equal(stage_state(stage, 1), "pending");
    oracle_wait_gone(stage->oracle, 10000);
}

/* ---- deadlock ---- */

static PGconn *opponent;

static void fight(struct stage *stage UNUSED, const struct apply_event *event)
{
    if (event->kind == APPLY_STATEMENT && event->statement == 2 && event->attempt == 1)
        assert_int_equal(PQsendQuery(opponent, "LOCK TABLE orders"), 1);
    if (event->kind == APPLY_RETRYING) {
        PGresult *result = PQgetResult(opponent);
        assert_int_equal(PQresultStatus(result), PGRES_COMMAND_OK);
        PQclear(result);
        assert_null(PQgetResult(opponent));
        PQclear(PQexec(opponent, "COMMIT"));
    }
}

/* It is the run that gives way: it looks for a deadlock before the other one does. */
static void test_deadlock_is_run_again(void **state)
{
    struct stage *stage = *state;
    STAGE_SETTINGS(stage, "lock_timeout=20s");
    stage_write(stage, "001_a.sql",
                "ALTER TABLE orders ADD COLUMN note text;\nALTER TABLE other ADD COLUMN note text;\n");
    opponent = PQconnectdb(test_server_conninfo(server, stage->database));
    PQclear(PQexec(opponent, "BEGIN; LOCK TABLE other"));
    stage->on_event = fight;
    stage_apply(stage);
    assert_true(has_note(stage));
    assert_int_equal(stage->result->applied[0].attempts, 2);
    assert_true(oracle_says(stage->oracle, "SELECT count(*) = 1 FROM schema_migration_events"
                                           " WHERE event = 'failed' AND detail->>'sqlstate' = '40P01'"));
    PQfinish(opponent);
}

/* ---- autovacuum ---- */

/* An autovacuum is at work on orders, which it takes long for. */
static void wait_for_autovacuum(struct stage *stage)
{
    oracle_execute(stage->oracle,
                   "ALTER TABLE orders SET (autovacuum_vacuum_threshold = 0, autovacuum_vacuum_scale_factor = 0);"
                   "INSERT INTO orders SELECT generate_series(1, 50000)");
    oracle_execute(stage->oracle, "DELETE FROM orders");
    stage_write(stage, "001_a.sql", "ALTER TABLE orders ADD COLUMN note text;\n");
    assert_true(oracle_wait(stage->oracle, 30000,
                            "SELECT EXISTS (SELECT FROM pg_locks l JOIN pg_stat_activity a USING (pid)"
                            " WHERE a.backend_type = 'autovacuum worker' AND l.relation = 'orders'::regclass)"));
}

static void test_autovacuum_in_the_way_is_sent_away(void **state)
{
    struct stage *stage = *state;
    STAGE_SETTINGS(stage, "lock_first=20ms", "lock_most=60ms", "lock_pause=20ms");
    oracle_execute(stage->oracle, "CREATE ROLE plain LOGIN; GRANT pg_read_all_stats TO plain;"
                                  "GRANT ALL ON SCHEMA public TO plain; ALTER TABLE orders OWNER TO plain");
    wait_for_autovacuum(stage);
    stage->role = "plain";
    stage_apply(stage);
    stage->role = "postgres";
    assert_true(has_note(stage));
    assert_true(stage->result->applied[0].attempts > 1);
    assert_non_null(strstr(stage->events, "an autovacuum gives way to nobody sooner"));
    oracle_execute(stage->oracle, "DROP OWNED BY plain CASCADE; DROP ROLE plain");
}

/* Whoever may lower deadlock_timeout does: no attempt has to wait beyond the server's. */
static void test_autovacuum_gives_way_at_once_to_a_role_that_may_lower_deadlock_timeout(void **state)
{
    struct stage *stage = *state;
    STAGE_SETTINGS(stage, "lock_first=200ms", "lock_most=200ms", "lock_attempts=3");
    wait_for_autovacuum(stage);
    stage_apply(stage);
    assert_true(has_note(stage));
    assert_false(stage_heard(stage, "retrying"));
}

/* ---- timeouts, rights, server ---- */

static void test_statement_timeout_is_told_and_not_tried_again(void **state)
{
    struct stage *stage = *state;
    stage_write(stage, "001_a.sql",
                "-- pgdeck: statement-timeout 50ms\nALTER TABLE orders ADD COLUMN note text;\nSELECT pg_sleep(60);\n");
    stage_apply_fails(stage, ERROR_CANCELLED);
    assert_int_equal(stage->error->line, 3);
    assert_non_null(strstr(stage->error->hint, "statement_timeout (50 ms"));
    assert_false(stage_heard(stage, "retrying"));
    nothing_stands(stage);
}

static void test_role_without_rights_changes_nothing(void **state)
{
    struct stage *stage = *state;
    oracle_execute(stage->oracle, "CREATE ROLE plain LOGIN; GRANT ALL ON SCHEMA public TO plain");
    stage_write(stage, "001_a.sql", "CREATE TABLE x ();\nALTER TABLE orders ADD COLUMN note text;\n");
    stage->role = "plain";
    stage_apply_fails(stage, ERROR_STATEMENT);
    assert_string_equal(stage->error->sqlstate, "42501");
    assert_int_equal(stage->error->line, 2);
    assert_true(oracle_says(stage->oracle, "SELECT to_regclass('x') IS NULL"));
    nothing_stands(stage);
    stage->role = "postgres";
    oracle_execute(stage->oracle, "DROP OWNED BY plain CASCADE; DROP ROLE plain");
}

static void stop_the_server(struct stage *stage UNUSED, const struct apply_event *event)
{
    if (event->kind == APPLY_STATEMENT && event->statement == 2)
        test_server_stop(server, TEST_STOP_IMMEDIATE);
}

static void test_server_that_goes_leaves_nothing(void **state)
{
    struct stage *stage = *state;
    stage_write(stage, "001_a.sql", "ALTER TABLE orders ADD COLUMN note text;\nSELECT 1;\n");
    stage->on_event = stop_the_server;
    stage_apply_fails(stage, ERROR_CONNECTION);
    assert_non_null(strstr(stage->error->message, "before COMMIT: nothing of 001 was applied"));
    assert_non_null(stage->error->hint);
    test_server_restart(server);
    oracle_reopen(stage->oracle);
    nothing_stands(stage);
    stage->on_event = NULL;
    stage_apply(stage);
    assert_true(has_note(stage));
}

static void end_the_watcher(struct stage *stage, const struct apply_event *event)
{
    if (event->kind == APPLY_BLOCKED)
        oracle_execute(stage->oracle, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                                      " WHERE application_name LIKE 'pgdeck:%%:watch'");
    if (event->kind == APPLY_RETRYING && event->attempt == 1)
        oracle_execute(stage->oracle, "ROLLBACK");
}

static void test_watcher_that_loses_its_connection_holds_nothing_up(void **state)
{
    struct stage *stage = *state;
    STAGE_SETTINGS(stage, "lock_first=300ms", "lock_most=300ms", "lock_pause=10ms");
    stage_write(stage, "001_a.sql", "ALTER TABLE orders ADD COLUMN note text;\n");
    oracle_execute(stage->oracle, "BEGIN; SELECT FROM orders");
    stage->on_event = end_the_watcher;
    stage_apply(stage);
    assert_true(has_note(stage));
    assert_int_equal(stage->result->applied[0].attempts, 2);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_deadlock_is_run_again),
        TEST(test_autovacuum_in_the_way_is_sent_away),
        TEST(test_autovacuum_gives_way_at_once_to_a_role_that_may_lower_deadlock_timeout),
        TEST(test_statement_timeout_is_told_and_not_tried_again),
        TEST(test_role_without_rights_changes_nothing),
        TEST(test_watcher_that_loses_its_connection_holds_nothing_up),
        TEST(test_server_that_goes_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, start_server, stop_server);
}
