/* The rules that are proved by doing, through `check`: a small project that holds, then one defect at a time. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <unistd.h>

#include "tests/lib/deck.h"

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

/* ---- a project that holds ---- */

static const char first[] = "CREATE TABLE IF NOT EXISTS orders (\n    id bigint PRIMARY KEY,\n    note text\n);\n";
static const char second[] = "CREATE TABLE IF NOT EXISTS kinds (name text PRIMARY KEY);\n"
                             "INSERT INTO kinds VALUES ('small'), ('large') ON CONFLICT DO NOTHING;\n";
static const char third[] = "-- pgdeck: no-transaction\n"
                            "CREATE INDEX CONCURRENTLY IF NOT EXISTS orders_note_idx ON orders (note);\n";

#define INIT_LEDGER                                                                                                    \
    "CREATE TABLE schema_migrations (version varchar(64) PRIMARY KEY, description text, checksum text,\n"              \
    "    applied_at timestamptz DEFAULT now(), applied_by text, duration_ms bigint, run text);\n"
#define INIT_SEED                                                                                                      \
    "INSERT INTO schema_migrations (version, description) VALUES ('001', 'orders'), ('002', 'kinds'), ('003', 'index');\n"
#define INIT_TABLES                                                                                                    \
    "CREATE TABLE orders (id bigint PRIMARY KEY, note text);\nCREATE TABLE kinds (name text PRIMARY KEY);\n"           \
    "CREATE INDEX orders_note_idx ON orders (note);\n"
#define INIT_ROWS "INSERT INTO kinds VALUES ('small'), ('large');\n"

#define MODELS                                                                                                         \
    "CREATE TABLE orders (id bigint PRIMARY KEY, note text);\nCREATE TABLE kinds (name text PRIMARY KEY);\n"           \
    "CREATE INDEX orders_note_idx ON orders (note);\n"

static void put(const char *name, const char *text) { test_write(scene->project, name, text); }

static int reset(void **state UNUSED)
{
    deck_scene_reset(scene);
    scene->project = test_directory(scene);
    put("pgdeck.yaml", talloc_asprintf(scene,
                                       "models: {command: [cat, models.sql]}\ntargets:\n"
                                       "  open: {url: \"%s\", guard: open}\n",
                                       scene->target));
    put("models.sql", MODELS);
    put("migrations/001_orders.sql", first);
    put("migrations/002_kinds.sql", second);
    put("migrations/003_index.sql", third);
    put("initdb/create_tables.sql", INIT_TABLES INIT_LEDGER INIT_SEED INIT_ROWS);
    return 0;
}

/* ---- asking ---- */

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "-";
}

/* "ok", "skipped: why", or "FILE:LINE OBJECT" for each finding, "; " between. */
static const char *answer(void)
{
    json_t *result = json_array_get(json_object_get(scene->document, "rules"), 0), *finding;
    json_t *findings = json_object_get(result, "findings");
    if (json_object_get(result, "skipped"))
        return talloc_asprintf(scene, "skipped: %s", text_of(result, "skipped"));
    char *text = talloc_strdup(scene, json_array_size(findings) ? "" : "ok");
    size_t index;
    json_array_foreach(findings, index, finding)
    {
        text = talloc_asprintf_append(text, "%s%s:%lld %s", index ? "; " : "", text_of(finding, "file"),
                                      json_integer_value(json_object_get(finding, "line")), text_of(finding, "object"));
        if (!json_is_string(json_object_get(finding, "hint")))
            fail_msg("no hint: %s", text_of(finding, "message"));
    }
    return text;
}

static const char *ask(const char *rule, int exit_status)
{
    DECK_RUN(scene, exit_status, "--json", "check", "--rule", rule);
    return answer();
}

static const char *ask_target(const char *rule, int exit_status)
{
    DECK_RUN(scene, exit_status, "--json", "-d", "open", "check", "--rule", rule);
    return answer();
}

/* ---- the tests ---- */

static void test_project_that_holds_is_silent(void **state UNUSED)
{
    static const char *const rules[] = {"parity.models", "parity.init",          "init.seed",
                                        "init.rows",     "migration.idempotent", "migration.hazard"};
    for (size_t i = 0; i < countof(rules); i++)
        assert_string_equal(ask(rules[i], 0), "ok");
}

static void test_difference_of_models_is_found_at_the_migration_that_made_it(void **state UNUSED)
{
    put("models.sql", "CREATE TABLE orders (id bigint PRIMARY KEY, note varchar(10));\n"
                      "CREATE TABLE kinds (name text PRIMARY KEY);\nCREATE INDEX orders_note_idx ON orders (note);\n");
    assert_string_equal(ask("parity.models", 1), "migrations/001_orders.sql:1 public.orders.note");
}

static void test_model_that_does_not_run_is_found(void **state UNUSED)
{
    put("models.sql", "CREATE TABLE orders (id nonsense);\n");
    assert_true(strstr(ask("parity.models", 1), ":1 "));
}

static void test_project_without_models_is_skipped(void **state UNUSED)
{
    unlink(talloc_asprintf(scene, "%s/pgdeck.yaml", scene->project));
    assert_true(!strncmp(ask("parity.models", 0), "skipped: the project declares no models", 30));
}

static void test_difference_of_the_init_script_is_found(void **state UNUSED)
{
    put("initdb/create_tables.sql",
        "CREATE TABLE kinds (name text PRIMARY KEY);\n"
        "CREATE TABLE orders (id bigint PRIMARY KEY, note text);\n" INIT_LEDGER INIT_SEED INIT_ROWS);
    assert_string_equal(ask("parity.init", 1), "migrations/003_index.sql:2 public.orders_note_idx");
    assert_string_equal(ask("init.seed", 0), "ok");
}

static void test_init_script_that_does_not_run_is_a_finding_of_parity_alone(void **state UNUSED)
{
    put("initdb/create_tables.sql", INIT_TABLES "\nCREATE TABLE x (id nonsense);\n");
    assert_string_equal(ask("parity.init", 1), "initdb/create_tables.sql:5 -");
    assert_true(!strncmp(ask("init.seed", 0), "skipped: initdb/create_tables.sql:5", 35));
    assert_true(!strncmp(ask("init.rows", 0), "skipped: initdb/create_tables.sql:5", 35));
}

static void test_missing_init_script_is_a_finding_in_the_house_only(void **state UNUSED)
{
    unlink(talloc_asprintf(scene, "%s/initdb/create_tables.sql", scene->project));
    assert_string_equal(ask("parity.init", 1), "initdb/create_tables.sql:0 -");
    assert_true(!strncmp(ask("init.seed", 0), "skipped: ", 9));
    unlink(talloc_asprintf(scene, "%s/pgdeck.yaml", scene->project));
    assert_true(!strncmp(ask("parity.init", 0), "skipped: ", 9));
}

static void test_seed_is_demanded_as_a_set(void **state UNUSED)
{
    put("initdb/create_tables.sql", INIT_TABLES INIT_LEDGER
        "INSERT INTO schema_migrations (version) VALUES ('001'), ('003'), ('009');\n" INIT_ROWS);
    const char *found = ask("init.seed", 1);
    assert_non_null(strstr(found, "initdb/create_tables.sql"));
    assert_non_null(strstr(found, "; "));
    assert_string_equal(ask("init.rows", 0), "ok");
}

static void test_rows_that_are_missing_from_the_init_script_are_found(void **state UNUSED)
{
    put("initdb/create_tables.sql", INIT_TABLES INIT_LEDGER INIT_SEED "INSERT INTO kinds VALUES ('small');\n");
    assert_non_null(strstr(ask("init.rows", 1), "public.kinds"));
    assert_string_equal(ask("parity.init", 0), "ok");
}

static void test_file_that_may_not_run_twice_is_found_at_its_line(void **state UNUSED)
{
    put("migrations/002_kinds.sql", "CREATE TABLE IF NOT EXISTS kinds (name text PRIMARY KEY);\n\n"
                                    "INSERT INTO kinds VALUES ('small');\nALTER TABLE kinds ADD CHECK (name <> '');\n");
    assert_string_equal(ask("migration.idempotent", 1),
                        "migrations/002_kinds.sql:3 -; migrations/002_kinds.sql:4 public.kinds.kinds_name_check1");
}

static void test_file_that_cannot_be_read_is_found_and_stops_those_behind_it(void **state UNUSED)
{
    put("migrations/001_orders.sql", "CREATE TABLE orders (id bigint);\n");
    put("migrations/002_kinds.sql", "SELECT 1;\nSELECT 'unterminated;\n");
    assert_string_equal(ask("migration.idempotent", 1), "migrations/001_orders.sql:1 -; migrations/002_kinds.sql:2 -");
}

static void test_file_that_does_not_run_is_found(void **state UNUSED)
{
    put("migrations/002_kinds.sql", "SELECT 1;\nSELECT nonsense;\n");
    assert_string_equal(ask("migration.idempotent", 1), "migrations/002_kinds.sql:2 -");
    assert_true(!strncmp(ask("parity.init", 0), "skipped: migrations/002_kinds.sql:2", 35));
}

static void test_seed_is_held_against_files_that_do_not_run(void **state UNUSED)
{
    put("migrations/002_kinds.sql", "SELECT nonsense;\n");
    assert_string_equal(ask("init.seed", 0), "ok");
    put("migrations/004_more.sql", "SELECT 1;\n");
    assert_true(!strncmp(ask("init.seed", 1), "initdb/create_tables.sql:", 25));
    put("initdb/create_tables.sql", "SELECT nonsense;\n");
    assert_true(!strncmp(ask("init.seed", 0), "skipped: ", 9));
}

static void test_hazard_of_the_newest_file_is_found_unless_acknowledged(void **state UNUSED)
{
    put("migrations/004_type.sql", "ALTER TABLE orders ALTER id TYPE numeric;\n");
    const char *found = ask("migration.hazard", 1);
    assert_true(!strncmp(found, "migrations/004_type.sql:1 public.orders", 39));
    put("migrations/004_type.sql", "-- pgdeck: allow rewrite because it is empty\n"
                                   "-- pgdeck: allow full-scan because it is empty\n"
                                   "ALTER TABLE orders ALTER id TYPE numeric;\n");
    assert_string_equal(ask("migration.hazard", 0), "ok");
}

static void test_threshold_of_the_project_is_kept(void **state UNUSED)
{
    put("migrations/004_rename.sql", "ALTER TABLE orders RENAME note TO remark;\n");
    assert_string_equal(ask("migration.hazard", 0), "ok");
    put("pgdeck.yaml", "rules: {migration.hazard: {threshold: medium}}\n");
    assert_true(!strncmp(ask("migration.hazard", 1), "migrations/004_rename.sql:1", 27));
    put("pgdeck.yaml", "rules: {migration.hazard: {threshold: awful}}\n");
    DECK_RUN(scene, 2, "--json", "check", "--rule", "migration.hazard");
}

static void test_hazards_of_what_is_pending_in_a_target_are_found(void **state UNUSED)
{
    DECK_RUN(scene, 0, "-d", "open", "apply", "--yes");
    put("migrations/004_type.sql", "ALTER TABLE orders ALTER id TYPE numeric;\n");
    put("migrations/005_more.sql", "CREATE TABLE IF NOT EXISTS more (id bigint PRIMARY KEY);\n");
    assert_true(!strncmp(ask_target("migration.hazard", 1), "migrations/004_type.sql:1 public.orders", 39));
}

static void test_drift_of_the_target_is_found_with_its_blame(void **state UNUSED)
{
    DECK_RUN(scene, 0, "-d", "open", "apply", "--yes", "--to", "2");
    assert_string_equal(ask_target("parity.live", 0), "ok");
    oracle_execute(scene->oracle, "ALTER TABLE orders ALTER note SET NOT NULL; CREATE TABLE stray (id integer)");
    assert_string_equal(ask_target("parity.live", 1),
                        "-:0 public.stray; migrations/001_orders.sql:1 public.orders.note");
}

static void test_target_without_a_ledger_is_skipped(void **state UNUSED)
{
    assert_true(!strncmp(ask_target("parity.live", 0), "skipped: the ledger", 19));
}

/* Whatever of it is there already, a plan of all files would say of the first ones that they fail. */
static void test_objects_without_a_ledger_are_not_planned_over(void **state UNUSED)
{
    oracle_execute(scene->oracle, "CREATE TABLE orders (id bigint PRIMARY KEY, note text)");
    put("migrations/001_orders.sql", "CREATE TABLE orders (id bigint PRIMARY KEY, note text);\n");
    assert_string_equal(ask_target("migration.hazard", 0), "ok");
    put("migrations/004_type.sql", "ALTER TABLE orders ALTER id TYPE numeric;\n");
    assert_true(!strncmp(ask_target("migration.hazard", 1), "migrations/004_type.sql:1 public.orders", 39));
}

int main(void)
{
#define PROOF(name) cmocka_unit_test_setup(name, reset)
    const struct CMUnitTest tests[] = {
        PROOF(test_project_that_holds_is_silent),
        PROOF(test_difference_of_models_is_found_at_the_migration_that_made_it),
        PROOF(test_model_that_does_not_run_is_found),
        PROOF(test_project_without_models_is_skipped),
        PROOF(test_difference_of_the_init_script_is_found),
        PROOF(test_init_script_that_does_not_run_is_a_finding_of_parity_alone),
        PROOF(test_missing_init_script_is_a_finding_in_the_house_only),
        PROOF(test_seed_is_demanded_as_a_set),
        PROOF(test_rows_that_are_missing_from_the_init_script_are_found),
        PROOF(test_file_that_may_not_run_twice_is_found_at_its_line),
        PROOF(test_file_that_cannot_be_read_is_found_and_stops_those_behind_it),
        PROOF(test_file_that_does_not_run_is_found),
        PROOF(test_seed_is_held_against_files_that_do_not_run),
        PROOF(test_hazard_of_the_newest_file_is_found_unless_acknowledged),
        PROOF(test_threshold_of_the_project_is_kept),
        PROOF(test_hazards_of_what_is_pending_in_a_target_are_found),
        PROOF(test_drift_of_the_target_is_found_with_its_blame),
        PROOF(test_target_without_a_ledger_is_skipped),
        PROOF(test_objects_without_a_ledger_are_not_planned_over),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
