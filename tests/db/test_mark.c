/* Repairs of the ledger: each action in each state, all or nothing, journalled. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

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

#define LIST(...) ((const char *const[]){__VA_ARGS__, NULL})

static struct mark_result *mark(struct stage *stage, enum mark_action action, const char *reason,
                                const char *const *versions)
{
    struct mark_request request = {action, versions, reason};
    struct connection *connection = stage_connect(stage); /* only for its target */
    struct apply_options options = {.target = connection_target(connection),
                                    .settings = stage->settings,
                                    .application = "pgdeck test",
                                    .person = "tester",
                                    .host = "stage"};
    error_clear(stage->error);
    stage->directory = directory_read(stage, stage->settings, stage->error);
    struct mark_result *result =
        stage->directory ? mark_run(stage, stage->directory, &request, &options, stage->error) : NULL;
    assert_int_equal(result != NULL, !error_is_set(stage->error));
    talloc_free(connection);
    return result;
}

static struct mark_result *mark_good(struct stage *stage, enum mark_action action, const char *const *versions)
{
    struct mark_result *result = mark(stage, action, "by test", versions);
    if (!result)
        fail_msg("%s", stage->error->message);
    return result;
}

/* 1 applied, 2 changed, 3 missing, 4 incomplete, 5 out of order, 6 applied, 7 pending. */
static struct stage *make_states(TALLOC_CTX *owner)
{
    struct stage *stage = stage_new(owner, server);
    for (int i = 1; i <= 3; i++)
        stage_write(stage, talloc_asprintf(stage, "%03d_x.sql", i), "SELECT 1;\n");
    stage_write(stage, "006_x.sql", "SELECT 1;\n");
    stage_apply(stage);
    stage_write(stage, "002_x.sql", "SELECT 2;\n");
    test_server_execute(server, stage->database,
                        "INSERT INTO schema_migration_events (run, version, step, event, statement_hash) VALUES ('r', "
                        "'004', 1, 'step_done', 'h')");
    stage_write(stage, "004_x.sql", "-- pgdeck: no-transaction\nSELECT 1;\n");
    stage_write(stage, "005_x.sql", "SELECT 1;\n");
    stage_write(stage, "007_x.sql", "SELECT 1;\n");
    char *path = talloc_asprintf(stage, "%s/migrations/003_x.sql", stage->project);
    assert_int_equal(remove(path), 0);
    return stage;
}

static const struct {
    const char *version, *before;
    const char *after[3]; /* of each action; NULL: refused */
} states[] = {
    {"001", "applied", {NULL, "out_of_order", NULL}}, {"002", "changed", {NULL, "out_of_order", "applied"}},
    {"003", "missing", {NULL, "none", NULL}},         {"004", "incomplete", {"applied", "out_of_order", NULL}},
    {"005", "out_of_order", {"applied", NULL, NULL}}, {"006", "applied", {NULL, "pending", NULL}},
    {"007", "pending", {"applied", NULL, NULL}},
};

static void test_mark_takes_each_state_where_it_can_be_taken(void **state UNUSED)
{
    static const char *const actions[] = {"applied", "pending", "accept"};
    for (size_t i = 0; i < countof(states); i++) {
        for (int action = MARK_APPLIED; action <= MARK_ACCEPT; action++) {
            struct stage *stage = make_states(NULL);
            int64_t number = strtoll(states[i].version, NULL, 10);
            assert_string_equal(stage_state(stage, number), states[i].before);
            struct mark_result *result = mark(stage, (enum mark_action)action, "why", LIST(states[i].version));
            const char *after = states[i].after[action];
            if ((result != NULL) != (after != NULL))
                fail_msg("%s as %s: %s", states[i].before, actions[action], result ? "taken" : stage->error->message);
            assert_true(result || (stage->error->code == ERROR_USAGE && stage->error->hint));
            if (strcmp(stage_state(stage, number), after ? after : states[i].before) != 0)
                fail_msg("%s as %s: %s", states[i].before, actions[action], stage_state(stage, number));
            talloc_free(stage);
        }
    }
}

static const struct {
    enum mark_action action;
    const char *version, *event, *name;
} journalled[] = {
    {MARK_APPLIED, "007", "marked", "applied"}, {MARK_APPLIED, "004", "marked", "applied"},
    {MARK_PENDING, "001", "marked", "pending"}, {MARK_PENDING, "004", "resolved", "pending"},
    {MARK_ACCEPT, "002", "accepted", "accept"},
};

static void test_mark_is_journalled(void **state UNUSED)
{
    for (size_t i = 0; i < countof(journalled); i++) {
        struct stage *stage = make_states(NULL);
        struct mark_result *result =
            mark(stage, journalled[i].action, "it's \"why\"\nand größe", LIST(journalled[i].version));
        assert_non_null(result);
        assert_string_equal(
            oracle_text(stage->oracle,
                        "SELECT string_agg(event, ' ' ORDER BY id) FROM schema_migration_events WHERE run = '%s'",
                        result->run),
            talloc_asprintf(stage, "run_started %s run_finished", journalled[i].event));
        assert_true(oracle_says(stage->oracle,
                                "SELECT version = '%s' AND detail ->> 'action' = '%s' AND detail ->> 'reason' = "
                                "E'it''s \"why\"\\nand größe'"
                                " AND person = 'tester' AND (checksum IS NULL) = %s FROM schema_migration_events"
                                " WHERE run = '%s' AND event = '%s'",
                                journalled[i].version, journalled[i].name,
                                journalled[i].action == MARK_PENDING ? "true" : "false", result->run,
                                journalled[i].event));
        talloc_free(stage);
    }
}

static void test_mark_applied_writes_the_row_with_the_files_bytes(void **state)
{
    struct stage *stage = *state;
    stage_write(stage, "001_add_x.sql", "SELECT 1;\n");
    struct mark_result *result = mark_good(stage, MARK_APPLIED, LIST("1"));
    assert_string_equal(result->changes[0].version, "001");
    assert_int_equal(result->changes[0].before, MIGRATION_PENDING);
    assert_int_equal(result->changes[0].after, MIGRATION_APPLIED);
    assert_true(oracle_says(
        stage->oracle,
        "SELECT version = '001' AND description = 'add_x' AND checksum = '%s' AND run = '%s' AND duration_ms IS NULL"
        " FROM schema_migrations",
        stage->directory->files[0]->checksum, result->run));
    stage_write(stage, "001_add_x.sql", "SELECT 2;\n");
    assert_string_equal(stage_state(stage, 1), "changed");
}

static void test_mark_adopts_several_at_once(void **state)
{
    struct stage *stage = *state;
    for (int i = 1; i <= 20; i++)
        stage_write(stage, talloc_asprintf(stage, "%03d_x.sql", i), "SELECT 1;\n");
    struct mark_result *result = mark_good(stage, MARK_APPLIED, LIST("001", "2", "003", "0004"));
    assert_int_equal(result->count, 4);
    assert_int_equal(oracle_number(stage->oracle, "SELECT count(*) FROM schema_migrations"), 4);
    stage_apply(stage);
    assert_int_equal(stage->result->applied_count, 16);
}

static void test_mark_is_all_or_nothing(void **state)
{
    struct stage *stage = *state;
    stage_write(stage, "001_x.sql", "SELECT 1;\n");
    stage_write(stage, "002_x.sql", "SELECT 1;\n");
    stage_apply(stage);
    oracle_execute(stage->oracle,
                   "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS"
                   " 'BEGIN IF OLD.version = ''002'' THEN RAISE EXCEPTION ''no''; END IF; RETURN OLD; END';"
                   "CREATE TRIGGER no BEFORE DELETE ON schema_migrations FOR EACH ROW EXECUTE FUNCTION no()");
    long events = oracle_number(stage->oracle, "SELECT count(*) FROM schema_migration_events");
    assert_null(mark(stage, MARK_PENDING, "why", LIST("001", "002")));
    assert_int_equal(stage->error->code, ERROR_STATEMENT);
    assert_int_equal(oracle_number(stage->oracle, "SELECT count(*) FROM schema_migrations"), 2);
    assert_int_equal(oracle_number(stage->oracle, "SELECT count(*) FROM schema_migration_events"), events);
}

static const struct {
    const char *what, *versions[3], *reason;
} wrong[] = {
    {"an unknown version", {"009"}, "why"},
    {"a word", {"abc"}, "why"},
    {"an empty word", {""}, "why"},
    {"nothing", {NULL}, "why"},
    {"no reason", {"001"}, NULL},
    {"an empty reason", {"001"}, ""},
    {"a blank reason", {"001"}, " \t\n"},
    {"one twice", {"001", "1"}, "why"},
    {"a good one and a bad one", {"001", "9"}, "why"},
    {"a reason of other bytes", {"001"}, "\xff\xfe"},
    {"a negative version", {"-1"}, "why"},
    {"too many digits", {"0000000000000000001"}, "why"},
};

static void test_mark_refuses_what_makes_no_sense(void **state)
{
    struct stage *stage = *state;
    stage_write(stage, "001_x.sql", "SELECT 1;\n");
    for (size_t i = 0; i < countof(wrong); i++) {
        if (mark(stage, MARK_APPLIED, wrong[i].reason, wrong[i].versions))
            fail_msg("%s was taken", wrong[i].what);
        if (stage->error->code != ERROR_USAGE)
            fail_msg("%s: %s", wrong[i].what, stage->error->message);
        assert_string_equal(stage_state(stage, 1), "pending");
    }
}

/* A ledger may hold what is no version, or one version twice: both have to be got out again. */
static void test_mark_pending_takes_out_what_is_no_version(void **state)
{
    struct stage *stage = *state;
    stage_write(stage, "000_zero.sql", "SELECT 1;\n");
    stage_write(stage, "007_x.sql", "SELECT 1;\n");
    stage_apply(stage);
    oracle_execute(stage->oracle, "INSERT INTO schema_migrations (version) VALUES ('abc'), ('7')");
    assert_false(stage_plan(stage));
    mark_good(stage, MARK_PENDING, LIST("abc"));
    mark_good(stage, MARK_PENDING, LIST("7"));
    assert_string_equal(
        oracle_text(stage->oracle, "SELECT string_agg(version, ' ' ORDER BY version) FROM schema_migrations"),
        "000 007");
    assert_true(stage_plan(stage));
}

static void test_mark_pending_of_a_step_that_was_begun_lets_it_run_again(void **state)
{
    struct stage *stage = make_states(*state);
    mark_good(stage, MARK_PENDING, LIST("004", "003"));
    mark_good(stage, MARK_ACCEPT, LIST("002"));
    stage->selection.order = ORDER_ANY;
    stage_apply(stage);
    assert_string_equal(stage_state(stage, 4), "applied");
    assert_true(stage_heard(stage, "statement 004 1"));
}

static void test_mark_makes_the_ledger_where_there_is_none(void **state)
{
    struct stage *stage = *state;
    STAGE_SETTINGS(stage, "ledger=app.ledger");
    stage_write(stage, "001_x.sql", "SELECT 1;\n");
    mark_good(stage, MARK_APPLIED, LIST("001"));
    assert_int_equal(oracle_number(stage->oracle, "SELECT count(*) FROM app.ledger"), 1);
}

static void test_mark_writes_a_foreign_list_and_the_journal_has_the_rest(void **state)
{
    struct stage *stage = *state;
    oracle_execute(stage->oracle,
                   "CREATE TABLE schema_migrations (version bigint PRIMARY KEY, inserted_at timestamp(0) NOT NULL)");
    const char *before = stage_table(stage, "schema_migrations");
    stage_write(stage, "007_x.sql", "SELECT 1;\n");
    mark_good(stage, MARK_APPLIED, LIST("7"));
    assert_string_equal(stage_state(stage, 7), "applied");
    stage_write(stage, "007_x.sql", "SELECT 2;\n");
    assert_string_equal(stage_state(stage, 7), "changed");
    mark_good(stage, MARK_ACCEPT, LIST("7"));
    assert_string_equal(stage_state(stage, 7), "applied");
    mark_good(stage, MARK_PENDING, LIST("007"));
    assert_string_equal(stage_state(stage, 7), "pending");
    assert_string_equal(before, stage_table(stage, "schema_migrations"));
}

static void test_mark_refuses_a_single_row_ledger(void **state)
{
    struct stage *stage = *state;
    oracle_execute(stage->oracle, "CREATE TABLE schema_migrations (version bigint PRIMARY KEY, dirty boolean NOT NULL);"
                                  "INSERT INTO schema_migrations VALUES (1, false)");
    stage_write(stage, "002_x.sql", "SELECT 1;\n");
    assert_null(mark(stage, MARK_APPLIED, "why", LIST("2")));
    assert_int_equal(stage->error->code, ERROR_REFUSED);
    assert_non_null(strstr(stage->error->hint, "ledger"));
    assert_true(oracle_says(stage->oracle, "SELECT to_regclass('schema_migration_events') IS NULL"));
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mark_takes_each_state_where_it_can_be_taken),
        cmocka_unit_test(test_mark_is_journalled),
        TEST(test_mark_applied_writes_the_row_with_the_files_bytes),
        TEST(test_mark_adopts_several_at_once),
        TEST(test_mark_is_all_or_nothing),
        TEST(test_mark_refuses_what_makes_no_sense),
        TEST(test_mark_pending_takes_out_what_is_no_version),
        TEST(test_mark_pending_of_a_step_that_was_begun_lets_it_run_again),
        TEST(test_mark_makes_the_ledger_where_there_is_none),
        TEST(test_mark_writes_a_foreign_list_and_the_journal_has_the_rest),
        TEST(test_mark_refuses_a_single_row_ledger),
    };
    return cmocka_run_group_tests(tests, start_server, stop_server);
}
