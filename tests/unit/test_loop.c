/* The loop: timers, input, tasks with their progress, and what becomes of a task that nobody waits for. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <unistd.h>

#include "tui/loop.h"

static int set_up(void **state)
{
    struct error *error = error_new(NULL);
    *state = loop_new(NULL, error);
    talloc_free(error);
    return *state ? 0 : -1;
}

static int tear_down(void **state) { return talloc_free(*state); }

static void count_up(void *argument) { ++*(int *)argument; }

static void turn_until(struct loop *loop, const int *counter, int wanted)
{
    while (*counter < wanted)
        assert_true(loop_turn(loop));
}

static void test_timer_of_the_same_function_is_replaced(void **state)
{
    int count = 0, other = 0;
    loop_after(*state, 1, count_up, &count);
    loop_after(*state, 2, count_up, &count);
    loop_after(*state, 5, count_up, &other);
    assert_true(loop_is_busy(*state));
    turn_until(*state, &other, 1);
    assert_int_equal(count, 1);
    assert_false(loop_is_busy(*state));
}

static void test_forgotten_timer_does_not_ring_and_long_ones_are_not_busy(void **state)
{
    int count = 0, other = 0;
    loop_after(*state, 1, count_up, &count);
    loop_forget(*state, count_up, &count);
    loop_after(*state, 10000, count_up, &count);
    assert_false(loop_is_busy(*state));
    loop_after(*state, 5, count_up, &other);
    turn_until(*state, &other, 1);
    assert_int_equal(count, 0);
}

struct heard {
    int progress, ended;
    bool succeeded;
};

static bool work(struct task *task, void *argument, struct error *error)
{
    for (int i = 0; i < 3; i++)
        task_report(task, &i, sizeof i);
    return argument ? error_set(error, ERROR_STATEMENT, "it failed") : true;
}

static bool wait_for_cancel(struct task *task, void *argument UNUSED, struct error *error)
{
    while (cancel_sleep(task_cancellation(task), 1000))
        ;
    int report = 1;
    task_report(task, &report, sizeof report);
    return error_set(error, ERROR_CANCELLED, "cancelled");
}

static void on_progress(void *listener, const void *progress UNUSED, size_t size_bytes UNUSED)
{
    ((struct heard *)listener)->progress++;
}

static void on_end(void *argument, struct task *task UNUSED, bool succeeded, const struct error *error UNUSED)
{
    struct heard *heard = argument;
    heard->ended++;
    heard->succeeded = succeeded;
}

static struct task *start(struct loop *loop, task_fn run, void *argument, struct heard *heard)
{
    struct task_options options = {
        .name = "test", .run = run, .argument = argument, .on_progress = on_progress, .listener = heard};
    struct error *error = error_new(NULL);
    struct task *task = loop_start(loop, &options, on_end, heard, error);
    talloc_free(error);
    assert_non_null(task);
    return task;
}

static void test_task_tells_progress_then_its_end(void **state)
{
    struct heard heard = {0};
    start(*state, work, NULL, &heard);
    assert_true(loop_is_busy(*state));
    turn_until(*state, &heard.ended, 1);
    assert_int_equal(heard.progress, 3);
    assert_true(heard.succeeded);
    assert_false(loop_is_busy(*state));
    start(*state, work, &heard, &heard); /* any argument makes it fail */
    turn_until(*state, &heard.ended, 2);
    assert_false(heard.succeeded);
}

static int freed;

static int count_free(int *memory UNUSED)
{
    freed++;
    return 0;
}

static void test_dropped_task_calls_nobody_and_keeps_its_memory_to_the_end(void **state)
{
    struct heard heard = {0}, other = {0};
    int *memory = talloc_zero(NULL, int);
    talloc_set_destructor(memory, count_free);
    freed = 0;
    struct task *task = start(*state, wait_for_cancel, NULL, &heard);
    loop_keep(*state, task, memory);
    loop_drop(*state, task);
    assert_int_equal(freed, 0);
    while (loop_is_busy(*state))
        assert_true(loop_turn(*state));
    assert_int_equal(freed, 1);
    start(*state, work, NULL, &other);
    turn_until(*state, &other.ended, 1);
    assert_int_equal(heard.progress + heard.ended, 0);
}

static void test_stopped_loop_has_no_tasks_left(void **state)
{
    struct heard heard = {0};
    start(*state, wait_for_cancel, NULL, &heard);
    start(*state, wait_for_cancel, NULL, &heard);
    loop_stop(*state);
    assert_false(loop_is_busy(*state));
    assert_int_equal(heard.ended, 0);
}

static void test_input_is_announced(void **state)
{
    int fds[2], count = 0;
    assert_int_equal(pipe(fds), 0);
    loop_set_input(*state, fds[0], count_up, &count);
    assert_int_equal(write(fds[1], "x", 1), 1);
    assert_true(loop_turn(*state));
    assert_int_equal(count, 1);
    loop_set_input(*state, -1, count_up, &count);
    close(fds[0]);
    close(fds[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_timer_of_the_same_function_is_replaced, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_forgotten_timer_does_not_ring_and_long_ones_are_not_busy, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_task_tells_progress_then_its_end, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_dropped_task_calls_nobody_and_keeps_its_memory_to_the_end, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_stopped_loop_has_no_tasks_left, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_input_is_announced, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("loop", tests, NULL, NULL);
}
