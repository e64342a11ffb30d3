/* What became of a write whose COMMIT was not answered. The server knows a transaction's fate by its id; yet after a
 * crash an id that no log has kept may be given out again, so that "committed" is believed only where the row bears it
 * out. */
#include "store/clock.h"
#include "store/entity/writing.h"

#define OUTCOME_WAIT_MS 30000 /* for a server that comes back, and a session there that has not noticed */
#define OUTCOME_POLL_MS 100

enum fate { FATE_OPEN, FATE_COMMITTED, FATE_NOT_COMMITTED, FATE_UNKNOWN };

struct inquiry {
    struct session *session;
    const struct entity *entity;
    const struct entity_change *change;
    const struct entity_outcome *outcome;
};

/* Whether the row is as the transaction left it: gone, or of the version that has its id's lower half. */
static bool bears_out(const struct inquiry *inquiry, TALLOC_CTX *memory)
{
    struct error *ignored = error_new(memory);
    struct entity_row row = {0};
    if (!entity_get(memory, inquiry->session->connection, inquiry->entity, inquiry->outcome->key, &row, ignored))
        return false;
    if (inquiry->change->what == WRITE_DELETE)
        return !row.result;
    const char *version = row.result ? entity_row_version(inquiry->entity, &row) : NULL;
    uint32_t number = (uint32_t)strtoull(inquiry->outcome->transaction, NULL, 10);
    return version && strtoull(version, NULL, 10) == number;
}

static enum fate ask(const struct inquiry *inquiry, TALLOC_CTX *memory)
{
    struct error *error = error_new(memory);
    struct result *result =
        connection_query(memory, inquiry->session->connection, PARAMETERS(inquiry->outcome->transaction), error,
                         "SELECT pg_catalog.txid_status($1::bigint)");
    const char *status = result ? result_value(result) : NULL;
    if (error_is_sqlstate(error, "22023") || (status && !strcmp(status, "aborted")))
        return FATE_NOT_COMMITTED;
    if (status && !strcmp(status, "committed"))
        return bears_out(inquiry, memory) ? FATE_COMMITTED : FATE_UNKNOWN;
    return FATE_OPEN;
}

static enum fate find_out(const struct inquiry *inquiry)
{
    enum fate fate = FATE_OPEN;
    int64_t end_ms = clock_monotonic_ms() + OUTCOME_WAIT_MS;
    while (fate == FATE_OPEN && clock_monotonic_ms() < end_ms) {
        TALLOC_CTX *memory = talloc_new(NULL);
        struct error *ignored = error_new(memory);
        bool is_there =
            connection_state(inquiry->session->connection) == STATE_IDLE || session_renew(inquiry->session, ignored);
        fate = is_there ? ask(inquiry, memory) : FATE_OPEN;
        talloc_free(memory);
        if (fate == FATE_OPEN)
            cancel_sleep(NULL, OUTCOME_POLL_MS);
    }
    return fate;
}

static bool settle(struct inquiry *inquiry, struct error *error)
{
    switch (inquiry->outcome->transaction ? find_out(inquiry) : FATE_UNKNOWN) {
    case FATE_COMMITTED:
        error_clear(error);
        return true;
    case FATE_NOT_COMMITTED:
        error_set(error, ERROR_CONNECTION, "the connection was lost before the change was committed");
        error_hint(error, "Nothing was changed: do it again.");
        return false;
    case FATE_OPEN:
    case FATE_UNKNOWN:
        return false;
    }
    return false;
}

struct entity_outcome *entity_write_surely(TALLOC_CTX *owner, struct session *session, const struct model *model,
                                           const struct entity *entity, const struct entity_change *change,
                                           int attempts, struct error *error)
{
    struct entity_outcome *outcome = talloc_zero(owner, struct entity_outcome);
    struct inquiry inquiry = {session, entity, change, outcome};
    bool ok = writing_carry_out(outcome, session->connection, model, entity, change, attempts, error) ||
              (error->code == ERROR_UNKNOWN_OUTCOME && settle(&inquiry, error));
    if (!ok) {
        talloc_free(outcome);
        return NULL;
    }
    writing_refresh(outcome, session->connection, entity, change);
    return outcome;
}
