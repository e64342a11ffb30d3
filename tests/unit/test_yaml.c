/* The YAML reader: what it takes, what it refuses, and where. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "store/yaml.h"

static int open_memory(void **state)
{
    *state = talloc_named_const(NULL, 0, "test_yaml");
    return 0;
}

static int close_memory(void **state) { return talloc_free(*state); }

static const struct yaml_value *parse(void *memory, const char *text, struct error *error)
{
    return yaml_parse(memory, "x.yaml", text, strlen(text), ERROR_PROJECT, error);
}

static void test_yaml_tree_has_kinds_and_places(void **state)
{
    struct error *error = error_new(*state);
    const struct yaml_value *root = parse(*state, "a: 1\nb:\n  - x\n  - {\xC3\xA9: \"q\", z: }\n", error);
    assert_non_null(root);
    assert_int_equal(root->kind, YAML_MAP);
    assert_int_equal(root->count, 2);
    assert_string_equal(yaml_get(root, "a")->text, "1");
    const struct yaml_value *list = yaml_get(root, "b");
    assert_int_equal(list->kind, YAML_LIST);
    assert_int_equal(list->count, 2);
    const struct yaml_value *map = list->items[1];
    assert_int_equal(map->line, 4);
    assert_int_equal(map->column, 5);
    assert_int_equal(map->entries[0].value->column, 9);
    assert_false(map->entries[0].value->is_plain);
    assert_true(map->entries[0].key->is_plain);
    assert_true(yaml_is_null(map->entries[1].value));
    assert_null(yaml_get(root, "c"));
    assert_null(yaml_get(list, "a"));
}

static void test_yaml_empty_document_is_an_empty_map(void **state)
{
    static const char *const documents[] = {"", "\n", "# only a comment\n", "---\n", "--- ~\n", "\xEF\xBB\xBF"};
    struct error *error = error_new(*state);
    for (size_t i = 0; i < countof(documents); i++) {
        const struct yaml_value *root = parse(*state, documents[i], error);
        assert_non_null(root);
        assert_int_equal(root->kind, YAML_MAP);
        assert_int_equal(root->count, 0);
    }
}

static void test_yaml_refusals_name_the_place(void **state)
{
    static const struct {
        const char *text;
        int line, column;
        const char *message;
    } cases[] = {
        {"a: 1\nb: 2\na: 3\n", 3, 1, "twice"},
        {"x: {k: 1, l: 2, k: 3, l: 4}", 1, 17, "\"k\" is there twice"},
        {"a: &anchor 1\n", 1, 4, "anchors"},
        {"a: &anchor [1]\n", 1, 4, "anchors"},
        {"a: 1\nb: *a\n", 2, 4, "aliases"},
        {"*a : 1\n", 1, 1, "aliases"},
        {"x: &a [1, *a]\n", 1, 4, "anchors"},
        {"a: !!str 1\n", 1, 4, "tags"},
        {"- !table:x\n", 1, 3, "tags"},
        {"a: 1\n---\nb: 2\n", 2, 1, "second document"},
        {"? [a]\n: 1\n", 1, 3, "a key must be a text"},
        {"a: 1\n\tb: 2\n", 2, 1, "not valid YAML"},
        {"a: \"open\nb: 1\n", 1, 4, "not valid YAML"},
        {"a: [1, 2\nb: 1\n", 2, 2, "not valid YAML"},
        {"\xC3\xA9: \xFF\n", 1, 4, "not valid UTF-8"},
        {"a: 1\nb: \x1B\n", 2, 4, "U+001B"},
        {"a: 1\r\nb: \x7F\r\n", 2, 4, "U+007F"},
        {"a: \"\\0\"\n", 1, 4, "NUL"},
        {"a: b\xEF\xBB\xBF\n", 1, 5, "U+FEFF"},
    };
    for (size_t i = 0; i < countof(cases); i++) {
        struct error *error = error_new(*state);
        if (parse(*state, cases[i].text, error))
            fail_msg("taken: %s", cases[i].text);
        assert_int_equal(error->code, ERROR_PROJECT);
        assert_string_equal(error->file, "x.yaml");
        if (error->line != cases[i].line || error->column != cases[i].column ||
            !strstr(error->message, cases[i].message))
            fail_msg("%s: %d:%d: %s", cases[i].text, error->line, error->column, error->message);
    }
}

static void test_yaml_tab_gets_a_hint(void **state)
{
    struct error *error = error_new(*state);
    assert_null(parse(*state, "a:\n\tb: 2\n", error));
    assert_non_null(error->hint);
    assert_non_null(strstr(error->hint, "spaces"));
}

static void test_yaml_nul_byte_does_not_end_the_file(void **state)
{
    struct error *error = error_new(*state);
    assert_null(yaml_parse(*state, "x.yaml", "a: 1\n\0b: 2\n", 12, ERROR_SETTINGS, error));
    assert_int_equal(error->code, ERROR_SETTINGS);
    assert_int_equal(error->line, 2);
    assert_int_equal(error->column, 1);
}

static void test_yaml_deep_nesting_is_refused(void **state)
{
    char text[20001];
    memset(text, '[', 20000);
    text[20000] = '\0';
    struct error *error = error_new(*state);
    assert_null(parse(*state, text, error));
    assert_non_null(strstr(error->message, "deep"));
    assert_int_equal(error->line, 1);
}

static void test_yaml_refused_document_leaves_nothing_behind(void **state)
{
    struct error *error = error_new(NULL);
    size_t before = talloc_total_blocks(*state);
    assert_null(parse(*state, "a: [1, {b: 2}]\na: 1\n", error));
    assert_int_equal(talloc_total_blocks(*state), before);
    talloc_free(error);
}

static void test_yaml_many_keys_in_order(void **state)
{
    struct error *error = error_new(*state);
    char *text = talloc_strdup(*state, "");
    for (int i = 0; i < 5000; i++)
        text = talloc_asprintf_append_buffer(text, "key%d: %d\n", (i * 7919) % 5000, i);
    const struct yaml_value *root = parse(*state, text, error);
    assert_non_null(root);
    assert_int_equal(root->count, 5000);
    assert_string_equal(root->entries[1].key->text, "key2919");
    assert_string_equal(root->entries[1].value->text, "1");
}

static void test_yaml_flag_words(void **state)
{
    struct error *error = error_new(*state);
    const struct yaml_value *root = parse(*state, "[true, No, \"true\", 1, on, FALSE, []]", error);
    static const struct {
        bool is_flag, flag;
    } expected[] = {{true, true}, {true, false}, {false, false}, {false, false},
                    {true, true}, {true, false}, {false, false}};
    for (size_t i = 0; i < countof(expected); i++) {
        bool flag = false;
        assert_int_equal(yaml_flag(root->items[i], &flag), expected[i].is_flag);
        assert_int_equal(flag, expected[i].flag);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_yaml_tree_has_kinds_and_places, open_memory, close_memory),
        cmocka_unit_test_setup_teardown(test_yaml_empty_document_is_an_empty_map, open_memory, close_memory),
        cmocka_unit_test_setup_teardown(test_yaml_refusals_name_the_place, open_memory, close_memory),
        cmocka_unit_test_setup_teardown(test_yaml_tab_gets_a_hint, open_memory, close_memory),
        cmocka_unit_test_setup_teardown(test_yaml_nul_byte_does_not_end_the_file, open_memory, close_memory),
        cmocka_unit_test_setup_teardown(test_yaml_deep_nesting_is_refused, open_memory, close_memory),
        cmocka_unit_test_setup_teardown(test_yaml_refused_document_leaves_nothing_behind, open_memory, close_memory),
        cmocka_unit_test_setup_teardown(test_yaml_many_keys_in_order, open_memory, close_memory),
        cmocka_unit_test_setup_teardown(test_yaml_flag_words, open_memory, close_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
