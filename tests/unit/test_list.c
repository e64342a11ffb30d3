/* The list: cursor and marks follow identities through refreshes, filters and sorts; columns fit the width. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "tui/widgets/list.h"

struct row {
    const char *name, *note;
};

static const char *identity(const void *rows, size_t row) { return ((const struct row *)rows)[row].name; }

static void cell(const void *rows, size_t row, size_t column, TALLOC_CTX *owner UNUSED, struct list_cell *made)
{
    made->text = column == 0 ? ((const struct row *)rows)[row].name : ((const struct row *)rows)[row].note;
}

static const struct list_column columns[] = {
    {"NAME", 4, 20, 9, LIST_LEFT, LIST_UNDER_CURSOR, LIST_ALWAYS},
    {"NOTE", 4, 12, 5, LIST_RIGHT, LIST_BESIDE, LIST_IF_FILLED},
};
static const struct list_source source = {columns, countof(columns), identity, cell, NULL};

static const struct row rows[] = {{"b", "two"}, {"a", "one"}, {"d", "four"}, {"c", "three"}};
static const struct row fewer[] = {{"x", "new"}, {"a", "one"}, {"d", "four"}};

static int set_up(void **state)
{
    struct list *list = list_new(NULL, &source);
    list_set(list, rows, countof(rows));
    list_sort(list, 0);
    *state = list;
    return 0;
}

static int tear_down(void **state) { return talloc_free(*state); }

static void test_cursor_stays_on_its_row_when_rows_come_and_go(void **state)
{
    struct list *list = *state;
    assert_true(list_go(list, "d"));
    list_set(list, fewer, countof(fewer));
    assert_string_equal(list_cursor_identity(list), "d");
    assert_int_equal(list_cursor(list), 2);
}

static void test_cursor_of_a_lost_row_goes_to_its_neighbour(void **state)
{
    struct list *list = *state;
    assert_true(list_go(list, "c"));
    list_set(list, fewer, countof(fewer));
    assert_string_equal(list_cursor_identity(list), "x"); /* a, d, x: the third place */
    list_set(list, fewer, 0);
    assert_null(list_cursor_identity(list));
    assert_int_equal(list_cursor(list), -1);
}

static void test_cursor_stays_on_its_row_through_sort_and_filter(void **state)
{
    struct list *list = *state;
    assert_true(list_go(list, "c"));
    assert_true(list_act(list, ACTION_REVERSE));
    assert_string_equal(list_cursor_identity(list), "c");
    assert_true(list_act(list, ACTION_SORT));
    assert_string_equal(list_cursor_identity(list), "c");
    list_set_filter(list, "THREE");
    assert_int_equal(list_shown_count(list), 1);
    list_set_filter(list, "");
    assert_string_equal(list_cursor_identity(list), "c");
}

static void test_cleared_filter_brings_the_cursor_back(void **state)
{
    struct list *list = *state;
    assert_true(list_go(list, "c"));
    list_set_filter(list, "one");
    list_set_filter(list, "");
    assert_string_equal(list_cursor_identity(list), "c");
    list_set_filter(list, "o"); /* one, two, four: a, b, d */
    list_act(list, ACTION_FIRST);
    list_set_filter(list, "");
    assert_string_equal(list_cursor_identity(list), "a");
}

static void test_marks_of_lost_rows_are_dropped_and_counted(void **state)
{
    struct list *list = *state;
    list_act(list, ACTION_FIRST);
    list_toggle_mark(list); /* a */
    list_toggle_mark(list); /* b */
    assert_string_equal(list_cursor_identity(list), "c");
    assert_int_equal(list_mark_count(list), 2);
    assert_int_equal(list_set(list, fewer, countof(fewer)), 1);
    assert_true(list_is_marked(list, "a"));
    assert_false(list_is_marked(list, "b"));
}

static void test_mark_is_taken_back_by_the_same_key(void **state)
{
    struct list *list = *state;
    list_act(list, ACTION_LAST);
    list_toggle_mark(list);
    list_toggle_mark(list);
    assert_int_equal(list_mark_count(list), 0);
}

static void test_moves_stop_at_the_ends(void **state)
{
    struct list *list = *state;
    static const struct {
        enum action action;
        const char *at;
    } moves[] = {{ACTION_UP, "a"},      {ACTION_LAST, "d"},  {ACTION_DOWN, "d"},
                 {ACTION_PAGE_UP, "c"}, {ACTION_FIRST, "a"}, {ACTION_DOWN, "b"}};
    for (size_t i = 0; i < countof(moves); i++) {
        assert_true(list_act(list, moves[i].action));
        assert_string_equal(list_cursor_identity(list), moves[i].at);
    }
    assert_false(list_act(list, ACTION_QUIT));
}

/* Random refreshes: the cursor never lands on another row while its own is there. */
static void test_cursor_survives_a_storm_of_refreshes(void **state)
{
    struct list *list = *state;
    struct row storm[16];
    char names[16][8];
    uint32_t seed = 7;
    for (int round = 0; round < 500; round++) {
        size_t count = 0;
        bool has_c = false;
        for (size_t i = 0; i < countof(storm); i++) {
            seed = seed * 1664525u + 1013904223u;
            if (seed >> 31)
                continue;
            snprintf(names[count], sizeof names[count], "%c", (char)('a' + i));
            has_c = has_c || i == 2;
            storm[count] = (struct row){names[count], "x"};
            count++;
        }
        bool had_c = list_go(list, "c");
        list_set(list, storm, count);
        if (had_c && has_c)
            assert_string_equal(list_cursor_identity(list), "c");
        list_set(list, rows, 0); /* nothing of this round's rows is kept */
    }
}

static void test_column_without_any_text_takes_no_room(void **state)
{
    static const struct row bare[] = {{"a", ""}, {"b", NULL}}, partly[] = {{"a", ""}, {"b", "x"}};
    struct list *list = *state;
    list_set(list, bare, countof(bare));
    int narrow = list_wanted_columns(list);
    list_set(list, partly, countof(partly));
    assert_true(list_wanted_columns(list) > narrow + 4);
    list_set(list, bare, countof(bare));
    assert_int_equal(list_wanted_columns(list), narrow);
}

static void test_drawing_fits_any_size(void **state)
{
    struct list *list = *state;
    struct terminal_options options = {.type = "xterm-256color", .device = TERMINAL_NOWHERE, .rows = 10, .columns = 40};
    struct error *error = error_new(list);
    const char *warning = NULL;
    struct terminal *terminal = terminal_open(list, &options, &warning, error);
    assert_non_null(terminal);
    static const int sizes[][2] = {{10, 40}, {4, 20}, {3, 8}, {2, 3}, {1, 1}, {30, 200}};
    for (size_t i = 0; i < countof(sizes); i++) {
        terminal_resize(terminal, sizes[i][0], sizes[i][1]);
        terminal_begin(terminal);
        list_draw(list, terminal, (struct area){0, 0, sizes[i][0], sizes[i][1]});
        terminal_end(terminal);
    }
    list_act(list, ACTION_FIRST);
    list_toggle_mark(list);
    list_act(list, ACTION_FIRST);
    terminal_resize(terminal, 6, 30);
    terminal_begin(terminal);
    list_draw(list, terminal, (struct area){0, 0, 6, 30});
    terminal_end(terminal);
    assert_string_equal(terminal_text(error, terminal), "  NAME^                  NOTE\n"
                                                        ">*a                       one\n"
                                                        "  b                       two\n"
                                                        "  c                     three\n"
                                                        "  d                      four\n\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_cursor_stays_on_its_row_when_rows_come_and_go, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_cursor_of_a_lost_row_goes_to_its_neighbour, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_cursor_stays_on_its_row_through_sort_and_filter, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_cleared_filter_brings_the_cursor_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_marks_of_lost_rows_are_dropped_and_counted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_mark_is_taken_back_by_the_same_key, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_moves_stop_at_the_ends, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_cursor_survives_a_storm_of_refreshes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_column_without_any_text_takes_no_room, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_drawing_fits_any_size, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("list", tests, NULL, NULL);
}
