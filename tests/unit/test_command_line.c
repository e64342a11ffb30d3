/* The console's command line taken apart into words, as a shell would. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "tui/runner.h"

static void test_split_takes_words_as_a_shell_would(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        const char *words[5];
    } cases[] = {
        {"", {NULL}},
        {"   ", {NULL}},
        {"status", {"status"}},
        {"  apply   --to 012 ", {"apply", "--to", "012"}},
        {"mark 1 --reason \"by hand\"", {"mark", "1", "--reason", "by hand"}},
        {"new 'it''s'", {"new", "its"}},
        {"new \"say \\\"no\\\"\"", {"new", "say \"no\""}},
        {"new a\\ b", {"new", "a b"}},
        {"new '\\'", {"new", "\\"}},
        {"new \"\"", {"new", ""}},
    };
    for (size_t i = 0; i < countof(cases); i++) {
        size_t count = 0, wanted = 0;
        TALLOC_CTX *memory = talloc_new(NULL);
        const char *const *words = runner_split(memory, cases[i].line, &count);
        while (wanted < countof(cases[i].words) && cases[i].words[wanted])
            wanted++;
        assert_non_null(words);
        assert_int_equal(count, wanted);
        for (size_t j = 0; j < count; j++)
            assert_string_equal(words[j], cases[i].words[j]);
        assert_null(words[count]);
        talloc_free(memory);
    }
}

static void test_split_of_an_open_quote_is_none(void **state)
{
    (void)state;
    static const char *const cases[] = {"new 'a", "new \"a", "\"", "a 'b\" c"};
    TALLOC_CTX *memory = talloc_new(NULL);
    for (size_t i = 0; i < countof(cases); i++) {
        size_t count;
        assert_null(runner_split(memory, cases[i], &count));
    }
    talloc_free(memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_split_takes_words_as_a_shell_would),
        cmocka_unit_test(test_split_of_an_open_quote_is_none),
    };
    return cmocka_run_group_tests_name("command line", tests, NULL, NULL);
}
