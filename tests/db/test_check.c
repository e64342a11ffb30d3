/* What a statement outside a transaction has left behind, asked of the catalog: the state before it, and the judgement
 * after it was finished, never began, or stopped half-way. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "migrate/apply/check.h"
#include "tests/lib/stage.h"

static struct test_server *server;

static int start_server(void **state UNUSED)
{
    server = test_server_start(NULL, NULL);
    return 0;
}

static int stop_server(void **state UNUSED) { return talloc_free(server); }

struct fixture {
    struct stage *stage;
    struct connection *connection;
};

static int set_up(void **state)
{
    struct fixture *fixture = talloc_zero(NULL, struct fixture);
    fixture->stage = stage_new(fixture, server);
    fixture->connection = stage_connect(fixture->stage);
    oracle_execute(fixture->stage->oracle,
                   "CREATE SCHEMA app; CREATE SCHEMA \"My App\";"
                   "CREATE TABLE t (a integer, b integer); CREATE TABLE app.t (a integer, b integer);"
                   "CREATE TABLE \"My App\".\"T.1 \"\"x\"\"\" (a integer); CREATE TABLE \"select\" (a integer);"
                   "INSERT INTO t VALUES (1, 1), (1, 1); INSERT INTO app.t VALUES (1, 1), (1, 1); INSERT INTO "
                   "\"select\" VALUES (1), (1);"
                   "INSERT INTO \"My App\".\"T.1 \"\"x\"\"\" VALUES (1), (1);"
                   "CREATE TABLE parted (a integer) PARTITION BY RANGE (a);"
                   "CREATE TABLE part PARTITION OF parted FOR VALUES FROM (1) TO (2);"
                   "CREATE TABLE app.\"Part 2\" PARTITION OF parted FOR VALUES FROM (2) TO (3)");
    *state = fixture;
    return 0;
}

static int tear_down(void **state) { return talloc_free(*state); }

static struct statement parse(TALLOC_CTX *owner, const char *text)
{
    struct statement_list list;
    struct error *error = error_new(owner);
    if (!statement_split(owner, "x.sql", text, strlen(text), METAS_REFUSED, &list, error))
        fail_msg("%s: %s", text, error->message);
    assert_int_equal(list.count, 1);
    return list.items[0];
}

static const char *before(struct fixture *fixture, const char *text)
{
    struct statement statement = parse(fixture, text);
    const char *state;
    if (!check_before(fixture, fixture->connection, &statement, &state, fixture->stage->error))
        fail_msg("%s: %s", text, fixture->stage->error->message);
    return state;
}

static struct check after(struct fixture *fixture, const char *text, const char *state)
{
    struct statement statement = parse(fixture, text);
    struct check check;
    if (!check_after(fixture, fixture->connection, &statement, state, &check, fixture->stage->error))
        fail_msg("%s: %s", text, fixture->stage->error->message);
    return check;
}

/* Runs it as a run would; returns whether the server took it. */
static bool run(struct fixture *fixture, const char *text)
{
    bool ok = connection_execute(fixture->connection, NO_PARAMETERS, fixture->stage->error, text);
    error_clear(fixture->stage->error);
    return ok;
}

/* ---- statements that the server takes ---- */

static const struct {
    const char *text, *before;
    enum check_outcome not_begun, finished;
} cases[] = {
    {"CREATE INDEX CONCURRENTLY i ON t (a)", "absent", CHECK_NOTHING, CHECK_DONE},
    {"create index concurrently I on T (A)", "absent", CHECK_NOTHING, CHECK_DONE},
    {"CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON t (a)", "absent", CHECK_NOTHING, CHECK_DONE},
    {"CREATE /* why */ INDEX -- and\nCONCURRENTLY i ON ONLY t USING btree (a)", "absent", CHECK_NOTHING, CHECK_DONE},
    {"CREATE INDEX CONCURRENTLY i ON app.t (a) WHERE a > 1", "absent", CHECK_NOTHING, CHECK_DONE},
    {"CREATE INDEX CONCURRENTLY \"My Index\" ON \"My App\".\"T.1 \"\"x\"\"\" (a)", "absent", CHECK_NOTHING, CHECK_DONE},
    {"CREATE INDEX CONCURRENTLY \"on\" ON \"select\" (a)", "absent", CHECK_NOTHING, CHECK_DONE},
    {"CREATE UNIQUE INDEX CONCURRENTLY i ON parted_not (a)", "absent", CHECK_NOTHING, CHECK_NOTHING},
    {"DROP INDEX CONCURRENTLY there", "present", CHECK_NOTHING, CHECK_DONE},
    {"DROP INDEX CONCURRENTLY public.there", "present", CHECK_NOTHING, CHECK_DONE},
    {"DROP INDEX CONCURRENTLY IF EXISTS app.\"There Too\"", "present", CHECK_NOTHING, CHECK_DONE},
    {"DROP INDEX CONCURRENTLY IF EXISTS nowhere", "absent", CHECK_NOTHING, CHECK_NOTHING},
    {"ALTER TABLE parted DETACH PARTITION part CONCURRENTLY", "present", CHECK_NOTHING, CHECK_DONE},
    {"ALTER TABLE IF EXISTS public.parted DETACH PARTITION app.\"Part 2\" CONCURRENTLY", "present", CHECK_NOTHING,
     CHECK_DONE},
    {"CREATE DATABASE made_by_check", "absent", CHECK_NOTHING, CHECK_DONE},
    {"CREATE DATABASE \"Made.By Check\" TEMPLATE template0", "absent", CHECK_NOTHING, CHECK_DONE},
    {"DROP DATABASE made_by_check", "present", CHECK_NOTHING, CHECK_DONE},
    {"DROP DATABASE IF EXISTS \"Made.By Check\"", "present", CHECK_NOTHING, CHECK_DONE},
    {"DROP DATABASE IF EXISTS none_at_all", "absent", CHECK_NOTHING, CHECK_NOTHING},
    {"VACUUM t", "repeatable", CHECK_NOTHING, CHECK_NOTHING},
    {"REINDEX INDEX CONCURRENTLY there", "repeatable", CHECK_NOTHING, CHECK_NOTHING},
    {"REINDEX TABLE CONCURRENTLY t", "repeatable", CHECK_NOTHING, CHECK_NOTHING},
    {"ALTER SYSTEM SET work_mem = '5MB'", "repeatable", CHECK_NOTHING, CHECK_NOTHING},
    {"CHECKPOINT", "repeatable", CHECK_NOTHING, CHECK_NOTHING},
    {"CALL nobody_knows()", "unknown", CHECK_UNKNOWN, CHECK_UNKNOWN},
    {"SELECT 1", "unknown", CHECK_UNKNOWN, CHECK_UNKNOWN},
};

static void test_check_judges_statements_before_and_after(void **state)
{
    struct fixture *fixture = *state;
    for (size_t i = 0; i < countof(cases); i++) {
        const char *text = cases[i].text;
        oracle_execute(fixture->stage->oracle, "DROP INDEX IF EXISTS public.i, app.i, \"My App\".\"My Index\", \"on\";"
                                               "CREATE INDEX IF NOT EXISTS there ON t (b);"
                                               "CREATE INDEX IF NOT EXISTS \"There Too\" ON app.t (b)");
        const char *found = before(fixture, text);
        if (strcmp(found, cases[i].before) != 0)
            fail_msg("%s: %s before", text, found);
        struct check check = after(fixture, text, found);
        if (check.outcome != cases[i].not_begun)
            fail_msg("%s: %d though not begun", text, (int)check.outcome);
        run(fixture, text);
        check = after(fixture, text, found);
        if (check.outcome != cases[i].finished)
            fail_msg("%s: %d though finished", text, (int)check.outcome);
    }
}

/* ---- half-done indexes ---- */

static const struct {
    const char *text, *what, *repair;
} invalid_cases[] = {
    {"CREATE UNIQUE INDEX CONCURRENTLY i ON t (a)", "index public.i is invalid",
     "DROP INDEX CONCURRENTLY IF EXISTS public.i"},
    {"CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON t (a)", "index public.i is invalid",
     "DROP INDEX CONCURRENTLY IF EXISTS public.i"},
    {"CREATE UNIQUE INDEX CONCURRENTLY i ON app.t (a)", "index app.i is invalid",
     "DROP INDEX CONCURRENTLY IF EXISTS app.i"},
    {"CREATE UNIQUE INDEX CONCURRENTLY \"My \"\"I\" ON \"My App\".\"T.1 \"\"x\"\"\" (a)",
     "index \"My App\".\"My \"\"I\" is invalid", "DROP INDEX CONCURRENTLY IF EXISTS \"My App\".\"My \"\"I\""},
    {"CREATE UNIQUE INDEX CONCURRENTLY ON t (a)", "index public.t_a_idx is invalid",
     "DROP INDEX CONCURRENTLY IF EXISTS public.t_a_idx"},
    {"CREATE UNIQUE INDEX CONCURRENTLY ON \"select\" (a)", "index public.select_a_idx is invalid",
     "DROP INDEX CONCURRENTLY IF EXISTS public.select_a_idx"},
};

static void test_check_finds_the_invalid_index_and_its_repair(void **state)
{
    struct fixture *fixture = *state;
    for (size_t i = 0; i < countof(invalid_cases); i++) {
        const char *text = invalid_cases[i].text, *found = before(fixture, text);
        assert_false(run(fixture, text));
        struct check check = after(fixture, text, found);
        if (check.outcome != CHECK_LEFTOVER)
            fail_msg("%s: %d", text, (int)check.outcome);
        assert_string_equal(check.what, invalid_cases[i].what);
        assert_string_equal(check.repair, invalid_cases[i].repair);
        assert_false(check.completes);
        assert_true(run(fixture, check.repair));
        assert_int_equal(after(fixture, text, found).outcome, CHECK_NOTHING);
    }
}

/* The name is the table's schema's, whatever the search path finds. */
static void test_check_does_not_mistake_an_index_of_another_schema(void **state)
{
    struct fixture *fixture = *state;
    const char *text = "CREATE UNIQUE INDEX CONCURRENTLY i ON app.t (a)";
    oracle_execute(fixture->stage->oracle, "CREATE INDEX i ON public.t (a)");
    assert_string_equal(before(fixture, text), "absent");
    assert_int_equal(after(fixture, text, "absent").outcome, CHECK_NOTHING);
    assert_false(run(fixture, text));
    assert_string_equal(after(fixture, text, "absent").repair, "DROP INDEX CONCURRENTLY IF EXISTS app.i");
}

static void test_check_follows_the_search_path(void **state)
{
    struct fixture *fixture = *state;
    assert_true(run(fixture, "SET search_path = app"));
    const char *text = "CREATE INDEX CONCURRENTLY i ON t (a)";
    oracle_execute(fixture->stage->oracle, "CREATE INDEX i ON public.t (a)");
    assert_string_equal(before(fixture, text), "absent");
    assert_true(run(fixture, text));
    assert_int_equal(after(fixture, text, "absent").outcome, CHECK_DONE);
}

static void test_check_leaves_an_invalid_index_alone_that_was_there(void **state)
{
    struct fixture *fixture = *state;
    assert_false(run(fixture, "CREATE UNIQUE INDEX CONCURRENTLY i ON t (a)"));
    const char *text = "CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON t (a)";
    assert_string_equal(before(fixture, text), "invalid");
    assert_true(run(fixture, text)); /* passes over it */
    struct check check = after(fixture, text, "invalid");
    assert_int_equal(check.outcome, CHECK_STUCK);
    assert_null(check.repair);
    assert_non_null(strstr(check.what, "invalid"));
}

static void test_check_without_knowing_what_was_there_drops_nothing(void **state)
{
    struct fixture *fixture = *state;
    assert_false(run(fixture, "CREATE UNIQUE INDEX CONCURRENTLY i ON t (a)"));
    assert_null(after(fixture, "CREATE UNIQUE INDEX CONCURRENTLY i ON t (a)", NULL).repair);
    assert_int_equal(after(fixture, "CREATE UNIQUE INDEX CONCURRENTLY ON t (a)", NULL).outcome, CHECK_UNKNOWN);
}

static void test_check_tells_an_unnamed_index_from_those_that_were_there(void **state)
{
    struct fixture *fixture = *state;
    const char *text = "CREATE INDEX CONCURRENTLY ON t (a)";
    oracle_execute(fixture->stage->oracle, "CREATE INDEX ON t (a); CREATE INDEX ON t (b)");
    const char *found = talloc_strdup(fixture, before(fixture, text));
    assert_memory_equal(found, "indexes ", 8);
    assert_int_equal(after(fixture, text, found).outcome, CHECK_NOTHING);
    assert_true(run(fixture, text));
    assert_int_equal(after(fixture, text, found).outcome, CHECK_DONE);
}

static void test_check_tells_an_unnamed_index_where_none_was(void **state)
{
    struct fixture *fixture = *state;
    const char *text = "CREATE INDEX CONCURRENTLY ON t (a)", *found = before(fixture, text);
    assert_string_equal(found, "indexes ");
    assert_int_equal(after(fixture, text, found).outcome, CHECK_NOTHING);
    assert_true(run(fixture, text));
    assert_int_equal(after(fixture, text, found).outcome, CHECK_DONE);
}

/* Somebody else's index came meanwhile: it is not the leftover. */
static void test_check_names_the_invalid_one_of_several_new_indexes(void **state)
{
    struct fixture *fixture = *state;
    const char *text = "CREATE UNIQUE INDEX CONCURRENTLY ON t (a)", *found = before(fixture, text);
    oracle_execute(fixture->stage->oracle, "CREATE INDEX theirs ON t (a)");
    assert_false(run(fixture, text));
    struct check check = after(fixture, text, found);
    assert_int_equal(check.outcome, CHECK_LEFTOVER);
    assert_string_equal(check.repair, "DROP INDEX CONCURRENTLY IF EXISTS public.t_a_idx");
}

/* ---- a partition that is half detached ---- */

static const struct {
    const char *text, *child, *repair;
} detach_cases[] = {
    {"ALTER TABLE parted DETACH PARTITION part CONCURRENTLY", "part",
     "ALTER TABLE parted DETACH PARTITION part FINALIZE"},
    {"ALTER TABLE ONLY parted DETACH PARTITION app.\"Part 2\" CONCURRENTLY", "app.\"Part 2\"",
     "ALTER TABLE parted DETACH PARTITION app.\"Part 2\" FINALIZE"},
};

static void test_check_completes_a_half_detached_partition(void **state)
{
    struct fixture *fixture = *state;
    for (size_t i = 0; i < countof(detach_cases); i++) {
        const char *text = detach_cases[i].text;
        /* Its second phase waits for a reader of the partitioned table, and does not get it. */
        oracle_execute(fixture->stage->oracle, "BEGIN; SELECT FROM parted");
        assert_true(run(fixture, "SET statement_timeout = '100ms'"));
        assert_false(run(fixture, text));
        assert_true(run(fixture, "SET statement_timeout = 0"));
        struct check check = after(fixture, text, "present");
        assert_int_equal(check.outcome, CHECK_LEFTOVER);
        assert_true(check.completes);
        assert_string_equal(check.repair, detach_cases[i].repair);
        oracle_execute(fixture->stage->oracle, "COMMIT");
        assert_true(run(fixture, check.repair));
        assert_int_equal(after(fixture, text, "present").outcome, CHECK_DONE);
    }
}

static void test_check_passes_on_what_the_server_refuses(void **state)
{
    struct fixture *fixture = *state;
    struct statement statement = parse(fixture, "DROP INDEX CONCURRENTLY a.b.c.d");
    const char *found;
    assert_false(check_before(fixture, fixture->connection, &statement, &found, fixture->stage->error));
    assert_true(error_is_set(fixture->stage->error));
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_check_judges_statements_before_and_after),
        TEST(test_check_finds_the_invalid_index_and_its_repair),
        TEST(test_check_does_not_mistake_an_index_of_another_schema),
        TEST(test_check_follows_the_search_path),
        TEST(test_check_leaves_an_invalid_index_alone_that_was_there),
        TEST(test_check_without_knowing_what_was_there_drops_nothing),
        TEST(test_check_tells_an_unnamed_index_from_those_that_were_there),
        TEST(test_check_tells_an_unnamed_index_where_none_was),
        TEST(test_check_names_the_invalid_one_of_several_new_indexes),
        TEST(test_check_completes_a_half_detached_partition),
        TEST(test_check_passes_on_what_the_server_refuses),
    };
    return cmocka_run_group_tests(tests, start_server, stop_server);
}
