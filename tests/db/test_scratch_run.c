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

static void test_script_of_pg_dump_runs(void **state)
{
    struct replay_test *test = *state;
    replay_test_script(
        test,
        "--\n-- PostgreSQL database dump\n--\n\n\\restrict abcDEF123\n\nSET statement_timeout = 0;\n"
        "SET client_encoding = 'UTF8';\nSELECT pg_catalog.set_config('search_path', '', false);\n"
        "SET check_function_bodies = false;\nSET row_security = off;\nCREATE SCHEMA app;\n"
        "ALTER SCHEMA app OWNER TO app_owner;\nCREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA app;\n"
        "COMMENT ON EXTENSION pg_trgm IS 'text similarity measurement';\n"
        "CREATE FUNCTION app.f() RETURNS integer LANGUAGE sql AS $$SELECT 1$$;\n"
        "ALTER FUNCTION app.f() OWNER TO app_owner;\nSET default_tablespace = '';\n"
        "SET default_table_access_method = heap;\nCREATE TABLE app.t (id integer NOT NULL, x text);\n"
        "ALTER TABLE app.t OWNER TO app_owner;\nCREATE SEQUENCE app.t_id_seq AS integer;\n"
        "ALTER TABLE app.t_id_seq OWNER TO app_owner;\nALTER SEQUENCE app.t_id_seq OWNED BY app.t.id;\n"
        "ALTER TABLE ONLY app.t ALTER COLUMN id SET DEFAULT nextval('app.t_id_seq'::regclass);\n"
        "COPY app.t (id, x) FROM stdin;\n1\ta;b\n2\t\\N\n\\.\n\n\nSELECT pg_catalog.setval('app.t_id_seq', 2, true);\n"
        "ALTER TABLE ONLY app.t ADD CONSTRAINT t_pkey PRIMARY KEY (id);\nGRANT USAGE ON SCHEMA app TO reader;\n"
        "REVOKE USAGE ON SCHEMA public FROM PUBLIC;\nGRANT ALL ON TABLE app.t TO reader WITH GRANT OPTION;\n"
        "ALTER DEFAULT PRIVILEGES FOR ROLE app_owner IN SCHEMA app GRANT SELECT ON TABLES TO reader;\n\n"
        "\\unrestrict abcDEF123\n");
    replay_test_findings(test, "");
    assert_string_equal(replay_test_ask(test, "SELECT string_agg(id || coalesce(x, '-'), ',' ORDER BY id) FROM app.t"),
                        "1a;b,2-");
    assert_string_equal(replay_test_ask(test, "SELECT tableowner FROM pg_tables WHERE tablename = 't'"), "app_owner");
    assert_string_equal(replay_test_ask(test, "SELECT nspacl::text ~ 'app_owner=C' OR nspacl IS NULL FROM pg_namespace"
                                              " WHERE nspname = 'public'"),
                        "f");
    assert_string_equal(replay_test_ask(test, "SELECT coalesce(to_regclass('public.schema_migrations')::text, 'none')"),
                        "none");
}

static void test_script_runs_as_in_psql(void **state)
{
    struct replay_test *test = *state;
    replay_test_script(test,
                       "CREATE TABLE a (id int);\nBEGIN;\nCREATE TABLE b (id int);\nROLLBACK;\nBEGIN;\n"
                       "CREATE TABLE c (id int);\nSAVEPOINT s;\nCREATE TABLE d (id int);\nROLLBACK TO s;\nCOMMIT;\n"
                       "CREATE INDEX CONCURRENTLY i ON a (id);\nSET search_path = pg_temp;\nCREATE TABLE e (id int);\n"
                       "BEGIN;\nCREATE TABLE public.unfinished (id int);");
    assert_string_equal(replay_test_ask(test, "SELECT string_agg(relname, ',' ORDER BY relname) FROM pg_class"
                                              " WHERE relnamespace = 'public'::regnamespace"),
                        "a,c,i");
    assert_false(replay_test_try_script(test, "CREATE TABLE a (id int);\nSELECT 1;\n  SELECT nothing;"));
    replay_test_failed(test, "42703", "init.sql", 3, 10);
}

static void test_savepoints_of_files_work_behind_a_finding(void **state)
{
    struct replay_test *test = *state;
    replay_test_write(test, FILE_1,
                      "CREATE EXTENSION no_such_thing;\nCREATE TABLE a (id int);\nSAVEPOINT s;\n"
                      "CREATE TABLE b (id int);\nROLLBACK TO s;\nCREATE TABLE c (id int);\nRELEASE s;");
    replay_test_run(test);
    assert_string_equal(replay_test_ask(test, "SELECT string_agg(relname, ',' ORDER BY relname) FROM pg_class"
                                              " WHERE relname IN ('a', 'b', 'c')"),
                        "a,c");
}

static void test_each_file_begins_with_the_same_session(void **state)
{
    struct replay_test *test = *state;
    replay_test_write(test, FILE_1,
                      "CREATE SCHEMA s;\nSET search_path = s;\nCREATE TABLE a (id int);\n"
                      "CREATE TEMP TABLE x (id int);\nSET ROLE somebody;\nSET work_mem = '1MB';");
    replay_test_write(test, "002_b.sql",
                      "CREATE TABLE b AS SELECT current_setting('work_mem') AS work_mem, current_user AS who,"
                      " coalesce(to_regclass('x')::text, 'none') AS x;");
    replay_test_run(test);
    assert_string_equal(replay_test_ask(test, "SELECT work_mem || ' ' || who || ' ' || x FROM public.b"),
                        "4MB pgdeck_scratch_owner none");
}

static void test_other_role_may_do_what_owner_may(void **state)
{
    struct replay_test *test = *state;
    replay_test_write(test, FILE_1,
                      "SET ROLE builder;\nCREATE SCHEMA s;\nCREATE TABLE s.a (id int);\n"
                      "SELECT 1 / (current_user = 'builder')::int;\nRESET ROLE;\n"
                      "SET SESSION AUTHORIZATION builder;\nCREATE TABLE s.b (id int);\n"
                      "RESET SESSION AUTHORIZATION;");
    replay_test_run(test);
    replay_test_findings(test, "");
    assert_string_equal(replay_test_ask(test, "SELECT count(*) FROM pg_tables WHERE schemaname = 's'"), "2");
}

static void test_owners_are_changed_without_rights_left_behind(void **state)
{
    struct replay_test *test = *state;
    replay_test_write(
        test, FILE_1,
        "CREATE SCHEMA s;\nCREATE TABLE s.a (id int);\nALTER TABLE s.a OWNER TO keeper;\n"
        "CREATE VIEW v AS SELECT 1 AS x;\nALTER VIEW v OWNER TO keeper;\nALTER SCHEMA s OWNER TO keeper;");
    replay_test_run(test);
    replay_test_findings(test, "");
    assert_string_equal(
        replay_test_ask(test,
                        "SELECT string_agg(relowner::regrole::text, ',') FROM pg_class WHERE relname IN ('a', 'v')"),
        "keeper,keeper");
    assert_string_equal(replay_test_ask(test, "SELECT has_schema_privilege('keeper', 'public', 'CREATE') || ' ' ||"
                                              " has_database_privilege('keeper', current_database(), 'CREATE')"),
                        "false false");
}

static void test_roles_made_inside_do_are_left_out(void **state)
{
    struct replay_test *test = *state;
    replay_test_write(test, FILE_1,
                      "DO $body$\nBEGIN\n  CREATE ROLE inside_do LOGIN;\n  EXECUTE 'GRANT inside_do TO other_do';\n"
                      "  EXECUTE format('CREATE USER %I', 'third_do');\n  CREATE TABLE made (id int);\n"
                      "EXCEPTION WHEN duplicate_object THEN NULL;\nEND\n$body$;");
    replay_test_run(test);
    replay_test_findings(test, "SKIPPED " SHOWN_1 ":1");
    assert_string_equal(replay_test_ask(test,
                                        "SELECT to_regclass('public.made') || ' ' || (SELECT count(*) FROM pg_roles"
                                        " WHERE rolname IN ('inside_do', 'other_do'))"),
                        "public.made 2");
}

static void test_files_of_the_server_are_findings(void **state)
{
    struct replay_test *test = *state;
    replay_test_write(test, FILE_1,
                      "CREATE TABLE a (x text);\nCOPY a FROM '/srv/data/a.csv';\nCREATE TABLE b (x text);\n"
                      "CREATE FUNCTION c(int) RETURNS int LANGUAGE c AS '/usr/lib/x.so', 'c';\n"
                      "SELECT pg_reload_conf();");
    replay_test_run(test);
    replay_test_findings(test, "FAILED " SHOWN_1 ":2; FAILED " SHOWN_1 ":4; FAILED " SHOWN_1 ":5");
}

static void test_constraint_that_fails_at_commit_names_the_file(void **state)
{
    struct replay_test *test = *state;
    replay_test_write(test, FILE_1,
                      "CREATE TABLE a (id int PRIMARY KEY, p int REFERENCES a DEFERRABLE INITIALLY DEFERRED);\n"
                      "INSERT INTO a VALUES (1, 2);");
    assert_false(replay_test_try(test));
    replay_test_failed(test, "23503", SHOWN_1, 0, 0);
}

static void test_project_role_owns_what_files_make(void **state UNUSED)
{
    const char *const options[] = {"role=deploy_role", "search_path=app,public", NULL};
    struct replay_test *test = replay_test_new(NULL, options);
    replay_test_write(test, FILE_1, "CREATE SCHEMA app;\nCREATE TABLE a (id int);");
    replay_test_write(test, "002_b.sql", "CREATE TABLE b (id int);");
    replay_test_run(test);
    replay_test_findings(test, "");
    assert_string_equal(replay_test_ask(test, "SELECT string_agg(tablename || ' ' || tableowner, ', ' ORDER BY 1)"
                                              " FROM pg_tables WHERE schemaname = 'app'"),
                        "a deploy_role, b deploy_role");
    assert_string_equal(replay_test_ask(test, "SELECT count(*) FROM public.schema_migrations"), "2");
    talloc_free(test);
}

static void test_ledger_in_a_schema_of_its_own(void **state UNUSED)
{
    const char *const options[] = {"ledger=ops.applied", NULL};
    struct replay_test *test = replay_test_new(NULL, options);
    replay_test_write(test, FILE_1, "SELECT 1;");
    replay_test_run(test);
    assert_string_equal(replay_test_ask(test, "SELECT string_agg(version, ',') FROM ops.applied"), "001");
    talloc_free(test);
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
        REPLAY_TEST(test_script_of_pg_dump_runs),
        REPLAY_TEST(test_script_runs_as_in_psql),
        REPLAY_TEST(test_savepoints_of_files_work_behind_a_finding),
        REPLAY_TEST(test_each_file_begins_with_the_same_session),
        REPLAY_TEST(test_other_role_may_do_what_owner_may),
        REPLAY_TEST(test_owners_are_changed_without_rights_left_behind),
        REPLAY_TEST(test_roles_made_inside_do_are_left_out),
        REPLAY_TEST(test_files_of_the_server_are_findings),
        REPLAY_TEST(test_constraint_that_fails_at_commit_names_the_file),
        REPLAY_TEST(test_project_role_owns_what_files_make),
        REPLAY_TEST(test_ledger_in_a_schema_of_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
