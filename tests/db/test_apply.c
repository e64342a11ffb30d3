/* Applying in process, on a real server: what is told, what a file may do, what does not leak into the next one, what
 * fails and is rolled back. Refusals are test_apply_guards.c's, kills and cuts test_kill.c's and test_cut.c's, the dry
 * run is test_rehearse.c's. */
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

static void failed_at(struct stage *stage, const char *version, int statement, int line)
{
    assert_string_equal(stage->result->failed_version, version);
    assert_int_equal(stage->result->failed_statement, statement);
    assert_int_equal(stage->result->failed_line, line);
    assert_int_equal(stage->error->statement, statement);
    assert_int_equal(stage->error->line, line);
}

/* ---- what is told ---- */

static void test_run_tells_its_events_in_order(void **state)
{
    struct stage *stage = *state;
    stage_write(stage, "001_a.sql", "CREATE TABLE t (a integer);\n\n-- fill it\nINSERT INTO t\n  VALUES (1), (2);\n");
    stage_write(stage, "002_b.sql", "-- pgdeck: no-transaction\nCREATE INDEX CONCURRENTLY i ON t (a);\n");
    stage_apply(stage);
    const char *expected =
        "connecting\nrun %s\n"
        "file 001\nstatement 001 1 CREATE TABLE t (a integer)\ndone 001 1 CREATE TABLE\n"
        "statement 001 2 INSERT INTO t VALUES (1), (2)\ndone 001 2 INSERT 0 2\ncommitting 001\napplied 001\n"
        "file 002\nstatement 002 1 CREATE INDEX CONCURRENTLY i ON t (a)\ndone 002 1 CREATE INDEX\n"
        "committing 002\napplied 002\n";
    const char *run = strstr(expected, "%s");
    assert_string_equal(stage->events, talloc_asprintf(stage, "%.*s%s%s", (int)(run - expected), expected,
                                                       stage->result->run, run + 2));
}

struct heard {
    int index, count, statements, line;
};

static void note_places(struct stage *stage, const struct apply_event *event)
{
    struct heard *heard = talloc_get_type_abort(talloc_parent(stage), struct heard);
    if (event->kind == APPLY_STATEMENT && event->statement == 2)
        *heard = (struct heard){event->file_index, event->file_count, event->statement_count, event->line};
}

static void test_run_tells_places_and_counts(void **state UNUSED)
{
    struct heard *heard = talloc_zero(NULL, struct heard);
    struct stage *stage = stage_new(heard, server);
    stage->on_event = note_places;
    stage_write(stage, "001_a.sql", "SELECT 1;\n");
    stage_write(stage, "002_b.sql", "SELECT 1;\n\nSELECT 2;\nSELECT 3;\n");
    stage_apply(stage);
    assert_int_equal(heard->index, 2);
    assert_int_equal(heard->count, 2);
    assert_int_equal(heard->statements, 3);
    assert_int_equal(heard->line, 3);
    talloc_free(heard);
}

static void test_run_tells_notices(void **state)
{
    struct stage *stage = *state;
    stage_write(stage, "001_a.sql", "DROP TABLE IF EXISTS nothing;\nDO $$ BEGIN RAISE WARNING 'größe %', 7; END $$;\n");
    stage_apply(stage);
    assert_true(stage_heard(stage, "notice 001 1 NOTICE: table \"nothing\" does not exist"));
    assert_true(stage_heard(stage, "notice 001 2 WARNING: größe 7"));
}

static void test_run_cuts_long_texts_at_a_character(void **state)
{
    struct stage *stage = *state;
    stage_write(stage, "001_a.sql", "DO $$ BEGIN RAISE WARNING '%', repeat('ö', 4000); END $$;\n");
    stage_apply(stage);
    const char *text = strstr(stage->events, "WARNING: ");
    assert_non_null(text);
    size_t size = strcspn(text, "\n");
    assert_true(size > 500 && size < 512);
    assert_memory_equal(text + size - 2, "ö", 2);
}

static void test_run_of_an_empty_file_applies_it_with_a_warning(void **state)
{
    struct stage *stage = *state;
    stage_write(stage, "001_a.sql", "-- nothing\n/* at all */ ;;\n");
    stage_write(stage, "002_b.sql", "-- pgdeck: no-transaction\n");
    stage_apply(stage);
    assert_true(stage_heard(stage, "warning 001 the file holds no statement"));
    assert_true(stage_heard(stage, "warning 002 the file holds no statement"));
    assert_int_equal(applied_count(stage), 2);
}

static void test_result_names_what_was_applied(void **state)
{
    struct stage *stage = *state;
    stage_write(stage, "001_a.sql", "SELECT 1;\n");
    stage_write(stage, "002_b.sql", "SELECT 1;\n");
    stage_write(stage, "003_c.sql", "SELECT 1 FROM nowhere;\n");
    stage_write(stage, "004_d.sql", "SELECT 1;\n");
    stage_apply_fails(stage, ERROR_STATEMENT);
    assert_int_equal(stage->result->applied_count, 2);
    assert_string_equal(stage->result->applied[1].version, "002");
    assert_int_equal(stage->result->applied[1].attempts, 1);
    assert_true(stage->result->applied[1].duration_ms >= 0);
    assert_int_equal(stage->result->remaining, 2);
    assert_int_equal(strlen(stage->result->run), 24);
    failed_at(stage, "003", 1, 1);
    assert_true(stage_heard(stage, "failed 003 1 relation \"nowhere\" does not exist"));
}

static void test_run_leaves_no_session_and_no_lock_behind(void **state)
{
    struct stage *stage = *state;
    stage_write(stage, "001_a.sql", "SELECT 1;\n");
    stage_write(stage, "002_b.sql", "SELECT 1 / 0;\n");
    stage_apply_fails(stage, ERROR_STATEMENT);
    oracle_wait_gone(stage->oracle, 10000);
    assert_int_equal(oracle_number(stage->oracle, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"), 0);
}

/* ---- what a file may hold ---- */

static void test_file_with_copy_data_is_applied(void **state)
{
    struct stage *stage = *state;
    stage_write(stage, "001_a.sql",
                "CREATE TABLE t (a integer, b text);\nCOPY t (a, b) FROM stdin;\n1\tone; two\n2\t\\N\n3\t-- $$ '\n\\.\n"
                "COPY t FROM stdin WITH (FORMAT csv, HEADER);\na,b\n4,\"x\ny\"\n\\.\nCOPY t FROM stdin;\n\\.\nINSERT "
                "INTO t VALUES (5, 'end');\n");
    stage_apply(stage);
    assert_string_equal(oracle_text(stage->oracle, "SELECT string_agg(a || coalesce(b, '!'), '|' ORDER BY a) FROM t"),
                        "1one; two|2!|3-- $$ '|4x\ny|5end");
    assert_true(stage_heard(stage, "done 001 2 COPY 3"));
    assert_true(stage_heard(stage, "done 001 4 COPY 0"));
}

static void test_file_with_wrong_copy_data_is_rolled_back(void **state)
{
    struct stage *stage = *state;
    stage_write(stage, "001_a.sql", "CREATE TABLE t (a integer);\nCOPY t FROM stdin;\n1\nx\n\\.\n");
    stage_apply_fails(stage, ERROR_STATEMENT);
    failed_at(stage, "001", 2, 2);
    assert_false(exists(stage, "t"));
}

static const char *const harmless[] = {
    "SELECT * FROM generate_series(1, 100000);\n",
    "COPY (SELECT generate_series(1, 100000)) TO stdout;\n",
    "SAVEPOINT a;\nCREATE TABLE t (a integer);\nROLLBACK TO a;\nRELEASE a;\nCREATE TABLE t (a text);\n",
    "DO $$ BEGIN CREATE TABLE t (a integer); EXCEPTION WHEN others THEN NULL; END $$;\n",
    "PREPARE p AS SELECT 1;\nEXECUTE p;\nDEALLOCATE p;\n",
    "DECLARE c CURSOR FOR SELECT 1;\nFETCH ALL FROM c;\nCLOSE c;\n",
    "LISTEN x;\nNOTIFY x, 'y';\nUNLISTEN x;\n",
    "LOCK TABLE pg_class IN ACCESS SHARE MODE;\n",
    "CREATE TYPE e AS ENUM ('a');\nALTER TYPE e ADD VALUE 'b';\nALTER TYPE e ADD VALUE 'c';\n",
    "SELECT pg_advisory_lock(1);\n",
    "CREATE FUNCTION f() RETURNS integer LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT 2; END;\nSELECT f();\n",
    "SET lock_timeout = '1min';\nSET statement_timeout = 0;\nSET search_path = pg_temp;\n",
    "SET client_encoding = 'LATIN1';\n",
    "SELECT 1", /* no semicolon, no newline */
    "SET TIME ZONE 'Asia/Tokyo'; SET DateStyle = 'German'; SET standard_conforming_strings = on;\n",
    "SET session_replication_role = replica;\n",
    "SET default_transaction_read_only = on;\nSET default_transaction_isolation = serializable;\n",
};

static void test_file_may_do_what_stays_in_its_transaction(void **state)
{
    struct stage *stage = *state;
    for (size_t i = 0; i < countof(harmless); i++)
        stage_write(stage, talloc_asprintf(stage, "%03zu_x.sql", i + 1),
                    talloc_asprintf(stage,
                                    "DROP TABLE IF EXISTS t;\nDROP TYPE IF EXISTS e;\nDROP FUNCTION IF EXISTS f();\n%s",
                                    harmless[i]));
    stage_apply(stage);
    assert_int_equal(applied_count(stage), (long)countof(harmless));
}

/* ---- settings of the run and of the head ---- */

static const char *shown(struct stage *stage, const char *name)
{
    return oracle_text(stage->oracle, "SELECT value FROM seen WHERE name = '%s'", name);
}

#define SHOW_ALL                                                                                                       \
    "CREATE TABLE seen AS SELECT name, current_setting(name) AS value FROM unnest(ARRAY['lock_timeout', "              \
    "'statement_timeout',"                                                                                             \
    " 'idle_in_transaction_session_timeout', 'search_path', 'client_encoding', 'synchronous_commit', "                 \
    "'application_name', 'role',"                                                                                      \
    " 'client_connection_check_interval']) AS name;\n"

static void test_file_runs_under_the_settings_of_the_run(void **state)
{
    struct stage *stage = *state;
    oracle_execute(stage->oracle,
                   "ALTER DATABASE %s SET synchronous_commit = off; ALTER DATABASE %s SET client_encoding = 'LATIN1'",
                   stage->database, stage->database);
    STAGE_SETTINGS(stage, "lock_timeout=7s", "statement_timeout=9min", "idle_timeout=33s");
    stage_write(stage, "001_a.sql", SHOW_ALL);
    stage_apply(stage);
    assert_string_equal(shown(stage, "lock_timeout"), "7s");
    assert_string_equal(shown(stage, "statement_timeout"), "9min");
    assert_string_equal(shown(stage, "idle_in_transaction_session_timeout"), "33s");
    assert_string_equal(shown(stage, "client_encoding"), "UTF8");
    assert_string_equal(shown(stage, "synchronous_commit"), "on");
    assert_string_equal(shown(stage, "client_connection_check_interval"), "2s");
    assert_string_equal(shown(stage, "application_name"), talloc_asprintf(stage, "pgdeck:%s:001", stage->result->run));
}

static void test_file_leaves_a_stricter_synchronous_commit_alone(void **state)
{
    struct stage *stage = *state;
    oracle_execute(stage->oracle, "ALTER DATABASE %s SET synchronous_commit = remote_apply", stage->database);
    stage_write(stage, "001_a.sql", SHOW_ALL);
    stage_apply(stage);
    assert_string_equal(shown(stage, "synchronous_commit"), "remote_apply");
}

static void test_file_runs_under_the_timeouts_of_its_head(void **state)
{
    struct stage *stage = *state;
    stage_write(stage, "001_a.sql", "-- pgdeck: lock-timeout 1234ms\n-- pgdeck: statement-timeout 11min\n" SHOW_ALL);
    stage_write(stage, "002_b.sql",
                "CREATE TABLE after AS SELECT current_setting('lock_timeout') AS l, "
                "current_setting('statement_timeout') AS s;\n");
    stage_apply(stage);
    assert_string_equal(shown(stage, "lock_timeout"), "1234ms");
    assert_string_equal(shown(stage, "statement_timeout"), "11min");
    assert_true(oracle_says(stage->oracle, "SELECT l = '100ms' AND s = '0' FROM after"));
}

static void test_file_runs_as_the_role_of_the_settings(void **state)
{
    struct stage *stage = *state;
    oracle_execute(stage->oracle,
                   "DROP ROLE IF EXISTS owner_role; CREATE ROLE owner_role; CREATE SCHEMA app AUTHORIZATION owner_role;"
                   "GRANT CREATE ON SCHEMA public TO owner_role");
    STAGE_SETTINGS(stage, "role=owner_role", "search_path=app, public", "ledger=app.ledger");
    stage_write(stage, "001_a.sql", "CREATE TABLE made (a integer);\n" SHOW_ALL);
    stage_write(stage, "002_b.sql", "-- pgdeck: no-transaction\nCREATE INDEX CONCURRENTLY i ON made (a);\n");
    stage_apply(stage);
    assert_string_equal(oracle_text(stage->oracle,
                                    "SELECT string_agg(DISTINCT pg_get_userbyid(relowner), ' ') FROM pg_class"
                                    " WHERE oid IN ('app.made'::regclass, 'app.ledger'::regclass,"
                                    " 'app.ledger_events'::regclass, 'app.i'::regclass)"),
                        "owner_role");
    assert_string_equal(oracle_text(stage->oracle, "SELECT string_agg(DISTINCT applied_by, ' ') FROM app.ledger"),
                        "postgres");
    oracle_execute(stage->oracle, "DROP OWNED BY owner_role CASCADE; DROP ROLE owner_role");
}

/* ---- what does not leak ---- */

static void test_file_starts_in_a_clean_session(void **state)
{
    struct stage *stage = *state;
    oracle_execute(stage->oracle, "DROP ROLE IF EXISTS other_role; CREATE ROLE other_role");
    stage_write(stage, "001_a.sql",
                "CREATE TEMP TABLE scrap (a integer);\nPREPARE p AS SELECT 1;\nSET my.variable = 'x';\nSET search_path "
                "= pg_catalog;\n"
                "SELECT set_config('work_mem', '77kB', false);\nSELECT pg_advisory_lock(42);\nLISTEN c;\nCREATE "
                "SEQUENCE public.s;\n"
                "SELECT nextval('public.s');\nDECLARE h CURSOR WITH HOLD FOR SELECT 1;\nSET SESSION AUTHORIZATION "
                "other_role;\n");
    stage_write(stage, "002_b.sql",
                "CREATE TABLE found AS SELECT (SELECT count(*) FROM pg_class WHERE relname = 'scrap') AS tables,"
                " (SELECT count(*) FROM pg_prepared_statements) AS statements, current_setting('my.variable', true) AS "
                "variable,"
                " current_setting('search_path') AS path, current_setting('work_mem') AS work_mem, session_user AS who,"
                " (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 42) AS locks,"
                " (SELECT count(*) FROM pg_listening_channels()) AS channels, (SELECT count(*) FROM pg_cursors WHERE "
                "is_holdable) AS cursors;\n");
    oracle_execute(stage->oracle, "GRANT CREATE ON SCHEMA public TO other_role");
    stage_apply(stage);
    assert_string_equal(
        oracle_text(stage->oracle,
                    "SELECT concat_ws(' ', tables, statements, nullif(variable, ''), path, work_mem, who,"
                    " locks, channels, cursors) FROM found"),
        "0 0 \"$user\", public 4MB postgres 0 0 0");
    oracle_execute(stage->oracle, "DROP OWNED BY other_role");
}

static void test_file_may_end_in_another_role(void **state)
{
    struct stage *stage = *state;
    static const char *const ends[] = {"SET ROLE weak_role", "SET SESSION AUTHORIZATION weak_role",
                                       "SET LOCAL ROLE weak_role", "SELECT set_config('role', 'weak_role', false)"};
    oracle_execute(stage->oracle, "DROP ROLE IF EXISTS weak_role; CREATE ROLE weak_role");
    for (size_t i = 0; i < countof(ends); i++)
        stage_write(stage, talloc_asprintf(stage, "%03zu_x.sql", i + 1),
                    talloc_asprintf(stage, "%sCREATE TABLE t%zu (a integer);\n%s;\n",
                                    i % 2 ? "-- pgdeck: no-transaction\n" : "", i, ends[i]));
    stage_apply(stage);
    assert_int_equal(applied_count(stage), (long)countof(ends));
    oracle_execute(stage->oracle, "DROP ROLE weak_role");
}

/* ---- outside a transaction ---- */

#define HEAD "-- pgdeck: no-transaction\n"

static void test_stepwise_goes_on_behind_what_stands(void **state)
{
    struct stage *stage = *state;
    stage_write(stage, "001_a.sql",
                HEAD "CREATE TABLE a (x integer);\nINSERT INTO a VALUES (1);\nINSERT INTO a SELECT 1 / 0;\n");
    stage_apply_fails(stage, ERROR_INCOMPLETE);
    failed_at(stage, "001", 3, 4);
    assert_int_equal(error_exit_status(stage->error), 6);
    assert_string_equal(stage_state(stage, 1), "incomplete");
    stage_write(stage, "001_a.sql",
                HEAD "CREATE TABLE a (x integer);\nINSERT INTO a VALUES (1);\nINSERT INTO a SELECT 2;\n");
    stage_apply(stage);
    assert_string_equal(oracle_text(stage->oracle, "SELECT string_agg(x::text, ' ' ORDER BY x) FROM a"), "1 2");
    assert_string_equal(stage_state(stage, 1), "applied");
}

static void test_stepwise_that_fails_at_once_leaves_nothing(void **state)
{
    struct stage *stage = *state;
    stage_write(stage, "001_a.sql", HEAD "BEGIN;\nCREATE TABLE a ();\nSELECT 1 / 0;\nCOMMIT;\n");
    stage_apply_fails(stage, ERROR_STATEMENT);
    failed_at(stage, "001", 3, 4);
    assert_false(exists(stage, "a"));
    assert_string_equal(stage_state(stage, 1), "pending");
}

/* What an earlier session has set holds again, also where it was set inside a block. */
static void test_stepwise_resume_sets_again_what_was_set(void **state)
{
    struct stage *stage = *state;
    static const char finished[] =
        HEAD "CREATE SCHEMA app;\nSET search_path = app;\nBEGIN;\nSET my.one = '1';\nSET LOCAL my.two = '2';\n"
             "CREATE TABLE a ();\nCOMMIT;\nSET work_mem = '77kB';\nRESET work_mem;\n";
    stage_write(stage, "001_a.sql", talloc_asprintf(stage, "%sSELECT 1 / 0;\n", finished));
    stage_apply_fails(stage, ERROR_INCOMPLETE);
    stage_write(
        stage, "001_a.sql",
        talloc_asprintf(
            stage,
            "%sCREATE TABLE b AS SELECT current_setting('my.one') AS one, current_setting('my.two', true) AS two,"
            " current_setting('work_mem') AS work_mem;\n",
            finished));
    stage_apply(stage);
    assert_string_equal(oracle_text(stage->oracle, "SELECT concat_ws(' ', one, nullif(two, ''), work_mem) FROM app.b"),
                        "1 4MB");
}

static void test_stepwise_resume_without_its_temporary_objects_is_refused(void **state)
{
    struct stage *stage = *state;
    stage_write(stage, "001_a.sql", HEAD "CREATE TEMP TABLE a (x integer);\nSELECT 1 / 0;\n");
    stage_apply_fails(stage, ERROR_INCOMPLETE);
    stage_apply_fails(stage, ERROR_INCOMPLETE);
    assert_non_null(strstr(stage->error->message, "temporary"));
    assert_non_null(strstr(stage->error->hint, "pgdeck mark 001"));
}

/* An index that fails on its data stays behind invalid; the next apply drops it and builds it again. */
static void test_stepwise_mends_an_invalid_index(void **state)
{
    struct stage *stage = *state;
    oracle_execute(stage->oracle, "CREATE TABLE t (a integer); INSERT INTO t VALUES (1), (1)");
    stage_write(stage, "001_a.sql", HEAD "CREATE UNIQUE INDEX CONCURRENTLY i ON t (a);\n");
    stage_apply_fails(stage, ERROR_INCOMPLETE);
    assert_non_null(strstr(stage->error->hint, "DROP INDEX CONCURRENTLY"));
    assert_string_equal(stage_state(stage, 1), "incomplete");
    oracle_execute(stage->oracle, "DELETE FROM t");
    stage_apply(stage);
    assert_true(stage_heard(stage, "warning 001 index public.i is invalid"));
    assert_true(oracle_says(stage->oracle, "SELECT indisvalid FROM pg_index WHERE indexrelid = 'i'::regclass"));
}

static void test_stepwise_runs_what_turns_out_to_need_no_transaction(void **state)
{
    struct stage *stage = *state;
    oracle_execute(stage->oracle, "CREATE TABLE t (a integer); CREATE PROCEDURE fill() LANGUAGE plpgsql AS"
                                  " 'BEGIN INSERT INTO t VALUES (1); COMMIT; INSERT INTO t VALUES (2); END'");
    stage_write(stage, "001_a.sql", HEAD "CALL fill();\nDO $$ BEGIN INSERT INTO t VALUES (3); COMMIT; END $$;\n");
    stage_apply(stage);
    assert_string_equal(oracle_text(stage->oracle, "SELECT string_agg(a::text, ' ' ORDER BY a) FROM t"), "1 2 3");
}

/* The lock timeout of the settings would only leave an invalid index behind: CONCURRENTLY waits by its nature. What it
 * runs under is told by the index's own expression. */
static void test_stepwise_index_runs_without_the_lock_timeout_of_the_settings(void **state)
{
    struct stage *stage = *state;
    STAGE_SETTINGS(stage, "lock_timeout=9s");
    oracle_execute(stage->oracle,
                   "CREATE TABLE t (a integer); INSERT INTO t VALUES (1);"
                   "CREATE FUNCTION shown(integer) RETURNS integer LANGUAGE plpgsql IMMUTABLE AS"
                   " 'BEGIN RAISE WARNING ''under %%'', current_setting(''lock_timeout''); RETURN 1; END'");
    stage_write(stage, "001_a.sql",
                HEAD "CREATE INDEX CONCURRENTLY i ON t (shown(a));\nDO $$ BEGIN PERFORM shown(a) FROM t; END $$;\n");
    stage_write(stage, "002_b.sql", HEAD "-- pgdeck: lock-timeout 8s\nCREATE INDEX CONCURRENTLY j ON t (shown(a));\n");
    stage_apply(stage);
    assert_true(stage_heard(stage, "notice 001 1 WARNING: under 0"));
    assert_true(stage_heard(stage, "notice 001 2 WARNING: under 9s"));
    assert_true(stage_heard(stage, "notice 002 1 WARNING: under 8s"));
}

/* ---- failures ---- */

static const struct {
    const char *what, *text;
    enum error_code code;
    const char *sqlstate;
    int statement, line, column;
} failures[] = {
    {"syntax", "SELECT 1;\nSELEC 2;\n", ERROR_STATEMENT, "42601", 2, 2, 1},
    {"a name inside", "SELECT 1,\n  nowhere\n  FROM pg_class;\n", ERROR_STATEMENT, "42703", 1, 2, 3},
    {"behind wide characters", "SELECT 'größe', nowhere;\n", ERROR_STATEMENT, "42703", 1, 1, 17},
    {"a check", "CREATE TABLE x (a integer CHECK (a > 0));\n\n  INSERT INTO x VALUES (0);\n", ERROR_STATEMENT, "23514",
     2, 3, 3},
    {"raised", "DO $$ BEGIN RAISE EXCEPTION 'no' USING HINT = 'try', DETAIL = 'because'; END $$;\n", ERROR_STATEMENT,
     "P0001", 1, 1, 1},
    {"a deferred constraint at COMMIT",
     "CREATE TABLE x (a integer UNIQUE DEFERRABLE INITIALLY DEFERRED);\nINSERT INTO x VALUES (1), (1);\n",
     ERROR_STATEMENT, "23505", 0, 0, 0},
    {"a deferred trigger at COMMIT",
     "CREATE TABLE x (a integer);\nCREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION "
     "''late''; END';\n"
     "CREATE CONSTRAINT TRIGGER t AFTER INSERT ON x DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION no();\n"
     "INSERT INTO x VALUES (1);\n",
     ERROR_STATEMENT, "P0001", 0, 0, 0},
    {"COMMIT inside DO", "CREATE TABLE x (a integer);\nDO $$ BEGIN COMMIT; END $$;\n", ERROR_STATEMENT, "2D000", 2, 2,
     1},
    {"what cannot run in a transaction, hidden", "DO $$ BEGIN EXECUTE 'VACUUM'; END $$;\n", ERROR_STATEMENT, "25001", 1,
     1, 1},
    {"a timeout of the head", "-- pgdeck: statement-timeout 20ms\nCREATE TABLE x ();\nSELECT pg_sleep(60);\n",
     ERROR_CANCELLED, "57014", 2, 3, 1},
    {"the server ends the session", "CREATE TABLE x ();\nSELECT pg_terminate_backend(pg_backend_pid());\n",
     ERROR_CONNECTION, "57P01", 2, 2, 1},
    {"a prepared statement that is not there", "PREPARE p AS SELECT 1;\nEXECUTE q;\n", ERROR_STATEMENT, "26000", 2, 2,
     1},
};

static void test_failure_is_rolled_back_and_placed(void **state UNUSED)
{
    for (size_t i = 0; i < countof(failures); i++) {
        struct stage *stage = stage_new(NULL, server);
        stage_write(stage, "001_a.sql", failures[i].text);
        stage_apply_fails(stage, failures[i].code);
        const struct error *error = stage->error;
        if (strcmp(error->sqlstate, failures[i].sqlstate) != 0 || error->statement != failures[i].statement ||
            error->line != failures[i].line || error->column != failures[i].column)
            fail_msg("%s: %s at %d, %d:%d: %s", failures[i].what, error->sqlstate, error->statement, error->line,
                     error->column, error->message);
        assert_string_equal(error->file, "migrations/001_a.sql");
        assert_int_equal(applied_count(stage), 0);
        assert_int_equal(stage->result->applied_count, 0);
        assert_int_equal(stage->result->remaining, 1);
        assert_false(exists(stage, "x"));
        assert_string_equal(
            oracle_text(stage->oracle, "SELECT detail ->> 'left' FROM schema_migration_events WHERE event = 'failed'"),
            "nothing");
        assert_string_equal(stage_state(stage, 1), "pending");
        talloc_free(stage);
    }
}

static void test_failure_keeps_what_the_server_said(void **state)
{
    struct stage *stage = *state;
    stage_write(stage, "001_a.sql",
                "DO $$ BEGIN RAISE EXCEPTION 'no' USING HINT = 'Try.', DETAIL = 'because'; END $$;\n");
    stage_apply_fails(stage, ERROR_STATEMENT);
    assert_string_equal(stage->error->message, "no");
    assert_string_equal(stage->error->detail, "because");
    assert_int_equal(strncmp(stage->error->hint, "Try. ", 5), 0);
    assert_non_null(strstr(stage->error->context, "inline_code_block"));
}

static void test_failure_by_statement_timeout_names_it(void **state)
{
    struct stage *stage = *state;
    STAGE_SETTINGS(stage, "statement_timeout=25ms");
    stage_write(stage, "001_a.sql", "SELECT pg_sleep(60);\n");
    stage_apply_fails(stage, ERROR_CANCELLED);
    assert_non_null(strstr(stage->error->hint, "statement_timeout (25 ms"));
    assert_string_equal(
        oracle_text(stage->oracle, "SELECT string_agg(event, ' ' ORDER BY id) FROM schema_migration_events"),
        "run_started started failed run_finished");
}

static void test_failure_by_lock_timeout_has_its_code_and_hint(void **state)
{
    struct stage *stage = *state;
    oracle_execute(stage->oracle, "CREATE TABLE busy (a integer)");
    oracle_execute(stage->oracle, "BEGIN; LOCK TABLE busy");
    stage_write(stage, "001_a.sql",
                "-- pgdeck: lock-timeout 20ms\nCREATE TABLE x ();\nALTER TABLE busy ADD COLUMN b integer;\n");
    stage_apply_fails(stage, ERROR_LOCK_TIMEOUT);
    assert_int_equal(error_exit_status(stage->error), 4);
    assert_non_null(strstr(stage->error->hint, "lock-timeout"));
    failed_at(stage, "001", 2, 3);
    oracle_execute(stage->oracle, "ROLLBACK");
    assert_false(exists(stage, "x"));
    stage_apply(stage);
}

static void test_failure_ends_the_run_and_the_rest_goes_on_later(void **state)
{
    struct stage *stage = *state;
    stage_write(stage, "001_a.sql", "CREATE TABLE a ();\n");
    stage_write(stage, "002_b.sql", "CREATE TABLE a ();\n");
    stage_write(stage, "003_c.sql", "CREATE TABLE c ();\n");
    stage_apply_fails(stage, ERROR_STATEMENT);
    assert_false(exists(stage, "c"));
    stage_write(stage, "002_b.sql", "CREATE TABLE b ();\n");
    stage_apply(stage);
    assert_int_equal(stage->result->applied_count, 2);
    assert_int_equal(applied_count(stage), 3);
}

/* Serialization failures are run again; the last one is told. */
static void test_failure_that_asks_for_it_is_run_again(void **state)
{
    struct stage *stage = *state;
    oracle_execute(stage->oracle, "CREATE SEQUENCE tries");
    stage_write(stage, "001_a.sql",
                "CREATE TABLE x ();\nDO $$ BEGIN IF nextval('tries') < 3 THEN RAISE EXCEPTION 'again' USING ERRCODE = "
                "'40001'; END IF; END $$;\n");
    stage_apply(stage);
    assert_int_equal(stage->result->applied[0].attempts, 3);
    assert_true(stage_heard(stage, "retrying 001 2 again"));
    STAGE_SETTINGS(stage, "transaction_attempts=2");
    oracle_execute(stage->oracle, "ALTER SEQUENCE tries RESTART");
    stage_write(stage, "002_b.sql",
                "DO $$ BEGIN PERFORM nextval('tries'); RAISE EXCEPTION 'again' USING ERRCODE = '40P01'; END $$;\n");
    stage_apply_fails(stage, ERROR_SERIALIZATION);
    assert_int_equal(oracle_number(stage->oracle, "SELECT last_value FROM tries"), 2);
}

static void request_cancel(struct stage *stage, const struct apply_event *event)
{
    if (event->kind == APPLY_FILE_DONE)
        cancel_request(stage->cancel, 15);
}

static void test_cancel_between_two_files_keeps_the_first(void **state)
{
    struct stage *stage = *state;
    stage->cancel = cancel_new(stage);
    stage->on_event = request_cancel;
    stage_write(stage, "001_a.sql", "CREATE TABLE a ();\n");
    stage_write(stage, "002_b.sql", "CREATE TABLE b ();\n");
    stage_apply_fails(stage, ERROR_CANCELLED);
    assert_true(exists(stage, "a"));
    assert_false(exists(stage, "b"));
    assert_string_equal(
        oracle_text(stage->oracle,
                    "SELECT detail ->> 'outcome' FROM schema_migration_events WHERE event = 'run_finished'"),
        "interrupted");
}

static void cancel_statement(struct stage *stage, const struct apply_event *event)
{
    if (event->kind == APPLY_STATEMENT && event->statement == 2)
        cancel_request(stage->cancel, 2);
}

static void test_cancel_inside_a_file_rolls_it_back(void **state)
{
    struct stage *stage = *state;
    stage->cancel = cancel_new(stage);
    stage->on_event = cancel_statement;
    stage_write(stage, "001_a.sql", "CREATE TABLE a ();\nSELECT pg_sleep(600);\n");
    stage_apply_fails(stage, ERROR_CANCELLED);
    assert_false(exists(stage, "a"));
    assert_int_equal(
        oracle_number(stage->oracle, "SELECT count(*) FROM schema_migration_events WHERE event = 'interrupted'"), 1);
}

/* ---- memory ---- */

static size_t foreign_blocks(struct stage *stage) { return talloc_total_blocks(NULL) - talloc_total_blocks(stage); }

static void test_run_leaves_no_memory_behind(void **state)
{
    static const struct {
        const char *name, *text;
        bool fails;
        enum apply_mode mode;
    } runs[] = {
        {"001_a.sql", "CREATE TABLE a ();\n", false, APPLY_FOR_REAL},
        {"002_b.sql", "SELECT 1 / 0;\n", true, APPLY_FOR_REAL},
        {"002_b.sql", "DELETE FROM schema_migrations;\n", true, APPLY_FOR_REAL},
        {"002_b.sql", "SELECT 1 / 0;\n", true, APPLY_DRY_RUN},
        {"002_b.sql", "CREATE TABLE b ();\n", false, APPLY_DRY_RUN},
        {"002_b.sql", HEAD "VACUUM pg_authid;\nSELECT 1 / 0;\n", true, APPLY_FOR_REAL},
        {"002_b.sql", HEAD "VACUUM pg_authid;\nCREATE INDEX CONCURRENTLY i ON a ((1));\n", false, APPLY_FOR_REAL},
    };
    struct stage *stage = *state;
    for (size_t i = 0; i < countof(runs); i++) {
        stage_write(stage, runs[i].name, runs[i].text);
        stage->mode = runs[i].mode;
        assert_true(stage_plan(stage));
        size_t before = foreign_blocks(stage);
        assert_int_equal(stage_run(stage), !runs[i].fails);
        assert_int_equal(foreign_blocks(stage), before);
    }
}

/* ---- a long history ---- */

static void test_run_of_many_files_applies_all_in_order(void **state)
{
    struct stage *stage = *state;
    oracle_execute(stage->oracle, "CREATE TABLE trace (id serial, version integer)");
    for (int i = 300; i >= 1; i--)
        stage_write(stage, talloc_asprintf(stage, "%d_x.sql", i),
                    talloc_asprintf(stage, "INSERT INTO trace (version) VALUES (%d);\n", i));
    stage_apply(stage);
    assert_int_equal(stage->result->applied_count, 300);
    assert_true(oracle_says(stage->oracle, "SELECT count(*) = 300 AND bool_and(id = version) FROM trace"));
    assert_int_equal(
        oracle_number(stage->oracle, "SELECT count(*) FROM schema_migration_events WHERE event = 'applied'"), 300);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_run_tells_its_events_in_order),
        cmocka_unit_test(test_run_tells_places_and_counts),
        TEST(test_run_tells_notices),
        TEST(test_run_cuts_long_texts_at_a_character),
        TEST(test_run_of_an_empty_file_applies_it_with_a_warning),
        TEST(test_result_names_what_was_applied),
        TEST(test_run_leaves_no_session_and_no_lock_behind),
        TEST(test_file_with_copy_data_is_applied),
        TEST(test_file_with_wrong_copy_data_is_rolled_back),
        TEST(test_file_may_do_what_stays_in_its_transaction),
        TEST(test_file_runs_under_the_settings_of_the_run),
        TEST(test_file_leaves_a_stricter_synchronous_commit_alone),
        TEST(test_file_runs_under_the_timeouts_of_its_head),
        TEST(test_file_runs_as_the_role_of_the_settings),
        TEST(test_file_starts_in_a_clean_session),
        TEST(test_file_may_end_in_another_role),
        TEST(test_stepwise_goes_on_behind_what_stands),
        TEST(test_stepwise_that_fails_at_once_leaves_nothing),
        TEST(test_stepwise_resume_sets_again_what_was_set),
        TEST(test_stepwise_resume_without_its_temporary_objects_is_refused),
        TEST(test_stepwise_mends_an_invalid_index),
        TEST(test_stepwise_runs_what_turns_out_to_need_no_transaction),
        TEST(test_stepwise_index_runs_without_the_lock_timeout_of_the_settings),
        cmocka_unit_test(test_failure_is_rolled_back_and_placed),
        TEST(test_failure_keeps_what_the_server_said),
        TEST(test_failure_by_statement_timeout_names_it),
        TEST(test_failure_by_lock_timeout_has_its_code_and_hint),
        TEST(test_failure_ends_the_run_and_the_rest_goes_on_later),
        TEST(test_failure_that_asks_for_it_is_run_again),
        TEST(test_cancel_between_two_files_keeps_the_first),
        TEST(test_cancel_inside_a_file_rolls_it_back),
        TEST(test_run_leaves_no_memory_behind),
        TEST(test_run_of_many_files_applies_all_in_order),
    };
    talloc_enable_null_tracking();
    int failed = cmocka_run_group_tests(tests, start_server, stop_server);
    talloc_disable_null_tracking();
    return failed;
}
