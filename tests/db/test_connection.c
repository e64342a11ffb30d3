/* pgdeck: allow secrets because all of them are made up */
/* Connections against a real server: making one, statements, COPY, pipelines, and what is refused. Faults and cancels
 * are test_connection_faults's. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <sys/resource.h>
#include <unistd.h>

#include "store/connection.h"
#include "tests/lib/fixture.h"

#define PASSWORD "s3cr'et pass"

/* ---- rows by name ---- */

struct row {
    const char *name;
    int64_t number;
    bool flag;
};

static const struct column row_columns[] = {
    COLUMN(struct row, name),
    COLUMN(struct row, number),
    COLUMN(struct row, flag),
};

static struct row *bind(struct fixture *fixture, const char *sql, size_t *count)
{
    struct connection *connection = fixture_connect(fixture);
    struct result *result = connection_query(fixture->memory, connection, NO_PARAMETERS, fixture->error, sql);
    fixture_expect(fixture, result);
    return result_bind(result, row_columns, countof(row_columns), sizeof(struct row), count, fixture->error);
}

static void test_bind_is_by_name_in_the_servers_order(void **state)
{
    struct fixture *fixture = *state;
    size_t count = 0;
    struct row *rows =
        bind(fixture, "SELECT n % 2 = 0 AS flag, 'n' || n AS name, -n AS number FROM generate_series(1, 3) n", &count);
    assert_non_null(rows);
    assert_int_equal(count, 3);
    for (int i = 0; i < 3; i++) {
        assert_string_equal(rows[i].name, ((const char *[]){"n1", "n2", "n3"})[i]);
        assert_int_equal(rows[i].number, -(i + 1));
        assert_int_equal(rows[i].flag, i == 1);
    }
}

static void test_bind_nulls(void **state)
{
    struct fixture *fixture = *state;
    size_t count = 0;
    struct row *rows =
        bind(fixture, "SELECT NULL::text AS name, NULL::bigint AS number, NULL::boolean AS flag", &count);
    assert_non_null(rows);
    assert_null(rows[0].name);
    assert_true(rows[0].number == INTEGER_NULL);
    assert_false(rows[0].flag);
}

static void test_bind_no_rows_is_no_failure(void **state)
{
    struct fixture *fixture = *state;
    size_t count = 7;
    assert_non_null(bind(fixture, "SELECT '' AS name, 1 AS number, true AS flag WHERE false", &count));
    assert_int_equal(count, 0);
}

static void test_bind_largest_integers(void **state)
{
    struct fixture *fixture = *state;
    size_t count = 0;
    struct row *rows = bind(fixture,
                            "SELECT '' AS name, 9223372036854775807 AS number, true AS flag UNION ALL "
                            "SELECT '', -9223372036854775807, true ORDER BY number DESC",
                            &count);
    assert_non_null(rows);
    assert_true(rows[0].number == INT64_MAX);
    assert_true(rows[1].number == -INT64_MAX);
}

static void test_bind_refuses_what_does_not_match(void **state)
{
    static const char *const queries[] = {
        "SELECT '' AS name, 1 AS number",                                     /* a missing column */
        "SELECT '' AS name, 1 AS number, true AS flag, 2 AS more",            /* an extra one */
        "SELECT '' AS name, 1 AS number, true AS flag, false AS flag",        /* one twice */
        "SELECT '' AS name, 1 AS number, true AS \"Flag\"",                   /* another spelling */
        "SELECT '' AS name, 9223372036854775808 AS number, true AS flag",     /* too large */
        "SELECT '' AS name, '-99999999999999999999' AS number, true AS flag", /* too small */
        "SELECT '' AS name, 1.5 AS number, true AS flag",
        "SELECT '' AS name, '' AS number, true AS flag",
        "SELECT '' AS name, '0x10' AS number, true AS flag",
        "SELECT '' AS name, 1 AS number, 'table' AS flag", /* no boolean, though it starts with t */
    };
    struct fixture *fixture = *state;
    for (size_t i = 0; i < countof(queries); i++) {
        size_t count = 7;
        error_clear(fixture->error);
        assert_null(bind(fixture, queries[i], &count));
        assert_int_equal(fixture->error->code, ERROR_INTERNAL);
        assert_int_equal(count, 7);
    }
}

static void test_bind_one_wants_exactly_one_row(void **state)
{
    static const char *const queries[] = {
        "SELECT '' AS name, 1 AS number, true AS flag WHERE false",
        "SELECT '' AS name, n AS number, true AS flag FROM generate_series(1, 2) n",
    };
    struct fixture *fixture = *state;
    struct connection *connection = fixture_connect(fixture);
    struct row row = {"before", 5, true};
    for (size_t i = 0; i < countof(queries); i++) {
        struct result *result =
            connection_query(fixture->memory, connection, NO_PARAMETERS, fixture->error, queries[i]);
        assert_false(result_bind_one(result, row_columns, countof(row_columns), &row, fixture->error));
        assert_string_equal(row.name, "before");
    }
}

static void test_bind_one_leaves_other_members_alone(void **state)
{
    struct fixture *fixture = *state;
    struct connection *connection = fixture_connect(fixture);
    static const struct column columns[] = {COLUMN(struct row, number)};
    struct row row = {"before", 5, true};
    struct result *result =
        connection_query(fixture->memory, connection, NO_PARAMETERS, fixture->error, "SELECT 6 AS number");
    fixture_expect(fixture, result_bind_one(result, columns, countof(columns), &row, fixture->error));
    assert_int_equal(row.number, 6);
    assert_string_equal(row.name, "before");
    assert_true(row.flag);
}

/* ---- one statement ---- */

static void test_query_parameters_are_values(void **state)
{
    struct fixture *fixture = *state;
    struct connection *connection = fixture_connect(fixture);
    const char *hostile = "'; DROP TABLE x; -- \\ \" $1 \xf0\x9f\x90\x98";
    struct result *result = connection_query(fixture->memory, connection, PARAMETERS(hostile, NULL), fixture->error,
                                             "SELECT $1::text, $2::text IS NULL");
    fixture_expect(fixture, result);
    assert_string_equal(result_cell(result, 0, 0), hostile);
    assert_string_equal(result_cell(result, 0, 1), "t");
}

static void test_query_shape_of_a_result(void **state)
{
    struct fixture *fixture = *state;
    struct connection *connection = fixture_connect(fixture);
    struct result *result = connection_query(fixture->memory, connection, NO_PARAMETERS, fixture->error,
                                             "SELECT n AS a, NULL AS b FROM generate_series(1, 2) n");
    fixture_expect(fixture, result);
    assert_int_equal(result_row_count(result), 2);
    assert_int_equal(result_column_count(result), 2);
    assert_string_equal(result_column_name(result, 1), "b");
    assert_null(result_cell(result, 1, 1));
    assert_string_equal(result_value(result), "1");
    assert_string_equal(result_tag(result), "SELECT 2");
    talloc_free(result);
    fixture_execute(fixture, connection, "CREATE TEMP TABLE t (a int)");
    result = connection_query(fixture->memory, connection, NO_PARAMETERS, fixture->error,
                              "INSERT INTO t SELECT generate_series(1, 5)");
    assert_string_equal(result_tag(result), "INSERT 0 5");
    assert_int_equal(result_affected(result), 5);
    assert_null(result_value(result));
    result = connection_query(fixture->memory, connection, NO_PARAMETERS, fixture->error, "");
    assert_string_equal(result_tag(result), "");
    assert_int_equal(result_affected(result), 0);
}

static void test_query_refuses_two_statements(void **state)
{
    struct fixture *fixture = *state;
    struct connection *connection = fixture_connect(fixture);
    fixture_expect_error(fixture,
                         connection_execute(connection, NO_PARAMETERS, fixture->error, "CREATE TABLE two (); SELECT 1"),
                         ERROR_STATEMENT, "42601");
    assert_string_equal(fixture_ask(fixture, connection, "SELECT to_regclass('public.two')"), "");
}

static void test_query_error_has_the_servers_fields(void **state)
{
    struct fixture *fixture = *state;
    struct connection *connection = fixture_connect(fixture);
    fixture_execute(fixture, connection, "CREATE TEMP TABLE fields (a int CONSTRAINT positive CHECK (a > 0))");
    fixture_expect_error(
        fixture, connection_execute(connection, NO_PARAMETERS, fixture->error, "INSERT INTO fields VALUES (-1)"),
        ERROR_STATEMENT, "23514");
    assert_string_equal(fixture->error->table, "fields");
    assert_string_equal(fixture->error->constraint, "positive");
    assert_non_null(strstr(fixture->error->schema, "pg_temp"));
    assert_non_null(strstr(fixture->error->detail, "Failing row"));
    assert_false(fixture->error->is_connection_lost);
    fixture_expect_error(fixture,
                         connection_execute(connection, NO_PARAMETERS, fixture->error, "SELECT '\xc3\xa4', nothing"),
                         ERROR_STATEMENT, "42703");
    assert_int_equal(fixture->error->position, 13);
    fixture_expect_error(
        fixture,
        connection_execute(connection, NO_PARAMETERS, fixture->error,
                           "DO $$ BEGIN RAISE 'no' USING hint = 'Try this.', errcode = 'ABCDE'; END $$"),
        ERROR_STATEMENT, "ABCDE");
    assert_string_equal(fixture->error->hint, "Try this.");
    assert_non_null(strstr(fixture->error->context, "PL/pgSQL"));
}

static void test_query_of_five_megabytes_both_ways(void **state)
{
    enum { SIZE = 5 << 20 };
    struct fixture *fixture = *state;
    struct connection *connection = fixture_connect(fixture);
    char *value = talloc_size(fixture->memory, SIZE + 1);
    for (int i = 0; i < SIZE; i++)
        value[i] = (char)('a' + i % 26);
    value[SIZE] = '\0';
    struct result *result =
        connection_query(fixture->memory, connection, PARAMETERS(value), fixture->error, "SELECT $1::text");
    fixture_expect(fixture, result);
    assert_true(!strcmp(result_value(result), value));
}

static void test_query_result_outlives_the_connection(void **state)
{
    struct fixture *fixture = *state;
    struct connection *connection = fixture_connect(fixture);
    struct result *result =
        connection_query(fixture->memory, connection, NO_PARAMETERS, fixture->error, "SELECT 'still'");
    talloc_free(connection);
    assert_string_equal(result_value(result), "still");
}

static void test_query_leaves_nothing_behind(void **state)
{
    struct fixture *fixture = *state;
    struct connection *connection = fixture_connect(fixture);
    size_t before = talloc_total_blocks(fixture->memory);
    for (int i = 0; i < 20; i++) {
        const char *tag = NULL;
        struct query queries[] = {{.sql = "SELECT 1"}, {.sql = "SELECT 1/0"}, {.sql = "SELECT 2"}};
        TALLOC_CTX *owner = talloc_new(fixture->memory);
        struct result *result = connection_query(owner, connection, NO_PARAMETERS, fixture->error, "SELECT 1");
        assert_non_null(result);
        assert_false(connection_execute(connection, NO_PARAMETERS, fixture->error, "SELECT 1/0"));
        assert_true(connection_run(owner, connection, "VALUES (1), (2)", NULL, 0, &tag, fixture->error));
        assert_false(connection_run(owner, connection, "COPY x FROM STDIN", "1\n", 2, &tag, fixture->error));
        assert_false(connection_pipeline(owner, connection, queries, countof(queries), NULL, fixture->error));
        talloc_free(owner);
        error_clear(fixture->error);
    }
    assert_int_equal(talloc_total_blocks(fixture->memory), before);
}

/* ---- notices ---- */

struct heard {
    int count;
    char severity[16], sqlstate[8], message[64], detail[64], hint[64];
};

static void hear(void *listener, const struct notice *notice)
{
    struct heard *heard = listener;
    heard->count++;
    snprintf(heard->severity, sizeof heard->severity, "%s", notice->severity);
    snprintf(heard->sqlstate, sizeof heard->sqlstate, "%s", notice->sqlstate);
    snprintf(heard->message, sizeof heard->message, "%s", notice->message);
    snprintf(heard->detail, sizeof heard->detail, "%s", notice->detail ? notice->detail : "-");
    snprintf(heard->hint, sizeof heard->hint, "%s", notice->hint ? notice->hint : "-");
}

static void test_notice_is_heard_with_its_fields(void **state)
{
    struct fixture *fixture = *state;
    struct connection *connection = fixture_connect(fixture);
    struct heard heard = {0};
    connection_set_listener(connection, hear, &heard);
    fixture_execute(fixture, connection,
                    "DO $$ BEGIN RAISE WARNING 'look' USING errcode = '01ABC', detail = 'here', hint = 'Now.'; END $$");
    assert_int_equal(heard.count, 1);
    assert_string_equal(heard.severity, "WARNING");
    assert_string_equal(heard.sqlstate, "01ABC");
    assert_string_equal(heard.message, "look");
    assert_string_equal(heard.detail, "here");
    assert_string_equal(heard.hint, "Now.");
    fixture_execute(fixture, connection, "DROP TABLE IF EXISTS nothing");
    assert_int_equal(heard.count, 2);
    assert_string_equal(heard.severity, "NOTICE");
    assert_string_equal(heard.sqlstate, "00000");
    assert_string_equal(heard.detail, "-");
    connection_set_listener(connection, NULL, NULL);
    fixture_execute(fixture, connection, "DROP TABLE IF EXISTS nothing");
    assert_int_equal(heard.count, 2);
}

/* libpq's own receiver would print; a server may warn before anybody can have set a listener. */
static void test_notice_while_connecting_is_not_printed(void **state)
{
    struct fixture *fixture = *state;
    char printed[256] = "", path[] = "/tmp/" TEST_DIRECTORY_PREFIX "XXXXXX";
    fixture_elsewhere(fixture, "UPDATE pg_database SET datcollversion = '0' WHERE datname = 'test'");
    int saved = dup(STDERR_FILENO), file = mkstemp(path);
    unlink(path);
    dup2(file, STDERR_FILENO);
    struct connection_options options = {.connect_timeout_ms = FIXTURE_PATIENCE_MS};
    struct connection *connection = connection_open(fixture->memory, fixture->target, &options, fixture->error);
    dup2(saved, STDERR_FILENO);
    close(saved);
    test_server_execute(fixture->server, "postgres",
                        "UPDATE pg_database SET datcollversion = NULL WHERE datname = 'test'");
    ssize_t size = pread(file, printed, sizeof printed - 1, 0);
    close(file);
    fixture_expect(fixture, connection);
    assert_int_equal(size, 0);
    assert_string_equal(printed, "");
}

/* ---- statements of files, COPY ---- */

static void test_run_gives_the_tag(void **state)
{
    static const struct {
        const char *sql, *tag;
    } cases[] = {
        {"CREATE TEMP TABLE tags (a int)", "CREATE TABLE"},
        {"INSERT INTO tags VALUES (1), (2)", "INSERT 0 2"},
        {"SELECT * FROM tags", "SELECT 2"},
        {"VALUES (1), (2), (3)", "SELECT 3"},
        {"UPDATE tags SET a = 1 RETURNING a", "UPDATE 2"},
        {"-- nothing", ""},
        {"DO $$ BEGIN END $$", "DO"},
        {"COPY tags TO STDOUT", "COPY 2"},
    };
    struct fixture *fixture = *state;
    struct connection *connection = fixture_connect(fixture);
    for (size_t i = 0; i < countof(cases); i++) {
        const char *tag = NULL;
        fixture_expect(fixture,
                       connection_run(fixture->memory, connection, cases[i].sql, NULL, 0, &tag, fixture->error));
        assert_string_equal(tag, cases[i].tag);
    }
}

static void test_run_does_not_hold_the_rows(void **state)
{
    struct fixture *fixture = *state;
    struct connection *connection = fixture_connect(fixture);
    struct rusage before, after;
    const char *tag = NULL;
    if (getenv("PGDECK_SANITIZED"))
        skip(); /* the sanitizer keeps what was freed */
    getrusage(RUSAGE_SELF, &before);
    fixture_expect(fixture, connection_run(fixture->memory, connection,
                                           "SELECT repeat('x', 1000) FROM generate_series(1, 100000)", NULL, 0, &tag,
                                           fixture->error));
    getrusage(RUSAGE_SELF, &after);
    assert_string_equal(tag, "SELECT 100000");
    assert_true(after.ru_maxrss - before.ru_maxrss < 40 * 1024);
}

/* libpq keeps the row by row mode for what comes next. */
static void test_run_does_not_disturb_what_follows(void **state)
{
    struct fixture *fixture = *state;
    struct connection *connection = fixture_connect(fixture);
    const char *tag = NULL;
    for (int i = 0; i < 3; i++) {
        struct query queries[] = {{.sql = "SELECT generate_series(1, 3)"}, {.sql = "SELECT generate_series(1, 4)"}};
        fixture_expect(fixture, connection_run(fixture->memory, connection, "SELECT 1", NULL, 0, &tag, fixture->error));
        if (i == 1)
            assert_string_equal(fixture_ask(fixture, connection, "SELECT count(*) FROM generate_series(1, 9)"), "9");
        fixture_expect(fixture, connection_pipeline(fixture->memory, connection, queries, 2, NULL, fixture->error));
        assert_int_equal(result_row_count(queries[0].result), 3);
        assert_int_equal(result_row_count(queries[1].result), 4);
    }
}

static void test_run_copy_in_with_its_data(void **state)
{
    struct fixture *fixture = *state;
    struct connection *connection = fixture_connect(fixture);
    const char *tag = NULL;
    enum { LINES = 200000 };
    char *data = talloc_size(fixture->memory, LINES * 32);
    size_t size = 0;
    for (int i = 0; i < LINES; i++)
        size += (size_t)snprintf(data + size, 32, "%d\tvalue %d\n", i, i);
    fixture_execute(fixture, connection, "CREATE TEMP TABLE c (a int, b text)");
    fixture_expect(fixture,
                   connection_run(fixture->memory, connection, "COPY c FROM STDIN", data, size, &tag, fixture->error));
    assert_string_equal(tag, "COPY 200000");
    assert_string_equal(fixture_ask(fixture, connection, "SELECT concat_ws(' ', sum(a), count(DISTINCT b)) FROM c"),
                        "19999900000 200000");
    fixture_expect(fixture,
                   connection_run(fixture->memory, connection, "COPY c FROM STDIN", "", 0, &tag, fixture->error));
    assert_string_equal(tag, "COPY 0");
}

static void test_run_copy_in_of_bad_data_is_an_error_with_its_line(void **state)
{
    struct fixture *fixture = *state;
    struct connection *connection = fixture_connect(fixture);
    const char *tag = "before", *data = "1\n2\nthree\n4\n";
    fixture_execute(fixture, connection, "CREATE TEMP TABLE c (a int)");
    fixture_expect_error(
        fixture,
        connection_run(fixture->memory, connection, "COPY c FROM STDIN", data, strlen(data), &tag, fixture->error),
        ERROR_STATEMENT, "22P02");
    assert_non_null(strstr(fixture->error->context, "line 3"));
    assert_string_equal(tag, "before");
    assert_string_equal(fixture_ask(fixture, connection, "SELECT count(*) FROM c"), "0");
}

static void test_run_copy_in_without_data_is_refused(void **state)
{
    struct fixture *fixture = *state;
    struct connection *connection = fixture_connect(fixture);
    const char *tag = NULL;
    fixture_execute(fixture, connection, "CREATE TEMP TABLE c (a int)");
    fixture_expect_error(
        fixture, connection_run(fixture->memory, connection, "COPY c FROM STDIN", NULL, 0, &tag, fixture->error),
        ERROR_STATEMENT, "57014");
    assert_int_equal(connection_state(connection), STATE_IDLE);
    assert_string_equal(fixture_ask(fixture, connection, "SELECT 'usable'"), "usable");
}

static void test_run_copy_out_is_drained(void **state)
{
    struct fixture *fixture = *state;
    struct connection *connection = fixture_connect(fixture);
    const char *tag = NULL;
    fixture_expect(fixture, connection_run(fixture->memory, connection,
                                           "COPY (SELECT repeat('x', 100) FROM generate_series(1, 100000)) TO STDOUT",
                                           NULL, 0, &tag, fixture->error));
    assert_string_equal(tag, "COPY 100000");
    fixture_expect_error(fixture,
                         connection_run(fixture->memory, connection,
                                        "COPY (SELECT 1 / (3 - n) FROM generate_series(1, 5) n) TO STDOUT", NULL, 0,
                                        &tag, fixture->error),
                         ERROR_STATEMENT, "22012");
    assert_string_equal(fixture_ask(fixture, connection, "SELECT 'usable'"), "usable");
}

static void test_query_refuses_copy(void **state)
{
    static const struct {
        const char *sql, *sqlstate;
    } cases[] = {
        {"COPY c FROM STDIN", "57014"},
        {"COPY c TO STDOUT", ""},
        {"COPY (SELECT generate_series(1, 50000)) TO STDOUT", ""},
        {"COPY (SELECT 1 / 0) TO STDOUT", "22012"},
    };
    struct fixture *fixture = *state;
    struct connection *connection = fixture_connect(fixture);
    fixture_execute(fixture, connection, "CREATE TEMP TABLE c (a int)");
    for (size_t i = 0; i < countof(cases); i++) {
        struct result *result =
            connection_query(fixture->memory, connection, NO_PARAMETERS, fixture->error, cases[i].sql);
        fixture_expect_error(fixture, result, ERROR_STATEMENT, cases[i].sqlstate);
        assert_int_equal(connection_state(connection), STATE_IDLE);
        assert_string_equal(fixture_ask(fixture, connection, "SELECT 'usable'"), "usable");
    }
}

/* ---- pipelines ---- */

static void test_pipeline_gives_all_results(void **state)
{
    struct fixture *fixture = *state;
    struct connection *connection = fixture_connect(fixture);
    struct query queries[] = {
        {.sql = "CREATE TEMP TABLE p (a int)"},
        {.sql = "INSERT INTO p SELECT generate_series(1, $1::int)", .parameters = PARAMETERS("7")},
        {.sql = "SELECT count(*) FROM p"},
        {.sql = ""},
    };
    size_t failed = 99;
    fixture_expect(
        fixture, connection_pipeline(fixture->memory, connection, queries, countof(queries), &failed, fixture->error));
    assert_string_equal(result_tag(queries[0].result), "CREATE TABLE");
    assert_int_equal(result_affected(queries[1].result), 7);
    assert_string_equal(result_value(queries[2].result), "7");
    assert_non_null(queries[3].result);
    assert_int_equal(failed, 99);
    assert_int_equal(connection_state(connection), STATE_IDLE);
    fixture_expect(fixture, connection_pipeline(fixture->memory, connection, queries, 0, NULL, fixture->error));
}

static void test_pipeline_failure_in_the_middle(void **state)
{
    struct fixture *fixture = *state;
    struct connection *connection = fixture_connect(fixture);
    fixture_execute(fixture, connection, "CREATE TEMP TABLE p (a int)");
    for (int i = 0; i < 3; i++) {
        struct query queries[] = {
            {.sql = "INSERT INTO p VALUES (1)"},
            {.sql = "SELECT 1/0", .result = (struct result *)fixture}, /* what an earlier run left there */
            {.sql = "INSERT INTO p VALUES (2)", .result = (struct result *)fixture},
        };
        size_t failed = 99;
        fixture_expect_error(
            fixture,
            connection_pipeline(fixture->memory, connection, queries, countof(queries), &failed, fixture->error),
            ERROR_STATEMENT, "22012");
        assert_int_equal(failed, 1);
        assert_string_equal(result_tag(queries[0].result), "INSERT 0 1");
        assert_null(queries[1].result);
        assert_null(queries[2].result);
        assert_false(fixture->error->is_connection_lost);
        assert_int_equal(connection_state(connection), STATE_IDLE);
        assert_string_equal(fixture_ask(fixture, connection, "SELECT count(*) FROM p"), "0");
    }
}

static void test_pipeline_of_large_values_does_not_stall(void **state)
{
    struct fixture *fixture = *state;
    struct connection *connection = fixture_connect(fixture);
    char *value = talloc_zero_size(fixture->memory, (3 << 20) + 1);
    memset(value, 'x', 3 << 20);
    struct parameters parameters = PARAMETERS(value);
    struct query queries[6];
    for (size_t i = 0; i < countof(queries); i++)
        queries[i] = (struct query){.sql = "SELECT $1::text", .parameters = parameters};
    fixture_expect(fixture,
                   connection_pipeline(fixture->memory, connection, queries, countof(queries), NULL, fixture->error));
    for (size_t i = 0; i < countof(queries); i++)
        assert_int_equal(strlen(result_value(queries[i].result)), 3 << 20);
}

static void test_pipeline_refuses_copy(void **state)
{
    static const char *const copies[] = {"COPY c FROM STDIN", "COPY c TO STDOUT",
                                         "COPY (SELECT generate_series(1, 50000)) TO STDOUT"};
    struct fixture *fixture = *state;
    fixture_elsewhere(fixture, "CREATE TABLE c (a int); INSERT INTO c VALUES (1)");
    for (size_t i = 0; i < countof(copies); i++) {
        struct connection *connection = fixture_connect(fixture);
        struct query queries[] = {{.sql = "SELECT 1"}, {.sql = copies[i]}, {.sql = "SELECT 2"}};
        size_t failed = 99;
        fixture_expect_error(
            fixture,
            connection_pipeline(fixture->memory, connection, queries, countof(queries), &failed, fixture->error),
            ERROR_CONNECTION, "");
        assert_int_equal(failed, 1);
        assert_non_null(strstr(fixture->error->message, "COPY"));
        assert_int_equal(connection_state(connection), STATE_LOST);
    }
    fixture_elsewhere(fixture, "DROP TABLE c");
}

static void test_post_is_answered_before_the_next(void **state)
{
    struct fixture *fixture = *state;
    struct connection *connection = fixture_connect(fixture);
    fixture_execute(fixture, connection, "CREATE TEMP TABLE posted (a int)");
    struct query query = {.sql = "INSERT INTO posted VALUES ($1)", .parameters = PARAMETERS("1")};
    for (int i = 0; i < 3; i++)
        fixture_expect(fixture, connection_post(connection, &query, fixture->error));
    assert_string_equal(fixture_ask(fixture, connection, "SELECT count(*) FROM posted"), "3");
    struct query wrong = {.sql = "INSERT INTO posted VALUES (1/0)"};
    fixture_expect(fixture, connection_post(connection, &wrong, fixture->error));
    fixture_expect_error(fixture, connection_execute(connection, NO_PARAMETERS, fixture->error, "SELECT 1"),
                         ERROR_STATEMENT, "22012");
    assert_string_equal(fixture_ask(fixture, connection, "SELECT count(*) FROM posted"), "3");
}

/* ---- what a connection tells ---- */

static void test_state_follows_the_transaction(void **state)
{
    struct fixture *fixture = *state;
    struct connection *connection = fixture_connect(fixture);
    assert_int_equal(connection_state(connection), STATE_IDLE);
    fixture_execute(fixture, connection, "BEGIN");
    assert_int_equal(connection_state(connection), STATE_IN_TRANSACTION);
    assert_false(connection_execute(connection, NO_PARAMETERS, fixture->error, "SELECT 1/0"));
    assert_int_equal(connection_state(connection), STATE_FAILED_TRANSACTION);
    fixture_execute(fixture, connection, "ROLLBACK");
    assert_int_equal(connection_state(connection), STATE_IDLE);
    connection_abandon(connection);
    connection_abandon(connection);
    assert_int_equal(connection_state(connection), STATE_LOST);
    assert_int_equal(connection_socket(connection), -1);
    assert_string_equal(connection_parameter(connection, "server_version"), "");
}

static void test_connection_describes_itself(void **state)
{
    struct fixture *fixture = *state;
    struct connection *connection = fixture_connect(fixture);
    assert_string_equal(fixture_ask(fixture, connection, "SELECT pg_backend_pid()"),
                        talloc_asprintf(fixture->memory, "%d", connection_backend_pid(connection)));
    assert_string_equal(fixture_ask(fixture, connection, "SHOW server_version_num"),
                        talloc_asprintf(fixture->memory, "%d", connection_server_version(connection)));
    assert_string_equal(fixture_ask(fixture, connection, "SHOW server_version"),
                        connection_parameter(connection, "server_version"));
    assert_string_equal(connection_parameter(connection, "client_encoding"), "UTF8");
    assert_string_equal(connection_parameter(connection, "no such thing"), "");
    assert_string_equal(fixture_ask(fixture, connection, "SHOW application_name"), "test");
    assert_ptr_equal(connection_target(connection), fixture->target);
}

/* ---- secrets ---- */

static void expect_no_secret(const struct error *error)
{
    const char *const texts[] = {error->message, error->detail, error->hint, error->context};
    for (size_t i = 0; i < countof(texts); i++)
        if (texts[i])
            assert_null(strstr(texts[i], "s3cr"));
}

static void test_password_is_in_no_error_of_a_statement(void **state)
{
    static const char *const statements[] = {
        "SELECT $1::int",
        "DO $$ BEGIN RAISE EXCEPTION 'it is s3cr''et pass' USING detail = 'd s3cr''et pass', hint = 's3cr%27et%20pass'; END $$",
        "CREATE ROLE r PASSWORD 's3cr''et pass' NOSUCHOPTION",
        "SELECT 's3cr''et pass'::int",
    };
    struct fixture *fixture = *state;
    struct target *target = fixture_target(fixture, "password='s3cr\\'et pass'");
    struct connection_options options = {.connect_timeout_ms = FIXTURE_PATIENCE_MS};
    struct connection *connection = connection_open(fixture->memory, target, &options, fixture->error);
    fixture_expect(fixture, connection);
    assert_string_equal(target->password, PASSWORD);
    for (size_t i = 0; i < countof(statements); i++) {
        assert_false(connection_execute(connection, i == 0 ? PARAMETERS(PASSWORD) : NO_PARAMETERS, fixture->error,
                                        statements[i]));
        assert_int_equal(fixture->error->code, ERROR_STATEMENT);
        expect_no_secret(fixture->error);
    }
    struct heard heard = {0};
    connection_set_listener(connection, hear, &heard);
    fixture_execute(fixture, connection, "DO $$ BEGIN RAISE NOTICE 's3cr''et pass'; END $$");
    assert_int_equal(heard.count, 1);
    assert_string_equal(heard.message, "***");
}

static void test_password_is_in_no_error_of_connecting(void **state)
{
    static const char *const strings[] = {
        "host=/nonexistent user=u dbname=d password='s3cr\\'et pass'",
        "postgresql://u:s3cr'et%20pass@127.0.0.1:1/d",
        "postgresql://u:s3cr'et%20pass@no-such-host.invalid/d",
        "host=%s user=postgres dbname='no such s3cr\\'et pass' password='s3cr\\'et pass'",
        "host=%s user='s3cr\\'et pass' dbname=test password='s3cr\\'et pass'",
    };
    struct fixture *fixture = *state;
    for (size_t i = 0; i < countof(strings); i++) {
        const char *mark = strstr(strings[i], "%s");
        char *text = mark ? talloc_asprintf(fixture->memory, "host=%s%s", test_server_host(fixture->server), mark + 2)
                          : talloc_strdup(fixture->memory, strings[i]);
        struct target *target = target_parse(fixture->memory, text, fixture->error);
        fixture_expect(fixture, target);
        struct connection_options options = {.connect_timeout_ms = FIXTURE_PATIENCE_MS};
        assert_null(connection_open(fixture->memory, target, &options, fixture->error));
        assert_int_equal(fixture->error->code, ERROR_CONNECTION);
        if (i < 3)
            expect_no_secret(fixture->error);
        else /* a name that is the password cannot be told from it in libpq's part */
            assert_non_null(strstr(fixture->error->message, "***"));
    }
}

/* More than talloc gives at once, and a secret where the text is cut. */
static void test_error_of_hundred_megabytes_is_cut(void **state)
{
    struct fixture *fixture = *state;
    struct target *target = fixture_target(fixture, "password='s3cr\\'et pass'");
    struct connection_options options = {.connect_timeout_ms = FIXTURE_PATIENCE_MS};
    struct connection *connection = connection_open(fixture->memory, target, &options, fixture->error);
    fixture_expect(fixture, connection);
    assert_false(connection_execute(
        connection, NO_PARAMETERS, fixture->error,
        "DO $$ BEGIN RAISE EXCEPTION '%', repeat('x', 65530) || 's3cr''et pass' || repeat('x', 90000000); END $$"));
    assert_int_equal(fixture->error->code, ERROR_STATEMENT);
    assert_true(strlen(fixture->error->message) < 70000);
    expect_no_secret(fixture->error);
    assert_string_equal(fixture_ask(fixture, connection, "SELECT 'usable'"), "usable");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(test_bind_is_by_name_in_the_servers_order),
        FIXTURE_TEST(test_bind_nulls),
        FIXTURE_TEST(test_bind_no_rows_is_no_failure),
        FIXTURE_TEST(test_bind_largest_integers),
        FIXTURE_TEST(test_bind_refuses_what_does_not_match),
        FIXTURE_TEST(test_bind_one_wants_exactly_one_row),
        FIXTURE_TEST(test_bind_one_leaves_other_members_alone),
        FIXTURE_TEST(test_query_parameters_are_values),
        FIXTURE_TEST(test_query_shape_of_a_result),
        FIXTURE_TEST(test_query_refuses_two_statements),
        FIXTURE_TEST(test_query_error_has_the_servers_fields),
        FIXTURE_TEST(test_query_of_five_megabytes_both_ways),
        FIXTURE_TEST(test_query_result_outlives_the_connection),
        FIXTURE_TEST(test_query_leaves_nothing_behind),
        FIXTURE_TEST(test_notice_is_heard_with_its_fields),
        FIXTURE_TEST(test_notice_while_connecting_is_not_printed),
        FIXTURE_TEST(test_run_gives_the_tag),
        FIXTURE_TEST(test_run_does_not_hold_the_rows),
        FIXTURE_TEST(test_run_does_not_disturb_what_follows),
        FIXTURE_TEST(test_run_copy_in_with_its_data),
        FIXTURE_TEST(test_run_copy_in_of_bad_data_is_an_error_with_its_line),
        FIXTURE_TEST(test_run_copy_in_without_data_is_refused),
        FIXTURE_TEST(test_run_copy_out_is_drained),
        FIXTURE_TEST(test_query_refuses_copy),
        FIXTURE_TEST(test_pipeline_gives_all_results),
        FIXTURE_TEST(test_pipeline_failure_in_the_middle),
        FIXTURE_TEST(test_pipeline_of_large_values_does_not_stall),
        FIXTURE_TEST(test_pipeline_refuses_copy),
        FIXTURE_TEST(test_post_is_answered_before_the_next),
        FIXTURE_TEST(test_state_follows_the_transaction),
        FIXTURE_TEST(test_connection_describes_itself),
        FIXTURE_TEST(test_password_is_in_no_error_of_a_statement),
        FIXTURE_TEST(test_password_is_in_no_error_of_connecting),
        FIXTURE_TEST(test_error_of_hundred_megabytes_is_cut),
    };
    return cmocka_run_group_tests(tests, fixture_open_group, fixture_close_group);
}
