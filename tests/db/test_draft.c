/* `new --from-diff`: the file closes the difference, running it a second time changes nothing, rows stay where nothing
 * says otherwise. Judges: pg_dump, the rows, and diff. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <glob.h>

#include "tests/lib/deck.h"
#include "tests/lib/schema_dump.h"

static struct deck_scene *scene;

static int start(void **state)
{
    *state = talloc_new(NULL);
    scene = deck_scene_start(*state);
    return 0;
}

static int stop(void **state)
{
    json_decref(scene->document);
    talloc_free(*state);
    return 0;
}

/* The models are printed by cat. */
static int reset(void **state UNUSED)
{
    deck_scene_reset(scene);
    scene->project = test_directory(scene);
    test_write(scene->project, "pgdeck.yaml",
               talloc_asprintf(scene,
                               "models: {command: [cat, models.sql]}\ntargets:\n  open: {url: \"%s\", guard: open}\n",
                               scene->target));
    return 0;
}

static void assert_holds(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("\"%s\" does not stand in: %s", part, text);
}

static char *read_file(const char *name)
{
    FILE *file = fopen(talloc_asprintf(scene, "%s/%s", scene->project, name), "r");
    if (!file)
        fail_msg("there is no %s", name);
    char *text = talloc_strdup(scene, ""), buffer[8192];
    for (size_t size; (size = fread(buffer, 1, sizeof buffer, file)) > 0;)
        text = talloc_strndup_append_buffer(text, buffer, size);
    fclose(file);
    return text;
}

static struct schema_dump *dump(void)
{
    const char *report;
    struct schema_dump *dump = schema_dump_start(scene, scene->server, DECK_DATABASE, DUMP_WITHOUT_PRIVILEGES);
    if (!schema_dump_finish(dump, &report))
        fail_msg("%s", report);
    return dump;
}

/* ---- cases ---- */

static const struct {
    const char *name, *from, *to;
    const char *rows;      /* statements between the old schema and the new file, or NULL */
    const char *survivors; /* a condition that holds afterwards */
    const char *holds;     /* stands in the file */
} cases[] = {
    {"new_things", "CREATE TABLE t (id integer PRIMARY KEY);",
     "CREATE TABLE t (id integer PRIMARY KEY, note text DEFAULT 'x' NOT NULL, CONSTRAINT t_check CHECK (id > 0));"
     "CREATE INDEX t_note_idx ON t (note);"
     "CREATE TABLE u (id integer PRIMARY KEY, t_id integer UNIQUE REFERENCES t (id), EXCLUDE USING btree (t_id WITH =));"
     "COMMENT ON TABLE u IS 'it''s new';",
     "INSERT INTO t VALUES (1), (2)", "(SELECT count(*) FROM t WHERE note = 'x') = 2", "ADD COLUMN IF NOT EXISTS note"},
    {"type_under_a_view", "CREATE TABLE t (id integer, n varchar(5)); CREATE VIEW v AS SELECT id, n FROM t;",
     "CREATE TABLE t (id bigint, n text); CREATE VIEW v AS SELECT id, n FROM t;", "INSERT INTO t VALUES (1, 'a')",
     "EXISTS (SELECT FROM v WHERE id = 1 AND n = 'a')", "DROP VIEW IF EXISTS public.v"},
    {"column_dropped", "CREATE TABLE t (id integer, gone text);", "CREATE TABLE t (id integer);",
     "INSERT INTO t VALUES (1, 'a')", "EXISTS (SELECT FROM t WHERE id = 1)",
     "-- LOSES DATA\nALTER TABLE public.t DROP COLUMN IF EXISTS gone"},
    {"label_added", "CREATE TYPE mood AS ENUM ('a', 'c'); CREATE TABLE t (m mood);",
     "CREATE TYPE mood AS ENUM ('a', 'b', 'c'); CREATE TABLE t (m mood);", "INSERT INTO t VALUES ('c')",
     "EXISTS (SELECT FROM t WHERE m = 'c')", "ADD VALUE IF NOT EXISTS 'b'"},
    {"label_added_and_used", "CREATE TYPE mood AS ENUM ('a'); CREATE TABLE t (m mood);",
     "CREATE TYPE mood AS ENUM ('a', 'b'); CREATE TABLE t (m mood DEFAULT 'b');", "INSERT INTO t VALUES ('a')",
     "EXISTS (SELECT FROM t WHERE m = 'a')", "-- pgdeck: no-transaction\n"},
    {"label_removed", "CREATE TYPE mood AS ENUM ('a', 'b'); CREATE TABLE t (m mood DEFAULT 'a');",
     "CREATE TYPE mood AS ENUM ('a'); CREATE TABLE t (m mood DEFAULT 'a');", "INSERT INTO t VALUES ('a')",
     "EXISTS (SELECT FROM t WHERE m = 'a')", "one movement"},
    {"routines",
     "CREATE TABLE t (id integer); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';",
     "CREATE TABLE t (id integer);"
     "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $f$BEGIN RAISE NOTICE $$x$$; RETURN NEW; END$f$;"
     "CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();"
     "CREATE FUNCTION h(a integer, b text DEFAULT 'x') RETURNS integer LANGUAGE sql AS 'SELECT 1';"
     "CREATE POLICY p ON t USING (id > 1); ALTER TABLE t ENABLE ROW LEVEL SECURITY;",
     "INSERT INTO t VALUES (1)", "EXISTS (SELECT FROM t)", "DROP TRIGGER IF EXISTS g ON public.t"},
    {"views", "CREATE TABLE t (id integer); CREATE VIEW v AS SELECT id FROM t; CREATE VIEW w AS SELECT id FROM v;",
     "CREATE TABLE t (id integer); CREATE VIEW v AS SELECT id::text AS id, 1 AS one FROM t;"
     "CREATE VIEW w AS SELECT id FROM v; CREATE MATERIALIZED VIEW m AS SELECT id FROM t;",
     "INSERT INTO t VALUES (1)", "EXISTS (SELECT FROM w WHERE id = '1')", "CREATE OR REPLACE VIEW public.w"},
    {"table_made_anew", "CREATE TABLE t (id integer); CREATE VIEW v AS SELECT id FROM t;",
     "CREATE TABLE t (id integer) PARTITION BY LIST (id); CREATE TABLE t_1 PARTITION OF t FOR VALUES IN (1);"
     "CREATE VIEW v AS SELECT id FROM t;",
     NULL, "to_regclass('t_1') IS NOT NULL", "-- LOSES DATA"},
    {"renames", "CREATE TABLE t (id integer, CONSTRAINT old CHECK (id > 1)); CREATE INDEX old_idx ON t (id);",
     "CREATE TABLE t (id integer, CONSTRAINT new CHECK (id > 1)); CREATE INDEX new_idx ON t (id);",
     "INSERT INTO t VALUES (2)", "EXISTS (SELECT FROM t WHERE id = 2)", "RENAME"},
    {"identity", "CREATE TABLE t (id integer NOT NULL);", "CREATE TABLE t (id integer GENERATED ALWAYS AS IDENTITY);",
     "INSERT INTO t VALUES (2)", "EXISTS (SELECT FROM t WHERE id = 2)", "IDENTITY"},
    {"types",
     "CREATE DOMAIN d AS integer CONSTRAINT small CHECK (VALUE < 10); CREATE TYPE c AS (a integer);"
     "CREATE TABLE t (d d, c c); CREATE SEQUENCE s;",
     "CREATE DOMAIN d AS integer DEFAULT 1 CONSTRAINT small CHECK (VALUE < 20); CREATE TYPE c AS (a integer, b text);"
     "CREATE TABLE t (d d, c c); CREATE SEQUENCE s INCREMENT 2; CREATE TYPE r AS RANGE (subtype = integer);",
     "INSERT INTO t VALUES (9, ROW(1))", "EXISTS (SELECT FROM t WHERE d = 9 AND (c).a = 1)", "small"},
    {"hostile_names", "CREATE TABLE \"a \"\"b\" (\"x y\" integer);",
     "CREATE TABLE \"a \"\"b\" (\"x y\" integer, \"IF EXISTS\" text, CONSTRAINT \"it's $$\" CHECK (\"x y\" > 0));"
     "COMMENT ON TABLE \"a \"\"b\" IS E'-- pgdeck: no-transaction\n; $$ \\\\';"
     "CREATE SCHEMA \"S.x\"; CREATE TABLE \"S.x\".\"T\" (id integer);",
     "INSERT INTO \"a \"\"b\" VALUES (1)", "EXISTS (SELECT FROM \"a \"\"b\")", "\"a \"\"b\""},
};

/* The file is applied behind the old schema and its rows; then again, as a version that is pending. */
static void check_case(size_t number)
{
    const char *file = talloc_asprintf(scene, "migrations/002_%s.sql", cases[number].name);
    test_write(scene->project, "migrations/001_old.sql", cases[number].from);
    test_write(scene->project, "models.sql", cases[number].to);
    DECK_RUN(scene, 1, "diff", "migrations", "models");
    DECK_RUN(scene, 0, "--json", "new", "--from-diff", cases[number].name);
    assert_string_equal(deck_scene_text(scene, "file"), file);
    if (!strstr(read_file(file), cases[number].holds))
        fail_msg("%s does not hold \"%s\":\n%s", file, cases[number].holds, read_file(file));
    DECK_RUN(scene, 0, "diff", "migrations", "models");
    DECK_RUN(scene, 0, "-d", "open", "apply", "--to", "1", "--yes");
    if (cases[number].rows)
        test_server_execute(scene->server, DECK_DATABASE, cases[number].rows);
    DECK_RUN(scene, 0, "-d", "open", "apply", "--confirm", DECK_DATABASE);
    assert_true(oracle_says(scene->oracle, "SELECT %s", cases[number].survivors));
    struct schema_dump *first = dump();
    DECK_RUN(scene, 0, "-d", "open", "mark", "2", "--pending", "--reason", "again", "--yes");
    DECK_RUN(scene, 0, "-d", "open", "apply", "--confirm", DECK_DATABASE);
    char *difference = schema_dump_compare(scene, first, "first", dump(), "second");
    if (difference)
        fail_msg("the second run of %s changes: %s", file, difference);
    assert_true(oracle_says(scene->oracle, "SELECT %s", cases[number].survivors));
}

static void test_drafts_close_the_difference_and_may_run_twice(void **state)
{
    for (size_t i = 0; i < countof(cases); i++) {
        reset(state);
        check_case(i);
    }
}

/* ---- the command ---- */

static void test_nothing_to_do_makes_no_file(void **state UNUSED)
{
    glob_t found;
    test_write(scene->project, "migrations/001_old.sql", "CREATE TABLE t (id integer);");
    test_write(scene->project, "models.sql", "CREATE TABLE t (id integer);");
    DECK_RUN(scene, 0, "new", "--from-diff", "nothing");
    assert_holds(scene->program->out, "nothing to do");
    DECK_RUN(scene, 0, "--json", "new", "--from-diff", "nothing");
    assert_string_equal(deck_scene_text(scene, "file"), "null");
    assert_string_equal(deck_scene_text(scene, "statements"), "0");
    assert_int_equal(glob(talloc_asprintf(scene, "%s/migrations/002*", scene->project), 0, NULL, &found), GLOB_NOMATCH);
    assert_int_equal(glob(talloc_asprintf(scene, "%s/docs/*", scene->project), 0, NULL, &found), GLOB_NOMATCH);
}

static void test_entry_tells_the_locks_that_were_measured(void **state UNUSED)
{
    test_write(scene->project, "migrations/001_old.sql", "CREATE TABLE t (id integer); CREATE TABLE u (id integer);");
    test_write(scene->project, "models.sql",
               "CREATE TABLE t (id integer, CONSTRAINT positive CHECK (id > 0)); CREATE TABLE u (id integer);");
    DECK_RUN(scene, 0, "new", "--from-diff", "check ids");
    const char *entry = read_file("docs/DATABASE_MIGRATIONS.md");
    assert_holds(entry,
                 "**Safety.** \n\nMeasured when it was made:\n\n- public.t: AccessExclusiveLock\n- Hazard check-scan ");
    assert_null(strstr(entry, "public.u"));
    assert_null(strstr(entry, "(empty)"));
    /* It is the skeleton all the same. */
    DECK_RUN(scene, 1, "check", "--rule", "migration.documented");
    assert_holds(scene->program->out, "leaves empty its safety notes");
}

static void test_loss_of_data_is_warned_of(void **state UNUSED)
{
    test_write(scene->project, "migrations/001_old.sql",
               "CREATE TABLE t (id integer); CREATE TABLE gone (id integer);");
    test_write(scene->project, "models.sql", "CREATE TABLE t (id integer);");
    DECK_RUN(scene, 0, "--json", "new", "--from-diff", "drop", "gone");
    assert_string_equal(deck_scene_text(scene, "loses_data"), "true");
    assert_string_equal(deck_scene_text(scene, "changes.0.action"), "drop");
    assert_holds(scene->program->err, "warning: it loses data");
    assert_holds(read_file("migrations/002_drop_gone.sql"), "-- LOSES DATA\nDROP TABLE IF EXISTS public.gone;");
    assert_holds(read_file("docs/DATABASE_MIGRATIONS.md"), "002_drop_gone");
}

static void test_what_is_wrong_is_refused_before_anything_is_written(void **state UNUSED)
{
    glob_t found;
    test_write(scene->project, "migrations/001_old.sql", "CREATE TABLE t (id integer);");
    test_write(scene->project, "models.sql", "CREATE TABLE t (id integerr);");
    DECK_RUN(scene, 2, "new", "--from-diff", "???");
    DECK_RUN(scene, 5, "new", "--from-diff", "wrong");
    test_write(scene->project, "models.sql", "");
    DECK_RUN(scene, 2, "new", "--from-diff", "none");
    assert_int_equal(glob(talloc_asprintf(scene, "%s/migrations/002*", scene->project), 0, NULL, &found), GLOB_NOMATCH);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_drafts_close_the_difference_and_may_run_twice, reset),
        cmocka_unit_test_setup(test_nothing_to_do_makes_no_file, reset),
        cmocka_unit_test_setup(test_entry_tells_the_locks_that_were_measured, reset),
        cmocka_unit_test_setup(test_loss_of_data_is_warned_of, reset),
        cmocka_unit_test_setup(test_what_is_wrong_is_refused_before_anything_is_written, reset),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
