/* Files that are run twice: each shape of one that must not be, named at its line, and of one that may, in silence. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <unistd.h>

#include "migrate/twice.h"
#include "tests/lib/replay.h"

static struct replay_test *test;

static int start(void **state UNUSED)
{
    test = replay_test_new(NULL, NULL);
    return 0;
}

static int stop(void **state UNUSED) { return talloc_free(test); }

/* ---- proving ---- */

static struct twice_report *prove(void)
{
    const struct twice_options options = {.settings = test->settings};
    error_clear(test->error);
    test->directory = directory_read(test, test->settings, test->error);

    struct twice_report *report =
        test->directory ? twice_prove(test, test->scratch, test->directory, &options, test->error) : NULL;

    if (!report)
        fail_msg("%s: %s (%s, %s:%d)", error_kind(test->error->code)->name, test->error->message, test->error->sqlstate,
                 test->error->file ? test->error->file : "-", test->error->line);
    return report;
}

/* "002:3 rows public.t; 002:4 refused 42P07": version and line, what, object or SQLSTATE. */
static char *found(const struct twice_report *report)
{
    char *text = talloc_strdup(test, "");
    for (size_t i = 0; i < report->count; i++) {
        const struct twice_finding *finding = &report->findings[i];
        const char *name = strrchr(finding->file, '/');
        text = talloc_asprintf_append(text, "%s%.3s:%d %s %s", i ? "; " : "", name ? name + 1 : finding->file,
                                      finding->line, twice_what_name(finding->what),
                                      *finding->sqlstate ? finding->sqlstate
                                      : finding->object  ? finding->object
                                                         : "-");
    }
    return text;
}

static void clear(void)
{
    const char *project = test->project;
    for (int i = 1; i < 100; i++) {
        char *path = talloc_asprintf(test, "%s/migrations/%03d_x.sql", project, i);
        unlink(path);
        talloc_free(path);
    }
}

static void write_file(int number, const char *text)
{
    replay_test_write(test, talloc_asprintf(test, "%03d_x.sql", number), text);
}

/* What all cases stand on. */
#define GROUND                                                                                                         \
    "CREATE TABLE IF NOT EXISTS t (id integer PRIMARY KEY, n integer, s text);\n"                                      \
    "INSERT INTO t VALUES (1, 10, 'a'), (2, 20, 'b') ON CONFLICT DO NOTHING;\n"                                        \
    "CREATE TABLE IF NOT EXISTS list (name text);\n"                                                                   \
    "INSERT INTO list SELECT 'x' WHERE NOT EXISTS (SELECT FROM list);\n"                                               \
    "CREATE TABLE IF NOT EXISTS numbered (id serial PRIMARY KEY, name text UNIQUE, touched timestamptz);\n"            \
    "INSERT INTO numbered (name) VALUES ('x') ON CONFLICT DO NOTHING;\n"                                               \
    "DO $$ BEGIN IF to_regtype('mood') IS NULL THEN CREATE TYPE mood AS ENUM ('sad', 'glad'); END IF; END $$;\n"       \
    "CREATE SEQUENCE IF NOT EXISTS counter;\n"                                                                         \
    "CREATE OR REPLACE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS "                                          \
    "'BEGIN NEW.touched := clock_timestamp(); RETURN NEW; END';\n"                                                     \
    "CREATE OR REPLACE VIEW seen AS SELECT id FROM t;\n"

static void assert_found(const char *text, const char *expected)
{
    clear();
    write_file(1, "SELECT 1;");
    write_file(2, text);
    replay_test_write(test, "001_x.sql", GROUND);
    struct twice_report *report = prove();
    char *all = found(report), *own = strstr(all, "002:");
    if (strcmp(own ? own : "", expected) != 0) {
        for (size_t i = 0; i < report->count; i++)
            print_error("%s:%d %s\n", report->findings[i].file, report->findings[i].line, report->findings[i].message);
        fail_msg("%s\n found: %s\n wanted: %s", text, own ? own : "nothing", expected);
    }
    for (size_t i = 0; i < report->count; i++)
        assert_non_null(report->findings[i].hint);
    talloc_free(report);
}

/* Each case is a file of its own and has a ground of its own, in a schema that the first file makes. */
struct twice_case {
    const char *text, *expected; /* found in it: "LINE what OBJECT; ..." */
};

/* "app.t" of a case for "c7.t". */
static char *expected_of(size_t number, const char *expected)
{
    char *text = talloc_strdup(test, "");
    for (const char *at = expected; *at;) {
        const char *place = strstr(at, "app.");
        size_t length = place ? (size_t)(place - at) : strlen(at);
        text = talloc_asprintf_append(text, "%.*s", (int)length, at);
        if (place)
            text = talloc_asprintf_append(text, "c%zu.", number);
        at += length + (place ? 4 : 0);
    }
    return text;
}

static char *found_in(const struct twice_report *report, size_t number)
{
    char *text = talloc_strdup(test, ""), *file = talloc_asprintf(test, "migrations/%03zu_x.sql", number);
    for (size_t i = 0; i < report->count; i++) {
        const struct twice_finding *finding = &report->findings[i];
        if (strcmp(finding->file, file) != 0)
            continue;
        text =
            talloc_asprintf_append(text, "%s%d %s %s", *text ? "; " : "", finding->line, twice_what_name(finding->what),
                                   *finding->sqlstate ? finding->sqlstate
                                   : finding->object  ? finding->object
                                                      : "-");
        assert_non_null(finding->hint);
    }
    return text;
}

/* The dearer half of a proof reads the whole catalog: a few cases at a time. */
#define CASES_MOST 10

static void assert_few(const struct twice_case *cases, size_t count)
{
    char *ground = talloc_strdup(test, "");
    bool is_right = true;
    clear();
    for (size_t i = 0; i < count; i++) {
        ground = talloc_asprintf_append(
            ground, "CREATE SCHEMA IF NOT EXISTS c%zu;\nSET LOCAL search_path = c%zu;\n" GROUND, i + 2, i + 2);
        write_file((int)i + 2, talloc_asprintf(test, "SET LOCAL search_path = c%zu; %s", i + 2, cases[i].text));
    }
    write_file(1, ground);
    const struct twice_report *report = prove();
    assert_int_equal(report->proved, count + 1);
    for (size_t i = 0; i < count; i++) {
        const char *found_here = found_in(report, i + 2), *wanted = expected_of(i + 2, cases[i].expected);
        if (strcmp(found_here, wanted) != 0)
            print_error("%s\n found: %s\n wanted: %s\n", cases[i].text, found_here, wanted);
        is_right = is_right && !strcmp(found_here, wanted);
    }
    assert_true(is_right);
}

static void assert_cases(const struct twice_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i += CASES_MOST)
        assert_few(cases + i, count - i < CASES_MOST ? count - i : CASES_MOST);
}

/* ---- files that may not be run twice ---- */

static const struct twice_case guilty[] = {
    {"CREATE TABLE u (id integer);", "1 refused 42P07"},
    {"\nCREATE INDEX i ON t (n);", "2 refused 42P07"},
    {"CREATE INDEX ON t (n);", "1 changed app.t_n_idx1"},
    {"ALTER TABLE t ADD CHECK (n > 0);", "1 changed app.t.t_n_check1"},
    {"ALTER TABLE t ADD UNIQUE (n);", "1 changed app.t.t_n_key1"},
    {"ALTER TABLE list ADD FOREIGN KEY (name) REFERENCES numbered (name);", "1 changed app.list.list_name_fkey1"},
    {"ALTER TABLE t ADD CONSTRAINT c CHECK (n > 0);", "1 refused 42710"},
    {"ALTER TABLE t ADD COLUMN m integer;", "1 refused 42701"},
    {"ALTER TABLE t DROP COLUMN s;", "1 refused 42703"},
    {"ALTER TABLE t RENAME COLUMN s TO r;", "1 refused 42703"},
    {"ALTER TABLE list RENAME TO lists;", "1 refused 42P01"},
    {"ALTER TABLE t DROP COLUMN IF EXISTS s;\nALTER TABLE t ADD COLUMN s text;", "1 remade app.t.s"},
    {"DROP TABLE IF EXISTS list;\nCREATE TABLE list (name text);", "1 remade app.list"},
    {"DROP TABLE IF EXISTS fresh;\nCREATE TABLE fresh (id serial, x text);", "1 remade app.fresh"},
    {"DO $$ BEGIN DROP TABLE list; CREATE TABLE list (name text); END $$;", "1 remade app.list"},
    {"DROP SEQUENCE IF EXISTS counter;\nCREATE SEQUENCE counter;", "1 remade app.counter"},
    {"INSERT INTO list VALUES ('y'), ('z');", "1 rows app.list"},
    {"INSERT INTO t VALUES (3, 30, 'c');", "1 refused 23505"},
    {"INSERT INTO list SELECT name FROM numbered;", "1 rows app.list"},
    {"COPY list FROM stdin;\np\n\\.\n", "1 rows app.list"},
    {"UPDATE t SET n = n + 1;", "1 rows app.t"},
    {"UPDATE numbered SET touched = clock_timestamp();", "1 rows app.numbered"},
    {"INSERT INTO numbered (name, touched) VALUES ('x', now()) ON CONFLICT (name) DO UPDATE SET touched = EXCLUDED.touched;",
     "1 rows app.numbered"},
    {"DELETE FROM t WHERE id = (SELECT max(id) FROM t);", "1 rows app.t"},
    {"TRUNCATE list;", "1 emptied app.list"},
    {"TRUNCATE list;\nINSERT INTO list VALUES ('x');", "1 emptied app.list"},
    {"SELECT setval('counter', nextval('counter') + 10);", "1 sequence app.counter"},
    {"ALTER TYPE mood ADD VALUE 'wild';", "1 refused 42710"},
    {"CREATE TYPE pace AS ENUM ('slow');", "1 refused 42710"},
    {"CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1';", "1 refused 42723"},
    {"CREATE TRIGGER g BEFORE UPDATE ON numbered FOR EACH ROW EXECUTE FUNCTION stamp();", "1 refused 42710"},
    {"CREATE VIEW v AS SELECT 1 AS one;", "1 refused 42P07"},
    {"CREATE POLICY p ON t USING (true);", "1 refused 42710"},
    {"DROP VIEW seen;", "1 refused 42P01"},
    {"CREATE SCHEMA other;\nCREATE TABLE IF NOT EXISTS other.u (id integer);\nCREATE INDEX ON other.u (id);",
     "1 refused 42P06; 3 changed other.u_id_idx1"},
    {"DO $$ BEGIN IF EXISTS (SELECT FROM pg_attribute WHERE attrelid = 't'::regclass AND attname = 'flag') THEN\n"
     "ALTER TABLE t DROP COLUMN flag; ELSE ALTER TABLE t ADD flag boolean; END IF; END $$;",
     "1 changed app.t.flag"},
    {"DO $$ BEGIN IF has_table_privilege('pg_monitor', 't', 'SELECT') THEN REVOKE SELECT ON t FROM pg_monitor;\n"
     "ELSE GRANT SELECT ON t TO pg_monitor; END IF; END $$;",
     "1 changed app.t TO pg_monitor"},
};

static void test_file_that_may_not_run_twice_is_found_at_its_line(void **state UNUSED)
{
    assert_cases(guilty, countof(guilty));
}

/* ---- files that may ---- */

static const char *const innocent[] = {
    "",
    "SELECT 1;",
    "CREATE TABLE IF NOT EXISTS u (id serial PRIMARY KEY, n integer CHECK (n > 0));",
    "CREATE INDEX IF NOT EXISTS i ON t (n);",
    "ALTER TABLE t ADD COLUMN IF NOT EXISTS m integer DEFAULT 3;",
    "ALTER TABLE t DROP COLUMN IF EXISTS s;",
    "DROP TABLE IF EXISTS list;",
    "DROP VIEW IF EXISTS seen;\nCREATE VIEW seen AS SELECT id, n FROM t;\nCOMMENT ON VIEW seen IS 'x';",
    "CREATE OR REPLACE VIEW seen AS SELECT id FROM t WHERE id > 0;",
    "CREATE OR REPLACE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1';",
    "DROP FUNCTION IF EXISTS f();\nCREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1';",
    "DROP TRIGGER IF EXISTS g ON numbered;\nCREATE TRIGGER g BEFORE UPDATE ON numbered FOR EACH ROW EXECUTE FUNCTION stamp();",
    "DROP POLICY IF EXISTS p ON t;\nCREATE POLICY p ON t USING (true);\nALTER TABLE t ENABLE ROW LEVEL SECURITY;",
    "ALTER TABLE t DROP CONSTRAINT IF EXISTS c;\nALTER TABLE t ADD CONSTRAINT c CHECK (n > 0);",
    "ALTER TABLE list DROP CONSTRAINT IF EXISTS k;\nALTER TABLE list ADD CONSTRAINT k FOREIGN KEY (name) REFERENCES numbered (name);",
    "ALTER TABLE t DROP CONSTRAINT IF EXISTS q;\nALTER TABLE t ADD CONSTRAINT q UNIQUE (n);",
    "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_constraint WHERE conrelid = 't'::regclass AND conname = 'c') THEN\n"
    "ALTER TABLE t ADD CONSTRAINT c CHECK (n > 0); END IF; END $$;",
    "DO $$ BEGIN CREATE TYPE pace AS ENUM ('slow'); EXCEPTION WHEN duplicate_object THEN NULL; END $$;",
    "DO $$ BEGIN IF to_regclass('list') IS NOT NULL THEN ALTER TABLE list RENAME TO lists; END IF; END $$;",
    "ALTER TYPE mood ADD VALUE IF NOT EXISTS 'wild';",
    "ALTER TABLE t ALTER n SET DEFAULT 3, ALTER s SET NOT NULL;",
    "ALTER TABLE t ALTER n TYPE bigint;",
    "INSERT INTO t VALUES (3, 30, 'c') ON CONFLICT DO NOTHING;",
    "INSERT INTO numbered (name) VALUES ('x'), ('y') ON CONFLICT (name) DO NOTHING;",
    "INSERT INTO t VALUES (1, 11, 'z') ON CONFLICT (id) DO UPDATE SET n = EXCLUDED.n;",
    "INSERT INTO list SELECT 'y' WHERE NOT EXISTS (SELECT FROM list WHERE name = 'y');",
    "UPDATE t SET n = 5;",
    "UPDATE numbered SET touched = now() WHERE touched IS NULL;",
    "DELETE FROM list WHERE name = 'x';",
    "DELETE FROM list;\nINSERT INTO list VALUES ('p'), ('q');",
    "COMMENT ON TABLE t IS 'x';\nCOMMENT ON COLUMN t.n IS 'y';",
    "GRANT SELECT ON t TO pg_monitor;\nREVOKE INSERT ON t FROM pg_monitor;",
    "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO pg_monitor;",
    "SELECT setval('counter', 100);",
    "SELECT setval('numbered_id_seq', (SELECT max(id) FROM numbered));",
    "ALTER SEQUENCE counter RESTART WITH 5;",
    "CREATE MATERIALIZED VIEW IF NOT EXISTS m AS SELECT id FROM t;\nREFRESH MATERIALIZED VIEW m;",
    "DROP MATERIALIZED VIEW IF EXISTS m;\nCREATE MATERIALIZED VIEW m AS SELECT id FROM t;\nCREATE INDEX mi ON m (id);",
    "DROP INDEX IF EXISTS i;\nCREATE INDEX i ON t (n);",
    "CREATE TEMPORARY TABLE work ON COMMIT DROP AS SELECT * FROM t;\nDROP TABLE work;",
    "CREATE TEMPORARY TABLE work AS SELECT * FROM t;",
    "ANALYZE t;\nREINDEX TABLE t;\nCLUSTER t USING t_pkey;",
    "CREATE SCHEMA IF NOT EXISTS app;\nSET LOCAL search_path = app;\nCREATE TABLE IF NOT EXISTS u (id integer);",
    "CREATE OR REPLACE PROCEDURE p() LANGUAGE sql AS 'SELECT 1';\nCALL p();",
    "SET CONSTRAINTS ALL DEFERRED;\nCREATE STATISTICS IF NOT EXISTS st ON id, n FROM t;",
    "ALTER TABLE t REPLICA IDENTITY FULL, SET (fillfactor = 80);\nALTER TABLE t OWNER TO CURRENT_USER;",
};

static void test_file_that_may_run_twice_is_not_found(void **state UNUSED)
{
    struct twice_case *cases = talloc_array(test, struct twice_case, countof(innocent));
    for (size_t i = 0; i < countof(innocent); i++)
        cases[i] = (struct twice_case){innocent[i], ""};
    assert_cases(cases, countof(innocent));
}

/* ---- outside a transaction ---- */

#define OUTSIDE "-- pgdeck: no-transaction\n"

static void test_file_outside_a_transaction_is_run_twice_and_resumed(void **state UNUSED)
{
    static const struct {
        const char *text, *expected;
    } cases[] = {
        {OUTSIDE "CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON t (n);", ""},
        {OUTSIDE "CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON t (n);\nDROP INDEX CONCURRENTLY IF EXISTS j;\nVACUUM t;",
         ""},
        {OUTSIDE "CREATE INDEX CONCURRENTLY i ON t (n);", "002:2 refused 42P07"},
        {OUTSIDE "ALTER TABLE t ADD m integer;\nCREATE INDEX CONCURRENTLY i ON t (m);\nINSERT INTO list VALUES ('y');",
         "002:2 refused 42701; 002:3 refused 42P07; 002:4 rows public.list"},
        {OUTSIDE "CREATE INDEX CONCURRENTLY ON t (n);", "002:2 changed public.t_n_idx1"},
        {OUTSIDE "CREATE TABLE IF NOT EXISTS u (id integer);\nBEGIN;\nALTER TABLE u ADD COLUMN IF NOT EXISTS x text;\n"
                 "INSERT INTO u SELECT 1 WHERE NOT EXISTS (SELECT FROM u);\nCOMMIT;\nVACUUM u;",
         ""},
        {OUTSIDE "SET search_path = public;\nCREATE TABLE IF NOT EXISTS u (id integer);\nVACUUM u;", ""},
        {OUTSIDE "CREATE TEMPORARY TABLE work AS SELECT 1 AS id;\nCREATE TABLE IF NOT EXISTS u (id integer);\n"
                 "DELETE FROM u WHERE id IN (SELECT id FROM work);\nDROP TABLE work;",
         "002:2 interrupted -"},
        {OUTSIDE
         "SELECT set_config('search_path', 'pg_catalog, public', false);\n"
         "SELECT set_config('app.way', 'on', false);\n"
         "DO $$ BEGIN IF current_setting('app.way', true) = 'on' THEN CREATE TABLE IF NOT EXISTS public.u (id integer); END IF; END $$;",
         "002:4 interrupted public.u"},
    };
    for (size_t i = 0; i < countof(cases); i++)
        assert_found(cases[i].text, cases[i].expected);
}

/* ---- around it ---- */

static void test_second_run_leaves_nothing_behind_for_the_next_file(void **state UNUSED)
{
    clear();
    write_file(1, "CREATE TABLE numbered (id serial PRIMARY KEY, name text UNIQUE);\n"
                  "INSERT INTO numbered (name) VALUES ('x') ON CONFLICT DO NOTHING;");
    write_file(2, "INSERT INTO numbered (name) VALUES ('y') ON CONFLICT DO NOTHING;");
    write_file(3, "DO $$ BEGIN ASSERT (SELECT max(id) FROM numbered) = 2; END $$;");
    assert_string_equal(found(prove()), "001:1 refused 42P07");
}

static void test_file_that_does_not_run_is_found_and_ends_it(void **state UNUSED)
{
    clear();
    write_file(1, "CREATE TABLE IF NOT EXISTS t (id integer);");
    write_file(2, "SELECT 1;\nSELECT nonsense;");
    write_file(3, "CREATE TABLE u (id integer);");
    struct twice_report *report = prove();
    assert_string_equal(found(report), "002:2 failed 42703");
    assert_int_equal(report->proved, 1);
}

static void test_deferred_constraint_of_the_second_run_is_found(void **state UNUSED)
{
    clear();
    write_file(1, "CREATE TABLE IF NOT EXISTS t (id integer, UNIQUE (id) DEFERRABLE INITIALLY DEFERRED);");
    write_file(2, "SELECT 1;\nINSERT INTO t VALUES (1);\nSELECT 2;");
    assert_string_equal(found(prove()), "002:2 rows public.t; 002:3 refused 23505");
}

static void write_many(size_t count)
{
    clear();
    for (size_t i = 1; i <= count; i++)
        write_file((int)i, talloc_asprintf(test,
                                           "CREATE TABLE IF NOT EXISTS t%zu (id integer, at timestamptz);\n"
                                           "INSERT INTO t%zu SELECT 1, now() WHERE NOT EXISTS (SELECT FROM t%zu);",
                                           i, i, i));
}

static void test_second_proof_runs_what_is_new(void **state UNUSED)
{
    write_many(70);
    write_file(7, "CREATE TABLE IF NOT EXISTS t7 (id integer);\nCREATE INDEX ON t7 (id);");
    struct twice_report *report = prove();
    assert_int_equal(report->ran, 70);
    assert_string_equal(found(report), "007:2 changed public.t7_id_idx1");
    report = prove();
    assert_int_equal(report->ran, 0);
    assert_string_equal(found(report), "007:2 changed public.t7_id_idx1");
    write_file(71, "CREATE TABLE IF NOT EXISTS last (id integer);");
    assert_int_equal(prove()->ran, 1);
}

static void test_edit_that_comes_to_the_same_keeps_the_proofs_behind_it(void **state UNUSED)
{
    write_many(70);
    assert_int_equal(prove()->count, 0);
    write_file(20, "-- mended\nCREATE TABLE IF NOT EXISTS t20 (id integer, at timestamptz);\n"
                   "INSERT INTO t20 SELECT 1, now() WHERE NOT EXISTS (SELECT FROM t20);");
    struct twice_report *report = prove();
    assert_int_equal(report->ran, 64 - 19);
    write_file(20, "CREATE TABLE IF NOT EXISTS t20 (id bigint);");
    report = prove();
    assert_int_equal(report->ran, 70 - 19);
    assert_int_equal(report->count, 0);
}

static void test_reference_project_may_run_twice(void **state UNUSED)
{
    char *here = getcwd(NULL, 0);
    const char *environment[] = {talloc_asprintf(test, "HOME=%s", test->project), "PATH=/usr/bin:/bin", NULL};
    struct settings_input input = {.directory = here, .environment = environment};
    struct settings *settings = settings_load(test, &input, test->error);
    assert_non_null(settings);
    struct directory *directory = directory_read(test, settings, test->error);
    assert_true(directory && directory->count > 3);
    const struct twice_options options = {.settings = settings};
    struct twice_report *report = twice_prove(test, test->scratch, directory, &options, test->error);
    assert_non_null(report);
    assert_string_equal(found(report), "");
    assert_int_equal(report->proved, directory->count);
    assert_true(report->stepwise > 0);
    free(here);
}

int main(int count, char **arguments)
{
    int status = replay_test_main(count, arguments);
    if (status >= 0)
        return status;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_file_that_may_not_run_twice_is_found_at_its_line),
        cmocka_unit_test(test_file_that_may_run_twice_is_not_found),
        cmocka_unit_test(test_file_outside_a_transaction_is_run_twice_and_resumed),
        cmocka_unit_test(test_second_run_leaves_nothing_behind_for_the_next_file),
        cmocka_unit_test(test_file_that_does_not_run_is_found_and_ends_it),
        cmocka_unit_test(test_deferred_constraint_of_the_second_run_is_found),
        cmocka_unit_test(test_second_proof_runs_what_is_new),
        cmocka_unit_test(test_edit_that_comes_to_the_same_keeps_the_proofs_behind_it),
        cmocka_unit_test(test_reference_project_may_run_twice),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
