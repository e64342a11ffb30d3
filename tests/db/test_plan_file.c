/* Plans as files: what was written is what is applied, or a refusal that names what changed; hostile files end in clear
 * errors. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <sys/stat.h>
#include <unistd.h>

#include "migrate/plan_file.h"
#include "migrate/touched.h"
#include "tests/lib/program.h"
#include "tests/lib/stage.h"

static struct test_server *server;

static int start_server(void **state UNUSED)
{
    server = test_server_start(NULL, NULL);
    return 0;
}

static int stop_server(void **state UNUSED) { return talloc_free(server); }

static int set_up(void **state)
{
    struct stage *stage = stage_new(NULL, server);
    stage_write(stage, "001_a.sql", "CREATE TABLE a ();\n");
    stage_write(stage, "002_b.sql", "CREATE TABLE b ();\n");
    stage_write(stage, "003_c.sql", "CREATE TABLE c ();\n");
    stage->selection.to = "001";
    stage_apply(stage);
    stage->selection.to = NULL;
    *state = stage;
    return 0;
}

static int tear_down(void **state) { return talloc_free(*state); }

static const char *path_of(struct stage *stage) { return talloc_asprintf(stage, "%s/release.plan", stage->project); }

static void write_plan(struct stage *stage)
{
    if (!stage_plan(stage) || !plan_file_write(path_of(stage), stage->plan, &stage->selection, stage->error))
        fail_msg("write: %s", stage->error->message);
}

static struct plan_file *read_plan(struct stage *stage)
{
    struct plan_file *file = plan_file_read(stage, path_of(stage), stage->error);
    if (!file)
        fail_msg("read: %s", stage->error->message);
    return file;
}

static void test_plan_comes_back_as_it_was_written(void **state)
{
    struct stage *stage = *state;
    static const char *const only[] = {"003", "002", NULL}, *const allow[] = {"data-loss:public.x", NULL};
    stage->selection = (struct plan_selection){.only = only, .order = ORDER_ANY, .allow = allow};
    assert_true(stage_plan(stage));
    assert_true(plan_file_write(path_of(stage), stage->plan, &stage->selection, stage->error));
    const struct plan_file *file = read_plan(stage);
    assert_string_equal(file->fingerprint, stage->plan->fingerprint);
    assert_string_equal(file->terms, stage->plan->terms);
    assert_string_equal(file->selection.only[0], "003");
    assert_string_equal(file->selection.only[1], "002");
    assert_null(file->selection.only[2]);
    assert_int_equal(file->selection.order, ORDER_ANY);
    assert_string_equal(file->selection.allow[0], "data-loss:public.x");
    assert_true(plan_file_holds(file, stage->plan, stage->error));
}

static void test_written_plan_replaces_an_older_one_and_nothing_else(void **state)
{
    struct stage *stage = *state;
    write_plan(stage);
    write_plan(stage);
    test_write(stage->project, "release.plan", "my notes\n");
    assert_false(plan_file_write(path_of(stage), stage->plan, &stage->selection, stage->error));
    assert_int_equal(stage->error->code, ERROR_FILE);
    assert_non_null(strstr(stage->error->message, "is no plan of pgdeck's"));
}

static void test_path_that_cannot_be_written_is_named(void **state)
{
    struct stage *stage = *state;
    assert_true(stage_plan(stage));
    assert_false(plan_file_write("/nonexist/x", stage->plan, &stage->selection, stage->error));
    assert_int_equal(stage->error->code, ERROR_FILE);
    assert_non_null(strstr(stage->error->message, "/nonexist/x"));
    assert_non_null(strstr(stage->error->hint, "--out: its folder must be there"));
}

/* ---- what changed since ---- */

static void change_file(struct stage *stage) { stage_write(stage, "002_b.sql", "CREATE TABLE b (id integer);\n"); }
static void add_file(struct stage *stage) { stage_write(stage, "004_d.sql", "SELECT 1;\n"); }
static void remove_file(struct stage *stage)
{
    unlink(talloc_asprintf(stage, "%s/migrations/003_c.sql", stage->project));
}
static void apply_one(struct stage *stage)
{
    oracle_execute(stage->oracle, "INSERT INTO schema_migrations (version) VALUES ('002')");
}
static void take_back_one(struct stage *stage)
{
    oracle_execute(stage->oracle, "DELETE FROM schema_migrations WHERE version = '001'");
}
static void set_path(struct stage *stage) { STAGE_SETTINGS(stage, "search_path=app"); }
static void set_timeout(struct stage *stage) { STAGE_SETTINGS(stage, "statement_timeout=5s"); }
static void change_role(struct stage *stage) { stage->role = "somebody"; }

static const struct {
    const char *what;
    void (*change)(struct stage *stage);
    const char *words;
} changes[] = {
    {"bytes of a file", change_file, "the file of 002 has other bytes"},
    {"one more file", add_file, "004 is to be run now, too"},
    {"one file less", remove_file, "003 is not to be run any more"},
    {"applied meanwhile", apply_one, "002 was applied meanwhile"},
    {"taken out of the ledger", take_back_one, "001 is no longer in the ledger"},
    {"another search path", set_path, "the setting-search_path is \"app\", and was \"\""},
    {"another timeout", set_timeout, "the timeouts of 002"},
    {"another role", change_role, "the role is \"somebody\", and was \"postgres\""},
};

static void test_plan_that_is_no_longer_true_names_what_changed(void **state UNUSED)
{
    test_server_execute(server, "postgres", "CREATE ROLE somebody SUPERUSER LOGIN");
    for (size_t i = 0; i < countof(changes); i++) {
        struct stage *stage;
        set_up((void **)&stage);
        write_plan(stage);
        changes[i].change(stage);
        const struct plan_file *file = read_plan(stage);
        stage->selection = (struct plan_selection){.order = ORDER_ANY};
        if (!stage_plan(stage))
            fail_msg("%s: %s", changes[i].what, stage->error->message);
        assert_false(plan_file_holds(file, stage->plan, stage->error));
        assert_int_equal(stage->error->code, ERROR_STALE_PLAN);
        if (!strstr(stage->error->message, changes[i].words))
            fail_msg("%s: %s", changes[i].what, stage->error->message);
        talloc_free(stage);
    }
    test_server_execute(server, "postgres", "DROP ROLE somebody");
}

static void test_plan_of_another_database_is_refused(void **state)
{
    struct stage *stage = *state, *other = stage_new(stage, server);
    write_plan(stage);
    const struct plan_file *file = read_plan(stage);
    other->project = stage->project;
    STAGE_SETTINGS(other, "person=tester");
    assert_true(stage_plan(other));
    assert_false(plan_file_holds(file, other->plan, stage->error));
    assert_non_null(strstr(stage->error->message, "the database is \""));
}

/* ---- hostile files ---- */

static const struct {
    const char *what, *find, *put, *words;
} edits[] = {
    {"a checksum edited", "step 002 ", "step 002 0", "was changed after it was made"},
    {"a line added", "\"terms\": [", "\"terms\": [\"step 009 x 0 1 1\",", "was changed after it was made"},
    {"a relation put in", "\"touched\": [", "\"touched\": [\"- public.a\"], \"x\": [", "was changed after it was made"},
    {"a hazard allowed by hand", "\"allow\": []", "\"allow\": [\"data-loss:public.x\"]",
     "was changed after it was made"},
    {"more selected by hand", "\"out_of_order\": false", "\"out_of_order\": true", "was changed after it was made"},
    {"the seal taken off", "\"seal\"", "\"deal\"", "was changed after it was made"},
    {"another fingerprint", "\"fingerprint\": \"", "\"fingerprint\": \"0", "was changed after it was made"},
    {"another kind", "\"pgdeck plan\"", "\"shopping list\"", "is no plan of pgdeck's"},
    {"a later format", "\"format\": 1", "\"format\": 2", "another format"},
    {"a format that is a text", "\"format\": 1", "\"format\": \"1\"", "another format"},
    {"terms that are no list", "\"terms\": [", "\"terms\": {}, \"x\": [", "no whole plan"},
    {"a term that is a number", "\"terms\": [", "\"terms\": [7,", "no whole plan"},
    {"a term with a newline", "\"terms\": [", "\"terms\": [\"a\\nb\",", "no whole plan"},
    {"a selection that contradicts itself", "\"to\": null", "\"to\": 7", "no whole plan"},
    {"a name said twice", "\"format\": 1", "\"format\": 1, \"format\": 1", "is no plan: duplicate"},
    {"a byte that is no text", "\"pgdeck plan\"", "\"\xff\"", "is no plan"},
    {"cut short", "\"terms\"", "", "is no plan"},
};

static const char *edit(struct stage *stage, const char *text, size_t number)
{
    const char *place = strstr(text, edits[number].find);
    assert_non_null(place);
    const char *rest = *edits[number].put ? place + strlen(edits[number].find) : "";
    return talloc_asprintf(stage, "%.*s%s%s", (int)(place - text), text, edits[number].put, rest);
}

static const char *plan_text(struct stage *stage)
{
    static char text[65536];
    FILE *stream = fopen(path_of(stage), "r");
    assert_non_null(stream);
    text[fread(text, 1, sizeof text - 1, stream)] = '\0';
    fclose(stream);
    return text;
}

static void refuses(struct stage *stage, const char *what, const char *words)
{
    error_clear(stage->error);
    if (plan_file_read(stage, path_of(stage), stage->error))
        fail_msg("%s was taken", what);
    assert_int_equal(stage->error->code, ERROR_FILE);
    assert_int_equal(error_exit_status(stage->error), 2);
    if (!strstr(stage->error->message, words) || !stage->error->hint)
        fail_msg("%s: %s", what, stage->error->message);
}

static void test_edited_plan_is_refused(void **state)
{
    struct stage *stage = *state;
    write_plan(stage);
    const char *text = talloc_strdup(stage, plan_text(stage));
    for (size_t i = 0; i < countof(edits); i++) {
        test_write(stage->project, "release.plan", edit(stage, text, i));
        refuses(stage, edits[i].what, edits[i].words);
    }
}

static void test_file_that_is_no_plan_is_refused(void **state)
{
    struct stage *stage = *state;
    const char *path = path_of(stage);
    refuses(stage, "an absent file", "cannot read");
    test_write(stage->project, "release.plan", "");
    refuses(stage, "an empty file", "is no plan");
    test_write(stage->project, "release.plan", "[]");
    refuses(stage, "a list", "is no plan of pgdeck's");
    test_write_bytes(stage->project, "release.plan", "\0\1\2", 3);
    refuses(stage, "bytes", "is no plan");
    char *deep = talloc_array(stage, char, 100001);
    memset(deep, '[', 100000);
    deep[100000] = '\0';
    test_write(stage->project, "release.plan", deep);
    refuses(stage, "a deep list", "is no plan");
    assert_int_equal(truncate(path, 17 << 20), 0);
    refuses(stage, "a huge file", "the limit is");
    assert_int_equal(unlink(path), 0);
    assert_int_equal(symlink("/etc/passwd", path), 0);
    refuses(stage, "a link", "is a symbolic link");
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkfifo(path, 0600), 0);
    refuses(stage, "a pipe", "not a regular file");
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkdir(path, 0700), 0);
    refuses(stage, "a folder", "not a regular file");
}

/* ---- the two commands ---- */

static struct program *run(struct stage *stage, const char *const *words)
{
    const char *target =
        talloc_asprintf(stage, "host=%s port=5432 user=postgres dbname=%s", test_server_host(server), stage->database);
    const char *all[24] = {"-C", stage->project, "-d", target};
    for (size_t i = 0; words[i]; i++)
        all[4 + i] = words[i];
    static const char *const environment[] = {"PGDECK_MEASURE=never", NULL};
    struct program *program = program_start(stage, stage->project, environment, all);
    program_wait(program, 30000);
    return program;
}
#define RUN(stage, ...) run(stage, (const char *const[]){__VA_ARGS__, NULL})

static void test_commands_write_and_apply_a_plan(void **state)
{
    struct stage *stage = *state;
    const char *path = path_of(stage);
    struct program *program = RUN(stage, "plan", "--to", "002", "--out", path);
    assert_int_equal(program->exit_status, 0);
    program = RUN(stage, "apply", "--plan", path, "--to", "003", "--confirm", stage->database);
    assert_int_equal(program->exit_status, 2);
    assert_non_null(strstr(program->err, "--plan and --to exclude each other"));
    program = RUN(stage, "apply", "--plan", path, "--confirm", stage->database);
    assert_int_equal(program->exit_status, 0);
    assert_true(oracle_says(stage->oracle, "SELECT to_regclass('b') IS NOT NULL AND to_regclass('c') IS NULL"));
    program = RUN(stage, "apply", "--plan", path, "--confirm", stage->database);
    assert_int_equal(program->exit_status, 4);
    assert_non_null(strstr(program->err, "002 was applied meanwhile"));
    assert_true(oracle_says(stage->oracle, "SELECT to_regclass('c') IS NULL"));
}

static void test_plan_is_refused_where_a_table_that_it_touches_changed(void **state)
{
    struct stage *stage = *state;
    const char *path = path_of(stage);
    oracle_execute(stage->oracle,
                   "CREATE SCHEMA odd; CREATE TABLE odd.\"W \"\"x\\\" (a integer); CREATE TABLE odd.other (a integer)");
    stage_write(stage, "002_b.sql", "ALTER TABLE odd.\"W \"\"x\\\" ADD COLUMN z integer;\n");
    assert_int_equal(RUN(stage, "plan", "--to", "002", "--out", path)->exit_status, 0);
    oracle_execute(stage->oracle, "INSERT INTO odd.\"W \"\"x\\\" VALUES (1); CREATE INDEX ON odd.other (a)");
    struct program *program = RUN(stage, "apply", "--plan", path, "--dry-run", "--confirm", stage->database);
    assert_int_equal(program->exit_status, 0);
    oracle_execute(stage->oracle, "CREATE INDEX ON odd.\"W \"\"x\\\" (a)");
    program = RUN(stage, "apply", "--plan", path, "--confirm", stage->database);
    assert_int_equal(program->exit_status, 4);
    assert_non_null(strstr(program->err, "odd.\"W \"\"x\\\" is not as it was when it was made"));
    assert_true(oracle_says(stage->oracle, "SELECT count(*) = 0 FROM schema_migrations WHERE version = '002'"));
}

/* Under the lock, for whoever was shown a plan: the console's page has looked long ago. */
static void test_shown_plan_is_refused_where_a_table_that_it_touches_changed(void **state)
{
    struct stage *stage = *state;
    static const char *const lines[] = {"- public.a", NULL};
    struct connection *connection = stage_connect(stage);
    for (int is_changed = 1; is_changed >= 0; is_changed--) {
        assert_true(stage_plan(stage));
        const char *const *touched = touched_again(stage, connection, lines, stage->error);
        assert_non_null(touched);
        plan_bind_touched(stage->plan, touched);
        if (is_changed)
            oracle_execute(stage->oracle, "ALTER TABLE a ADD COLUMN by_hand text");
        stage->strictness = APPLY_EXACT;
        assert_int_equal(stage_run(stage), !is_changed);
        if (is_changed) {
            assert_int_equal(stage->error->code, ERROR_STALE_PLAN);
            assert_non_null(strstr(stage->error->message, "public.a is not as it was when it was planned"));
        }
    }
    assert_true(oracle_says(stage->oracle, "SELECT to_regclass('c') IS NOT NULL"));
}

static void test_acknowledged_hazards_are_part_of_the_plan(void **state)
{
    struct stage *stage = *state;
    static const char *const allow[] = {"data-loss:public.a", NULL};
    assert_true(stage_plan(stage));
    char *before = talloc_strdup(stage, stage->plan->fingerprint);
    stage->selection.allow = allow;
    assert_true(stage_plan(stage));
    assert_string_not_equal(stage->plan->fingerprint, before);
    assert_non_null(strstr(stage->plan->terms, "acknowledged data-loss:public.a\n"));
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_plan_comes_back_as_it_was_written),
        TEST(test_written_plan_replaces_an_older_one_and_nothing_else),
        TEST(test_path_that_cannot_be_written_is_named),
        cmocka_unit_test(test_plan_that_is_no_longer_true_names_what_changed),
        TEST(test_plan_of_another_database_is_refused),
        TEST(test_edited_plan_is_refused),
        TEST(test_file_that_is_no_plan_is_refused),
        TEST(test_commands_write_and_apply_a_plan),
        TEST(test_plan_is_refused_where_a_table_that_it_touches_changed),
        TEST(test_shown_plan_is_refused_where_a_table_that_it_touches_changed),
        TEST(test_acknowledged_hazards_are_part_of_the_plan),
    };
    return cmocka_run_group_tests(tests, start_server, stop_server);
}
