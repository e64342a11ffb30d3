/* pgdeck: allow secrets because all of them are made up */
/* `rehearse`: what is pending goes to a copy of the target, the tests meet the copy, and neither the target nor
 * anything else keeps a trace of it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "store/clock.h"
#include "store/url.h"
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

static int reset(void **state UNUSED)
{
    deck_scene_reset(scene);
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
    char *path = talloc_asprintf(scene, "%s/%s", scene->project, name);
    FILE *file = fopen(path, "r");
    char text[4096] = "";
    if (!file)
        return NULL;
    size_t size = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    return talloc_strndup(scene, text, size);
}

/* Writes where the copy is into a file, for assert_copy_gone. */
#define NOTE_COPY "echo \"$PGHOST $PGDATABASE\" > copy; "

/* The scratch server lingers: it can be asked. */
static void assert_copy_gone(void)
{
    char host[200], database[200];
    char *text = read_project_file("copy");
    assert_non_null(text);
    assert_int_equal(sscanf(text, "%199s %199s", host, database), 2);
    char *command = talloc_asprintf(scene,
                                    "PGHOST='%s' PGPORT=5432 PGUSER=pgdeck_scratch_owner PGDATABASE='%s' "
                                    "psql -XAtc 'SELECT 1' 2>&1",
                                    host, database);
    FILE *pipe = popen(command, "r");
    char answer[1000] = "";
    size_t size = fread(answer, 1, sizeof answer - 1, pipe);
    pclose(pipe);
    answer[size] = '\0';
    assert_holds(answer, "does not exist");
}

static void apply_first(void) { DECK_RUN(scene, 0, "-q", "-d", "open", "apply", "--to", "001", "--yes"); }

static void test_pending_files_and_tests_meet_a_copy(void **state UNUSED)
{
    apply_first();
    DECK_RUN(scene, 0, "--json", "-d", "open", "rehearse", "--", "sh", "-c",
             NOTE_COPY
             "psql -XAtc 'SELECT version FROM schema_migrations ORDER BY 1' && psql -X \"$DATABASE__URL\" -Atc "
             "\"INSERT INTO second VALUES (2) RETURNING 'written'\"");
    assert_text("ok", "true");
    assert_text("source", "migrations");
    assert_text("applied_before", "1");
    assert_text("applied.0.file", "migrations/002_second.sql");
    assert_text("tests.exit_status", "0");
    assert_text("tests.tail", "001\n002\nwritten\nINSERT 0 1\n");
    assert_text("before.ok", "true");
    assert_text("after.ok", "true");
    assert_true(oracle_says(scene->oracle, "SELECT to_regclass('second') IS NULL"));
    assert_int_equal(oracle_number(scene->oracle, "SELECT count(*) FROM schema_migrations"), 1);
    assert_copy_gone();
}

static void test_failing_tests_are_findings_and_say_their_last_words(void **state UNUSED)
{
    DECK_RUN(scene, 1, "-d", "open", "rehearse", "--", "sh", "-c", NOTE_COPY "echo out; echo broken >&2; exit 7");
    assert_holds(scene->program->out, "the tests failed with exit status 7");
    assert_null(strstr(scene->program->out, "\nbroken"));
    assert_holds(scene->program->err, "out\nbroken\n");
    assert_copy_gone();
    DECK_RUN(scene, 1, "--json", "-d", "open", "rehearse", "--", "sh", "-c", "echo broken >&2; kill -9 $$");
    assert_text("ok", "false");
    assert_text("tests.signal", "9");
    assert_text("tests.exit_status", "137");
    assert_text("tests.tail", "broken\n");
}

static void test_failing_migration_ends_it_with_its_place(void **state UNUSED)
{
    apply_first();
    deck_scene_write(scene, "003_third.sql", "CREATE TABLE third (id integer);\nDROP TABLE nowhere;\n");
    DECK_RUN(scene, 5, "--json", "-d", "open", "rehearse", "--", "touch", "tested");
    assert_text("failed", "003");
    assert_text("error.file", "migrations/003_third.sql");
    assert_text("error.line", "2");
    assert_text("applied.0.version", "002");
    assert_text("tests", "null");
    assert_null(read_project_file("tested"));
    assert_int_equal(oracle_number(scene->oracle, "SELECT count(*) FROM schema_migrations"), 1);
}

static void test_file_that_stops_midway_has_only_failed(void **state UNUSED)
{
    deck_scene_write(scene, "003_third.sql",
                     "-- pgdeck: no-transaction\nCREATE TABLE third (id integer);\nDROP TABLE nowhere;\n");
    DECK_RUN(scene, 5, "--json", "-d", "open", "rehearse");
    assert_text("error.code", "statement");
    assert_text("failed", "003");
    assert_holds(deck_scene_text(scene, "error.hint"), "nothing has changed on the target");
}

static void test_live_schema_of_its_own_is_copied(void **state UNUSED)
{
    apply_first();
    oracle_execute(scene->oracle, "ALTER TABLE first ADD COLUMN by_hand text; CREATE VIEW seen AS TABLE first");
    DECK_RUN(scene, 0, "--json", "-d", "open", "rehearse", "--", "psql", "-XAtc", "SELECT by_hand FROM seen");
    assert_text("source", "live");
    assert_holds(deck_scene_text(scene, "reason"), "not that of the applied migrations");
}

static void test_without_target_all_files_are_rehearsed(void **state UNUSED)
{
    DECK_RUN(scene, 0, "--json", "rehearse", "--", "psql", "-XAtc", "TABLE second");
    assert_text("target", "null");
    assert_text("source", "empty");
    assert_text("applied.1.version", "002");
    assert_text("tests.tail", "1\n");
}

static void test_what_a_plain_owner_may_not_do_is_done_as_scratch_does_it(void **state UNUSED)
{
    deck_scene_write(scene, "003_third.sql",
                     "CREATE ROLE rehearsal_reader;\nCREATE TABLE third (id integer);\n"
                     "GRANT SELECT ON third TO rehearsal_reader;\n");
    deck_scene_write(scene, "004_fourth.sql", "CREATE TABLE fourth (id integer);\n");
    DECK_RUN(scene, 0, "--json", "rehearse", "--", "psql", "-XAtc", "TABLE third; TABLE fourth");
    assert_text("applied.2.how", "replayed");
    assert_text("applied.3.how", "applied");
    assert_holds(deck_scene_text(scene, "warnings.0"), "CREATE ROLE is not run in scratch");
}

static void test_changed_file_is_refused_as_by_apply(void **state UNUSED)
{
    apply_first();
    deck_scene_write(scene, "001_first.sql", "CREATE TABLE first (id bigint);\n");
    DECK_RUN(scene, 4, "--json", "-d", "open", "rehearse");
    assert_text("error.code", "refused");
}

static void test_incomplete_migration_is_refused(void **state UNUSED)
{
    deck_scene_write(scene, "003_third.sql",
                     "-- pgdeck: no-transaction\nCREATE TABLE third (id integer);\nDROP TABLE nowhere;\n");
    DECK_RUN(scene, 6, "-q", "-d", "open", "apply", "--yes");
    DECK_RUN(scene, 4, "--json", "-d", "open", "rehearse");
    assert_holds(deck_scene_text(scene, "error.message"), "003 is incomplete");
}

/* Nothing in the environment may lead the tests to the real database. */
static void test_environment_leads_to_the_copy_alone(void **state UNUSED)
{
    const char *const environment[] = {"PGSSLMODE=disable",
                                       "PGPASSWORD=hunter2",

                                       "PGDECK_TARGET=locked",
                                       "PGOPTIONS=-c x.y=z",
                                       "PGDECK_PERSON=Somebody",
                                       "DATABASE__URL=postgresql+asyncpg://u:hunter3@192.0.2.1/prod",
                                       NULL};
    const char *const words[] = {
        "--json", "-d", "open", "rehearse", "--", "sh", "-c", "env | grep -E '^(PG|DATABASE)' | sort", NULL};
    deck_scene_start_program(scene, environment, words);
    deck_scene_finish(scene, 0);
    const char *tail = deck_scene_text(scene, "tests.tail");
    assert_holds(tail, "DATABASE__URL=postgresql+asyncpg://pgdeck_scratch_owner@/scratch_");
    assert_holds(tail, "DATABASE_URL=postgresql://pgdeck_scratch_owner@/scratch_");
    assert_holds(tail, "PGDECK_PERSON=Somebody");
    static const char *const gone[] = {"PGSSLMODE", "hunter", "192.0.2.1", "PGDECK_TARGET", "PGOPTIONS", "prod"};
    for (size_t i = 0; i < countof(gone); i++)
        if (strstr(tail, gone[i]))
            fail_msg("%s is still there: %s", gone[i], tail);
}

static void test_command_of_the_project_is_run_where_none_is_given(void **state UNUSED)
{
    char *settings = read_project_file("pgdeck.yaml");
    test_write(scene->project, "pgdeck.yaml",
               talloc_asprintf(scene, "%srehearse: [sh, -c, 'echo of the project; exit 1']\n", settings));
    DECK_RUN(scene, 1, "--json", "rehearse");
    assert_text("tests.tail", "of the project\n");
    DECK_RUN(scene, 0, "--json", "rehearse", "--", "true");
    assert_text("tests.command", "true");
}

static void test_command_that_cannot_be_started_is_an_error(void **state UNUSED)
{
    DECK_RUN(scene, 2, "--json", "rehearse", "--", "./no-such-program");
    assert_holds(deck_scene_text(scene, "error.message"), "./no-such-program");
}

static void test_hostile_output_reaches_no_terminal(void **state UNUSED)
{
    DECK_RUN(scene, 0, "rehearse", "--", "sh", "-c",
             "printf '\\033]0;owned\\007\\000\\377 end'; head -c 20000 /dev/zero");
    assert_null(strchr(scene->program->err, '\033'));
    assert_holds(scene->program->err, "\\x1B]0;owned\\x07");
}

/* What the tests leave running holds nothing up, and is ended. */
static void test_left_over_processes_are_ended(void **state UNUSED)
{
    DECK_RUN(scene, 0, "--json", "rehearse", "--", "sh", "-c", NOTE_COPY "sleep 300 & echo $! > sleeper");
    char *text = read_project_file("sleeper");
    assert_non_null(text);
    pid_t pid = (pid_t)strtol(text, NULL, 10);
    int64_t end_ms = clock_monotonic_ms() + DECK_PATIENCE_MS;
    while (kill(pid, 0) == 0 && clock_monotonic_ms() < end_ms)
        usleep(1000);
    assert_int_equal(kill(pid, 0), -1);
    assert_copy_gone();
}

static void test_interrupt_ends_the_tests_and_drops_the_copy(void **state UNUSED)
{
    const char *const words[] = {
        "-d",
        "open",
        "rehearse",
        "--",
        "sh",
        "-c",
        NOTE_COPY "psql -Xqc 'SELECT pg_sleep(300)' & trap 'echo told > told; exit' INT; echo $$ > runs; wait",
        NULL};
    deck_scene_start_program(scene, NULL, words);
    int64_t end_ms = clock_monotonic_ms() + DECK_PATIENCE_MS;
    char *text = NULL;
    while ((!text || !strchr(text, '\n')) && clock_monotonic_ms() < end_ms) {
        usleep(1000);
        text = read_project_file("runs");
    }
    assert_non_null(text);
    kill(scene->program->pid, SIGINT);
    deck_scene_finish(scene, 130);
    assert_non_null(read_project_file("told"));
    assert_int_equal(kill((pid_t)strtol(text, NULL, 10), 0), -1);
    assert_copy_gone();
}

static void test_url_has_every_part_in_its_place(void **state UNUSED)
{
    static const struct {
        const char *given, *url;
    } cases[] = {
        {"host=/tmp/x port=5432 user=a dbname=b", "pg://a@/b?host=/tmp/x"},
        {"host=/tmp/x port=6000 user=a dbname=b", "pg://a@/b?host=/tmp/x&port=6000"},
        {"host=db port=6000 user='a b' password='p@:/?' dbname='b c'", "pg://a%20b:p%40%3A%2F%3F@db:6000/b%20c"},
        {"host=db user=a dbname=b sslmode=require options='-c x=1'", "pg://a@db/b?sslmode=require"},
        {"host=::1 user=a dbname=b", "pg://a@/b?host=%3A%3A1"},
    };
    struct error *error = error_new(scene);
    for (size_t i = 0; i < countof(cases); i++) {
        struct target *target = target_parse(scene, cases[i].given, error);
        assert_non_null(target);
        assert_string_equal(url_of_target(scene, target, "pg"), cases[i].url);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_pending_files_and_tests_meet_a_copy, reset),
        cmocka_unit_test_setup(test_failing_tests_are_findings_and_say_their_last_words, reset),
        cmocka_unit_test_setup(test_failing_migration_ends_it_with_its_place, reset),
        cmocka_unit_test_setup(test_file_that_stops_midway_has_only_failed, reset),
        cmocka_unit_test_setup(test_live_schema_of_its_own_is_copied, reset),
        cmocka_unit_test_setup(test_without_target_all_files_are_rehearsed, reset),
        cmocka_unit_test_setup(test_what_a_plain_owner_may_not_do_is_done_as_scratch_does_it, reset),
        cmocka_unit_test_setup(test_changed_file_is_refused_as_by_apply, reset),
        cmocka_unit_test_setup(test_incomplete_migration_is_refused, reset),
        cmocka_unit_test_setup(test_environment_leads_to_the_copy_alone, reset),
        cmocka_unit_test_setup(test_command_of_the_project_is_run_where_none_is_given, reset),
        cmocka_unit_test_setup(test_command_that_cannot_be_started_is_an_error, reset),
        cmocka_unit_test_setup(test_hostile_output_reaches_no_terminal, reset),
        cmocka_unit_test_setup(test_left_over_processes_are_ended, reset),
        cmocka_unit_test_setup(test_interrupt_ends_the_tests_and_drops_the_copy, reset),
        cmocka_unit_test(test_url_has_every_part_in_its_place),
    };
    return cmocka_run_group_tests_name("rehearsal", tests, start, stop);
}
