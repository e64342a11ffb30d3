/* Entities: what the catalog and the models say of them, pages, and writes with what goes along. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "store/entity/write.h"
#include "store/pool.h"
#include "store/session.h"
#include "tests/lib/fixture.h"

/* ---- arranging ---- */

static struct connection *connect(struct fixture *fixture)
{
    struct pool *pool =
        pool_new(fixture->memory, fixture->target, fixture_settings(fixture, NULL), POOL_READ_WRITE, "entity");
    struct session *session = session_open(fixture->memory, pool, NULL, fixture->error);
    fixture_expect(fixture, session);
    return session->connection;
}

static struct connection *with_schema(struct fixture *fixture, const char *statements)
{
    fixture_elsewhere(fixture, "DROP SCHEMA IF EXISTS app CASCADE; CREATE SCHEMA app");
    fixture_elsewhere(fixture, talloc_asprintf(fixture->memory, "SET search_path = app; %s", statements));
    return connect(fixture);
}

static struct entity *open_entity(struct fixture *fixture, struct connection *connection, const struct model *model,
                                  const char *word)
{
    struct entity *entity = entity_open(fixture->memory, connection, model, word, fixture->error);
    fixture_expect(fixture, entity);
    return entity;
}

static const struct model *read_model(struct fixture *fixture, const char *documents)
{
    struct model *model = model_parse(
        fixture->memory,
        &(struct model_input){
            .file = "m.yaml", .bytes = documents, .size_bytes = strlen(documents), .documents = MODEL_DOCUMENTS},
        1);
    fixture_expect(fixture, model_check(model, fixture->error));
    return model;
}

/* ---- what there is ---- */

static void test_entity_knows_key_soft_delete_label_and_relationships(void **state)
{
    struct fixture *fixture = *state;
    struct connection *connection = with_schema(
        fixture,
        "CREATE TABLE owner (id int PRIMARY KEY, name text NOT NULL, deleted_at timestamptz);"
        "CREATE TABLE pet (owner_id int REFERENCES owner, \"Tag\" text, is_deleted boolean NOT NULL DEFAULT false,"
        " PRIMARY KEY (\"Tag\", owner_id));");
    struct entity *owner = open_entity(fixture, connection, NULL, "app.owner");
    struct entity *pet = open_entity(fixture, connection, NULL, "pet");
    assert_string_equal(owner->name, "app.owner");
    assert_string_equal(owner->label->name, "name");
    assert_string_equal(owner->soft_delete->name, "deleted_at");
    assert_int_equal(owner->soft_delete_kind, SOFT_DELETE_TIME);
    assert_int_equal(owner->relationship_count, 1);
    assert_string_equal(owner->relationships[0].name, "pet");
    assert_int_equal(owner->relationships[0].kind, RELATIONSHIP_MANY);
    assert_int_equal(pet->key_count, 2);
    assert_string_equal(pet->key[0]->name, "Tag");
    assert_string_equal(pet->key[1]->name, "owner_id");
    assert_string_equal(pet->soft_delete->name, "is_deleted");
    assert_string_equal(pet->relationships[0].name, "owner");
    assert_int_equal(pet->relationships[0].kind, RELATIONSHIP_ONE);
    assert_null(pet->read_only);
}

static void test_entity_without_a_key_is_read_only_and_says_why(void **state)
{
    struct fixture *fixture = *state;
    struct connection *connection =
        with_schema(fixture, "CREATE TABLE heap (a int, b text); CREATE VIEW v AS SELECT a FROM heap;");
    struct entity *heap = open_entity(fixture, connection, NULL, "app.heap");
    struct entity *view = open_entity(fixture, connection, NULL, "app.v");
    assert_non_null(strstr(heap->read_only, "no primary key"));
    assert_non_null(strstr(view->read_only, "view"));
    struct entity_value value = {.column = &heap->columns[0], .text = "1"};
    struct entity_change change = {.what = WRITE_ADD, .values = &value, .value_count = 1};
    fixture_expect_error(fixture, entity_write(fixture->memory, connection, NULL, heap, &change, 1, fixture->error),
                         ERROR_REFUSED, "");
}

static void test_entity_that_is_not_there_names_the_nearest(void **state)
{
    struct fixture *fixture = *state;
    struct connection *connection = with_schema(fixture, "CREATE TABLE customers (id int PRIMARY KEY);");
    fixture_expect_error(fixture, entity_open(fixture->memory, connection, NULL, "app.customer", fixture->error),
                         ERROR_USAGE, "");
    assert_non_null(strstr(fixture->error->hint, "app.customers"));
}

static void test_entity_list_has_tables_views_and_estimates(void **state)
{
    struct fixture *fixture = *state;
    struct connection *connection = with_schema(
        fixture, "CREATE TABLE a (id int PRIMARY KEY); INSERT INTO a SELECT generate_series(1, 500); ANALYZE a;"
                 "CREATE VIEW b AS SELECT 1 AS x;"
                 "CREATE TABLE p (id int) PARTITION BY RANGE (id);"
                 "CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10);");
    size_t count;
    struct entity_summary *list = entity_list(fixture->memory, connection, NULL, &count, fixture->error);
    fixture_expect(fixture, list);
    assert_int_equal(count, 3); /* the partition is the partitioned table's */
    assert_string_equal(list[0].name, "app.a");
    assert_int_equal(list[0].rows_estimate, 500);
    assert_int_equal(list[1].kind, ENTITY_VIEW);
    assert_int_equal(list[2].kind, ENTITY_PARTITIONED);
}

/* Whoever is called because of a lock wants to see what there is. */
static void test_entity_list_does_not_wait_for_a_locked_table(void **state)
{
    struct fixture *fixture = *state;
    struct connection *connection = with_schema(
        fixture,
        "CREATE TABLE a (id int PRIMARY KEY, gone int); ALTER TABLE a DROP COLUMN gone; CREATE TABLE b (id int PRIMARY KEY);"
        "INSERT INTO a SELECT generate_series(1, 5000); ANALYZE a;");
    struct connection *other = fixture_connect(fixture);
    size_t count;
    fixture_execute(fixture, other, "BEGIN");
    fixture_execute(fixture, other, "LOCK TABLE app.a");
    fixture_execute(fixture, other, "REINDEX INDEX app.b_pkey");
    struct entity_summary *list = entity_list(fixture->memory, connection, NULL, &count, fixture->error);
    fixture_expect(fixture, list);
    fixture_execute(fixture, other, "ROLLBACK");
    assert_int_equal(count, 2);
    assert_true(list[0].size_bytes > 100000);
    assert_int_equal(list[0].column_count, 1);
}

/* ---- pages ---- */

/* The values of a column over all pages of `limit` rows, forward; then the same backward must be the reverse. */
static char *walk(struct fixture *fixture, struct connection *connection, const struct entity *entity,
                  struct entity_query query, size_t column)
{
    char *text = talloc_strdup(fixture->memory, "");
    for (const char *cursor = NULL;;) {
        query.cursor = cursor;
        struct entity_page *page = entity_page_read(fixture->memory, connection, entity, &query, fixture->error);
        fixture_expect(fixture, page);
        assert_true(page->count <= query.limit);
        char *part = talloc_strdup(fixture->memory, "");
        for (size_t i = 0; i < page->count; i++) {
            const char *value = entity_cell(&page->rows[i], column);
            part = talloc_asprintf_append(part, "%s ", value ? value : "-");
        }
        text = query.direction == PAGE_FORWARD ? talloc_asprintf(fixture->memory, "%s%s", text, part)
                                               : talloc_asprintf(fixture->memory, "%s%s", part, text);
        if (!page->has_more)
            return text;
        cursor = query.direction == PAGE_FORWARD ? page->last : page->first;
    }
}

static void assert_walks(struct fixture *fixture, struct connection *connection, const struct entity *entity,
                         struct entity_query query, size_t column, const char *expected)
{
    for (query.limit = 1; query.limit < 5; query.limit++) {
        query.direction = PAGE_FORWARD;
        assert_string_equal(walk(fixture, connection, entity, query, column), expected);
        query.direction = PAGE_BACKWARD;
        assert_string_equal(walk(fixture, connection, entity, query, column), expected);
    }
}

static void test_page_walks_both_ways_with_nulls_and_ties(void **state)
{
    struct fixture *fixture = *state;
    struct connection *connection =
        with_schema(fixture, "CREATE TABLE t (id int PRIMARY KEY, s text);"
                             "INSERT INTO t VALUES (1,'b'),(2,NULL),(3,'a'),(4,'b'),(5,NULL),(6,'a'),(7,'');");
    struct entity *entity = open_entity(fixture, connection, NULL, "app.t");
    struct entity_query query = {0};
    assert_walks(fixture, connection, entity, query, 0, "1 2 3 4 5 6 7 ");
    query.sort = entity_column_find(entity, "s");
    assert_walks(fixture, connection, entity, query, 0, "7 3 6 1 4 2 5 ");
    query.order = SORT_DESCENDING;
    assert_walks(fixture, connection, entity, query, 0, "5 2 4 1 6 3 7 ");
}

static void test_page_walks_a_composite_key_and_a_table_without_one(void **state)
{
    struct fixture *fixture = *state;
    struct connection *connection =
        with_schema(fixture, "CREATE TABLE c (a int, b text, n int, PRIMARY KEY (a, b));"
                             "INSERT INTO c VALUES (1,'x',1),(1,'y',2),(2,'a',3),(0,'z',0);"
                             "CREATE TABLE h (n int); INSERT INTO h VALUES (3),(1),(3),(2);");
    assert_walks(fixture, connection, open_entity(fixture, connection, NULL, "app.c"), (struct entity_query){0}, 2,
                 "0 1 2 3 ");
    assert_walks(fixture, connection, open_entity(fixture, connection, NULL, "app.h"), (struct entity_query){0}, 0,
                 "3 1 3 2 ");
}

static void test_page_of_a_view_with_equal_rows_loses_none(void **state)
{
    struct fixture *fixture = *state;
    struct connection *connection =
        with_schema(fixture, "CREATE VIEW v AS SELECT n / 4 AS n, 'x'::text AS s FROM generate_series(0, 10) AS n;");
    struct entity *view = open_entity(fixture, connection, NULL, "app.v");
    for (size_t limit = 1; limit < 6; limit++)
        assert_string_equal(walk(fixture, connection, view, (struct entity_query){.limit = limit}, 0),
                            "0 0 0 0 1 1 1 1 2 2 2 ");
    struct entity_query back = {.limit = 2, .direction = PAGE_BACKWARD};
    fixture_expect_error(fixture, entity_page_read(fixture->memory, connection, view, &back, fixture->error),
                         ERROR_USAGE, "");
}

static void test_page_cursor_of_another_query_is_refused(void **state)
{
    struct fixture *fixture = *state;
    struct connection *connection =
        with_schema(fixture, "CREATE TABLE t (id int PRIMARY KEY, s text); INSERT INTO t VALUES (1,'a'),(2,'b');");
    struct entity *entity = open_entity(fixture, connection, NULL, "app.t");
    struct entity_query query = {.limit = 1};
    struct entity_page *page = entity_page_read(fixture->memory, connection, entity, &query, fixture->error);
    fixture_expect(fixture, page);
    const char *const cursors[] = {page->last, "", "!", "AAAA", "W10", "bnVsbA"};
    query.sort = entity_column_find(entity, "s");
    for (size_t i = 0; i < countof(cursors); i++) {
        query.cursor = cursors[i];
        fixture_expect_error(fixture, entity_page_read(fixture->memory, connection, entity, &query, fixture->error),
                             ERROR_USAGE, "");
        error_clear(fixture->error);
    }
}

static void test_page_hides_deleted_rows_and_filters_by_type(void **state)
{
    struct fixture *fixture = *state;
    struct connection *connection = with_schema(
        fixture, "CREATE TABLE t (id int PRIMARY KEY, n numeric, s text, is_deleted boolean NOT NULL DEFAULT false);"
                 "INSERT INTO t VALUES (1,10,'a',false),(2,9,'b',false),(3,100,NULL,false),(4,10.0,'a b',true);");
    struct entity *entity = open_entity(fixture, connection, NULL, "app.t");
    static const struct {
        const char *condition, *expected;
    } cases[] = {
        {"n>9", "1 3 "}, {"n = 10.00", "1 "}, {"s is null", "3 "}, {"s is not null", "1 2 "}, {"s ~ ^[ab]$", "1 2 "},
        {"s!=a", "2 "},  {"n<=9", "2 "},      {"\"s\"=b", "2 "},   {"id >= 3", "3 "},         {"s=", ""},
    };
    for (size_t i = 0; i < countof(cases); i++) {
        struct entity_filter filter;
        fixture_expect(fixture,
                       entity_filter_parse(fixture->memory, entity, cases[i].condition, &filter, fixture->error));
        struct entity_query query = {.filters = &filter, .filter_count = 1, .limit = 10};
        assert_string_equal(walk(fixture, connection, entity, query, 0), cases[i].expected);
    }
    assert_string_equal(
        walk(fixture, connection, entity, (struct entity_query){.limit = 9, .deleted = DELETED_SHOWN}, 0), "1 2 3 4 ");
    struct entity_filter filter;
    fixture_expect_error(fixture, entity_filter_parse(fixture->memory, entity, "nn=1", &filter, fixture->error),
                         ERROR_USAGE, "");
    error_clear(fixture->error);
    fixture_expect_error(fixture, entity_filter_parse(fixture->memory, entity, "n like x", &filter, fixture->error),
                         ERROR_USAGE, "");
}

static void test_page_cuts_long_values_on_the_server(void **state)
{
    struct fixture *fixture = *state;
    struct connection *connection = with_schema(
        fixture,
        "CREATE TABLE t (id int PRIMARY KEY, s text); INSERT INTO t VALUES (1, repeat('ü', 5000000)), (2, 'üü');");
    struct entity *entity = open_entity(fixture, connection, NULL, "app.t");
    struct entity_query query = {.limit = 5, .cell_characters = 10};
    struct entity_page *page = entity_page_read(fixture->memory, connection, entity, &query, fixture->error);
    fixture_expect(fixture, page);
    assert_int_equal(strlen(entity_cell(&page->rows[0], 1)), 22);
    assert_true(entity_cell_is_cut(entity, &query, &page->rows[0], 1));
    assert_false(entity_cell_is_cut(entity, &query, &page->rows[1], 1));
}

/* ---- values ---- */

/* Every type that a table can have comes back as it went, also as a key where it can be one. */
static void test_every_type_round_trips(void **state)
{
    struct fixture *fixture = *state;
    static const struct {
        const char *type, *value;
    } cases[] = {
        {"boolean", "t"},
        {"smallint", "-32768"},
        {"integer", "2147483647"},
        {"bigint", "-9223372036854775808"},
        {"numeric", "123456789012345678901234567890.1234567890"},
        {"numeric(6,2)", "-0.10"},
        {"numeric", "NaN"},
        {"real", "1.1754944e-38"},
        {"double precision", "0.30000000000000004"},
        {"double precision", "-Infinity"},
        {"text", " a\tb\n'\"\\{}, "},
        {"text", ""},
        {"varchar(3)", "äöü"},
        {"char(5)", "ab   "},
        {"name", "n"},
        {"\"char\"", "x"},
        {"bytea", "\\x00ff5c27"},
        {"date", "0044-03-15 BC"},
        {"date", "infinity"},
        {"time(3)", "23:59:59.999"},
        {"timetz", "12:00:00+05:30"},
        {"timestamp", "2026-02-28 23:59:59.999999"},
        {"timestamptz", "294276-12-31 23:59:59.999999+00"},
        {"interval", "-1 years -2 mons +3 days -04:05:06.789"},
        {"uuid", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"},
        {"json", "{\"a\" :  1.0, \"a\": null}"},
        {"jsonb", "{\"a\": 1.00}"},
        {"xml", "<a>&amp;</a>"},
        {"inet", "10.0.0.1/8"},
        {"cidr", "10.0.0.0/8"},
        {"macaddr", "08:00:2b:01:02:03"},
        {"macaddr8", "08:00:2b:ff:fe:01:02:03"},
        {"bit(3)", "101"},
        {"varbit", ""},
        {"money", "-$12,345.67"},
        {"point", "(1,-2.5)"},
        {"box", "(2,2),(1,1)"},
        {"circle", "<(0,0),1>"},
        {"path", "[(0,0),(1,1)]"},
        {"polygon", "((0,0),(1,1),(1,0))"},
        {"lseg", "[(0,0),(1,1)]"},
        {"line", "{1,-1,0}"},
        {"int4range", "[1,5)"},
        {"tstzrange", "empty"},
        {"int8multirange", "{[1,3),[5,8)}"},
        {"tsvector", "'a':1 'b':2A"},
        {"tsquery", "'a' & !'b'"},
        {"integer[]", "{{1,NULL},{3,4}}"},
        {"text[]", "{\"a,b\",\"NULL\",NULL,\"\\\"\"}"},
        {"app.mood", "so so"},
        {"app.mood[]", "{\"so so\",ok}"},
        {"app.posint", "7"},
        {"app.pair", "(1,\"a b\")"},
        {"oid", "4294967295"},
        {"pg_lsn", "16/B374D848"},
        {"txid_snapshot", "10:20:10,14,15"},
        {"regclass", "pg_class"},
        {"int2vector", "1 2"},
        {"jsonpath", "$.\"a\""},
    };
    struct connection *connection =
        with_schema(fixture, "CREATE TYPE mood AS ENUM ('ok', 'so so'); CREATE DOMAIN posint AS int CHECK (VALUE > 0);"
                             "CREATE TYPE pair AS (a int, b text);");
    for (size_t i = 0; i < countof(cases); i++) {
        fixture_elsewhere(fixture,
                          talloc_asprintf(fixture->memory,
                                          "DROP TABLE IF EXISTS app.t; CREATE TABLE app.t (id int PRIMARY KEY, v %s)",
                                          cases[i].type));
        struct entity *entity = open_entity(fixture, connection, NULL, "app.t");
        const struct entity_value values[] = {{&entity->columns[0], "1", VALUE_GIVEN},
                                              {&entity->columns[1], cases[i].value, VALUE_GIVEN}};
        struct entity_change change = {.what = WRITE_ADD, .values = values, .value_count = 2};
        struct entity_outcome *outcome =
            entity_write(fixture->memory, connection, NULL, entity, &change, 1, fixture->error);
        if (!outcome)
            fail_msg("%s '%s': %s", cases[i].type, cases[i].value, fixture->error->message);
        assert_string_equal(entity_cell(&outcome->row, 1), cases[i].value);
        if (!entity->columns[1].order_schema)
            continue;
        struct entity_filter filter = {&entity->columns[1], FILTER_EQUAL, cases[i].value};
        struct entity_query query = {.filters = &filter, .filter_count = 1, .sort = &entity->columns[1], .limit = 1};
        struct entity_page *page = entity_page_read(fixture->memory, connection, entity, &query, fixture->error);
        if (!page || page->count != 1)
            fail_msg("%s '%s' is not found again: %s", cases[i].type, cases[i].value,
                     page ? "no row" : fixture->error->message);
        query.cursor = page->last; /* the value goes through the cursor */
        page = entity_page_read(fixture->memory, connection, entity, &query, fixture->error);
        fixture_expect(fixture, page);
        assert_int_equal(page->count, 0);
    }
}

static void test_key_is_written_and_read(void **state)
{
    struct fixture *fixture = *state;
    struct connection *connection = with_schema(
        fixture, "CREATE TABLE t (a text, b int, PRIMARY KEY (a, b)); CREATE TABLE u (a text PRIMARY KEY);");
    struct entity *pair = open_entity(fixture, connection, NULL, "app.t");
    struct entity *one = open_entity(fixture, connection, NULL, "app.u");
    const char *const *key = entity_key_parse(fixture->memory, pair, "\"x,\"\"y\",7", fixture->error);
    fixture_expect(fixture, key);
    assert_string_equal(key[0], "x,\"y");
    assert_string_equal(key[1], "7");
    assert_string_equal(entity_key_text(fixture->memory, key, 2), "\"x,\"\"y\",7");
    key = entity_key_parse(fixture->memory, one, "a,\"b", fixture->error);
    assert_string_equal(key[0], "a,\"b");
    const char *const wrong[] = {"", "a", "a,1,2", "\"a,1", "\"a\"b,1"};
    for (size_t i = 0; i < countof(wrong); i++) {
        fixture_expect_error(fixture, entity_key_parse(fixture->memory, pair, wrong[i], fixture->error), ERROR_USAGE,
                             "");
        error_clear(fixture->error);
    }
}

/* ---- writes ---- */

static struct entity_outcome *change_row(struct fixture *fixture, struct connection *connection,
                                         const struct model *model, const struct entity *entity,
                                         struct entity_change change, const char *key)
{
    const char *const keys[] = {key, NULL};
    change.key = key ? keys : NULL;
    return entity_write(fixture->memory, connection, model, entity, &change, 1, fixture->error);
}

static void test_edit_of_a_row_that_somebody_changed_is_refused(void **state)
{
    struct fixture *fixture = *state;
    struct connection *connection =
        with_schema(fixture, "CREATE TABLE t (id int PRIMARY KEY, s text); INSERT INTO t VALUES (1, 'a');");
    struct entity *entity = open_entity(fixture, connection, NULL, "app.t");
    struct entity_row row = {0};
    fixture_expect(fixture,
                   entity_get(fixture->memory, connection, entity, (const char *const[]){"1"}, &row, fixture->error));
    const char *version = entity_row_version(entity, &row);
    fixture_elsewhere(fixture, "UPDATE app.t SET s = 'theirs'");
    struct entity_value value = {.column = &entity->columns[1], .text = "mine"};
    struct entity_change change = {.what = WRITE_EDIT, .values = &value, .value_count = 1, .version = version};
    fixture_expect_error(fixture, change_row(fixture, connection, NULL, entity, change, "1"), ERROR_STALE_PLAN, "");
    assert_non_null(strstr(fixture->error->message, "changed by somebody else"));
    error_clear(fixture->error);
    fixture_expect_error(fixture, change_row(fixture, connection, NULL, entity, change, "2"), ERROR_STALE_PLAN, "");
    assert_non_null(strstr(fixture->error->message, "not there"));
    assert_string_equal(fixture_ask(fixture, connection, "SELECT s FROM app.t"), "theirs");
}

static void test_rehearsed_change_touches_nothing_and_counts_what_it_would(void **state)
{
    struct fixture *fixture = *state;
    struct connection *connection = with_schema(
        fixture, "CREATE TABLE log (n int); CREATE TABLE t (id int PRIMARY KEY, s text); INSERT INTO t VALUES (1, 'a');"
                 "CREATE TABLE c (id int PRIMARY KEY, t_id int REFERENCES t ON DELETE CASCADE);"
                 "INSERT INTO c VALUES (1, 1), (2, 1);"
                 "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS"
                 " 'BEGIN INSERT INTO app.log VALUES (1); RETURN OLD; END';"
                 "CREATE TRIGGER note AFTER DELETE ON t FOR EACH ROW EXECUTE FUNCTION note();");
    struct entity *entity = open_entity(fixture, connection, NULL, "app.t");
    struct entity_change change = {.what = WRITE_DELETE, .mode = CHANGE_REHEARSED};
    for (int i = 0; i < 2; i++) { /* what was counted before does not count again */
        struct entity_outcome *outcome = change_row(fixture, connection, NULL, entity, change, "1");
        fixture_expect(fixture, outcome);
        assert_int_equal(outcome->effect_count, 3);
        assert_string_equal(outcome->effects[0].table, "c");
        assert_int_equal(outcome->effects[0].deleted, 2);
        assert_string_equal(outcome->effects[1].table, "log");
        assert_int_equal(outcome->effects[1].inserted, 1);
        assert_int_equal(outcome->effects[2].deleted, 1);
    }
    assert_string_equal(fixture_ask(fixture, connection, "SELECT count(*) FROM app.t"), "1");
}

static void test_failed_write_says_what_the_server_said(void **state)
{
    struct fixture *fixture = *state;
    struct connection *connection = with_schema(
        fixture,
        "CREATE TABLE t (id int PRIMARY KEY, s text CONSTRAINT short CHECK (length(s) < 3)); INSERT INTO t VALUES (1);");
    struct entity *entity = open_entity(fixture, connection, NULL, "app.t");
    struct entity_value value = {.column = &entity->columns[1], .text = "long"};
    struct entity_change change = {.what = WRITE_EDIT, .values = &value, .value_count = 1};
    fixture_expect_error(fixture, change_row(fixture, connection, NULL, entity, change, "1"), ERROR_STATEMENT, "23514");
    assert_string_equal(fixture->error->constraint, "short");
    assert_string_equal(fixture->error->table, "t");
    assert_int_equal(connection_state(connection), STATE_IDLE);
}

/* Three levels and a circle, without any foreign key: only the models know. */
static const char circle_tables[] =
    "CREATE TABLE a (id int PRIMARY KEY, c_id int, deleted_at timestamptz);"
    "CREATE TABLE b (id int PRIMARY KEY, a_id int, deleted_at timestamptz);"
    "CREATE TABLE c (id int PRIMARY KEY, b_id int, deleted_at timestamptz);"
    "INSERT INTO a VALUES (1, 1), (2, NULL); INSERT INTO b VALUES (1, 1), (2, 1), (3, 2);"
    "INSERT INTO c VALUES (1, 1), (2, 2), (3, 3); UPDATE c SET deleted_at = '2020-01-01' WHERE id = 2;";

static const char circle_models[] =
    "mixin: Base\nsoft_delete: deleted_at\ncolumns:\n"
    "  id: {type: integer, nullable: false, primary_key: true}\n"
    "  deleted_at: {type: timestamptz, nullable: true}\n"
    "---\nentity: A\ntable: app.a\nextends: [Base]\ncolumns:\n  c_id: {type: integer, nullable: true}\n"
    "relationships:\n"
    "  bs: {to: B, kind: many, key: a_id, back_populates: a, cascade: [soft_delete, delete], soft_delete: hide}\n"
    "  c: {to: C, kind: one, key: c_id, back_populates: as, cascade: [], soft_delete: keep}\n"
    "---\nentity: B\ntable: app.b\nextends: [Base]\ncolumns:\n  a_id: {type: integer, nullable: true}\n"
    "relationships:\n"
    "  a: {to: A, kind: one, key: a_id, back_populates: bs, cascade: [], soft_delete: keep}\n"
    "  cs: {to: C, kind: many, key: b_id, back_populates: b, cascade: [soft_delete, delete], soft_delete: hide}\n"
    "---\nentity: C\ntable: app.c\nextends: [Base]\ncolumns:\n  b_id: {type: integer, nullable: true}\n"
    "relationships:\n"
    "  b: {to: B, kind: one, key: b_id, back_populates: cs, cascade: [], soft_delete: keep}\n"
    "  as: {to: A, kind: many, key: c_id, back_populates: c, cascade: [soft_delete, delete], soft_delete: hide}\n";

static const char deleted_rows[] =
    "SELECT string_agg(t || id, ' ' ORDER BY t, id) FROM (SELECT 'a' AS t, id, deleted_at FROM app.a UNION ALL"
    " SELECT 'b', id, deleted_at FROM app.b UNION ALL SELECT 'c', id, deleted_at FROM app.c) AS x WHERE deleted_at IS NOT NULL";

static void test_remove_cascades_through_three_levels_and_a_circle(void **state)
{
    struct fixture *fixture = *state;
    struct connection *connection = with_schema(fixture, circle_tables);
    const struct model *model = read_model(fixture, circle_models);
    struct entity *entity = open_entity(fixture, connection, model, "A");
    fixture_expect(fixture,
                   change_row(fixture, connection, model, entity, (struct entity_change){.what = WRITE_REMOVE}, "1"));
    assert_string_equal(fixture_ask(fixture, connection, deleted_rows), "a1 b1 b2 c1 c2");
    fixture_expect_error(
        fixture, change_row(fixture, connection, model, entity, (struct entity_change){.what = WRITE_REMOVE}, "1"),
        ERROR_STALE_PLAN, "");
    error_clear(fixture->error);
    /* What was deleted before stays so. */
    fixture_expect(fixture,
                   change_row(fixture, connection, model, entity, (struct entity_change){.what = WRITE_RESTORE}, "1"));
    assert_string_equal(fixture_ask(fixture, connection, deleted_rows), "c2");
}

static void test_rows_behind_a_deleted_one_are_hidden_where_the_relationship_says_so(void **state)
{
    struct fixture *fixture = *state;
    struct connection *connection = with_schema(fixture, circle_tables);
    fixture_elsewhere(fixture, "INSERT INTO app.b VALUES (4, NULL); UPDATE app.a SET deleted_at = now() WHERE id = 1");
    const struct model *model = read_model(fixture, circle_models);
    struct entity *entity = open_entity(fixture, connection, model, "B");
    assert_string_equal(walk(fixture, connection, entity, (struct entity_query){.limit = 1}, 0), "3 4 ");
    assert_string_equal(
        walk(fixture, connection, entity, (struct entity_query){.limit = 9, .deleted = DELETED_SHOWN}, 0), "1 2 3 4 ");
    /* Inferred relationships keep what is behind them, and so does a database whose table cannot tell. */
    assert_string_equal(walk(fixture, connection, open_entity(fixture, connection, NULL, "app.b"),
                             (struct entity_query){.limit = 9}, 0),
                        "1 2 3 4 ");
    fixture_elsewhere(fixture, "ALTER TABLE app.a DROP COLUMN deleted_at");
    entity = open_entity(fixture, connection, model, "B");
    assert_string_equal(walk(fixture, connection, entity, (struct entity_query){.limit = 9}, 0), "1 2 3 4 ");
}

static void test_delete_cascades_the_farthest_first(void **state)
{
    struct fixture *fixture = *state;
    struct connection *connection = with_schema(fixture, circle_tables);
    fixture_elsewhere(fixture, "ALTER TABLE app.b ADD FOREIGN KEY (a_id) REFERENCES app.a;"
                               "ALTER TABLE app.c ADD FOREIGN KEY (b_id) REFERENCES app.b");
    const struct model *model = read_model(fixture, circle_models);
    struct entity *entity = open_entity(fixture, connection, model, "A");
    fixture_expect(fixture,
                   change_row(fixture, connection, model, entity, (struct entity_change){.what = WRITE_DELETE}, "1"));
    assert_string_equal(
        fixture_ask(fixture, connection,
                    "SELECT (SELECT count(*) FROM app.a) || ' ' || (SELECT count(*) FROM app.b) || ' ' ||"
                    " (SELECT count(*) FROM app.c)"),
        "1 1 1");
}

/* A trigger may keep a row as it is: no success is told, and no wrong reason. */
static void test_write_that_a_trigger_swallows_is_refused(void **state)
{
    struct fixture *fixture = *state;
    struct connection *connection = with_schema(
        fixture,
        "CREATE TABLE t (id int PRIMARY KEY, is_deleted boolean NOT NULL DEFAULT false); INSERT INTO t VALUES (1);"
        "CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';"
        "CREATE TRIGGER keep BEFORE INSERT OR UPDATE OR DELETE ON t FOR EACH ROW EXECUTE FUNCTION keep();");
    struct entity *entity = open_entity(fixture, connection, NULL, "app.t");
    struct entity_value value = {.column = &entity->columns[0], .text = "2"};
    static const enum entity_write writes[] = {WRITE_ADD, WRITE_EDIT, WRITE_REMOVE, WRITE_DELETE};
    for (size_t i = 0; i < countof(writes); i++) {
        struct entity_change change = {.what = writes[i], .values = &value, .value_count = 1};
        fixture_expect_error(fixture, change_row(fixture, connection, NULL, entity, change, i ? "1" : NULL),
                             ERROR_REFUSED, "");
        assert_non_null(strstr(fixture->error->message, "the server"));
        error_clear(fixture->error);
    }
}

/* Of rows that were deleted on the same day nothing tells which went together. */
static void test_restore_by_day_or_flag_takes_back_one_row(void **state)
{
    struct fixture *fixture = *state;
    struct connection *connection = with_schema(fixture, circle_tables);
    const struct model *model = read_model(fixture, circle_models);
    fixture_elsewhere(fixture,
                      "ALTER TABLE app.a ALTER deleted_at TYPE date; ALTER TABLE app.b ALTER deleted_at TYPE date");
    struct entity *entity = open_entity(fixture, connection, model, "A");
    fixture_expect(fixture,
                   change_row(fixture, connection, model, entity, (struct entity_change){.what = WRITE_REMOVE}, "1"));
    assert_string_equal(fixture_ask(fixture, connection, "SELECT count(*) FROM app.b WHERE deleted_at IS NOT NULL"),
                        "2");
    fixture_expect(fixture,
                   change_row(fixture, connection, model, entity, (struct entity_change){.what = WRITE_RESTORE}, "1"));
    assert_string_equal(fixture_ask(fixture, connection, "SELECT count(*) FROM app.a WHERE deleted_at IS NOT NULL"),
                        "0");
    assert_string_equal(fixture_ask(fixture, connection, "SELECT count(*) FROM app.b WHERE deleted_at IS NOT NULL"),
                        "2");
}

/* d is one step from a and two; what a foreign key of c still holds comes last, whatever was found first. */
static void test_delete_waits_for_what_a_foreign_key_still_holds(void **state)
{
    struct fixture *fixture = *state;
    struct connection *connection = with_schema(
        fixture,
        "CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (id int PRIMARY KEY, a_id int REFERENCES a);"
        "CREATE TABLE c (id int PRIMARY KEY, a_id int REFERENCES a, b_id int REFERENCES b);"
        "INSERT INTO a VALUES (1), (2); INSERT INTO b VALUES (1, 1), (2, 2); INSERT INTO c VALUES (1, 1, 1), (2, 2, 2);");
    const struct model *model = read_model(
        fixture, "mixin: Base\ncolumns:\n  id: {type: integer, nullable: false, primary_key: true}\n"
                 "---\nentity: A\ntable: app.a\nextends: [Base]\ncolumns: {}\nrelationships:\n"
                 "  cs: {to: C, kind: many, key: a_id, back_populates: a, cascade: [delete], soft_delete: keep}\n"
                 "  bs: {to: B, kind: many, key: a_id, back_populates: a, cascade: [delete], soft_delete: keep}\n"
                 "---\nentity: B\ntable: app.b\nextends: [Base]\ncolumns:\n  a_id: {type: integer, nullable: true}\n"
                 "relationships:\n"
                 "  a: {to: A, kind: one, key: a_id, back_populates: bs, cascade: [], soft_delete: keep}\n"
                 "  cs: {to: C, kind: many, key: b_id, back_populates: b, cascade: [delete], soft_delete: keep}\n"
                 "---\nentity: C\ntable: app.c\nextends: [Base]\ncolumns:\n  a_id: {type: integer, nullable: true}\n"
                 "  b_id: {type: integer, nullable: true}\nrelationships:\n"
                 "  a: {to: A, kind: one, key: a_id, back_populates: cs, cascade: [], soft_delete: keep}\n"
                 "  b: {to: B, kind: one, key: b_id, back_populates: cs, cascade: [], soft_delete: keep}\n");
    struct entity *entity = open_entity(fixture, connection, model, "A");
    struct entity_outcome *outcome =
        change_row(fixture, connection, model, entity, (struct entity_change){.what = WRITE_DELETE}, "1");
    fixture_expect(fixture, outcome);
    assert_int_equal(outcome->effect_count, 3);
    assert_string_equal(fixture_ask(fixture, connection,
                                    "SELECT (SELECT sum(id) FROM app.a) || ' ' || (SELECT sum(id) FROM app.b) || ' ' ||"
                                    " (SELECT sum(id) FROM app.c)"),
                        "2 2 2");
    /* A row that nothing cascades to refuses all of it. */
    fixture_elsewhere(fixture, "CREATE TABLE app.x (c_id int REFERENCES app.c); INSERT INTO app.x VALUES (2)");
    fixture_expect_error(
        fixture, change_row(fixture, connection, model, entity, (struct entity_change){.what = WRITE_DELETE}, "2"),
        ERROR_STATEMENT, "23503");
    assert_string_equal(fixture_ask(fixture, connection, "SELECT count(*) FROM app.c"), "1");
}

/* Many rows at once, and a table without a key at the end of the way. */
static void test_remove_marks_many_rows_and_those_without_a_key(void **state)
{
    struct fixture *fixture = *state;
    struct connection *connection = with_schema(
        fixture,
        "CREATE TABLE a (id int PRIMARY KEY, is_deleted boolean NOT NULL DEFAULT false);"
        "CREATE TABLE b (id text NOT NULL, a_id int, is_deleted boolean NOT NULL DEFAULT false);"
        "INSERT INTO a VALUES (1); INSERT INTO b SELECT E'\\\\\",{' || n, 1 FROM generate_series(1, 30000) AS n;");
    const struct model *model = read_model(
        fixture, "mixin: Base\nsoft_delete: is_deleted\ncolumns:\n  is_deleted: {type: boolean, nullable: false}\n"
                 "---\nentity: A\ntable: app.a\nextends: [Base]\ncolumns:\n"
                 "  id: {type: integer, nullable: false, primary_key: true}\nrelationships:\n"
                 "  bs: {to: B, kind: many, key: a_id, back_populates: a, cascade: [soft_delete], soft_delete: hide}\n"
                 "---\nentity: B\ntable: app.b\nextends: [Base]\ncolumns:\n  id: {type: text, nullable: false}\n"
                 "  a_id: {type: integer, nullable: true}\nrelationships:\n"
                 "  a: {to: A, kind: one, key: a_id, back_populates: bs, cascade: [], soft_delete: keep}\n");
    struct entity *entity = open_entity(fixture, connection, model, "A");
    struct entity_outcome *outcome =
        change_row(fixture, connection, model, entity, (struct entity_change){.what = WRITE_REMOVE}, "1");
    fixture_expect(fixture, outcome);
    assert_int_equal(outcome->effects[1].updated, 30000);
    assert_string_equal(fixture_ask(fixture, connection, "SELECT count(*) FROM app.b WHERE is_deleted"), "30000");
}

/* What is shown beforehand is what is done: the id is made once. */
static void test_generated_values_are_made_once(void **state)
{
    struct fixture *fixture = *state;
    struct connection *connection = with_schema(fixture, "CREATE TABLE t (id bigint PRIMARY KEY, s text);");
    const struct model *model =
        read_model(fixture, "entity: T\ntable: app.t\ncolumns:\n"
                            "  id: {type: bigint, nullable: false, primary_key: true, generate: snowflake}\n"
                            "  s: {type: text, nullable: true}\n");
    struct entity *entity = open_entity(fixture, connection, model, "T");
    struct entity_value value = {.column = &entity->columns[1], .text = "x"};
    struct entity_change change = {.what = WRITE_ADD,
                                   .values = &value,
                                   .value_count = 1,
                                   .snowflake = snowflake_new(fixture->memory, 5, NULL, NULL)};
    fixture_expect(fixture, entity_change_generate(fixture->memory, entity, &change, fixture->error));
    assert_int_equal(change.value_count, 2);
    change.mode = CHANGE_REHEARSED;
    struct entity_outcome *before = change_row(fixture, connection, model, entity, change, NULL);
    fixture_expect(fixture, before);
    change.mode = CHANGE_FOR_REAL;
    struct entity_outcome *after = change_row(fixture, connection, model, entity, change, NULL);
    fixture_expect(fixture, after);
    assert_string_equal(before->key[0], after->key[0]);
    assert_string_equal(before->statements[0], after->statements[0]);
}

static void test_write_waits_for_a_lock_no_longer_than_it_may(void **state)
{
    struct fixture *fixture = *state;
    struct connection *connection =
        with_schema(fixture, "CREATE TABLE t (id int PRIMARY KEY, s text); INSERT INTO t VALUES (1, 'a');");
    struct entity *entity = open_entity(fixture, connection, NULL, "app.t");
    struct connection *other = fixture_connect(fixture);
    fixture_execute(fixture, other, "BEGIN");
    fixture_execute(fixture, other, "SELECT FROM app.t FOR UPDATE");
    struct entity_value value = {.column = &entity->columns[1], .text = "b"};
    struct entity_change change = {.what = WRITE_EDIT, .values = &value, .value_count = 1, .lock_timeout_ms = 20};
    fixture_expect_error(fixture, change_row(fixture, connection, NULL, entity, change, "1"), ERROR_LOCK_TIMEOUT,
                         "55P03");
    fixture_execute(fixture, other, "ROLLBACK");
    assert_string_equal(fixture_ask(fixture, connection, "SHOW lock_timeout"), "0");
}

static void test_cascade_that_fails_half_way_changes_nothing(void **state)
{
    struct fixture *fixture = *state;
    struct connection *connection = with_schema(fixture, circle_tables);
    fixture_elsewhere(fixture, "ALTER TABLE app.c ADD CONSTRAINT never CHECK (id <> 1 OR deleted_at IS NULL)");
    const struct model *model = read_model(fixture, circle_models);
    struct entity *entity = open_entity(fixture, connection, model, "A");
    fixture_expect_error(
        fixture, change_row(fixture, connection, model, entity, (struct entity_change){.what = WRITE_REMOVE}, "1"),
        ERROR_STATEMENT, "23514");
    assert_string_equal(fixture_ask(fixture, connection, deleted_rows), "c2");
}

static void test_add_makes_the_id_that_the_model_asks_for(void **state)
{
    struct fixture *fixture = *state;
    struct connection *connection = with_schema(fixture, "CREATE TABLE t (id bigint PRIMARY KEY, s text);");
    const struct model *model =
        read_model(fixture, "entity: T\ntable: app.t\ncolumns:\n"
                            "  id: {type: bigint, nullable: false, primary_key: true, generate: snowflake}\n"
                            "  s: {type: text, nullable: true}\n");
    struct entity *entity = open_entity(fixture, connection, model, "T");
    struct entity_change change = {.what = WRITE_ADD, .snowflake = snowflake_new(fixture->memory, 5, NULL, NULL)};
    struct entity_outcome *outcome = change_row(fixture, connection, model, entity, change, NULL);
    fixture_expect(fixture, outcome);
    assert_true(strtoll(outcome->key[0], NULL, 10) > INT64_C(1) << 40);
    assert_string_equal(entity_cell(&outcome->row, 0), outcome->key[0]);
}

static void test_hostile_names_are_only_names(void **state)
{
    struct fixture *fixture = *state;
    struct connection *connection = with_schema(
        fixture,
        "CREATE TABLE \"t\"\"; DROP\" (\"id $1\" int PRIMARY KEY, \"a\"\"b=\" text); INSERT INTO \"t\"\"; DROP\" VALUES (1, '$1''');");
    struct entity *entity = open_entity(fixture, connection, NULL, "t\"; DROP");
    struct entity_value value;
    fixture_expect(fixture, entity_value_parse(fixture->memory, entity, "a\"b==$2'\\", &value, fixture->error));
    struct entity_change change = {.what = WRITE_EDIT, .values = &value, .value_count = 1};
    struct entity_outcome *outcome = change_row(fixture, connection, NULL, entity, change, "1");
    fixture_expect(fixture, outcome);
    assert_string_equal(entity_cell(&outcome->row, 1), "$2'\\");
    assert_non_null(strstr(outcome->statements[0], "\"id $1\" = '1'"));
}

/* ---- scans ---- */

struct counter {
    size_t rows;
    char last[32];
};

static bool count_row(void *listener, const struct entity_row *row, struct error *error)
{
    (void)error;
    struct counter *counter = listener;
    counter->rows++;
    snprintf(counter->last, sizeof counter->last, "%s", entity_cell(row, 0));
    return true;
}

static void test_scan_tells_all_rows_and_where_to_go_on(void **state)
{
    struct fixture *fixture = *state;
    struct connection *connection = with_schema(
        fixture,
        "CREATE TABLE t (id int PRIMARY KEY, s text); INSERT INTO t SELECT n, n % 7 FROM generate_series(1, 5003) AS n;");
    struct entity *entity = open_entity(fixture, connection, NULL, "app.t");
    struct counter counter = {0};
    const char *next = "?";
    struct entity_query query = {0};
    fixture_expect(
        fixture, entity_scan(fixture->memory, connection, entity, &query, count_row, &counter, &next, fixture->error));
    assert_int_equal(counter.rows, 5003);
    assert_null(next);
    query.limit = 2500;
    query.sort = entity_column_find(entity, "s");
    counter = (struct counter){0};
    fixture_expect(
        fixture, entity_scan(fixture->memory, connection, entity, &query, count_row, &counter, &next, fixture->error));
    assert_int_equal(counter.rows, 2500);
    assert_non_null(next);
    query.cursor = next;
    query.limit = 0;
    fixture_expect(
        fixture, entity_scan(fixture->memory, connection, entity, &query, count_row, &counter, &next, fixture->error));
    assert_int_equal(counter.rows, 5003);
    assert_int_equal(connection_state(connection), STATE_IDLE);
}

static bool add_text(void *listener, const struct entity_row *row, struct error *error UNUSED)
{
    char **text = listener;
    *text = talloc_asprintf_append(*text, "%s ", entity_cell(row, 0));
    return true;
}

static void test_scan_of_equal_rows_goes_on_where_it_ended(void **state)
{
    struct fixture *fixture = *state;
    struct connection *connection =
        with_schema(fixture, "CREATE VIEW v AS SELECT n / 4 AS n, 'x'::text AS s FROM generate_series(0, 10) AS n;");
    struct entity *view = open_entity(fixture, connection, NULL, "app.v");
    for (size_t limit = 1; limit < 6; limit++) {
        struct entity_query query = {.limit = limit};
        char *text = talloc_strdup(fixture->memory, "");
        do
            fixture_expect(fixture, entity_scan(fixture->memory, connection, view, &query, add_text, &text,
                                                &query.cursor, fixture->error));
        while (query.cursor);
        assert_string_equal(text, "0 0 0 0 1 1 1 1 2 2 2 ");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(test_entity_knows_key_soft_delete_label_and_relationships),
        FIXTURE_TEST(test_entity_without_a_key_is_read_only_and_says_why),
        FIXTURE_TEST(test_entity_that_is_not_there_names_the_nearest),
        FIXTURE_TEST(test_entity_list_has_tables_views_and_estimates),
        FIXTURE_TEST(test_entity_list_does_not_wait_for_a_locked_table),
        FIXTURE_TEST(test_page_walks_both_ways_with_nulls_and_ties),
        FIXTURE_TEST(test_page_walks_a_composite_key_and_a_table_without_one),
        FIXTURE_TEST(test_page_of_a_view_with_equal_rows_loses_none),
        FIXTURE_TEST(test_page_cursor_of_another_query_is_refused),
        FIXTURE_TEST(test_page_hides_deleted_rows_and_filters_by_type),
        FIXTURE_TEST(test_page_cuts_long_values_on_the_server),
        FIXTURE_TEST(test_every_type_round_trips),
        FIXTURE_TEST(test_key_is_written_and_read),
        FIXTURE_TEST(test_edit_of_a_row_that_somebody_changed_is_refused),
        FIXTURE_TEST(test_rehearsed_change_touches_nothing_and_counts_what_it_would),
        FIXTURE_TEST(test_failed_write_says_what_the_server_said),
        FIXTURE_TEST(test_remove_cascades_through_three_levels_and_a_circle),
        FIXTURE_TEST(test_rows_behind_a_deleted_one_are_hidden_where_the_relationship_says_so),
        FIXTURE_TEST(test_delete_cascades_the_farthest_first),
        FIXTURE_TEST(test_write_that_a_trigger_swallows_is_refused),
        FIXTURE_TEST(test_restore_by_day_or_flag_takes_back_one_row),
        FIXTURE_TEST(test_delete_waits_for_what_a_foreign_key_still_holds),
        FIXTURE_TEST(test_remove_marks_many_rows_and_those_without_a_key),
        FIXTURE_TEST(test_generated_values_are_made_once),
        FIXTURE_TEST(test_write_waits_for_a_lock_no_longer_than_it_may),
        FIXTURE_TEST(test_cascade_that_fails_half_way_changes_nothing),
        FIXTURE_TEST(test_add_makes_the_id_that_the_model_asks_for),
        FIXTURE_TEST(test_hostile_names_are_only_names),
        FIXTURE_TEST(test_scan_tells_all_rows_and_where_to_go_on),
        FIXTURE_TEST(test_scan_of_equal_rows_goes_on_where_it_ended),
    };
    return cmocka_run_group_tests_name("entity", tests, fixture_open_group, fixture_close_group);
}
