/* The second run of a file in one transaction, behind the first: a look before its COMMIT, ROLLBACK, a look behind it.
 * Most files have written nothing by then, which one query says; of most others the digests are equal. */
#include "migrate/scratch/private.h"
#include "migrate/twice/prover.h"

struct second {
    struct prover *prover;
    TALLOC_CTX *memory;
    bool has_looked;
    struct look_glance glance;
    struct look_state state;
    struct look_sequences sequences;
};

static bool look(struct second *second, struct connection *connection, struct error *error)
{
    if (!look_last(second->memory, connection, &second->glance, error) ||
        !look_sequences(second->memory, connection, &second->glance, &second->sequences, error))
        return false;
    return second->glance.xid < 0 ||
           look_state(second->memory, connection, &second->glance, LOOK_WITHIN, &second->state, error);
}

/* Always false: whatever it has done is rolled back. */
static bool look_before_commit(void *argument, struct connection *connection, struct error *error)
{
    struct second *second = argument;
    second->has_looked = look(second, connection, error);
    return second->has_looked && error_set(error, ERROR_INTERNAL, "it has been looked at");
}

bool prover_is_ended(const struct prover *prover, const struct error *error)
{
    return error->is_connection_lost || error->code == ERROR_CANCELLED || error->code == ERROR_INTERNAL ||
           (prover->options->cancel && cancel_is_requested(prover->options->cancel));
}

static bool is_moved(const struct prover *prover, const struct look_sequences *now)
{
    for (size_t i = 0; i < now->count; i++) {
        const struct look_sequence *before = look_find_sequence(&prover->sequences, now->items[i].oid);
        if (before && (before->last_value != now->items[i].last_value || before->is_called != now->items[i].is_called))
            return true;
    }
    return false;
}

/* Whether a sequence that has moved may be more than a number that a row has taken. */
static bool may_move_by_itself(const struct migration_file *file)
{
    static const char *const words[] = {"INSERT", "COPY", "UPDATE", "DELETE"};
    bool may = false;
    TALLOC_CTX *memory = talloc_new(NULL);
    for (size_t i = 0; !may && i < file->statements.count; i++) {
        const char *first = "";
        bool is_row = false;
        if (statement_words(memory, &file->statements.items[i], &first, 1) == 1)
            for (size_t j = 0; j < countof(words); j++)
                is_row = is_row || !strcmp(first, words[j]);
        may = !is_row;
    }
    talloc_free(memory);
    return may;
}

static bool is_suspect(struct second *second, const struct migration_file *file, bool *is_it)
{
    struct prover *prover = second->prover;
    struct look_state behind;
    if (is_moved(prover, &second->sequences)) {
        if (!prover_restore_sequences(prover, &second->glance))
            return false;
        *is_it = may_move_by_itself(file);
    }
    if (second->glance.xid < 0 || *is_it)
        return true;
    if (!look_state(second->memory, prover->build.connection, &second->glance, LOOK_BEHIND, &behind, prover->error))
        return false;
    *is_it = !look_is_same(&second->state, &behind);
    return true;
}

static bool run(struct second *second, const struct migration_file *file, bool *is_refused)
{
    struct prover *prover = second->prover;
    struct scratch_findings passed_over = prover->build.replay->findings;
    const struct scratch_run run = {
        .file = file->path,
        .statements = &file->statements,
        .transaction = RUN_ONE_TRANSACTION,
        .first = &look_first,
        .before_commit = look_before_commit,
        .argument = second,
    };
    bool ok UNUSED = scratch_run(second->memory, prover->build.replay->database, prover->build.connection, &run,
                                 &passed_over, prover->error);
    *is_refused = !second->has_looked;
    if (*is_refused && prover_is_ended(prover, prover->error))
        return false;
    error_clear(prover->error);
    return true;
}

bool second_prove(struct prover *prover, const struct migration_file *file, struct findings *findings)
{
    struct second second = {.prover = prover, .memory = talloc_new(prover->memory)};
    bool is_it = false;
    bool ok = run(&second, file, &is_it) && (is_it || is_suspect(&second, file, &is_it)) &&
              (!is_it || closely_prove(prover, file, findings));
    talloc_free(second.memory);
    return ok;
}
