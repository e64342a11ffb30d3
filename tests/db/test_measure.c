/* plan, measured: what it shows of a target's own schema, in text and JSON, and what it says where it cannot measure.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/lib/deck.h"

#define STATEMENT "steps.0.statements.0"
#define MEASURED ((const char *const[]){"PGDECK_MEASURE=always", NULL})

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
    return 0;
}

static void run(int status, const char *const *words)
{
    deck_scene_start_program(scene, MEASURED, words);
    deck_scene_finish(scene, status);
}
#define RUN(status, ...) run(status, (const char *const[]){"-d", "open", __VA_ARGS__, NULL})

/* 001 and 002 are applied, and these statements of 003 pending. */
static void stand(const char *text)
{
    DECK_RUN(scene, 0, "-d", "open", "apply", "--yes", "-q");
    deck_scene_write(scene, "003_third.sql", text);
}

static void assert_value(const char *path, const char *expected)
{
    const char *value = deck_scene_text(scene, path);
    if (!value || strcmp(value, expected) != 0)
        fail_msg("%s is %s, not %s: %s", path, value ? value : "absent", expected, scene->program->out);
}

static void assert_holds(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("\"%s\" does not stand in: %s", part, text);
}

static void test_measure_locks_rewrites_and_scans_are_told(void **state UNUSED)
{
    stand("ALTER TABLE first ALTER COLUMN id TYPE bigint;\n");
    RUN(0, "--json", "plan");
    assert_value(STATEMENT ".source", "measured");
    assert_value(STATEMENT ".locks.0.relation", "public.first");
    assert_value(STATEMENT ".locks.0.mode", "AccessExclusiveLock");
    assert_value(STATEMENT ".rewrites.0", "public.first");
    assert_value(STATEMENT ".scans.0", "public.first");
    assert_value(STATEMENT ".measured.locks.0.mode", "AccessExclusiveLock");
    assert_true(json_integer_value(deck_scene_value(scene, STATEMENT ".measured.rewrites.0.after")) > 0);
    assert_value("measured_in.copy_of", "migrations");
}

static void test_measure_text_tells_the_same(void **state UNUSED)
{
    stand("ALTER TABLE first ALTER COLUMN id TYPE bigint;\n");
    RUN(0, "plan");
    assert_holds(scene->program->out, "locks     ACCESS EXCLUSIVE: public.first");
    assert_holds(scene->program->out, "rewrites  public.first");
}

static void test_measure_is_remembered(void **state UNUSED)
{
    stand("ALTER TABLE first ADD COLUMN remembered text;\n");
    RUN(0, "--json", "plan");
    RUN(0, "--json", "plan");
    assert_true(json_is_true(deck_scene_value(scene, "measured_in.recalled")));
    assert_value(STATEMENT ".locks.0.relation", "public.first");
}

static void test_measure_follows_a_live_schema_that_differs(void **state UNUSED)
{
    stand("ALTER TABLE first ADD CONSTRAINT x UNIQUE (by_hand);\n");
    oracle_execute(scene->oracle, "ALTER TABLE first ADD COLUMN by_hand integer");
    RUN(0, "--json", "plan");
    assert_value("measured_in.copy_of", "live");
    assert_value(STATEMENT ".source", "measured");
    assert_value(STATEMENT ".scans.0", "public.first");
    assert_holds(deck_scene_text(scene, "measured_in.reason"), "public.first.by_hand");
}

static void test_measure_takes_the_time_zone_of_the_target(void **state UNUSED)
{
    stand("ALTER TABLE timed ALTER COLUMN at TYPE timestamptz;\n");
    oracle_execute(scene->oracle, "CREATE TABLE timed (at timestamp)");
    oracle_execute(scene->oracle, "ALTER DATABASE shop SET TimeZone = 'Europe/Berlin'");
    RUN(0, "--json", "plan");
    assert_value(STATEMENT ".rewrites.0", "public.timed");
    oracle_execute(scene->oracle, "ALTER DATABASE shop SET TimeZone = 'UTC'");
    RUN(0, "--json", "plan");
    assert_int_equal(json_array_size(deck_scene_value(scene, STATEMENT ".rewrites")), 0);
}

static void test_measure_each_statement_has_its_own_locks(void **state UNUSED)
{
    stand("ALTER TABLE first ADD COLUMN a integer;\nALTER TABLE first ADD COLUMN b serial;\n"
          "CREATE TABLE mine (id integer);\nALTER TABLE mine ADD COLUMN x serial;\n");
    RUN(0, "--json", "plan");
    assert_value(STATEMENT ".locks.0.mode", "AccessExclusiveLock");
    assert_value("steps.0.statements.1.locks.0.mode", "AccessExclusiveLock");
    assert_value("steps.0.statements.1.rewrites.0", "public.first");
    /* A table that the file makes nobody else waits for. */
    assert_int_equal(json_array_size(deck_scene_value(scene, "steps.0.statements.3.locks")), 0);
}

static void test_measure_watches_statements_outside_a_transaction(void **state UNUSED)
{
    stand("-- pgdeck: no-transaction\nCREATE INDEX CONCURRENTLY by_id ON first (id);\nVACUUM FULL first;\n");
    RUN(0, "--json", "plan");
    assert_value(STATEMENT ".locks.0.mode", "ShareUpdateExclusiveLock");
    assert_value(STATEMENT ".scans.0", "public.first");
    assert_value("steps.0.statements.1.locks.0.mode", "AccessExclusiveLock");
    assert_value("steps.0.statements.1.rewrites.0", "public.first");
}

static void test_measure_goes_outside_where_the_server_asks_for_it(void **state UNUSED)
{
    stand("-- pgdeck: no-transaction\nSET search_path = side, public;\nREINDEX TABLE split;\nCALL batches();\n"
          "ALTER TABLE sided ADD COLUMN x serial;\nALTER TABLE apart DETACH PARTITION apart_1 CONCURRENTLY;\n");
    oracle_execute(scene->oracle, "CREATE TABLE apart (id integer) PARTITION BY LIST (id)");
    oracle_execute(scene->oracle, "CREATE TABLE apart_1 PARTITION OF apart FOR VALUES IN (1)");
    oracle_execute(scene->oracle, "CREATE TABLE split (id integer) PARTITION BY RANGE (id)");
    oracle_execute(scene->oracle, "CREATE TABLE split_1 PARTITION OF split DEFAULT");
    oracle_execute(scene->oracle, "CREATE INDEX split_id ON split (id)");
    oracle_execute(scene->oracle, "CREATE SCHEMA side");
    oracle_execute(scene->oracle, "CREATE TABLE side.sided (id integer)");
    oracle_execute(scene->oracle,
                   "CREATE PROCEDURE batches() LANGUAGE plpgsql AS 'BEGIN DELETE FROM second; COMMIT; END'");
    RUN(0, "--json", "plan");
    assert_value("steps.0.statements.1.source", "measured");
    assert_value("steps.0.statements.1.locks.1.relation", "public.split_1");
    assert_value("steps.0.statements.1.locks.1.mode", "ShareLock");
    assert_value("steps.0.statements.2.source", "measured");
    assert_value("steps.0.statements.2.locks.0.relation", "public.second");
    assert_value("steps.0.statements.2.locks.0.mode", "RowExclusiveLock");
    assert_value("steps.0.statements.3.source", "measured");
    assert_value("steps.0.statements.3.rewrites.0", "side.sided");
    assert_value("steps.0.statements.4.locks.0.mode", "ShareUpdateExclusiveLock");
    assert_value("steps.0.statements.4.locks.1.relation", "public.apart_1");
    assert_value("steps.0.statements.4.locks.1.mode", "AccessExclusiveLock");
}

static void test_measure_what_scratch_refuses_is_told_and_derived(void **state UNUSED)
{
    stand("ALTER TABLE nothing_here ADD COLUMN x text;\nALTER TABLE first ADD COLUMN x text;\n");
    RUN(0, "--json", "plan");
    assert_value(STATEMENT ".source", "derived");
    assert_holds(deck_scene_text(scene, STATEMENT ".reason"), "42P01");
    assert_value(STATEMENT ".hazards.0.id", "fails");
    assert_true(json_is_null(deck_scene_value(scene, STATEMENT ".measured")));
    assert_holds(deck_scene_text(scene, "steps.0.statements.1.reason"), "line 1");
}

static void test_measure_a_label_that_is_used_too_early_is_found(void **state UNUSED)
{
    stand("ALTER TYPE mood ADD VALUE 'new';\nINSERT INTO moods VALUES ('new');\n");
    oracle_execute(scene->oracle, "CREATE TYPE mood AS ENUM ('old')");
    oracle_execute(scene->oracle, "CREATE TABLE moods (m mood)");
    RUN(0, "--json", "plan");
    assert_value(STATEMENT ".source", "measured");
    assert_holds(deck_scene_text(scene, "steps.0.statements.1.reason"), "55P04");
}

static void test_measure_without_scratch_there_is_still_a_plan(void **state UNUSED)
{
    stand("ALTER TABLE first ADD COLUMN x text;\n");
    const char *const environment[] = {"PGDECK_MEASURE=always", "PGDECK_SCRATCH=host=/nowhere dbname=x", NULL};
    deck_scene_start_program(scene, environment, (const char *const[]){"-d", "open", "--json", "plan", NULL});
    deck_scene_finish(scene, 0);
    assert_value(STATEMENT ".source", "derived");
    assert_holds(scene->program->err, "warning");
    assert_true(json_is_null(deck_scene_value(scene, "measured_in.copy_of")));
}

static void test_measure_leaves_the_target_as_it_was(void **state UNUSED)
{
    stand("DROP TABLE second;\nCREATE ROLE never_made;\n");
    RUN(0, "plan");
    assert_true(oracle_says(scene->oracle, "SELECT to_regclass('second') IS NOT NULL"));
    assert_true(oracle_says(scene->oracle, "SELECT count(*) = 0 FROM pg_roles WHERE rolname = 'never_made'"));
}

static void test_measure_hazards_have_ids_objects_and_safe_ways(void **state UNUSED)
{
    stand("ALTER TABLE first ALTER COLUMN id SET NOT NULL;\n");
    RUN(0, "--json", "plan");
    assert_value(STATEMENT ".hazards.0.id", "not-null-scan");
    assert_value(STATEMENT ".hazards.0.object", "public.first.id");
    assert_holds(deck_scene_text(scene, STATEMENT ".hazards.0.advice"),
                 "ALTER TABLE public.first ADD CONSTRAINT id_not_null CHECK (id IS NOT NULL) NOT VALID;");
    RUN(0, "plan");
    assert_holds(scene->program->out, "hazard    not-null-scan, low");
}

static void test_measure_data_loss_asks_for_the_name(void **state UNUSED)
{
    stand("DROP TABLE second;\n");
    RUN(4, "apply", "--yes");
    assert_holds(scene->program->err, "data would be lost");
    assert_true(oracle_says(scene->oracle, "SELECT to_regclass('second') IS NOT NULL"));
    RUN(0, "apply", "--confirm", "shop");
    assert_true(oracle_says(scene->oracle, "SELECT to_regclass('second') IS NULL"));
}

static void test_measure_data_loss_hidden_in_a_block_asks_too(void **state UNUSED)
{
    stand("DO $$ BEGIN EXECUTE 'DROP TA' || 'BLE second'; END $$;\n");
    RUN(4, "apply", "--yes");
    assert_holds(scene->program->err, "data would be lost");
}

static void test_measure_allowed_data_loss_needs_no_name(void **state UNUSED)
{
    stand("DROP TABLE second;\n");
    RUN(4, "apply", "--yes", "--allow", "data-loss:public.first");
    RUN(0, "--json", "plan", "--allow", "data-loss:public.second");
    assert_value(STATEMENT ".hazards.0.allowed", "--allow");
    RUN(0, "apply", "--yes", "--allow", "data-loss:public.second");
}

static void test_measure_head_line_allows_data_loss(void **state UNUSED)
{
    stand("-- pgdeck: allow data-loss because nobody uses it\nDROP TABLE second;\n");
    RUN(0, "--json", "plan");
    assert_value(STATEMENT ".hazards.0.allowed", "nobody uses it");
    RUN(0, "apply", "--yes");
}

static void test_measure_allowance_of_no_hazard_is_refused(void **state UNUSED)
{
    RUN(2, "plan", "--allow", "data-lost:second");
    assert_holds(scene->program->err, "Did you mean data-loss?");
    RUN(2, "apply", "--yes", "--allow", "data-loss");
}

static void test_measure_time_limit_of_the_file_stops_nothing(void **state UNUSED)
{
    stand("SET statement_timeout = 1;\nSELECT pg_sleep(0.01);\nALTER TABLE first ADD COLUMN x integer;\n");
    RUN(0, "--json", "plan");
    assert_value(STATEMENT ".hazards.0.id", "timeout-overruled");
    assert_value("steps.0.statements.2.source", "measured");
    assert_value("steps.0.statements.2.locks.0.relation", "public.first");
}

static void test_measure_says_how_large_and_who_is_there(void **state UNUSED)
{
    stand("ALTER TABLE many ALTER COLUMN a SET NOT NULL;\n");
    oracle_execute(scene->oracle, "CREATE TABLE many (a integer) WITH (autovacuum_enabled = off)");
    oracle_execute(scene->oracle, "INSERT INTO many SELECT generate_series(1, 1000)");
    oracle_execute(scene->oracle, "SELECT pg_stat_reset_single_table_counters('many'::regclass)");
    struct oracle *reader = oracle_open(scene, scene->server, DECK_DATABASE);
    oracle_execute(reader, "BEGIN");
    oracle_execute(reader, "SELECT count(*) FROM many");
    RUN(0, "--json", "plan");
    assert_value(STATEMENT ".hazards.0.target.relation", "public.many");
    assert_value(STATEMENT ".hazards.0.target.readers", "1");
    assert_value(STATEMENT ".hazards.0.target.size_bytes", "40960");
    assert_true(json_is_null(deck_scene_value(scene, STATEMENT ".hazards.0.target.rows")));
    assert_true(json_is_number(deck_scene_value(scene, STATEMENT ".in_use.0.writes_per_second")));
    assert_holds(deck_scene_text(scene, STATEMENT ".hazards.0.message"), "how many rows is not known");
    RUN(0, "plan");
    assert_holds(scene->program->out, "in use by 1 session");
    oracle_execute(reader, "ROLLBACK");
}

static void test_measure_setting_of_a_trigger_is_told(void **state UNUSED)
{
    stand("INSERT INTO second VALUES (5);\n");
    oracle_execute(
        scene->oracle,
        "CREATE FUNCTION quiet() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN SET LOCAL lock_timeout = 0; RETURN NEW; END'");
    oracle_execute(scene->oracle, "CREATE TRIGGER quiet BEFORE INSERT ON second FOR EACH ROW EXECUTE FUNCTION quiet()");
    RUN(0, "--json", "plan");
    assert_value(STATEMENT ".hazards.0.id", "timeout-overruled");
    assert_holds(deck_scene_text(scene, STATEMENT ".hazards.0.message"), "trigger");
}

static void test_measure_rights_that_are_there_do_not_change(void **state UNUSED)
{
    stand("REVOKE ALL ON second FROM public;\nALTER TABLE second OWNER TO CURRENT_USER;\nGRANT ALL ON second TO "
          "session_user;\nREVOKE ALL ON FUNCTION f() FROM public;\n");
    oracle_execute(scene->oracle, "CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1'");
    RUN(0, "--json", "plan");
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(
            json_array_size(deck_scene_value(scene, talloc_asprintf(scene, "steps.0.statements.%zu.hazards", i))), 0);
    assert_value("steps.0.statements.3.hazards.0.id", "rights");
}

static void test_measure_says_what_could_not_be_replayed(void **state UNUSED)
{
    stand("ALTER TABLE first ADD COLUMN x integer;\n");
    oracle_execute(scene->oracle, "ALTER TABLE first ADD COLUMN by_hand integer");
    RUN(0, "plan");
    assert_holds(scene->program->err, "could not be made anew from its applied migrations");
    assert_holds(scene->program->err, "measured in a copy of the live schema instead");
}

static void test_measure_what_the_file_made_itself_is_no_loss(void **state UNUSED)
{
    stand("CREATE TABLE mine (id integer);\nALTER TABLE first ADD COLUMN y integer;\n"
          "ALTER TABLE first DROP COLUMN y;\nSAVEPOINT s;\nALTER TABLE first ADD COLUMN z integer;\n"
          "ROLLBACK TO s;\nDROP TABLE mine;\n");
    RUN(0, "apply", "--yes");
}

static void test_measure_goes_on_behind_a_file_that_is_one_transaction(void **state UNUSED)
{
    stand("CREATE TEMP TABLE t ON COMMIT DROP AS SELECT 7 AS a;\nINSERT INTO second SELECT a FROM t;\n"
          "ALTER TABLE first ADD COLUMN late integer;\n");
    deck_scene_write(scene, "004_fourth.sql", "ALTER TABLE first ALTER COLUMN late TYPE bigint;\n");
    RUN(0, "--json", "plan");
    assert_value("steps.0.statements.1.source", "measured");
    assert_value("steps.1.statements.0.source", "measured");
    assert_value("steps.1.statements.0.rewrites.0", "public.first");
}

static void test_measure_hostile_names_are_found_in_the_text(void **state UNUSED)
{
    stand("ALTER TABLE \"a \"\"b\nc\" DROP COLUMN \"D\";\n");
    oracle_execute(scene->oracle, "CREATE TABLE \"a \"\"b\nc\" (\"D\" integer)");
    RUN(0, "--json", "plan");
    assert_value(STATEMENT ".locks.0.relation", "public.\"a \"\"b\nc\"");
    assert_true(json_is_true(deck_scene_value(scene, STATEMENT ".locks.0.named")));
    assert_value(STATEMENT ".hazards.0.object", "public.\"a \"\"b\nc\".\"D\"");
}

/* ---- derived ---- */

static void run_unmeasured(int status, const char *const *words)
{
    deck_scene_start_program(scene, NULL, words); /* the tests' own environment says never */
    deck_scene_finish(scene, status);
}
#define RUN_UNMEASURED(status, ...) run_unmeasured(status, (const char *const[]){"-d", "open", __VA_ARGS__, NULL})

static void test_derive_stands_in_where_nothing_is_measured(void **state UNUSED)
{
    stand("ALTER TABLE second ADD COLUMN x integer;\nDO 'BEGIN END';\n");
    RUN_UNMEASURED(0, "--json", "plan");
    assert_value(STATEMENT ".source", "derived");
    assert_holds(deck_scene_text(scene, STATEMENT ".reason"), "never");
    assert_value(STATEMENT ".locks.0.relation", "public.second");
    assert_value(STATEMENT ".locks.0.mode", "AccessExclusiveLock");
    assert_true(json_is_null(deck_scene_value(scene, STATEMENT ".measured")));
    assert_true(json_is_null(deck_scene_value(scene, STATEMENT ".rewrites")));
    assert_value("steps.0.statements.1.source", "unknown");
    assert_value("steps.0.statements.1.hazards.0.id", "unknown");
}

static void test_derive_data_loss_asks_for_the_name_too(void **state UNUSED)
{
    stand("DROP TABLE second;\n");
    RUN_UNMEASURED(4, "apply", "--yes");
    assert_holds(scene->program->err, "data would be lost");
    RUN_UNMEASURED(0, "apply", "--confirm", "shop");
}

/* 600 kB of one expression make the grammar run out of its stack. */
static void test_derive_survives_what_kills_the_parser(void **state UNUSED)
{
    char *text = talloc_strdup(scene, "UPDATE second SET id = 1");
    for (size_t i = 0; i < 100000; i++)
        text = talloc_strdup_append_buffer(text, " + (- 1");
    for (size_t i = 0; i < 100000; i++)
        text = talloc_strdup_append_buffer(text, ")");
    stand(talloc_strdup_append_buffer(text, ";\nTRUNCATE second;\n"));
    RUN_UNMEASURED(0, "--json", "plan");
    assert_value(STATEMENT ".source", "unknown");
    assert_value("steps.0.statements.1.source", "derived");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, reset)
    const struct CMUnitTest tests[] = {
        TEST(test_measure_locks_rewrites_and_scans_are_told),
        TEST(test_measure_text_tells_the_same),
        TEST(test_measure_is_remembered),
        TEST(test_measure_follows_a_live_schema_that_differs),
        TEST(test_measure_takes_the_time_zone_of_the_target),
        TEST(test_measure_each_statement_has_its_own_locks),
        TEST(test_measure_watches_statements_outside_a_transaction),
        TEST(test_measure_goes_outside_where_the_server_asks_for_it),
        TEST(test_measure_what_scratch_refuses_is_told_and_derived),
        TEST(test_measure_a_label_that_is_used_too_early_is_found),
        TEST(test_measure_without_scratch_there_is_still_a_plan),
        TEST(test_measure_leaves_the_target_as_it_was),
        TEST(test_measure_hazards_have_ids_objects_and_safe_ways),
        TEST(test_measure_data_loss_asks_for_the_name),
        TEST(test_measure_data_loss_hidden_in_a_block_asks_too),
        TEST(test_measure_allowed_data_loss_needs_no_name),
        TEST(test_measure_head_line_allows_data_loss),
        TEST(test_measure_allowance_of_no_hazard_is_refused),
        TEST(test_measure_time_limit_of_the_file_stops_nothing),
        TEST(test_measure_says_how_large_and_who_is_there),
        TEST(test_measure_setting_of_a_trigger_is_told),
        TEST(test_measure_rights_that_are_there_do_not_change),
        TEST(test_measure_says_what_could_not_be_replayed),
        TEST(test_measure_what_the_file_made_itself_is_no_loss),
        TEST(test_measure_goes_on_behind_a_file_that_is_one_transaction),
        TEST(test_measure_hostile_names_are_found_in_the_text),
        TEST(test_derive_stands_in_where_nothing_is_measured),
        TEST(test_derive_data_loss_asks_for_the_name_too),
        TEST(test_derive_survives_what_kills_the_parser),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
