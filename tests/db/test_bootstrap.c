/* The init script on an empty target: what counts as empty, what the script must seed, and that a failure leaves
 * nothing. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "migrate/bootstrap.h"
#include "tests/lib/stage.h"

#define LEDGER                                                                                                         \
    "CREATE TABLE schema_migrations (version text PRIMARY KEY, description text, checksum text,"                       \
    " applied_at timestamptz NOT NULL DEFAULT now(), applied_by text NOT NULL DEFAULT session_user, duration_ms "      \
    "bigint, run text);\n"
#define SEED(values) "INSERT INTO schema_migrations (version, description) VALUES " values ";\n"
#define GOOD LEDGER "CREATE TABLE made (a integer);\n" SEED("('001', 'a'), ('002', 'b')")

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
    stage_write(stage, "001_a.sql", "SELECT 1;\n");
    stage_write(stage, "002_b.sql", "SELECT 2;\n");
    *state = stage;
    return 0;
}

static int tear_down(void **state) { return talloc_free(*state); }

static struct bootstrap_result *run(struct stage *stage, const char *script)
{
    if (script)
        test_write(stage->project, "initdb/create_tables.sql", script);
    struct connection *connection = stage_connect(stage); /* only for its target */
    struct apply_options options = {.target = connection_target(connection),
                                    .settings = stage->settings,
                                    .application = "pgdeck test",
                                    .person = "tester",
                                    .host = "stage",
                                    .cancel = stage->cancel};
    error_clear(stage->error);
    stage->directory = directory_read(stage, stage->settings, stage->error);
    assert_non_null(stage->directory);
    struct bootstrap_result *result = bootstrap_run(stage, stage->directory, &options, stage->error);
    assert_int_equal(result != NULL, !error_is_set(stage->error));
    talloc_free(connection);
    return result;
}

static struct bootstrap_result *run_good(struct stage *stage, const char *script)
{
    struct bootstrap_result *result = run(stage, script);
    if (!result)
        fail_msg("%s", stage->error->message);
    return result;
}

static long object_count(struct stage *stage)
{
    return oracle_number(stage->oracle, "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace");
}

static void test_bootstrap_runs_the_script_and_fills_in_checksums(void **state)
{
    struct stage *stage = *state;
    struct bootstrap_result *result = run_good(stage, GOOD);
    assert_int_equal(result->statement_count, 3);
    assert_int_equal(result->seeded, 2);
    assert_int_equal(result->unseeded, 0);
    assert_int_equal(strlen(result->run), 24);
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(
            oracle_number(
                stage->oracle,
                "SELECT count(*) FROM schema_migrations WHERE version = '%s' AND checksum = '%s' AND run IS NULL",
                stage->directory->files[i]->version, stage->directory->files[i]->checksum),
            1);
    assert_string_equal(stage_state(stage, 1), "applied");
    stage_write(stage, "002_b.sql", "SELECT 3;\n");
    assert_string_equal(stage_state(stage, 2), "changed");
}

static void test_bootstrap_is_journalled(void **state)
{
    struct stage *stage = *state;
    struct bootstrap_result *result = run_good(stage, GOOD);
    assert_string_equal(
        oracle_text(stage->oracle,
                    "SELECT string_agg(concat_ws(' ', event, version, detail ->> 'outcome'), ', ' ORDER BY id)"
                    " FROM schema_migration_events WHERE run = '%s' AND person = 'tester'",
                    result->run),
        "run_started, marked 001, marked 002, run_finished done");
}

static void test_bootstrap_counts_what_is_left_pending(void **state)
{
    struct stage *stage = *state;
    struct bootstrap_result *result = run_good(stage, LEDGER SEED("('1', NULL)"));
    assert_int_equal(result->seeded, 1);
    assert_int_equal(result->unseeded, 1);
    assert_string_equal(stage_state(stage, 1), "applied");
    assert_string_equal(stage_state(stage, 2), "pending");
    stage_apply(stage);
    assert_int_equal(stage->result->applied_count, 1);
}

/* ---- what the script may hold ---- */

static const char *const good_scripts[] = {
    "SET search_path = '';\nSELECT pg_catalog.set_config('search_path', '', false);\nSET check_function_bodies = "
    "false;\n"
    "SET client_min_messages = warning;\nSET row_security = off;\nSET default_table_access_method = heap;\n"
    "CREATE TABLE public.schema_migrations (version text PRIMARY KEY, checksum text);\n"
    "COPY public.schema_migrations (version) FROM stdin;\n001\n002\n\\.\n",
    "\\restrict abc\n" GOOD "\\unrestrict abc\n",
    GOOD "CREATE TABLE t (a integer, b text);\nCOPY t (a, b) FROM stdin;\n1\tone; \\\\.\n2\t\\N\n\\.\n\n",
    GOOD "CREATE FUNCTION f() RETURNS integer LANGUAGE plpgsql AS $$ BEGIN RETURN 1; END $$;\nSELECT f();\n",
    GOOD "SAVEPOINT a;\nCREATE TABLE u ();\nROLLBACK TO a;\n",
    GOOD "SET SESSION AUTHORIZATION pg_monitor;\n",
    "CREATE TABLE schema_migrations (version bigint PRIMARY KEY, inserted_at timestamp NOT NULL DEFAULT now());\n"
    "INSERT INTO schema_migrations VALUES (1), (2);\n",
};

static void test_bootstrap_takes_what_pg_dump_and_people_write(void **state UNUSED)
{
    for (size_t i = 0; i < countof(good_scripts); i++) {
        void *one;
        set_up(&one);
        struct stage *stage = one;
        struct bootstrap_result *result = run(stage, good_scripts[i]);
        if (!result)
            fail_msg("%s\n%s", good_scripts[i], stage->error->message);
        assert_int_equal(result->seeded, 2);
        assert_string_equal(stage_state(stage, 2), "applied");
        tear_down(&one);
    }
}

static void test_bootstrap_uses_the_named_ledger_role_and_path(void **state)
{
    struct stage *stage = *state;
    oracle_execute(stage->oracle,
                   "DROP ROLE IF EXISTS owner_role; CREATE ROLE owner_role; GRANT CREATE ON DATABASE %s TO owner_role",
                   stage->database);
    STAGE_SETTINGS(stage, "ledger=app.ledger", "role=owner_role", "search_path=app");
    run_good(stage, "CREATE SCHEMA app;\nCREATE TABLE ledger (version text PRIMARY KEY, checksum text);\nINSERT INTO "
                    "ledger VALUES ('001');\n"
                    "RESET ROLE;\n");
    assert_string_equal(oracle_text(stage->oracle,
                                    "SELECT string_agg(pg_get_userbyid(relowner), ' ') FROM pg_class WHERE oid IN"
                                    " ('app.ledger'::regclass, 'app.ledger_events'::regclass)"),
                        "owner_role owner_role");
    oracle_execute(stage->oracle, "DROP OWNED BY owner_role CASCADE; DROP ROLE owner_role");
}

/* ---- refusals and failures ---- */

static const struct {
    const char *what, *script;
    enum error_code code;
    int line, column, statement;
    const char *message;
} bad_scripts[] = {
    {"a statement that fails", GOOD "SELECT 1,\n  nowhere;\n", ERROR_STATEMENT, 5, 3, 4, "nowhere"},
    {"wrong COPY data", GOOD "COPY made FROM stdin;\nx\n\\.\n", ERROR_STATEMENT, 4, 1, 4, "integer"},
    {"a deferred constraint",
     GOOD "CREATE TABLE d (a integer UNIQUE DEFERRABLE INITIALLY DEFERRED);\nINSERT INTO d VALUES (1), (1);\n",
     ERROR_STATEMENT, 0, 0, 0, "d_a_key"},
    {"no ledger", "CREATE TABLE made (a integer);\n", ERROR_PROJECT, 0, 0, 0, "does not make the ledger"},
    {"nothing", "-- nothing\n", ERROR_PROJECT, 0, 0, 0, "does not make the ledger"},
    {"a seed without a file", GOOD SEED("('003', 'c')"), ERROR_PROJECT, 0, 0, 0, "\"003\""},
    {"a seed that is no version", GOOD SEED("('abc', 'c')"), ERROR_PROJECT, 0, 0, 0, "\"abc\""},
    {"a ledger of one row", "CREATE TABLE schema_migrations (version bigint PRIMARY KEY, dirty boolean NOT NULL);\n",
     ERROR_REFUSED, 0, 0, 0, "one row"},
    {"a view for a ledger", "CREATE VIEW schema_migrations AS SELECT '001'::text AS version;\n", ERROR_REFUSED, 0, 0, 0,
     "no table"},
    {"BEGIN", "BEGIN;\n" GOOD, ERROR_PROJECT, 1, 1, 0, "BEGIN"},
    {"COMMIT", GOOD "  COMMIT;\n", ERROR_PROJECT, 4, 3, 0, "COMMIT"},
    {"CONCURRENTLY", GOOD "CREATE INDEX CONCURRENTLY i ON made (a);\n", ERROR_PROJECT, 4, 1, 0, "CREATE INDEX"},
    {"VACUUM", GOOD "VACUUM;\n", ERROR_PROJECT, 4, 1, 0, "VACUUM"},
    {"CREATE DATABASE", "CREATE DATABASE x;\n" GOOD, ERROR_PROJECT, 1, 1, 0, "CREATE DATABASE"},
    {"SET TRANSACTION", "SET TRANSACTION READ ONLY;\n" GOOD, ERROR_PROJECT, 1, 1, 0, "SET TRANSACTION"},
    {"a meta-command", "\\connect x\n" GOOD, ERROR_PROJECT, 1, 1, 0, "\\connect"},
    {"an open quote", GOOD "SELECT 'x;\n", ERROR_PROJECT, 4, 8, 0, "quote"},
    {"hidden COMMIT", GOOD "DO $$ BEGIN COMMIT; END $$;\n", ERROR_STATEMENT, 4, 1, 4, "transaction"},
};

static void test_bootstrap_that_fails_leaves_nothing(void **state UNUSED)
{
    for (size_t i = 0; i < countof(bad_scripts); i++) {
        void *one;
        set_up(&one);
        struct stage *stage = one;
        if (run(stage, bad_scripts[i].script))
            fail_msg("%s was taken", bad_scripts[i].what);
        const struct error *error = stage->error;
        if (error->code != bad_scripts[i].code || error->line != bad_scripts[i].line ||
            error->column != bad_scripts[i].column || error->statement != bad_scripts[i].statement ||
            !strstr(error->message, bad_scripts[i].message))
            fail_msg("%s: %s, %d:%d, statement %d: %s", bad_scripts[i].what, error_kind(error->code)->name, error->line,
                     error->column, error->statement, error->message);
        assert_true(error->file || error->code == ERROR_REFUSED || error->line == 0);
        assert_int_equal(object_count(stage), 0);
        tear_down(&one);
    }
}

static void test_bootstrap_without_a_script_is_refused(void **state)
{
    struct stage *stage = *state;
    assert_null(run(stage, NULL));
    assert_int_equal(stage->error->code, ERROR_FILE);
    assert_string_equal(stage->error->file, "initdb/create_tables.sql");
}

/* ---- empty or not ---- */

static const struct {
    const char *statements; /* of the target before */
    const char *object;     /* named in the refusal; NULL: the target counts as empty */
} targets[] = {
    {"CREATE TABLE t ()", "relation public.t"},
    {"CREATE VIEW v AS SELECT 1", "relation public.v"},
    {"CREATE MATERIALIZED VIEW m AS SELECT 1", "relation public.m"},
    {"CREATE SEQUENCE s", "relation public.s"},
    {"CREATE SCHEMA \"My App\"; CREATE TABLE \"My App\".\"T\" ()", "relation \"My App\".\"T\""},
    {"CREATE TABLE p (a integer) PARTITION BY LIST (a)", "relation public.p"},
    {"CREATE TYPE e AS ENUM ()", "type public.e"},
    {"CREATE DOMAIN d AS text", "type public.d"},
    {"CREATE TYPE r AS RANGE (subtype = float8)", "type public.r"},
    {"CREATE TYPE c AS (a integer)", "type public.c"},
    {"CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1'", "routine public.f"},
    {"CREATE PROCEDURE q() LANGUAGE sql AS 'SELECT 1'", "routine public.q"},
    {"CREATE FOREIGN DATA WRAPPER w; CREATE SERVER x FOREIGN DATA WRAPPER w; CREATE FOREIGN TABLE y () SERVER x",
     "relation public.y"},
    {"SELECT 1", NULL},
    {"COMMENT ON SCHEMA public IS 'x'; GRANT ALL ON SCHEMA public TO public", NULL},
    {"CREATE TEMP TABLE t ()", NULL},
    {"CREATE SCHEMA empty", NULL},
};

static void test_bootstrap_takes_only_an_empty_target(void **state UNUSED)
{
    for (size_t i = 0; i < countof(targets); i++) {
        void *one;
        set_up(&one);
        struct stage *stage = one;
        oracle_execute(stage->oracle, "%s", targets[i].statements);
        bool is_run = run(stage, GOOD) != NULL;
        if (is_run != !targets[i].object)
            fail_msg("%s: %s", targets[i].statements, is_run ? "taken" : stage->error->message);
        if (!is_run) {
            assert_int_equal(stage->error->code, ERROR_REFUSED);
            assert_non_null(stage->error->hint);
            if (!strstr(stage->error->message, targets[i].object))
                fail_msg("%s: %s", targets[i].statements, stage->error->message);
            assert_true(oracle_says(stage->oracle, "SELECT to_regclass('made') IS NULL"));
        }
        tear_down(&one);
    }
}

static void test_bootstrap_passes_over_members_of_extensions(void **state)
{
    struct stage *stage = *state;
    if (!oracle_says(stage->oracle, "SELECT count(*) = 3 FROM pg_available_extensions WHERE name IN ('hstore', "
                                    "'citext', 'pg_stat_statements')"))
        skip();
    oracle_execute(stage->oracle,
                   "CREATE EXTENSION hstore; CREATE EXTENSION citext; CREATE EXTENSION pg_stat_statements;"
                   "CREATE SCHEMA ext; CREATE EXTENSION tablefunc SCHEMA ext");
    run_good(stage, GOOD);
}

static void test_bootstrap_names_only_the_first_few(void **state)
{
    struct stage *stage = *state;
    oracle_execute(stage->oracle, "CREATE TABLE a (); CREATE TABLE b (); CREATE TABLE c (); CREATE TABLE d (); CREATE "
                                  "TABLE e (); CREATE TABLE f ()");
    assert_null(run(stage, GOOD));
    assert_non_null(strstr(stage->error->message, "relation public.e and more"));
    assert_null(strstr(stage->error->message, "public.f"));
}

static void test_bootstrap_runs_only_once(void **state)
{
    struct stage *stage = *state;
    run_good(stage, GOOD);
    assert_null(run(stage, GOOD));
    assert_int_equal(stage->error->code, ERROR_REFUSED);
}

static void test_bootstrap_of_a_read_only_database_is_refused(void **state)
{
    struct stage *stage = *state;
    oracle_execute(stage->oracle, "ALTER DATABASE %s SET default_transaction_read_only = on", stage->database);
    assert_null(run(stage, GOOD));
    assert_int_equal(stage->error->code, ERROR_READ_ONLY);
}

/* The reference project of this repository. */
static void test_bootstrap_of_the_reference_project_leaves_nothing_pending(void **state)
{
    struct stage *stage = *state;
    stage->project = ".";
    STAGE_SETTINGS(stage, "person=tester");
    struct bootstrap_result *result = run(stage, NULL);
    if (!result)
        fail_msg("%s", stage->error->message);
    assert_int_equal(result->unseeded, 0);
    assert_true(stage_plan(stage));
    assert_int_equal(stage->plan->count, 0);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_bootstrap_runs_the_script_and_fills_in_checksums),
        TEST(test_bootstrap_is_journalled),
        TEST(test_bootstrap_counts_what_is_left_pending),
        cmocka_unit_test(test_bootstrap_takes_what_pg_dump_and_people_write),
        TEST(test_bootstrap_uses_the_named_ledger_role_and_path),
        cmocka_unit_test(test_bootstrap_that_fails_leaves_nothing),
        TEST(test_bootstrap_without_a_script_is_refused),
        cmocka_unit_test(test_bootstrap_takes_only_an_empty_target),
        TEST(test_bootstrap_passes_over_members_of_extensions),
        TEST(test_bootstrap_names_only_the_first_few),
        TEST(test_bootstrap_runs_only_once),
        TEST(test_bootstrap_of_a_read_only_database_is_refused),
        TEST(test_bootstrap_of_the_reference_project_leaves_nothing_pending),
    };
    return cmocka_run_group_tests(tests, start_server, stop_server);
}
