/* The judges of the schema engine are judged: what pg_dump's comparison and the memory of rows must see, and what they
 * must pass over. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/lib/row_memory.h"
#include "tests/lib/schema_dump.h"
#include "tests/lib/sql_run.h"

static struct test_server *server;
static TALLOC_CTX *memory;

static int start(void **state)
{
    *state = talloc_new(NULL);
    server = test_server_start(*state, NULL);
    return 0;
}

static int stop(void **state) { return talloc_free(*state); }

static int open_test(void **state UNUSED)
{
    memory = talloc_new(NULL);
    test_server_create_database(server, "one");
    test_server_create_database(server, "other");
    return 0;
}

static int close_test(void **state UNUSED)
{
    test_server_drop_database(server, "one");
    test_server_drop_database(server, "other");
    return talloc_free(memory);
}

/* What pg_dump's comparison says of two schemas, or NULL. */
static const char *compare_dumps(const char *one, const char *other, enum dump_privileges privileges)
{
    const char *report = "";
    test_server_execute(server, "one", one);
    test_server_execute(server, "other", other);
    struct schema_dump *left = schema_dump_start(memory, server, "one", privileges);
    struct schema_dump *right = schema_dump_start(memory, server, "other", privileges);
    bool is_done = schema_dump_finish(left, &report) && schema_dump_finish(right, &report);
    if (!is_done)
        fail_msg("%s", report);
    return schema_dump_compare(memory, left, "one", right, "other");
}

static void test_dump_order_of_columns_and_objects_is_passed_over(void **state UNUSED)
{
    assert_null(
        compare_dumps("CREATE TABLE t (a integer, b numeric(5,2) DEFAULT 1, c text DEFAULT 'x, y)');"
                      "CREATE TABLE s (a integer); ALTER TABLE t ALTER a SET STATISTICS 5, ALTER c SET STATISTICS 6",
                      "CREATE TABLE s (a integer);"
                      "CREATE TABLE t (c text DEFAULT 'x, y)', b numeric(5,2) DEFAULT 1, a integer);"
                      "ALTER TABLE t ALTER a SET STATISTICS 5, ALTER c SET STATISTICS 6",
                      DUMP_WITHOUT_PRIVILEGES));
}

static void test_dump_order_of_grants_is_passed_over(void **state UNUSED)
{
    test_server_execute(server, "one", "CREATE ROLE dump_a; CREATE ROLE dump_b");
    assert_null(compare_dumps("CREATE TABLE t (); GRANT SELECT ON t TO dump_a; GRANT INSERT ON t TO dump_b",
                              "CREATE TABLE t (); GRANT INSERT ON t TO dump_b; GRANT SELECT ON t TO dump_a",
                              DUMP_WITH_PRIVILEGES));
    assert_non_null(compare_dumps("SELECT 1", "GRANT UPDATE ON t TO dump_b", DUMP_WITH_PRIVILEGES));
    assert_null(compare_dumps("SELECT 1", "GRANT UPDATE ON t TO dump_a", DUMP_WITHOUT_PRIVILEGES));
}

static void test_dump_a_difference_is_told_with_its_line(void **state UNUSED)
{
    const char *report = compare_dumps("CREATE TABLE t (a integer, b text)", "CREATE TABLE t (b text, a bigint)",
                                       DUMP_WITHOUT_PRIVILEGES);
    assert_string_equal(report, "Name: t; Type: TABLE; Schema: public; Owner: -\n"
                                "  one:     a integer\n  other:     a bigint\n");
    report = compare_dumps("SELECT 1", "CREATE VIEW v AS SELECT 1 AS x", DUMP_WITHOUT_PRIVILEGES);
    assert_non_null(strstr(report, "only in other: Name: v; Type: VIEW"));
}

static void test_dump_a_missing_database_is_reported(void **state UNUSED)
{
    const char *report = "";
    struct schema_dump *dump = schema_dump_start(memory, server, "nowhere", DUMP_WITHOUT_PRIVILEGES);
    assert_false(schema_dump_finish(dump, &report));
    assert_non_null(strstr(report, "nowhere"));
}

/* What the memory of rows says when a script has run between, or NULL. */
static const char *run_between(const char *schema, const char *script, const char *const *lost)
{
    const char *report = "";
    struct sql_failure failure = {0};
    PGconn *connection = PQconnectdb(test_server_conninfo(server, "one"));
    bool is_run = sql_run(memory, connection, schema, &failure);
    struct row_memory *before = row_memory_take(memory, connection, &report);
    is_run = is_run && sql_run(memory, connection, script, &failure);
    struct row_memory *after = row_memory_take(memory, connection, &report);
    PQfinish(connection);
    if (!is_run || !before || !after)
        fail_msg("%s %s %s", failure.message, failure.statement, report);
    return row_memory_compare(memory, before, after, lost);
}

static const struct {
    const char *schema, *script, *report; /* NULL: kept */
} memories[] = {
    {"CREATE TABLE t (a integer, b text); INSERT INTO t VALUES (1, 'x'), (2, NULL)",
     "ALTER TABLE t ALTER a TYPE bigint, ADD c integer; CREATE TABLE u AS SELECT 1", NULL},
    {"CREATE TABLE t (a integer, b text); INSERT INTO t VALUES (1, 'x'), (2, NULL)", "ALTER TABLE t DROP b, ADD b text",
     "public.t: values changed"},
    {"CREATE TABLE t (a integer, b text); INSERT INTO t VALUES (1, 'x'), (2, NULL)", "DELETE FROM t WHERE a = 1",
     "public.t: 2 rows before, 1 after"},
    {"CREATE TABLE t (a integer, b text); INSERT INTO t VALUES (1, 'x'), (2, NULL)",
     "ALTER TABLE t DROP a, ADD a bigint", "public.t.a: 2 values before (integer), 0 after (bigint)"},
    {"CREATE TABLE t (a integer); INSERT INTO t VALUES (1)", "DROP TABLE t", NULL},
    {"CREATE TABLE p (a integer) PARTITION BY LIST (a); CREATE TABLE p1 PARTITION OF p DEFAULT; INSERT INTO p VALUES (1)",
     "CREATE TABLE p2 PARTITION OF p FOR VALUES IN (2); DROP TABLE p1; CREATE TABLE p1 PARTITION OF p DEFAULT",
     "public.p: 1 rows before, 0 after"},
    {"CREATE TABLE t (id serial, \"order\" text); INSERT INTO t VALUES (DEFAULT, 'x')",
     "ALTER TABLE t ALTER id DROP DEFAULT; DROP SEQUENCE t_id_seq; ALTER TABLE t ALTER id ADD GENERATED ALWAYS AS IDENTITY",
     "public.t_id_seq: had counted to 1, after it to \"\""},
    {"CREATE TYPE c AS (x integer, y integer); CREATE TABLE t (c c); INSERT INTO t VALUES ('(1,2)')",
     "ALTER TYPE c DROP ATTRIBUTE y", NULL},
};

static void test_rows_that_are_lost_are_seen(void **state UNUSED)
{
    for (size_t i = 0; i < countof(memories); i++) {
        const char *report = run_between(memories[i].schema, memories[i].script, NULL);
        if (!report != !memories[i].report || (report && !strstr(report, memories[i].report)))
            fail_msg("%s: %s", memories[i].script, report ? report : "nothing seen");
        test_server_execute(server, "one", "DROP SCHEMA public CASCADE; CREATE SCHEMA public");
    }
}

static void test_rows_that_may_be_lost_are_passed_over(void **state UNUSED)
{
    const char *schema = "CREATE TABLE t (a integer, \"B\" text); INSERT INTO t VALUES (1, 'x')";
    assert_null(
        run_between(schema, "ALTER TABLE t DROP \"B\", ADD \"B\" text", (const char *[]){"public.t.\"B\"", NULL}));
    assert_null(run_between("SELECT 1", "DELETE FROM t", (const char *[]){"public.t", NULL}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_test, close_test)
        TEST(test_dump_order_of_columns_and_objects_is_passed_over),
        TEST(test_dump_order_of_grants_is_passed_over),
        TEST(test_dump_a_difference_is_told_with_its_line),
        TEST(test_dump_a_missing_database_is_reported),
        TEST(test_rows_that_are_lost_are_seen),
        TEST(test_rows_that_may_be_lost_are_passed_over),
    };
    return cmocka_run_group_tests_name("oracles", tests, start, stop);
}
