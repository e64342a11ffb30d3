/* Facts from parse trees: what a statement that was not measured locks and drops by its words alone. The trees are
 * libpg_query's own. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <pg_query.h>

#include "migrate/derive.h"

static struct hazard_size sizes[] = {
    {.relation = "app.lines"}, {.relation = "app.users"}, {.relation = "other.users"}, {.relation = "public.orders"}};

/* The facts of one statement as "locks; drops; empties", or "unknown". */
static char *derive(TALLOC_CTX *owner, const char *sql)
{
    const struct hazard_sizes known = {.items = sizes, .count = countof(sizes)};
    PgQueryParseResult parsed = pg_query_parse(sql);
    struct facts facts = {.source = FACTS_UNKNOWN, .reason = "not measured", .sqlstate = ""};
    char *text = talloc_strdup(owner, "");
    assert_null(parsed.error);
    bool is_derived = derive_tree(owner, parsed.parse_tree, &known, &facts);
    pg_query_free_parse_result(parsed);
    assert_int_equal(facts.source, is_derived ? FACTS_DERIVED : FACTS_UNKNOWN);
    assert_string_equal(facts.reason, "not measured");
    for (size_t i = 0; i < facts.lock_count; i++)
        text = talloc_asprintf_append(text, "%s%s %s", *text ? ", " : "", facts.locks[i].relation,
                                      lock_mode_sql(facts.locks[i].mode));
    for (size_t i = 0; i < facts.dropped_count; i++)
        text = talloc_asprintf_append(text, "; drops %s %s", facts.dropped[i].kind, facts.dropped[i].name);
    for (size_t i = 0; i < facts.truncated_count; i++)
        text = talloc_asprintf_append(text, "; empties %s", facts.truncated[i].relation);
    return is_derived ? text : talloc_strdup(owner, "unknown");
}

static void test_derive_locks_and_drops_by_kind_of_statement(void **state)
{
    (void)state;
    static const struct {
        const char *sql, *facts;
    } cases[] = {
        {"ALTER TABLE orders ADD COLUMN x int", "public.orders ACCESS EXCLUSIVE"},
        {"ALTER TABLE app.lines VALIDATE CONSTRAINT c", "app.lines SHARE UPDATE EXCLUSIVE"},
        {"ALTER TABLE app.lines ADD FOREIGN KEY (a) REFERENCES orders",
         "public.orders SHARE ROW EXCLUSIVE, app.lines SHARE ROW EXCLUSIVE"},
        {"ALTER TABLE orders DROP COLUMN \"Total\", DROP CONSTRAINT c",
         "public.orders ACCESS EXCLUSIVE; drops column public.orders.\"Total\"; drops constraint public.orders.c"},
        {"ALTER TABLE orders DISABLE TRIGGER ALL", "public.orders SHARE ROW EXCLUSIVE"},
        {"ALTER TABLE orders DETACH PARTITION lines CONCURRENTLY",
         "app.lines ACCESS EXCLUSIVE, public.orders SHARE UPDATE EXCLUSIVE"},
        {"ALTER TABLE orders RENAME TO x", "public.orders ACCESS EXCLUSIVE"},
        {"DROP TABLE orders, app.lines CASCADE",
         "public.orders ACCESS EXCLUSIVE, app.lines ACCESS EXCLUSIVE; drops table public.orders; drops table app.lines"},
        {"DROP SCHEMA app", "; drops schema app"},
        {"DROP INDEX CONCURRENTLY i", "; drops index i"},
        {"DROP FUNCTION app.f(int)", "; drops function app.f"},
        {"TRUNCATE orders", "public.orders ACCESS EXCLUSIVE; empties public.orders"},
        {"CREATE INDEX ON orders (a)", "public.orders SHARE"},
        {"CREATE INDEX CONCURRENTLY ON orders (a)", "public.orders SHARE UPDATE EXCLUSIVE"},
        {"REINDEX TABLE orders", "public.orders SHARE"},
        {"REINDEX TABLE CONCURRENTLY orders", "public.orders SHARE UPDATE EXCLUSIVE"},
        {"VACUUM orders", "public.orders SHARE UPDATE EXCLUSIVE"},
        {"VACUUM FULL orders", "public.orders ACCESS EXCLUSIVE"},
        {"REFRESH MATERIALIZED VIEW CONCURRENTLY orders", "public.orders EXCLUSIVE"},
        {"LOCK TABLE orders IN SHARE MODE", "public.orders SHARE"},
        {"CREATE TABLE x (a int REFERENCES orders)", "public.orders SHARE ROW EXCLUSIVE"},
        {"CREATE TABLE x PARTITION OF orders DEFAULT", "public.orders ACCESS EXCLUSIVE"},
        {"CREATE POLICY p ON orders USING (true)", "public.orders ACCESS EXCLUSIVE"},
        {"CREATE TRIGGER t BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION f()",
         "public.orders SHARE ROW EXCLUSIVE"},
        {"UPDATE orders SET a = 1", "public.orders ROW EXCLUSIVE"},
        {"CREATE TYPE x AS ENUM ('a')", ""},
        /* Two relations of that name, or none: the name stays as it is written. */
        {"TRUNCATE users", "users ACCESS EXCLUSIVE; empties users"},
        {"TRUNCATE nothing", "nothing ACCESS EXCLUSIVE; empties nothing"},
        /* What says nothing by itself. */
        {"DO 'BEGIN END'", "unknown"},
        {"SELECT f()", "unknown"},
        {"VACUUM", "unknown"},
    };
    for (size_t i = 0; i < countof(cases); i++) {
        TALLOC_CTX *memory = talloc_new(NULL);
        char *facts = derive(memory, cases[i].sql);
        if (strcmp(facts, cases[i].facts) != 0)
            fail_msg("%s: %s, not %s", cases[i].sql, facts, cases[i].facts);
        talloc_free(memory);
    }
}

static void test_derive_what_is_no_tree_tells_nothing(void **state)
{
    (void)state;
    static const char *const trees[] = {
        "",
        "{",
        "[]",
        "{\"stmts\": 1}",
        "{\"stmts\": [{\"stmt\": {\"DropStmt\": 7}}]}",
        "{\"stmts\": [{\"stmt\": {\"AlterTableStmt\": {\"cmds\": [1, null, {}]}}}, {}]}"};
    const struct hazard_sizes known = {.items = sizes, .count = countof(sizes)};
    for (size_t i = 0; i < countof(trees); i++) {
        TALLOC_CTX *memory = talloc_new(NULL);
        struct facts facts = {.source = FACTS_UNKNOWN, .sqlstate = ""};
        assert_false(derive_tree(memory, trees[i], &known, &facts));
        assert_int_equal(facts.source, FACTS_UNKNOWN);
        talloc_free(memory);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_derive_locks_and_drops_by_kind_of_statement),
        cmocka_unit_test(test_derive_what_is_no_tree_tells_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
