/* JSON laid out for reading: every value stays as it was written. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "tui/json_text.h"

static const struct {
    const char *from, *to; /* NULL: no JSON */
} cases[] = {
    {"{}", "{}"},
    {" [ ] ", "[]"},
    {"null", "null"},
    {"\"a\\\"b{,\"", "\"a\\\"b{,\""},
    {"{\"a\": 1, \"b\": [1.0, {}]}", "{\n  \"a\": 1,\n  \"b\": [\n    1.0,\n    {}\n  ]\n}"},
    {"[1e400, 123456789012345678901234567890.10]", "[\n  1e400,\n  123456789012345678901234567890.10\n]"},
    {"{\"a\":1,\"a\":2}", "{\n  \"a\": 1,\n  \"a\": 2\n}"},
    {"", NULL},
    {"{\"a\":", NULL},
    {"[1}", NULL},
    {"[1]]", NULL},
    {"\"open", NULL},
};

static void test_json_is_laid_out_and_stays_as_it_is(void **state UNUSED)
{
    for (size_t i = 0; i < countof(cases); i++) {
        char *made = json_text_lay_out(NULL, cases[i].from);
        if (!cases[i].to)
            assert_null(made);
        else
            assert_string_equal(made ? made : "(none)", cases[i].to);
        talloc_free(made);
    }
}

static void test_json_nested_too_deep_is_left_alone(void **state UNUSED)
{
    char text[2001] = "";
    memset(text, '[', 1000);
    memset(text + 1000, ']', 1000);
    assert_null(json_text_lay_out(NULL, text));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_json_is_laid_out_and_stays_as_it_is),
        cmocka_unit_test(test_json_nested_too_deep_is_left_alone),
    };
    return cmocka_run_group_tests_name("json text", tests, NULL, NULL);
}
