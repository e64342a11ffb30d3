/* pgdeck: allow secrets because all of them are made up */
/* The rules that are asked of files, through `check`: each in a project that breaks it at known places, and in the same
 * project mended; and what --since leaves out. One of them builds mirrors in scratch, the others need no server. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <jansson.h>
#include <unistd.h>

#include "tests/lib/program.h"
#include "tests/lib/server.h"

#define PATIENCE_MS 60000

struct project {
    char *home, *directory;
    json_t *document;
};

static int set_up(void **state)
{
    struct project *project = talloc_zero(NULL, struct project);
    project->home = test_directory(project);
    project->directory = test_directory(project);
    *state = project;
    return 0;
}

static int tear_down(void **state)
{
    struct project *project = *state;
    json_decref(project->document);
    return talloc_free(project);
}

static void put(struct project *project, const char *name, const char *text)
{
    test_write(project->directory, name, text);
}

/* Runs git, or anything else, in the project. */
static void shell(struct project *project, const char *script)
{
    char *command = talloc_asprintf(project,
                                    "cd %s && export HOME=%s GIT_CONFIG_GLOBAL=/dev/null GIT_AUTHOR_NAME=t "
                                    "GIT_AUTHOR_EMAIL=t@example GIT_COMMITTER_NAME=t GIT_COMMITTER_EMAIL=t@example;"
                                    "set -e; %s",
                                    project->directory, project->home, script);
    assert_int_equal(system(command), 0); /* NOLINT: words of this test alone */
}

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "-";
}

/* Asks one rule, with one more option and its value or NULL: "ok", "skipped: why", or a line "FILE:LINE OBJECT" for
 * each finding. */
static const char *ask_since(struct project *project, const char *rule, const char *since)
{
    const char *const words[] = {"--json", "-C", project->directory, "check", "--rule", rule, since ? "--since" : NULL,
                                 since,    NULL};
    static const char *const environment[] = {"PGDECK_CLUSTER_LINGER=2s", NULL};
    struct program *program = program_start(project, project->home, environment, words);
    program_wait(program, PATIENCE_MS);
    json_decref(project->document);
    project->document = json_loads(program->out, 0, NULL);
    json_t *result = json_array_get(json_object_get(project->document, "rules"), 0);
    if (!result || program->exit_status > 1)
        fail_msg("%d: %s%s", program->exit_status, program->out, program->err);
    json_t *findings = json_object_get(result, "findings"), *finding;
    assert_int_equal(program->exit_status, json_array_size(findings) > 0);
    if (json_object_get(result, "skipped"))
        return talloc_asprintf(project, "skipped: %s", text_of(result, "skipped"));
    char *text = talloc_strdup(project, json_array_size(findings) ? "" : "ok");
    size_t index;
    json_array_foreach(findings, index, finding)
    {
        text = talloc_asprintf_append(text, "%s%s:%lld %s", index ? "\n" : "", text_of(finding, "file"),
                                      json_integer_value(json_object_get(finding, "line")), text_of(finding, "object"));
        if (strchr(text_of(finding, "message"), '%') || !json_is_string(json_object_get(finding, "hint")))
            fail_msg("no hint, or no message: %s", text_of(finding, "message"));
    }
    return text;
}

static const char *ask(struct project *project, const char *rule) { return ask_since(project, rule, NULL); }

/* ---- models ---- */

static const char base_yaml[] = "mixin: Base\n"
                                "soft_delete: is_deleted\n"
                                "columns:\n"
                                "  id: {type: bigint, nullable: false, primary_key: true}\n"
                                "  created_at: {type: timestamptz, nullable: false, default: now()}\n"
                                "  is_deleted: {type: boolean, nullable: false, default: \"false\"}\n";

static void put_models(struct project *project)
{
    put(project, "store/models/base.yaml", base_yaml);
    put(project, "store/models/order.yaml",
        "entity: Order\ntable: orders\nextends: [Base]\ncolumns:\n  note: {type: text, nullable: true}\n"
        "relationships:\n"
        "  lines: {to: Line, kind: many, key: order_id, back_populates: order, cascade: [save], soft_delete: hide}\n");
    put(project, "store/models/line.yaml",
        "entity: Line\ntable: lines\nextends: [Base]\ncolumns:\n"
        "  order_id: {type: bigint, nullable: false, references: {entity: Order}}\n"
        "relationships:\n"
        "  order: {to: Order, kind: one, key: order_id, back_populates: lines, cascade: [], soft_delete: follow}\n");
}

static void test_models_that_hold_are_silent(void **state)
{
    struct project *project = *state;
    put_models(project);
    assert_string_equal(ask(project, "model.base"), "ok");
    assert_string_equal(ask(project, "model.typed"), "ok");
    assert_string_equal(ask(project, "model.relationship"), "ok");
}

static void test_models_without_a_base_key_or_times_are_found(void **state)
{
    struct project *project = *state;
    put_models(project);
    put(project, "store/models/a_none.yaml",
        "entity: None\ntable: nones\ncolumns:\n  id: {type: bigint, nullable: false, primary_key: true}\n"
        "  created_at: {type: timestamptz, nullable: false}\n");
    put(project, "store/models/b_keyless.yaml",
        "\nentity: Keyless\ntable: keyless\nextends: [Times]\ncolumns: {a: {type: text, nullable: true}}\n");
    put(project, "store/models/c_timeless.yaml",
        "\n\nentity: Timeless\ntable: timeless\nextends: [Keys]\ncolumns: {a: {type: text, nullable: true}}\n");
    put(project, "store/models/mixin1.yaml",
        "mixin: Times\ncolumns:\n  made_at: {type: timestamptz, nullable: false}\n");
    put(project, "store/models/mixin2.yaml",
        "mixin: Keys\ncolumns:\n  id: {type: bigint, nullable: false, primary_key: true}\n");
    put(project, "store/models/z_broken.yaml", "entity: [\n");
    assert_string_equal(ask(project, "model.base"), "store/models/a_none.yaml:1 None\n"
                                                    "store/models/b_keyless.yaml:2 Keyless\n"
                                                    "store/models/c_timeless.yaml:3 Timeless\n"
                                                    "store/models/z_broken.yaml:2 -");
}

static void test_models_whose_columns_imply_something_are_found(void **state)
{
    struct project *project = *state;
    put_models(project);
    put(project, "store/models/other.yaml",
        "entity: Other\ntable: others\nextends: [Base]\ncolumns:\n  a: {nullable: true}\n  b: {type: text}\n"
        "  c: {type: text, nullable: true}\n  d: text\n");
    assert_string_equal(ask(project, "model.typed"), "store/models/other.yaml:5 Other.a\n"
                                                     "store/models/other.yaml:6 Other.b\n"
                                                     "store/models/other.yaml:8 Other.d");
    assert_string_equal(ask(project, "model.base"), "ok");
}

static void test_models_whose_relationships_do_not_agree_are_found(void **state)
{
    struct project *project = *state;
    put_models(project);
    put(project, "store/models/line.yaml",
        "entity: Line\ntable: lines\nextends: [Base]\ncolumns:\n"
        "  order_id: {type: bigint, nullable: false, references: {entity: Order}}\n"
        "relationships:\n"
        "  order: {to: Order, kind: one, key: order_id, back_populates: linez, cascade: [], soft_delete: follow}\n"
        "  again: {to: Order, kind: one, key: order_id}\n");
    const char *found = ask(project, "model.relationship");
    assert_non_null(strstr(found, "store/models/line.yaml:7 Line.order"));
    assert_non_null(strstr(found, "store/models/line.yaml:8 Line.again"));
    assert_string_equal(ask(project, "model.typed"), "ok");
}

static void test_models_that_are_missing_skip_the_rules_unless_they_were_set(void **state)
{
    struct project *project = *state;
    put(project, "migrations/001_a.sql", "SELECT 1;\n");
    assert_string_equal(ask(project, "model.base"),
                        "skipped: the project declares no models: there is nothing in store/models");
    put(project, "pgdeck.yaml", "models: app/models\n");
    assert_string_equal(ask(project, "model.base"), "app/models:0 -");
    assert_int_equal(strncmp(ask(project, "model.typed"), "skipped: ", 9), 0);
    put(project, "pgdeck.yaml", "models: {command: [echo, CREATE TABLE t (a int);]}\n");
    assert_int_equal(strncmp(ask(project, "model.base"), "skipped: the models are DDL", 27), 0);
}

/* ---- secrets ---- */

static void put_secrets(struct project *project)
{
    put(project, "migrations/001_a.sql", "CREATE ROLE app;\n");
    put(project, "migrations/002_b.sql", "SELECT 1;\n\nALTER ROLE app PASSWORD 'geheim-1';\n");
    put(project, "migrations/003_c.sql",
        "-- pgdeck: allow secrets because this role is for tests\nALTER ROLE app PASSWORD 'geheim-2';\n");
    put(project, "pgdeck.yaml", "targets:\n  prod: {url: \"postgres://app:geheim-3@db/shop\"}\n");
    put(project, "docs/deep/er/run.md", "\npsql postgres://app:geheim-4@db/shop\n");
    put(project, ".env", "DB_PASSWORD=geheim-5\n");
    put(project, "node_modules/x/a.json", "{\"password\": \"geheim-6\"}\n");
    test_write_bytes(project->directory, "image.bin", "PGPASSWORD=geheim-7\0\n", 21);
}

static void test_secrets_without_git_are_found_where_they_do_not_belong(void **state)
{
    struct project *project = *state;
    put_secrets(project);
    test_write(project->home, "outside.sql", "ALTER ROLE app PASSWORD 'geheim-8';\n");
    shell(project, "ln -s $HOME/outside.sql initdb.sql; ln -s . loop; mkfifo pipe.sql");
    assert_string_equal(ask(project, "secrets"), "docs/deep/er/run.md:2 -\n"
                                                 "migrations/002_b.sql:3 -\n"
                                                 "pgdeck.yaml:2 -");
}

static void test_secrets_are_not_looked_for_where_there_is_no_project(void **state)
{
    struct project *project = *state;
    put(project, "notes.txt", "PGPASSWORD=geheim-1\n");
    assert_int_equal(strncmp(ask(project, "secrets"), "skipped: there is no project here", 33), 0);
    put(project, "migrations/001_a.sql", "SELECT 1;\n");
    assert_string_equal(ask(project, "secrets"), "notes.txt:1 PGPASSWORD");
}

static void test_secrets_that_git_would_commit_are_found(void **state)
{
    struct project *project = *state;
    put_secrets(project);
    test_write(project->home, "outside.sql", "ALTER ROLE app PASSWORD 'geheim-8';\n");
    shell(project,
          "ln -s $HOME/outside.sql initdb.sql; git init -q -b main .; echo node_modules >.gitignore; git add -A;"
          "git commit -qm one");
    assert_string_equal(ask(project, "secrets"), ".env:1 DB_PASSWORD\n"
                                                 "docs/deep/er/run.md:2 -\n"
                                                 "migrations/002_b.sql:3 -\n"
                                                 "pgdeck.yaml:2 -");
    shell(project, "git rm -q --cached .env; echo .env >>.gitignore");
    assert_null(strstr(ask(project, "secrets"), ".env"));
    put(project, "new.sh", "export PGPASSWORD=geheim-9\n");
    assert_string_equal(ask_since(project, "secrets", "HEAD"), "new.sh:1 PGPASSWORD");
}

static void test_secrets_allowed_in_the_head_of_a_models_file_are_no_finding_of_the_models(void **state)
{
    struct project *project = *state;
    put_models(project);
    put(project, "store/models/roles.sql",
        "-- pgdeck: allow secrets because the role is for tests\nALTER ROLE app PASSWORD 'geheim-1';\n");
    assert_string_equal(ask(project, "secrets"), "ok");
    assert_string_equal(ask(project, "model.base"), "ok");
    put(project, "store/models/roles.sql", "-- pgdeck: allow secrets\nALTER ROLE app PASSWORD 'geheim-1';\n");
    assert_string_equal(ask(project, "secrets"), "store/models/roles.sql:2 -");
    assert_string_equal(ask(project, "model.base"), "store/models/roles.sql:1 -");
}

static void test_secrets_are_shown_nowhere(void **state)
{
    struct project *project = *state;
    put_secrets(project);
    static const char *const formats[] = {"text", "json", "markdown"};
    for (size_t i = 0; i < countof(formats); i++) {
        const char *const words[] = {"-v",      "-C",       project->directory, "check", "--rule",
                                     "secrets", "--format", formats[i],         NULL};
        struct program *program = program_start(project, project->home, NULL, words);
        program_wait(program, PATIENCE_MS);
        assert_int_equal(program->exit_status, 1);
        assert_null(strstr(program->out, "geheim"));
        assert_null(strstr(program->err, "geheim"));
    }
}

/* ---- documentation ---- */

#define DOCUMENT "docs/DATABASE_MIGRATIONS.md"
#define WRITTEN "**Intent.** Why it is made, in words.\n\n**Safety.** What it locks, in words.\n\n"

static void put_migrations(struct project *project, int count)
{
    for (int i = 1; i <= count; i++)
        put(project, talloc_asprintf(project, "migrations/%03d_step_%d.sql", i, i), "SELECT 1;\n");
}

static void test_documentation_that_is_missing_is_one_finding_in_a_house(void **state)
{
    struct project *project = *state;
    assert_string_equal(ask(project, "migration.documented"), "skipped: there are no migrations");
    put_migrations(project, 3);
    assert_string_equal(ask(project, "migration.documented"), "skipped: the project has no " DOCUMENT);
    put(project, "pgdeck.yaml", "project: x\n");
    assert_string_equal(ask(project, "migration.documented"), DOCUMENT ":0 -");
}

static void test_documentation_is_judged_entry_by_entry(void **state)
{
    struct project *project = *state;
    put_migrations(project, 5);
    put(project, DOCUMENT,
        "# Migrations\n\n## 001_step_1\n\n" WRITTEN "## 002_step_2\n**Intent.** \n\n**Safety.** \n"
        "## 004_step_4\nNothing of the kind.\n## 005_step_5\n" WRITTEN "## 5 again\n" WRITTEN "## 006_gone\n" WRITTEN
        "## 007_gone (no file)\n");
    assert_string_equal(ask(project, "migration.documented"),
                        DOCUMENT ":10 002_step_2\n" DOCUMENT ":12 002_step_2\n" DOCUMENT ":13 003\n" DOCUMENT
                                 ":13 004_step_4\n" DOCUMENT ":13 004_step_4\n" DOCUMENT ":20 5 again\n" DOCUMENT
                                 ":25 006_gone");
    put(project, DOCUMENT,
        "## 001_step_1\n" WRITTEN "## 2 Step 2\n" WRITTEN "## 003_step_3\n" WRITTEN "## 004\n" WRITTEN
        "## `005_step_5`\n" WRITTEN);
    assert_string_equal(ask(project, "migration.documented"), "ok");
    put(project, "migrations/006_bad.sql", "SELECT 'open;\n");
    put(project, DOCUMENT,
        talloc_asprintf(project, "## 5\n" WRITTEN "## 4\n" WRITTEN "## 3\n" WRITTEN "## 2\n" WRITTEN "## 1\n" WRITTEN
                                 "## 6\n" WRITTEN));
    assert_string_equal(ask(project, "migration.documented"), "ok"); /* in any order; of a file that cannot be read */
}

static void test_documentation_of_what_new_made_is_not_written_yet(void **state)
{
    struct project *project = *state;
    const char *const words[] = {"-C", project->directory, "new", "add things", NULL};
    struct program *program = program_start(project, project->home, NULL, words);
    program_wait(program, PATIENCE_MS);
    assert_int_equal(program->exit_status, 0);
    assert_string_equal(ask(project, "migration.documented"),
                        DOCUMENT ":5 001_add_things\n" DOCUMENT ":7 001_add_things");
}

static void test_documentation_since_is_that_of_changed_migrations(void **state)
{
    struct project *project = *state;
    put_migrations(project, 3);
    put(project, DOCUMENT, "## 003_step_3\n" WRITTEN);
    shell(project, "git init -q -b main . && git add -A && git commit -qm one && git checkout -qb work");
    assert_string_equal(ask_since(project, "migration.documented", "main"), "ok");
    put(project, "migrations/004_step_4.sql", "SELECT 1;\n");
    assert_string_equal(ask_since(project, "migration.documented", "main"), DOCUMENT ":5 004");
    shell(project, "rm migrations/003_step_3.sql migrations/004_step_4.sql");
    assert_string_equal(ask_since(project, "migration.documented", "main"), DOCUMENT ":1 003_step_3");
}

/* ---- since ---- */

static void test_since_looks_at_changed_files_alone(void **state)
{
    struct project *project = *state;
    put(project, "migrations/001_Old.sql", "SELECT 1;\n");
    put_models(project);
    shell(project, "git init -q -b main . && git add -A && git commit -qm one && git checkout -qb work");
    assert_string_equal(ask_since(project, "migration.name", "main"), "ok");
    assert_int_equal(
        strncmp(ask_since(project, "model.base", "main"), "skipped: nothing in store/models has changed", 44), 0);
    put(project, "migrations/002_New.sql", "SELECT 1;\n");
    put(project, "store/models/order.yaml",
        "entity: Order\ntable: orders\ncolumns: {id: {type: bigint, nullable: false, primary_key: true}}\n");
    assert_string_equal(ask_since(project, "migration.name", "main"), "migrations/002_New.sql:0 -");
    assert_string_equal(ask_since(project, "model.base", "main"), "store/models/order.yaml:1 Order");
    json_t *files = json_object_get(project->document, "files");
    assert_true(json_is_false(json_object_get(json_array_get(files, 0), "changed")));
    assert_true(json_is_true(json_object_get(json_array_get(files, 1), "changed")));
}

static void test_since_of_an_unknown_revision_is_wrong_usage(void **state)
{
    struct project *project = *state;
    put(project, "migrations/001_a.sql", "SELECT 1;\n");
    const char *const words[] = {"-C", project->directory, "check", "--since=--output=x", NULL};
    for (size_t round = 0; round < 2; round++) {
        struct program *program = program_start(project, project->home, NULL, words);
        program_wait(program, PATIENCE_MS);
        assert_int_equal(program->exit_status, 2);
        assert_non_null(strstr(program->err, "hint: "));
        shell(project, "git init -q -b main . && git add -A && git commit -qm one");
    }
}

/* How many findings the rule has at a file, by what did not follow. */
static const char *together(struct project *project)
{
    (void)ask_since(project, "migration.together", "main");
    json_t *result = json_array_get(json_object_get(project->document, "rules"), 0), *finding;
    char *text = talloc_strdup(project, "");
    size_t index;
    json_array_foreach(json_object_get(result, "findings"), index, finding)
    {
        const char *message = text_of(finding, "message");
        text = talloc_asprintf_append(
            text, "%s:%s%s%s ", text_of(finding, "object"), strstr(message, "create_tables.sql") ? "init" : "",
            strstr(message, "DATABASE_MIGRATIONS.md") ? "docs" : "", strstr(message, "store/models") ? "models" : "");
    }
    return text;
}

#define INIT(table, versions)                                                                                          \
    "CREATE TABLE orders (id bigint NOT NULL PRIMARY KEY" table ");\n"                                                 \
    "CREATE TABLE schema_migrations (version varchar(32) PRIMARY KEY);\n"                                              \
    "INSERT INTO schema_migrations (version) VALUES " versions ";\n"
#define MODEL(columns)                                                                                                 \
    "entity: Order\ntable: orders\ncolumns:\n  id: {type: bigint, nullable: false, primary_key: true}\n" columns

static void test_together_demands_what_did_not_follow_and_nothing_else(void **state)
{
    struct project *project = *state;
    put(project, "migrations/001_step_1.sql", "CREATE TABLE orders (id bigint NOT NULL PRIMARY KEY);\n");
    put(project, "initdb/create_tables.sql", INIT("", "('001')"));
    put(project, "store/models/order.yaml", MODEL(""));
    put(project, DOCUMENT, "## 001_step_1\n" WRITTEN);
    shell(project, "git init -q -b main . && git add -A && git commit -qm one && git checkout -qb work");
    assert_string_equal(together(project), "");
    /* Other words about what runs the same. */
    put(project, "migrations/001_step_1.sql", "-- Orders.\nCREATE TABLE orders (id bigint NOT NULL PRIMARY KEY);\n");
    assert_string_equal(together(project), "");
    put(project, "migrations/002_step_2.sql", "ALTER TABLE orders ADD COLUMN note text;\n");
    assert_string_equal(together(project), "002:docs 002:init 002:models ");
    /* What changes only rows has nothing to say to the models; what is there already need not change. */
    put(project, "migrations/003_step_3.sql", "UPDATE orders SET note = '';\n");
    assert_string_equal(together(project), "002:docs 002:init 002:models 003:docs 003:init ");
    put(project, DOCUMENT, "## 001_step_1\n" WRITTEN "## 002\n" WRITTEN "## 003\n" WRITTEN);
    put(project, "initdb/create_tables.sql", INIT(", note text", "('001'), ('002'), ('003')"));
    assert_string_equal(together(project), "002:models ");
    put(project, "store/models/order.yaml", MODEL("  note: {type: text, nullable: true}\n"));
    assert_string_equal(together(project), "");
    /* All of it declared on main before: nothing has to follow. */
    shell(project, "git checkout -q main; git add store docs initdb; git commit -qm two; git checkout -q -B work main");
    assert_string_equal(together(project), "");
}

static void test_together_without_a_revision_is_not_asked(void **state)
{
    struct project *project = *state;
    put_migrations(project, 1);
    assert_int_equal(strncmp(ask(project, "migration.together"), "skipped: ", 9), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_models_that_hold_are_silent),
        TEST(test_models_without_a_base_key_or_times_are_found),
        TEST(test_models_whose_columns_imply_something_are_found),
        TEST(test_models_whose_relationships_do_not_agree_are_found),
        TEST(test_models_that_are_missing_skip_the_rules_unless_they_were_set),
        TEST(test_secrets_without_git_are_found_where_they_do_not_belong),
        TEST(test_secrets_are_not_looked_for_where_there_is_no_project),
        TEST(test_secrets_that_git_would_commit_are_found),
        TEST(test_secrets_allowed_in_the_head_of_a_models_file_are_no_finding_of_the_models),
        TEST(test_secrets_are_shown_nowhere),
        TEST(test_documentation_that_is_missing_is_one_finding_in_a_house),
        TEST(test_documentation_is_judged_entry_by_entry),
        TEST(test_documentation_of_what_new_made_is_not_written_yet),
        TEST(test_documentation_since_is_that_of_changed_migrations),
        TEST(test_since_looks_at_changed_files_alone),
        TEST(test_together_demands_what_did_not_follow_and_nothing_else),
        TEST(test_together_without_a_revision_is_not_asked),
        TEST(test_since_of_an_unknown_revision_is_wrong_usage),
    };
    return cmocka_run_group_tests_name("rule_files", tests, NULL, NULL);
}
