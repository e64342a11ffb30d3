/* What IF NOT EXISTS passes over: the same is fine, anything else is a failure that rolls the file back. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "migrate/guard/skips.h"
#include "tests/lib/stage.h"

static struct test_server *server;

static int start_server(void **state UNUSED)
{
    server = test_server_start(NULL, NULL);
    return 0;
}

static int stop_server(void **state UNUSED) { return talloc_free(server); }

#define BASE "CREATE TABLE orders (id bigint PRIMARY KEY, code varchar(20), at timestamptz);"

/* words NULL: the file is applied. */
static const struct {
    const char *what, *before, *file, *words;
} cases[] = {
    {"nothing was there", BASE, "CREATE INDEX IF NOT EXISTS i ON orders (code)", NULL},
    {"the same index", BASE "CREATE INDEX i ON orders (code)", "CREATE INDEX IF NOT EXISTS i ON orders (code)", NULL},
    {"the same index, in other words", BASE "CREATE INDEX i ON orders USING btree (lower(code)) WHERE id > 1",
     "create  index if not exists I on Orders ((lower(code))) where (id>1)", NULL},
    {"an invalid index",
     BASE "CREATE INDEX i ON orders (code); UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'i'::regclass",
     "CREATE INDEX IF NOT EXISTS i ON orders (code)", "index i exists already and is invalid"},
    {"an index on another column", BASE "CREATE INDEX i ON orders (at)",
     "CREATE INDEX IF NOT EXISTS i ON orders (code)", "wanted is btree (code), there is btree (at)"},
    {"an index that is not unique", BASE "CREATE INDEX i ON orders (code)",
     "CREATE UNIQUE INDEX IF NOT EXISTS i ON orders (code)", "wanted is UNIQUE btree (code), there is btree (code)"},
    {"an index without the condition", BASE "CREATE INDEX i ON orders (code)",
     "CREATE INDEX IF NOT EXISTS i ON orders (code) WHERE id > 1", "is another one (wanted is"},
    {"an index of another table", BASE "CREATE TABLE other (code text); CREATE INDEX i ON other (code)",
     "CREATE INDEX IF NOT EXISTS i ON orders (code)", "index i exists already and is one of public.other"},
    {"a table under the index's name", BASE "CREATE TABLE i ()", "CREATE INDEX IF NOT EXISTS i ON orders (code)",
     "index i exists already and is a table"},
    {"the same table", BASE,
     "CREATE TABLE IF NOT EXISTS orders (id int8 NOT NULL, code character varying(20) DEFAULT 'x' COLLATE \"C\","
     " at timestamp with time zone, PRIMARY KEY (id), CHECK (id > 0))",
     NULL},
    {"a table with more columns", BASE, "CREATE TABLE IF NOT EXISTS orders (id bigint)", NULL},
    {"a table without a column", BASE, "CREATE TABLE IF NOT EXISTS orders (id bigint, note text NOT NULL)",
     "table orders exists already and is another one (column note is missing)"},
    {"a table with another type", BASE, "CREATE TABLE IF NOT EXISTS orders (id bigint, code varchar(30))",
     "column code is character varying(20), not character varying(30)"},
    {"a table with a foreign key", BASE "CREATE TABLE lines (id bigint, order_id integer)",
     "CREATE TABLE IF NOT EXISTS lines (id bigint, order_id bigint REFERENCES orders (id))",
     "column order_id is integer, not bigint"},
    {"a view under the table's name", "CREATE VIEW orders AS SELECT 1", "CREATE TABLE IF NOT EXISTS orders (id bigint)",
     "table orders exists already and is a view"},
    {"the same column", BASE, "ALTER TABLE orders ADD COLUMN IF NOT EXISTS code varchar(20) NOT NULL DEFAULT ''", NULL},
    {"a column of another type", BASE,
     "ALTER TABLE ONLY public.orders ADD COLUMN x int, ADD IF NOT EXISTS code numeric(10,2) CHECK (code > 0)",
     "column code is character varying(20), not numeric(10,2)"},
    {"a table made before in the file", "SELECT 1",
     "CREATE TABLE t (id bigint); CREATE TABLE IF NOT EXISTS t (id integer)", NULL},
    {"a table from a query", BASE, "CREATE TABLE IF NOT EXISTS orders (id) AS SELECT 1", NULL},
    {"a name in quotes", "CREATE TABLE \"Od\"\"d.\\x\" (\"a b\" integer)",
     "CREATE TABLE IF NOT EXISTS public.\"Od\"\"d.\\x\" (\"a b\" text)", "column \"a b\" is integer, not text"},
    {"the same sequence", "CREATE SEQUENCE s AS integer INCREMENT 5",
     "CREATE SEQUENCE IF NOT EXISTS s AS int INCREMENT BY 5 OWNED BY NONE", NULL},
    {"a sequence with another step", "CREATE SEQUENCE s", "CREATE SEQUENCE IF NOT EXISTS s INCREMENT 5 START 10",
     "sequence s exists already and is another one (wanted is bigint from 10 by 5, 1 to 9223372036854775807, cache 1, there is "
     "bigint from 1 by 1"},
    {"a table under the sequence's name", "CREATE TABLE s ()", "CREATE SEQUENCE IF NOT EXISTS s",
     "sequence s exists already and is a table"},
    {"a serial", "CREATE TABLE t (id serial)", "CREATE TABLE IF NOT EXISTS t (id serial PRIMARY KEY)", NULL},
};

/* One database for all cases: making one takes longer than a case. */
static void clear(struct stage *stage)
{
    oracle_execute(stage->oracle,
                   "SET client_min_messages = warning; DROP SCHEMA public CASCADE; CREATE SCHEMA public");
}

static void check_case(struct stage *stage, size_t number)
{
    clear(stage);
    oracle_execute(stage->oracle, "%s", cases[number].before);
    stage_write(stage, "001_a.sql", talloc_asprintf(stage, "CREATE TABLE beside ();\n%s;\n", cases[number].file));
    if (!stage_plan(stage))
        fail_msg("%s: %s", cases[number].what, stage->error->message);
    bool ok = stage_run(stage);
    if (ok != !cases[number].words || (!ok && !strstr(stage->error->message, cases[number].words)))
        fail_msg("%s: %s", cases[number].what, stage->error->message ? stage->error->message : "was applied");
    if (!ok) {
        assert_int_equal(stage->error->code, ERROR_STATEMENT);
        assert_int_equal(stage->error->line, 2);
        assert_non_null(stage->error->hint);
    }
    assert_int_equal(ok, oracle_says(stage->oracle, "SELECT to_regclass('beside') IS NOT NULL"));
    assert_true(
        oracle_says(stage->oracle, "SELECT NOT EXISTS (SELECT FROM pg_class WHERE relname LIKE 'pgdeck_skip%%')"));
}

static void test_what_exists_already_must_be_what_is_asked_for(void **state UNUSED)
{
    struct stage *stage = stage_new(NULL, server);
    for (size_t i = 0; i < countof(cases); i++)
        check_case(stage, i);
    talloc_free(stage);
}

/* What is there is judged in its own schema then; where the role may make nothing there either, it is not. */
static void test_role_that_may_make_no_temporary_table_is_judged_and_not_held_up(void **state UNUSED)
{
    struct stage *stage = stage_new(NULL, server);
    oracle_execute(stage->oracle,
                   "CREATE ROLE plain LOGIN; GRANT ALL ON SCHEMA public TO plain;"
                   "REVOKE TEMPORARY ON DATABASE %s FROM PUBLIC; CREATE TABLE t (id integer);"
                   "ALTER TABLE t OWNER TO plain; CREATE SCHEMA closed; CREATE TABLE closed.t (id integer);"
                   "GRANT USAGE ON SCHEMA closed TO plain; ALTER TABLE closed.t OWNER TO plain",
                   stage->database);
    stage->role = "plain";
    stage_write(stage, "001_a.sql", "CREATE TABLE IF NOT EXISTS t (id bigint);\n");
    stage_apply_fails(stage, ERROR_STATEMENT);
    assert_non_null(strstr(stage->error->message, "column id is integer, not bigint"));
    stage_write(stage, "001_a.sql",
                "CREATE TABLE IF NOT EXISTS t (id integer); SET search_path = closed;\n"
                "ALTER TABLE closed.t ADD COLUMN IF NOT EXISTS id bigint;\n");
    stage_apply(stage);
    assert_true(oracle_says(stage->oracle, "SELECT to_regclass('public.pgdeck_skip') IS NULL"));
    stage->role = "postgres";
    oracle_execute(stage->oracle, "DROP OWNED BY plain CASCADE; DROP ROLE plain");
    talloc_free(stage);
}

/* ---- what a file leaves in its session ---- */

static const struct {
    const char *what, *file, *words; /* NULL: nothing is told */
} leaks[] = {
    {"a setting", "SET work_mem = '7MB'", "work_mem = 7MB"},
    {"a setting by a function", "SELECT set_config('search_path', 'elsewhere', false)", "search_path = elsewhere"},
    {"a role", "SET ROLE other", "role other"},
    {"a temporary table", "CREATE TEMPORARY TABLE t ()", "temporary object t"},
    {"an advisory lock", "SELECT pg_advisory_lock(7)", "advisory lock 0, 7"},
    {"what ends with the transaction",
     "SET LOCAL work_mem = '7MB'; SET LOCAL ROLE other; SELECT pg_advisory_xact_lock(7);"
     "CREATE TEMPORARY TABLE t () ON COMMIT DROP",
     NULL},
    {"what is set back", "SET work_mem = '7MB'; SET ROLE other; RESET ROLE; RESET work_mem", NULL},
    {"nothing", "CREATE TABLE x ()", NULL},
};

static void test_what_a_file_leaves_in_its_session_is_told(void **state UNUSED)
{
    test_server_execute(server, "postgres", "CREATE ROLE other");
    struct stage *stage = stage_new(NULL, server);
    for (size_t i = 0; i < countof(leaks); i++) {
        clear(stage);
        stage_write(stage, "001_a.sql", talloc_asprintf(stage, "%s;\n", leaks[i].file));
        stage_write(stage, "002_b.sql",
                    "CREATE TABLE after AS SELECT current_user = session_user AND current_setting('work_mem') <> '7MB'"
                    " AND NOT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = 7) AS is_clean;\n");
        stage_apply(stage);
        bool is_told = stage_heard(stage, "warning 001 the file leaves in its session: ");
        if (is_told != (leaks[i].words != NULL) || (is_told && !strstr(stage->events, leaks[i].words)))
            fail_msg("%s: %s", leaks[i].what, stage->events);
        assert_true(oracle_says(stage->oracle, "SELECT is_clean FROM public.after"));
    }
    talloc_free(stage);
    test_server_execute(server, "postgres", "DROP ROLE other");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_exists_already_must_be_what_is_asked_for),
        cmocka_unit_test(test_what_a_file_leaves_in_its_session_is_told),
        cmocka_unit_test(test_role_that_may_make_no_temporary_table_is_judged_and_not_held_up),
    };
    return cmocka_run_group_tests(tests, start_server, stop_server);
}
