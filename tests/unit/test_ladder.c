/* The ladder of lock timeouts: how long each attempt waits, when there is another one, and when there is none. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "migrate/guard/ladder.h"
#include "tests/lib/server.h"

struct fixture {
    struct error *error;
    struct ladder ladder;
    int64_t now_ms, pause_ms;
    uint32_t chance;
};

static struct ladder climb(TALLOC_CTX *owner, const struct plan_step *step)
{
    static const char *const environment[] = {NULL};
    struct error *error = error_new(owner);
    struct settings_input input = {.directory = test_directory(owner), .environment = environment};
    struct settings *settings = settings_load(owner, &input, error);
    assert_non_null(settings);
    return ladder_of(step, settings);
}

static int set_up(void **state)
{
    struct fixture *fixture = talloc_zero(NULL, struct fixture);
    fixture->error = error_new(fixture);
    fixture->ladder = climb(fixture, &(struct plan_step){.has_ladder = true, .lock_timeout_ms = 400});
    fixture->now_ms = 1000000;
    fixture->chance = 0;
    *state = fixture;
    return 0;
}

static int tear_down(void **state) { return talloc_free(*state); }

static bool fails(struct fixture *fixture, enum error_code code, enum ladder_stop stop, enum ladder_blocker blocker)
{
    struct ladder_end end = {.error = fixture->error,
                             .stop = stop,
                             .blocker = blocker,
                             .deadlock_timeout_ms = 1000,
                             .now_ms = fixture->now_ms,
                             .chance = fixture->chance};
    error_set(fixture->error, code, "it failed");
    return ladder_goes_on(&fixture->ladder, &end, &fixture->pause_ms);
}

static bool gets_no_lock(struct fixture *fixture)
{
    return fails(fixture, ERROR_LOCK_TIMEOUT, STOP_NONE, BLOCKER_SESSION);
}

static void test_each_wait_is_twice_the_last_up_to_the_most(void **state)
{
    struct fixture *fixture = *state;
    static const int64_t waits[] = {100, 200, 400, 400, 400};
    for (size_t i = 0; i < countof(waits); i++) {
        assert_int_equal(ladder_wait_ms(&fixture->ladder), waits[i]);
        assert_int_equal(fixture->ladder.attempt, i + 1);
        assert_true(gets_no_lock(fixture));
    }
}

static void test_pauses_are_of_any_length_up_to_one_that_doubles(void **state)
{
    struct fixture *fixture = *state;
    static const int64_t most[] = {200, 400, 800, 1600, 3200, 6400, 12800, 15000, 15000};
    for (size_t i = 0; i < countof(most); i++) {
        fixture->chance = (uint32_t)most[i];
        assert_true(gets_no_lock(fixture));
        assert_int_equal(fixture->pause_ms, most[i]);
    }
    fixture->chance = 15001;
    assert_true(gets_no_lock(fixture));
    assert_int_equal(fixture->pause_ms, 0);
}

static void test_attempts_end(void **state)
{
    struct fixture *fixture = *state;
    int attempts = 1;
    while (gets_no_lock(fixture))
        attempts++;
    assert_int_equal(attempts, 60);
    assert_int_equal(fixture->ladder.attempt, 60);
}

static void test_budget_begins_with_the_first_wait_that_was_too_short(void **state)
{
    struct fixture *fixture = *state;
    fixture->now_ms += 3600000; /* an hour of work before it */
    assert_true(gets_no_lock(fixture));
    fixture->now_ms += 599999;
    assert_true(gets_no_lock(fixture));
    fixture->now_ms += 1;
    assert_false(gets_no_lock(fixture));
}

static void test_given_timeout_is_waited_out_once(void **state)
{
    struct fixture *fixture = *state;
    fixture->ladder = climb(fixture, &(struct plan_step){.lock_timeout_ms = 3600000});
    assert_int_equal(ladder_wait_ms(&fixture->ladder), 3600000);
    assert_false(gets_no_lock(fixture));
}

static void test_given_timeout_is_tried_again_after_the_breaker(void **state)
{
    struct fixture *fixture = *state;
    fixture->ladder = climb(fixture, &(struct plan_step){.lock_timeout_ms = 3600000});
    assert_true(fails(fixture, ERROR_CANCELLED, STOP_WAITING, BLOCKER_SESSION));
    assert_int_equal(ladder_wait_ms(&fixture->ladder), 3600000);
    fixture->now_ms += 3600000;
    assert_false(fails(fixture, ERROR_CANCELLED, STOP_WAITING, BLOCKER_SESSION));
}

static void test_autovacuum_is_waited_for_beyond_deadlock_timeout_once_a_minute(void **state)
{
    struct fixture *fixture = *state;
    assert_true(fails(fixture, ERROR_LOCK_TIMEOUT, STOP_NONE, BLOCKER_AUTOVACUUM));
    assert_int_equal(ladder_wait_ms(&fixture->ladder), 1200);
    assert_true(fails(fixture, ERROR_LOCK_TIMEOUT, STOP_NONE, BLOCKER_AUTOVACUUM));
    assert_int_equal(ladder_wait_ms(&fixture->ladder), 400);
    fixture->now_ms += 60000;
    assert_true(fails(fixture, ERROR_LOCK_TIMEOUT, STOP_NONE, BLOCKER_AUTOVACUUM));
    assert_int_equal(ladder_wait_ms(&fixture->ladder), 1200);
}

static void test_unseen_blocker_may_be_an_autovacuum_after_ten_attempts(void **state)
{
    struct fixture *fixture = *state;
    for (int i = 0; i < 9; i++) {
        assert_true(fails(fixture, ERROR_LOCK_TIMEOUT, STOP_NONE, BLOCKER_UNSEEN));
        assert_false(fixture->ladder.is_long);
    }
    assert_true(fails(fixture, ERROR_LOCK_TIMEOUT, STOP_NONE, BLOCKER_UNSEEN));
    assert_true(fixture->ladder.is_long);
}

static void test_lost_reruns_end_with_the_setting(void **state)
{
    static const struct {
        enum error_code code;
        enum ladder_stop stop;
    } losses[] = {{ERROR_SERIALIZATION, STOP_NONE}, {ERROR_CANCELLED, STOP_HOLDING}};
    struct fixture *fixture = *state;
    const struct ladder start = fixture->ladder;
    for (size_t i = 0; i < countof(losses); i++) {
        fixture->ladder = start;
        assert_true(fails(fixture, losses[i].code, losses[i].stop, BLOCKER_UNSEEN));
        assert_true(fails(fixture, losses[i].code, losses[i].stop, BLOCKER_UNSEEN));
        assert_false(fails(fixture, losses[i].code, losses[i].stop, BLOCKER_UNSEEN));
    }
}

static void test_other_failures_are_not_tried_again(void **state)
{
    static const enum error_code codes[] = {ERROR_STATEMENT, ERROR_CANCELLED, ERROR_CONNECTION, ERROR_UNKNOWN_OUTCOME,
                                            ERROR_LOCKED,    ERROR_REFUSED,   ERROR_STALE_PLAN};
    for (size_t i = 0; i < countof(codes); i++)
        assert_false(fails(*state, codes[i], STOP_NONE, BLOCKER_SESSION));
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_each_wait_is_twice_the_last_up_to_the_most),
        TEST(test_pauses_are_of_any_length_up_to_one_that_doubles),
        TEST(test_attempts_end),
        TEST(test_budget_begins_with_the_first_wait_that_was_too_short),
        TEST(test_given_timeout_is_waited_out_once),
        TEST(test_given_timeout_is_tried_again_after_the_breaker),
        TEST(test_autovacuum_is_waited_for_beyond_deadlock_timeout_once_a_minute),
        TEST(test_unseen_blocker_may_be_an_autovacuum_after_ten_attempts),
        TEST(test_lost_reruns_end_with_the_setting),
        TEST(test_other_failures_are_not_tried_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
