/* pgdeck: allow secrets because all of them are made up */
/* The scripted contract, end to end: exit statuses, the shape of every JSON answer, what stands on stderr. */
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

static void assert_text(const char *path, const char *expected)
{
    assert_string_equal(deck_scene_text(scene, path), expected);
}

static void assert_err_holds(const char *part)
{
    if (!strstr(scene->program->err, part))
        fail_msg("\"%s\" is not on stderr: %s", part, scene->program->err);
}

/* Every key of cli.md stands in the object at `path`, null or not. */
static void assert_keys(const char *path, const char *keys)
{
    char *list = talloc_strdup(NULL, keys), *rest = list;
    for (char *key; (key = strsep(&rest, " "));)
        if (!json_object_get(deck_scene_value(scene, path), key))
            fail_msg("%s has no key %s: %s", *path ? path : "the document", key, scene->program->out);
    talloc_free(list);
}

static void test_ping_answers_who_is_there(void **state)
{
    (void)state;
    DECK_RUN(scene, 0, "--json", "-d", "open", "ping");
    assert_keys("", "ok server_version role database host port in_recovery read_only round_trip_ms");
    assert_text("ok", "true");
    assert_text("database", DECK_DATABASE);
    assert_text("in_recovery", "false");
    DECK_RUN(scene, 0, "--json", "-d", "locked", "ping");
    assert_text("read_only", "true");
}

static void test_ping_nobody_there_is_3(void **state)
{
    (void)state;
    DECK_RUN(scene, 3, "--json", "-d", "host=/nowhere dbname=x", "ping");
    assert_text("error.code", "connection");
    assert_text("ok", "false");
    DECK_RUN(scene, 3, "-d", "host=/nowhere dbname=x", "status", "--exit-code");
}

static void test_usage_error_says_whose_it_is(void **state)
{
    (void)state;
    DECK_RUN(scene, 2, "--json", "activity", "--watch", "--cancel", "5");
    assert_text("command", "activity");
    assert_text("error.code", "usage");
    DECK_RUN(scene, 2, "--json", "status", "--nope");
    assert_text("command", "status");
}

static void test_status_of_an_empty_database_creates_nothing(void **state)
{
    (void)state;
    DECK_RUN(scene, 0, "--json", "-d", "locked", "status");
    assert_keys("target", "name host port database user guard server_version");
    assert_keys("ledger", "table exists");
    assert_keys("counts", "applied pending out_of_order changed missing incomplete");
    assert_keys("migrations.0",
                "version description file state checksum transactional applied_at applied_by duration_ms");
    assert_text("ledger.table", "public.schema_migrations");
    assert_text("ledger.exists", "false");
    assert_text("counts.pending", "2");
    assert_text("migrations.1.version", "002");
    assert_text("migrations.1.file", "migrations/002_second.sql");
    assert_text("migrations.1.state", "pending");
    assert_text("migrations.1.applied_at", "null");
    assert_text("target.guard", "read-only");
    assert_int_equal(
        oracle_number(scene->oracle, "SELECT count(*) FROM pg_class WHERE relname LIKE 'schema_migration%%'"), 0);
    DECK_RUN(scene, 1, "-d", "open", "status", "--exit-code");
}

static void test_plan_shows_the_steps(void **state)
{
    (void)state;
    DECK_RUN(scene, 0, "--json", "-d", "locked", "plan", "--to", "1");
    assert_keys("", "id target steps blockers fingerprint remaining");
    assert_keys("steps.0", "version file checksum transactional statements");
    assert_keys("steps.0.statements.0", "line sql locks hazards");
    assert_text("steps.0.statements.0.sql", "CREATE TABLE first (id integer)");
    assert_text("steps.0.statements.0.line", "1");
    assert_null(deck_scene_value(scene, "steps.1"));
    assert_text("remaining", "1");
    assert_text("blockers", "[]");
}

static void test_apply_applies_and_then_has_nothing_to_do(void **state)
{
    (void)state;
    DECK_RUN(scene, 0, "--json", "-d", "open", "apply", "--yes");
    assert_keys("", "run dry_run applied failed remaining");
    assert_keys("applied.1", "version duration_ms attempts");
    assert_text("applied.1.version", "002");
    assert_text("failed", "null");
    assert_text("remaining", "0");
    assert_int_equal(oracle_number(scene->oracle, "SELECT count(*) FROM second"), 1);
    DECK_RUN(scene, 0, "--json", "-d", "open", "apply");
    assert_text("run", "null");
    DECK_RUN(scene, 0, "--json", "-d", "open", "status", "--exit-code");
    assert_text("counts.applied", "2");
    assert_text("ledger.exists", "true");
    assert_text("migrations.0.applied_by", "postgres");
}

static void test_apply_refused_by_the_server_is_5_with_its_place(void **state)
{
    (void)state;
    deck_scene_write(scene, "003_third.sql", "CREATE TABLE third (id integer);\n\nSELECT nonsense;\n");
    DECK_RUN(scene, 5, "--json", "-d", "open", "apply", "--yes");
    assert_text("error.code", "statement");
    assert_text("error.sqlstate", "42703");
    assert_text("error.file", "migrations/003_third.sql");
    assert_text("error.line", "3");
    assert_text("error.statement", "2");
    assert_keys("failed", "version statement line error");
    assert_text("failed.version", "003");
    assert_text("failed.statement", "2");
    assert_text("failed.error.sqlstate", "42703");
    assert_text("applied.1.version", "002");
    assert_text("remaining", "1");
    assert_err_holds("migrations/003_third.sql:3:8: ");
    assert_err_holds("stands: nothing of 003 stands, and the ledger has no row of it");
    assert_false(oracle_says(scene->oracle, "SELECT to_regclass('third') IS NOT NULL"));
    DECK_RUN(scene, 0, "-d", "open", "journal");
    assert_non_null(strstr(scene->program->out, "column \"nonsense\" does not exist"));
}

static void test_apply_dry_run_leaves_nothing(void **state)
{
    (void)state;
    DECK_RUN(scene, 0, "--json", "-d", "open", "apply", "--dry-run", "--yes");
    assert_text("dry_run", "true");
    assert_text("applied.1.version", "002");
    assert_false(oracle_says(scene->oracle, "SELECT to_regclass('first') IS NOT NULL"));
}

static void test_project_defect_is_2_with_its_place(void **state)
{
    (void)state;
    deck_scene_write(scene, "003_third.sql", "SELECT 1;\nSELECT 'never ends;\n");
    DECK_RUN(scene, 2, "-d", "open", "status");
    assert_err_holds("migrations/003_third.sql:2:8: ");
    assert_string_equal(scene->program->out, "");
}

static void test_mark_repairs_the_ledger_on_record(void **state)
{
    (void)state;
    DECK_RUN(scene, 0, "--json", "-d", "open", "mark", "001", "--applied", "--reason", "adopted", "--yes");
    assert_keys("", "run action changes");
    assert_text("changes.0.before", "pending");
    assert_text("changes.0.after", "applied");
    char *run = talloc_strdup(scene, deck_scene_text(scene, "run"));
    assert_false(oracle_says(scene->oracle, "SELECT to_regclass('first') IS NOT NULL"));
    DECK_RUN(scene, 0, "--json", "-d", "locked", "journal", "--run", run);
    assert_keys(
        "events.0",
        "id at run version step event checksum statement_hash transaction_id role person host application detail");
    assert_text("events.0.run", run);
    assert_non_null(strstr(scene->program->out, "adopted"));
    DECK_RUN(scene, 2, "-d", "open", "journal", "--run", "none");
}

static void test_bootstrap_runs_the_init_script_once(void **state)
{
    (void)state;
    test_write(scene->project, "initdb/create_tables.sql",
               "CREATE TABLE first (id integer);\nCREATE TABLE second (id integer);\n"
               "CREATE TABLE schema_migrations (version text PRIMARY KEY, description text, checksum text,"
               " applied_at timestamptz NOT NULL DEFAULT now(), applied_by text NOT NULL DEFAULT session_user,"
               " duration_ms bigint, run text);\n"
               "INSERT INTO schema_migrations (version, description) VALUES ('001', 'first'), ('002', 'second');\n");
    DECK_RUN(scene, 4, "-d", "careful", "bootstrap", "--yes");
    DECK_RUN(scene, 0, "--json", "-d", "careful", "bootstrap", "--confirm", DECK_DATABASE);
    assert_keys("", "run statements seeded duration_ms");
    assert_text("seeded", "2");
    DECK_RUN(scene, 0, "-d", "open", "status", "--exit-code");
    DECK_RUN(scene, 4, "--json", "-d", "open", "bootstrap", "--yes");
    assert_text("error.code", "refused");
}

static void test_new_makes_file_and_entry(void **state)
{
    (void)state;
    DECK_RUN(scene, 0, "--json", "new", "add", "index", "on orders");
    assert_text("version", "003");
    assert_text("file", "migrations/003_add_index_on_orders.sql");
    assert_text("documentation", "docs/DATABASE_MIGRATIONS.md");
    DECK_RUN(scene, 0, "-d", "open", "plan");
}

static void test_settings_say_where_from_and_hide_secrets(void **state)
{
    (void)state;
    static const char *const environment[] = {"PGDECK_SCRATCH=postgresql://u:geheim@h/x", "PGDECK_LOCK_TIMEOUT=7s",
                                              "DATABASE__URL=postgresql://u:geheim@h/x", NULL};
    deck_scene_start_program(scene, environment, (const char *const[]){"--json", "settings", NULL});
    deck_scene_finish(scene, 0);
    assert_null(strstr(scene->program->out, "geheim"));
    assert_non_null(strstr(scene->program->out, "environment PGDECK_LOCK_TIMEOUT"));
    assert_text("target.source", "environment DATABASE__URL");
    assert_text("targets.2.guard", "read-only");
    DECK_RUN(scene, 0, "--json", "-d", "host=h bogus=1 password=geheim", "settings");
    assert_null(strstr(scene->program->out, "geheim"));
    DECK_RUN(scene, 0, "settings", "--sample");
    test_write(scene->project, "pgdeck.yaml", scene->program->out);
    DECK_RUN(scene, 0, "settings");
}

static void test_cluster_from_start_to_destroy(void **state)
{
    (void)state;
    DECK_RUN(scene, 0, "--json", "cluster", "status");
    assert_text("exists", "false");
    DECK_RUN(scene, 0, "--json", "cluster", "start");
    assert_text("running", "true");
    assert_text("kept", "true");
    DECK_RUN(scene, 0, "cluster", "url");
    assert_non_null(strstr(scene->program->out, "postgresql://pgdeck@/embedded?host="));
    char *url = talloc_strndup(scene, scene->program->out, strcspn(scene->program->out, "\n"));
    DECK_RUN(scene, 0, "-d", url, "ping");
    DECK_RUN(scene, 0, "--json", "-d", "embedded", "apply", "--yes");
    assert_text("target.guard", "open");
    DECK_RUN(scene, 4, "cluster", "destroy");
    DECK_RUN(scene, 4, "--read-only", "cluster", "destroy", "--yes");
    DECK_RUN(scene, 0, "--json", "cluster", "destroy", "--yes");
    assert_text("exists", "false");
    assert_text("running", "false");
}

static void test_log_has_a_record_of_every_command(void **state)
{
    (void)state;
    DECK_RUN(scene, 1, "-d", "open", "status", "--exit-code");
    FILE *file = fopen(talloc_asprintf(scene, "%s/logs/pgdeck.jsonl", scene->project), "r");
    assert_non_null(file);
    bool is_found = false;
    for (json_t *record; (record = json_loadf(file, JSON_DISABLE_EOF_CHECK, NULL)); json_decref(record)) {
        const char *event = json_string_value(json_object_get(record, "event"));
        is_found |=
            event && !strcmp(event, "command") && json_integer_value(json_object_get(record, "exit_status")) == 1;
    }
    fclose(file);
    assert_true(is_found);
}

/* Command lines that are wrong before anything is opened. */
static const struct {
    const char *const words[6];
    const char *message;
} wrong[] = {
    {{"aply"}, "Did you mean \"apply\"?"},
    {{"apply", "--dryrun"}, "Did you mean --dry-run?"},
    {{"apply", "--to", "1", "--only", "1"}, "exclude each other"},
    {{"mark", "1", "--applied"}, "needs a reason"},
    {{"cluster", "strat"}, "start|stop|status|url|destroy"},
    {{"console", "--json"}, "terminal"},
    {{"--json"}, "terminal"},
    {{"help", "aply"}, "Did you mean \"apply\"?"},
};

static void test_wrong_usage_is_2_and_says_what_to_do(void **state)
{
    (void)state;
    for (size_t i = 0; i < countof(wrong); i++) {
        deck_scene_run(scene, 2, wrong[i].words);
        assert_err_holds(wrong[i].message);
        assert_err_holds("hint: ");
    }
}

static void test_help_and_version_need_no_project(void **state)
{
    (void)state;
    test_write(scene->project, "pgdeck.yaml", "nonsense: 1\n");
    DECK_RUN(scene, 0, "help");
    char *help = talloc_strdup(scene, scene->program->out);
    DECK_RUN(scene, 0, "--help");
    assert_string_equal(scene->program->out, help);
    DECK_RUN(scene, 0, "help", "apply");
    help = talloc_strdup(scene, scene->program->out);
    DECK_RUN(scene, 0, "apply", "--help");
    assert_string_equal(scene->program->out, help);
    DECK_RUN(scene, 0, "--version");
    assert_non_null(strstr(scene->program->out, "pgdeck 0."));
    DECK_RUN(scene, 0, "completion", "bash");
    DECK_RUN(scene, 2, "status");
    assert_err_holds("pgdeck.yaml:1:");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_ping_answers_who_is_there, reset),
        cmocka_unit_test_setup(test_ping_nobody_there_is_3, reset),
        cmocka_unit_test_setup(test_usage_error_says_whose_it_is, reset),
        cmocka_unit_test_setup(test_status_of_an_empty_database_creates_nothing, reset),
        cmocka_unit_test_setup(test_plan_shows_the_steps, reset),
        cmocka_unit_test_setup(test_apply_applies_and_then_has_nothing_to_do, reset),
        cmocka_unit_test_setup(test_apply_refused_by_the_server_is_5_with_its_place, reset),
        cmocka_unit_test_setup(test_apply_dry_run_leaves_nothing, reset),
        cmocka_unit_test_setup(test_project_defect_is_2_with_its_place, reset),
        cmocka_unit_test_setup(test_mark_repairs_the_ledger_on_record, reset),
        cmocka_unit_test_setup(test_bootstrap_runs_the_init_script_once, reset),
        cmocka_unit_test_setup(test_new_makes_file_and_entry, reset),
        cmocka_unit_test_setup(test_settings_say_where_from_and_hide_secrets, reset),
        cmocka_unit_test_setup(test_cluster_from_start_to_destroy, reset),
        cmocka_unit_test_setup(test_log_has_a_record_of_every_command, reset),
        cmocka_unit_test_setup(test_wrong_usage_is_2_and_says_what_to_do, reset),
        cmocka_unit_test_setup(test_help_and_version_need_no_project, reset),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
