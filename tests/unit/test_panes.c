/* A list and its detail: how the screen is shared out; and how editors are told a line. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "tui/editor.h"
#include "tui/widgets/panes.h"

static void test_detail_stands_under_the_list_on_a_narrow_screen(void **state UNUSED)
{
    struct panes panes = panes_split((struct area){3, 0, 19, 80}, 200, 50);
    assert_int_equal(panes.list.rows, 10);
    assert_int_equal(panes.list.columns, 80);
    assert_int_equal(panes.detail.row, 13);
    assert_int_equal(panes.detail.rows, 9);
    panes = panes_split((struct area){3, 0, 19, 80}, 200, 4); /* a short list leaves more to the detail */
    assert_int_equal(panes.list.rows, 4);
    assert_int_equal(panes.detail.rows, 15);
}

static void test_detail_stands_beside_the_list_on_a_wide_screen(void **state UNUSED)
{
    struct panes panes = panes_split((struct area){3, 0, 40, 160}, 0, 50);
    assert_int_equal(panes.list.columns, 79);
    assert_int_equal(panes.detail.column, 81);
    assert_int_equal(panes.detail.columns, 79);
    assert_int_equal(panes.detail.rows, 40);
    panes = panes_split((struct area){3, 0, 40, 160}, 500, 50); /* a wide list gets more, not all */
    assert_int_equal(panes.list.columns, 98);
}

static void test_no_size_gives_a_pane_outside_of_the_area(void **state UNUSED)
{
    for (int rows = 0; rows < 60; rows++)
        for (int columns = 0; columns < 200; columns += 7) {
            struct panes panes = panes_split((struct area){3, 0, rows, columns}, columns, rows);
            assert_true(panes.list.rows <= (rows > 3 ? rows : 3));
            assert_true(panes.detail.rows == 0 || panes.detail.row + panes.detail.rows <= 3 + rows);
            assert_true(panes.detail.column + panes.detail.columns <= columns);
        }
}

static void test_editors_get_the_line_as_they_want_it(void **state UNUSED)
{
    static const struct {
        const char *editor;
        int line;
        const char *command;
    } cases[] = {
        {"vi", 0, "exec vi \"$1\""},
        {"vi", 12, "exec vi +12 \"$1\""},
        {"/usr/bin/emacs -nw", 3, "exec /usr/bin/emacs -nw +3 \"$1\""},
        {"code --wait", 7, "exec code --wait --goto \"$1\":7"},
        {"/opt/hx", 7, "exec /opt/hx \"$1\":7"},
        {"code", 0, "exec code \"$1\""},
        {"encode", 7, "exec encode +7 \"$1\""},
    };
    for (size_t i = 0; i < countof(cases); i++) {
        char *command = editor_command(NULL, cases[i].editor, cases[i].line);
        assert_string_equal(command, cases[i].command);
        talloc_free(command);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_detail_stands_under_the_list_on_a_narrow_screen),
        cmocka_unit_test(test_detail_stands_beside_the_list_on_a_wide_screen),
        cmocka_unit_test(test_no_size_gives_a_pane_outside_of_the_area),
        cmocka_unit_test(test_editors_get_the_line_as_they_want_it),
    };
    return cmocka_run_group_tests_name("panes", tests, NULL, NULL);
}
