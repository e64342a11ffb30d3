/* After each file: the live schema beside what the file made of it when it was measured. What differs is told, what is
 * not known is not claimed. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/lib/deck.h"

#define SCHEMA "applied.0.schema"

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

static int reset(void **state UNUSED)
{
    deck_scene_reset(scene);
    DECK_RUN(scene, 0, "-d", "open", "apply", "--yes", "-q");
    return 0;
}

static void apply(const char *measure, int status)
{
    const char *const environment[] = {measure, NULL};
    deck_scene_start_program(scene, environment,
                             (const char *const[]){"-d", "open", "--json", "apply", "--confirm", DECK_DATABASE, NULL});
    deck_scene_finish(scene, status);
}

#define MEASURED "PGDECK_MEASURE=always"

static void assert_value(const char *path, const char *expected)
{
    const char *value = deck_scene_text(scene, path);
    if (!value || strcmp(value, expected) != 0)
        fail_msg("%s is %s, not %s: %s%s", path, value ? value : "absent", expected, scene->program->out,
                 scene->program->err);
}

static void assert_holds(const char *text, const char *part)
{
    if (!text || !strstr(text, part))
        fail_msg("\"%s\" does not stand in: %s", part, text ? text : "nothing");
}

/* An event trigger that acts only where there are rows: the scratch copy has none. */
static void set_a_trap(void)
{
    oracle_execute(scene->oracle, "CREATE TABLE flags (id integer); INSERT INTO flags VALUES (1);"
                                  "CREATE FUNCTION meddle() RETURNS event_trigger LANGUAGE plpgsql AS $$BEGIN"
                                  " IF EXISTS (SELECT FROM public.flags) THEN"
                                  " EXECUTE 'CREATE INDEX meddled ON public.made (id)'; END IF; END$$;"
                                  "CREATE EVENT TRIGGER meddle ON ddl_command_end WHEN TAG IN ('CREATE TABLE')"
                                  " EXECUTE FUNCTION meddle()");
}

/* Applied one after the other; all of them come out as they were measured. */
static const struct {
    const char *name, *text;
} same[] = {
    {"003_new.sql", "CREATE TABLE made (id serial PRIMARY KEY, a text CHECK (a <> ''));"},
    {"004_altered.sql", "ALTER TABLE first ADD COLUMN note text NOT NULL DEFAULT lower('X');"
                        "CREATE INDEX ON first (note) WHERE note <> '';"},
    {"005_renamed.sql", "ALTER TABLE second RENAME TO deuxieme; ALTER TABLE deuxieme ADD x integer;"},
    {"006_outside.sql",
     "-- pgdeck: no-transaction\nCREATE INDEX CONCURRENTLY i ON first (id);\nDROP INDEX CONCURRENTLY "
     "by_hand;\nALTER TABLE first ADD COLUMN other text;"},
    {"007_rows.sql", "UPDATE first SET id = id + 1;"},
    {"008_parts.sql", "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';"
                      "CREATE TRIGGER t BEFORE INSERT ON first FOR EACH ROW EXECUTE FUNCTION f();"
                      "ALTER TABLE first ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON first USING (id > 1);"
                      "CREATE VIEW v AS SELECT id + 1 AS next FROM first;"},
    {"009_partitions.sql", "CREATE TABLE ev (id integer, at date) PARTITION BY RANGE (at);"
                           "CREATE TABLE ev_1 PARTITION OF ev FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');"
                           "ALTER TABLE ev ADD PRIMARY KEY (id, at);"},
    {"010_path.sql",
     "SET search_path = app, public; CREATE TABLE made (id integer REFERENCES first); CREATE INDEX ON made (id);"},
    {"011_quoted.sql",
     "CREATE TABLE \"Od\"\"d.\\x\" (\"a b\" integer DEFAULT 1); SAVEPOINT s; SELECT 1; ROLLBACK TO s;"},
    {"012_code.sql",
     "DO $$BEGIN IF NOT EXISTS (SELECT FROM first WHERE false) THEN ALTER TABLE first ADD z text; END IF; END$$;"},
    {"013_dropped.sql", "DROP TABLE deuxieme; DROP VIEW v;"},
};

static void test_expected_schema_is_no_news(void **state UNUSED)
{
    oracle_execute(scene->oracle,
                   "INSERT INTO first SELECT 7; ALTER TABLE first ADD PRIMARY KEY (id); CREATE SCHEMA app;"
                   "ALTER TABLE first ADD COLUMN gone text; ALTER TABLE first DROP COLUMN gone;"
                   "ALTER TABLE first ADD COLUMN hand text; CREATE INDEX by_hand ON first (hand)");
    for (size_t i = 0; i < countof(same); i++)
        deck_scene_write(scene, same[i].name, same[i].text);
    deck_scene_start_program(scene, (const char *const[]){MEASURED, NULL},
                             (const char *const[]){"-d", "open", "plan", "-q", NULL}); /* and now from the cache */
    deck_scene_finish(scene, 0);
    apply(MEASURED, 0);
    for (size_t i = 0; i < countof(same); i++)
        assert_value(talloc_asprintf(scene, "applied.%zu.schema.state", i), "as_expected");
}

static void test_difference_is_told_and_what_is_applied_stands(void **state UNUSED)
{
    set_a_trap();
    deck_scene_write(scene, "003_third.sql", "CREATE TABLE made (id integer);\n");
    apply(MEASURED, 1);
    assert_value(SCHEMA ".state", "differs");
    assert_value(SCHEMA ".count", "1");
    assert_holds(deck_scene_text(scene, SCHEMA ".differences.0"),
                 "index meddled of public.made is there, and was not expected: CREATE INDEX meddled ON public.made");
    assert_value("remaining", "0");
    assert_null(deck_scene_value(scene, "error"));
    assert_holds(scene->program->err, "003 is applied, but the schema is not what the plan expected");
    assert_true(oracle_says(scene->oracle, "SELECT EXISTS (SELECT FROM schema_migrations WHERE version = '003')"));
    assert_true(oracle_says(scene->oracle, "SELECT detail->'schema'->>'state' = 'differs' FROM schema_migration_events"
                                           " WHERE version = '003' AND event = 'applied'"));
}

static void test_run_stops_behind_a_difference_and_goes_on_with_a_new_plan(void **state UNUSED)
{
    set_a_trap();
    deck_scene_write(scene, "003_third.sql", "CREATE TABLE made (id integer);\n");
    deck_scene_write(scene, "004_fourth.sql", "ALTER TABLE made ADD COLUMN note text;\n");
    apply(MEASURED, 4);
    assert_value("error.code", "stale_plan");
    assert_holds(deck_scene_text(scene, "error.message"),
                 "003 is applied, but the schema is not what the plan expected");
    assert_holds(deck_scene_text(scene, "error.message"), "004 was not begun");
    assert_value("applied.0.version", "003");
    assert_value("remaining", "1");
    apply(MEASURED, 0);
    assert_value("applied.0.version", "004");
    assert_value(SCHEMA ".state", "as_expected");
}

static void test_code_that_asks_for_rows_is_no_alarm(void **state UNUSED)
{
    oracle_execute(scene->oracle, "INSERT INTO first SELECT 7");
    deck_scene_write(
        scene, "003_third.sql",
        "ALTER TABLE first ADD COLUMN a text;\n"
        "DO $$BEGIN IF EXISTS (SELECT FROM first) THEN ALTER TABLE first ADD COLUMN b text; END IF; END$$;\n");
    deck_scene_write(scene, "004_fourth.sql", "ALTER TABLE second ADD COLUMN note text;\n");
    apply(MEASURED, 0);
    assert_value(SCHEMA ".state", "unclear");
    assert_holds(deck_scene_text(scene, SCHEMA ".differences.0"),
                 "column b of public.first is there, and was not expected: text");
    assert_holds(deck_scene_text(scene, SCHEMA ".reason"), "runs code (line 2)");
    assert_value("applied.1.schema.state", "as_expected");
}

static void test_what_was_not_measured_is_not_compared(void **state UNUSED)
{
    set_a_trap();
    deck_scene_write(scene, "003_third.sql", "CREATE TABLE made (id integer);\n");
    apply("PGDECK_MEASURE=never", 0);
    assert_value(SCHEMA ".state", "not_compared");
    assert_value(SCHEMA ".reason", "nothing was measured");
    assert_string_equal(deck_scene_text(scene, SCHEMA ".count"), "0");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_expected_schema_is_no_news, reset),
        cmocka_unit_test_setup(test_difference_is_told_and_what_is_applied_stands, reset),
        cmocka_unit_test_setup(test_run_stops_behind_a_difference_and_goes_on_with_a_new_plan, reset),
        cmocka_unit_test_setup(test_code_that_asks_for_rows_is_no_alarm, reset),
        cmocka_unit_test_setup(test_what_was_not_measured_is_not_compared, reset),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
