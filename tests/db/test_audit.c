/* `audit`: what is planted in a sampled version appears under that version, a project in order is silent, and the
 * report can be read back by the rule that demands it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <unistd.h>

#include "tests/lib/deck.h"

#define INIT "initdb/create_tables.sql"

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

static void assert_text(const char *path, const char *expected)
{
    assert_string_equal(deck_scene_text(scene, path), expected);
}

static void assert_holds(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("\"%s\" is not in:\n%s", part, text);
}

static char *read_project_file(const char *name)
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

/* Takes the first `what` of a file of the project for `with`. */
static void replace(const char *name, const char *what, const char *with)
{
    char *text = read_project_file(name), *place = strstr(text, what);
    if (!place)
        fail_msg("%s does not hold \"%s\":\n%s", name, what, text);
    test_write(scene->project, name,
               talloc_asprintf(scene, "%.*s%s%s", (int)(place - text), text, with, place + strlen(what)));
}

static const char base_model[] =
    "mixin: Base\n"
    "soft_delete: is_deleted\n"
    "columns:\n"
    "  id:         {type: bigint, nullable: false, primary_key: true, generate: snowflake}\n"
    "  created_at: {type: timestamptz, nullable: false, default: now()}\n"
    "  updated_at: {type: timestamptz, nullable: false, default: now()}\n"
    "  is_deleted: {type: boolean, nullable: false, default: \"false\"}\n";
static const char order_model[] = "entity: Order\n"
                                  "table: orders\n"
                                  "extends: [Base]\n"
                                  "columns:\n"
                                  "  code:  {type: text, nullable: false}\n"
                                  "  total: {type: integer, nullable: true}\n"
                                  "indexes: {orders_code_idx: {columns: [code]}}\n";

#define BASE_COLUMNS                                                                                                   \
    "id bigint PRIMARY KEY, created_at timestamptz NOT NULL DEFAULT now(), updated_at timestamptz NOT NULL DEFAULT "   \
    "now(), is_deleted boolean NOT NULL DEFAULT false"
static const char init_script[] =
    "CREATE TABLE orders (" BASE_COLUMNS ", code text NOT NULL, total integer);\n"
    "CREATE INDEX orders_code_idx ON orders (code);\n"
    "INSERT INTO orders (id, code) VALUES (1, 'first');\n"
    "CREATE TABLE schema_migrations (version text PRIMARY KEY, description text, checksum text,\n"
    "  applied_at timestamptz NOT NULL DEFAULT now(), applied_by text NOT NULL DEFAULT session_user,\n"
    "  duration_ms bigint, run text);\n"
    "INSERT INTO schema_migrations (version, description) VALUES ('001', 'orders'), ('002', 'total'),\n"
    "  ('003', 'first_order');\n";

/* Three migrations and their mirrors, in order. */
static int reset(void **state UNUSED)
{
    deck_scene_reset(scene);
    unlink(talloc_asprintf(scene, "%s/migrations/001_first.sql", scene->project));
    unlink(talloc_asprintf(scene, "%s/migrations/002_second.sql", scene->project));
    deck_scene_write(scene, "001_orders.sql",
                     "CREATE TABLE IF NOT EXISTS orders (" BASE_COLUMNS ", code text NOT NULL);\n");
    deck_scene_write(scene, "002_total.sql",
                     "ALTER TABLE orders ADD COLUMN IF NOT EXISTS total integer;\n"
                     "CREATE INDEX IF NOT EXISTS orders_code_idx ON orders (code);\n");
    deck_scene_write(scene, "003_first_order.sql",
                     "INSERT INTO orders (id, code) VALUES (1, 'first') ON CONFLICT DO NOTHING;\n");
    test_write(scene->project, "store/models/base.yaml", base_model);
    test_write(scene->project, "store/models/order.yaml", order_model);
    test_write(
        scene->project, "docs/DATABASE_MIGRATIONS.md",
        "# Migrations\n\n## 001_orders\n\n**Intent.** Orders have a place.\n\n**Safety.** A new table: nobody waits.\n\n"
        "## 002_total\n\n**Intent.** Orders have a sum.\n\n**Safety.** The index blocks writes for a moment.\n\n"
        "## 003_first_order\n\n**Intent.** There is one order to begin with.\n\n**Safety.** One row, by its key.\n");
    test_write(scene->project, INIT, init_script);
    return 0;
}

/* Place of the proof of a rule in the sample, as a path of the document: versions are 001, 002, 003. */
static const char *proof(int version, const char *rule)
{
    const json_t *proofs = deck_scene_value(scene, talloc_asprintf(scene, "sample.%d.proofs", version - 1));
    for (size_t i = 0; i < json_array_size(proofs); i++)
        if (!strcmp(json_string_value(json_object_get(json_array_get(proofs, i), "rule")), rule))
            return talloc_asprintf(scene, "sample.%d.proofs.%zu", version - 1, i);
    fail_msg("no proof of %s: %s", rule, scene->program->out);
    return NULL;
}

static void assert_found(int version, const char *rule, const char *message)
{
    const char *path = proof(version, rule);
    assert_holds(deck_scene_text(scene, talloc_asprintf(scene, "%s.findings.0.message", path)), message);
}

static void assert_clean(int version, const char *rule)
{
    assert_text(talloc_asprintf(scene, "%s.ok", proof(version, rule)), "true");
}

static void test_project_in_order_leaves_nothing_open(void **state UNUSED)
{
    DECK_RUN(scene, 0, "--json", "audit");
    assert_text("open", "0");
    assert_text("sample.2.version", "003");
    assert_int_equal(json_array_size(deck_scene_value(scene, "items")), 0);
    static const char *const rules[] = {"parity.init", "parity.models", "init.seed", "init.rows", "migration.name"};
    for (int version = 1; version <= 3; version++)
        for (size_t i = 0; i < countof(rules); i++)
            assert_clean(version, rules[i]);
    char *report = read_project_file(deck_scene_text(scene, "report"));
    assert_holds(report, "\nopen: 0\n");
    assert_holds(report, "sample: [\"001\", \"002\", \"003\"]");
    DECK_RUN(scene, 0, "check", "--rule", "audit.current");
}

static void test_drift_of_init_appears_under_the_version_that_made_it(void **state UNUSED)
{
    replace(INIT, "total integer", "total bigint");
    DECK_RUN(scene, 1, "--json", "audit");
    assert_found(2, "parity.init", "column public.orders.total");
    assert_clean(1, "parity.init");
    assert_clean(3, "parity.init");
    assert_text("open", "1");
    assert_holds(read_project_file(deck_scene_text(scene, "report")),
                 "- [ ] 002 parity.init: column public.orders.total");
}

static void test_what_init_lacks_appears_under_every_version_that_touched_it(void **state UNUSED)
{
    replace(INIT, "CREATE INDEX", "-- CREATE INDEX");
    DECK_RUN(scene, 1, "--json", "audit");
    assert_found(2, "parity.init", "orders_code_idx");
    assert_clean(1, "parity.init");
}

static void test_drift_of_models_appears_under_its_version(void **state UNUSED)
{
    replace("store/models/order.yaml", "code:  {type: text, nullable: false}", "code:  {type: text, nullable: true}");
    DECK_RUN(scene, 1, "--json", "audit");
    assert_found(1, "parity.models", "column public.orders.code");
    assert_clean(2, "parity.models");
    assert_clean(1, "parity.init");
}

static void test_missing_seed_and_row_appear_under_their_versions(void **state UNUSED)
{
    replace(INIT, "'002', 'total'", "'004', 'total'");
    replace(INIT, "'first'", "'last'");
    DECK_RUN(scene, 1, "--json", "audit");
    assert_found(2, "init.seed", "version 002");
    assert_clean(3, "init.seed");
    assert_found(3, "init.rows", "orders");
    assert_text("items.0.rule", "init.seed");
}

static void test_dropped_object_that_init_keeps_appears_under_the_drop(void **state UNUSED)
{
    deck_scene_write(scene, "004_no_index.sql", "DROP INDEX IF EXISTS orders_code_idx;\n");
    replace(INIT, "'003', 'first_order'", "'003', 'first_order'), ('004', 'no_index'");
    replace("store/models/order.yaml", "indexes: {orders_code_idx: {columns: [code]}}\n", "");
    DECK_RUN(scene, 1, "--json", "audit");
    assert_found(4, "parity.init", "orders_code_idx");
    assert_clean(4, "parity.models");
}

static void test_drift_of_no_sampled_version_is_one_item(void **state UNUSED)
{
    replace(INIT, "total integer", "total bigint");
    const char *seed = NULL;
    for (char letter = 'a'; !seed; letter++) { /* a seed that draws another version */
        const char *word = talloc_asprintf(scene, "%c", letter);
        DECK_RUN(scene, 1, "--json", "audit", "--sample", "1", "--seed", word);
        if (strcmp(deck_scene_text(scene, "sample.0.version"), "002") != 0)
            seed = word;
    }
    assert_text("seed", seed);
    assert_holds(deck_scene_text(scene, "items.0.message"), "1 more difference, of no sampled version");
    assert_text("open", "1");
}

static void test_init_that_cannot_be_built_proves_nothing_and_is_open(void **state UNUSED)
{
    replace(INIT, "CREATE TABLE", "CREATE TABEL");
    DECK_RUN(scene, 1, "--json", "audit");
    assert_text(talloc_asprintf(scene, "%s.ok", proof(1, "parity.init")), "null");
    assert_holds(deck_scene_text(scene, "items.0.message"), "not proved: ");
    assert_text("items.0.file", INIT);
    assert_clean(1, "parity.models");
}

static void test_target_must_have_the_version_unchanged(void **state UNUSED)
{
    DECK_RUN(scene, 0, "-q", "-d", "open", "apply", "--to", "002", "--yes");
    replace("migrations/001_orders.sql", "code text", "code  text");
    DECK_RUN(scene, 1, "--json", "-d", "open", "audit");
    assert_found(1, "migration.unchanged", "not the one that was applied");
    assert_clean(2, "migration.unchanged");
    assert_found(3, "migration.unchanged", "003 is not applied");
    assert_holds(deck_scene_text(scene, "target"), DECK_DATABASE);
}

static void set_severity(const char *settings, const char *severity)
{
    test_write(scene->project, "pgdeck.yaml",
               talloc_asprintf(scene, "%srules: {migration.name: {severity: %s}}\n", settings, severity));
}

static void test_rule_that_warns_or_is_off_leaves_nothing_open(void **state UNUSED)
{
    char *settings = read_project_file("pgdeck.yaml");
    char *from = talloc_asprintf(scene, "%s/migrations/003_first_order.sql", scene->project);
    assert_int_equal(rename(from, talloc_asprintf(scene, "%s/migrations/003_First.sql", scene->project)), 0);
    replace(INIT, "'first_order'", "'First'");
    DECK_RUN(scene, 1, "--json", "audit");
    assert_found(3, "migration.name", "house style");
    assert_text("open", "1");
    set_severity(settings, "warning");
    DECK_RUN(scene, 0, "--json", "audit");
    assert_found(3, "migration.name", "house style");
    set_severity(settings, "off");
    DECK_RUN(scene, 0, "--json", "audit");
    assert_text("off.0", "migration.name");
    assert_holds(read_project_file(deck_scene_text(scene, "report")), "| migration.name | off |");
}

static void test_report_is_never_written_over_another(void **state UNUSED)
{
    DECK_RUN(scene, 0, "--json", "audit", "--sample", "1");
    char *first = talloc_strdup(scene, deck_scene_text(scene, "report"));
    char *text = read_project_file(first);
    DECK_RUN(scene, 0, "--json", "audit", "--sample", "2");
    assert_string_not_equal(deck_scene_text(scene, "report"), first);
    assert_string_equal(read_project_file(first), text);
}

static void test_ticking_closes_what_the_rule_demands(void **state UNUSED)
{
    replace(INIT, "total integer", "total bigint");
    DECK_RUN(scene, 1, "--json", "audit", "--sample", "3");
    char *report = talloc_strdup(scene, deck_scene_text(scene, "report"));
    DECK_RUN(scene, 1, "--json", "check", "--rule", "audit.current");
    assert_holds(deck_scene_text(scene, "rules.0.findings.0.message"), "left 1 item open");
    assert_text("rules.0.findings.0.file", report);
    replace(report, "- [ ]", "- [x]");
    DECK_RUN(scene, 0, "check", "--rule", "audit.current");
}

static void test_no_review_or_an_old_one_breaks_the_rule(void **state UNUSED)
{
    DECK_RUN(scene, 1, "--json", "check", "--rule", "audit.current");
    assert_holds(deck_scene_text(scene, "rules.0.findings.0.message"), "there is no review");
    test_write(scene->project, "docs/audits/2020-01-01.md", "---\ndate: 2020-01-01\nopen: 0\n---\n");
    DECK_RUN(scene, 1, "--json", "check", "--rule", "audit.current");
    assert_holds(deck_scene_text(scene, "rules.0.findings.0.message"), "days old");
    test_write(scene->project, "docs/audits/9020-01-01.md", "---\ndate: 9020-01-01\nopen: 0\n---\n");
    DECK_RUN(scene, 1, "--json", "check", "--rule", "audit.current");
    assert_holds(deck_scene_text(scene, "rules.0.findings.0.message"), "in the future");
}

/* A name from a database is text, in the report too: it is no box, no heading, no second line. */
static void test_hostile_names_stay_text_in_the_report(void **state UNUSED)
{
    deck_scene_write(scene, "004_hostile.sql",
                     "CREATE TABLE IF NOT EXISTS \"a\n- [x] b\n## Open <b> | c\" (id integer);\n");
    DECK_RUN(scene, 1, "--json", "audit");
    char *report = read_project_file(deck_scene_text(scene, "report"));
    assert_null(strstr(report, "\n- [x]"));
    assert_null(strstr(report, " | c"));
    assert_null(strstr(report, "<b>"));
    DECK_RUN(scene, 1, "--json", "check", "--rule", "audit.current");
    assert_holds(deck_scene_text(scene, "rules.0.findings.0.message"), "open");
}

static void test_wrong_arguments_are_refused(void **state UNUSED)
{
    static const char *const words[][2] = {{"--sample", "0"},  {"--sample", "-1"},  {"--sample", "5x"},
                                           {"--sample", ""},   {"--sample", "101"}, {"--seed", ""},
                                           {"--seed", "a\nb"}, {"--seed", "a\"b"}};
    for (size_t i = 0; i < countof(words); i++) {
        DECK_RUN(scene, 2, "--json", "audit", words[i][0], words[i][1]);
        assert_text("error.code", "usage");
    }
    assert_int_not_equal(access(talloc_asprintf(scene, "%s/docs/audits", scene->project), F_OK), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_project_in_order_leaves_nothing_open, reset),
        cmocka_unit_test_setup(test_drift_of_init_appears_under_the_version_that_made_it, reset),
        cmocka_unit_test_setup(test_what_init_lacks_appears_under_every_version_that_touched_it, reset),
        cmocka_unit_test_setup(test_drift_of_models_appears_under_its_version, reset),
        cmocka_unit_test_setup(test_missing_seed_and_row_appear_under_their_versions, reset),
        cmocka_unit_test_setup(test_dropped_object_that_init_keeps_appears_under_the_drop, reset),
        cmocka_unit_test_setup(test_drift_of_no_sampled_version_is_one_item, reset),
        cmocka_unit_test_setup(test_init_that_cannot_be_built_proves_nothing_and_is_open, reset),
        cmocka_unit_test_setup(test_target_must_have_the_version_unchanged, reset),
        cmocka_unit_test_setup(test_rule_that_warns_or_is_off_leaves_nothing_open, reset),
        cmocka_unit_test_setup(test_report_is_never_written_over_another, reset),
        cmocka_unit_test_setup(test_ticking_closes_what_the_rule_demands, reset),
        cmocka_unit_test_setup(test_no_review_or_an_old_one_breaks_the_rule, reset),
        cmocka_unit_test_setup(test_hostile_names_stay_text_in_the_report, reset),
        cmocka_unit_test_setup(test_wrong_arguments_are_refused, reset),
    };
    return cmocka_run_group_tests_name("audit", tests, start, stop);
}
