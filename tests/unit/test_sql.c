/* Quoting: the exact texts, and hostile names and values through a real server and back. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "store/sql.h"
#include "tests/lib/fixture.h"

static const char *const hostile[] = {
    "plain",
    "Upper",
    "two words",
    "a.b",
    "it's",
    "\"",
    "\"\"",
    "a\"b\"",
    "'",
    "''",
    "\\",
    "\\'",
    "a\\b\\",
    "$1",
    "$$",
    "$tag$",
    "--",
    "/*",
    "*/",
    ";",
    "\n",
    "\t",
    "\r\n",
    " ",
    "\x01",
    "\x1b[31m",
    "select",
    "null",
    "%s%n",
    "U&\"\\0061\"",
    "E'",
    "\xc3\xa4\xc3\xb6",
    "\xf0\x9f\x90\x98",
    "\xe2\x80\xae",
    "'; DROP TABLE x; --",
    "\"; DROP TABLE x; --",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
};

static void test_identifier_is_always_quoted(void **state)
{
    static const struct {
        const char *name, *quoted;
    } cases[] = {
        {"a", "\"a\""},     {"A b", "\"A b\""}, {"a\"b", "\"a\"\"b\""},
        {"\"", "\"\"\"\""}, {"a\\", "\"a\\\""}, {"", "\"\""},
    };
    struct fixture *fixture = *state;
    for (size_t i = 0; i < countof(cases); i++)
        assert_string_equal(sql_identifier(fixture->memory, cases[i].name), cases[i].quoted);
}

static void test_qualified_with_and_without_schema(void **state)
{
    struct fixture *fixture = *state;
    assert_string_equal(sql_qualified(fixture->memory, "s\"x", "n.y"), "\"s\"\"x\".\"n.y\"");
    assert_string_equal(sql_qualified(fixture->memory, NULL, "n"), "\"n\"");
    assert_string_equal(sql_qualified(fixture->memory, "", "n"), "\"n\"");
    size_t before = talloc_total_blocks(fixture->memory);
    talloc_free(sql_qualified(fixture->memory, "s", "n"));
    assert_int_equal(talloc_total_blocks(fixture->memory), before);
}

static void test_literal_texts(void **state)
{
    static const struct {
        const char *text, *quoted;
    } cases[] = {
        {"a", "'a'"}, {"", "''"}, {"it's", "'it''s'"}, {"a\\b", "E'a\\\\b'"}, {"\\'", "E'\\\\'''"}, {"\"", "'\"'"},
    };
    struct fixture *fixture = *state;
    for (size_t i = 0; i < countof(cases); i++)
        assert_string_equal(sql_literal(fixture->memory, cases[i].text), cases[i].quoted);
}

static void test_literals_come_back_from_the_server(void **state)
{
    static const char *const settings[] = {"SET standard_conforming_strings = on",
                                           "SET standard_conforming_strings = off"};
    struct fixture *fixture = *state;
    struct connection *connection = fixture_connect(fixture);
    for (size_t j = 0; j < countof(settings); j++) {
        fixture_execute(fixture, connection, settings[j]);
        for (size_t i = 0; i < countof(hostile); i++) {
            char *literal = sql_literal(fixture->memory, hostile[i]);
            assert_string_equal(
                fixture_ask(fixture, connection, talloc_asprintf(fixture->memory, "SELECT %s", literal)), hostile[i]);
        }
    }
}

static void test_names_come_back_from_the_server(void **state)
{
    struct fixture *fixture = *state;
    struct connection *connection = fixture_connect(fixture);
    for (size_t i = 0; i < countof(hostile); i++) {
        const char *name = hostile[i], *table = hostile[(i + 7) % countof(hostile)];
        char *schema = sql_identifier(fixture->memory, name), *qualified = sql_qualified(fixture->memory, name, table);
        fixture_execute(fixture, connection, talloc_asprintf(fixture->memory, "CREATE SCHEMA %s", schema));
        fixture_execute(fixture, connection,
                        talloc_asprintf(fixture->memory, "CREATE TABLE %s (%s int)", qualified, schema));
        struct result *result = connection_query(
            fixture->memory, connection, PARAMETERS(qualified), fixture->error,
            "SELECT nspname, relname, attname FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace"
            " JOIN pg_attribute ON attrelid = c.oid AND attnum = 1 WHERE c.oid = $1::regclass");
        fixture_expect(fixture, result);
        assert_string_equal(result_cell(result, 0, 0), name);
        assert_string_equal(result_cell(result, 0, 1), table);
        assert_string_equal(result_cell(result, 0, 2), name);
        fixture_execute(fixture, connection, talloc_asprintf(fixture->memory, "DROP SCHEMA %s CASCADE", schema));
    }
}

/* ---- names that people write ---- */

static void test_parse_qualified_as_the_server_does(void **state)
{
    static const struct {
        const char *text, *schema, *name;
    } cases[] = {
        {"a", NULL, "a"},
        {"a.b", "a", "b"},
        {"Public.Ledger", "public", "ledger"},
        {"\"Public\".\"Ledger\"", "Public", "Ledger"},
        {"\"a.b\".c", "a.b", "c"},
        {"a.\"b\"\"c\"", "a", "b\"c"},
        {"\"\"\"\"", NULL, "\""},
        {" a . b ", "a", "b"},
        {"\" a \"", NULL, " a "},
        {"\xc3\x84"
         "B",
         NULL,
         "\xc3\x84"
         "b"},
        {"I.I", "i", "i"},
        {"\"select\"", NULL, "select"},
    };
    struct fixture *fixture = *state;
    struct connection *connection = fixture_connect(fixture);
    for (size_t i = 0; i < countof(cases); i++) {
        const char *schema = "?", *name = "?";
        fixture_expect(fixture, sql_parse_qualified(fixture->memory, cases[i].text, &schema, &name, fixture->error));
        assert_string_equal(name, cases[i].name);
        if (cases[i].schema)
            assert_string_equal(schema, cases[i].schema);
        else
            assert_null(schema);
        struct result *result =
            connection_query(fixture->memory, connection, PARAMETERS(cases[i].text), fixture->error,
                             "SELECT p[cardinality(p)], p[cardinality(p) - 1] FROM parse_ident($1) p");
        fixture_expect(fixture, result);
        assert_string_equal(result_cell(result, 0, 0), name);
        assert_int_equal(result_cell(result, 0, 1) != NULL, schema != NULL);
    }
}

static void test_parse_qualified_refuses(void **state)
{
    static const char *const cases[] = {
        "",
        ".",
        "a.",
        ".a",
        "a..b",
        "a.b.c",
        "\"",
        "\"a",
        "\"\"",
        "a.\"\"",
        "a\"b\"",
        "\"a\"b",
        "\"a\" b",
        "a b",
        "a b.c",
        " ",
        "a. ",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", /* 64 bytes: the server would cut it */
    };
    struct fixture *fixture = *state;
    for (size_t i = 0; i < countof(cases); i++) {
        const char *schema = "before", *name = "before";
        fixture_expect_error(fixture, sql_parse_qualified(fixture->memory, cases[i], &schema, &name, fixture->error),
                             ERROR_SETTINGS, "");
        assert_string_equal(schema, "before");
        assert_string_equal(name, "before");
        assert_non_null(fixture->error->hint);
    }
}

static void test_parse_qualified_reads_what_qualified_writes(void **state)
{
    struct fixture *fixture = *state;
    for (size_t i = 0; i < countof(hostile); i++) {
        const char *other = hostile[countof(hostile) - 1 - i], *schema, *name;
        char *text = sql_qualified(fixture->memory, hostile[i], other);
        fixture_expect(fixture, sql_parse_qualified(fixture->memory, text, &schema, &name, fixture->error));
        assert_string_equal(schema, hostile[i]);
        assert_string_equal(name, other);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(test_identifier_is_always_quoted),
        FIXTURE_TEST(test_qualified_with_and_without_schema),
        FIXTURE_TEST(test_literal_texts),
        FIXTURE_TEST(test_literals_come_back_from_the_server),
        FIXTURE_TEST(test_names_come_back_from_the_server),
        FIXTURE_TEST(test_parse_qualified_as_the_server_does),
        FIXTURE_TEST(test_parse_qualified_refuses),
        FIXTURE_TEST(test_parse_qualified_reads_what_qualified_writes),
    };
    return cmocka_run_group_tests(tests, fixture_open_group, fixture_close_group);
}
