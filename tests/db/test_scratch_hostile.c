/* SQL of files that means harm: it must not become superuser, start a program, read the server's files, or change what
 * other scratch databases are like. Every attempt is let run; what counts is what stands afterwards. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <unistd.h>

#include "migrate/scratch/private.h"
#include "tests/lib/replay.h"

#define SUPERUSER "pgdeck_scratch_superuser"
#define OWNER "pgdeck_scratch_owner"

/* What a hostile function does wherever it is called with a superuser's rights. */
#define TAKE_OVER                                                                                                      \
    "IF (SELECT r.rolsuper FROM pg_catalog.pg_roles AS r WHERE r.rolname OPERATOR(pg_catalog.=) current_user)"         \
    " THEN EXECUTE 'ALTER ROLE " OWNER " SUPERUSER'; END IF;"

/* Each is tried as a script by itself. @marker@ is a file that no program may make. */
static const char *const attempts[] = {
    "COPY (SELECT 1) TO PROGRAM 'touch @marker@';",
    "DO $$ BEGIN EXECUTE 'COPY (SELECT 1) TO PROGRAM ''touch @marker@'''; END $$;",
    "COPY (SELECT 1) TO '@marker@';",
    "CREATE TABLE t (x text); COPY t FROM PROGRAM 'touch @marker@';",
    "RESET SESSION AUTHORIZATION; ALTER ROLE " OWNER " SUPERUSER; COPY (SELECT 1) TO PROGRAM 'touch @marker@';",
    "SET SESSION AUTHORIZATION " SUPERUSER "; COPY (SELECT 1) TO PROGRAM 'touch @marker@';",
    "SET SESSION AUTHORIZATION DEFAULT; COPY (SELECT 1) TO PROGRAM 'touch @marker@';",
    "DO $$ BEGIN PERFORM set_config('session_authorization', '" SUPERUSER "', false); END $$;"
    " DO $$ BEGIN EXECUTE 'ALTER ROLE " OWNER " SUPERUSER'; END $$;",
    "SELECT set_config('role', '" SUPERUSER "', false); COPY (SELECT 1) TO PROGRAM 'touch @marker@';",
    "SET ROLE " SUPERUSER "; COPY (SELECT 1) TO PROGRAM 'touch @marker@';",
    "SET ROLE pg_execute_server_program; COPY (SELECT 1) TO PROGRAM 'touch @marker@';",
    "GRANT pg_execute_server_program TO " OWNER "; COPY (SELECT 1) TO PROGRAM 'touch @marker@';",
    "DO $$ BEGIN EXECUTE 'GRANT pg_execute_server_program TO CURRENT_USER'; END $$;"
    " COPY (SELECT 1) TO PROGRAM 'touch @marker@';",
    "CREATE TABLE t (x int); ALTER TABLE t OWNER TO " SUPERUSER "; GRANT ALL ON t TO " SUPERUSER
    ", pg_execute_server_program; CREATE POLICY p ON t TO " SUPERUSER ";",
    "DO $$ BEGIN EXECUTE 'ALTER ROLE CURRENT_USER SUPERUSER'; END $$;",
    "ALTER USER " OWNER " WITH SUPERUSER;",
    /* The way to a superuser's rights that pgdeck has. */
    "SELECT pg_catalog.pgdeck_as_superuser(NULL, 'ALTER ROLE " OWNER " SUPERUSER', true);",
    "SELECT pg_catalog.pgdeck_as_superuser('', 'ALTER ROLE " OWNER " SUPERUSER', true);",
    "SELECT pg_catalog.pgdeck_as_superuser('guess', 'ALTER ROLE " OWNER " SUPERUSER', false);",
    "CREATE OR REPLACE FUNCTION pg_catalog.pgdeck_as_superuser(token text, statement text, shield bool) RETURNS void"
    " LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN EXECUTE statement; END $$;",
    "ALTER FUNCTION pg_catalog.pgdeck_as_superuser(text, text, bool) OWNER TO CURRENT_USER;",
    "ALTER FUNCTION pg_catalog.pgdeck_as_superuser(text, text, bool) LEAKPROOF;",
    /* What the server reads otherwise than the splitter. */
    "SET standard_conforming_strings = off; COMMENT ON EXTENSION plpgsql IS 'a\\'' ; ALTER ROLE " OWNER
    " SUPERUSER; --';",
    "SET standard_conforming_strings = off; DO $$ BEGIN SET standard_conforming_strings = off; END $$;"
    " CREATE EXTENSION pageinspect VERSION 'a\\'' ; ALTER ROLE " OWNER " SUPERUSER; --';",
    "SET client_encoding = 'SJIS'; COMMENT ON EXTENSION plpgsql IS 'x';",
    "CREATE PUBLICATION p; COMMENT ON PUBLICATION p IS E'\\'; ALTER ROLE " OWNER " SUPERUSER; --';",
    "CREATE TYPE t (INPUT = f; ALTER ROLE " OWNER " SUPERUSER;);",
    /* Functions that a superuser's statement might call. */
    "CREATE FUNCTION f() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN " TAKE_OVER " END $$;"
    " CREATE EVENT TRIGGER e1 ON ddl_command_start EXECUTE FUNCTION f();"
    " CREATE EVENT TRIGGER e2 ON ddl_command_end EXECUTE FUNCTION f();"
    " CREATE EXTENSION pageinspect; COMMENT ON EXTENSION pageinspect IS 'x'; DROP EXTENSION pageinspect;",
    "CREATE FUNCTION f() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN " TAKE_OVER " END $$;"
    " CREATE EVENT TRIGGER e1 ON ddl_command_start EXECUTE FUNCTION f();"
    " CREATE EVENT TRIGGER e2 ON ddl_command_end EXECUTE FUNCTION f();"
    " CREATE EVENT TRIGGER e3 ON sql_drop EXECUTE FUNCTION f();"
    " ALTER EVENT TRIGGER e1 ENABLE ALWAYS; ALTER EVENT TRIGGER e2 ENABLE REPLICA; ALTER EVENT TRIGGER e3 ENABLE ALWAYS;"
    " COMMENT ON EVENT TRIGGER e1 IS 'x'; CREATE EXTENSION pageinspect; DROP EXTENSION pageinspect;"
    " CREATE PUBLICATION p FOR ALL TABLES; ALTER PUBLICATION p RENAME TO q; DROP EVENT TRIGGER e3;"
    " CREATE FUNCTION g() RETURNS int LANGUAGE sql LEAKPROOF AS 'SELECT 1';",
    /* Operators and functions that answer rightly, so that all goes on. */
    "CREATE FUNCTION bad(text, text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN " TAKE_OVER
    " RETURN $1 OPERATOR(pg_catalog.=) $2; END $$;"
    " CREATE OPERATOR = (LEFTARG = text, RIGHTARG = text, PROCEDURE = bad);"
    " CREATE FUNCTION bad(oid, oid) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN " TAKE_OVER
    " RETURN $1 OPERATOR(pg_catalog.=) $2; END $$;"
    " CREATE OPERATOR = (LEFTARG = oid, RIGHTARG = oid, PROCEDURE = bad);"
    " CREATE FUNCTION bad(\"char\", \"char\") RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN " TAKE_OVER
    " RETURN $1 OPERATOR(pg_catalog.=) $2; END $$;"
    " CREATE OPERATOR = (LEFTARG = \"char\", RIGHTARG = \"char\", PROCEDURE = bad);"
    " CREATE FUNCTION bad(name, name) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN " TAKE_OVER
    " RETURN $1 OPERATOR(pg_catalog.=) $2; END $$;"
    " CREATE OPERATOR = (LEFTARG = name, RIGHTARG = name, PROCEDURE = bad);"
    " SET search_path = public, pg_catalog; CREATE EXTENSION pageinspect;"
    " CREATE OPERATOR FAMILY fam USING btree; ALTER OPERATOR FAMILY fam USING btree RENAME TO other;",
    "CREATE FUNCTION worse(oid, oid) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN " TAKE_OVER
    " RETURN $1 OPERATOR(pg_catalog.>=) $2; END $$; CREATE OPERATOR >= (LEFTARG = oid, RIGHTARG = oid, PROCEDURE = worse);"
    " CREATE FUNCTION sha256(bytea) RETURNS bytea LANGUAGE plpgsql AS $$ BEGIN " TAKE_OVER
    " RETURN pg_catalog.sha256($1); END $$;"
    " CREATE FUNCTION encode(bytea, text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN " TAKE_OVER
    " RETURN pg_catalog.encode($1, $2); END $$;"
    " SET search_path = public, pg_catalog; CREATE EXTENSION pageinspect; CREATE OPERATOR FAMILY fam USING btree;",
    "CREATE TEMP TABLE pg_event_trigger (evtname name, evtenabled \"char\"); CREATE TEMP TABLE pg_opclass (oid oid);"
    " SET search_path = pg_temp, public; CREATE EXTENSION pageinspect WITH SCHEMA public;",
    "CREATE FUNCTION cmp(aclitem, aclitem) RETURNS int LANGUAGE plpgsql AS $$ BEGIN " TAKE_OVER " RETURN 0; END $$;"
    " CREATE OPERATOR CLASS c DEFAULT FOR TYPE aclitem USING btree AS FUNCTION 1 cmp(aclitem, aclitem);"
    " CREATE EXTENSION pageinspect; GRANT SELECT ON ALL TABLES IN SCHEMA public TO r1;",
    /* What stands on the short list by its words only. */
    "CREATE TRUSTED LANGUAGE evil HANDLER plpgsql_call_handler;",
    "CREATE OR REPLACE TRUSTED PROCEDURAL LANGUAGE plpgsql HANDLER plpgsql_call_handler;",
    "CREATE FUNCTION f(text) RETURNS void LANGUAGE c LEAKPROOF AS '/tmp/evil', 'f';",
    "CREATE FUNCTION f(text) RETURNS text LANGUAGE internal LEAKPROOF AS 'pg_read_file_all'; SELECT f('/etc/passwd');",
    "ALTER FUNCTION pg_catalog.query_to_xml(text, bool, bool, text) SECURITY DEFINER LEAKPROOF;"
    " SELECT query_to_xml('ALTER ROLE " OWNER " SUPERUSER', true, true, '');",
    "ALTER FUNCTION pg_catalog.lo_import(text) OWNER TO r1; SELECT lo_import('/etc/passwd');",
    "CREATE EXTENSION adminpack; SELECT pg_file_write('@marker@', 'x', false);",
    "CREATE EXTENSION adminpack; ALTER FUNCTION pg_file_write(text, text, boolean) OWNER TO CURRENT_USER;"
    " GRANT EXECUTE ON FUNCTION pg_file_write(text, text, boolean) TO CURRENT_USER; SELECT pg_file_write('@marker@', 'x', false);",
    "CREATE EXTENSION adminpack; ALTER EXTENSION adminpack DROP FUNCTION pg_file_write(text, text, boolean);"
    " ALTER FUNCTION pg_file_write(text, text, boolean) OWNER TO CURRENT_USER; SELECT pg_file_write('@marker@', 'x', false);",
    "CREATE EXTENSION dblink; SELECT dblink_exec('host=@socket@ user=" SUPERUSER " dbname=postgres password=x',"
    " 'ALTER ROLE " OWNER " SUPERUSER');",
    "CREATE EXTENSION dblink; SELECT dblink_connect_u('host=@socket@ user=" SUPERUSER " dbname=postgres');"
    " SELECT dblink_exec('ALTER ROLE " OWNER " SUPERUSER');",
    "CREATE EXTENSION dblink; GRANT EXECUTE ON FUNCTION dblink_connect_u(text) TO CURRENT_USER;"
    " SELECT dblink_connect_u('host=@socket@ user=" SUPERUSER " dbname=postgres');"
    " SELECT dblink_exec('ALTER ROLE " OWNER " SUPERUSER');",
    "CREATE EXTENSION file_fdw; CREATE SERVER s FOREIGN DATA WRAPPER file_fdw;"
    " CREATE FOREIGN TABLE f (x text) SERVER s OPTIONS (program 'touch @marker@'); SELECT * FROM f;",
    "CREATE EXTENSION postgres_fdw; CREATE SERVER s FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '@socket@', dbname 'postgres');"
    " CREATE USER MAPPING FOR CURRENT_USER SERVER s OPTIONS (user '" SUPERUSER "', password_required 'false');"
    " CREATE FOREIGN TABLE f (token text) SERVER s OPTIONS (schema_name 'pgdeck', table_name 'server');"
    " SELECT 1 / (SELECT count(*) FROM f);",
    "CREATE TABLE t AS SELECT pg_read_file('/etc/passwd') AS x;",
    "CREATE TABLE t (x text); COPY t FROM '/etc/passwd';",
    "LOAD '/tmp/evil.so';",
    "SELECT lo_export(lo_create(0), '@marker@');",
    "UPDATE pg_catalog.pg_authid SET rolsuper = true;",
    "UPDATE pg_catalog.pg_language SET lanpltrusted = true;",
    "CREATE VIEW v AS SELECT * FROM pg_catalog.pg_authid; GRANT SELECT ON pg_catalog.pg_authid TO PUBLIC;",
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '" SUPERUSER "';",
    "DO $$ BEGIN EXECUTE 'ALTER SYSTEM SET archive_command = ''touch @marker@'''; END $$;",
};

static char *replace(TALLOC_CTX *owner, const char *text, const char *what, const char *with)
{
    char *out = talloc_strdup(owner, "");
    for (const char *at; (at = strstr(text, what)); text = at + strlen(what))
        out = talloc_asprintf_append(out, "%.*s%s", (int)(at - text), text, with);
    return talloc_strdup_append(out, text);
}

struct ground {
    struct replay_test *test;
    const char *marker;
    struct scratch *scratch;
    struct connection *watcher; /* a superuser's, to a database of its own */
    struct scratch_database *database;
};

static int set_up(void **state)
{
    struct ground *ground = talloc_zero(NULL, struct ground);
    ground->test = replay_test_new(ground, NULL);
    struct replay_test *test = ground->test;
    ground->marker = talloc_asprintf(ground, "/tmp/pgdeck-hostile-%ld", (long)getpid());
    ground->scratch = scratch_open(ground, test->settings, 0, NULL, test->error);
    if (!ground->scratch)
        return -1;
    ground->database = scratch_create(ground, ground->scratch, NULL, test->error);
    ground->watcher = server_connect(ground, ground->scratch, ground->database->name, SERVER_ADMIN, NULL, test->error);
    *state = ground;
    return ground->watcher ? 0 : -1;
}

static int tear_down(void **state)
{
    struct ground *ground = *state;
    TALLOC_FREE(ground->watcher);
    TALLOC_FREE(ground->database);
    talloc_free(ground);
    return 0;
}

#define GROUND_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

static char *watch(struct ground *ground, const char *sql)
{
    struct result *result = connection_query(ground, ground->watcher, NO_PARAMETERS, ground->test->error, sql);
    if (!result)
        fail_msg("%s: %s", sql, ground->test->error->message);
    return talloc_strdup(ground, result_row_count(result) && result_value(result) ? result_value(result) : "");
}

static void assert_unharmed(struct ground *ground, const char *attempt)
{
    const char *superusers =
        watch(ground, "SELECT string_agg(rolname, ',') FROM pg_roles WHERE rolsuper OR rolcreaterole"
                      " OR rolcreatedb OR rolreplication OR rolbypassrls AND rolname <> 'pgdeck_scratch_reader'");
    const char *memberships =
        watch(ground, "SELECT string_agg(r.rolname, ',') FROM pg_auth_members m JOIN pg_roles r"
                      " ON r.oid = m.roleid WHERE r.rolname ~ '^pg_' AND r.rolname <> 'pg_monitor'"
                      " AND m.member <> 'pg_monitor'::regrole OR r.rolsuper");
    if (strcmp(superusers, SUPERUSER) != 0 || *memberships || access(ground->marker, F_OK) == 0) {
        unlink(ground->marker);
        fail_msg("superusers: %s; members of: %s; after: %s", superusers, memberships, attempt);
    }
}

static void test_no_attempt_gets_more_than_plain_rights(void **state)
{
    struct ground *ground = *state;
    const char *socket = connection_target(ground->watcher)->host;
    for (size_t i = 0; i < countof(attempts); i++) {
        TALLOC_CTX *memory = talloc_new(ground);
        char *text = replace(memory, replace(memory, attempts[i], "@marker@", ground->marker), "@socket@", socket);
        text = talloc_asprintf(memory, "%s\n-- %s\n", text, ground->test->project); /* not from the cache */
        bool ok UNUSED = replay_test_try_script(ground->test, text);
        assert_unharmed(ground, attempts[i]);
        replay_test_write(ground->test, "001_a.sql", text);
        ok = replay_test_try(ground->test);
        assert_unharmed(ground, attempts[i]);
        talloc_free(memory);
    }
}

/* The tables above mean nothing if the takeover would not work where it is let. */
static void test_take_over_works_for_a_superuser(void **state)
{
    struct ground *ground = *state;
    assert_true(connection_execute(
        ground->watcher, NO_PARAMETERS, ground->test->error,
        "DO $$ BEGIN CREATE ROLE taken; EXECUTE 'ALTER ROLE taken SUPERUSER'; DROP ROLE taken; END $$"));
    assert_string_equal(watch(ground, "SELECT current_setting('is_superuser')"), "on");
}

static void test_settings_of_a_file_do_not_outlive_its_database(void **state)
{
    struct ground *ground = *state;
    struct replay_test *test = ground->test;
    replay_test_script(
        test, talloc_asprintf(test,
                              "DO $$ BEGIN EXECUTE 'ALTER ROLE CURRENT_USER SET search_path = evil';"
                              " EXECUTE format('ALTER DATABASE %%I SET work_mem = ''64kB''', current_database());"
                              " EXECUTE format('ALTER ROLE CURRENT_USER IN DATABASE %%I SET statement_timeout = 1',"
                              " current_database()); END $$;\n-- %s",
                              test->project));
    assert_string_equal(replay_test_ask(test, "SHOW work_mem"), "4MB");
    assert_string_equal(replay_test_ask(test, "SHOW statement_timeout"), "0");
    replay_test_script(test, talloc_asprintf(test, "CREATE TABLE t (id int); -- %s", test->project));
    assert_string_equal(replay_test_ask(test, "SELECT to_regclass('public.t')"), "public.t");
}

/* The planner runs the functions of an index for whoever reads the table. */
static void test_reader_lends_no_rights(void **state)
{
    struct ground *ground = *state;
    struct replay_test *test = ground->test;
    replay_test_script(
        test, talloc_asprintf(
                  test,
                  "CREATE FUNCTION deep() RETURNS int LANGUAGE plpgsql VOLATILE AS $$ BEGIN " TAKE_OVER
                  " EXECUTE 'COPY (SELECT 1) TO PROGRAM ''touch %s'''; RETURN 1;"
                  " EXCEPTION WHEN insufficient_privilege THEN RETURN 1; END $$;\n"
                  "CREATE FUNCTION f(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN public.deep(); END $$;\n"
                  "CREATE TABLE t (id int);\nCREATE INDEX ON t ((f(1) + id));\nINSERT INTO t VALUES (1);\n"
                  "ALTER TABLE t ENABLE ROW LEVEL SECURITY;\nALTER TABLE t FORCE ROW LEVEL SECURITY;\n-- %s",
                  ground->marker, test->project));
    struct connection *reader = scratch_connect(test, test->replay->database, SCRATCH_READER, NULL, test->error);
    assert_non_null(reader);
    struct result *rows =
        connection_query(reader, reader, NO_PARAMETERS, test->error, "SELECT id FROM ONLY public.t ORDER BY ctid");
    assert_non_null(rows);
    assert_int_equal(result_row_count(rows), 1);
    talloc_free(reader);
    assert_unharmed(ground, "reading a table");
}

/* Another database of the same owner cannot be taken for one that it is not: its name stays. */
static void test_other_databases_keep_their_names(void **state)
{
    struct ground *ground = *state;
    struct replay_test *test = ground->test;
    replay_test_script(test, talloc_asprintf(test,
                                             "ALTER DATABASE %s RENAME TO stray;\n-- %s\nDO $$ BEGIN EXECUTE"
                                             " 'ALTER DATABASE %s RENAME TO stray'; END $$;",
                                             ground->database->name, test->project, ground->database->name));
    replay_test_findings(test, "SKIPPED init.sql:1; FAILED init.sql:3");
    assert_string_equal(watch(ground, "SELECT current_database()"), ground->database->name);
}

int main(int count, char **arguments)
{
    if (replay_test_main(count, arguments) >= 0)
        return 0;
    const struct CMUnitTest tests[] = {
        GROUND_TEST(test_no_attempt_gets_more_than_plain_rights),
        GROUND_TEST(test_take_over_works_for_a_superuser),
        GROUND_TEST(test_settings_of_a_file_do_not_outlive_its_database),
        GROUND_TEST(test_reader_lends_no_rights),
        GROUND_TEST(test_other_databases_keep_their_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
