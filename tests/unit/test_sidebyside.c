/* Old and new beside each other or above each other: what is shown, where it breaks, what is marked. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <locale.h>

#include "tui/widgets/sidebyside.h"

static struct document *document;

static int set_up(void **state UNUSED)
{
    document = document_new(NULL);
    return 0;
}

static int tear_down(void **state UNUSED) { return talloc_free(document); }

static const char *shown(struct sidebyside options)
{
    options.old_title = "init";
    options.new_title = "live";
    sidebyside_add(document, &options);
    return document_text(document, document);
}

/* The bytes of a line that have this look. */
static const char *with_look(size_t line, enum look look)
{
    char *text = talloc_strdup(document, "");
    size_t at = 0;
    for (size_t i = 0; i < document->lines[line].run_count; i++) {
        const struct document_run *run = &document->lines[line].runs[i];
        if (run->look == look)
            text = talloc_asprintf_append_buffer(text, "%.*s", (int)(run->end - at), document->lines[line].text + at);
        at = run->end;
    }
    return text;
}

static void test_short_values_stand_beside_each_other(void **state UNUSED)
{
    const char *text = shown((struct sidebyside){.old = "numeric(10,2)", .new = "numeric(12,2)", .columns = 43});
    assert_string_equal(text, "  init               │   live\n"
                              "- numeric(10,2)      │ + numeric(12,2)\n");
    assert_string_equal(with_look(1, LOOK_OLD), "-10");
    assert_string_equal(with_look(1, LOOK_NEW), "+12");
}

static void test_values_that_do_not_fit_stand_above_each_other(void **state UNUSED)
{
    const char *text =
        shown((struct sidebyside){.old = "a rather long one", .new = "a rather short one", .columns = 30});
    assert_string_equal(text, "- a rather long one\n+ a rather short one\n");
    assert_string_equal(with_look(0, LOOK_OLD), "-long");
    assert_string_equal(with_look(1, LOOK_NEW), "+short");
}

static void test_what_is_absent_is_said(void **state UNUSED)
{
    assert_string_equal(shown((struct sidebyside){.new = "now()", .columns = 20, .layout = SIDEBYSIDE_ABOVE}),
                        "- (none)\n+ now()\n");
    TALLOC_FREE(document);
    document = document_new(NULL);
    assert_string_equal(shown((struct sidebyside){.old = "x", .new = "", .columns = 43}),
                        "  init               │   live (empty)\n- x                  │   \n");
}

static void test_long_lines_break_at_blanks_within_their_column(void **state UNUSED)
{
    const char *text = shown((struct sidebyside){.old = "one two three four five six seven eight",
                                                 .new = "one two three 4 five six seven eight",
                                                 .columns = 75});
    assert_string_equal(text, "  init                               │   live\n"
                              "- one two three four five six seven  │ + one two three 4 five six seven \n"
                              "  eight                              │   eight\n");
}

static void test_lines_far_from_a_change_are_counted_only(void **state UNUSED)
{
    const char *old = "1\n2\n3\n4\n5\n6\n7\n8\n9\nold\n", *new = "1\n2\n3\n4\n5\n6\n7\n8\n9\nnew\n";
    assert_string_equal(shown((struct sidebyside){.old = old, .new = new, .columns = 20, .layout = SIDEBYSIDE_ABOVE}),
                        "  … 6 lines that agree\n  7\n  8\n  9\n- old\n+ new\n");
    TALLOC_FREE(document);
    document = document_new(NULL);
    const char *whole = shown((struct sidebyside){
        .old = old, .new = new, .columns = 20, .layout = SIDEBYSIDE_ABOVE, .extent = SIDEBYSIDE_WHOLE});
    assert_non_null(strstr(whole, "  1\n  2\n"));
}

static void test_hostile_text_is_shown_not_passed_on(void **state UNUSED)
{
    const char *text = shown((struct sidebyside){.old = "a\033[2J", .new = "a\tb", .columns = 43});
    assert_null(strchr(text, '\033'));
    assert_non_null(strstr(text, "a\\x1B[2J"));
}

static void test_wide_characters_keep_the_columns_straight(void **state UNUSED)
{
    const char *text = shown((struct sidebyside){.old = "日本", .new = "日本語", .columns = 23});
    assert_string_equal(text, "  init     │   live\n- 日本     │ + 日本語\n");
}

static void test_every_width_is_survived(void **state UNUSED)
{
    for (int columns = -3; columns < 90; columns++) {
        struct sidebyside options = {"日本 one two\nthree", "日本語 four\n\nfive", "init", "live", columns, 0, 0};
        sidebyside_add(document, &options);
    }
    assert_true(document->count > 90);
}

int main(void)
{
    setlocale(LC_ALL, "C.UTF-8");
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_short_values_stand_beside_each_other),
        TEST(test_values_that_do_not_fit_stand_above_each_other),
        TEST(test_what_is_absent_is_said),
        TEST(test_long_lines_break_at_blanks_within_their_column),
        TEST(test_lines_far_from_a_change_are_counted_only),
        TEST(test_hostile_text_is_shown_not_passed_on),
        TEST(test_wide_characters_keep_the_columns_straight),
        TEST(test_every_width_is_survived),
    };
    return cmocka_run_group_tests_name("sidebyside", tests, NULL, NULL);
}
