/* Ids: their parts, their order, and a clock that goes back. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "store/snowflake.h"

static int64_t told_ms;

static int64_t tell(void *argument)
{
    (void)argument;
    return told_ms;
}

static int64_t next(struct snowflake *snowflake)
{
    int64_t id = -1;
    struct error *error = error_new(snowflake);
    if (!snowflake_next(snowflake, &id, error))
        fail_msg("%s", error->message);
    return id;
}

static void test_snowflake_has_time_node_and_sequence(void **state)
{
    (void)state;
    told_ms = SNOWFLAKE_EPOCH_MS + 5;
    struct snowflake *snowflake = snowflake_new(NULL, 3, tell, NULL);
    assert_int_equal(next(snowflake), INT64_C(5) << 22 | 3 << 12);
    assert_int_equal(next(snowflake), INT64_C(5) << 22 | 3 << 12 | 1);
    told_ms++;
    assert_int_equal(next(snowflake), INT64_C(6) << 22 | 3 << 12);
    talloc_free(snowflake);
}

static void test_snowflake_refuses_a_clock_that_went_far_back(void **state)
{
    (void)state;
    told_ms = SNOWFLAKE_EPOCH_MS + 100000;
    struct snowflake *snowflake = snowflake_new(NULL, 0, tell, NULL);
    struct error *error = error_new(snowflake);
    int64_t first = next(snowflake), id = -1;
    told_ms -= 5000;
    assert_false(snowflake_next(snowflake, &id, error));
    assert_int_equal(error->code, ERROR_INTERNAL);
    assert_int_equal(id, -1);
    told_ms += 5000;
    error_clear(error);
    assert_true(next(snowflake) > first); /* and goes on where it stood */
    talloc_free(snowflake);
}

static void test_snowflake_refuses_a_clock_outside_of_its_years(void **state)
{
    (void)state;
    struct snowflake *snowflake = snowflake_new(NULL, 0, tell, NULL);
    struct error *error = error_new(snowflake);
    int64_t id;
    told_ms = SNOWFLAKE_EPOCH_MS - 1;
    assert_false(snowflake_next(snowflake, &id, error));
    error_clear(error);
    told_ms = SNOWFLAKE_EPOCH_MS + (INT64_C(1) << 41);
    assert_false(snowflake_next(snowflake, &id, error));
    talloc_free(snowflake);
}

/* More than one millisecond has room for: the real clock goes on meanwhile. */
static void test_snowflake_never_repeats_nor_falls(void **state)
{
    (void)state;
    struct snowflake *snowflake = snowflake_new(NULL, SNOWFLAKE_NODES - 1, NULL, NULL);
    int64_t last = 0;
    for (int i = 0; i < 20000; i++) {
        int64_t id = next(snowflake);
        assert_true(id > last);
        last = id;
    }
    talloc_free(snowflake);
}

static void test_snowflake_node_is_in_range_and_of_the_process(void **state)
{
    (void)state;
    int one = snowflake_node("db1", 17), other = snowflake_node("db1", 18);
    assert_in_range(one, 0, SNOWFLAKE_NODES - 1);
    assert_in_range(other, 0, SNOWFLAKE_NODES - 1);
    assert_int_equal(one, snowflake_node("db1", 17));
    assert_int_not_equal(one, other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_snowflake_has_time_node_and_sequence),
        cmocka_unit_test(test_snowflake_refuses_a_clock_that_went_far_back),
        cmocka_unit_test(test_snowflake_refuses_a_clock_outside_of_its_years),
        cmocka_unit_test(test_snowflake_never_repeats_nor_falls),
        cmocka_unit_test(test_snowflake_node_is_in_range_and_of_the_process),
    };
    return cmocka_run_group_tests_name("snowflake", tests, NULL, NULL);
}
