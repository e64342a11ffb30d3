/* Texts in a row: what was put in comes out, and what is broken is seen to be. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "migrate/parts.h"

static char *sample(TALLOC_CTX *owner)
{
    struct parts_writer writer = {0};
    parts_put(&writer, "one");
    parts_put(&writer, "");
    parts_put(&writer, NULL);
    parts_put(&writer, "a,b:c-,\n3:x,");
    parts_put_number(&writer, INT64_MIN);
    parts_put_number(&writer, 2);
    parts_put(&writer, "x");
    parts_put(&writer, "y");
    return parts_text(owner, &writer);
}

static void test_parts_come_out_as_they_went_in(void **state UNUSED)
{
    char *text = sample(NULL);
    struct parts_reader reader = parts_reader_of(text);
    assert_string_equal(parts_get(&reader), "one");
    assert_string_equal(parts_get(&reader), "");
    assert_null(parts_get(&reader));
    assert_string_equal(parts_get(&reader), "a,b:c-,\n3:x,");
    assert_true(parts_get_number(&reader) == INT64_MIN);
    assert_int_equal(parts_get_count(&reader), 2);
    assert_string_equal(parts_get(&reader), "x");
    assert_false(parts_is_whole(&reader));
    assert_string_equal(parts_get(&reader), "y");
    assert_true(parts_is_whole(&reader));
    talloc_free(text);
}

static void test_parts_that_are_cut_off_are_not_whole(void **state UNUSED)
{
    char *whole = sample(NULL);
    for (size_t size = 0; size < strlen(whole); size++) {
        char *text = talloc_strndup(NULL, whole, size);
        struct parts_reader reader = parts_reader_of(text);
        for (int i = 0; i < 8; i++)
            (void)parts_get(&reader);
        assert_false(parts_is_whole(&reader));
        talloc_free(text);
    }
    talloc_free(whole);
}

static void test_parts_that_lie_are_broken(void **state UNUSED)
{
    static const char *const lies[] = {"9:one,", "3:onex", "3one,", "x,", "-", "99999999999999999999:one,",
                                       "-1:a,",  ":,"};
    for (size_t i = 0; i < countof(lies); i++) {
        char *text = talloc_strdup(NULL, lies[i]);
        struct parts_reader reader = parts_reader_of(text);
        (void)parts_get(&reader);
        if (parts_is_whole(&reader))
            fail_msg("%s", lies[i]);
        talloc_free(text);
    }
}

static void test_parts_count_is_never_more_than_there_can_be(void **state UNUSED)
{
    char *text = talloc_strdup(NULL, "7:9999999,1:x,");
    struct parts_reader reader = parts_reader_of(text);
    assert_int_equal(parts_get_count(&reader), 0);
    assert_true(reader.is_broken);
    talloc_free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parts_come_out_as_they_went_in),
        cmocka_unit_test(test_parts_that_are_cut_off_are_not_whole),
        cmocka_unit_test(test_parts_that_lie_are_broken),
        cmocka_unit_test(test_parts_count_is_never_more_than_there_can_be),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
