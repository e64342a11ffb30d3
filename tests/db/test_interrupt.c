/* Signals while an apply runs: a statement is cancelled and rolled back, a COMMIT is let finish, what happened is in
 * the journal, and the exit status names the signal. */
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "store/clock.h"
#include "tests/lib/scene.h"

static const int signals[] = {SIGINT, SIGTERM, SIGHUP};

static const struct scene_file files[] = {
    {"001", "first", "CREATE TABLE v001_a (id integer);\n", SCENE_TRANSACTIONAL, 0, 1},
    {"002", "gated",
     "INSERT INTO fixture.counter SELECT '002.1' FROM fixture.gate();\nINSERT INTO fixture.late VALUES (2);\n",
     SCENE_TRANSACTIONAL, 1, 0},
    {"003", "online",
     "-- pgdeck: no-transaction\nINSERT INTO fixture.counter VALUES ('003.1');\n"
     "CREATE INDEX CONCURRENTLY v003_a ON v001_a (id);\n",
     SCENE_STEPWISE, 1, 1},
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

static struct program *run_to(struct scene *scene, const char *statement, const char *after)
{
    scene_reset(scene, files, countof(files));
    proxy_arm(scene->proxy, &(struct proxy_stop){PROXY_BEFORE, statement, NULL, after});
    struct program *program = scene_start_apply(scene, SCENE_PROXIED);
    scene_wait_stop(scene, program);
    return program;
}

static void check_exit(const struct program *program, int signal_number)
{
    if (program->exit_status != 128 + signal_number || program->signal_number)
        fail_msg("exit %d for signal %d: %s%s", program->exit_status, signal_number, program->out, program->err);
}

static void check_journal(struct scene *scene, const char *version)
{
    assert_true(oracle_says(scene->oracle,
                            "SELECT EXISTS (SELECT FROM public.schema_migration_events"
                            " WHERE event = 'interrupted' AND version = '%s')",
                            version));
    assert_true(oracle_says(scene->oracle,
                            "SELECT detail ->> 'outcome' = 'interrupted' FROM public.schema_migration_events"
                            " WHERE event = 'run_finished' ORDER BY id DESC LIMIT 1"));
}

static void test_signal_during_a_statement_rolls_back_and_exits_128_n(void **state)
{
    struct scene *scene = *state;
    for (size_t i = 0; i < countof(signals); i++) {
        struct program *program = run_to(scene, "INSERT INTO fixture.counter SELECT '002.1'", NULL);
        scene_close_gate(scene, SCENE_GATE_STATEMENT);
        proxy_release(scene->proxy);
        scene_wait_at_gate(scene);
        kill(program->pid, signals[i]);
        program_wait(program, SCENE_PATIENCE_MS);
        check_exit(program, signals[i]);
        scene_check(scene);
        assert_string_equal(scene_state(scene, "001"), "applied");
        assert_string_equal(scene_state(scene, "002"), "pending");
        check_journal(scene, "002");
        scene_open_gates(scene);
        scene_finish(scene);
    }
}

/* Whether the kernel has handed the signal over: nothing is pending for the process. */
static void wait_for_delivery(const struct program *program)
{
    char path[64], line[256];
    snprintf(path, sizeof path, "/proc/%d/status", (int)program->pid);
    int64_t end_ms = clock_monotonic_ms() + SCENE_PATIENCE_MS;
    for (unsigned long long pending = 1; pending;) {
        FILE *status = fopen(path, "r");
        assert_non_null(status);
        while (fgets(line, sizeof line, status))
            if (sscanf(line, "ShdPnd: %llx", &pending) == 1)
                break;
        fclose(status);
        assert_true(clock_monotonic_ms() < end_ms);
    }
}

static void test_signal_during_commit_lets_it_finish(void **state)
{
    struct scene *scene = *state;
    for (size_t i = 0; i < countof(signals); i++) {
        struct program *program = run_to(scene, "COMMIT", "INSERT INTO fixture.late VALUES (2)");
        scene_close_gate(scene, SCENE_GATE_COMMIT);
        proxy_release(scene->proxy);
        scene_wait_at_gate(scene);
        kill(program->pid, signals[i]);
        wait_for_delivery(program);
        scene_open_gates(scene);
        program_wait(program, SCENE_PATIENCE_MS);
        check_exit(program, signals[i]);
        assert_null(strstr(proxy_statements(scene->proxy, scene), "(cancel request)"));
        scene_check(scene);
        assert_string_equal(scene_state(scene, "002"), "applied");
        assert_string_equal(scene_state(scene, "003"), "pending");
        scene_finish(scene);
    }
}

static void test_signal_during_create_index_concurrently_is_incomplete_and_resumed(void **state)
{
    struct scene *scene = *state;
    for (size_t i = 0; i < countof(signals); i++) {
        struct program *program = run_to(scene, "CREATE INDEX CONCURRENTLY", NULL);
        oracle_execute(scene->holder, "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM pg_class");
        proxy_release(scene->proxy);
        assert_true(oracle_wait(scene->oracle, SCENE_PATIENCE_MS,
                                "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'virtualxid' AND NOT granted)"));
        kill(program->pid, signals[i]);
        program_wait(program, SCENE_PATIENCE_MS);
        assert_int_equal(program->exit_status, 6); /* what stands half done matters more than what ended it */
        oracle_execute(scene->holder, "ROLLBACK");
        scene_check(scene);
        assert_string_equal(scene_state(scene, "003"), "incomplete");
        check_journal(scene, "003");
        scene_finish(scene);
    }
}

static void test_signal_while_waiting_for_the_lock_applies_nothing(void **state)
{
    struct scene *scene = *state;
    struct program *first = run_to(scene, "INSERT INTO fixture.counter SELECT '002.1'", NULL);
    struct program *second = scene_start_apply(scene, SCENE_DIRECT);
    assert_true(oracle_wait(scene->oracle, SCENE_PATIENCE_MS,
                            "SELECT count(*) = 2 FROM pg_stat_activity WHERE application_name LIKE 'pgdeck:%%:lock'"));
    kill(second->pid, SIGTERM);
    program_wait(second, SCENE_PATIENCE_MS);
    check_exit(second, SIGTERM);
    proxy_release(scene->proxy);
    program_wait(first, SCENE_PATIENCE_MS);
    assert_int_equal(first->exit_status, 0);
    scene_check_end(scene);
}

/* Nobody waits for somebody who is away: the server ends an idle transaction, and the run says so when it is back. */
static void test_suspended_run_keeps_its_locks_no_longer_than_idle_timeout(void **state)
{
    struct scene *scene = *state;
    static const char *const environment[] = {"PGDECK_IDLE_TIMEOUT=1s", "PGDECK_LOCK_TIMEOUT=5s", NULL};
    const char *const words[] = {"-C", scene->project, "-d", scene->direct, "apply", "--confirm", SCENE_DATABASE, NULL};
    scene_reset(scene, files, countof(files));
    scene_close_gate(scene, SCENE_GATE_STATEMENT);
    struct program *program = program_start(scene, scene->home, environment, words);
    scene_wait_at_gate(scene);
    kill(program->pid, SIGSTOP);
    scene_open_gates(scene);
    assert_true(
        oracle_wait(scene->oracle, SCENE_PATIENCE_MS,
                    "SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE application_name LIKE 'pgdeck:%%:002')"));
    kill(program->pid, SIGCONT);
    program_wait(program, SCENE_PATIENCE_MS);
    assert_int_equal(program->exit_status, 3);
    assert_non_null(strstr(
        program->err,
        "stands: nothing of 002 stands, and the ledger has no row of it; applied before it, and they stay: 001"));
    scene_check(scene);
    scene_finish(scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_signal_during_a_statement_rolls_back_and_exits_128_n),
        cmocka_unit_test(test_signal_during_commit_lets_it_finish),
        cmocka_unit_test(test_signal_during_create_index_concurrently_is_incomplete_and_resumed),
        cmocka_unit_test(test_signal_while_waiting_for_the_lock_applies_nothing),
        cmocka_unit_test(test_suspended_run_keeps_its_locks_no_longer_than_idle_timeout),
    };
    cmocka_set_test_filter(getenv("PGDECK_TEST"));
    return cmocka_run_group_tests_name("interrupt", tests, set_up, tear_down);
}
