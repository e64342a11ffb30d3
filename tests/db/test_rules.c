/* check as a script sees it: which rules are asked, how they end, what settings and options change; and the rules of
 * files' names and of the target. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

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

static int reset(void **state)
{
    (void)state;
    deck_scene_reset(scene);
    return 0;
}

/* The rules of this file: those that need no scratch server. */
#define QUICK                                                                                                          \
    "--rule", "migration.name", "--rule", "migration.unchanged", "--rule", "migration.order", "--rule",                \
        "migration.complete", "--rule", "connection"

static void assert_text(const char *path, const char *expected)
{
    assert_string_equal(deck_scene_text(scene, path), expected);
}

static json_t *rule_of(const char *id)
{
    json_t *rule, *rules = json_object_get(scene->document, "rules");
    size_t index;
    json_array_foreach(rules, index, rule) if (!strcmp(json_string_value(json_object_get(rule, "id")), id)) return rule;
    fail_msg("%s was not asked", id);
    return NULL;
}

/* How a rule ended: "ok", "skipped", or its findings' number. */
static const char *end_of(const char *id)
{
    static char text[32];
    json_t *rule = rule_of(id);
    bool is_skipped = json_object_get(rule, "skipped") != NULL;
    size_t count = json_array_size(json_object_get(rule, "findings"));
    assert_int_equal(is_skipped, json_is_null(json_object_get(rule, "ok")));
    if (is_skipped || json_is_true(json_object_get(rule, "ok"))) {
        assert_int_equal(count, 0);
        return is_skipped ? "skipped" : "ok";
    }
    snprintf(text, sizeof text, "%zu", count);
    return text;
}

static void assert_finding(const char *id, const char *key, const char *part)
{
    json_t *finding, *findings = json_object_get(rule_of(id), "findings");
    size_t index;
    json_array_foreach(findings, index, finding)
    {
        const char *value = json_string_value(json_object_get(finding, key));
        if (value && strstr(value, part))
            return;
    }
    fail_msg("%s has no finding whose %s holds \"%s\": %s", id, key, part, scene->program->out);
}

static void test_rules_that_hold_end_with_0(void **state)
{
    (void)state;
    DECK_RUN(scene, 0, "--json", "-d", "open", "check", QUICK);
    assert_text("ok", "true");
    assert_text("counts.fail", "0");
    assert_string_equal(end_of("connection"), "ok");
    assert_string_equal(end_of("migration.name"), "ok");
    assert_string_equal(end_of("migration.order"), "skipped"); /* there is no ledger */
    assert_int_equal(
        oracle_number(scene->oracle, "SELECT count(*) FROM pg_class WHERE relname LIKE 'schema_migration%%'"), 0);
}

static void test_a_bad_name_is_a_finding_and_the_rest_goes_on(void **state)
{
    (void)state;
    deck_scene_write(scene, "003-third.sql", "SELECT 1;\n");
    deck_scene_write(scene, "2_again.sql", "SELECT 1;\n");
    deck_scene_write(scene, "009_Gap.sql", "SELECT 1;\n");
    DECK_RUN(scene, 1, "--json", "-d", "open", "check", QUICK);
    assert_text("ok", "false");
    assert_finding("migration.name", "file", "migrations/003-third.sql");
    assert_finding("migration.name", "message", "have the same version");
    assert_finding("migration.name", "file", "migrations/009_Gap.sql");
    assert_string_equal(end_of("connection"), "ok");
}

static void test_states_of_the_target_are_findings(void **state)
{
    (void)state;
    deck_scene_write(scene, "004_fourth.sql", "SELECT 4;\n");
    DECK_RUN(scene, 0, "-d", "open", "apply", "--only", "1", "4", "--out-of-order", "--yes");
    deck_scene_write(scene, "004_fourth.sql", "SELECT 5;\n");
    oracle_execute(scene->oracle, "INSERT INTO schema_migrations (version) VALUES ('007')");
    DECK_RUN(scene, 1, "--json", "-d", "open", "check", QUICK);
    assert_finding("migration.unchanged", "file", "migrations/004_fourth.sql");
    assert_finding("migration.unchanged", "object", "version 007");
    assert_finding("migration.order", "file", "migrations/002_second.sql");
    assert_string_equal(end_of("migration.complete"), "ok");
}

static void test_an_invalid_index_is_named_with_its_repair(void **state)
{
    (void)state;
    oracle_execute(scene->oracle, "CREATE TABLE \"Odd t\" (a integer); CREATE INDEX odd_idx ON \"Odd t\" (a);"
                                  "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'odd_idx'::regclass");
    DECK_RUN(scene, 1, "--json", "-d", "open", "check", QUICK);
    assert_string_equal(end_of("migration.complete"), "1");
    assert_finding("migration.complete", "object", "public.odd_idx");
    assert_finding("migration.complete", "hint", "DROP INDEX CONCURRENTLY public.odd_idx;");
}

static void test_a_target_that_does_not_answer_is_a_finding_of_connection(void **state)
{
    (void)state;
    DECK_RUN(scene, 1, "--json", "-d", "host=/nowhere dbname=x", "check", QUICK);
    assert_string_equal(end_of("connection"), "1");
    assert_string_equal(end_of("migration.unchanged"), "skipped");
    assert_string_equal(end_of("migration.name"), "ok");
}

static void test_without_a_target_its_rules_are_skipped(void **state)
{
    (void)state;
    DECK_RUN(scene, 0, "--json", "-d", "embedded", "check", QUICK);
    assert_string_equal(end_of("connection"), "skipped");
    assert_string_equal(end_of("migration.unchanged"), "skipped");
    DECK_RUN(scene, 0, "--json", "cluster", "status");
    assert_text("exists", "false");
}

static void test_severity_warning_tells_and_fails_nothing(void **state)
{
    (void)state;
    deck_scene_write(scene, "009_gap.sql", "SELECT 1;\n");
    deck_scene_settings(scene, "rules: {migration.name: {severity: warning}, connection: {severity: \"off\"}}\n");
    DECK_RUN(scene, 0, "--json", "-d", "open", "check", "--rule", "migration.name");
    assert_text("ok", "true");
    assert_text("counts.warn", "1");
    assert_text("rules.0.ok", "false");
    assert_text("rules.0.severity", "warning");
    deck_scene_settings(scene, "rules: {migration.name: {severity: loud}}\n");
    DECK_RUN(scene, 2, "-d", "open", "check", "--rule", "migration.name");
    deck_scene_settings(scene, "rules: {migration.nam: {severity: warning}}\n");
    DECK_RUN(scene, 2, "-d", "open", "check");
    if (!strstr(scene->program->err, "pgdeck.yaml:") || !strstr(scene->program->err, "migration.name"))
        fail_msg("neither the place nor the nearest rule: %s", scene->program->err);
}

static void test_wrong_words_are_2(void **state)
{
    (void)state;
    DECK_RUN(scene, 2, "check", "--rule", "migration.nam");
    DECK_RUN(scene, 2, "check", "--format", "xml");
    DECK_RUN(scene, 2, "--json", "check", "--format", "markdown");
    DECK_RUN(scene, 2, "-d", "nosuch", "check");
}

static void test_markdown_is_evidence_and_escaped(void **state)
{
    (void)state;
    deck_scene_write(scene, "004_a|b<i>`x`.sql", "SELECT 1;\n");
    DECK_RUN(scene, 1, "-d", "open", "check", "--format", "markdown", QUICK);
    const char *out = scene->program->out;
    if (!strstr(out, "## Schema check: 1 rule broken") || !strstr(out, "migrations/001_first.sql") ||
        !strstr(out, "PostgreSQL") || strstr(out, "<i>"))
        fail_msg("%s", out);
    DECK_RUN(scene, 1, "-d", "open", "check", "--format", "json", QUICK);
    assert_true(scene->program->out[0] == '{');
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, reset, NULL)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_rules_that_hold_end_with_0),
        TEST(test_a_bad_name_is_a_finding_and_the_rest_goes_on),
        TEST(test_states_of_the_target_are_findings),
        TEST(test_an_invalid_index_is_named_with_its_repair),
        TEST(test_a_target_that_does_not_answer_is_a_finding_of_connection),
        TEST(test_without_a_target_its_rules_are_skipped),
        TEST(test_severity_warning_tells_and_fails_nothing),
        TEST(test_wrong_words_are_2),
        TEST(test_markdown_is_evidence_and_escaped),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
