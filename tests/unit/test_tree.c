/* The tree: folds, filter and cursor follow identities; what is folded away takes nobody along; ten thousand rows cost
 * little. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <locale.h>

#include "store/clock.h"
#include "tui/widgets/tree.h"

struct row {
    int depth;
    const char *name, *note;
};

static const char *identity(const void *rows, size_t row) { return ((const struct row *)rows)[row].name; }
static int depth(const void *rows, size_t row) { return ((const struct row *)rows)[row].depth; }

static void cell(const void *rows, size_t row, size_t column, TALLOC_CTX *owner UNUSED, struct list_cell *made)
{
    made->text = column == 0 ? ((const struct row *)rows)[row].name : ((const struct row *)rows)[row].note;
}

static const struct list_column columns[] = {
    {"NAME", 8, 20, 9, LIST_LEFT, LIST_UNDER_CURSOR, LIST_ALWAYS},
    {"NOTE", 4, 12, 5, LIST_LEFT, LIST_BESIDE, LIST_ALWAYS},
};
static const struct tree_source source = {columns, countof(columns), identity, depth, cell};

static const struct row rows[] = {
    {0, "table", ""},  {1, "t.a", ""},   {2, "type", "integer"}, {2, "default", "now"},
    {1, "t.b", "new"}, {0, "index", ""}, {1, "i.x", "gone"},
};
static const struct row later[] = {
    {0, "index", ""}, {1, "i.w", "more"}, {1, "i.x", "gone"}, {0, "table", ""}, {1, "t.a", ""}, {2, "type", "integer"},
};

static struct terminal *terminal;

static int set_up(void **state)
{
    struct terminal_options options = {.type = "xterm-256color", .device = TERMINAL_NOWHERE, .rows = 9, .columns = 40};
    struct error *error = error_new(NULL);
    const char *warning = NULL;
    terminal = terminal_open(NULL, &options, &warning, error);
    talloc_free(error);
    struct tree *tree = tree_new(NULL, &source);
    tree_set(tree, rows, countof(rows));
    *state = tree;
    return terminal ? 0 : -1;
}

static int tear_down(void **state)
{
    talloc_free(terminal);
    return talloc_free(*state);
}

/* What is in sight, from the top. */
static const char *sight(struct tree *tree)
{
    terminal_begin(terminal);
    tree_draw(tree, terminal, (struct area){0, 0, terminal_rows(terminal), terminal_columns(terminal)});
    terminal_end(terminal);
    char *text = talloc_strdup(tree, "");
    char *whole = terminal_text(tree, terminal), *line = strchr(whole, '\n');
    for (line = line ? line + 1 : whole; *line; line += strcspn(line, "\n") + 1) {
        size_t size = strcspn(line, "\n");
        if (size > 2)
            text = talloc_asprintf_append_buffer(text, "%.*s\n", (int)size, line);
    }
    return text;
}

static void test_parts_stand_under_what_they_are_part_of(void **state)
{
    assert_string_equal(sight(*state), "> ▾ table\n"
                                       "    ▾ t.a\n"
                                       "        type            integer\n"
                                       "        default         now\n"
                                       "      t.b               new\n"
                                       "  ▾ index\n"
                                       "      i.x               gone\n");
}

static void test_folding_hides_the_parts_and_keeps_the_cursor(void **state)
{
    struct tree *tree = *state;
    assert_true(tree_go(tree, "t.a"));
    assert_true(tree_act(tree, ACTION_FOLD));
    assert_string_equal(tree_cursor_identity(tree), "t.a");
    assert_int_equal(tree_shown_count(tree), 5);
    assert_true(tree_act(tree, ACTION_FOLD)); /* folded already: to what is over it */
    assert_string_equal(tree_cursor_identity(tree), "table");
    assert_true(tree_act(tree, ACTION_UNFOLD)); /* open already: to its first part */
    assert_string_equal(tree_cursor_identity(tree), "t.a");
    assert_true(tree_act(tree, ACTION_UNFOLD));
    assert_int_equal(tree_shown_count(tree), 7);
}

static void test_folding_everything_takes_the_cursor_to_what_is_over_it(void **state)
{
    struct tree *tree = *state;
    assert_true(tree_go(tree, "default"));
    assert_true(tree_act(tree, ACTION_FOLD_ALL));
    assert_string_equal(sight(tree), "> ▸ table\n  ▸ index\n");
    assert_string_equal(tree_cursor_identity(tree), "table");
    assert_true(tree_act(tree, ACTION_UNFOLD_ALL));
    assert_int_equal(tree_shown_count(tree), countof(rows));
    assert_int_equal(tree_cursor(tree), 0);
}

static void test_going_somewhere_unfolds_the_way(void **state)
{
    struct tree *tree = *state;
    assert_true(tree_act(tree, ACTION_FOLD_ALL));
    assert_true(tree_go(tree, "default"));
    assert_string_equal(tree_cursor_identity(tree), "default");
    assert_int_equal(tree_cursor(tree), 3);
    assert_false(tree_go(tree, "nowhere"));
}

static void test_folds_and_cursor_stay_with_their_rows(void **state)
{
    struct tree *tree = *state;
    assert_true(tree_go(tree, "t.a"));
    assert_true(tree_act(tree, ACTION_FOLD));
    assert_true(tree_go(tree, "i.x"));
    tree_set(tree, later, countof(later));
    assert_string_equal(tree_cursor_identity(tree), "i.x");
    assert_string_equal(sight(tree), "  ▾ index\n      i.w               more\n>     i.x               gone\n"
                                     "  ▾ table\n    ▸ t.a\n");
}

static void test_filter_shows_what_is_over_and_under_a_match(void **state)
{
    struct tree *tree = *state;
    assert_true(tree_act(tree, ACTION_FOLD_ALL));
    tree_set_filter(tree, "INTEGER");
    assert_string_equal(sight(tree), "> ▾ table\n    ▾ t.a\n        type            integer\n");
    tree_set_filter(tree, "t.a");
    assert_int_equal(tree_shown_count(tree), 4); /* table, t.a and its two parts */
    tree_set_filter(tree, "nothing holds this");
    assert_int_equal(tree_shown_count(tree), 0);
    assert_int_equal(tree_cursor(tree), -1);
    assert_non_null(strstr(sight(tree), "No row holds that text."));
    tree_set_filter(tree, "");
    assert_int_equal(tree_shown_count(tree), 2); /* the folds are there again */
    assert_string_equal(tree_cursor_identity(tree), "table");
}

static void test_toggle_works_on_what_has_parts_alone(void **state)
{
    struct tree *tree = *state;
    assert_true(tree_go(tree, "t.b"));
    assert_false(tree_toggle(tree));
    assert_true(tree_go(tree, "index"));
    assert_true(tree_toggle(tree));
    assert_int_equal(tree_shown_count(tree), 6);
    assert_true(tree_toggle(tree));
    assert_int_equal(tree_shown_count(tree), 7);
}

static void test_no_rows_are_survived(void **state)
{
    struct tree *tree = *state;
    static const enum action actions[] = {ACTION_FOLD,       ACTION_UNFOLD, ACTION_FOLD_ALL,
                                          ACTION_UNFOLD_ALL, ACTION_DOWN,   ACTION_LAST};
    tree_set(tree, rows, 0);
    for (size_t i = 0; i < countof(actions); i++)
        assert_true(tree_act(tree, actions[i]));
    assert_false(tree_toggle(tree));
    assert_int_equal(tree_cursor(tree), -1);
    assert_null(tree_cursor_identity(tree));
}

static void test_ten_thousand_rows_are_moved_through_at_once(void **state)
{
    enum { MANY = 10000, MOVES = 1000 };
    struct tree *tree = *state;
    struct row *many = talloc_array(tree, struct row, MANY);
    for (int i = 0; i < MANY; i++)
        many[i] = (struct row){i % 10 ? 1 : 0, talloc_asprintf(many, "app.object_number_%d", i), "note"};
    tree_set(tree, many, MANY);
    int64_t start_ms = clock_monotonic_ms();
    for (int i = 0; i < MOVES; i++) {
        assert_true(tree_act(tree, ACTION_DOWN));
        (void)sight(tree);
    }
    assert_in_range(clock_monotonic_ms() - start_ms, 0, MOVES); /* a millisecond each is far too much */
    start_ms = clock_monotonic_ms();
    for (int i = 0; i < 10; i++)
        assert_true(tree_act(tree, i % 2 ? ACTION_UNFOLD_ALL : ACTION_FOLD_ALL));
    assert_in_range(clock_monotonic_ms() - start_ms, 0, 1000);
    print_message("ten folds of %d rows: %lld ms\n", MANY, (long long)(clock_monotonic_ms() - start_ms));
}

/* A picture is drawn anew all day long. */
static void test_drawing_leaves_nothing_behind(void **state)
{
    (void)state;
    static const char hostile[] = "\033[2J 漢字 and more than there is room for on a screen of forty columns";
    size_t before = talloc_total_blocks(terminal);
    terminal_begin(terminal);
    terminal_put(terminal, 0, 0, 40, LOOK_PLAIN, hostile);
    terminal_put(terminal, 1, 0, 40, LOOK_PLAIN, "short");
    terminal_end(terminal);
    assert_int_equal(talloc_total_blocks(terminal), before);
}

int main(void)
{
    setlocale(LC_ALL, "C.UTF-8");
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_parts_stand_under_what_they_are_part_of),
        TEST(test_folding_hides_the_parts_and_keeps_the_cursor),
        TEST(test_folding_everything_takes_the_cursor_to_what_is_over_it),
        TEST(test_going_somewhere_unfolds_the_way),
        TEST(test_folds_and_cursor_stay_with_their_rows),
        TEST(test_filter_shows_what_is_over_and_under_a_match),
        TEST(test_toggle_works_on_what_has_parts_alone),
        TEST(test_no_rows_are_survived),
        TEST(test_drawing_leaves_nothing_behind),
        TEST(test_ten_thousand_rows_are_moved_through_at_once),
    };
    return cmocka_run_group_tests_name("tree", tests, NULL, NULL);
}
