/* The guarded run: a file that cannot get its locks is rolled back and tried again, and says so. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/lib/stage.h"

static struct test_server *server;

/* A stage and sessions that are in its way. */
struct scenery {
    struct stage *stage;
    struct oracle *blocker, *reader;
    int retries;        /* heard so far */
    int retries_wanted; /* after so many the blocker goes */
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

static int set_up(void **state)
{
    struct scenery *scenery = talloc_zero(NULL, struct scenery);
    struct stage *stage = scenery->stage = stage_new(scenery, server);
    oracle_execute(stage->oracle, "CREATE TABLE orders (id integer)");
    scenery->blocker = oracle_open(stage, server, stage->database);
    scenery->reader = oracle_open(stage, server, stage->database);
    scenery->retries_wanted = 1;
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
    for (size_t i = 0; i < countof(own_timeouts); i++) {
        struct scenery *scenery;
        set_up((void **)&scenery);
        struct stage *stage = scenery->stage;
        print_message("%s\n", own_timeouts[i].what);
        STAGE_SETTINGS(stage, QUICK, "lock_attempts=2");
        stage_write(stage, "001_a.sql",
                    talloc_asprintf(stage, "%s;\nALTER TABLE orders ADD COLUMN note text;\n", own_timeouts[i].before));
        stand_in_the_way(scenery);
        stage_apply_fails(stage, ERROR_LOCK_TIMEOUT);
        assert_true(stage_heard(stage, "warning 001 1 the file sets lock_timeout") ||
                    stage_heard(stage, "warning 001 4 the file sets lock_timeout") ||
                    stage_heard(stage, "warning 001 2 the file sets lock_timeout"));
        talloc_free(scenery);
    }
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
    };
    return cmocka_run_group_tests(tests, start_server, stop_server);
}
