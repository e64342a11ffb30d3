/* What pages cost, told by the server and by the wire, never by a clock: bounded statements, bounded bytes, and no more
 * for page n than for page 1. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <malloc.h>

#include "store/entity/page.h"
#include "store/entity/write.h"
#include "store/pool.h"
#include "store/session.h"
#include "tests/lib/fixture.h"
#include "tests/lib/proxy.h"

static struct connection *connect_to(struct fixture *fixture, const struct target *target)
{
    struct pool *pool = pool_new(fixture->memory, target, fixture_settings(fixture, NULL), POOL_READ_WRITE, "entity");
    struct session *session = session_open(fixture->memory, pool, NULL, fixture->error);
    fixture_expect(fixture, session);
    return session->connection;
}

static struct connection *with_schema(struct fixture *fixture, const char *statements)
{
    fixture_elsewhere(fixture, "DROP SCHEMA IF EXISTS app CASCADE; CREATE SCHEMA app");
    fixture_elsewhere(fixture, talloc_asprintf(fixture->memory, "SET search_path = app; %s", statements));
    fixture_elsewhere(fixture, "ANALYZE");
    return connect_to(fixture, fixture->target);
}

static struct entity *open_entity(struct fixture *fixture, struct connection *connection, const char *word)
{
    struct entity *entity = entity_open(fixture->memory, connection, NULL, word, fixture->error);
    fixture_expect(fixture, entity);
    return entity;
}

static struct entity_page *read_page(struct fixture *fixture, struct connection *connection,
                                     const struct entity *entity, const struct entity_query *query)
{
    struct entity_page *page = entity_page_read(fixture->memory, connection, entity, query, fixture->error);
    fixture_expect(fixture, page);
    return page;
}

/* ---- what the server does ---- */

/* Blocks that the server touched for all statements since it was set to zero, as auto_explain tells. */
struct effort {
    long blocks;
    bool has_scan; /* of a whole table */
};

static void hear_plan(void *listener, const struct notice *notice)
{
    struct effort *effort = listener;
    const char *buffers = strstr(notice->message, "Buffers: shared"), *hit = buffers ? strstr(buffers, "hit=") : NULL;
    const char *read = buffers ? strstr(buffers, "read=") : NULL;
    const char *end = buffers ? buffers + strcspn(buffers, "\n") : NULL;
    effort->blocks += hit && hit < end ? strtol(hit + 4, NULL, 10) : 0;
    effort->blocks += read && read < end ? strtol(read + 5, NULL, 10) : 0;
    effort->has_scan = effort->has_scan || strstr(notice->message, "Seq Scan");
}

static void explain_from_now_on(struct fixture *fixture, struct connection *connection, struct effort *effort)
{
    fixture_execute(fixture, connection, "LOAD 'auto_explain'");
    fixture_execute(fixture, connection, "SET auto_explain.log_level = notice");
    fixture_execute(fixture, connection, "SET auto_explain.log_analyze = on");
    fixture_execute(fixture, connection, "SET auto_explain.log_buffers = on");
    fixture_execute(fixture, connection, "SET auto_explain.log_min_duration = 0");
    connection_set_listener(connection, hear_plan, effort);
}

static void test_page_n_costs_what_page_1_costs(void **state)
{
    struct fixture *fixture = *state;
    struct connection *connection = with_schema(
        fixture,
        "CREATE TABLE t (id int, part text, n int, PRIMARY KEY (part, id)); CREATE INDEX ON t (n, part, id);"
        "INSERT INTO t SELECT i, 'p' || i % 7, CASE WHEN i % 3 > 0 THEN i % 50 END FROM generate_series(1, 6000) AS i ORDER BY md5(i::text);");
    struct entity *entity = open_entity(fixture, connection, "app.t");
    static const struct {
        const char *sort;
        int order;
    } ways[] = {{NULL, SORT_ASCENDING}, {NULL, SORT_DESCENDING}, {"n", SORT_ASCENDING}, {"n", SORT_DESCENDING}};
    struct effort effort = {0};
    explain_from_now_on(fixture, connection, &effort);
    for (size_t i = 0; i < countof(ways); i++) {
        struct entity_query query = {.limit = 50,
                                     .sort = ways[i].sort ? entity_column_find(entity, ways[i].sort) : NULL};
        query.order = ways[i].order ? SORT_DESCENDING : SORT_ASCENDING;
        long first = 0, most = 0;
        size_t pages = 0, rows = 0;
        for (bool has_more = true; has_more; pages++) {
            effort = (struct effort){0};
            struct entity_page *page = read_page(fixture, connection, entity, &query);
            first = pages ? first : effort.blocks;
            most = effort.blocks > most ? effort.blocks : most;
            assert_false(effort.has_scan);
            rows += page->count;
            has_more = page->has_more;
            query.cursor = page->last;
        }
        assert_int_equal(rows, 6000);
        assert_int_equal(pages, 120);
        assert_true(first > 0);
        /* A page across the end of a value takes two or three statements; small ones the planner may sort. */
        if (most > 2 * first + 16)
            fail_msg("a page of sort %zu took %ld blocks, the first one %ld", i, most, first);
    }
    connection_set_listener(connection, NULL, NULL);
}

static char *read_log(struct fixture *fixture)
{
    FILE *file = fopen(talloc_asprintf(fixture->memory, "%s/log", test_server_host(fixture->server)), "r");
    assert_non_null(file);
    char *text = talloc_strdup(fixture->memory, ""), buffer[8192];
    for (size_t size; (size = fread(buffer, 1, sizeof buffer, file)) > 0;)
        text = talloc_strndup_append_buffer(text, buffer, size);
    fclose(file);
    return text;
}

static void test_page_is_bounded_in_the_servers_log(void **state)
{
    struct fixture *fixture = *state;
    struct connection *connection = with_schema(
        fixture, "CREATE TABLE t (id int PRIMARY KEY, s text); INSERT INTO t SELECT generate_series(1, 500);"
                 "CREATE TABLE h (a int); CREATE VIEW v AS SELECT s FROM t;");
    static const char *const words[] = {"app.t", "app.h", "app.v"};
    fixture_execute(fixture, connection, "SET log_min_messages = log");
    fixture_execute(fixture, connection, "SET log_statement = 'all'");
    for (size_t i = 0; i < countof(words); i++) {
        struct entity *entity = open_entity(fixture, connection, words[i]);
        struct entity_query query = {.limit = 40, .sort = &entity->columns[entity->column_count - 1]};
        for (int page = 0; page < 3; page++)
            query.cursor = read_page(fixture, connection, entity, &query)->last;
    }
    char *log = read_log(fixture);
    int found = 0;
    for (char *line = log; (line = strstr(line, "FROM \"app\".")); line++) {
        char *text = talloc_strndup(fixture->memory, line, strcspn(line, "\n"));
        char *limit = strstr(text, " LIMIT ");
        found++;
        if (!limit || strtol(limit + 7, NULL, 10) > 41 + 80) /* ties that were passed are asked for again */
            fail_msg("not bounded: %s", text);
    }
    assert_true(found >= 7);
}

/* ---- what comes over the wire ---- */

static void test_page_of_long_values_is_small_on_the_wire(void **state)
{
    struct fixture *fixture = *state;
    with_schema(fixture, "CREATE TABLE t (id int PRIMARY KEY, s text, b bytea, j jsonb);"
                         "INSERT INTO t SELECT i, repeat('long ', 20000), decode(repeat('ff', 50000), 'hex'),"
                         " jsonb_build_object('k', repeat('v', 100000)) FROM generate_series(1, 60) AS i;");
    struct proxy *proxy = proxy_start(fixture->memory, test_server_host(fixture->server));
    struct connection *connection = connect_to(
        fixture, fixture_target(fixture, talloc_asprintf(fixture->memory, "host=%s", proxy_directory(proxy))));
    struct entity *entity = open_entity(fixture, connection, "app.t");
    struct entity_query query = {.limit = 50, .cell_characters = 60};
    long before = proxy_bytes(proxy, PROXY_TO_CLIENT);
    struct entity_page *page = read_page(fixture, connection, entity, &query);
    long bytes = proxy_bytes(proxy, PROXY_TO_CLIENT) - before;
    assert_int_equal(page->count, 50);
    assert_true(page->has_more);
    assert_true(bytes > 51 * 3 * 61);
    assert_true(bytes < 51 * (3 * 61 + 100) + 1000);
    talloc_free(proxy);
}

static bool look_at_memory(void *listener, const struct entity_row *row, struct error *error UNUSED)
{
    size_t *most = listener;
    struct mallinfo2 now = mallinfo2();
    size_t used = now.uordblks + now.hblkhd;
    assert_int_equal(strlen(entity_cell(row, 1)), 5000000);
    *most = used > *most ? used : *most;
    return true;
}

static void test_scan_of_wide_rows_holds_one_of_them(void **state)
{
    struct fixture *fixture = *state;
    struct connection *connection =
        with_schema(fixture, "CREATE TABLE t (id int PRIMARY KEY, s text);"
                             "INSERT INTO t SELECT i, repeat('x', 5000000) FROM generate_series(1, 20) AS i;");
    struct entity *entity = open_entity(fixture, connection, "app.t");
    if (getenv("PGDECK_SANITIZED"))
        skip(); /* its allocator tells nothing */
    struct mallinfo2 before = mallinfo2();
    size_t most = 0;
    const char *next;
    fixture_expect(fixture, entity_scan(fixture->memory, connection, entity, &(struct entity_query){0}, look_at_memory,
                                        &most, &next, fixture->error));
    assert_true(most > 0);
    assert_true(most - before.uordblks - before.hblkhd < 40000000); /* of a hundred million */
}

/* Rows of a table and of one that inherits from it may have one key, or one place. */
static void test_pages_of_inherited_rows_lose_none(void **state)
{
    struct fixture *fixture = *state;
    struct connection *connection =
        with_schema(fixture, "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE c () INHERITS (p);"
                             "INSERT INTO p VALUES (1), (2); INSERT INTO c VALUES (1), (2), (2);"
                             "CREATE TABLE h (id int); CREATE TABLE hc () INHERITS (h);"
                             "INSERT INTO h VALUES (1), (2); INSERT INTO hc VALUES (3), (4);");
    static const char *const words[] = {"app.p", "app.h"};
    static const size_t counts[] = {5, 4};
    for (size_t i = 0; i < countof(words); i++) {
        struct entity *entity = open_entity(fixture, connection, words[i]);
        struct entity_query query = {.limit = 1};
        size_t rows = 0;
        for (bool has_more = true; has_more && rows < 9; rows++) {
            struct entity_page *page = read_page(fixture, connection, entity, &query);
            has_more = page->has_more;
            query.cursor = page->last;
        }
        assert_int_equal(rows, counts[i]);
    }
}

/* ---- one of ten thousand ---- */

static void test_opening_one_of_many_tables_asks_for_that_one(void **state)
{
    struct fixture *fixture = *state;
    struct connection *connection = with_schema(
        fixture,
        "CREATE TABLE parent (id int PRIMARY KEY); DO $$ BEGIN FOR i IN 1..600 LOOP EXECUTE format('CREATE TABLE"
        " app.t%s (id int PRIMARY KEY, p int REFERENCES app.parent)', i); END LOOP; END $$");
    struct effort effort = {0};
    struct entity *warm = open_entity(fixture, connection, "app.t7");
    assert_int_equal(warm->relationship_count, 1);
    explain_from_now_on(fixture, connection, &effort);
    open_entity(fixture, connection, "app.t534");
    assert_true(effort.blocks > 0 && effort.blocks < 600); /* of many thousand that the catalog has */
    connection_set_listener(connection, NULL, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(test_page_n_costs_what_page_1_costs),
        FIXTURE_TEST(test_page_is_bounded_in_the_servers_log),
        FIXTURE_TEST(test_page_of_long_values_is_small_on_the_wire),
        FIXTURE_TEST(test_scan_of_wide_rows_holds_one_of_them),
        FIXTURE_TEST(test_pages_of_inherited_rows_lose_none),
        FIXTURE_TEST(test_opening_one_of_many_tables_asks_for_that_one),
    };
    return cmocka_run_group_tests_name("entity pages", tests, fixture_open_group, fixture_close_group);
}
