/* Statements of files in scratch: what runs, what is passed over, what is a finding, what is the file's own fault. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/lib/replay.h"

#define FILE_1 "001_a.sql"
#define SHOWN_1 "migrations/001_a.sql"

static void test_files_run_in_order_with_ledger(void **state)
{
    struct replay_test *test = *state;
    replay_test_write(
        test, "001_a.sql", /* of this run alone: the cache outlives it */
        talloc_asprintf(test, "-- %s\nCREATE TABLE a (id int);\nCREATE TABLE b (id int);", test->project));
    replay_test_write(test, "002_b.sql", "CREATE VIEW v AS SELECT version FROM schema_migrations;");
    struct replay *replay = replay_test_run(test);
    assert_int_equal(replay->run_count, 2);
    assert_string_equal(replay_test_ask(test, "SELECT string_agg(version, ',' ORDER BY version) FROM public.v"),
                        "001,002");
    replay_test_findings(test, "");
}

static void test_failure_names_file_line_column(void **state)
{
    struct replay_test *test = *state;
    replay_test_write(test, FILE_1, "CREATE TABLE a (id int);\n\nCREATE TABLE b (id\n  nonsense);");
    assert_false(replay_test_try(test));
    replay_test_failed(test, "42704", SHOWN_1, 4, 3);
}

static void test_statement_outside_transaction_runs(void **state)
{
    struct replay_test *test = *state;
    replay_test_write(test, FILE_1,
                      "-- pgdeck: no-transaction\nCREATE TABLE a (id int);\nCREATE INDEX CONCURRENTLY i ON a (id);\n"
                      "BEGIN;\nINSERT INTO a VALUES (1);\nCOMMIT;\nVACUUM a;");
    replay_test_run(test);
    assert_string_equal(
        replay_test_ask(test, "SELECT indisvalid FROM pg_index WHERE indexrelid = 'public.i'::regclass"), "t");
    assert_string_equal(replay_test_ask(test, "SELECT count(*) FROM public.schema_migrations"), "1");
}

static void test_roles_that_files_name_are_there(void **state)
{
    struct replay_test *test = *state;
    replay_test_write(
        test, FILE_1,
        "CREATE ROLE r1 LOGIN;\nCREATE SCHEMA s AUTHORIZATION r2;\nCREATE TABLE t (id int);\n"
        "GRANT SELECT ON t TO r3, \"R 4\" WITH GRANT OPTION;\nALTER TABLE t OWNER TO r5;\n"
        "ALTER TABLE t ENABLE ROW LEVEL SECURITY;\nCREATE POLICY p ON t FOR SELECT TO r6, r7 USING (true);\n"
        "ALTER DEFAULT PRIVILEGES FOR ROLE r8 GRANT SELECT ON TABLES TO r9;\nGRANT r1 TO r10;\n"
        "REVOKE ALL ON t FROM r11;\nSET ROLE r12;\nRESET ROLE;\n"
        "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'r13') THEN CREATE ROLE r13; END IF; END $$;");
    replay_test_run(test);
    assert_string_equal(replay_test_ask(test, "SELECT count(*) FROM pg_roles WHERE rolname ~ '^r[0-9]+$|^R 4$'"), "13");
    assert_string_equal(
        replay_test_ask(test, "SELECT bool_or(rolcanlogin OR rolsuper) FROM pg_roles WHERE rolname ~ '^r[0-9]+$'"),
        "f");
    replay_test_findings(test, "SKIPPED " SHOWN_1 ":1; SKIPPED " SHOWN_1 ":9");
}

static void test_what_reaches_beyond_database_is_passed_over(void **state)
{
    struct replay_test *test = *state;
    replay_test_script(test,
                       "CREATE DATABASE other;\nALTER DATABASE other SET work_mem = '1MB';\n"
                       "ALTER SYSTEM SET work_mem = '1MB';\nCREATE TABLESPACE fast LOCATION '/tmp/x';\n"
                       "COMMENT ON DATABASE other IS 'x';\nGRANT CONNECT ON DATABASE other TO r1;\n"
                       "CREATE SUBSCRIPTION s CONNECTION 'host=x' PUBLICATION p;\nSET default_tablespace = 'fast';\n"
                       "SET default_tablespace = '';\nCREATE TABLE t (id int) TABLESPACE fast;\n"
                       "ALTER TABLE t SET TABLESPACE fast;");
    replay_test_findings(test, "SKIPPED init.sql:1; SKIPPED init.sql:2; SKIPPED init.sql:3; SKIPPED init.sql:4; "
                               "SKIPPED init.sql:5; SKIPPED init.sql:6; SKIPPED init.sql:7; SKIPPED init.sql:8; "
                               "SKIPPED init.sql:10; SKIPPED init.sql:11");
    assert_string_equal(replay_test_ask(test, "SELECT to_regclass('public.t')"), "public.t");
}

static void test_missing_extension_and_what_needs_it_are_findings(void **state)
{
    struct replay_test *test = *state;
    replay_test_write(test, FILE_1,
                      "CREATE TABLE a (id int);\nCREATE EXTENSION no_such_thing;\n"
                      "CREATE TABLE b (x no_such_type);\nCREATE TABLE c (id int);");
    replay_test_write(test, "002_b.sql", "CREATE INDEX ON b (x);\nCREATE TABLE d (id int);");
    replay_test_run(test);
    replay_test_findings(test, "FAILED " SHOWN_1 ":2; FAILED " SHOWN_1 ":3; FAILED migrations/002_b.sql:1");
    assert_string_equal(replay_test_ask(test, "SELECT count(*) FROM pg_class WHERE relname IN ('a', 'b', 'c', 'd')"),
                        "3");
}

static void test_failure_before_any_finding_is_an_error(void **state)
{
    struct replay_test *test = *state;
    replay_test_write(test, FILE_1, "CREATE TABLE b (x no_such_type);\nCREATE EXTENSION no_such_thing;");
    assert_false(replay_test_try(test));
    replay_test_failed(test, "42704", SHOWN_1, 1, 19);
}

static void test_other_failure_behind_finding_is_an_error(void **state)
{
    struct replay_test *test = *state;
    replay_test_write(test, FILE_1, "CREATE EXTENSION no_such_thing;\nSELECT 1/0;");
    assert_false(replay_test_try(test));
    replay_test_failed(test, "22012", SHOWN_1, 2, 1);
}

static void test_untrusted_extension_and_its_kind_are_made(void **state)
{
    struct replay_test *test = *state;
    replay_test_write(
        test, FILE_1,
        "CREATE SCHEMA ext;\nSET LOCAL search_path = ext;\nCREATE EXTENSION pageinspect;\n"
        "COMMENT ON EXTENSION pageinspect IS 'mine';\nCREATE EXTENSION pg_trgm;\n"
        "CREATE FUNCTION f() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';\n"
        "CREATE EVENT TRIGGER e ON ddl_command_start EXECUTE FUNCTION f();\nALTER EVENT TRIGGER e ENABLE ALWAYS;\n"
        "CREATE PUBLICATION p FOR ALL TABLES;\nCREATE OPERATOR FAMILY fam USING btree;\n"
        "COMMENT ON OPERATOR FAMILY fam USING btree IS 'mine';\n"
        "CREATE FUNCTION cmp(int, int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $2 - $1';\n"
        "CREATE OPERATOR CLASS cls FOR TYPE int USING btree AS FUNCTION 1 cmp(int, int);\n"
        "ALTER OPERATOR CLASS cls USING btree RENAME TO cls2;\nCREATE TYPE shell;\nCOMMENT ON TYPE shell IS 'mine';\n"
        "CREATE FUNCTION g(x int) RETURNS boolean LANGUAGE sql IMMUTABLE LEAKPROOF AS 'SELECT true';\n"
        "ALTER FUNCTION f() LEAKPROOF;");
    replay_test_run(test);
    replay_test_findings(test, "");
    assert_string_equal(
        replay_test_ask(test, "SELECT string_agg(e.extname || ' ' || n.nspname, ', ' ORDER BY 1) FROM pg_extension e"
                              " JOIN pg_namespace n ON n.oid = extnamespace WHERE extname <> 'plpgsql'"),
        "pageinspect ext, pg_trgm ext");
    assert_string_equal(replay_test_ask(test, "SELECT evtenabled FROM pg_event_trigger"), "A");
    assert_string_equal(replay_test_ask(test, "SELECT string_agg(proname, ',' ORDER BY proname) FROM pg_proc"
                                              " WHERE proleakproof AND oid >= 16384"),
                        "f,g");
    assert_string_equal(replay_test_ask(test, "SELECT count(*) FROM pg_opclass WHERE oid >= 16384 AND opcname = 'cls2'"
                                              " AND pg_get_userbyid(opcowner) = current_user"),
                        "1");
}

int main(int count, char **arguments)
{
    if (replay_test_main(count, arguments) >= 0)
        return 0;
    const struct CMUnitTest tests[] = {
        REPLAY_TEST(test_files_run_in_order_with_ledger),
        REPLAY_TEST(test_failure_names_file_line_column),
        REPLAY_TEST(test_statement_outside_transaction_runs),
        REPLAY_TEST(test_roles_that_files_name_are_there),
        REPLAY_TEST(test_what_reaches_beyond_database_is_passed_over),
        REPLAY_TEST(test_missing_extension_and_what_needs_it_are_findings),
        REPLAY_TEST(test_failure_before_any_finding_is_an_error),
        REPLAY_TEST(test_other_failure_behind_finding_is_an_error),
        REPLAY_TEST(test_untrusted_extension_and_its_kind_are_made),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
