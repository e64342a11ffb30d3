/* See closely.h. Here: the run and its looks; what they mean stands in judge.c. */
#include "migrate/twice/closely.h"

#include "migrate/scratch/private.h"
#include "migrate/twice/prover.h"

struct closely {
    struct prover *prover;
    TALLOC_CTX *memory;
    struct close_evidence evidence;
    enum { READ_NO_CATALOG, READ_CATALOG } depth; /* snapshots are dear: only where digests differ in the end */
    const char *catalog;                          /* of the last look */
    struct look_glance glance;
    bool has_ended; /* it came to its end */
};

static bool read_catalog(struct closely *closely, struct connection *connection, struct close_step *step,
                         struct error *error)
{
    const struct snapshot_options options = {.settings = closely->prover->options->settings};
    struct look_files *files = talloc_zero(closely->memory, struct look_files);
    step->snapshot = snapshot_take(closely->memory, connection, &options, error);
    step->files = files;
    return step->snapshot && look_files(closely->memory, connection, files, error);
}

static bool look(struct closely *closely, struct connection *connection, size_t statement, struct error *error)
{
    struct close_step step = {.statement = statement};
    if (!look_begin(connection, error) || !look_glance(closely->memory, connection, &closely->glance, error) ||
        !look_sequences(closely->memory, connection, &closely->glance, &step.sequences, error))
        return false;
    if (closely->glance.xid >= 0) {
        if (!look_state(closely->memory, connection, &closely->glance, LOOK_WITHIN, &step.state, error))
            return false;
        if (!closely->catalog || strcmp(closely->catalog, step.state.catalog) != 0) {
            closely->catalog = step.state.catalog;
            if (closely->depth == READ_CATALOG && !read_catalog(closely, connection, &step, error))
                return false;
        }
    }
    struct close_evidence *evidence = &closely->evidence;
    evidence->steps =
        talloc_realloc(closely->memory, evidence->steps, struct close_step, (unsigned)evidence->step_count + 1);
    evidence->steps[evidence->step_count++] = step;
    return look_end(connection, error);
}

static bool look_after(void *argument, struct connection *connection, size_t statement, struct error *error)
{
    return look(argument, connection, statement, error);
}

static bool note_refusal(void *argument, size_t statement, const struct error *failure)
{
    struct closely *closely = argument;
    struct close_evidence *evidence = &closely->evidence;
    evidence->refusals = talloc_realloc(closely->memory, evidence->refusals, struct close_refusal,
                                        (unsigned)evidence->refusal_count + 1);
    evidence->refusals[evidence->refusal_count++] = (struct close_refusal){
        .statement = statement,
        .sqlstate = talloc_strdup(closely->memory, failure->sqlstate),
        .message = talloc_strdup(closely->memory, failure->message),
    };
    return true;
}

/* What was deferred to the COMMIT is the last statement's that wrote. */
static bool look_before_commit(void *argument, struct connection *connection, struct error *error)
{
    struct closely *closely = argument;
    const struct close_evidence *evidence = &closely->evidence;
    size_t last = evidence->step_count ? evidence->steps[evidence->step_count - 1].statement : 0;
    struct error *failure = error_new(closely->memory);
    if (!connection_execute(connection, NO_PARAMETERS, error, "SAVEPOINT pgdeck_deferred"))
        return false;
    if (!connection_execute(connection, NO_PARAMETERS, failure, "SET CONSTRAINTS ALL IMMEDIATE")) {
        if (prover_is_ended(closely->prover, failure) ||
            !connection_execute(connection, NO_PARAMETERS, error, "ROLLBACK TO SAVEPOINT pgdeck_deferred"))
            return false;
        note_refusal(closely, last, failure);
    } else if (!look(closely, connection, last, error)) {
        return false;
    }
    closely->has_ended = true;
    return error_set(error, ERROR_INTERNAL, "it has been looked at");
}

static bool run(struct closely *closely)
{
    struct prover *prover = closely->prover;
    struct scratch_findings passed_over = prover->build.replay->findings;
    const struct scratch_run run = {
        .file = closely->evidence.file->path,
        .statements = &closely->evidence.file->statements,
        .transaction = RUN_ONE_TRANSACTION,
        .first = &look_first,
        .after = look_after,
        .refused = note_refusal,
        .before_commit = look_before_commit,
        .argument = closely,
    };
    bool ok UNUSED = scratch_run(closely->memory, prover->build.replay->database, prover->build.connection, &run,
                                 &passed_over, prover->error);
    if (!closely->has_ended)
        return false;
    error_clear(prover->error);
    return true;
}

/* What stood there, read behind the ROLLBACK. */
static bool read_before(struct closely *closely)
{
    struct prover *prover = closely->prover;
    struct connection *connection = prover->build.connection;
    struct close_evidence *evidence = &closely->evidence;
    const struct snapshot_options options = {.settings = prover->options->settings};
    if (!prover_restore_sequences(prover, &closely->glance) ||
        !look_state(closely->memory, connection, &closely->glance, LOOK_BEHIND, &evidence->state, prover->error))
        return false;
    evidence->sequences = prover->sequences;
    if (closely->depth == READ_NO_CATALOG)
        return true;
    evidence->snapshot = snapshot_take(closely->memory, connection, &options, prover->error);
    return evidence->snapshot && look_files(closely->memory, connection, &evidence->files, prover->error);
}

static bool differs_in_catalog(const struct closely *closely)
{
    const struct close_evidence *evidence = &closely->evidence;
    return closely->catalog && strcmp(closely->catalog, evidence->state.catalog) != 0;
}

/* It cannot be run with a savepoint around each statement: what the server says is all that is known. */
static bool settle(struct closely *closely, struct findings *findings)
{
    struct error *error = closely->prover->error;
    if (prover_is_ended(closely->prover, error) || !error->sqlstate[0])
        return false;
    size_t statement = error->statement > 0 ? (size_t)error->statement - 1 : 0;
    findings_add_refusal(findings, closely->evidence.file, statement, error->sqlstate, error->message);
    error_clear(error);
    return true;
}

bool closely_prove(struct prover *prover, const struct migration_file *file, struct findings *findings)
{
    struct closely closely = {.prover = prover, .memory = talloc_new(prover->memory), .evidence = {.file = file}};
    bool ok = run(&closely) && read_before(&closely);
    if (ok && differs_in_catalog(&closely)) {
        closely = (struct closely){
            .prover = prover, .memory = closely.memory, .evidence = {.file = file}, .depth = READ_CATALOG};
        ok = run(&closely) && read_before(&closely);
    }
    if (ok)
        closely_judge(&closely.evidence, findings);
    else
        ok = settle(&closely, findings);
    talloc_free(closely.memory);
    return ok;
}
