/* Two documents beside each other: rows of both, wrapped into their halves, with their looks. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <locale.h>

#include "store/text.h"
#include "tui/widgets/beside.h"

static int set_up(void **state)
{
    setlocale(LC_CTYPE, "C.UTF-8");
    *state = talloc_new(NULL);
    return 0;
}

static int tear_down(void **state) { return talloc_free(*state); }

static struct document *document_of(TALLOC_CTX *owner, enum look look, const char *text)
{
    struct document *document = document_new(owner);
    if (*text)
        document_add(document, look, "%s", text);
    return document;
}

static struct document *beside(TALLOC_CTX *owner, const char *left, const char *right, int columns)
{
    struct document *document = document_new(owner);
    beside_add(document, document_of(owner, LOOK_PLAIN, left), document_of(owner, LOOK_STRONG, right), columns);
    return document;
}

static void assert_beside(TALLOC_CTX *owner, const char *left, const char *right, int columns, const char *expected)
{
    assert_string_equal(document_text(owner, beside(owner, left, right, columns)), expected);
}

static void test_beside_puts_lines_into_one_row(void **state)
{
    assert_beside(*state, "one\ntwo", "SELECT 1;", 13, "one   \xE2\x94\x82 SELEC\ntwo   \xE2\x94\x82 T 1;\n");
    assert_beside(*state, "", "a\nb", 13, "      \xE2\x94\x82 a\n      \xE2\x94\x82 b\n");
    assert_beside(*state, "a", "", 13, "a     \xE2\x94\x82 \n");
    assert_beside(*state, "", "", 13, "");
}

static void test_beside_wraps_at_blanks_and_counts_wide_characters(void **state)
{
    assert_beside(*state, "locks the table", "x", 23, "locks the  \xE2\x94\x82 x\ntable      \xE2\x94\x82 \n");
    assert_beside(*state, "\xE6\xB3\xA8\xE6\x96\x87\xE3\x81\xAE", "x", 11,
                  "\xE6\xB3\xA8\xE6\x96\x87 \xE2\x94\x82 x\n\xE3\x81\xAE   \xE2\x94\x82 \n");
}

static void test_beside_keeps_looks_over_a_break(void **state)
{
    struct document *left = document_new(*state), *document = document_new(*state);
    document_add(left, LOOK_STRONG, "abc");
    document_add(left, LOOK_DIM, "defghi");
    beside_add(document, left, document_new(*state), 13); /* five columns each */
    assert_int_equal(document->lines[0].runs[0].look, LOOK_STRONG);
    assert_int_equal(document->lines[0].runs[0].end, 3);
    assert_int_equal(document->lines[0].runs[1].look, LOOK_DIM);
    assert_int_equal(document->lines[1].runs[0].look, LOOK_DIM);
}

static void test_beside_fits_no_row_wider_than_the_columns(void **state)
{
    assert_false(beside_fits(78));
    assert_true(beside_fits(79));
    struct document *document =
        beside(*state, "a\xCC\x81 long line without an end, and one more word of it\n\n\n",
               "CREATE INDEX CONCURRENTLY IF NOT EXISTS orders_customer_idx ON orders (a);", 41);
    for (size_t i = 0; i < document->count; i++)
        assert_true(text_width(document->lines[i].text) <= 41);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_beside_puts_lines_into_one_row),
        TEST(test_beside_wraps_at_blanks_and_counts_wide_characters),
        TEST(test_beside_keeps_looks_over_a_break),
        TEST(test_beside_fits_no_row_wider_than_the_columns),
    };
    return cmocka_run_group_tests_name("beside", tests, NULL, NULL);
}
