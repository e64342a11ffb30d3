/* The preflight: who is in the way of a plan now, what refuses a run, and what a role may not see. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "migrate/hazard.h"
#include "migrate/preflight.h"
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
    struct stage *stage = stage_new(NULL, server);
    oracle_execute(stage->oracle, "CREATE TABLE orders (id integer PRIMARY KEY); CREATE TABLE other (id integer)");
    stage_write(stage, "001_a.sql", "ALTER TABLE orders ADD COLUMN note text;\n");
    *state = stage;
    return 0;
}

static int tear_down(void **state) { return talloc_free(*state); }

/* What would have been measured of the one statement. */
static void say_facts(struct stage *stage, enum lock_mode mode)
{
    struct fact_lock *lock = talloc_zero(stage, struct fact_lock);
    *lock = (struct fact_lock){.relation = "public.orders", .relkind = 'r', .mode = mode};
    struct facts *facts = talloc_zero(stage, struct facts);
    *facts = (struct facts){.source = FACTS_MEASURED, .locks = lock, .lock_count = 1};
    stage->plan->steps[0].facts = facts;
}

static struct preflight *look(struct stage *stage, enum lock_mode mode)
{
    assert_true(stage_plan(stage));
    if (mode != LOCK_NONE)
        say_facts(stage, mode);
    struct connection *connection = stage_connect(stage);
    struct preflight *preflight = preflight_look(stage, connection, stage->plan, stage->settings, stage->error);
    if (!preflight)
        fail_msg("preflight: %s", stage->error->message);
    talloc_free(connection);
    return preflight;
}

static const struct preflight_finding *finding(const struct preflight *preflight, const char *words)
{
    for (size_t i = 0; i < preflight->finding_count; i++)
        if (strstr(preflight->findings[i].message, words))
            return &preflight->findings[i];
    return NULL;
}

static void test_nobody_in_the_way_is_nobody(void **state)
{
    const struct preflight *preflight = look(*state, LOCK_ACCESS_EXCLUSIVE);
    assert_int_equal(preflight->blocker_count, 0);
    assert_int_equal(preflight->finding_count, 0);
    assert_null(preflight->unknown);
}

static void test_holder_of_a_conflicting_lock_is_a_blocker(void **state)
{
    struct stage *stage = *state;
    struct oracle *reader = oracle_open(stage, server, stage->database);
    oracle_execute(reader, "SET application_name = 'reporting'; BEGIN; SELECT FROM orders");
    const struct preflight *preflight = look(stage, LOCK_ACCESS_EXCLUSIVE);
    bool found = false;
    for (size_t i = 0; i < preflight->blocker_count; i++) {
        const struct preflight_blocker *blocker = &preflight->blockers[i];
        assert_string_equal(blocker->application, "reporting");
        assert_string_equal(blocker->role, "postgres");
        assert_string_equal(blocker->state, "idle in transaction");
        assert_string_equal(blocker->relation, "public.orders");
        assert_string_equal(blocker->mode, "AccessShareLock");
        assert_true(blocker->transaction_age_ms >= 0);
        found = true;
    }
    assert_true(found);
    assert_true(preflight_allows(preflight, stage->error));
}

static void test_idle_transaction_without_the_relation_is_told(void **state)
{
    struct stage *stage = *state;
    struct oracle *idler = oracle_open(stage, server, stage->database);
    oracle_execute(idler, "BEGIN; SELECT FROM other");
    const struct preflight *preflight = look(stage, LOCK_ACCESS_EXCLUSIVE);
    assert_int_equal(preflight->blocker_count, 1);
    assert_null(preflight->blockers[0].relation);
}

static void test_lock_that_does_not_conflict_is_in_nobodys_way(void **state)
{
    struct stage *stage = *state;
    struct oracle *reader = oracle_open(stage, server, stage->database);
    oracle_execute(reader, "BEGIN; SELECT FROM orders");
    const struct preflight *preflight = look(stage, LOCK_SHARE_UPDATE_EXCLUSIVE);
    assert_int_equal(preflight->blocker_count, 1);
    assert_null(preflight->blockers[0].relation);
}

static void test_prepared_transaction_is_named(void **state)
{
    struct stage *stage = *state;
    oracle_execute(stage->oracle, "BEGIN; LOCK TABLE orders IN ROW EXCLUSIVE MODE; PREPARE TRANSACTION 'forgotten'");
    const struct preflight *preflight = look(stage, LOCK_ACCESS_EXCLUSIVE);
    oracle_execute(stage->oracle, "ROLLBACK PREPARED 'forgotten'");
    assert_int_equal(preflight->blocker_count, 1);
    assert_int_equal(preflight->blockers[0].pid, 0);
    assert_string_equal(preflight->blockers[0].application, "forgotten");
    assert_string_equal(preflight->blockers[0].relation, "public.orders");
    assert_non_null(finding(preflight, "the prepared transaction \"forgotten\""));
}

static void test_invalid_index_is_named_with_its_repair(void **state)
{
    struct stage *stage = *state;
    oracle_execute(stage->oracle, "CREATE INDEX broken ON orders (id);"
                                  "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'broken'::regclass");
    const struct preflight_finding *found = finding(look(stage, LOCK_NONE), "index public.broken is invalid");
    assert_non_null(found);
    assert_int_equal(found->severity, PREFLIGHT_WARNS);
    assert_non_null(strstr(found->hint, "REINDEX INDEX CONCURRENTLY public.broken"));
}

static void test_role_that_sees_nobody_is_told_so(void **state)
{
    struct stage *stage = *state;
    oracle_execute(stage->oracle, "CREATE ROLE plain LOGIN; GRANT ALL ON SCHEMA public TO plain");
    struct oracle *idler = oracle_open(stage, server, stage->database);
    oracle_execute(idler, "BEGIN; SELECT FROM other");
    stage->role = "plain";
    const struct preflight *preflight = look(stage, LOCK_NONE);
    assert_int_equal(preflight->blocker_count, 0);
    assert_non_null(strstr(preflight->unknown, "role plain may not see"));
    assert_int_equal(finding(preflight, "role plain may not see")->severity, PREFLIGHT_UNKNOWN);
    stage->role = "postgres";
    oracle_execute(stage->oracle, "DROP OWNED BY plain; DROP ROLE plain");
}

static void test_table_of_another_owner_refuses_the_run(void **state)
{
    struct stage *stage = *state;
    oracle_execute(stage->oracle, "CREATE ROLE plain LOGIN; GRANT ALL ON SCHEMA public TO plain;"
                                  "GRANT SELECT ON orders TO plain");
    stage->role = "plain";
    assert_true(stage_plan(stage));
    say_facts(stage, LOCK_ACCESS_EXCLUSIVE);
    assert_false(stage_run(stage));
    assert_int_equal(stage->error->code, ERROR_REFUSED);
    assert_non_null(strstr(stage->error->message, "public.orders belongs to postgres"));
    assert_non_null(stage->error->hint);
    stage->role = "postgres";
    assert_true(oracle_says(stage->oracle, "SELECT to_regclass('schema_migrations') IS NULL"));
    oracle_execute(stage->oracle, "DROP OWNED BY plain; DROP ROLE plain");
}

static void test_unmeasured_plan_leaves_holders_unknown(void **state)
{
    assert_non_null(strstr(look(*state, LOCK_NONE)->unknown, "not every statement was measured"));
}

static void test_names_that_need_quotes_are_found(void **state)
{
    struct stage *stage = *state;
    static const char odd[] = "public.\"o\\r, \"\"d{e}rs\"";
    oracle_execute(stage->oracle, "CREATE TABLE %s ()", odd);
    oracle_execute(stage->oracle, "BEGIN; LOCK TABLE %s IN SHARE MODE", odd);
    assert_true(stage_plan(stage));
    say_facts(stage, LOCK_ACCESS_EXCLUSIVE);
    struct fact_lock lock = {.relation = odd, .relkind = 'r', .mode = LOCK_ACCESS_EXCLUSIVE};
    struct facts facts = {.source = FACTS_MEASURED, .locks = &lock, .lock_count = 1};
    stage->plan->steps[0].facts = &facts;
    struct connection *connection = stage_connect(stage);
    struct preflight *preflight = preflight_look(stage, connection, stage->plan, stage->settings, stage->error);
    assert_non_null(preflight);
    assert_int_equal(preflight->blocker_count, 1);
    assert_string_equal(preflight->blockers[0].relation, odd);
    talloc_free(connection);
    oracle_execute(stage->oracle, "ROLLBACK");
}

static void test_row_that_is_gone_from_the_ledger_is_told(void **state)
{
    struct stage *stage = *state;
    stage_apply(stage);
    assert_null(finding(look(stage, LOCK_NONE), "gone from the ledger")); /* nothing is planned */
    oracle_execute(stage->oracle, "DELETE FROM schema_migrations");
    assert_non_null(finding(look(stage, LOCK_NONE), "001 was applied at 20"));
    assert_non_null(strstr(finding(look(stage, LOCK_NONE), "gone from the ledger")->hint, "pgdeck mark 001 --applied"));
    oracle_execute(stage->oracle,
                   "INSERT INTO schema_migration_events (run, version, event) VALUES ('x', '001', 'marked')");
    assert_null(finding(look(stage, LOCK_NONE), "gone from the ledger"));
}

static void test_text_that_shows_in_another_order_is_told(void **state)
{
    struct stage *stage = *state;
    stage_write(stage, "001_a.sql", "SELECT 1;\n-- \u202e;\nSELECT 2;\n");
    assert_non_null(finding(look(stage, LOCK_NONE), "migrations/001_a.sql:2 holds U+202E"));
    stage_write(stage, "001_a.sql", "SELECT '\u00e4\u20ac\u2013';\n");
    assert_null(finding(look(stage, LOCK_NONE), "holds U+"));
}

static void test_long_work_under_locks_foretells_the_breaker(void **state)
{
    struct stage *stage = *state;
    struct hazard hazard = {
        .kind = &hazard_kinds[HAZARD_index_build], .danger = DANGER_HIGH, .object = "public.orders"};
    struct hazard_list list = {.items = &hazard, .count = 1};
    assert_true(stage_plan(stage));
    say_facts(stage, LOCK_SHARE);
    stage->plan->steps[0].hazards = &list;
    struct connection *connection = stage_connect(stage);
    struct preflight *preflight = preflight_look(stage, connection, stage->plan, stage->settings, stage->error);
    assert_non_null(
        finding(preflight, "001 (line 1) works long under its locks (index-build of public.orders): the run stops it"));
    assert_non_null(strstr(finding(preflight, "works long")->hint, "PGDECK_BREAKER_WAIT=10min"));
    STAGE_SETTINGS(stage, "breaker_wait=0");
    assert_null(finding(preflight_look(stage, connection, stage->plan, stage->settings, stage->error), "works long"));
    STAGE_SETTINGS(stage, "breaker_wait=2s");
    hazard.danger = DANGER_LOW; /* a small table */
    assert_null(finding(preflight_look(stage, connection, stage->plan, stage->settings, stage->error), "works long"));
    talloc_free(connection);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_nobody_in_the_way_is_nobody),
        TEST(test_holder_of_a_conflicting_lock_is_a_blocker),
        TEST(test_idle_transaction_without_the_relation_is_told),
        TEST(test_lock_that_does_not_conflict_is_in_nobodys_way),
        TEST(test_prepared_transaction_is_named),
        TEST(test_invalid_index_is_named_with_its_repair),
        TEST(test_role_that_sees_nobody_is_told_so),
        TEST(test_table_of_another_owner_refuses_the_run),
        TEST(test_unmeasured_plan_leaves_holders_unknown),
        TEST(test_names_that_need_quotes_are_found),
        TEST(test_long_work_under_locks_foretells_the_breaker),
        TEST(test_row_that_is_gone_from_the_ledger_is_told),
        TEST(test_text_that_shows_in_another_order_is_told),
    };
    return cmocka_run_group_tests(tests, start_server, stop_server);
}
