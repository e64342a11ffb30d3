/* The ledger in all the shapes that are met: read as it is, written by its own columns, never altered. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "migrate/ledger.h"
#include "migrate/mark.h"
#include "tests/lib/stage.h"

static struct test_server *server;

static int start_server(void **state UNUSED)
{
    server = test_server_start(NULL, NULL);
    return 0;
}

static int stop_server(void **state UNUSED) { return talloc_free(server); }

static int set_up(void **state)
{
    *state = stage_new(NULL, server);
    return 0;
}

static int tear_down(void **state) { return talloc_free(*state); }

static struct ledger *find(struct stage *stage)
{
    struct connection *connection = stage_connect(stage);
    struct ledger *ledger =
        ledger_find(stage, connection, settings_text(stage->settings, SETTING_ledger), stage->error);
    talloc_free(connection);
    return ledger;
}

static struct ledger *find_good(struct stage *stage)
{
    struct ledger *ledger = find(stage);
    if (!ledger)
        fail_msg("%s", stage->error->message);
    return ledger;
}

/* ---- our own ---- */

static const char *const create_ledger =
    "CREATE TABLE schema_migrations (version text PRIMARY KEY, description text, checksum text,"
    " applied_at timestamptz NOT NULL DEFAULT now(), applied_by text NOT NULL DEFAULT session_user, duration_ms "
    "bigint, run text)";

static void test_apply_makes_ledger_and_journal_as_documented(void **state)
{
    struct stage *stage = *state;
    stage_write(stage, "001_a.sql", "SELECT 1;\n");
    stage_apply(stage);
    const char *made = stage_table(stage, "schema_migrations");
    oracle_execute(stage->oracle, "ALTER TABLE schema_migrations RENAME TO old; DROP TABLE old; %s", create_ledger);
    assert_string_equal(made, stage_table(stage, "schema_migrations"));
    assert_string_equal(
        oracle_text(stage->oracle, "SELECT string_agg(attname, ' ' ORDER BY attnum) FROM pg_attribute"
                                   " WHERE attrelid = 'schema_migration_events'::regclass AND attnum > 0"),
        "id run version step event at checksum statement_hash transaction_id db_role person host application detail");
    assert_int_equal(find_good(stage)->shape, LEDGER_OWN);
}

static void test_apply_fills_each_column_of_its_row(void **state)
{
    struct stage *stage = *state;
    stage_write(stage, "0012_add_things.sql", "SELECT 1;\n");
    stage_apply(stage);
    assert_true(oracle_says(stage->oracle,
                            "SELECT version = '0012' AND description = 'add_things' AND checksum = '%s' AND run = '%s'"
                            " AND applied_by = 'postgres' AND duration_ms BETWEEN 0 AND 60000"
                            " AND applied_at BETWEEN now() - interval '1 min' AND now() FROM schema_migrations",
                            stage->plan->steps[0].file->checksum, stage->result->run));
    assert_int_equal(oracle_number(stage->oracle, "SELECT count(*) FROM schema_migrations"), 1);
}

static const struct {
    const char *setting, *table, *journal;
} names[] = {
    {"ledger", "public.ledger", "public.ledger_events"},
    {"app.schema_migrations", "app.schema_migrations", "app.schema_migration_events"},
    {"App.Ledger", "app.ledger", "app.ledger_events"},
    {"\"My App\".\"Migrations.V1\"", "\"My App\".\"Migrations.V1\"", "\"My App\".\"Migrations.V1_events\""},
    {"\"a\"\"b\".\"c\"\"d\"", "\"a\"\"b\".\"c\"\"d\"", "\"a\"\"b\".\"c\"\"d_events\""},
    {"\"it's\".\"select\"", "\"it's\".\"select\"", "\"it's\".select_events"},
    {"\"größe\".\"migrations\"", "\"größe\".migrations", "\"größe\".migrations_events"},
};

static void test_apply_makes_the_named_ledger_with_its_schema(void **state UNUSED)
{
    for (size_t i = 0; i < countof(names); i++) {
        struct stage *stage = stage_new(NULL, server);
        STAGE_SETTINGS(stage, talloc_asprintf(stage, "ledger=%s", names[i].setting));
        stage_write(stage, "001_a.sql", "CREATE TABLE t (a integer);\n");
        assert_false(find_good(stage)->has_journal);
        stage_apply(stage);
        assert_int_equal(oracle_number(stage->oracle, "SELECT count(*) FROM %s WHERE version = '001'", names[i].table),
                         1);
        assert_true(oracle_number(stage->oracle, "SELECT count(*) FROM %s", names[i].journal) > 2);
        assert_string_equal(stage_state(stage, 1), "applied");
        talloc_free(stage);
    }
}

static const char *const bad_names[] = {
    "a.b.c",
    "a.",
    ".b",
    "\"a",
    "a b\"",
    "x123456789012345678901234567890123456789012345678901234567890123", /* 64 bytes */
    "x1234567890123456789012345678901234567890123456789012345",         /* 56: its journal would have 63 + 0 */
};

static void test_find_refuses_names_that_are_none_or_too_long(void **state)
{
    struct stage *stage = *state;
    for (size_t i = 0; i < countof(bad_names); i++) {
        bool fits = strlen(bad_names[i]) == 56;
        error_clear(stage->error);
        STAGE_SETTINGS(stage, talloc_asprintf(stage, "ledger=%s", bad_names[i]));
        struct ledger *ledger = find(stage);
        if (fits != (ledger != NULL))
            fail_msg("%s: %s", bad_names[i], ledger ? "found" : stage->error->message);
        assert_true(fits || stage->error->code == ERROR_SETTINGS);
    }
}

static void test_apply_makes_nothing_where_nothing_is_pending(void **state)
{
    struct stage *stage = *state;
    assert_true(stage_plan(stage));
    assert_true(stage_run(stage));
    assert_true(oracle_says(stage->oracle, "SELECT to_regclass('schema_migrations') IS NULL"));
}

static void test_status_creates_nothing(void **state)
{
    struct stage *stage = *state;
    STAGE_SETTINGS(stage, "ledger=app.ledger");
    stage_write(stage, "001_a.sql", "SELECT 1;\n");
    assert_string_equal(stage_state(stage, 1), "pending");
    assert_true(oracle_says(stage->oracle, "SELECT to_regnamespace('app') IS NULL"));
    assert_int_equal(find_good(stage)->shape, LEDGER_ABSENT);
    assert_false(find_good(stage)->has_schema);
}

static void test_apply_makes_the_journal_beside_a_seeded_ledger(void **state)
{
    struct stage *stage = *state;
    oracle_execute(stage->oracle, "%s; INSERT INTO schema_migrations (version, description) VALUES ('001', 'a')",
                   create_ledger);
    stage_write(stage, "001_a.sql", "SELECT 1;\n");
    stage_write(stage, "002_b.sql", "SELECT 1;\n");
    stage_apply(stage);
    assert_int_equal(stage->result->applied_count, 1);
    assert_int_equal(
        oracle_number(stage->oracle, "SELECT count(*) FROM schema_migration_events WHERE event = 'applied'"), 1);
}

/* ---- other tools' ---- */

static const struct {
    const char *what, *table; /* made by these statements */
    const char *file;         /* of the version to apply: 3 is new, 1 and 2 are there */
    const char *row;          /* what stands in the new row: a condition */
    bool has_checksum;
} lists[] = {
    {"Rails",
     "CREATE TABLE schema_migrations (version character varying NOT NULL, CONSTRAINT schema_migrations_pkey PRIMARY "
     "KEY (version));"
     "INSERT INTO schema_migrations VALUES ('20260101000001'), ('20260101000002')",
     "20260101000003", "version = '20260101000003'", false},
    {"Rails before 5",
     "CREATE TABLE schema_migrations (version varchar(255) NOT NULL);"
     "CREATE UNIQUE INDEX unique_schema_migrations ON schema_migrations (version);"
     "INSERT INTO schema_migrations VALUES ('001'), ('002')",
     "003", "version = '003'", false},
    {"dbmate",
     "CREATE TABLE schema_migrations (version varchar(128) PRIMARY KEY); INSERT INTO schema_migrations VALUES ('001'), "
     "('002')",
     "003", "version = '003'", false},
    {"Ecto",
     "CREATE TABLE schema_migrations (version bigint PRIMARY KEY, inserted_at timestamp(0) without time zone);"
     "INSERT INTO schema_migrations VALUES (1, now()), (2, now())",
     "003", "version = 3 AND inserted_at IS NULL", false},
    {"Ecto, strict",
     "CREATE TABLE schema_migrations (version bigint PRIMARY KEY, inserted_at timestamp(0) without time zone NOT NULL);"
     "INSERT INTO schema_migrations VALUES (1, now()), (2, now())",
     "003", "version = 3 AND abs(extract(epoch FROM inserted_at - (now() AT TIME ZONE 'UTC'))) < 60", false},
    {"with a zoned time and a name of its own",
     "CREATE TABLE schema_migrations (version integer PRIMARY KEY, \"ran, at\" timestamptz NOT NULL, \"Z\" timestamp "
     "NOT NULL);"
     "INSERT INTO schema_migrations VALUES (1, now(), now()), (2, now(), now())",
     "003", "version = 3 AND \"ran, at\" > now() - interval '1 min' AND \"Z\" IS NOT NULL", false},
    {"some columns of ours",
     "CREATE TABLE schema_migrations (id bigserial PRIMARY KEY, version numeric UNIQUE, checksum varchar(255) NOT NULL,"
     " applied_by text NOT NULL, applied_at timestamptz NOT NULL, duration_ms integer);"
     "GRANT SELECT ON schema_migrations TO public",
     "003", "version = 3 AND length(checksum) = 64 AND applied_by = 'postgres' AND duration_ms >= 0 AND id = 3", true},
    {"generated columns",
     "CREATE TABLE schema_migrations (version text PRIMARY KEY, description text GENERATED ALWAYS AS ('v' || version) "
     "STORED,"
     " duration_ms bigint GENERATED ALWAYS AS (1) STORED, number bigint GENERATED ALWAYS AS IDENTITY);"
     "INSERT INTO schema_migrations (version) VALUES ('001'), ('002')",
     "003", "version = '003' AND description = 'v003' AND number = 3", false},
    {"columns too narrow for ours",
     "CREATE TABLE schema_migrations (version text PRIMARY KEY, description varchar(3), checksum char(8), run "
     "\"char\");"
     "INSERT INTO schema_migrations (version) VALUES ('001'), ('002')",
     "003", "version = '003' AND description IS NULL AND checksum IS NULL", false},
    {"columns of ours with other types",
     "CREATE TABLE schema_migrations (version text PRIMARY KEY, checksum integer, applied_at date DEFAULT "
     "current_date, run uuid,"
     " duration_ms interval); INSERT INTO schema_migrations (version) VALUES ('001'), ('002')",
     "003", "version = '003' AND checksum IS NULL AND applied_at = current_date AND run IS NULL", false},
    {"a trigger that writes elsewhere",
     "CREATE TABLE schema_migrations (version text PRIMARY KEY); CREATE TABLE heard (version text);"
     "INSERT INTO schema_migrations VALUES ('001'), ('002');"
     "CREATE FUNCTION hear() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO heard VALUES (NEW.version); RETURN "
     "NEW; END';"
     "CREATE TRIGGER hear AFTER INSERT ON schema_migrations FOR EACH ROW EXECUTE FUNCTION hear()",
     "003", "version = '003' AND EXISTS (SELECT FROM heard WHERE heard.version = '003')", false},
};

static void write_list_files(struct stage *stage, size_t i)
{
    const char *version = lists[i].file;
    int64_t number = strtoll(version, NULL, 10);
    for (int64_t n = number - 2; n <= number; n++)
        stage_write(stage, talloc_asprintf(stage, "%0*lld_x.sql", (int)strlen(version), (long long)n), "SELECT 1;\n");
}

static void test_apply_writes_another_tools_list_by_its_own_columns(void **state UNUSED)
{
    for (size_t i = 0; i < countof(lists); i++) {
        struct stage *stage = stage_new(NULL, server);
        oracle_execute(stage->oracle, "%s", lists[i].table);
        bool is_seeded = oracle_number(stage->oracle, "SELECT count(*) FROM schema_migrations") == 2;
        write_list_files(stage, i);
        const char *before = talloc_strdup(stage, stage_table(stage, "schema_migrations"));
        assert_int_equal(find_good(stage)->shape, LEDGER_LIST);
        assert_int_equal(find_good(stage)->has_checksum, lists[i].has_checksum);
        stage_apply(stage);
        if (stage->result->applied_count != (is_seeded ? 1 : 3))
            fail_msg("%s: %zu applied", lists[i].what, stage->result->applied_count);
        oracle_forget(stage->oracle);
        assert_string_equal(before, stage_table(stage, "schema_migrations"));
        if (oracle_number(stage->oracle, "SELECT count(*) FROM schema_migrations WHERE %s", lists[i].row) != 1)
            fail_msg("%s: the row is not as it must be", lists[i].what);
        assert_string_equal(stage_state(stage, strtoll(lists[i].file, NULL, 10)), "applied");
        talloc_free(stage);
    }
}

/* The file's bytes are known by the journal, whatever the spelling of the version in the table. */
static void test_status_takes_checksums_of_a_foreign_list_from_the_journal(void **state UNUSED)
{
    for (size_t i = 0; i < countof(lists); i++) {
        struct stage *stage = stage_new(NULL, server);
        int64_t number = strtoll(lists[i].file, NULL, 10);
        oracle_execute(stage->oracle, "%s", lists[i].table);
        write_list_files(stage, i);
        stage_apply(stage);
        stage_write(stage, talloc_asprintf(stage, "%s_x.sql", lists[i].file), "SELECT 2;\n");
        if (strcmp(stage_state(stage, number), "changed") != 0)
            fail_msg("%s: %s", lists[i].what, stage_state(stage, number));
        talloc_free(stage);
    }
}

static void test_journal_keeps_what_a_foreign_list_has_no_room_for(void **state)
{
    struct stage *stage = *state;
    oracle_execute(stage->oracle, "CREATE TABLE schema_migrations (version bigint PRIMARY KEY)");
    stage_write(stage, "003_x.sql", "SELECT 1;\n");
    stage_apply(stage);
    assert_true(oracle_says(
        stage->oracle,
        "SELECT checksum = '%s' AND run = '%s' AND db_role = 'postgres' AND (detail ->> 'duration_ms')::bigint >= 0"
        "  FROM schema_migration_events WHERE event = 'applied' AND version = '003'",
        stage->plan->steps[0].file->checksum, stage->result->run));
}

static void test_apply_meets_the_fence_of_a_foreign_list(void **state)
{
    struct stage *stage = *state;
    oracle_execute(stage->oracle, "CREATE TABLE schema_migrations (version bigint PRIMARY KEY)");
    stage_write(stage, "003_x.sql", "CREATE TABLE made (a integer);\n");
    assert_true(stage_plan(stage));
    oracle_execute(stage->oracle, "INSERT INTO schema_migrations VALUES (3)");
    stage->strictness = APPLY_REMAINING;
    assert_true(stage_run(stage));
    assert_int_equal(stage->result->applied_count, 0);
    assert_true(oracle_says(stage->oracle, "SELECT to_regclass('made') IS NULL"));
}

static const struct {
    const char *what, *table;
    enum ledger_shape shape;
    const char *problem;
    bool is_read;
} unwritable[] = {
    {"golang-migrate",
     "CREATE TABLE schema_migrations (version bigint PRIMARY KEY, dirty boolean NOT NULL);"
     "INSERT INTO schema_migrations VALUES (2, false)",
     LEDGER_SINGLE_ROW, "one row", true},
    {"tern", "CREATE TABLE schema_migrations (version int4 NOT NULL); INSERT INTO schema_migrations VALUES (2)",
     LEDGER_SINGLE_ROW, "one row", true},
    {"a column that nobody can fill",
     "CREATE TABLE schema_migrations (version text PRIMARY KEY, \"installed by\" text NOT NULL, ok boolean NOT NULL);"
     "INSERT INTO schema_migrations VALUES ('001', 'x', true), ('002', 'x', true)",
     LEDGER_LIST, "\"installed by\", \"ok\"", true},
    {"a checksum of another type that must be given",
     "CREATE TABLE schema_migrations (version text PRIMARY KEY, checksum bigint NOT NULL);"
     "INSERT INTO schema_migrations VALUES ('001', 1), ('002', 2)",
     LEDGER_LIST, "checksum", true},
    {"a version that is generated",
     "CREATE TABLE schema_migrations (id integer, version bigint GENERATED ALWAYS AS (id) STORED PRIMARY KEY);"
     "INSERT INTO schema_migrations (id) VALUES (1), (2)",
     LEDGER_LIST, "version", true},
    {"a view", "CREATE VIEW schema_migrations AS SELECT '001'::text AS version", LEDGER_UNFIT, "no table", false},
    {"a sequence", "CREATE SEQUENCE schema_migrations", LEDGER_UNFIT, "no table", false},
    {"no version", "CREATE TABLE schema_migrations (filename text PRIMARY KEY)", LEDGER_UNFIT, "version", false},
    {"no column", "CREATE TABLE schema_migrations ()", LEDGER_UNFIT, "version", false},
    {"a version of no type for one", "CREATE TABLE schema_migrations (version timestamptz PRIMARY KEY)", LEDGER_UNFIT,
     "version", false},
};

static void test_apply_refuses_ledgers_that_it_cannot_write(void **state UNUSED)
{
    for (size_t i = 0; i < countof(unwritable); i++) {
        struct stage *stage = stage_new(NULL, server);
        oracle_execute(stage->oracle, "%s", unwritable[i].table);
        for (int n = 1; n <= 3; n++)
            stage_write(stage, talloc_asprintf(stage, "%03d_x.sql", n), "SELECT 1;\n");
        struct ledger *ledger = find_good(stage);
        if (ledger->shape != unwritable[i].shape || !ledger->problem || !strstr(ledger->problem, unwritable[i].problem))
            fail_msg("%s: shape %d, %s", unwritable[i].what, (int)ledger->shape,
                     ledger->problem ? ledger->problem : "no problem");
        if (unwritable[i].is_read) {
            assert_string_equal(stage_state(stage, 1), "applied");
            assert_string_equal(stage_state(stage, 2), "applied");
            assert_string_equal(stage_state(stage, 3), "pending");
        }
        assert_false(stage_plan(stage));
        assert_int_equal(stage->error->code, ERROR_REFUSED);
        assert_non_null(stage->error->hint);
        assert_true(oracle_says(stage->oracle, "SELECT to_regclass('schema_migration_events') IS NULL"));
        talloc_free(stage);
    }
}

static void test_read_sorts_by_number_and_passes_over_nulls(void **state)
{
    struct stage *stage = *state;
    oracle_execute(
        stage->oracle,
        "CREATE TABLE schema_migrations (version text UNIQUE, description text);"
        "INSERT INTO schema_migrations VALUES ('10', 'x'), ('9', NULL), (NULL, 'n'), ('abc', ''), ('0011', 'y'),"
        " ('1234567890123456789', '')");
    struct connection *connection = stage_connect(stage);
    struct ledger *ledger = find_good(stage);
    struct ledger_row *rows;
    size_t count;
    assert_true(ledger_read(stage, connection, ledger, &rows, &count, stage->error));
    static const char *const order[] = {"9", "10", "0011", "1234567890123456789", "abc"};
    static const int64_t numbers[] = {9, 10, 11, -1, -1};
    assert_int_equal(count, countof(order));
    for (size_t i = 0; i < count; i++) {
        assert_string_equal(rows[i].version, order[i]);
        assert_int_equal(rows[i].number, numbers[i]);
        assert_null(rows[i].checksum);
        assert_int_equal(rows[i].duration_ms, INTEGER_NULL);
    }
    assert_null(rows[0].description);
    assert_string_equal(rows[1].description, "x");
}

static void test_read_gives_times_in_utc(void **state)
{
    struct stage *stage = *state;
    oracle_execute(stage->oracle,
                   "%s; ALTER DATABASE %s SET timezone = 'Asia/Tokyo';"
                   "INSERT INTO schema_migrations (version, applied_at, duration_ms)"
                   " VALUES ('1', '2026-11-24 03:00:00.5+00', 7)",
                   create_ledger, stage->database);
    struct connection *connection = stage_connect(stage);
    struct ledger_row *rows;
    size_t count;
    assert_true(ledger_read(stage, connection, find_good(stage), &rows, &count, stage->error));
    assert_string_equal(rows[0].applied_at, "2026-11-24T03:00:00.500Z");
    assert_int_equal(rows[0].duration_ms, 7);
}

/* ---- roles ---- */

static void test_status_needs_only_select(void **state)
{
    struct stage *stage = *state;
    STAGE_SETTINGS(stage, "ledger=app.ledger");
    stage_write(stage, "001_a.sql", "SELECT 1;\n");
    stage_apply(stage);
    oracle_execute(stage->oracle,
                   "DROP ROLE IF EXISTS looker; CREATE ROLE looker LOGIN; GRANT USAGE ON SCHEMA app TO looker;"
                   "GRANT SELECT ON app.ledger, app.ledger_events TO looker;"
                   "ALTER DATABASE %s SET default_transaction_read_only = on",
                   stage->database);
    stage->role = "looker";
    assert_string_equal(stage_state(stage, 1), "applied");
}

static void test_status_says_what_a_role_lacks(void **state)
{
    struct stage *stage = *state;
    stage_write(stage, "001_a.sql", "SELECT 1;\n");
    stage_apply(stage);
    oracle_execute(stage->oracle, "DROP ROLE IF EXISTS nobody_at_all; CREATE ROLE nobody_at_all LOGIN");
    stage->role = "nobody_at_all";
    assert_null(stage_status(stage));
    assert_true(error_is_sqlstate(stage->error, "42501"));
    assert_non_null(strstr(stage->error->hint, "SELECT"));
}

static void test_apply_by_a_role_that_may_not_create_leaves_nothing(void **state)
{
    struct stage *stage = *state;
    STAGE_SETTINGS(stage, "ledger=app.ledger");
    oracle_execute(stage->oracle, "DROP ROLE IF EXISTS weak; CREATE ROLE weak LOGIN");
    stage_write(stage, "001_a.sql", "SELECT 1;\n");
    stage->role = "weak";
    stage_apply_fails(stage, ERROR_STATEMENT);
    assert_true(error_is_sqlstate(stage->error, "42501"));
    assert_true(oracle_says(stage->oracle, "SELECT to_regnamespace('app') IS NULL"));
}

static void test_apply_by_a_plain_owner_works(void **state)
{
    struct stage *stage = *state;
    oracle_execute(stage->oracle,
                   "DROP ROLE IF EXISTS plain; CREATE ROLE plain LOGIN; GRANT CREATE ON DATABASE %s TO plain",
                   stage->database);
    STAGE_SETTINGS(stage, "ledger=app.ledger");
    stage_write(stage, "001_a.sql", "CREATE TABLE app.made (a integer);\n");
    stage->role = "plain";
    stage_apply(stage);
    assert_string_equal(oracle_text(stage->oracle, "SELECT applied_by FROM app.ledger"), "plain");
    oracle_execute(stage->oracle, "DROP OWNED BY plain CASCADE");
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_apply_makes_ledger_and_journal_as_documented),
        TEST(test_apply_fills_each_column_of_its_row),
        cmocka_unit_test(test_apply_makes_the_named_ledger_with_its_schema),
        TEST(test_find_refuses_names_that_are_none_or_too_long),
        TEST(test_apply_makes_nothing_where_nothing_is_pending),
        TEST(test_status_creates_nothing),
        TEST(test_apply_makes_the_journal_beside_a_seeded_ledger),
        cmocka_unit_test(test_apply_writes_another_tools_list_by_its_own_columns),
        cmocka_unit_test(test_status_takes_checksums_of_a_foreign_list_from_the_journal),
        TEST(test_journal_keeps_what_a_foreign_list_has_no_room_for),
        TEST(test_apply_meets_the_fence_of_a_foreign_list),
        cmocka_unit_test(test_apply_refuses_ledgers_that_it_cannot_write),
        TEST(test_read_sorts_by_number_and_passes_over_nulls),
        TEST(test_read_gives_times_in_utc),
        TEST(test_status_needs_only_select),
        TEST(test_status_says_what_a_role_lacks),
        TEST(test_apply_by_a_role_that_may_not_create_leaves_nothing),
        TEST(test_apply_by_a_plain_owner_works),
    };
    return cmocka_run_group_tests(tests, start_server, stop_server);
}
