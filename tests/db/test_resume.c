/* Resuming a file that stopped midway: its statements are not idempotent and count how often each took effect, and
 * every one must have done so exactly once, wherever it stopped and however often. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/lib/scene.h"

#define HEAD "-- pgdeck: no-transaction\n"
#define COUNT(n) "INSERT INTO fixture.counter VALUES ('001." n "');\n"

static int set_up(void **state)
{
    *state = scene_start(NULL);
    return 0;
}

static int tear_down(void **state)
{
    talloc_free(*state);
    return 0;
}

static void reset(struct scene *scene, const char *text, int rows, int relations)
{
    struct scene_file *file = talloc_zero(scene, struct scene_file);
    *file = (struct scene_file){"001", "steps", text, SCENE_STEPWISE, rows, relations};
    scene_reset(scene, file, 1);
}

/* Rewrites the file as a person would who mends it. */
static void mend(struct scene *scene, const char *text)
{
    test_write(scene->project, "migrations/001_steps.sql", text);
}

static struct program *apply_and_expect(struct scene *scene, int exit_status)
{
    struct program *program = scene_apply(scene, SCENE_DIRECT);
    if (program->exit_status != exit_status)
        fail_msg("exit %d instead of %d: %s%s", program->exit_status, exit_status, program->out, program->err);
    return program;
}

static const char five_steps[] = HEAD COUNT("1") "CREATE TABLE v001_a (id integer);\n" COUNT(
    "2") "CREATE INDEX CONCURRENTLY v001_id ON v001_a (id);\n"
         "BEGIN;\n" COUNT("3") COUNT("4") "COMMIT;\n" COUNT("5");

/* Killed behind every single statement in turn, in one and the same apply: five resumes of one file. */
static void test_resume_after_a_kill_behind_each_step_runs_each_once(void **state)
{
    static const struct proxy_stop stops[] = {
        {PROXY_SEEN, "COMMIT", NULL, "INSERT INTO fixture.counter VALUES ('001.1')"},
        {PROXY_SEEN, "COMMIT", NULL, "CREATE TABLE v001_a"},
        {PROXY_ANSWERED, "COMMIT", NULL, "INSERT INTO fixture.counter VALUES ('001.2')"},
        {PROXY_ANSWERED, "CREATE INDEX CONCURRENTLY v001_id", NULL, NULL},
        {PROXY_SEEN, "INSERT INTO fixture.counter VALUES ('001.3')", NULL, NULL},
        {PROXY_SEEN, "COMMIT", NULL, "INSERT INTO fixture.counter VALUES ('001.4')"},
    };
    struct scene *scene = *state;
    reset(scene, five_steps, 5, 2);
    for (size_t i = 0; i < countof(stops); i++) {
        proxy_arm(scene->proxy, &stops[i]);
        struct program *program = scene_start_apply(scene, SCENE_PROXIED);
        scene_wait_stop(scene, program);
        program_kill(program);
        scene_check(scene);
        assert_string_equal(scene_state(scene, "001"), "incomplete");
    }
    scene_finish(scene);
}

/* Stops at the second failure, too: resuming may fail again. */
static void test_resume_after_failures_runs_each_step_once(void **state)
{
    struct scene *scene = *state;
    reset(scene, HEAD COUNT("1") "SELECT 1/0;\n" COUNT("2") "SELECT 2/0;\n" COUNT("3"), 3, 0);
    struct program *program = apply_and_expect(scene, 6);
    assert_non_null(strstr(program->err, "migrations/001_steps.sql:3:1: "));
    apply_and_expect(scene, 6);
    mend(scene, HEAD COUNT("1") "SELECT 1/1;\n" COUNT("2") "SELECT 2/0;\n" COUNT("3"));
    program = apply_and_expect(scene, 6);
    assert_non_null(strstr(program->err, "migrations/001_steps.sql:5:1: "));
    mend(scene, HEAD COUNT("1") "SELECT 1/1;\n" COUNT("2") "SELECT 2/2;\n" COUNT("3"));
    scene_finish(scene);
}

static void test_failure_of_the_first_step_leaves_nothing_and_is_pending(void **state)
{
    struct scene *scene = *state;
    reset(scene, HEAD "SELECT 1/0;\n" COUNT("1"), 1, 0);
    apply_and_expect(scene, 5);
    assert_string_equal(scene_state(scene, "001"), "pending");
    mend(scene, HEAD COUNT("1"));
    scene_finish(scene);
}

static void test_resume_of_a_file_whose_finished_steps_changed_is_refused(void **state)
{
    struct scene *scene = *state;
    reset(scene, HEAD COUNT("1") "SELECT 1/0;\n", 1, 0);
    apply_and_expect(scene, 6);
    mend(scene, HEAD "INSERT INTO fixture.counter VALUES ('001.7');\nSELECT 1;\n");
    struct program *program = apply_and_expect(scene, 4);
    assert_non_null(strstr(program->err, "mark 001"));
    assert_int_equal(oracle_number(scene->oracle, "SELECT count(*) FROM fixture.counter"), 1);
}

static void test_failed_index_build_is_dropped_and_built_again(void **state)
{
    struct scene *scene = *state;
    reset(scene,
          HEAD "CREATE TABLE v001_a (id integer);\n" COUNT(
              "1") "INSERT INTO v001_a VALUES (1), (1);\n"
                   "CREATE UNIQUE INDEX CONCURRENTLY v001_id ON v001_a (id);\n" COUNT("2"),
          2, 2);
    apply_and_expect(scene, 6);
    assert_int_equal(oracle_number(scene->oracle, "SELECT count(*) FROM pg_index WHERE NOT indisvalid"), 1);
    assert_string_equal(scene_state(scene, "001"), "incomplete");
    oracle_execute(scene->oracle, "DELETE FROM v001_a WHERE ctid = (SELECT min(ctid) FROM v001_a)");
    scene_finish(scene);
}

/* An invalid index that was there before is a person's: the statement with IF NOT EXISTS passes over it, pgdeck must
 * not. */
static void test_invalid_index_from_before_is_neither_taken_nor_dropped(void **state)
{
    struct scene *scene = *state;
    reset(scene, HEAD COUNT("1") "CREATE INDEX CONCURRENTLY IF NOT EXISTS v001_id ON v001_a (id);\n", 1, 2);
    oracle_execute(scene->oracle, "CREATE TABLE v001_a (id integer); CREATE INDEX v001_id ON v001_a (id);"
                                  " UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'v001_id'::regclass");
    long before = oracle_number(scene->oracle, "SELECT 'v001_id'::regclass::oid::bigint");
    apply_and_expect(scene, 6);
    assert_int_equal(oracle_number(scene->oracle, "SELECT 'v001_id'::regclass::oid::bigint"), before);
    oracle_execute(scene->oracle, "DROP INDEX v001_id");
    scene_finish(scene);
}

static void test_resume_makes_the_settings_of_finished_steps_again(void **state)
{
    struct scene *scene = *state;
    reset(scene, HEAD "SET search_path = fixture;\n" COUNT("1") "INSERT INTO counter SELECT '001.2' FROM gate();\n", 2,
          0);
    proxy_arm(scene->proxy, &(struct proxy_stop){PROXY_BEFORE, "INSERT INTO counter SELECT '001.2'", NULL, NULL});
    struct program *program = scene_start_apply(scene, SCENE_PROXIED);
    scene_wait_stop(scene, program);
    program_kill(program);
    scene_check(scene);
    scene_finish(scene);
}

static void test_resume_behind_temporary_objects_is_refused_with_the_mark(void **state)
{
    struct scene *scene = *state;
    reset(scene, HEAD "CREATE TEMPORARY TABLE heap AS SELECT 1 AS id;\n" COUNT("1") "SELECT 1/0;\n", 1, 0);
    apply_and_expect(scene, 6);
    struct program *program = apply_and_expect(scene, 6);
    assert_non_null(strstr(program->err, "pgdeck mark 001 --applied"));
    assert_int_equal(oracle_number(scene->oracle, "SELECT count(*) FROM fixture.counter"), 1);
}

/* A procedure that commits half of its work and is then cut off: nobody can tell how far it came. */
static void test_step_that_cannot_be_checked_stops_with_the_question(void **state)
{
    struct scene *scene = *state;
    reset(scene, HEAD COUNT("1") "CALL fixture.halves();\n", 3, 0);
    oracle_execute(scene->oracle, "CREATE OR REPLACE PROCEDURE fixture.halves() LANGUAGE plpgsql AS $$ BEGIN"
                                  " INSERT INTO fixture.counter VALUES ('001.2'); COMMIT;"
                                  " INSERT INTO fixture.counter SELECT '001.3' FROM fixture.gate(); END $$");
    proxy_arm(scene->proxy, &(struct proxy_stop){PROXY_BEFORE, "CALL fixture.halves()", NULL, NULL});
    struct program *program = scene_start_apply(scene, SCENE_PROXIED);
    scene_wait_stop(scene, program);
    scene_close_gate(scene, SCENE_GATE_STATEMENT);
    proxy_release(scene->proxy);
    scene_wait_at_gate(scene);
    program_kill(program);
    oracle_wait_gone(scene->oracle, SCENE_PATIENCE_MS);
    scene_open_gates(scene);
    assert_string_equal(scene_state(scene, "001"), "incomplete");
    program = apply_and_expect(scene, 6);
    assert_non_null(strstr(program->err, "pgdeck mark 001 --applied"));
    assert_int_equal(oracle_number(scene->oracle, "SELECT count(*) FROM fixture.counter WHERE name = '001.2'"), 1);
    program = scene_run(scene, SCENE_DIRECT,
                        (const char *[]){"mark", "001", "--applied", "--reason", "finished by hand", "--confirm",
                                         SCENE_DATABASE, NULL});
    if (program->exit_status != 0)
        fail_msg("mark ended with %d: %s%s", program->exit_status, program->out, program->err);
    assert_string_equal(scene_state(scene, "001"), "applied");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_resume_after_a_kill_behind_each_step_runs_each_once),
        cmocka_unit_test(test_resume_after_failures_runs_each_step_once),
        cmocka_unit_test(test_failure_of_the_first_step_leaves_nothing_and_is_pending),
        cmocka_unit_test(test_resume_of_a_file_whose_finished_steps_changed_is_refused),
        cmocka_unit_test(test_failed_index_build_is_dropped_and_built_again),
        cmocka_unit_test(test_invalid_index_from_before_is_neither_taken_nor_dropped),
        cmocka_unit_test(test_resume_makes_the_settings_of_finished_steps_again),
        cmocka_unit_test(test_resume_behind_temporary_objects_is_refused_with_the_mark),
        cmocka_unit_test(test_step_that_cannot_be_checked_stops_with_the_question),
    };
    cmocka_set_test_filter(getenv("PGDECK_TEST"));
    return cmocka_run_group_tests_name("resume", tests, set_up, tear_down);
}
