/* The command line: what every spelling of an option means, and what is refused. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "tui/arguments.h"

static const struct option globals[] = {
    {"json", 0, OPTION_FLAG, NULL, KIND_NONE, NULL, "JSON."},
    {"quiet", 'q', OPTION_FLAG, NULL, KIND_NONE, NULL, "Quiet."},
    {"database", 'd', OPTION_VALUE, "TARGET", KIND_TARGET, NULL, "Target."},
    {"help", 'h', OPTION_FLAG, NULL, KIND_NONE, NULL, "Help."},
};
static const struct option options[] = {
    {"to", 0, OPTION_VALUE, "V", KIND_VERSION, NULL, "To."},
    {"only", 0, OPTION_LIST, "V", KIND_VERSION, NULL, "Only."},
    {"rule", 'r', OPTION_VALUES, "ID", KIND_NONE, NULL, "Rule."},
    {"format", 0, OPTION_VALUE, "F", KIND_WORDS, "text|json|markdown", "Format."},
};
static const struct operands some = {"WORD...", 1, 2, KIND_NONE, NULL, "Words."};
static const struct operands none = {0};
static const struct operands listed = {"ACTION", 1, 1, KIND_WORDS, "start|stop", "Action."};

static struct arguments *parse_with(TALLOC_CTX *owner, const struct operands *operands, struct error *error,
                                    const char *const *words)
{
    return arguments_parse(owner, globals, countof(globals), options, countof(options), operands, words, error);
}

#define WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})

static int setup(void **state)
{
    *state = talloc_new(NULL);
    return 0;
}

static int teardown(void **state)
{
    talloc_free(*state);
    return 0;
}

/* One value, however it is written. */
static const struct {
    const char *const words[5];
    const char *option, *value;
} spellings[] = {
    {{"--database", "shop"}, "database", "shop"},
    {{"--database=shop"}, "database", "shop"},
    {{"--database="}, "database", ""},
    {{"--database=a=b"}, "database", "a=b"},
    {{"-d", "shop"}, "database", "shop"},
    {{"-dshop"}, "database", "shop"},
    {{"-qd", "shop"}, "database", "shop"},
    {{"-qdshop"}, "database", "shop"},
    {{"-d", "--json"}, "database", "--json"},
    {{"--to", "1", "--to", "2"}, "to", "2"},
    {{"--format", "json"}, "format", "json"},
};

static void test_value_any_spelling(void **state)
{
    for (size_t i = 0; i < countof(spellings); i++) {
        struct error *error = error_new(*state);
        struct arguments *arguments = parse_with(*state, &none, error, spellings[i].words);
        assert_non_null(arguments);
        assert_string_equal(arguments_value(arguments, spellings[i].option), spellings[i].value);
    }
}

/* What is refused, and the words that the message and the hint must hold. */
static const struct {
    const char *const words[5];
    const struct operands *operands;
    const char *message, *hint;
} refusals[] = {
    {{"--frmat", "json"}, &none, "--frmat", "--format"},
    {{"--dat", "x"}, &none, "--dat", NULL},
    {{"-x"}, &none, "-x", NULL},
    {{"-qx"}, &none, "-x", NULL},
    {{"--to"}, &none, "--to needs a value: V", NULL},
    {{"-d"}, &none, "-d needs a value: TARGET", NULL},
    {{"--only", "--json"}, &none, "--only needs a value", NULL},
    {{"--json=yes"}, &none, "--json takes no value", NULL},
    {{"--format", "jsn"}, &none, "text|json|markdown", "json"},
    {{"--format="}, &none, "must be one of", NULL},
    {{"a"}, &none, "one word too many: \"a\"", NULL},
    {{"a", "b", "c"}, &some, "one word too many: \"c\"", NULL},
    {{NULL}, &some, "WORD... is missing", NULL},
    {{"strat"}, &listed, "start|stop", "start"},
    {{NULL}, &listed, "ACTION is missing", "start|stop"},
};

static void test_wrong_word_is_refused(void **state)
{
    for (size_t i = 0; i < countof(refusals); i++) {
        struct error *error = error_new(*state);
        assert_null(parse_with(*state, refusals[i].operands, error, refusals[i].words));
        assert_int_equal(error->code, ERROR_USAGE);
        assert_non_null(strstr(error->message, refusals[i].message));
        if (refusals[i].hint)
            assert_non_null(strstr(error->hint, refusals[i].hint));
    }
}

static void test_list_takes_words_up_to_the_next_option(void **state)
{
    struct error *error = error_new(*state);
    struct arguments *arguments =
        parse_with(*state, &none, error, WORDS("--only", "1", "2", "--json", "--only=3", "4"));
    assert_non_null(arguments);
    const char *const *values = arguments_values(arguments, "only");
    const char *const expected[] = {"1", "2", "3", "4"};
    for (size_t i = 0; i < countof(expected); i++)
        assert_string_equal(values[i], expected[i]);
    assert_null(values[countof(expected)]);
    assert_true(arguments_has(arguments, "json"));
}

static void test_repeated_option_keeps_all_values(void **state)
{
    struct error *error = error_new(*state);
    struct arguments *arguments = parse_with(*state, &some, error, WORDS("--rule", "a", "x", "-rb"));
    assert_non_null(arguments);
    assert_string_equal(arguments_values(arguments, "rule")[0], "a");
    assert_string_equal(arguments_values(arguments, "rule")[1], "b");
    assert_null(arguments_values(arguments, "rule")[2]);
    assert_string_equal(arguments_operands(arguments, NULL)[0], "x");
}

static void test_option_behind_operand_counts(void **state)
{
    struct error *error = error_new(*state);
    struct arguments *arguments = parse_with(*state, &some, error, WORDS("x", "--json", "y"));
    assert_non_null(arguments);
    size_t count;
    const char *const *operands = arguments_operands(arguments, &count);
    assert_int_equal(count, 2);
    assert_string_equal(operands[1], "y");
    assert_true(arguments_has(arguments, "json"));
}

static void test_double_dash_ends_options(void **state)
{
    struct error *error = error_new(*state);
    struct arguments *arguments = parse_with(*state, &some, error, WORDS("--", "--json", "--"));
    assert_non_null(arguments);
    size_t count;
    const char *const *operands = arguments_operands(arguments, &count);
    assert_int_equal(count, 2);
    assert_string_equal(operands[0], "--json");
    assert_string_equal(operands[1], "--");
    assert_false(arguments_has(arguments, "json"));
}

static void test_single_dash_is_an_operand(void **state)
{
    struct error *error = error_new(*state);
    struct arguments *arguments = parse_with(*state, &some, error, WORDS("-"));
    assert_non_null(arguments);
    assert_string_equal(arguments_operands(arguments, NULL)[0], "-");
}

static void test_help_excuses_missing_operands(void **state)
{
    struct error *error = error_new(*state);
    assert_non_null(parse_with(*state, &some, error, WORDS("--help")));
}

static void test_absent_option_has_no_value(void **state)
{
    struct error *error = error_new(*state);
    struct arguments *arguments = parse_with(*state, &none, error, WORDS(NULL));
    assert_non_null(arguments);
    assert_false(arguments_has(arguments, "to"));
    assert_null(arguments_value(arguments, "to"));
    assert_null(arguments_values(arguments, "to"));
    size_t count;
    assert_null(arguments_operands(arguments, &count)[0]);
    assert_int_equal(count, 0);
}

static const struct {
    const char *const words[6];
    size_t index;
} places[] = {
    {{"status"}, 0},
    {{"-q", "status"}, 1},
    {{"-d", "shop", "status", "--json"}, 2},
    {{"-qd", "shop", "status"}, 2},
    {{"-dshop", "status"}, 1},
    {{"--database=shop", "status"}, 1},
    {{"--database", "shop", "status"}, 2},
    {{"--json", "--unknown", "status"}, 2},
    {{"--", "status"}, 0},
    {{"-d"}, 1},
    {{NULL}, 0},
};

static void test_first_operand_behind_global_options(void **state)
{
    (void)state;
    for (size_t i = 0; i < countof(places); i++)
        assert_int_equal(arguments_first_operand(globals, countof(globals), places[i].words), places[i].index);
}

static void test_listed_word_must_be_whole(void **state)
{
    (void)state;
    assert_true(arguments_is_listed("auto|always|never", "always"));
    assert_true(arguments_is_listed("auto|always|never", "never"));
    assert_false(arguments_is_listed("auto|always|never", "alway"));
    assert_false(arguments_is_listed("auto|always|never", "auto|always"));
    assert_false(arguments_is_listed("auto|always|never", ""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_value_any_spelling, setup, teardown),
        cmocka_unit_test_setup_teardown(test_wrong_word_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(test_list_takes_words_up_to_the_next_option, setup, teardown),
        cmocka_unit_test_setup_teardown(test_repeated_option_keeps_all_values, setup, teardown),
        cmocka_unit_test_setup_teardown(test_option_behind_operand_counts, setup, teardown),
        cmocka_unit_test_setup_teardown(test_double_dash_ends_options, setup, teardown),
        cmocka_unit_test_setup_teardown(test_single_dash_is_an_operand, setup, teardown),
        cmocka_unit_test_setup_teardown(test_help_excuses_missing_operands, setup, teardown),
        cmocka_unit_test_setup_teardown(test_absent_option_has_no_value, setup, teardown),
        cmocka_unit_test_setup_teardown(test_first_operand_behind_global_options, setup, teardown),
        cmocka_unit_test_setup_teardown(test_listed_word_must_be_whole, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
