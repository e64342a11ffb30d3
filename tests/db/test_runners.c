/* Several runs at once against one target: every migration is applied exactly once, whoever gets the lock; and a run
 * that has lost the lock does not commit. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/lib/scene.h"

#define MOST_RUNNERS 12

static const struct scene_file files[] = {
    {"001", "a", "CREATE TABLE v001_a (id integer);\nINSERT INTO fixture.counter VALUES ('001.1');\n",
     SCENE_TRANSACTIONAL, 1, 1},
    {"002", "b",
     "INSERT INTO fixture.counter SELECT '002.1' FROM fixture.gate();\n"
     "INSERT INTO fixture.counter VALUES ('002.2');\n",
     SCENE_TRANSACTIONAL, 2, 0},
    {"003", "c",
     "-- pgdeck: no-transaction\nINSERT INTO fixture.counter SELECT '003.1' FROM fixture.gate();\n"
     "CREATE INDEX CONCURRENTLY v003_a ON v001_a (id);\n",
     SCENE_STEPWISE, 1, 1},
    {"004", "d", "CREATE TABLE v004_d (id integer);\n", SCENE_TRANSACTIONAL, 0, 1},
    {"005", "e", "INSERT INTO fixture.counter VALUES ('005.1');\n", SCENE_TRANSACTIONAL, 1, 0},
};

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

static void run_together(struct scene *scene, int count)
{
    struct program *programs[MOST_RUNNERS];
    int done = 0;
    scene_reset(scene, files, countof(files));
    for (int i = 0; i < count; i++)
        programs[i] = scene_start_apply(scene, SCENE_DIRECT);
    for (int i = 0; i < count; i++) {
        program_wait(programs[i], 2 * SCENE_PATIENCE_MS);
        if (programs[i]->exit_status != 0 && programs[i]->exit_status != 4)
            fail_msg("runner %d ended with %d: %s%s", i, programs[i]->exit_status, programs[i]->out, programs[i]->err);
        done += programs[i]->exit_status == 0;
        talloc_free(programs[i]);
    }
    assert_true(done > 0);
    scene_check_end(scene);
    /* Applied once is not enough: nobody may have begun what another had finished. */
    assert_int_equal(oracle_number(scene->oracle, "SELECT count(*) FROM public.schema_migration_events"
                                                  " WHERE event = 'failed'"),
                     0);
}

static void test_two_runners_apply_each_version_once(void **state)
{
    for (int i = 0; i < 5 * scene_soak(); i++)
        run_together(*state, 2);
}

static void test_twelve_runners_apply_each_version_once(void **state)
{
    for (int i = 0; i < 2 * scene_soak(); i++)
        run_together(*state, 12);
}

/* Holds a run inside 002, 003 or wherever `statement` begins, with the gate closed. */
static struct program *run_to_gate(struct scene *scene, const char *statement)
{
    scene_reset(scene, files, countof(files));
    proxy_arm(scene->proxy, &(struct proxy_stop){PROXY_BEFORE, statement, NULL, NULL});
    struct program *program = scene_start_apply(scene, SCENE_PROXIED);
    scene_wait_stop(scene, program);
    scene_close_gate(scene, SCENE_GATE_STATEMENT);
    proxy_release(scene->proxy);
    scene_wait_at_gate(scene);
    return program;
}

static void test_second_runner_is_refused_and_told_who_holds_the_lock(void **state)
{
    struct scene *scene = *state;
    struct program *first = run_to_gate(scene, "INSERT INTO fixture.counter SELECT '002.1'");
    struct program *second = scene_apply(scene, SCENE_DIRECT);
    assert_int_equal(second->exit_status, 4);
    assert_non_null(strstr(second->err, oracle_text(scene->oracle, "SELECT 'pid ' || pid FROM pg_stat_activity"
                                                                   " WHERE application_name LIKE 'pgdeck:%%:lock'")));
    scene_open_gates(scene);
    program_wait(first, 2 * SCENE_PATIENCE_MS);
    assert_int_equal(first->exit_status, 0);
    scene_check_end(scene);
}

static void terminate_lock(struct scene *scene)
{
    int sessions = proxy_sessions(scene->proxy);
    assert_int_equal(oracle_number(scene->oracle, "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                                                  " WHERE application_name LIKE 'pgdeck:%%:lock'"),
                     1);
    /* Gone from pg_stat_activity is not enough: the end of the socket comes a moment later. */
    assert_true(proxy_wait_sessions(scene->proxy, sessions - 1, SCENE_PATIENCE_MS));
}

static void check_lost_lock(struct program *program)
{
    program_wait(program, 2 * SCENE_PATIENCE_MS);
    if (program->exit_status != 4 || !strstr(program->err, "the migration lock was lost"))
        fail_msg("exit %d: %s%s", program->exit_status, program->out, program->err);
}

static void test_runner_without_lock_does_not_commit_its_file(void **state)
{
    struct scene *scene = *state;
    struct program *program = run_to_gate(scene, "INSERT INTO fixture.counter SELECT '002.1'");
    terminate_lock(scene);
    scene_open_gates(scene);
    check_lost_lock(program);
    scene_check(scene);
    assert_string_equal(scene_state(scene, "002"), "pending");
    scene_finish(scene);
}

static void test_runner_without_lock_does_not_commit_its_step(void **state)
{
    struct scene *scene = *state;
    struct program *program = run_to_gate(scene, "INSERT INTO fixture.counter SELECT '003.1'");
    terminate_lock(scene);
    scene_open_gates(scene);
    check_lost_lock(program);
    scene_check(scene);
    assert_int_equal(oracle_number(scene->oracle, "SELECT count(*) FROM fixture.counter WHERE name = '003.1'"), 0);
    scene_finish(scene);
}

/* The lock's session ends, another run takes over while the first one's work is still in its file. */
static void test_second_runner_takes_over_and_the_first_one_yields(void **state)
{
    struct scene *scene = *state;
    struct program *first = run_to_gate(scene, "INSERT INTO fixture.counter SELECT '002.1'");
    terminate_lock(scene);
    struct program *second = scene_start_apply(scene, SCENE_DIRECT);
    if (!oracle_wait(scene->oracle, SCENE_PATIENCE_MS,
                     "SELECT EXISTS (SELECT FROM pg_stat_activity a JOIN pg_locks l USING (pid)"
                     " WHERE a.application_name LIKE 'pgdeck:%%:lock' AND l.locktype = 'advisory' AND l.granted)"))
        fail_msg("the second runner did not get the lock");
    scene_open_gates(scene);
    check_lost_lock(first);
    program_wait(second, 2 * SCENE_PATIENCE_MS);
    assert_int_equal(second->exit_status, 0);
    scene_check_end(scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_two_runners_apply_each_version_once),
        cmocka_unit_test(test_twelve_runners_apply_each_version_once),
        cmocka_unit_test(test_second_runner_is_refused_and_told_who_holds_the_lock),
        cmocka_unit_test(test_runner_without_lock_does_not_commit_its_file),
        cmocka_unit_test(test_runner_without_lock_does_not_commit_its_step),
        cmocka_unit_test(test_second_runner_takes_over_and_the_first_one_yields),
    };
    cmocka_set_test_filter(getenv("PGDECK_TEST"));
    return cmocka_run_group_tests_name("runners", tests, set_up, tear_down);
}
