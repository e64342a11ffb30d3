/* Documents, the pager, the field and highlighting: what is shown, wrapped, found, typed and coloured. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <locale.h>

#include "tui/highlight.h"
#include "tui/input.h"
#include "tui/widgets/field.h"
#include "tui/widgets/pager.h"

static struct terminal *terminal;

static int set_up(void **state UNUSED)
{
    struct terminal_options options = {.type = "xterm-256color", .device = TERMINAL_NOWHERE, .rows = 4, .columns = 20};
    struct error *error = error_new(NULL);
    const char *warning = NULL;
    terminal = terminal_open(NULL, &options, &warning, error);
    talloc_free(error);
    return terminal ? 0 : -1;
}

static int tear_down(void **state UNUSED) { return talloc_free(terminal); }

static const char *draw(struct pager *pager)
{
    terminal_begin(terminal);
    pager_draw(pager, terminal, (struct area){0, 0, terminal_rows(terminal), terminal_columns(terminal)});
    terminal_end(terminal);
    return terminal_text(pager, terminal);
}

static struct pager *pager_of(const char *text)
{
    struct pager *pager = pager_new(NULL);
    struct document *document = document_new(pager);
    document_add_bytes(document, LOOK_PLAIN, text, strlen(text));
    pager_set(pager, document);
    return pager;
}

static void test_long_lines_wrap_at_a_blank_under_their_beginning(void **state UNUSED)
{
    struct pager *pager = pager_of("  alpha beta gamma delta\nx\n");
    assert_string_equal(draw(pager), "  alpha beta gamma\n  delta\nx\n\n");
    assert_true(pager_act(pager, ACTION_WRAP));
    assert_string_equal(draw(pager), "  alpha beta gamma …\nx\n\n\n");
    assert_true(pager_act(pager, ACTION_RIGHT));
    assert_string_equal(draw(pager), "beta gamma delta\n\n\n\n");
    talloc_free(pager);
}

static void test_a_line_is_put_in_sight(void **state UNUSED)
{
    struct pager *pager = pager_of("1\n2\n3\n4\n5\n6\n7\n8\n9\n");
    pager_to_line(pager, 5);
    assert_string_equal(draw(pager), "5\n6\n7\n8\n"); /* with some of what stands before it */
    assert_true(pager_act(pager, ACTION_FIRST));
    assert_string_equal(draw(pager), "1\n2\n3\n4\n");
    pager_to_line(pager, 500);
    assert_string_equal(draw(pager), "1\n2\n3\n4\n"); /* there is no such line */
    talloc_free(pager);
}

static void test_wide_characters_are_never_halved(void **state UNUSED)
{
    struct pager *pager = pager_of("1234567890123456789日本\n");
    assert_string_equal(draw(pager), "1234567890123456789\n日本\n\n\n");
    talloc_free(pager);
}

static void test_hostile_text_is_shown_not_obeyed(void **state UNUSED)
{
    struct pager *pager = pager_of("a\033[2Jb\tc\n");
    assert_string_equal(draw(pager), "a\\x1B[2Jb       c\n\n\n\n");
    talloc_free(pager);
}

static void test_moves_stop_at_both_ends(void **state UNUSED)
{
    struct pager *pager = pager_of("1\n2\n3\n4\n5\n6\n7\n");
    static const struct {
        enum action action;
        const char *shown;
    } moves[] = {
        {ACTION_UP, "1\n2\n3\n4\n"},    {ACTION_DOWN, "2\n3\n4\n5\n"},    {ACTION_LAST, "4\n5\n6\n7\n"},
        {ACTION_DOWN, "4\n5\n6\n7\n"},  {ACTION_HALF_UP, "2\n3\n4\n5\n"}, {ACTION_PAGE_DOWN, "4\n5\n6\n7\n"},
        {ACTION_FIRST, "1\n2\n3\n4\n"},
    };
    draw(pager);
    for (size_t i = 0; i < countof(moves); i++) {
        assert_true(pager_act(pager, moves[i].action));
        assert_string_equal(draw(pager), moves[i].shown);
    }
    assert_string_equal(pager_position(pager, pager), "1-4 of 7");
    talloc_free(pager);
}

static void test_search_goes_round_and_back(void **state UNUSED)
{
    struct pager *pager = pager_of("one\ntwo\nthree\nfour\nfive\nTwo\nseven\n");
    draw(pager);
    assert_true(pager_search(pager, "two", PAGER_FORWARD));
    assert_true(pager_search(pager, NULL, PAGER_FORWARD));
    assert_string_equal(draw(pager), "four\nfive\nTwo\nseven\n");
    assert_true(pager_search(pager, NULL, PAGER_FORWARD));
    assert_string_equal(draw(pager), "one\ntwo\nthree\nfour\n");
    assert_true(pager_search(pager, NULL, PAGER_BACKWARD));
    assert_string_equal(draw(pager), "four\nfive\nTwo\nseven\n");
    assert_false(pager_search(pager, "nowhere", PAGER_FORWARD));
    talloc_free(pager);
}

static void test_growing_text_is_followed_only_from_its_end(void **state UNUSED)
{
    struct pager *pager = pager_of("1\n2\n3\n4\n5\n");
    draw(pager);
    assert_false(pager_is_at_end(pager));
    pager_act(pager, ACTION_LAST);
    assert_true(pager_is_at_end(pager));
    document_line(pager_change(pager), LOOK_PLAIN, "6");
    pager_to_end(pager);
    assert_string_equal(draw(pager), "3\n4\n5\n6\n");
    talloc_free(pager);
}

/* ---- field ---- */

static void test_field_edits_characters_not_bytes(void **state UNUSED)
{
    struct text_field field;
    field_set(&field, "ab");
    static const int keys[] = {0x65e5,       0x672c,    INPUT_LEFT, INPUT_BACKSPACE, INPUT_HOME, 'x',
                               INPUT_DELETE, INPUT_END, '!'};
    for (size_t i = 0; i < countof(keys); i++)
        assert_true(field_key(&field, keys[i]));
    assert_string_equal(field.text, "xb本!");
    assert_true(field_key(&field, INPUT_CONTROL('u')));
    assert_string_equal(field.text, "");
    assert_false(field_key(&field, INPUT_ENTER));
    assert_false(field_key(&field, INPUT_ESCAPE));
}

static void test_field_takes_no_more_than_fits(void **state UNUSED)
{
    struct text_field field;
    field_set(&field, "");
    for (int i = 0; i < 2 * FIELD_BYTES; i++)
        assert_true(field_key(&field, 0x65e5));
    assert_in_range(strlen(field.text), FIELD_BYTES - 4, FIELD_BYTES - 1);
    assert_true(field_key(&field, 0x202e)); /* nor what a terminal would act on */
    assert_null(strstr(field.text, "\xe2\x80\xae"));
}

/* ---- highlighting ---- */

static enum look look_of(const struct document *document, const char *word)
{
    const struct document_line *line = &document->lines[0];
    size_t at = (size_t)(strstr(line->text, word) - line->text);
    for (size_t i = 0; i < line->run_count; i++)
        if (at < line->runs[i].end)
            return line->runs[i].look;
    return LOOK_COUNT;
}

static void test_sql_gets_its_looks(void **state UNUSED)
{
    static const struct {
        const char *sql, *word;
        enum look look;
    } cases[] = {
        {"select 1", "select", LOOK_SQL_KEYWORD},
        {"selection", "selection", LOOK_PLAIN},
        {"a = 'it''s FROM'", "FROM", LOOK_SQL_STRING},
        {"a = E'\\' FROM'", "FROM", LOOK_SQL_STRING},
        {"\"FROM\"", "FROM", LOOK_SQL_NAME},
        {"a -- FROM", "FROM", LOOK_SQL_COMMENT},
        {"a /* /* x */ FROM */ b", "FROM", LOOK_SQL_COMMENT},
        {"a /* x */ FROM", "FROM", LOOK_SQL_KEYWORD},
        {"x 42 y", "42", LOOK_SQL_NUMBER},
        {"do $body$ begin", "$body$", LOOK_SQL_STRING},
        {"do $body$ begin", "begin", LOOK_SQL_KEYWORD},
        {"x = $1", "$1", LOOK_PLAIN},
    };
    for (size_t i = 0; i < countof(cases); i++) {
        struct document *document = document_new(NULL);
        highlight_sql(document, cases[i].sql, strlen(cases[i].sql));
        assert_string_equal(document->lines[0].text, cases[i].sql);
        assert_int_equal(look_of(document, cases[i].word), cases[i].look);
        talloc_free(document);
    }
}

static void test_highlighting_unfinished_sql_keeps_the_text(void **state UNUSED)
{
    static const char *const cases[] = {"'open", "\"open", "/* open", "$tag$ open", "E'open\\",
                                        "-",     "$",      "E",       "/",          "$a"};
    for (size_t i = 0; i < countof(cases); i++) {
        struct document *document = document_new(NULL);
        highlight_sql(document, cases[i], strlen(cases[i]));
        assert_string_equal(document->lines[0].text, cases[i]);
        talloc_free(document);
    }
}

int main(void)
{
    setlocale(LC_ALL, "C.UTF-8");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_long_lines_wrap_at_a_blank_under_their_beginning, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_line_is_put_in_sight, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_wide_characters_are_never_halved, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_hostile_text_is_shown_not_obeyed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_moves_stop_at_both_ends, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_search_goes_round_and_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_growing_text_is_followed_only_from_its_end, set_up, tear_down),
        cmocka_unit_test(test_field_edits_characters_not_bytes),
        cmocka_unit_test(test_field_takes_no_more_than_fits),
        cmocka_unit_test(test_sql_gets_its_looks),
        cmocka_unit_test(test_highlighting_unfinished_sql_keeps_the_text),
    };
    return cmocka_run_group_tests_name("pager", tests, NULL, NULL);
}
