/* The dry run: on the target, in one transaction, rolled back; what cannot be rehearsed is said and is no failure. */
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
    struct stage *stage = stage_new(NULL, server);
    stage->mode = APPLY_DRY_RUN;
    *state = stage;
    return 0;
}

static int tear_down(void **state) { return talloc_free(*state); }

/* All relations, types and routines of the database outside the system's schemas. */
static const char *catalog(struct stage *stage)
{
    return oracle_text(
        stage->oracle,
        "SELECT concat_ws(' ', (SELECT string_agg(relname, ',' ORDER BY relname) FROM pg_class"
        " WHERE relnamespace = 'public'::regnamespace), (SELECT string_agg(typname, ',' ORDER BY typname)"
        " FROM pg_type WHERE typnamespace = 'public'::regnamespace), (SELECT string_agg(proname, ',')"
        " FROM pg_proc WHERE pronamespace = 'public'::regnamespace))");
}

static const char *rehearsed(struct stage *stage)
{
    char *text = talloc_strdup(stage, "");
    for (size_t i = 0; i < stage->result->applied_count; i++)
        text = talloc_asprintf_append(text, "%s%s", i > 0 ? " " : "", stage->result->applied[i].version);
    return text;
}

static void test_dry_run_leaves_nothing(void **state)
{
    struct stage *stage = *state;
    const char *before = catalog(stage);
    stage_write(stage, "001_a.sql", "CREATE TABLE a (id serial);\nCREATE TYPE e AS ENUM ('x');\n");
    stage_write(stage, "002_b.sql",
                "INSERT INTO a DEFAULT VALUES;\nCREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1';\n");
    stage_apply(stage);
    assert_string_equal(rehearsed(stage), "001 002");
    assert_int_equal(stage->result->remaining, 0);
    assert_int_equal(stage->result->mode, APPLY_DRY_RUN);
    assert_null(stage->result->stopped_at);
    assert_null(stage->result->not_rehearsed);
    assert_string_equal(catalog(stage), before);
    assert_string_equal(stage_state(stage, 1), "pending");
    oracle_wait_gone(stage->oracle, 10000);
}

static void test_dry_run_writes_no_journal(void **state)
{
    struct stage *stage = *state;
    stage->mode = APPLY_FOR_REAL;
    stage_write(stage, "001_a.sql", "CREATE TABLE a ();\n");
    stage_apply(stage);
    long before = oracle_number(stage->oracle, "SELECT count(*) FROM schema_migration_events");
    stage->mode = APPLY_DRY_RUN;
    stage_write(stage, "002_b.sql", "CREATE TABLE b ();\n");
    stage_apply(stage);
    assert_int_equal(oracle_number(stage->oracle, "SELECT count(*) FROM schema_migration_events"), before);
    assert_int_equal(oracle_number(stage->oracle, "SELECT count(*) FROM schema_migrations"), 1);
}

static void test_dry_run_of_nothing_pending_is_done(void **state)
{
    struct stage *stage = *state;
    stage_apply(stage);
    assert_int_equal(stage->result->applied_count, 0);
}

static void test_dry_run_names_the_place_of_a_failure(void **state)
{
    struct stage *stage = *state;
    stage_write(stage, "001_a.sql", "CREATE TABLE a ();\n");
    stage_write(stage, "002_b.sql", "CREATE TABLE b ();\n\nCREATE TABLE a ();\n");
    stage_write(stage, "003_c.sql", "CREATE TABLE c ();\n");
    stage_apply_fails(stage, ERROR_STATEMENT);
    assert_string_equal(rehearsed(stage), "001");
    assert_string_equal(stage->result->failed_version, "002");
    assert_int_equal(stage->result->failed_statement, 2);
    assert_int_equal(stage->result->failed_line, 3);
    assert_int_equal(stage->result->remaining, 2);
    assert_true(stage_heard(stage, "failed 002"));
    assert_string_equal(catalog(stage), "");
}

/* Each file alone is fine at COMMIT, or is not: the constraint is looked at where the file ends. */
static const struct {
    const char *what, *files[3];
    const char *rehearsed, *failed;
} constraint_cases[] = {
    {"violated in the first file", {"INSERT INTO d VALUES (1), (1);\n", "SELECT 1;\n"}, "", "001"},
    {"violated by two files", {"INSERT INTO d VALUES (1);\n", "INSERT INTO d VALUES (1);\n"}, "001", "002"},
    {"mended within the file", {"INSERT INTO d VALUES (1), (1);\nDELETE FROM d;\n", "SELECT 1;\n"}, "001 002", NULL},
    {"deferred again for the next file",
     {"INSERT INTO d VALUES (1);\n", "INSERT INTO d VALUES (1);\nDELETE FROM d;\n"},
     "001 002",
     NULL},
    {"immediate ones stay so",
     {"INSERT INTO i VALUES (1);\n", "INSERT INTO i VALUES (1);\nDELETE FROM i;\n"},
     "001",
     "002"},
    {"one that may be deferred is not by itself",
     {"SET CONSTRAINTS ALL DEFERRED;\nINSERT INTO m VALUES (1);\n", "INSERT INTO m VALUES (1);\nDELETE FROM m;\n"},
     "001",
     "002"},
    {"made in a file",
     {"CREATE TABLE n (a integer UNIQUE DEFERRABLE INITIALLY DEFERRED);\n",
      "INSERT INTO n VALUES (1), (1);\nDELETE FROM n;\n"},
     "001 002",
     NULL},
    {"set by the file itself",
     {"SET CONSTRAINTS ALL IMMEDIATE;\n", "INSERT INTO d VALUES (1), (1);\nDELETE FROM d;\n"},
     "001 002",
     NULL},
};

static void test_dry_run_checks_constraints_as_each_commit_would(void **state UNUSED)
{
    for (size_t i = 0; i < countof(constraint_cases); i++) {
        struct stage *stage = stage_new(NULL, server);
        stage->mode = APPLY_DRY_RUN;
        oracle_execute(
            stage->oracle,
            "CREATE TABLE d (a integer UNIQUE DEFERRABLE INITIALLY DEFERRED); CREATE TABLE i (a integer UNIQUE);"
            "CREATE TABLE m (a integer UNIQUE DEFERRABLE)");
        for (size_t j = 0; constraint_cases[i].files[j]; j++)
            stage_write(stage, talloc_asprintf(stage, "%03zu_x.sql", j + 1), constraint_cases[i].files[j]);
        assert_true(stage_plan(stage));
        bool ok = stage_run(stage);
        if (ok != !constraint_cases[i].failed || strcmp(rehearsed(stage), constraint_cases[i].rehearsed) != 0)
            fail_msg("%s: %s, %s", constraint_cases[i].what, rehearsed(stage), ok ? "done" : stage->error->message);
        if (!ok) {
            assert_true(error_is_sqlstate(stage->error, "23505"));
            assert_string_equal(stage->result->failed_version, constraint_cases[i].failed);
        }
        talloc_free(stage);
    }
}

/* A constraint in a schema that the role may not use is none of its files' business. */
static void test_dry_run_passes_over_constraints_out_of_reach(void **state)
{
    struct stage *stage = *state;
    oracle_execute(
        stage->oracle,
        "CREATE SCHEMA closed; CREATE TABLE closed.t (a integer UNIQUE DEFERRABLE INITIALLY DEFERRED);"
        "DROP ROLE IF EXISTS outsider; CREATE ROLE outsider LOGIN; CREATE SCHEMA app AUTHORIZATION outsider");
    STAGE_SETTINGS(stage, "ledger=app.ledger");
    stage->role = "outsider";
    stage_write(stage, "001_a.sql", "CREATE TABLE app.t (a integer UNIQUE DEFERRABLE INITIALLY DEFERRED);\n");
    stage_apply(stage);
    assert_string_equal(rehearsed(stage), "001");
    oracle_execute(stage->oracle, "DROP OWNED BY outsider; DROP ROLE outsider");
}

static const struct {
    const char *what, *files[4];
    const char *rehearsed, *not_rehearsed;
    const char *failed;
} label_cases[] = {
    {"a label of an earlier file",
     {"ALTER TYPE e ADD VALUE 'b';\n", "SELECT 'b'::e;\n", "SELECT 1;\n"},
     "001",
     "002",
     NULL},
    {"as a default", {"ALTER TYPE e ADD VALUE 'b';\n", "CREATE TABLE t (x e DEFAULT 'b');\n"}, "001", "002", NULL},
    {"an old label", {"ALTER TYPE e ADD VALUE 'b';\n", "SELECT 'a'::e;\n"}, "001 002", NULL, NULL},
    {"the file's own label", {"SELECT 1;\n", "ALTER TYPE e ADD VALUE 'b';\nSELECT 'b'::e;\n"}, "001", NULL, "002"},
    {"the first file's own label", {"ALTER TYPE e ADD VALUE 'b';\nSELECT 'b'::e;\n"}, "", NULL, "001"},
    {"a type made before", {"CREATE TYPE f AS ENUM ('x');\n", "SELECT 'x'::f;\n"}, "001 002", NULL, NULL},
};

static void test_dry_run_cannot_rehearse_labels_of_earlier_files(void **state UNUSED)
{
    for (size_t i = 0; i < countof(label_cases); i++) {
        struct stage *stage = stage_new(NULL, server);
        stage->mode = APPLY_DRY_RUN;
        oracle_execute(stage->oracle, "CREATE TYPE e AS ENUM ('a')");
        for (size_t j = 0; label_cases[i].files[j]; j++)
            stage_write(stage, talloc_asprintf(stage, "%03zu_x.sql", j + 1), label_cases[i].files[j]);
        assert_true(stage_plan(stage));
        bool ok = stage_run(stage);
        if (ok != !label_cases[i].failed || strcmp(rehearsed(stage), label_cases[i].rehearsed) != 0)
            fail_msg("%s: %s, %s", label_cases[i].what, rehearsed(stage), ok ? "done" : stage->error->message);
        const char *const *versions = stage->result->not_rehearsed;
        if (label_cases[i].not_rehearsed) {
            assert_string_equal(versions[0], label_cases[i].not_rehearsed);
            assert_null(versions[1]);
            assert_true(stage_heard(stage, "warning 002"));
        } else {
            assert_null(versions);
        }
        talloc_free(stage);
    }
}

static const struct {
    const char *files[4];
    const char *rehearsed, *stopped_at;
    size_t remaining;
} stop_cases[] = {
    {{"-- pgdeck: no-transaction\nCREATE TABLE x ();\n", "SELECT 1;\n"}, "", "001", 2},
    {{"CREATE TABLE a ();\n", "-- pgdeck: no-transaction\nVACUUM;\n", "SELECT 1;\n"}, "001", "002", 2},
};

static void test_dry_run_stops_at_the_first_file_outside_a_transaction(void **state UNUSED)
{
    for (size_t i = 0; i < countof(stop_cases); i++) {
        struct stage *stage = stage_new(NULL, server);
        stage->mode = APPLY_DRY_RUN;
        for (size_t j = 0; stop_cases[i].files[j]; j++)
            stage_write(stage, talloc_asprintf(stage, "%03zu_x.sql", j + 1), stop_cases[i].files[j]);
        stage_apply(stage);
        assert_string_equal(rehearsed(stage), stop_cases[i].rehearsed);
        assert_string_equal(stage->result->stopped_at, stop_cases[i].stopped_at);
        assert_int_equal(stage->result->remaining, stop_cases[i].remaining);
        assert_string_equal(catalog(stage), "");
        talloc_free(stage);
    }
}

/* What DISCARD ALL takes away between the files of a real run. */
static void test_dry_run_starts_each_file_in_a_clean_session(void **state)
{
    struct stage *stage = *state;
    oracle_execute(stage->oracle,
                   "DROP ROLE IF EXISTS other_role; CREATE ROLE other_role; GRANT other_role TO postgres");
    stage_write(stage, "001_a.sql",
                "-- pgdeck: lock-timeout 77ms\nCREATE TEMP TABLE scrap (a integer);\nPREPARE p AS SELECT 1;\n"
                "SET my.variable = 'x';\nSET search_path = pg_catalog;\nSET work_mem = '77kB';\n"
                "DECLARE h CURSOR WITH HOLD FOR SELECT 1;\nSET ROLE other_role;\n");
    stage_write(
        stage, "002_b.sql",
        "CREATE TABLE made_here ();\nCREATE TEMP TABLE scrap (b integer);\nPREPARE p AS SELECT 2;\nDECLARE h CURSOR "
        "FOR SELECT 2;\n"
        "DO $$ BEGIN IF coalesce(current_setting('my.variable', true), '') <> '' OR current_user <> 'postgres' OR"
        " current_setting('work_mem') <> '4MB' OR current_setting('lock_timeout') <> '5s' OR"
        " to_regclass('public.made_here') IS NULL THEN"
        " RAISE EXCEPTION 'leaked % % % %', current_setting('my.variable', true), current_user,"
        " current_setting('work_mem'), current_setting('lock_timeout'); END IF; END $$;\n");
    stage_apply(stage);
    assert_string_equal(rehearsed(stage), "001 002");
}

static void test_dry_run_runs_under_the_settings_of_the_project(void **state)
{
    struct stage *stage = *state;
    oracle_execute(
        stage->oracle,
        "DROP ROLE IF EXISTS owner_role; CREATE ROLE owner_role; CREATE SCHEMA app AUTHORIZATION owner_role");
    STAGE_SETTINGS(stage, "role=owner_role", "search_path=app");
    stage_write(stage, "001_a.sql", "CREATE TABLE t ();\nRESET ROLE;\nSET search_path = public;\n");
    stage_write(
        stage, "002_b.sql",
        "DO $$ BEGIN IF current_user <> 'owner_role' OR current_setting('search_path') <> 'app' OR"
        " to_regclass('app.t') IS NULL THEN RAISE EXCEPTION '% %', current_user, current_setting('search_path');"
        " END IF; END $$;\n");
    stage_apply(stage);
    oracle_execute(stage->oracle, "DROP OWNED BY owner_role CASCADE; DROP ROLE owner_role");
}

static void cancel_statement(struct stage *stage, const struct apply_event *event)
{
    if (event->kind == APPLY_STATEMENT && event->statement == 2)
        cancel_request(stage->cancel, 2);
}

static void test_dry_run_is_cancelled_and_rolled_back(void **state)
{
    struct stage *stage = *state;
    stage->cancel = cancel_new(stage);
    stage->on_event = cancel_statement;
    stage_write(stage, "001_a.sql", "CREATE TABLE a ();\nSELECT pg_sleep(600);\n");
    stage_apply_fails(stage, ERROR_CANCELLED);
    oracle_wait_gone(stage->oracle, 10000);
    assert_string_equal(catalog(stage), "");
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_dry_run_leaves_nothing),
        TEST(test_dry_run_writes_no_journal),
        TEST(test_dry_run_of_nothing_pending_is_done),
        TEST(test_dry_run_names_the_place_of_a_failure),
        cmocka_unit_test(test_dry_run_checks_constraints_as_each_commit_would),
        TEST(test_dry_run_passes_over_constraints_out_of_reach),
        cmocka_unit_test(test_dry_run_cannot_rehearse_labels_of_earlier_files),
        cmocka_unit_test(test_dry_run_stops_at_the_first_file_outside_a_transaction),
        TEST(test_dry_run_starts_each_file_in_a_clean_session),
        TEST(test_dry_run_runs_under_the_settings_of_the_project),
        TEST(test_dry_run_is_cancelled_and_rolled_back),
    };
    return cmocka_run_group_tests(tests, start_server, stop_server);
}
