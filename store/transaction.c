/* See transaction.h. */
#include "store/transaction.h"

#include "store/clock.h"

/* The longest sleep before the nth new attempt: full jitter below 50 ms doubled n times, capped. */
#define RETRY_BASE_MS 50
#define RETRY_CAP_MS 2000

static const char *const begin_statements[] = {
    /* Not READ WRITE: that would lift the read-only default of a pool, a role or a database. */
    [TRANSACTION_READ_WRITE] = "BEGIN",
    [TRANSACTION_READ_ONLY] = "BEGIN ISOLATION LEVEL READ COMMITTED, READ ONLY",
    [TRANSACTION_SNAPSHOT] = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY",
};

bool transaction_begin(struct connection *connection, enum transaction_mode mode, struct error *error)
{
    return connection_execute(connection, NO_PARAMETERS, error, begin_statements[mode]);
}

bool transaction_commit(struct connection *connection, struct error *error)
{
    bool was_lost = connection_state(connection) == STATE_LOST;
    struct result *result = connection_query(NULL, connection, NO_PARAMETERS, error, "COMMIT");
    if (!result) {
        if (error->is_connection_lost && !was_lost)
            error->code = ERROR_UNKNOWN_OUTCOME;
        return false;
    }
    bool committed = !strcmp(result_tag(result), "COMMIT");
    talloc_free(result);
    if (committed)
        return true;
    return error_set(error, ERROR_STATEMENT, "the server rolled the transaction back instead of committing it");
}

void transaction_rollback(struct connection *connection)
{
    enum connection_state state = connection_state(connection);
    if (state == STATE_IDLE || state == STATE_LOST)
        return;
    /* A cancel that is asked for must not keep the rollback from being sent. */
    struct cancel *cancel = connection_cancel(connection);
    connection_set_cancel(connection, NULL);
    struct error *ignored = error_new(NULL);
    if (!connection_execute(connection, NO_PARAMETERS, ignored, "ROLLBACK"))
        connection_abandon(connection);
    talloc_free(ignored);
    connection_set_cancel(connection, cancel);
}

/* A sleep of random length, so that two that were in each other's way do not meet again. */
static bool back_off(struct connection *connection, int attempt)
{
    int64_t longest_ms = RETRY_BASE_MS;
    for (int i = 1; i < attempt && longest_ms < RETRY_CAP_MS; i++)
        longest_ms *= 2;
    return cancel_sleep(connection_cancel(connection), (int)(clock_wall_us() % longest_ms));
}

static bool attempt_once(struct connection *connection, enum transaction_mode mode, transaction_fn work, void *argument,
                         struct error *error)
{
    if (!transaction_begin(connection, mode, error))
        return false;
    if (work(connection, argument, error) && transaction_commit(connection, error))
        return true;
    /* Where nothing can have been written there is no outcome to wonder about. */
    if (mode != TRANSACTION_READ_WRITE && error->code == ERROR_UNKNOWN_OUTCOME)
        error->code = ERROR_CONNECTION;
    transaction_rollback(connection);
    return false;
}

bool transaction_run(struct connection *connection, const struct transaction_options *options, transaction_fn work,
                     void *argument, struct error *error)
{
    for (int attempt = 1;; attempt++) {
        error_clear(error);
        if (attempt_once(connection, options->mode, work, argument, error))
            return true;
        bool may_retry = error_kind(error->code)->retry == RETRY_TRANSACTION && attempt < options->attempts &&
                         connection_state(connection) == STATE_IDLE;
        if (!may_retry)
            return false;
        if (!back_off(connection, attempt))
            return error_set(error, ERROR_CANCELLED, "cancelled before a new attempt: %s", error->message);
    }
}

/* Released, too: a savepoint that stayed would be the one that an outer rollback goes to, for all have one name. */
static bool undo_savepoint(struct connection *connection, struct error *error)
{
    return connection_execute(connection, NO_PARAMETERS, error, "ROLLBACK TO SAVEPOINT pgdeck") &&
           connection_execute(connection, NO_PARAMETERS, error, "RELEASE SAVEPOINT pgdeck");
}

bool transaction_savepoint(struct connection *connection, transaction_fn work, void *argument, struct error *error)
{
    if (!connection_execute(connection, NO_PARAMETERS, error, "SAVEPOINT pgdeck"))
        return false;
    if (work(connection, argument, error) &&
        connection_execute(connection, NO_PARAMETERS, error, "RELEASE SAVEPOINT pgdeck"))
        return true;
    struct cancel *cancel = connection_cancel(connection);
    connection_set_cancel(connection, NULL);
    struct error *ignored = error_new(NULL);
    if (connection_state(connection) != STATE_LOST && !undo_savepoint(connection, ignored))
        transaction_rollback(connection);
    talloc_free(ignored);
    connection_set_cancel(connection, cancel);
    return false;
}
