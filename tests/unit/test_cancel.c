/* Cancels: seen by all who wait, from threads and signal handlers, for ever. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include "store/cancel.h"
#include "store/clock.h"

static int open_root(void **state)
{
    *state = talloc_new(NULL);
    return 0;
}

static int close_root(void **state) { return talloc_free(*state); }

static void test_cancel_new_is_not_requested(void **state)
{
    struct cancel *cancel = cancel_new(*state);
    assert_false(cancel_is_requested(cancel));
    assert_int_equal(cancel_signal(cancel), 0);
    struct pollfd wait = {.fd = cancel->fd, .events = POLLIN};
    assert_int_equal(poll(&wait, 1, 0), 0);
}

static void test_cancel_null_never_is(void **state UNUSED)
{
    assert_false(cancel_is_requested(NULL));
    assert_int_equal(cancel_signal(NULL), 0);
    assert_true(cancel_sleep(NULL, 1));
}

static void test_cancel_first_signal_stays(void **state)
{
    struct cancel *cancel = cancel_new(*state);
    cancel_request(cancel, SIGTERM);
    cancel_request(cancel, SIGINT);
    assert_int_equal(cancel_signal(cancel), SIGTERM);
    assert_int_equal(atomic_load(&cancel->requests), 2);
}

static void test_cancel_descriptor_stays_readable(void **state)
{
    struct cancel *cancel = cancel_new(*state);
    cancel_request(cancel, 0);
    struct pollfd wait = {.fd = cancel->fd, .events = POLLIN};
    for (int i = 0; i < 3; i++)
        assert_int_equal(poll(&wait, 1, 0), 1);
}

static void test_cancel_sleep_ends_by_time(void **state)
{
    int64_t start_ms = clock_monotonic_ms();
    assert_true(cancel_sleep(cancel_new(*state), 30));
    assert_true(clock_monotonic_ms() - start_ms >= 30);
}

static void test_cancel_sleep_does_not_start_once_cancelled(void **state)
{
    struct cancel *cancel = cancel_new(*state);
    cancel_request(cancel, 0);
    int64_t start_ms = clock_monotonic_ms();
    assert_false(cancel_sleep(cancel, 60000));
    assert_true(clock_monotonic_ms() - start_ms < 30000);
    assert_false(cancel_sleep(cancel, 0));
}

static void *request(void *argument)
{
    cancel_request(argument, 0);
    return NULL;
}

static void test_cancel_sleep_is_ended_by_another_thread(void **state)
{
    for (int i = 0; i < 50; i++) {
        struct cancel *cancel = cancel_new(*state);
        pthread_t thread;
        assert_int_equal(pthread_create(&thread, NULL, request, cancel), 0);
        assert_false(cancel_sleep(cancel, 60000));
        pthread_join(thread, NULL);
    }
}

static struct cancel *asked_by_signal; /* a signal handler takes no argument */

static void on_signal(int number)
{
    errno = 12345;
    cancel_request(asked_by_signal, number);
}

static void test_cancel_from_signal_handler_keeps_errno(void **state)
{
    struct sigaction action = {.sa_handler = on_signal}, before;
    asked_by_signal = cancel_new(*state);
    close(asked_by_signal->fd); /* so that the write in it fails */
    sigaction(SIGUSR1, &action, &before);
    raise(SIGUSR1);
    assert_int_equal(errno, 12345);
    sigaction(SIGUSR1, &before, NULL);
    assert_int_equal(cancel_signal(asked_by_signal), SIGUSR1);
    assert_true(cancel_is_requested(asked_by_signal));
}

static void test_cancel_free_closes_its_descriptor(void **state)
{
    struct cancel *cancel = cancel_new(*state);
    int fd = cancel->fd;
    assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
    talloc_free(cancel);
    assert_int_equal(fcntl(fd, F_GETFD), -1);
    assert_int_equal(talloc_total_blocks(*state), 1);
}

static void test_cancel_without_descriptors_is_null(void **state)
{
    struct rlimit before, none;
    getrlimit(RLIMIT_NOFILE, &before);
    none = before;
    none.rlim_cur = 0;
    setrlimit(RLIMIT_NOFILE, &none);
    struct cancel *cancel = cancel_new(*state);
    setrlimit(RLIMIT_NOFILE, &before);
    assert_null(cancel);
    assert_int_equal(talloc_total_blocks(*state), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_cancel_new_is_not_requested, open_root, close_root),
        cmocka_unit_test_setup_teardown(test_cancel_null_never_is, open_root, close_root),
        cmocka_unit_test_setup_teardown(test_cancel_first_signal_stays, open_root, close_root),
        cmocka_unit_test_setup_teardown(test_cancel_descriptor_stays_readable, open_root, close_root),
        cmocka_unit_test_setup_teardown(test_cancel_sleep_ends_by_time, open_root, close_root),
        cmocka_unit_test_setup_teardown(test_cancel_sleep_does_not_start_once_cancelled, open_root, close_root),
        cmocka_unit_test_setup_teardown(test_cancel_sleep_is_ended_by_another_thread, open_root, close_root),
        cmocka_unit_test_setup_teardown(test_cancel_from_signal_handler_keeps_errno, open_root, close_root),
        cmocka_unit_test_setup_teardown(test_cancel_free_closes_its_descriptor, open_root, close_root),
        cmocka_unit_test_setup_teardown(test_cancel_without_descriptors_is_null, open_root, close_root),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
