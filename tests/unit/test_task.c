/* Tasks: progress in order, results, errors, cancels, and nothing left behind in either thread. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>

#include "store/task.h"

#define PATIENCE_MS 30000

static int open_root(void **state)
{
    *state = talloc_new(NULL);
    return 0;
}

/* What a test has freed must be gone: only the root is left. */
static int close_root(void **state)
{
    size_t blocks = talloc_total_blocks(*state);
    talloc_free(*state);
    return blocks == 1 ? 0 : -1;
}

static int count_descriptors(void)
{
    int count = 0;
    DIR *directory = opendir("/proc/self/fd");
    while (directory && readdir(directory))
        count++;
    closedir(directory);
    return count;
}

struct heard {
    int count, wrong;
};

static void hear(void *listener, const void *progress, size_t size_bytes)
{
    struct heard *heard = listener;
    int number = 0;
    if (size_bytes == sizeof number)
        memcpy(&number, progress, sizeof number);
    if (size_bytes != sizeof number || number != heard->count)
        heard->wrong++;
    heard->count++;
}

static struct task *start(TALLOC_CTX *root, task_fn run, void *argument, struct heard *heard)
{
    struct error *error = error_new(root);
    struct task_options options = {"work", run, argument, heard ? hear : NULL, heard};
    struct task *task = task_start(root, &options, error);
    assert_non_null(task);
    talloc_free(error);
    return task;
}

static bool finish(TALLOC_CTX *root, struct task *task)
{
    struct error *error = error_new(root);
    bool ok = task_finish(task, error);
    talloc_free(error);
    return ok;
}

static bool count_up(struct task *task, void *argument, struct error *error UNUSED)
{
    int most = *(int *)argument;
    for (int i = 0; i < most; i++)
        task_report(task, &i, sizeof i);
    return true;
}

/* Ends only when it is cancelled. */
static bool wait_for_cancel(struct task *task, void *argument UNUSED, struct error *error)
{
    while (cancel_sleep(task_cancellation(task), PATIENCE_MS))
        ;
    return error_set(error, ERROR_CANCELLED, "cancelled");
}

static void wait_readable(const struct task *task)
{
    struct pollfd wait = {.fd = task_fd(task), .events = POLLIN};
    assert_int_equal(poll(&wait, 1, PATIENCE_MS), 1);
}

static void test_task_progress_arrives_in_order(void **state)
{
    struct heard heard = {0};
    int most = 10000;
    struct task *task = start(*state, count_up, &most, &heard);
    assert_string_equal(task_name(task), "work");
    do
        wait_readable(task);
    while (!task_deliver(task));
    assert_int_equal(heard.count, most);
    assert_int_equal(heard.wrong, 0);
    assert_true(finish(*state, task));
    assert_int_equal(heard.count, most);
    talloc_free(task);
}

static void test_task_finish_delivers_what_is_left(void **state)
{
    struct heard heard = {0};
    int most = 1000;
    struct task *task = start(*state, count_up, &most, &heard);
    assert_true(finish(*state, task));
    assert_int_equal(heard.count, most);
    assert_true(task_deliver(task));
    assert_true(finish(*state, task));
    assert_int_equal(heard.count, most);
    talloc_free(task);
}

static void test_task_without_listener_drops_progress(void **state)
{
    int most = 1000;
    struct task *task = start(*state, count_up, &most, NULL);
    assert_true(finish(*state, task));
    talloc_free(task);
}

struct gate {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    bool is_open;
};

#define GATE                                                                                                           \
    {                                                                                                                  \
        PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, false                                                     \
    }

static void open_gate(struct gate *gate)
{
    pthread_mutex_lock(&gate->mutex);
    gate->is_open = true;
    pthread_cond_broadcast(&gate->changed);
    pthread_mutex_unlock(&gate->mutex);
}

static bool report_then_wait(struct task *task, void *argument, struct error *error UNUSED)
{
    struct gate *gate = argument;
    int zero = 0;
    task_report(task, &zero, sizeof zero);
    pthread_mutex_lock(&gate->mutex);
    while (!gate->is_open)
        pthread_cond_wait(&gate->changed, &gate->mutex);
    pthread_mutex_unlock(&gate->mutex);
    return true;
}

static void test_task_deliver_never_waits_for_the_end(void **state)
{
    struct gate gate = GATE;
    struct heard heard = {0};
    struct task *task = start(*state, report_then_wait, &gate, &heard);
    while (heard.count == 0) {
        wait_readable(task);
        assert_false(task_deliver(task));
    }
    assert_false(task_deliver(task));
    struct pollfd wait = {.fd = task_fd(task), .events = POLLIN};
    assert_int_equal(poll(&wait, 1, 0), 0);
    open_gate(&gate);
    wait_readable(task);
    assert_true(task_deliver(task));
    talloc_free(task);
}

static bool leave_result(struct task *task, void *argument, struct error *error UNUSED)
{
    task_set_result(task, talloc_asprintf(task_memory(task), "result of %s", (const char *)argument));
    return true;
}

static void test_task_result_lives_as_long_as_the_task(void **state)
{
    char argument[] = "this";
    struct task *task = start(*state, leave_result, argument, NULL);
    assert_true(finish(*state, task));
    assert_string_equal(task_result(task), "result of this");
    talloc_free(task);
}

static bool fail_work(struct task *task UNUSED, void *argument UNUSED, struct error *error)
{
    error_set(error, ERROR_STATEMENT, "it %s", "failed");
    error_hint(error, "Do better.");
    snprintf(error->sqlstate, sizeof error->sqlstate, "23505");
    return false;
}

static void test_task_error_is_a_copy(void **state)
{
    struct error *error = error_new(*state);
    struct task *task = start(*state, fail_work, NULL, NULL);
    assert_false(task_finish(task, error));
    talloc_free(task);
    assert_int_equal(error->code, ERROR_STATEMENT);
    assert_string_equal(error->message, "it failed");
    assert_string_equal(error->hint, "Do better.");
    assert_string_equal(error->sqlstate, "23505");
    talloc_free(error);
}

static void test_task_cancel_ends_it(void **state)
{
    struct error *error = error_new(*state);
    struct task *task = start(*state, wait_for_cancel, NULL, NULL);
    task_cancel(task);
    task_cancel(task);
    assert_false(task_finish(task, error));
    assert_int_equal(error->code, ERROR_CANCELLED);
    talloc_free(task);
    talloc_free(error);
}

static bool note_end(struct task *task, void *argument, struct error *error)
{
    int number = 0;
    task_report(task, &number, sizeof number);
    bool ok = wait_for_cancel(task, NULL, error);
    task_report(task, &number, sizeof number);
    *(bool *)argument = true;
    return ok;
}

static void test_task_free_while_running_waits_for_its_end(void **state)
{
    for (int i = 0; i < 50; i++) {
        bool has_ended = false;
        struct heard heard = {0};
        struct task *task = start(*state, note_end, &has_ended, &heard);
        talloc_free(task);
        assert_true(has_ended);
        assert_int_equal(heard.count, 0);
    }
}

static bool look_at_signals(struct task *task UNUSED, void *argument, struct error *error UNUSED)
{
    sigset_t blocked;
    pthread_sigmask(SIG_SETMASK, NULL, &blocked);
    *(bool *)argument =
        sigismember(&blocked, SIGINT) && sigismember(&blocked, SIGTERM) && sigismember(&blocked, SIGWINCH);
    return true;
}

static void test_task_worker_has_no_signals(void **state)
{
    bool is_blocked = false;
    sigset_t mine;
    struct task *task = start(*state, look_at_signals, &is_blocked, NULL);
    assert_true(finish(*state, task));
    assert_true(is_blocked);
    pthread_sigmask(SIG_SETMASK, NULL, &mine);
    assert_false(sigismember(&mine, SIGINT));
    talloc_free(task);
}

static bool allocate(struct task *task, void *argument, struct error *error UNUSED)
{
    int most = *(int *)argument;
    char *last = NULL;
    for (int i = 0; i < most; i++) {
        last = talloc_asprintf(task_memory(task), "block %d", i);
        task_report(task, &i, sizeof i);
    }
    task_set_result(task, last);
    return true;
}

static void test_task_many_at_once(void **state)
{
    enum { MANY = 32 };
    struct task *tasks[MANY];
    struct heard heard[MANY] = {0};
    int most = 500, descriptors = count_descriptors();
    for (int i = 0; i < MANY; i++)
        tasks[i] = start(*state, allocate, &most, &heard[i]);
    for (int i = 0; i < MANY; i++) {
        assert_true(finish(*state, tasks[i]));
        assert_int_equal(heard[i].count, most);
        assert_int_equal(heard[i].wrong, 0);
        assert_string_equal(task_result(tasks[i]), "block 499");
        talloc_free(tasks[i]);
    }
    assert_int_equal(count_descriptors(), descriptors);
}

static void test_task_without_descriptors_fails(void **state)
{
    struct error *error = error_new(*state);
    struct task_options options = {.name = "work", .run = wait_for_cancel};
    struct rlimit before, none;
    getrlimit(RLIMIT_NOFILE, &before);
    none = before;
    none.rlim_cur = 0;
    setrlimit(RLIMIT_NOFILE, &none);
    struct task *task = task_start(*state, &options, error);
    setrlimit(RLIMIT_NOFILE, &before);
    assert_null(task);
    assert_int_equal(error->code, ERROR_INTERNAL);
    talloc_free(error);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_task_progress_arrives_in_order, open_root, close_root),
        cmocka_unit_test_setup_teardown(test_task_finish_delivers_what_is_left, open_root, close_root),
        cmocka_unit_test_setup_teardown(test_task_without_listener_drops_progress, open_root, close_root),
        cmocka_unit_test_setup_teardown(test_task_deliver_never_waits_for_the_end, open_root, close_root),
        cmocka_unit_test_setup_teardown(test_task_result_lives_as_long_as_the_task, open_root, close_root),
        cmocka_unit_test_setup_teardown(test_task_error_is_a_copy, open_root, close_root),
        cmocka_unit_test_setup_teardown(test_task_cancel_ends_it, open_root, close_root),
        cmocka_unit_test_setup_teardown(test_task_free_while_running_waits_for_its_end, open_root, close_root),
        cmocka_unit_test_setup_teardown(test_task_worker_has_no_signals, open_root, close_root),
        cmocka_unit_test_setup_teardown(test_task_many_at_once, open_root, close_root),
        cmocka_unit_test_setup_teardown(test_task_without_descriptors_fails, open_root, close_root),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
