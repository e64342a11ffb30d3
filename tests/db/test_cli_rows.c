/* rows and show, end to end: what is told of an entity, filters, order, pages, CSV, JSON, and what is refused. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/lib/deck.h"

static struct deck_scene *scene;

static int start(void **state)
{
    *state = talloc_new(NULL);
    scene = deck_scene_start(*state);
    deck_scene_reset(scene);
    return 0;
}

static int stop(void **state)
{
    json_decref(scene->document);
    talloc_free(*state);
    return 0;
}

/* The tests share a database; each makes its own schema app. */
static void with_schema(const char *statements)
{
    test_server_execute(scene->server, DECK_DATABASE, "DROP SCHEMA IF EXISTS app CASCADE; CREATE SCHEMA app");
    test_server_execute(scene->server, DECK_DATABASE, talloc_asprintf(scene, "SET search_path = app; %s", statements));
}

static void assert_text(const char *path, const char *expected)
{
    assert_string_equal(deck_scene_text(scene, path), expected);
}

static void assert_holds(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("\"%s\" is not in: %s", part, text);
}

/* The first column of all rows of the last answer. */
static const char *firsts(void)
{
    char *text = talloc_strdup(scene, "");
    for (size_t i = 0; i < json_array_size(deck_scene_value(scene, "rows")); i++) {
        const char *column = deck_scene_text(scene, "columns.0");
        text = talloc_asprintf_append(text, "%s ",
                                      deck_scene_text(scene, talloc_asprintf(scene, "rows.%zu.%s", i, column)));
    }
    return text;
}

#define ROWS(...) DECK_RUN(scene, 0, "--json", "-d", "locked", "rows", __VA_ARGS__)

/* ---- what there is ---- */

static void test_rows_without_an_entity_lists_them(void **state)
{
    (void)state;
    with_schema("CREATE TABLE t (id int PRIMARY KEY); COMMENT ON TABLE t IS 'things'; CREATE VIEW v AS SELECT 1 AS x;"
                "INSERT INTO t SELECT generate_series(1, 40); ANALYZE t; CREATE TABLE fresh ();");
    DECK_RUN(scene, 0, "--json", "-d", "locked", "rows");
    assert_int_equal(json_array_size(deck_scene_value(scene, "entities")), 3);
    assert_text("entities.1.name", "app.t");
    assert_text("entities.1.rows_estimate", "40");
    assert_text("entities.1.comment", "things");
    assert_text("entities.1.columns", "1");
    assert_text("entities.2.kind", "view");
    DECK_RUN(scene, 0, "-d", "locked", "rows");
    assert_holds(scene->program->out, "app.t");
    assert_holds(scene->program->out, "3 in all; ROWS~ is the planner's estimate");
    DECK_RUN(scene, 2, "--json", "-d", "locked", "rows", "--csv");
}

static void test_rows_tells_columns_key_rows_and_next(void **state)
{
    (void)state;
    with_schema(
        "CREATE TABLE t (id int, tag text, PRIMARY KEY (tag, id)); INSERT INTO t VALUES (1,'b'),(2,'a'),(3,'a');");
    ROWS("t", "--limit", "2");
    assert_text("entity", "app.t");
    assert_text("columns.1", "tag");
    assert_text("key.0", "tag");
    assert_text("read_only", "null");
    assert_string_equal(firsts(), "2 3 ");
    ROWS("t", "--limit", "2", "--after", talloc_strdup(scene, deck_scene_text(scene, "next")));
    assert_string_equal(firsts(), "1 ");
    assert_text("next", "null");
    ROWS("app.t", "--limit", "2147483647");
    assert_text("next", "null");
    DECK_RUN(scene, 0, "-d", "locked", "rows", "app.t", "--csv", "--limit", "2147483647");
}

/* ---- filters and order ---- */

static const struct {
    const char *condition, *expected;
} conditions[] = {
    {"n=10", "1 4 "},
    {"n = 10.0", "1 4 "},
    {"n!=10", "2 3 "},
    {"n<>10", "2 3 "},
    {"n < 10", "2 "},
    {"n<=10", "1 2 4 "},
    {"n>9", "1 3 4 "},
    {"n >= 100", "3 "},
    {"s ~ ^[ab]$", "1 2 "},
    {"s is null", "3 "},
    {"s IS NOT NULL", "1 2 4 5 "},
    {"s=", "5 "},
    {"s = a b", "4 "},
    {"mood > sad", "3 4 "},
    {"mood=sad", "1 2 "},
    {"at >= 2026-01-01 02:00+02", "2 3 "},
    {"tags={x,y}", "1 "},
    {"j={\"a\":  1}", "2 "},
    {"b=\\x00ff", "3 "},
    {"\"odd=\"=1", "1 "},
    {"odd==1", "1 "},
    {"at = infinity", "3 "},
    {"f = NaN", "2 "},
    {"id ~ ^[12]$", "1 2 "},
};

static void test_where_compares_as_the_type_does(void **state)
{
    (void)state;
    with_schema(
        "CREATE TYPE mood AS ENUM ('sad', 'ok');"
        "CREATE TABLE t (id int PRIMARY KEY, n numeric, s text, mood mood, at timestamptz, tags text[], j jsonb, b bytea,"
        " f float8, \"odd=\" int);"
        "INSERT INTO t VALUES (1, 10, 'a', 'sad', '2025-12-31', '{x,y}', NULL, NULL, NULL, 1),"
        " (2, 9, 'b', 'sad', '2026-01-01 00:00+00', NULL, '{\"a\": 1}', NULL, 'NaN', NULL),"
        " (3, 100, NULL, 'ok', 'infinity', NULL, NULL, '\\x00ff', 1, NULL), (4, 10.0, 'a b', 'ok', NULL, NULL, NULL, NULL, 1, 0),"
        " (5, NULL, '', NULL, NULL, NULL, NULL, NULL, NULL, NULL);");
    for (size_t i = 0; i < countof(conditions); i++) {
        ROWS("t", "--where", conditions[i].condition);
        if (strcmp(firsts(), conditions[i].expected) != 0)
            fail_msg("%s: %s", conditions[i].condition, firsts());
    }
    ROWS("t", "--where", "n=10", "--where", "s=a");
    assert_string_equal(firsts(), "1 ");
}

static const struct {
    const char *order, *expected;
} orders[] = {
    {"n", "3 1 4 2 "},      {"n asc", "3 1 4 2 "},  {"n desc", "2 4 1 3 "}, {"-n", "2 4 1 3 "},
    {"n DESC", "2 4 1 3 "}, {"a desc", "1 2 3 4 "}, {"-id", "4 3 2 1 "},
};

/* Ties by the key, in the direction of the whole. */
static void test_order_places_nulls_and_breaks_ties_by_the_key(void **state)
{
    (void)state;
    with_schema("CREATE TABLE t (id int PRIMARY KEY, n int, \"a desc\" int);"
                "INSERT INTO t VALUES (1, 5, 1), (2, NULL, 2), (3, 1, 3), (4, 5, 4);");
    for (size_t i = 0; i < countof(orders); i++) {
        ROWS("t", "--order", orders[i].order);
        if (strcmp(firsts(), orders[i].expected) != 0)
            fail_msg("%s: %s", orders[i].order, firsts());
    }
    for (int i = 0; i < 2; i++) { /* the same again, page by page */
        static const char *const ways[] = {"n", "n desc"}, *const expected[] = {"3 1 4 2 ", "2 4 1 3 "};
        char *all = talloc_strdup(scene, "");
        ROWS("t", "--order", ways[i], "--limit", "1");
        for (int page = 0; page < 9; page++) {
            const char *next = talloc_strdup(scene, deck_scene_text(scene, "next"));
            all = talloc_asprintf_append(all, "%s", firsts());
            if (!strcmp(next, "null"))
                break;
            ROWS("t", "--order", ways[i], "--limit", "1", "--after", next);
        }
        assert_string_equal(all, expected[i]);
    }
}

static void test_deleted_rows_are_hidden_unless_asked_for(void **state)
{
    (void)state;
    with_schema(
        "CREATE TABLE t (id int PRIMARY KEY, deleted_at timestamptz); INSERT INTO t VALUES (1, NULL), (2, now()), (3, NULL);");
    ROWS("t");
    assert_string_equal(firsts(), "1 3 ");
    ROWS("t", "--deleted");
    assert_string_equal(firsts(), "1 2 3 ");
}

/* ---- values ---- */

static void test_json_has_exact_values(void **state)
{
    (void)state;
    with_schema(
        "CREATE DOMAIN yes AS boolean;"
        "CREATE TABLE t (id bigint PRIMARY KEY, n numeric, f float8, g float4, i int, y yes, z timestamptz, d date, s text,"
        " e text, j jsonb, nan float8);"
        "INSERT INTO t VALUES (9007199254740993, 0.10, 0.30000000000000004, 1.5, -7, 't',"
        " '2026-02-28 23:59:59.25+02', 'infinity', E'\\x1b[31m', '', '{\"a\": 1.00}', '-Infinity');");
    ROWS("t");
    assert_true(json_is_string(deck_scene_value(scene, "rows.0.id")));
    assert_text("rows.0.id", "9007199254740993");
    assert_text("rows.0.n", "0.10");
    assert_true(json_real_value(deck_scene_value(scene, "rows.0.f")) == 0.30000000000000004);
    assert_true(json_real_value(deck_scene_value(scene, "rows.0.g")) == 1.5);
    assert_text("rows.0.i", "-7");
    assert_text("rows.0.y", "true");
    assert_text("rows.0.z", "2026-02-28T21:59:59.25Z");
    assert_text("rows.0.d", "infinity");
    assert_text("rows.0.s", "\033[31m");
    assert_text("rows.0.e", "");
    assert_text("rows.0.j", "{\"a\": 1.00}");
    assert_text("rows.0.nan", "-Infinity");
    DECK_RUN(scene, 0, "--json", "-d", "locked", "show", "app.t", "9007199254740993");
    assert_text("row.n", "0.10");
}

static void test_text_is_never_raw_and_shows_what_is_cut(void **state)
{
    (void)state;
    with_schema("CREATE TABLE \"a\x1b[31mb\" (\"id\x1b\" int PRIMARY KEY, s text, e text, n text);"
                "INSERT INTO \"a\x1b[31mb\" VALUES (1, E'\\x1b]0;x\\x07\\u202e' || repeat('y', 100), '', NULL);");
    DECK_RUN(scene, 0, "-d", "locked", "rows");
    assert_null(strchr(scene->program->out, '\x1b'));
    assert_holds(scene->program->out, "app.a\\x1B[31mb");
    DECK_RUN(scene, 0, "-d", "locked", "show", "a\x1b[31mb", "1");
    assert_null(strchr(scene->program->out, '\x1b'));
    assert_holds(scene->program->out, "id\\x1B");
    DECK_RUN(scene, 0, "-d", "locked", "rows", "a\x1b[31mb");
    assert_holds(scene->program->out, "\\x1B]0;x\\x07");
    assert_null(strchr(scene->program->out, '\x1b'));
    assert_null(strstr(scene->program->out, "yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy"));
    assert_holds(scene->program->out, "  \"\"\n");
    DECK_RUN(scene, 2, "-d", "locked", "rows", "a\x1b[31mc");
    assert_null(strchr(scene->program->err, '\x1b'));
    DECK_RUN(scene, 2, "-d", "locked", "show", "a\x1b[31mb", "\x1b");
    assert_null(strchr(scene->program->err, '\x1b'));
}

static void test_csv_is_that_of_psql(void **state)
{
    (void)state;
    with_schema(
        "CREATE TABLE t (id int PRIMARY KEY, \"a,\"\"b\" text, c text);"
        "INSERT INTO t VALUES (1, 'plain', NULL), (2, '', 'x'), (3, 'a,b', 'say \"hi\"'), (4, E'two\\nlines', E'\\r'),"
        " (5, '\\.', ' lead'), (6, E'\\x1b', 'ü');");
    DECK_RUN(scene, 0, "-d", "locked", "rows", "t", "--csv");
    assert_string_equal(scene->program->out, "id,\"a,\"\"b\",c\n1,plain,\n2,\"\",x\n3,\"a,b\",\"say \"\"hi\"\"\"\n"
                                             "4,\"two\nlines\",\"\r\"\n5,\"\\.\", lead\n6,\x1b,ü\n");
    DECK_RUN(scene, 0, "-d", "locked", "rows", "t", "--csv", "--limit", "1", "--where", "id>1");
    assert_string_equal(scene->program->out, "id,\"a,\"\"b\",c\n2,\"\",x\n");
    const char *cursor = strstr(scene->program->err, "--after ");
    assert_non_null(cursor);
    cursor = talloc_strndup(scene, cursor + 8, strcspn(cursor + 8, "\n"));
    DECK_RUN(scene, 0, "-d", "locked", "rows", "t", "--csv", "--limit", "1", "--where", "id>1", "--after", cursor);
    assert_holds(scene->program->out, "3,\"a,b\"");
    DECK_RUN(scene, 2, "--json", "-d", "locked", "rows", "t", "--csv");
}

/* Without a key rows are read all the same: in pages that lose none, also where rows are equal. */
static void test_views_and_tables_without_a_key_are_read_only_and_paged(void **state)
{
    (void)state;
    with_schema(
        "CREATE TABLE h (n int, p point); INSERT INTO h SELECT i / 3, point(i, 1) FROM generate_series(0, 6) AS i;"
        "CREATE VIEW v AS SELECT n, array_agg(p) AS ps FROM h GROUP BY n, p::text; CREATE MATERIALIZED VIEW m AS SELECT n FROM h;");
    static const char *const words[] = {"h", "v", "m"};
    for (size_t i = 0; i < countof(words); i++) {
        const char *next = NULL;
        char *all = talloc_strdup(scene, "");
        for (int page = 0; page < 9 && (!next || strcmp(next, "null") != 0); page++) {
            if (next)
                ROWS(words[i], "--limit", "2", "--after", next);
            else
                ROWS(words[i], "--limit", "2");
            all = talloc_asprintf_append(all, "%s", firsts());
            next = talloc_strdup(scene, deck_scene_text(scene, "next"));
        }
        assert_string_equal(all, "0 0 0 1 1 1 2 ");
        assert_holds(deck_scene_text(scene, "read_only"), i ? "view" : "no primary key");
        assert_int_equal(json_array_size(deck_scene_value(scene, "key")), 0);
        DECK_RUN(scene, 0, "-d", "locked", "rows", words[i], "--csv");
        assert_holds(scene->program->out, "\n2");
        DECK_RUN(scene, 0, "-d", "locked", "rows", words[i]);
        assert_holds(scene->program->err, "is read-only: ");
    }
}

/* ---- show ---- */

static void test_show_leads_on_along_relationships(void **state)
{
    (void)state;
    with_schema("CREATE TABLE owner (name text PRIMARY KEY); INSERT INTO owner VALUES ('it''s; rm -rf'), ('b');"
                "CREATE TABLE pet (id int, n int, owner text REFERENCES owner, PRIMARY KEY (id, n));"
                "INSERT INTO pet VALUES (1, 2, 'it''s; rm -rf'), (3, 4, NULL);");
    DECK_RUN(scene, 0, "-d", "locked", "show", "pet", "1,2");
    assert_holds(scene->program->out, "owner: rows app.owner --where 'name=it'\\''s; rm -rf'\n");
    DECK_RUN(scene, 0, "-d", "locked", "show", "pet", "3,4");
    assert_holds(scene->program->out, "owner: none\n");
    assert_holds(scene->program->out, "(null)");
    DECK_RUN(scene, 0, "--json", "-d", "locked", "show", "owner", "it's; rm -rf");
    assert_text("relationships.0.name", "pet");
    assert_text("relationships.0.kind", "many");
    assert_text("relationships.0.where.owner", "it's; rm -rf");
    DECK_RUN(scene, 0, "--json", "-d", "locked", "rows", "app.owner", "--where", "name=it's; rm -rf");
    assert_int_equal(json_array_size(deck_scene_value(scene, "rows")), 1);
}

/* ---- what is refused ---- */

static const struct {
    const char *const words[6];
    int status;
    const char *part;
} refusals[] = {
    {{"rows", "app.custmer"}, 2, "Did you mean \\\"app.customer\\\"?"},
    {{"rows", "custmer"}, 2, "Did you mean \\\"customer\\\"?"},
    {{"rows", "twice"}, 2, "app.twice, other.twice"},
    {{"rows", "zzzzzzzz"}, 2, "lists what there is"},
    {{"rows", "t", "--where", "nme=x"}, 2, "Did you mean \\\"name\\\"?"},
    {{"rows", "t", "--where", "name like x"}, 2, "is no condition"},
    {{"rows", "t", "--order", "nam desc"}, 2, "Did you mean \\\"name\\\"?"},
    {{"rows", "t", "--order", "j"}, 2, "has no order"},
    {{"rows", "t", "--limit", "0"}, 2, "--limit takes"},
    {{"rows", "t", "--limit", "x"}, 2, "--limit takes"},
    {{"rows", "t", "--limit", "99999999999999999999"}, 2, "--limit takes"},
    {{"rows", "--limit", "1"}, 2, "--limit needs an entity"},
    {{"rows", "t", "--after", ""}, 2, "does not belong"},
    {{"rows", "t", "--after", "no cursor at all"}, 2, "does not belong"},
    {{"rows", "t", "--after", "W10"}, 2, "does not belong"},
    {{"rows", "t", "--after", "W1siPiIsImlkIl0sIngiXQ"}, 2, "does not belong"}, /* [[">","id"],"x"] */
    {{"rows", "t", "--after", "W1siPiIsImlkIl0sIngiXQ", "--csv"}, 2, "does not belong"},
    {{"rows", "t", "--after", "W1siPiIsImlkIl0sbnVsbF0"}, 2, "does not belong"}, /* [[">","id"],null] */
    {{"rows", "t", "--where", "id=x"}, 2, "id, which is integer, cannot be compared with \\\"x\\\""},
    {{"rows", "t", "--where", "id>99999999999"}, 2, "out of range"},
    {{"rows", "t", "--where", "name ~ ("}, 2, "parentheses"},
    {{"rows", "t", "--where", "name=\xff"}, 2, "invalid byte"},
    {{"show", "t", "x"}, 2, "id, which is integer"},
    {{"show", "t", "99"}, 2, "has no row 99"},
    {{"show", "pair", "1"}, 2, "which has 2 columns"},
    {{"show", "pair", "1,\"2"}, 2, "which has 2 columns"},
    {{"show", "heap", "1"}, 2, "no primary key"},
    {{"show", "t"}, 2, "ID"},
};

static void test_what_is_wrong_is_2_and_says_what_to_do(void **state)
{
    (void)state;
    test_server_execute(
        scene->server, DECK_DATABASE,
        "CREATE SCHEMA other; CREATE TABLE other.twice (id int); CREATE TABLE other.\"Mixed.Up\" (id int)");
    with_schema(
        "CREATE TABLE customer (id int PRIMARY KEY); CREATE TABLE twice (id int); CREATE TABLE heap (id int);"
        "CREATE TABLE pair (a int, b int, PRIMARY KEY (a, b));"
        "CREATE TABLE t (id int PRIMARY KEY, name text, j json); INSERT INTO t VALUES (1, 'a', NULL), (2, 'b', NULL);");
    for (size_t i = 0; i < countof(refusals); i++) {
        const char *const *w = refusals[i].words;
        bool is_csv = w[4] != NULL;
        DECK_RUN(scene, refusals[i].status, "-d", "locked", is_csv ? "-q" : "--json", w[0], w[1], w[2], w[3], w[4]);
        assert_holds(is_csv ? scene->program->err : scene->program->out, refusals[i].part);
    }
    DECK_RUN(scene, 0, "-d", "locked", "rows", "other.twice");
    DECK_RUN(scene, 0, "-d", "locked", "rows", "other.Mixed.Up");
    DECK_RUN(scene, 0, "-d", "locked", "rows", " other . \"Mixed.Up\"");
    test_server_execute(scene->server, DECK_DATABASE, "DROP SCHEMA other CASCADE");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows_without_an_entity_lists_them),
        cmocka_unit_test(test_rows_tells_columns_key_rows_and_next),
        cmocka_unit_test(test_where_compares_as_the_type_does),
        cmocka_unit_test(test_order_places_nulls_and_breaks_ties_by_the_key),
        cmocka_unit_test(test_deleted_rows_are_hidden_unless_asked_for),
        cmocka_unit_test(test_json_has_exact_values),
        cmocka_unit_test(test_text_is_never_raw_and_shows_what_is_cut),
        cmocka_unit_test(test_csv_is_that_of_psql),
        cmocka_unit_test(test_views_and_tables_without_a_key_are_read_only_and_paged),
        cmocka_unit_test(test_show_leads_on_along_relationships),
        cmocka_unit_test(test_what_is_wrong_is_2_and_says_what_to_do),
    };
    return cmocka_run_group_tests_name("rows", tests, start, stop);
}
