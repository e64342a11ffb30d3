/* Lists in the texts of kinds, and what turns one list of privileges into another. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "migrate/kind_list.h"
#include "migrate/kind_privileges.h"

static int open_memory(void **state)
{
    *state = talloc_new(NULL);
    return 0;
}

static int close_memory(void **state)
{
    talloc_free(*state);
    return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_memory, close_memory)

static void expect_items(void *memory, const char *text, const char *const *items)
{
    struct kind_list list = kind_list_split(memory, text);
    size_t count = 0;
    for (; items[count]; count++) {
        assert_true(count < list.count);
        assert_string_equal(list.items[count], items[count]);
    }
    assert_int_equal(list.count, count);
}

static void test_split_commas_inside_are_none(void **state)
{
    expect_items(
        *state, "a numeric(4,1), \"b, c\" text, d DEFAULT ARRAY[1, 2], e IS 'x, ''y'', z'",
        (const char *[]){"a numeric(4,1)", "\"b, c\" text", "d DEFAULT ARRAY[1, 2]", "e IS 'x, ''y'', z'", NULL});
}

static void test_split_closing_signs_in_quotes_are_none(void **state)
{
    expect_items(*state, "app.t WHERE ((a <> ')')), \"(\".b",
                 (const char *[]){"app.t WHERE ((a <> ')'))", "\"(\".b", NULL});
}

static void test_split_nothing_is_an_empty_list(void **state)
{
    expect_items(*state, NULL, (const char *[]){NULL});
    expect_items(*state, "", (const char *[]){NULL});
}

static void test_name_and_rest_of_an_item(void **state)
{
    static const struct {
        const char *item, *name, *rest;
    } cases[] = {
        {"total IS 'in cents'", "total", "IS 'in cents'"},
        {"\"a b\"\" c\" integer", "\"a b\"\" c\"", "integer"},
        {"\"odd schema\".\"t = 1\" DISABLE", "\"odd schema\".\"t = 1\"", "DISABLE"},
        {"fillfactor=70", "fillfactor", "70"},
        {"alone", "alone", ""},
    };
    for (size_t i = 0; i < countof(cases); i++) {
        assert_string_equal(kind_list_name(*state, cases[i].item), cases[i].name);
        assert_string_equal(kind_list_rest(cases[i].item), cases[i].rest);
    }
}

static void test_find_by_name_and_by_item(void **state)
{
    struct kind_list list = kind_list_split(*state, "ab 1, \"a\" 2, a 3");
    assert_int_equal(kind_list_find(&list, "a"), 2);
    assert_int_equal(kind_list_find(&list, "\"a\""), 1);
    assert_int_equal(kind_list_find(&list, "b"), 3);
    assert_true(kind_list_has(&list, "a 3"));
    assert_false(kind_list_has(&list, "a"));
}

static void test_same_items_in_another_order_are_the_same(void **state UNUSED)
{
    assert_true(kind_list_is_same("'a', 'b'", "'b', 'a'"));
    assert_true(kind_list_is_same(NULL, ""));
    assert_false(kind_list_is_same("'a', 'b'", "'a'"));
    assert_false(kind_list_is_same("'a', 'b'", "'a', 'c'"));
}

/* ---- privileges ---- */

static void test_privileges_each_step_has_its_statement(void **state)
{
    static const struct {
        const char *from, *to, *column;
        const char *statements; /* "before|behind", apart by lines */
    } cases[] = {
        {NULL, "INSERT, SELECT", NULL, "GRANT INSERT, SELECT ON TABLE t TO |\n"},
        {"INSERT, SELECT", "SELECT", NULL, "REVOKE INSERT ON TABLE t FROM |\n"},
        {"SELECT", "SELECT*", NULL, "GRANT SELECT ON TABLE t TO | WITH GRANT OPTION\n"},
        {"SELECT*", "SELECT", NULL, "REVOKE GRANT OPTION FOR SELECT ON TABLE t FROM | CASCADE\n"},
        {"SELECT*", NULL, NULL, "REVOKE SELECT ON TABLE t FROM | CASCADE\n"},
        {"SELECT, UPDATE", "SELECT, UPDATE", NULL, ""},
        {"SELECT", "INSERT, UPDATE*", NULL,
         "REVOKE SELECT ON TABLE t FROM |\nGRANT INSERT ON TABLE t TO |\nGRANT UPDATE ON TABLE t TO | WITH GRANT OPTION\n"},
        {"SELECT", "INSERT, UPDATE", "\"a b\"",
         "REVOKE SELECT (\"a b\") ON TABLE t FROM |\nGRANT INSERT (\"a b\"), UPDATE (\"a b\") ON TABLE t TO |\n"},
    };
    for (size_t i = 0; i < countof(cases); i++) {
        struct privilege_statements changes =
            privileges_change(*state, "TABLE t", cases[i].column, cases[i].from, cases[i].to);
        char *text = talloc_strdup(*state, "");
        for (size_t j = 0; j < changes.count; j++)
            text = talloc_asprintf_append(text, "%s|%s\n", changes.items[j].before, changes.items[j].behind);
        assert_string_equal(text, cases[i].statements);
    }
}

static void test_privileges_what_is_revoked_is_told(void **state)
{
    struct privilege_statements changes =
        privileges_change(*state, "TABLE t", NULL, "INSERT, SELECT*, UPDATE", "SELECT");
    assert_string_equal(changes.revoked, "INSERT, UPDATE, SELECT");
    assert_true(changes.is_cascade);
    changes = privileges_change(*state, "TABLE t", NULL, NULL, "SELECT");
    assert_null(changes.revoked);
    assert_false(changes.is_cascade);
}

static void test_privileges_common_and_union(void **state)
{
    assert_string_equal(privileges_common(*state, "INSERT, SELECT*, UPDATE", "SELECT, UPDATE*"), "SELECT*, UPDATE");
    assert_null(privileges_common(*state, "INSERT", "SELECT"));
    assert_null(privileges_common(*state, NULL, "SELECT"));
    assert_string_equal(privileges_union(*state, "SELECT*", "INSERT, SELECT"), "SELECT*, INSERT");
    assert_string_equal(privileges_union(*state, NULL, "INSERT"), "INSERT");
    assert_null(privileges_union(*state, NULL, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_split_commas_inside_are_none),
        TEST(test_split_closing_signs_in_quotes_are_none),
        TEST(test_split_nothing_is_an_empty_list),
        TEST(test_name_and_rest_of_an_item),
        TEST(test_find_by_name_and_by_item),
        TEST(test_same_items_in_another_order_are_the_same),
        TEST(test_privileges_each_step_has_its_statement),
        TEST(test_privileges_what_is_revoked_is_told),
        TEST(test_privileges_common_and_union),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
