/* Connections cut at byte after byte of a session, in both directions, and a server that is stopped at once: pgdeck has
 * to find out what became of the work, say what is true, and leave all or nothing.
 *
 * PGDECK_SOAK: every byte of the whole session instead of a sample, and the outcome that stays unknown (a minute). */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/lib/scene.h"

static const struct scene_file one_file[] = {
    {"001", "one", "CREATE TABLE v001_one (id integer);\nINSERT INTO fixture.counter VALUES ('001.1');\n",
     SCENE_TRANSACTIONAL, 1, 1},
};

static const struct scene_file one_stepwise[] = {
    {"001", "one",
     "-- pgdeck: no-transaction\n"
     "CREATE TABLE v001_one (id integer);\n"
     "CREATE INDEX CONCURRENTLY v001_id ON v001_one (id);\n"
     "INSERT INTO fixture.counter VALUES ('001.1');\n",
     SCENE_STEPWISE, 1, 2},
};

static const struct scene_file gated[] = {
    {"001", "one",
     "CREATE TABLE v001_one (id integer);\n"
     "INSERT INTO fixture.counter SELECT '001.1' FROM fixture.gate();\n"
     "INSERT INTO fixture.late VALUES (1);\n",
     SCENE_TRANSACTIONAL, 1, 1},
    {"002", "two", "INSERT INTO fixture.counter VALUES ('002.1');\n", SCENE_TRANSACTIONAL, 1, 0},
};

#define STATEMENT "INSERT INTO fixture.counter"

static const struct proxy_stop at_start = {PROXY_SEEN, "SELECT pg_catalog.pg_try_advisory_lock", NULL, NULL};
static const struct proxy_stop at_commit = {PROXY_BEFORE, "COMMIT", NULL, STATEMENT};

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

static bool is_applied(struct scene *scene)
{
    return oracle_says(scene->oracle, "SELECT to_regclass('public.schema_migrations') IS NOT NULL") &&
           oracle_says(scene->oracle, "SELECT count(*) = 1 FROM public.schema_migrations WHERE version = '001'");
}

/* What it says must be what is. Exit 4 is for the lock that went with its session while the work's session lived on. */
static void check_words(struct scene *scene, const struct program *program, const struct scene_file *file)
{
    bool has_lost_lock = program->exit_status == 4 && strstr(program->err, "migration lock was lost");
    bool is_true = is_applied(scene) ? program->exit_status == 0 || program->exit_status == 3
                                     : program->exit_status == 3 || has_lost_lock ||
                                           (file->kind == SCENE_STEPWISE && program->exit_status == 6);
    bool claims_applied = strstr(program->err, "001 is applied") || strstr(program->out, "applied 1 migration");
    bool claims_nothing = strstr(program->err, "was rolled back") || strstr(program->err, "nothing of 001 was applied");
    if (!is_true || (is_applied(scene) ? claims_nothing : claims_applied) || program->signal_number)
        fail_msg("001 %s, but exit %d says: %s%s", is_applied(scene) ? "is applied" : "is not applied",
                 program->exit_status, program->out, program->err);
    if (is_applied(scene) && program->exit_status == 3)
        assert_true(claims_applied);
}

/* A run that is cut `bytes` bytes behind the stop. Returns false when the session ended before that byte. */
static bool cut_run(struct scene *scene, const struct scene_file *file, const struct proxy_stop *stop,
                    enum proxy_direction direction, long bytes, enum proxy_scope scope)
{
    scene_reset(scene, file, 1);
    proxy_arm(scene->proxy, stop);
    struct program *program = scene_start_apply(scene, SCENE_PROXIED);
    scene_wait_stop(scene, program);
    proxy_cut_after(scene->proxy, direction, bytes, scope);
    proxy_release(scene->proxy);
    program_wait(program, 2 * SCENE_PATIENCE_MS);
    bool has_cut = proxy_has_cut(scene->proxy);
    oracle_wait_gone(scene->oracle, SCENE_PATIENCE_MS);
    check_words(scene, program, file);
    talloc_free(program);
    scene_check(scene);
    scene_finish(scene);
    return has_cut;
}

/* Cuts at every stride-th byte up to the end of the session; returns how many cuts there were. */
static int cut_all(struct scene *scene, const struct scene_file *file, const struct proxy_stop *stop,
                   enum proxy_direction direction, enum proxy_scope scope, long stride)
{
    int cuts = 0;
    for (long bytes = 0; cut_run(scene, file, stop, direction, bytes, scope); bytes += stride)
        cuts++;
    return cuts;
}

static void cut_everywhere(struct scene *scene, const struct scene_file *file, const struct proxy_stop *stop,
                           long stride)
{
    static const char *const directions[] = {[PROXY_TO_SERVER] = "to the server", [PROXY_TO_CLIENT] = "to the client"};
    if (scene_soak() > 1)
        stride = 1;
    for (int direction = 0; direction < 2; direction++)
        for (int scope = 0; scope < 2; scope++) {
            /* Strides that differ reach other bytes; without sessions left over, both scopes are the same but for the
             * lock. */
            long own_stride = stride > 1 ? stride + 2 * scope + direction : 1;
            int cuts = cut_all(scene, file, stop, (enum proxy_direction)direction, (enum proxy_scope)scope, own_stride);
            print_message("cuts %s: %d, every %ld bytes, %s\n", directions[direction], cuts, own_stride,
                          scope == PROXY_ONE_SESSION ? "one session" : "all sessions");
            assert_true(cuts > 3);
        }
}

static void test_cut_anywhere_leaves_all_or_nothing(void **state) { cut_everywhere(*state, one_file, &at_start, 421); }

static void test_cut_anywhere_in_steps_loses_and_repeats_none(void **state)
{
    cut_everywhere(*state, one_stepwise, &at_start, 797);
}

/* From the byte before the COMMIT on: the 60 or so that matter most, each of them. */
static void test_cut_at_every_byte_of_commit_tells_the_outcome(void **state)
{
    struct scene *scene = *state;
    for (int direction = 0; direction < 2; direction++)
        for (long bytes = 0; bytes < (direction == PROXY_TO_SERVER ? 60 : 32); bytes++)
            assert_true(cut_run(scene, one_file, &at_commit, (enum proxy_direction)direction, bytes,
                                bytes % 2 ? PROXY_ONE_SESSION : PROXY_ALL_SESSIONS));
}

/* ---- a certain outcome for each side of the COMMIT ---- */

static struct program *cut_commit(struct scene *scene, enum proxy_point point)
{
    scene_reset(scene, one_file, 1);
    proxy_arm(scene->proxy, &(struct proxy_stop){point, "COMMIT", NULL, STATEMENT});
    struct program *program = scene_start_apply(scene, SCENE_PROXIED);
    scene_wait_stop(scene, program);
    proxy_cut(scene->proxy, PROXY_ALL_SESSIONS);
    program_wait(program, 2 * SCENE_PATIENCE_MS);
    return program;
}

static void test_cut_before_the_server_got_commit_is_rolled_back_and_exits_3(void **state)
{
    struct scene *scene = *state;
    struct program *program = cut_commit(scene, PROXY_BEFORE);
    assert_int_equal(program->exit_status, 3);
    assert_non_null(strstr(program->err, "001 was rolled back"));
    scene_check(scene);
    assert_false(is_applied(scene));
    scene_finish(scene);
}

static void test_cut_before_the_answer_to_commit_is_found_committed(void **state)
{
    struct scene *scene = *state;
    struct program *program = cut_commit(scene, PROXY_ANSWERED);
    assert_int_equal(program->exit_status, 0);
    assert_true(is_applied(scene));
    scene_check_end(scene);
}

/* The server is still at work on the COMMIT when pgdeck comes back and asks. */
static void test_cut_while_commit_is_in_progress_waits_for_its_outcome(void **state)
{
    struct scene *scene = *state;
    scene_reset(scene, gated, 1);
    proxy_arm(scene->proxy, &at_commit);
    struct program *program = scene_start_apply(scene, SCENE_PROXIED);
    scene_wait_stop(scene, program);
    scene_close_gate(scene, SCENE_GATE_COMMIT);
    proxy_release(scene->proxy);
    scene_wait_at_gate(scene);
    proxy_cut(scene->proxy, PROXY_ALL_SESSIONS);
    if (!oracle_wait(
            scene->oracle, SCENE_PATIENCE_MS,
            "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE application_name LIKE 'pgdeck:%%:lock' AND"
            " (query LIKE '%%txid_status(%%' OR query LIKE 'SELECT count(*) FROM \"public\".\"schema_migrations\"%%'))"))
        fail_msg("pgdeck did not ask for the outcome");
    scene_open_gates(scene);
    program_wait(program, 2 * SCENE_PATIENCE_MS);
    oracle_wait_gone(scene->oracle, SCENE_PATIENCE_MS);
    check_words(scene, program, gated);
    scene_check(scene);
    scene_finish(scene);
}

static void test_cut_for_good_at_commit_is_unknown_and_exits_6(void **state)
{
    struct scene *scene = *state;
    if (scene_soak() == 1)
        skip(); /* pgdeck tries to come back for a minute */
    scene_reset(scene, one_file, 1);
    proxy_arm(scene->proxy, &(struct proxy_stop){PROXY_ANSWERED, "COMMIT", NULL, STATEMENT});
    struct program *program = scene_start_apply(scene, SCENE_PROXIED);
    scene_wait_stop(scene, program);
    proxy_refuse(scene->proxy);
    proxy_cut(scene->proxy, PROXY_ALL_SESSIONS);
    program_wait(program, 4 * SCENE_PATIENCE_MS);
    assert_int_equal(program->exit_status, 6);
    scene_check_end(scene);
}

/* ---- the server stopped at once ---- */

static void stop_server(struct scene *scene)
{
    test_server_stop(scene->server, TEST_STOP_IMMEDIATE);
    proxy_cut(scene->proxy, PROXY_ALL_SESSIONS);
}

static void start_server(struct scene *scene)
{
    test_server_restart(scene->server);
    oracle_reopen(scene->oracle);
    oracle_reopen(scene->holder);
}

static void check_stopped(struct scene *scene, struct program *program, int exit_status)
{
    program_wait(program, 2 * SCENE_PATIENCE_MS);
    if (program->exit_status != exit_status)
        fail_msg("exit %d instead of %d: %s%s", program->exit_status, exit_status, program->out, program->err);
    oracle_wait_gone(scene->oracle, SCENE_PATIENCE_MS);
    check_words(scene, program, gated);
    scene_check(scene);
    scene_finish(scene);
}

static struct program *run_to(struct scene *scene, const struct proxy_stop *stop)
{
    scene_reset(scene, gated, countof(gated));
    proxy_arm(scene->proxy, stop);
    struct program *program = scene_start_apply(scene, SCENE_PROXIED);
    scene_wait_stop(scene, program);
    return program;
}

static void test_server_stopped_inside_a_statement_rolls_back_and_exits_3(void **state)
{
    struct scene *scene = *state;
    struct program *program = run_to(scene, &(struct proxy_stop){PROXY_BEFORE, STATEMENT, NULL, NULL});
    scene_close_gate(scene, SCENE_GATE_STATEMENT);
    proxy_release(scene->proxy);
    scene_wait_at_gate(scene);
    test_server_stop(scene->server, TEST_STOP_IMMEDIATE);
    program_wait(program, SCENE_PATIENCE_MS);
    start_server(scene);
    check_stopped(scene, program, 3);
}

static void test_server_stopped_between_statements_rolls_back_and_exits_3(void **state)
{
    struct scene *scene = *state;
    struct program *program = run_to(scene, &(struct proxy_stop){PROXY_SEEN, "CREATE TABLE v001_one", NULL, NULL});
    stop_server(scene);
    program_wait(program, SCENE_PATIENCE_MS);
    start_server(scene);
    check_stopped(scene, program, 3);
}

static void test_server_stopped_inside_commit_rolls_back_and_exits_3(void **state)
{
    struct scene *scene = *state;
    struct program *program = run_to(scene, &at_commit);
    scene_close_gate(scene, SCENE_GATE_COMMIT);
    proxy_release(scene->proxy);
    scene_wait_at_gate(scene);
    test_server_stop(scene->server, TEST_STOP_IMMEDIATE);
    start_server(scene);
    check_stopped(scene, program, 3);
}

static void test_server_stopped_behind_commit_is_found_committed(void **state)
{
    struct scene *scene = *state;
    struct program *program = run_to(scene, &(struct proxy_stop){PROXY_ANSWERED, "COMMIT", NULL, STATEMENT});
    stop_server(scene);
    start_server(scene);
    check_stopped(scene, program, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cut_anywhere_leaves_all_or_nothing),
        cmocka_unit_test(test_cut_anywhere_in_steps_loses_and_repeats_none),
        cmocka_unit_test(test_cut_at_every_byte_of_commit_tells_the_outcome),
        cmocka_unit_test(test_cut_before_the_server_got_commit_is_rolled_back_and_exits_3),
        cmocka_unit_test(test_cut_before_the_answer_to_commit_is_found_committed),
        cmocka_unit_test(test_cut_while_commit_is_in_progress_waits_for_its_outcome),
        cmocka_unit_test(test_cut_for_good_at_commit_is_unknown_and_exits_6),
        cmocka_unit_test(test_server_stopped_inside_a_statement_rolls_back_and_exits_3),
        cmocka_unit_test(test_server_stopped_between_statements_rolls_back_and_exits_3),
        cmocka_unit_test(test_server_stopped_inside_commit_rolls_back_and_exits_3),
        cmocka_unit_test(test_server_stopped_behind_commit_is_found_committed),
    };
    cmocka_set_test_filter(getenv("PGDECK_TEST"));
    return cmocka_run_group_tests_name("cut", tests, set_up, tear_down);
}
