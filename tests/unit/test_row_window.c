/* The rows that are in memory: a bounded number, whichever way they are gone through, and what is known of the others.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "tui/row_window.h"

enum { PAGE = 10 };

/* A page whose rows are numbered from `first` on; its owner in *holder. */
static struct entity_page *page_of(TALLOC_CTX **holder, size_t first, size_t count, bool has_more)
{
    *holder = talloc_new(NULL);
    struct entity_page *page = talloc_zero(*holder, struct entity_page);
    page->rows = talloc_zero_size(page, (count + 1) * sizeof *page->rows);
    page->count = count;
    for (size_t i = 0; i < count; i++)
        page->rows[i].row = first + i;
    page->first = talloc_asprintf(page, "before %zu", first);
    page->last = talloc_asprintf(page, "behind %zu", first + count - 1);
    page->has_more = has_more;
    return page;
}

static void begin(struct row_window *window, size_t first, struct row_place place)
{
    TALLOC_CTX *holder;
    struct entity_page *page = page_of(&holder, first, PAGE, true);
    row_window_set(window, holder, page, place);
}

static ptrdiff_t add(struct row_window *window, enum row_side side, size_t first, bool has_more)
{
    TALLOC_CTX *holder;
    struct entity_page *page = page_of(&holder, first, PAGE, has_more);
    return row_window_add(window, side, holder, page);
}

static const struct row_place from_the_start = {.before = 0, .behind = ROWS_UNKNOWN};

static void test_window_holds_a_bounded_number_of_rows(void **state UNUSED)
{
    struct row_window *window = row_window_new(NULL);
    begin(window, 0, from_the_start);
    for (size_t i = 1; i < 100; i++)
        (void)add(window, ROWS_BEHIND, i * PAGE, true);
    assert_int_equal(row_window_count(window), ROW_WINDOW_PAGES * PAGE);
    assert_int_equal(row_window_row(window, 0)->row, (100 - ROW_WINDOW_PAGES) * PAGE);
    assert_int_equal(row_window_row(window, ROW_WINDOW_PAGES * PAGE - 1)->row, 999);
    assert_int_equal(row_window_beside(window, ROWS_BEFORE), (100 - ROW_WINDOW_PAGES) * PAGE);
    assert_string_equal(row_window_cursor(window, ROWS_BEHIND), "behind 999");
    assert_string_equal(row_window_cursor(window, ROWS_BEFORE), "before 950");
    assert_int_equal(row_window_page(window, ROWS_BEFORE), 95);
    assert_int_equal(row_window_page(window, ROWS_BEHIND), 99);
    talloc_free(window);
}

static void test_window_tells_how_the_numbers_of_rows_change(void **state UNUSED)
{
    struct row_window *window = row_window_new(NULL);
    begin(window, 500, (struct row_place){ROWS_UNKNOWN, ROWS_UNKNOWN, 50});
    assert_int_equal(add(window, ROWS_BEHIND, 510, true), 0);
    assert_int_equal(add(window, ROWS_BEFORE, 490, true), PAGE);
    assert_int_equal(add(window, ROWS_BEFORE, 480, true), PAGE);
    assert_int_equal(add(window, ROWS_BEFORE, 470, true), PAGE);
    assert_int_equal(add(window, ROWS_BEHIND, 520, true), -PAGE); /* full: the front is let go */
    assert_int_equal(row_window_row(window, 0)->row, 480);
    talloc_free(window);
}

static void test_window_counts_both_ways(void **state UNUSED)
{
    struct row_window *window = row_window_new(NULL);
    begin(window, 990, (struct row_place){ROWS_UNKNOWN, 0, 0});
    for (size_t i = 1; i < 20; i++)
        (void)add(window, ROWS_BEFORE, 990 - i * PAGE, true);
    assert_int_equal(row_window_beside(window, ROWS_BEFORE), ROWS_UNKNOWN);
    assert_int_equal(row_window_beside(window, ROWS_BEHIND), (20 - ROW_WINDOW_PAGES) * PAGE);
    (void)add(window, ROWS_BEFORE, 790, false); /* the first of all */
    assert_int_equal(row_window_beside(window, ROWS_BEFORE), 0);
    assert_false(row_window_has_more(window, ROWS_BEFORE));
    talloc_free(window);
}

static void test_window_count_that_cannot_be_true_is_none(void **state UNUSED)
{
    struct row_window *window = row_window_new(NULL);
    begin(window, 100, (struct row_place){.before = 5, .behind = 0});
    (void)add(window, ROWS_BEFORE, 90, true); /* somebody put rows in */
    assert_int_equal(row_window_beside(window, ROWS_BEFORE), ROWS_UNKNOWN);
    talloc_free(window);
}

static void test_window_wants_what_comes_near(void **state UNUSED)
{
    struct row_window *window = row_window_new(NULL);
    enum row_side side = ROWS_BEFORE;
    begin(window, 0, from_the_start);
    assert_false(row_window_wants(window, 0, 3, &side)); /* four ready behind, and two more */
    assert_true(row_window_wants(window, 3, 6, &side));
    assert_int_equal(side, ROWS_BEHIND);
    begin(window, 500, (struct row_place){ROWS_UNKNOWN, 0, 0});
    assert_false(row_window_wants(window, 6, 9, &side));
    assert_true(row_window_wants(window, 2, 5, &side));
    assert_int_equal(side, ROWS_BEFORE);
    talloc_free(window);
}

static void test_window_without_rows_wants_nothing(void **state UNUSED)
{
    struct row_window *window = row_window_new(NULL);
    enum row_side side;
    assert_false(row_window_wants(window, 0, 9, &side));
    assert_null(row_window_cursor(window, ROWS_BEHIND));
    talloc_free(window);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_window_holds_a_bounded_number_of_rows),
        cmocka_unit_test(test_window_tells_how_the_numbers_of_rows_change),
        cmocka_unit_test(test_window_counts_both_ways),
        cmocka_unit_test(test_window_count_that_cannot_be_true_is_none),
        cmocka_unit_test(test_window_wants_what_comes_near),
        cmocka_unit_test(test_window_without_rows_wants_nothing),
    };
    return cmocka_run_group_tests_name("row window", tests, NULL, NULL);
}
