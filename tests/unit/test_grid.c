/* Which columns of a grid are in sight, and where its cursor stands when rows come and go. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "tui/widgets/grid.h"

static const int widths[] = {6, 10, 10, 20, 10, 4};
enum { COUNT = 6 };

static void assert_layout(struct grid_layout layout, size_t frozen, size_t first, size_t end)
{
    assert_int_equal(layout.frozen, frozen);
    assert_int_equal(layout.first, first);
    assert_int_equal(layout.end, end);
}

static void test_grid_columns_that_fit_are_all_in_sight(void **state UNUSED)
{
    assert_layout(grid_lay_out(widths, COUNT, 0, 0, 0, 100), 0, 0, COUNT);
}

static void test_grid_scrolls_as_little_as_shows_the_cursor(void **state UNUSED)
{
    /* 6 + 10 + 10 with their gaps take 30 with the last one's left out. */
    assert_layout(grid_lay_out(widths, COUNT, 0, 0, 2, 30), 0, 0, 3);
    assert_layout(grid_lay_out(widths, COUNT, 0, 0, 3, 30), 0, 3, 5); /* the last one in part */
    assert_layout(grid_lay_out(widths, COUNT, 0, 0, 3, 44), 0, 1, 4);
    assert_layout(grid_lay_out(widths, COUNT, 0, 3, 4, 40), 0, 3, 6);
}

static void test_grid_goes_back_to_the_cursor_at_once(void **state UNUSED)
{
    assert_layout(grid_lay_out(widths, COUNT, 0, 4, 1, 30), 0, 1, 4);
}

static void test_grid_frozen_columns_stay(void **state UNUSED)
{
    assert_layout(grid_lay_out(widths, COUNT, 1, 0, 5, 40), 1, 4, 6);
    assert_layout(grid_lay_out(widths, COUNT, 1, 4, 0, 40), 1, 4, 6);
}

static void test_grid_what_takes_half_of_the_room_is_not_frozen(void **state UNUSED)
{
    assert_layout(grid_lay_out(widths, COUNT, 4, 0, 0, 60), 0, 0, 5);
}

static void test_grid_column_wider_than_the_screen_is_shown_from_its_beginning(void **state UNUSED)
{
    static const int wide[] = {5, 400, 5};
    assert_layout(grid_lay_out(wide, 3, 0, 0, 1, 80), 0, 1, 2);
}

static void test_grid_without_room_shows_nothing(void **state UNUSED)
{
    assert_layout(grid_lay_out(widths, COUNT, 0, 0, 0, 0), 0, 0, 0);
    assert_layout(grid_lay_out(widths, 0, 0, 0, 0, 10), 0, 0, 0);
}

static void no_cell(const void *rows UNUSED, size_t row UNUSED, size_t column UNUSED, TALLOC_CTX *owner UNUSED,
                    struct grid_cell *cell UNUSED)
{
}

static void test_grid_cursor_goes_with_its_row(void **state UNUSED)
{
    struct grid *grid = grid_new(NULL, no_cell);
    grid_set_rows(grid, grid, 100, 0);
    grid_go(grid, 60);
    grid_set_rows(grid, grid, 150, 50); /* put in front */
    assert_int_equal(grid_row(grid), 110);
    grid_set_rows(grid, grid, 90, -60); /* let go there */
    assert_int_equal(grid_row(grid), 50);
    grid_set_rows(grid, grid, 10, 0);
    assert_int_equal(grid_row(grid), 9);
    grid_set_rows(grid, grid, 0, -90);
    assert_int_equal(grid_row(grid), 0);
    talloc_free(grid);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_grid_columns_that_fit_are_all_in_sight),
        cmocka_unit_test(test_grid_scrolls_as_little_as_shows_the_cursor),
        cmocka_unit_test(test_grid_goes_back_to_the_cursor_at_once),
        cmocka_unit_test(test_grid_frozen_columns_stay),
        cmocka_unit_test(test_grid_what_takes_half_of_the_room_is_not_frozen),
        cmocka_unit_test(test_grid_column_wider_than_the_screen_is_shown_from_its_beginning),
        cmocka_unit_test(test_grid_without_room_shows_nothing),
        cmocka_unit_test(test_grid_cursor_goes_with_its_row),
    };
    return cmocka_run_group_tests_name("grid", tests, NULL, NULL);
}
