/* What an apply refuses: a plan that is no longer true, a lock that another run holds or that is lost, a server that
 * takes no writes, a file that tampers with the ledger. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/lib/stage.h"

static struct test_server *server;

static int start_server(void **state UNUSED)
{
    server = test_server_start(NULL, NULL);
    return 0;
}

static int stop_server(void **state UNUSED) { return talloc_free(server); }

static int set_up(void **state)
{
    *state = stage_new(NULL, server);
    return 0;
}

static int tear_down(void **state) { return talloc_free(*state); }

static bool exists(struct stage *stage, const char *name)
{
    return oracle_says(stage->oracle, "SELECT to_regclass('%s') IS NOT NULL", name);
}

static long applied_count(struct stage *stage)
{
    return exists(stage, "schema_migrations") ? oracle_number(stage->oracle, "SELECT count(*) FROM schema_migrations")
                                              : 0;
}

/* ---- the plan under the lock ---- */

static void plan_two(struct stage *stage)
{
    stage_write(stage, "001_a.sql", "CREATE TABLE a ();\n");
    stage_write(stage, "002_b.sql", "CREATE TABLE b ();\n");
    stage_write(stage, "003_c.sql", "CREATE TABLE c ();\n");
    stage->selection.only = (const char *const[]){"001", NULL};
    stage_apply(stage);
    stage->selection.only = NULL;
    assert_true(stage_plan(stage));
}

static const struct {
    const char *what, *meanwhile; /* SQL */
    enum apply_strictness strictness;
    enum error_code code;
    size_t applied;
} stale_cases[] = {
    {"nothing", "SELECT 1", APPLY_EXACT, ERROR_NONE, 2},
    {"another run applied one", "INSERT INTO schema_migrations (version) VALUES ('002'); CREATE TABLE b ()",
     APPLY_EXACT, ERROR_STALE_PLAN, 0},
    {"another run applied one, nobody had looked",
     "INSERT INTO schema_migrations (version) VALUES ('002'); CREATE TABLE b ()", APPLY_REMAINING, ERROR_NONE, 1},
    {"another run applied all", "INSERT INTO schema_migrations (version) VALUES ('002'), ('003')", APPLY_REMAINING,
     ERROR_NONE, 0},
    {"another run applied the last", "INSERT INTO schema_migrations (version) VALUES ('003')", APPLY_REMAINING,
     ERROR_REFUSED, 0},
    {"a row was taken out", "DELETE FROM schema_migrations", APPLY_EXACT, ERROR_STALE_PLAN, 0},
    {"a row was taken out, nobody had looked", "DELETE FROM schema_migrations", APPLY_REMAINING, ERROR_STALE_PLAN, 0},
    {"a file applied meanwhile had other bytes",
     "INSERT INTO schema_migrations (version, checksum) VALUES ('002', 'x')", APPLY_EXACT, ERROR_REFUSED, 0},
    {"the ledger was dropped", "DROP TABLE schema_migrations, schema_migration_events", APPLY_EXACT, ERROR_STALE_PLAN,
     0},
};

static void test_run_looks_again_under_the_lock(void **state UNUSED)
{
    for (size_t i = 0; i < countof(stale_cases); i++) {
        struct stage *stage = stage_new(NULL, server);
        plan_two(stage);
        oracle_execute(stage->oracle, "%s", stale_cases[i].meanwhile);
        stage->strictness = stale_cases[i].strictness;
        stage_run(stage);
        if (stage->error->code != stale_cases[i].code || stage->result->applied_count != stale_cases[i].applied)
            fail_msg("%s: %s, %zu applied", stale_cases[i].what, error_kind(stage->error->code)->name,
                     stage->result->applied_count);
        assert_true(stale_cases[i].code == ERROR_NONE || stage->error->hint);
        talloc_free(stage);
    }
}

static void test_run_of_only_what_was_applied_meanwhile(void **state)
{
    struct stage *stage = *state;
    plan_two(stage);
    stage->selection.only = (const char *const[]){"2", "003", NULL};
    assert_true(stage_plan(stage));
    oracle_execute(stage->oracle, "INSERT INTO schema_migrations (version) VALUES ('002')");
    stage->strictness = APPLY_EXACT;
    assert_false(stage_run(stage));
    assert_int_equal(stage->error->code, ERROR_STALE_PLAN);
    stage->strictness = APPLY_REMAINING;
    assert_true(stage_run(stage));
    assert_int_equal(stage->result->applied_count, 1);
    assert_string_equal(stage->result->applied[0].version, "003");
}

static void change_file_behind_the_plan(struct stage *stage)
{
    stage_write(stage, "001_a.sql", "CREATE TABLE read ();\n");
    assert_true(stage_plan(stage));
    stage_write(stage, "001_a.sql", "CREATE TABLE written_later ();\n");
}

static void test_run_of_a_file_that_changed_since_it_was_shown_is_refused(void **state)
{
    struct stage *stage = *state;
    change_file_behind_the_plan(stage);
    assert_false(stage_run(stage));
    assert_int_equal(stage->error->code, ERROR_STALE_PLAN);
    assert_int_equal(applied_count(stage), 0);
}

static void test_run_that_nobody_looked_at_runs_what_was_read(void **state)
{
    struct stage *stage = *state;
    stage->strictness = APPLY_REMAINING;
    change_file_behind_the_plan(stage);
    assert_true(stage_run(stage));
    assert_true(exists(stage, "read"));
    assert_false(exists(stage, "written_later"));
    assert_string_equal(stage_state(stage, 1), "changed");
}

/* ---- the lock and the server ---- */

static void hold_lock(struct stage *stage, const struct apply_event *event)
{
    if (event->kind != APPLY_STATEMENT)
        return;
    struct stage *other = talloc_get_type_abort(talloc_parent(stage), struct stage);
    assert_false(stage_run(other));
}

static void test_run_beside_another_names_the_holder(void **state UNUSED)
{
    struct stage *other = stage_new(NULL, server), *stage = stage_new(other, server);
    stage_write(other, "001_a.sql", "SELECT 1;\n");
    stage_write(stage, "001_a.sql", "SELECT 1;\n");
    other->database = stage->database; /* two projects, one database */
    STAGE_SETTINGS(other, "lock_wait=0");
    assert_true(stage_plan(other));
    stage->on_event = hold_lock;
    stage_apply(stage);
    assert_int_equal(other->error->code, ERROR_LOCKED);
    assert_non_null(strstr(other->error->message, talloc_asprintf(other, "pgdeck:%s:lock", stage->result->run)));
    assert_non_null(strstr(other->error->message, "pid "));
    assert_non_null(other->error->hint);
    assert_true(stage_heard(other, "waiting pid "));
    other->database = talloc_strdup(other, "none");
    talloc_free(other);
}

static void end_lock(struct stage *stage, const struct apply_event *event)
{
    if (event->kind == APPLY_STATEMENT)
        oracle_execute(
            stage->oracle,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'pgdeck:%%:lock'"
            " AND datname = current_database()");
    if (event->kind == APPLY_STATEMENT_DONE)
        oracle_wait(stage->oracle, 10000,
                    "SELECT NOT EXISTS (SELECT FROM pg_locks l JOIN pg_database d ON d.oid = l.database"
                    " WHERE locktype = 'advisory' AND datname = current_database())");
}

static void test_run_that_loses_its_lock_rolls_the_file_back(void **state)
{
    struct stage *stage = *state;
    stage->on_event = end_lock;
    stage_write(stage, "001_a.sql", "CREATE TABLE a ();\n");
    stage_apply_fails(stage, ERROR_LOCKED);
    assert_false(exists(stage, "a"));
    assert_int_equal(applied_count(stage), 0);
}

static void test_run_refuses_a_session_that_is_held_read_only(void **state)
{
    struct stage *stage = *state;
    stage_write(stage, "001_a.sql", "CREATE TABLE a ();\n");
    assert_true(stage_plan(stage));
    oracle_execute(stage->oracle, "ALTER DATABASE %s SET default_transaction_read_only = on", stage->database);
    assert_false(stage_run(stage));
    assert_int_equal(stage->error->code, ERROR_READ_ONLY);
    assert_non_null(stage->error->hint);
    assert_false(exists(stage, "schema_migrations"));
}

static void test_run_of_a_role_that_does_not_exist_is_refused(void **state)
{
    struct stage *stage = *state;
    STAGE_SETTINGS(stage, "role=no_such_role");
    stage_write(stage, "001_a.sql", "CREATE TABLE a ();\n");
    assert_true(stage_plan(stage));
    assert_false(stage_run(stage));
    assert_non_null(strstr(stage->error->message, "no_such_role"));
    assert_false(exists(stage, "a"));
}

/* A server of its own, that comes back as a standby. */
static void test_standby_tells_its_status_and_takes_no_run(void **state UNUSED)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    struct test_server *primary = test_server_start(memory, NULL);
    struct stage *stage = stage_new(memory, primary);
    stage_write(stage, "001_a.sql", "CREATE TABLE a ();\n");
    stage_apply(stage);
    stage_write(stage, "002_b.sql", "CREATE TABLE b ();\n");
    test_server_stop(primary, TEST_STOP_FAST);
    test_write(test_server_host(primary), "data/standby.signal", "");
    test_server_restart(primary);
    assert_string_equal(stage_state(stage, 1), "applied");
    assert_true(stage_plan(stage));
    assert_false(stage_run(stage));
    assert_int_equal(stage->error->code, ERROR_READ_ONLY);
    assert_non_null(strstr(stage->error->message, "standby"));
    assert_non_null(stage->error->hint);
    test_server_stop(primary, TEST_STOP_IMMEDIATE);
    talloc_free(memory);
}

/* ---- tampering with the ledger ---- */

static const struct {
    const char *what, *statement;
} tamperings[] = {
    {"its own row deleted", "DELETE FROM schema_migrations WHERE version = '002'"},
    {"another row deleted", "DELETE FROM schema_migrations WHERE version = '001'"},
    {"a row inserted", "INSERT INTO schema_migrations (version) VALUES ('003')"},
    {"a row inserted by COPY", "COPY schema_migrations (version) FROM stdin;\n003\n\\.\nSELECT 1"},
    {"another row updated", "UPDATE schema_migrations SET checksum = 'x' WHERE version = '001'"},
    {"its own row updated", "UPDATE schema_migrations SET version = '022' WHERE version = '002'"},
    {"emptied", "TRUNCATE schema_migrations"},
    {"dropped", "DROP TABLE schema_migrations"},
    {"dropped with its schema", "DROP SCHEMA public CASCADE;\nCREATE SCHEMA public"},
    {"renamed", "ALTER TABLE schema_migrations RENAME TO other"},
    {"put into another schema", "CREATE SCHEMA elsewhere;\nALTER TABLE schema_migrations SET SCHEMA elsewhere"},
    {"made anew",
     "ALTER TABLE schema_migrations RENAME TO other;\nCREATE TABLE schema_migrations AS SELECT * FROM other"},
    {"a column dropped", "ALTER TABLE schema_migrations DROP COLUMN duration_ms"},
};

static const struct {
    const char *what, *statement;
} journal_tamperings[] = {
    {"a row deleted", "DELETE FROM schema_migration_events WHERE event = 'started'"},
    {"a row updated", "UPDATE schema_migration_events SET person = 'nobody'"},
    {"emptied", "TRUNCATE schema_migration_events"},
    {"dropped", "DROP TABLE schema_migration_events"},
    {"renamed", "ALTER TABLE schema_migration_events RENAME TO other"},
};

static void tamper(struct stage *stage, const char *statement)
{
    stage_write(stage, "001_a.sql", "SELECT 1;\n");
    stage_apply(stage);
    const char *before =
        oracle_text(stage->oracle, "SELECT string_agg(t::text, E'\\n' ORDER BY version) FROM schema_migrations t");
    stage_write(stage, "002_b.sql", talloc_asprintf(stage, "CREATE TABLE harmless ();\n%s;\n", statement));
    stage_apply_fails(stage, ERROR_REFUSED);
    assert_non_null(strstr(stage->error->message, "changed the "));
    assert_non_null(stage->error->hint);
    assert_string_equal(stage->error->file, "migrations/002_b.sql");
    assert_string_equal(
        before,
        oracle_text(stage->oracle, "SELECT string_agg(t::text, E'\\n' ORDER BY version) FROM schema_migrations t"));
    assert_false(exists(stage, "harmless"));
}

static void test_file_that_tampers_with_the_ledger_is_rolled_back(void **state UNUSED)
{
    for (size_t i = 0; i < countof(tamperings); i++) {
        struct stage *stage = stage_new(NULL, server);
        print_message("%s\n", tamperings[i].what);
        tamper(stage, tamperings[i].statement);
        talloc_free(stage);
    }
}

static void test_file_that_tampers_with_the_journal_is_rolled_back(void **state UNUSED)
{
    for (size_t i = 0; i < countof(journal_tamperings); i++) {
        struct stage *stage = stage_new(NULL, server);
        print_message("%s\n", journal_tamperings[i].what);
        tamper(stage, journal_tamperings[i].statement);
        talloc_free(stage);
    }
}

static void test_file_that_tampers_with_a_foreign_ledger_is_rolled_back(void **state UNUSED)
{
    for (size_t i = 0; i + 1 < countof(tamperings); i++) {
        if (strstr(tamperings[i].statement, "checksum"))
            continue;
        struct stage *stage = stage_new(NULL, server);
        print_message("%s\n", tamperings[i].what);
        oracle_execute(stage->oracle, "CREATE TABLE schema_migrations (version varchar PRIMARY KEY)");
        tamper(stage, tamperings[i].statement);
        talloc_free(stage);
    }
}

static void test_file_may_read_the_ledger_and_write_elsewhere(void **state)
{
    struct stage *stage = *state;
    stage_write(stage, "001_a.sql",
                "CREATE TABLE copied AS SELECT version, checksum, run FROM schema_migrations;\n"
                "CREATE SCHEMA s;\nCREATE TABLE s.schema_migrations (version text);\n"
                "INSERT INTO s.schema_migrations VALUES ('9');\n");
    stage_apply(stage);
    assert_true(oracle_says(stage->oracle, "SELECT version = '001' AND length(checksum) = 64 FROM copied"));
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_run_looks_again_under_the_lock),
        TEST(test_run_of_only_what_was_applied_meanwhile),
        TEST(test_run_of_a_file_that_changed_since_it_was_shown_is_refused),
        TEST(test_run_that_nobody_looked_at_runs_what_was_read),
        cmocka_unit_test(test_run_beside_another_names_the_holder),
        TEST(test_run_that_loses_its_lock_rolls_the_file_back),
        TEST(test_run_refuses_a_session_that_is_held_read_only),
        TEST(test_run_of_a_role_that_does_not_exist_is_refused),
        cmocka_unit_test(test_standby_tells_its_status_and_takes_no_run),
        cmocka_unit_test(test_file_that_tampers_with_the_ledger_is_rolled_back),
        cmocka_unit_test(test_file_that_tampers_with_the_journal_is_rolled_back),
        cmocka_unit_test(test_file_that_tampers_with_a_foreign_ledger_is_rolled_back),
        TEST(test_file_may_read_the_ledger_and_write_elsewhere),
    };
    return cmocka_run_group_tests(tests, start_server, stop_server);
}
