/* The transaction manager: what is committed, what is rolled back, what is run again, and what nobody can know. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>

#include "store/cancel.h"
#include "store/transaction.h"
#include "tests/lib/fixture.h"

static const struct transaction_options once = {TRANSACTION_READ_WRITE, 1};
static const struct transaction_options thrice = {TRANSACTION_READ_WRITE, 3};

/* What a piece of work does, and how often it was called. */
struct job {
    struct fixture *fixture;
    const char *const *statements; /* NULL-terminated */
    const char *elsewhere;         /* at the first call: run by another session after the first statement */
    struct cancel *cancel;         /* asked for when a statement fails */
    int calls;
    bool swallows; /* says that it succeeded */
};

static bool run_job(struct connection *connection, void *argument, struct error *error)
{
    struct job *job = argument;
    job->calls++;
    for (size_t i = 0; job->statements[i]; i++) {
        if (!connection_execute(connection, NO_PARAMETERS, error, job->statements[i])) {
            if (job->cancel)
                cancel_request(job->cancel, 0);
            return job->swallows;
        }
        if (i == 0 && job->calls == 1 && job->elsewhere)
            fixture_elsewhere(job->fixture, job->elsewhere);
    }
    return true;
}

#define STATEMENTS(...) ((const char *const[]){__VA_ARGS__, NULL})

static int open_test(void **state)
{
    int result = fixture_open_test(state);
    fixture_elsewhere(
        *state, "DROP TABLE IF EXISTS child, account; CREATE TABLE account (id int PRIMARY KEY, amount int NOT NULL);"
                "INSERT INTO account VALUES (1, 10), (2, 20);"
                "CREATE TABLE child (id int REFERENCES account DEFERRABLE INITIALLY DEFERRED)");
    return result;
}

static void expect_amounts(struct fixture *fixture, struct connection *connection, const char *amounts)
{
    assert_int_equal(connection_state(connection), STATE_IDLE);
    assert_string_equal(
        fixture_ask(fixture, connection, "SELECT string_agg(amount::text, ' ' ORDER BY id) FROM account"), amounts);
}

/* ---- commit and roll back ---- */

static void test_transaction_commits(void **state)
{
    struct fixture *fixture = *state;
    struct connection *connection = fixture_connect(fixture);
    struct job job = {.fixture = fixture,
                      .statements = STATEMENTS("UPDATE account SET amount = 11 WHERE id = 1",
                                               "UPDATE account SET amount = 21 WHERE id = 2")};
    fixture_expect(fixture, transaction_run(connection, &once, run_job, &job, fixture->error));
    assert_int_equal(job.calls, 1);
    expect_amounts(fixture, fixture_connect(fixture), "11 21");
    assert_int_equal(connection_state(connection), STATE_IDLE);
}

static void test_transaction_rolls_back_on_failure(void **state)
{
    struct fixture *fixture = *state;
    struct connection *connection = fixture_connect(fixture);
    struct job job = {.fixture = fixture,
                      .statements = STATEMENTS("UPDATE account SET amount = 11", "INSERT INTO account VALUES (1, 1)")};
    fixture_expect_error(fixture, transaction_run(connection, &thrice, run_job, &job, fixture->error), ERROR_STATEMENT,
                         "23505");
    assert_int_equal(job.calls, 1);
    expect_amounts(fixture, connection, "10 20");
}

static bool refuse(struct connection *connection UNUSED, void *argument UNUSED, struct error *error)
{
    return error_set(error, ERROR_REFUSED, "no");
}

static void test_transaction_rolls_back_when_the_work_refuses(void **state)
{
    struct fixture *fixture = *state;
    struct connection *connection = fixture_connect(fixture);
    fixture_expect_error(fixture, transaction_run(connection, &thrice, refuse, NULL, fixture->error), ERROR_REFUSED,
                         "");
    assert_int_equal(connection_state(connection), STATE_IDLE);
}

/* The server answers such a COMMIT with the tag ROLLBACK, and no error. */
static void test_transaction_commit_of_a_failed_one_is_an_error(void **state)
{
    struct fixture *fixture = *state;
    struct connection *connection = fixture_connect(fixture);
    struct job job = {
        .fixture = fixture, .statements = STATEMENTS("UPDATE account SET amount = 11", "SELECT 1/0"), .swallows = true};
    fixture_expect_error(fixture, transaction_run(connection, &thrice, run_job, &job, fixture->error), ERROR_STATEMENT,
                         "");
    assert_int_equal(job.calls, 1);
    expect_amounts(fixture, connection, "10 20");
}

static void test_transaction_deferred_constraint_fails_at_commit(void **state)
{
    struct fixture *fixture = *state;
    struct connection *connection = fixture_connect(fixture);
    struct job job = {.fixture = fixture,
                      .statements = STATEMENTS("UPDATE account SET amount = 11", "INSERT INTO child VALUES (99)")};
    fixture_expect_error(fixture, transaction_run(connection, &thrice, run_job, &job, fixture->error), ERROR_STATEMENT,
                         "23503");
    assert_string_equal(fixture->error->table, "child");
    assert_int_equal(job.calls, 1);
    expect_amounts(fixture, connection, "10 20");
}

static void test_transaction_single_steps(void **state)
{
    struct fixture *fixture = *state;
    struct connection *connection = fixture_connect(fixture);
    transaction_rollback(connection);
    fixture_expect(fixture, transaction_begin(connection, TRANSACTION_READ_WRITE, fixture->error));
    assert_int_equal(connection_state(connection), STATE_IN_TRANSACTION);
    fixture_execute(fixture, connection, "UPDATE account SET amount = 11");
    transaction_rollback(connection);
    expect_amounts(fixture, connection, "10 20");
    fixture_expect(fixture, transaction_begin(connection, TRANSACTION_READ_WRITE, fixture->error));
    fixture_execute(fixture, connection, "UPDATE account SET amount = 11");
    fixture_expect(fixture, transaction_commit(connection, fixture->error));
    expect_amounts(fixture, connection, "11 11");
}

/* ---- modes ---- */

static void test_transaction_modes(void **state)
{
    static const struct {
        enum transaction_mode mode;
        const char *isolation, *read_only;
    } cases[] = {
        {TRANSACTION_READ_WRITE, "serializable", "off"},
        {TRANSACTION_READ_ONLY, "read committed", "on"},
        {TRANSACTION_SNAPSHOT, "repeatable read", "on"},
    };
    struct fixture *fixture = *state;
    struct connection *connection = fixture_connect(fixture);
    fixture_execute(fixture, connection, "SET default_transaction_isolation = 'serializable'");
    for (size_t i = 0; i < countof(cases); i++) {
        fixture_expect(fixture, transaction_begin(connection, cases[i].mode, fixture->error));
        assert_string_equal(fixture_ask(fixture, connection, "SHOW transaction_isolation"), cases[i].isolation);
        assert_string_equal(fixture_ask(fixture, connection, "SHOW transaction_read_only"), cases[i].read_only);
        transaction_rollback(connection);
    }
}

static bool look_twice(struct connection *connection, void *argument, struct error *error UNUSED)
{
    struct fixture *fixture = argument;
    char *before = fixture_ask(fixture, connection, "SELECT sum(amount) FROM account");
    fixture_elsewhere(fixture, "UPDATE account SET amount = amount + 1");
    assert_string_equal(fixture_ask(fixture, connection, "SELECT sum(amount) FROM account"), before);
    return true;
}

static void test_transaction_snapshot_is_one_picture(void **state)
{
    struct fixture *fixture = *state;
    struct transaction_options options = {TRANSACTION_SNAPSHOT, 1};
    fixture_expect(fixture, transaction_run(fixture_connect(fixture), &options, look_twice, fixture, fixture->error));
}

/* ---- again ---- */

static void test_transaction_runs_again_after_40001(void **state)
{
    struct fixture *fixture = *state;
    struct connection *connection = fixture_connect(fixture);
    struct job job = {.fixture = fixture,
                      .statements =
                          STATEMENTS("SELECT * FROM account", "UPDATE account SET amount = amount + 1 WHERE id = 1"),
                      .elsewhere = "UPDATE account SET amount = 100 WHERE id = 1"};
    fixture_execute(fixture, connection, "SET default_transaction_isolation = 'repeatable read'");
    fixture_expect(fixture, transaction_run(connection, &thrice, run_job, &job, fixture->error));
    assert_int_equal(job.calls, 2);
    expect_amounts(fixture, connection, "101 20");
}

/* Two that read what the other writes: the server finds out when the second commits. */
static void test_transaction_runs_again_after_40001_at_commit(void **state)
{
    struct fixture *fixture = *state;
    struct connection *connection = fixture_connect(fixture);
    struct job job = {
        .fixture = fixture,
        .statements = STATEMENTS("INSERT INTO account SELECT 3, sum(amount) FROM account"),
        .elsewhere =
            "BEGIN ISOLATION LEVEL SERIALIZABLE; INSERT INTO account SELECT 4, sum(amount) FROM account; COMMIT"};
    fixture_execute(fixture, connection, "SET default_transaction_isolation = 'serializable'");
    fixture_expect(fixture, transaction_run(connection, &thrice, run_job, &job, fixture->error));
    assert_int_equal(job.calls, 2);
    expect_amounts(fixture, connection, "10 20 60 30");
}

static void test_transaction_gives_up_after_its_attempts(void **state)
{
    static const struct {
        const char *statement, *sqlstate;
        enum error_code code;
    } cases[] = {
        {"DO $$ BEGIN RAISE '' USING errcode = '40001'; END $$", "40001", ERROR_SERIALIZATION},
        {"DO $$ BEGIN RAISE '' USING errcode = '40P01'; END $$", "40P01", ERROR_SERIALIZATION},
        {"LOCK TABLE account NOWAIT", "55P03", ERROR_LOCK_TIMEOUT},
    };
    struct fixture *fixture = *state;
    struct connection *connection = fixture_connect(fixture), *holder = fixture_connect(fixture);
    fixture_execute(fixture, holder, "BEGIN");
    fixture_execute(fixture, holder, "LOCK TABLE account");
    for (size_t i = 0; i < countof(cases); i++) {
        struct job job = {.fixture = fixture, .statements = STATEMENTS(cases[i].statement)};
        fixture_expect_error(fixture, transaction_run(connection, &thrice, run_job, &job, fixture->error),
                             cases[i].code, cases[i].sqlstate);
        assert_int_equal(job.calls, 3);
        assert_int_equal(connection_state(connection), STATE_IDLE);
    }
}

struct side {
    pthread_barrier_t *both;
    struct connection *connection;
    struct error *error;
    const char *first, *second;
    int calls;
    bool ok;
};

static bool lock_both(struct connection *connection, void *argument, struct error *error)
{
    struct side *side = argument;
    side->calls++;
    if (!connection_execute(connection, NO_PARAMETERS, error, side->first))
        return false;
    if (side->calls == 1)
        pthread_barrier_wait(side->both);
    return connection_execute(connection, NO_PARAMETERS, error, side->second);
}

static void *run_side(void *argument)
{
    struct side *side = argument;
    struct transaction_options options = {TRANSACTION_READ_WRITE, 10};
    side->ok = transaction_run(side->connection, &options, lock_both, side, side->error);
    return NULL;
}

static void test_transaction_runs_again_after_a_deadlock(void **state)
{
    static const char one[] = "UPDATE account SET amount = amount + 1 WHERE id = 1";
    static const char two[] = "UPDATE account SET amount = amount + 1 WHERE id = 2";
    struct fixture *fixture = *state;
    pthread_barrier_t both;
    pthread_barrier_init(&both, NULL, 2);
    struct side sides[] = {
        {&both, fixture_connect(fixture), error_new(NULL), one, two, 0, false},
        {&both, fixture_connect(fixture), error_new(NULL), two, one, 0, false},
    };
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, run_side, &sides[0]), 0);
    run_side(&sides[1]);
    pthread_join(thread, NULL);
    pthread_barrier_destroy(&both);
    talloc_free(sides[0].error);
    talloc_free(sides[1].error);
    assert_true(sides[0].ok && sides[1].ok);
    assert_true(sides[0].calls + sides[1].calls >= 3);
    expect_amounts(fixture, sides[0].connection, "12 22");
}

/* ---- savepoints ---- */

static bool run_in_savepoint(struct connection *connection, void *argument, struct error *error)
{
    return transaction_savepoint(connection, run_job, argument, error);
}

/* Changes account 1, then fails in a savepoint of its own, then (says argument) fails or not. */
static bool fail_inside(struct connection *connection, void *argument, struct error *error)
{
    struct job *job = argument;
    struct error *ignored = error_new(NULL);
    bool ok = connection_execute(connection, NO_PARAMETERS, error, "UPDATE account SET amount = 77 WHERE id = 1") &&
              !run_in_savepoint(connection, job, ignored) && ignored->code == ERROR_STATEMENT;
    talloc_free(ignored);
    return ok && (job->swallows || refuse(connection, NULL, error));
}

static void test_savepoint_failure_leaves_the_rest(void **state)
{
    struct fixture *fixture = *state;
    struct connection *connection = fixture_connect(fixture);
    struct job job = {.fixture = fixture, .statements = STATEMENTS("UPDATE account SET amount = 99", "SELECT 1/0")};
    fixture_expect(fixture, transaction_begin(connection, TRANSACTION_READ_WRITE, fixture->error));
    fixture_execute(fixture, connection, "UPDATE account SET amount = 11 WHERE id = 1");
    fixture_expect_error(fixture, run_in_savepoint(connection, &job, fixture->error), ERROR_STATEMENT, "22012");
    assert_int_equal(connection_state(connection), STATE_IN_TRANSACTION);
    job.statements = STATEMENTS("UPDATE account SET amount = 22 WHERE id = 2");
    fixture_expect(fixture, run_in_savepoint(connection, &job, fixture->error));
    fixture_expect(fixture, transaction_commit(connection, fixture->error));
    expect_amounts(fixture, connection, "11 22");
}

/* All savepoints have one name: an inner one that stayed would be taken for the outer. */
static void test_savepoint_outer_rolls_back_past_an_inner_failure(void **state)
{
    struct fixture *fixture = *state;
    struct connection *connection = fixture_connect(fixture);
    struct job job = {.fixture = fixture, .statements = STATEMENTS("SELECT 1/0")};
    fixture_expect(fixture, transaction_begin(connection, TRANSACTION_READ_WRITE, fixture->error));
    fixture_expect_error(fixture, transaction_savepoint(connection, fail_inside, &job, fixture->error), ERROR_REFUSED,
                         "");
    fixture_expect(fixture, transaction_commit(connection, fixture->error));
    expect_amounts(fixture, connection, "10 20");
}

static void test_savepoint_outer_succeeds_past_an_inner_failure(void **state)
{
    struct fixture *fixture = *state;
    struct connection *connection = fixture_connect(fixture);
    struct job inner = {.fixture = fixture, .statements = STATEMENTS("SELECT 1/0")};
    fixture_expect(fixture, transaction_begin(connection, TRANSACTION_READ_WRITE, fixture->error));
    fixture_execute(fixture, connection, "SAVEPOINT pgdeck");
    fixture_execute(fixture, connection, "UPDATE account SET amount = 11");
    fixture_expect_error(fixture, run_in_savepoint(connection, &inner, fixture->error), ERROR_STATEMENT, "22012");
    fixture_execute(fixture, connection, "ROLLBACK TO SAVEPOINT pgdeck");
    fixture_expect(fixture, transaction_commit(connection, fixture->error));
    expect_amounts(fixture, connection, "10 20");
}

/* The work says that it succeeded, but left the transaction failed: RELEASE fails. */
static void test_savepoint_of_swallowed_failure_lets_the_transaction_go_on(void **state)
{
    struct fixture *fixture = *state;
    struct connection *connection = fixture_connect(fixture);
    struct job job = {.fixture = fixture, .statements = STATEMENTS("SELECT 1/0"), .swallows = true};
    fixture_expect(fixture, transaction_begin(connection, TRANSACTION_READ_WRITE, fixture->error));
    fixture_execute(fixture, connection, "UPDATE account SET amount = 11");
    fixture_expect_error(fixture, run_in_savepoint(connection, &job, fixture->error), ERROR_STATEMENT, "25P02");
    assert_int_equal(connection_state(connection), STATE_IN_TRANSACTION);
    fixture_expect(fixture, transaction_commit(connection, fixture->error));
    expect_amounts(fixture, connection, "11 11");
}

/* ---- lost and cancelled ---- */

static void test_transaction_lost_at_commit_is_unknown(void **state)
{
    struct fixture *fixture = *state;
    struct connection *connection = fixture_connect(fixture);
    fixture_elsewhere(fixture, "CREATE OR REPLACE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS"
                               " 'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END';"
                               "CREATE CONSTRAINT TRIGGER die AFTER INSERT ON child DEFERRABLE INITIALLY DEFERRED"
                               " FOR EACH ROW EXECUTE FUNCTION die()");
    struct job job = {.fixture = fixture, .statements = STATEMENTS("INSERT INTO child VALUES (1)")};
    fixture_expect_error(fixture, transaction_run(connection, &thrice, run_job, &job, fixture->error),
                         ERROR_UNKNOWN_OUTCOME, "57P01");
    assert_true(fixture->error->is_connection_lost);
    assert_int_equal(job.calls, 1);
    assert_int_equal(connection_state(connection), STATE_LOST);
}

/* The work itself ends its session from elsewhere: the next thing that is sent is COMMIT. */
static bool end_own_session(struct connection *connection, void *argument, struct error *error UNUSED)
{
    struct fixture *fixture = argument;
    fixture_elsewhere(fixture, talloc_asprintf(fixture->memory, "SELECT pg_terminate_backend(%d)",
                                               connection_backend_pid(connection)));
    return true;
}

static void test_transaction_that_reads_lost_at_commit_is_a_lost_connection(void **state)
{
    struct fixture *fixture = *state;
    struct connection *connection = fixture_connect(fixture);
    struct transaction_options options = {TRANSACTION_SNAPSHOT, 1};
    bool ok = transaction_run(connection, &options, end_own_session, fixture, fixture->error);
    assert_false(ok);
    assert_int_equal(fixture->error->code, ERROR_CONNECTION);
    assert_true(fixture->error->is_connection_lost);
}

static void test_transaction_lost_before_commit_is_not_unknown(void **state)
{
    struct fixture *fixture = *state;
    struct connection *connection = fixture_connect(fixture);
    struct job job = {.fixture = fixture, .statements = STATEMENTS("SELECT pg_terminate_backend(pg_backend_pid())")};
    fixture_expect_error(fixture, transaction_run(connection, &thrice, run_job, &job, fixture->error), ERROR_CONNECTION,
                         "57P01");
    assert_int_equal(job.calls, 1);
    /* COMMIT is not even sent where the connection is known to be gone. */
    fixture_expect_error(fixture, transaction_commit(connection, fixture->error), ERROR_CONNECTION, "");
    transaction_rollback(connection);
    assert_int_equal(connection_state(connection), STATE_LOST);
}

static bool ask_and_sleep(struct connection *connection, void *argument, struct error *error)
{
    if (!connection_execute(connection, NO_PARAMETERS, error, "UPDATE account SET amount = 11"))
        return false;
    cancel_request(argument, 0);
    return connection_execute(connection, NO_PARAMETERS, error, "SELECT pg_sleep(60)");
}

static void test_transaction_cancelled_inside_is_rolled_back(void **state)
{
    struct fixture *fixture = *state;
    struct connection *connection = fixture_connect(fixture);
    struct cancel *cancel = cancel_new(fixture->memory);
    connection_set_cancel(connection, cancel);
    assert_false(transaction_run(connection, &thrice, ask_and_sleep, cancel, fixture->error));
    assert_int_equal(fixture->error->code, ERROR_CANCELLED);
    assert_ptr_equal(connection_cancel(connection), cancel);
    connection_set_cancel(connection, NULL);
    expect_amounts(fixture, connection, "10 20");
}

static bool ask_before_commit(struct connection *connection, void *argument, struct error *error)
{
    bool ok = connection_execute(connection, NO_PARAMETERS, error, "UPDATE account SET amount = 11");
    cancel_request(argument, 0);
    return ok;
}

static void test_transaction_cancelled_before_commit_is_rolled_back(void **state)
{
    struct fixture *fixture = *state;
    struct connection *connection = fixture_connect(fixture);
    struct cancel *cancel = cancel_new(fixture->memory);
    connection_set_cancel(connection, cancel);
    fixture_expect_error(fixture, transaction_run(connection, &thrice, ask_before_commit, cancel, fixture->error),
                         ERROR_CANCELLED, "");
    connection_set_cancel(connection, NULL);
    expect_amounts(fixture, connection, "10 20");
}

static void test_transaction_cancelled_between_attempts_ends(void **state)
{
    struct fixture *fixture = *state;
    struct connection *connection = fixture_connect(fixture);
    struct transaction_options options = {TRANSACTION_READ_WRITE, 100};
    struct job job = {.fixture = fixture,
                      .statements = STATEMENTS("DO $$ BEGIN RAISE 'conflict' USING errcode = '40001'; END $$"),
                      .cancel = cancel_new(fixture->memory)};
    connection_set_cancel(connection, job.cancel);
    fixture_expect_error(fixture, transaction_run(connection, &options, run_job, &job, fixture->error), ERROR_CANCELLED,
                         "");
    assert_non_null(strstr(fixture->error->message, "conflict"));
    assert_int_equal(job.calls, 1);
}

static void test_savepoint_cancelled_inside_lets_the_transaction_go_on(void **state)
{
    struct fixture *fixture = *state;
    struct connection *connection = fixture_connect(fixture);
    struct cancel *cancel = cancel_new(fixture->memory);
    fixture_expect(fixture, transaction_begin(connection, TRANSACTION_READ_WRITE, fixture->error));
    connection_set_cancel(connection, cancel);
    assert_false(transaction_savepoint(connection, ask_and_sleep, cancel, fixture->error));
    assert_int_equal(fixture->error->code, ERROR_CANCELLED);
    connection_set_cancel(connection, NULL);
    assert_int_equal(connection_state(connection), STATE_IN_TRANSACTION);
    fixture_expect(fixture, transaction_commit(connection, fixture->error));
    expect_amounts(fixture, connection, "10 20");
}

static void test_transaction_leaves_nothing_behind(void **state)
{
    struct fixture *fixture = *state;
    struct connection *connection = fixture_connect(fixture);
    size_t before = talloc_total_blocks(fixture->memory);
    for (int i = 0; i < 10; i++) {
        struct job good = {.statements = STATEMENTS("SELECT 1")}, bad = {.statements = STATEMENTS("SELECT 1/0")};
        assert_true(transaction_run(connection, &once, run_job, &good, fixture->error));
        assert_false(transaction_run(connection, &once, run_in_savepoint, &bad, fixture->error));
        error_clear(fixture->error);
    }
    assert_int_equal(talloc_total_blocks(fixture->memory), before);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_test, fixture_close_test)
    const struct CMUnitTest tests[] = {
        TEST(test_transaction_commits),
        TEST(test_transaction_rolls_back_on_failure),
        TEST(test_transaction_rolls_back_when_the_work_refuses),
        TEST(test_transaction_commit_of_a_failed_one_is_an_error),
        TEST(test_transaction_deferred_constraint_fails_at_commit),
        TEST(test_transaction_single_steps),
        TEST(test_transaction_modes),
        TEST(test_transaction_snapshot_is_one_picture),
        TEST(test_transaction_runs_again_after_40001),
        TEST(test_transaction_runs_again_after_40001_at_commit),
        TEST(test_transaction_gives_up_after_its_attempts),
        TEST(test_transaction_runs_again_after_a_deadlock),
        TEST(test_savepoint_failure_leaves_the_rest),
        TEST(test_savepoint_outer_rolls_back_past_an_inner_failure),
        TEST(test_savepoint_outer_succeeds_past_an_inner_failure),
        TEST(test_savepoint_of_swallowed_failure_lets_the_transaction_go_on),
        TEST(test_transaction_lost_at_commit_is_unknown),
        TEST(test_transaction_that_reads_lost_at_commit_is_a_lost_connection),
        TEST(test_transaction_lost_before_commit_is_not_unknown),
        TEST(test_transaction_cancelled_inside_is_rolled_back),
        TEST(test_transaction_cancelled_before_commit_is_rolled_back),
        TEST(test_transaction_cancelled_between_attempts_ends),
        TEST(test_savepoint_cancelled_inside_lets_the_transaction_go_on),
        TEST(test_transaction_leaves_nothing_behind),
    };
#undef TEST
    return cmocka_run_group_tests(tests, fixture_open_group, fixture_close_group);
}
