/* See write.h. Here: the transaction, rehearsed or for real, and what is told of it. The row's own statements are in
 * row_write.c, what goes along in cascade.c, what was touched in effects.c. */
#include "store/entity/write.h"

#include "store/entity/writing.h"
#include "store/transaction.h"

struct attempt {
    struct writing *writing;
    struct entity_outcome *outcome;
};

static bool limit_waiting(struct attempt *attempt, struct error *error)
{
    int timeout_ms = attempt->writing->change->lock_timeout_ms;
    const char *text = talloc_asprintf(attempt->writing->memory, "%d", timeout_ms);
    return !timeout_ms || connection_execute(attempt->writing->connection, PARAMETERS(text), error,
                                             "SELECT pg_catalog.set_config('lock_timeout', $1, true)");
}

/* What can be asked for when COMMIT stays unanswered. */
static bool read_transaction(struct attempt *attempt, struct error *error)
{
    struct result *result = connection_query(attempt->outcome, attempt->writing->connection, NO_PARAMETERS, error,
                                             "SELECT pg_catalog.txid_current_if_assigned()");
    attempt->outcome->transaction = result ? result_value(result) : NULL;
    return result != NULL;
}

/* May run again: what an attempt before has left is thrown away. */
static bool work(struct connection *connection UNUSED, void *argument, struct error *error)
{
    struct attempt *attempt = argument;
    struct writing *writing = attempt->writing;
    struct result *result = NULL;
    size_t count = 0;
    talloc_free_children(writing->memory);
    writing->opened = NULL;
    writing->statements = NULL;
    writing->opened_count = writing->statement_count = 0;
    const struct entity_effect *before =
        limit_waiting(attempt, error) ? effects_now(attempt->outcome, writing->connection, &count, error) : NULL;
    if (!before || !writing_row(writing, &result, error) ||
        !effects_since(attempt->outcome, writing->connection, before, count, error) ||
        !read_transaction(attempt, error))
        return false;
    attempt->outcome->key = writing_key_of(attempt->outcome, writing->entity, result);
    return true;
}

static bool rehearse(struct attempt *attempt, struct error *error)
{
    struct connection *connection = attempt->writing->connection;
    bool ok = transaction_begin(connection, TRANSACTION_READ_WRITE, error) && work(connection, attempt, error);
    transaction_rollback(connection);
    return ok;
}

static bool check(const struct entity *entity, const struct entity_change *change, struct error *error)
{
    if (!entity_is_writable(entity, error))
        return false;
    if (change->what == WRITE_EDIT && !change->value_count) {
        error_set(error, ERROR_USAGE, "there is nothing to change in %s", entity->name);
        return error_hint(error, "Say what is to be: COLUMN=VALUE, or --null COLUMN.");
    }
    if ((change->what == WRITE_REMOVE || change->what == WRITE_RESTORE) && !entity->soft_delete) {
        error_set(error, ERROR_REFUSED, "%s has no column that marks deleted rows", entity->name);
        return error_hint(error, change->what == WRITE_REMOVE ? "--hard deletes the row itself."
                                                              : "A row that was deleted there is gone.");
    }
    return true;
}

static bool run_transaction(struct attempt *attempt, int attempts, struct error *error)
{
    struct writing *writing = attempt->writing;
    const struct transaction_options options = {.mode = TRANSACTION_READ_WRITE, .attempts = attempts};
    if (writing->change->mode == CHANGE_REHEARSED)
        return rehearse(attempt, error);
    if (transaction_run(writing->connection, &options, work, attempt, error))
        return true;
    if (error->code == ERROR_UNKNOWN_OUTCOME)
        error_hint(error, "Look at the row before you do it again: the change was made, or it was not.");
    else if (error->is_connection_lost)
        error_hint(error, "It was lost before COMMIT was sent: nothing was changed.");
    return false;
}

/* What to do next, by the beginning of the SQLSTATE; everything was rolled back. */
static void explain_refusal(struct error *error)
{
    static const struct {
        const char *state, *hint;
    } rows[] = {
        {"22",
         "Nothing was changed. Write the value as the column's type takes it: `pgdeck show` and the console's form tell "
         "the types."},
        {"23503",
         "Nothing was changed. The row that is referred to must be there, and stays while others refer to it: mend "
         "those of the table in the detail first."},
        {"23505", "Nothing was changed. Another row has these values already: change that one, or give others."},
        {"23", "Nothing was changed. The message names the rule that a row must keep: give values that keep it."},
        {"42501", "Nothing was changed. Use a role that may write here, or ask the table's owner for the right."},
    };
    for (size_t i = 0; i < countof(rows) && !error->hint; i++)
        if (error_is_sqlstate(error, rows[i].state))
            error_hint(error, "%s", rows[i].hint);
}

bool writing_carry_out(struct entity_outcome *outcome, struct connection *connection, const struct model *model,
                       const struct entity *entity, const struct entity_change *change, int attempts,
                       struct error *error)
{
    if (!check(entity, change, error))
        return false;
    struct writing writing = {
        .memory = talloc_new(outcome), .connection = connection, .model = model, .entity = entity, .change = change};
    struct attempt attempt = {&writing, outcome};
    bool ok = run_transaction(&attempt, attempts, error);
    if (!ok && error->code != ERROR_UNKNOWN_OUTCOME)
        explain_refusal(error);
    outcome->statements = writing.statements;
    return ok;
}

/* Committed: that the row cannot be read again takes nothing back. */
void writing_refresh(struct entity_outcome *outcome, struct connection *connection, const struct entity *entity,
                     const struct entity_change *change)
{
    struct error *ignored = error_new(outcome);
    if (change->mode == CHANGE_FOR_REAL &&
        !entity_get(outcome, connection, entity, outcome->key, &outcome->row, ignored))
        outcome->row = (struct entity_row){0};
}

struct entity_outcome *entity_write(TALLOC_CTX *owner, struct connection *connection, const struct model *model,
                                    const struct entity *entity, const struct entity_change *change, int attempts,
                                    struct error *error)
{
    struct entity_outcome *outcome = talloc_zero(owner, struct entity_outcome);
    if (!writing_carry_out(outcome, connection, model, entity, change, attempts, error)) {
        talloc_free(outcome);
        return NULL;
    }
    writing_refresh(outcome, connection, entity, change);
    return outcome;
}

bool entity_get(TALLOC_CTX *owner, struct connection *connection, const struct entity *entity, const char *const *key,
                struct entity_row *row, struct error *error)
{
    struct entity_filter *filters = talloc_zero_size(owner, (entity->key_count + 1) * sizeof *filters);
    if (!filters)
        abort();
    for (size_t i = 0; i < entity->key_count; i++)
        filters[i] = (struct entity_filter){entity->key[i], FILTER_EQUAL, key[i]};
    const struct entity_query query = {
        .filters = filters, .filter_count = entity->key_count, .deleted = DELETED_SHOWN, .limit = 1};
    struct entity_page *page = entity_page_read(owner, connection, entity, &query, error);
    if (page && page->count)
        *row = page->rows[0];
    talloc_free(filters);
    return page != NULL;
}
