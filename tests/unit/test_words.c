/* Words: what two texts have in common is found, word by word and line by line, and huge texts cost a bounded time. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "store/clock.h"
#include "tui/words.h"

static TALLOC_CTX *memory;

static int set_up(void **state UNUSED)
{
    memory = talloc_new(NULL);
    return 0;
}

static int tear_down(void **state UNUSED) { return talloc_free(memory); }

/* A side with its changes in brackets. */
static const char *marked(const struct words_side *side)
{
    char *text = talloc_strdup(memory, "");
    size_t at = 0;
    for (size_t i = 0; i < side->span_count; i++) {
        bool is_changed = side->spans[i].what == WORDS_CHANGED;
        text = talloc_asprintf_append_buffer(text, is_changed ? "[%.*s]" : "%.*s", (int)(side->spans[i].end - at),
                                             side->text + at);
        at = side->spans[i].end;
    }
    assert_int_equal(at, strlen(side->text));
    return text;
}

/* "0=0 1~- -~1": the pairs of lines. */
static const char *paired(const struct words *words)
{
    char *text = talloc_strdup(memory, "");
    for (size_t i = 0; i < words->pair_count; i++) {
        const struct words_pair *pair = &words->pairs[i];
        const char *from = pair->from == WORDS_NO_LINE ? "-" : talloc_asprintf(memory, "%zu", pair->from);
        const char *to = pair->to == WORDS_NO_LINE ? "-" : talloc_asprintf(memory, "%zu", pair->to);
        text = talloc_asprintf_append_buffer(text, "%s%s%s%s", i ? " " : "", from,
                                             pair->lines == WORDS_EQUAL ? "=" : "~", to);
    }
    return text;
}

static void test_changed_words_are_marked_on_both_sides(void **state UNUSED)
{
    static const struct {
        const char *from, *to, *old, *new;
    } cases[] = {
        {"integer", "bigint", "[integer]", "[bigint]"},
        {"numeric(10,2)", "numeric(12,2)", "numeric([10],2)", "numeric([12],2)"},
        {"(a > 0)", "(a >= 0)", "(a > 0)", "(a >[=] 0)"},
        {"x IS NOT NULL", "x IS NULL", "x IS [NOT ]NULL", "x IS NULL"},
        {"", "now()", "", "[now()]"},
        {"now()", "", "[now()]", ""},
        {"same", "same", "same", "same"},
        {"", "", "", ""},
        {"grün blau", "grün grau", "grün [blau]", "grün [grau]"},
        {"SELECT a, b", "SELECT c, d", "SELECT [a, b]", "SELECT [c, d]"},
    };
    for (size_t i = 0; i < countof(cases); i++) {
        struct words *words = words_compare(memory, cases[i].from, cases[i].to);
        assert_string_equal(marked(&words->from), cases[i].old);
        assert_string_equal(marked(&words->to), cases[i].new);
    }
}

static void test_lines_that_agree_stand_side_by_side(void **state UNUSED)
{
    static const struct {
        const char *from, *to, *pairs;
    } cases[] = {
        {"a\nb\nc\n", "a\nc\n", "0=0 1~- 2=1"},
        {"a\nc\n", "a\nb\nc\n", "0=0 -~1 1=2"},
        {"a\nold\nc", "a\nnew\nmore\nc", "0=0 1~1 -~2 2=3"},
        {"a", "b", "0~0"},
        {"", "b", "-~0"},
        {"a\nb", "a\nb", "0=0 1=1"},
        {"a\n", "a", "0~0"},
        {"x := now();", "-- a remark\nx := clock();", "-~0 0~1"}, /* what is much alike stands together */
        {"alpha one\nbeta two\ngamma", "beta too\ndelta", "0~- 1~0 2~1"},
    };
    for (size_t i = 0; i < countof(cases); i++)
        assert_string_equal(paired(words_compare(memory, cases[i].from, cases[i].to)), cases[i].pairs);
}

static void test_words_are_marked_within_lines_that_differ(void **state UNUSED)
{
    struct words *words = words_compare(memory, "BEGIN\n  x := 1;\nEND", "BEGIN\n  x := 2;\nEND");
    assert_string_equal(marked(&words->from), "BEGIN\n  x := [1];\nEND");
    assert_string_equal(marked(&words->to), "BEGIN\n  x := [2];\nEND");
}

static char *lines_of(size_t count, const char *word, size_t step)
{
    char *text = talloc_strdup(memory, "");
    for (size_t i = 0; i < count; i++)
        text = talloc_asprintf_append_buffer(text, "%s line %zu of many;\n", i % step == 0 ? word : "plain", i);
    return text;
}

static void test_a_change_in_a_long_text_is_still_found(void **state UNUSED)
{
    char *from = lines_of(20000, "old", 20000), *to = lines_of(20000, "new", 20000);
    struct words *words = words_compare(memory, from, to);
    assert_int_equal(words->pair_count, 20000);
    assert_int_equal(words->from.span_count, 2); /* [old] and the rest */
    assert_int_equal(words->from.spans[0].end, 3);
}

static void test_huge_texts_without_anything_in_common_take_a_bounded_time(void **state UNUSED)
{
    char *from = lines_of(40000, "x", 2), *to = lines_of(40000, "y", 2);
    for (char *at = to; *at; at++)
        *at = *at == ' ' ? '_' : *at;
    int64_t start_ms = clock_monotonic_ms();
    struct words *words = words_compare(memory, from, to);
    assert_in_range(clock_monotonic_ms() - start_ms, 0, 2000); /* some 50; a loaded machine gets more */
    assert_int_equal(words->from.spans[0].what, WORDS_CHANGED);
    assert_true(words->from.spans[0].end > strlen(from) - 10); /* their last signs agree */
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_changed_words_are_marked_on_both_sides),
        TEST(test_lines_that_agree_stand_side_by_side),
        TEST(test_words_are_marked_within_lines_that_differ),
        TEST(test_a_change_in_a_long_text_is_still_found),
        TEST(test_huge_texts_without_anything_in_common_take_a_bounded_time),
    };
    return cmocka_run_group_tests_name("words", tests, NULL, NULL);
}
