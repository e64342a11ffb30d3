/* Sessions: what they find out about the server, as which role, and that they give their connection back. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "store/session.h"
#include "tests/lib/fixture.h"

static struct session *open_session(struct fixture *fixture, const struct target *target, struct cancel *cancel)
{
    static const char *const options[] = {"pool_size=1", "pool_timeout=1ms", NULL};
    struct pool *pool =
        pool_new(fixture->memory, target, fixture_settings(fixture, options), POOL_READ_WRITE, "session");
    struct session *session = session_open(fixture->memory, pool, cancel, fixture->error);
    fixture_expect(fixture, session);
    return session;
}

static void test_session_facts(void **state)
{
    struct fixture *fixture = *state;
    struct session *session = open_session(fixture, fixture->target, NULL);
    struct session_facts *facts = session_test_connection(fixture->memory, session, fixture->error);
    fixture_expect(fixture, facts);
    assert_string_equal(facts->role, "postgres");
    assert_string_equal(facts->session_role, "postgres");
    assert_string_equal(facts->database, "test");
    assert_string_equal(facts->host, test_server_host(fixture->server));
    assert_string_equal(facts->port, "5432");
    assert_string_equal(facts->server_version, connection_parameter(session->connection, "server_version"));
    assert_int_equal(facts->backend_pid, connection_backend_pid(session->connection));
    assert_string_equal(facts->system_identifier,
                        fixture_ask(fixture, session->connection, "SELECT system_identifier FROM pg_control_system()"));
    assert_false(facts->in_recovery);
    assert_false(facts->read_only);
    assert_true(facts->is_superuser);
    assert_false(facts->is_pooled);
    assert_in_range(facts->round_trip_us, 1, FIXTURE_PATIENCE_MS * 1000);
    assert_int_equal(session->server_version, connection_server_version(session->connection));
}

static void test_session_facts_of_a_role_without_rights(void **state)
{
    struct fixture *fixture = *state;
    fixture_elsewhere(fixture, "CREATE ROLE plain LOGIN; ALTER ROLE plain SET default_transaction_read_only = on;"
                               "REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC");
    struct session *session = open_session(fixture, fixture_target(fixture, "user=plain"), NULL);
    struct session_facts *facts = session_test_connection(fixture->memory, session, fixture->error);
    fixture_elsewhere(fixture, "GRANT EXECUTE ON FUNCTION pg_control_system() TO PUBLIC");
    fixture_expect(fixture, facts);
    assert_string_equal(facts->role, "plain");
    assert_string_equal(facts->system_identifier, "");
    assert_false(facts->is_superuser);
    assert_true(facts->read_only);
    assert_int_equal(connection_state(session->connection), STATE_IDLE);
    talloc_free(session);
    fixture_elsewhere(fixture, "DROP ROLE plain");
}

static void test_session_facts_tell_the_session_role_apart(void **state)
{
    struct fixture *fixture = *state;
    struct session *session = open_session(fixture, fixture->target, NULL);
    fixture_execute(fixture, session->connection, "SET ROLE pg_monitor");
    struct session_facts *facts = session_test_connection(fixture->memory, session, fixture->error);
    fixture_expect(fixture, facts);
    assert_string_equal(facts->role, "pg_monitor");
    assert_string_equal(facts->session_role, "postgres");
}

/* A refusal is no failure, but the end of the connection is one. */
static void test_session_facts_of_a_lost_connection_fail(void **state)
{
    struct fixture *fixture = *state;
    struct session *session = open_session(fixture, fixture->target, NULL);
    fixture_elsewhere(fixture,
                      "CREATE SCHEMA hidden; CREATE OR REPLACE FUNCTION hidden.die() RETURNS bigint LANGUAGE sql AS"
                      " 'SELECT pg_terminate_backend(pg_backend_pid())::int::bigint'");
    fixture_elsewhere(
        fixture,
        "ALTER FUNCTION pg_catalog.pg_control_system() RENAME TO pg_control_system_kept;"
        "CREATE FUNCTION pg_catalog.pg_control_system(OUT system_identifier bigint) LANGUAGE sql AS 'SELECT hidden.die()'");
    struct session_facts *facts = session_test_connection(fixture->memory, session, fixture->error);
    fixture_elsewhere(
        fixture,
        "DROP FUNCTION pg_catalog.pg_control_system();"
        "ALTER FUNCTION pg_catalog.pg_control_system_kept() RENAME TO pg_control_system; DROP SCHEMA hidden CASCADE");
    fixture_expect_error(fixture, facts, ERROR_CONNECTION, "57P01");
    assert_true(fixture->error->is_connection_lost);
}

static void test_session_facts_once_cancelled_fail(void **state)
{
    struct fixture *fixture = *state;
    struct cancel *cancel = cancel_new(fixture->memory);
    struct session *session = open_session(fixture, fixture->target, cancel);
    cancel_request(cancel, 0);
    fixture_expect_error(fixture, session_test_connection(fixture->memory, session, fixture->error), ERROR_CANCELLED,
                         "");
    talloc_free(session);
}

static void test_session_of_a_read_only_pool_says_so(void **state)
{
    struct fixture *fixture = *state;
    struct pool *pool =
        pool_new(fixture->memory, fixture->target, fixture_settings(fixture, NULL), POOL_READ_ONLY, "session");
    struct session *session = session_open(fixture->memory, pool, NULL, fixture->error);
    fixture_expect(fixture, session);
    struct session_facts *facts = session_test_connection(fixture->memory, session, fixture->error);
    fixture_expect(fixture, facts);
    assert_true(facts->read_only);
}

/* What the server's search_path hides or puts in front must not matter. */
static void test_session_sees_the_catalog_and_nothing_else(void **state)
{
    struct fixture *fixture = *state;
    struct session *session = open_session(fixture, fixture->target, NULL);
    fixture_elsewhere(
        fixture, "CREATE FUNCTION public.current_database() RETURNS name LANGUAGE sql AS $$SELECT 'forged'::name$$");
    struct session_facts *facts = session_test_connection(fixture->memory, session, fixture->error);
    fixture_elsewhere(fixture, "DROP FUNCTION public.current_database()");
    fixture_expect(fixture, facts);
    assert_string_equal(facts->database, "test");
    fixture_expect_error(
        fixture, connection_execute(session->connection, NO_PARAMETERS, fixture->error, "CREATE TABLE unqualified ()"),
        ERROR_STATEMENT, "3F000");
}

static void test_session_gives_its_connection_back(void **state)
{
    struct fixture *fixture = *state;
    struct session *session = open_session(fixture, fixture->target, NULL);
    struct pool *pool = session->pool;
    size_t before = talloc_total_blocks(fixture->memory);
    int pid = connection_backend_pid(session->connection);
    for (int i = 0; i < 10; i++) {
        struct session_facts *facts = session_test_connection(session, session, fixture->error);
        fixture_expect(fixture, facts);
        fixture_expect_error(fixture, session_open(fixture->memory, pool, NULL, fixture->error), ERROR_REFUSED, "");
        error_clear(fixture->error);
        talloc_free(session);
        session = session_open(fixture->memory, pool, NULL, fixture->error);
        fixture_expect(fixture, session);
        assert_int_equal(connection_backend_pid(session->connection), pid);
    }
    assert_int_equal(talloc_total_blocks(fixture->memory), before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(test_session_facts),
        FIXTURE_TEST(test_session_facts_of_a_role_without_rights),
        FIXTURE_TEST(test_session_facts_tell_the_session_role_apart),
        FIXTURE_TEST(test_session_facts_of_a_lost_connection_fail),
        FIXTURE_TEST(test_session_facts_once_cancelled_fail),
        FIXTURE_TEST(test_session_of_a_read_only_pool_says_so),
        FIXTURE_TEST(test_session_sees_the_catalog_and_nothing_else),
        FIXTURE_TEST(test_session_gives_its_connection_back),
    };
    return cmocka_run_group_tests(tests, fixture_open_group, fixture_close_group);
}
