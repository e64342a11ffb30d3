/* See proof.h. */
#include "migrate/draft/proof.h"

#include "migrate/canonical.h"

#define FILE_NAME "1_draft.sql"

struct proof {
    TALLOC_CTX *owner, *memory;
    const struct comparison *comparison;
    const struct compare_options *options;
    struct scratch_database *database;
    struct migration_file *file;
    const char *reason; /* why it fails, as soon as that is known */
};

/* One run of the file, and the snapshot behind it. NULL without a reason: `error` is set. */
static struct snapshot *run(struct proof *proof, const char *which, struct error *error)
{
    struct cancel *cancel = proof->options->mirror.cancel;
    const struct snapshot_options reading = {.settings = proof->options->mirror.settings};
    struct scratch_findings findings = {0};
    const struct scratch_run run = {
        .file = FILE_NAME,
        .statements = &proof->file->statements,
        .transaction = proof->file->is_transactional ? RUN_ONE_TRANSACTION : RUN_EACH,
    };
    struct snapshot *snapshot = NULL;
    struct connection *connection = scratch_connect(proof->memory, proof->database, SCRATCH_OWNER, cancel, error);
    if (connection && scratch_run(proof->memory, proof->database, connection, &run, &findings, error))
        snapshot = snapshot_take(proof->memory, connection, &reading, error);
    else if (connection && error->sqlstate[0] && !error->is_connection_lost && error->code != ERROR_CANCELLED)
        proof->reason = talloc_asprintf(proof->owner, "the %s run is refused: %s", which, error->message);
    talloc_free(connection);
    return snapshot;
}

static bool judge(struct proof *proof, const struct diff *diff, const char *what)
{
    if (!diff->change_count)
        return true;
    const struct change *change = &diff->changes[0];
    proof->reason = talloc_asprintf(proof->owner, "%s: %s %s%s%s", what, change->kind->title, change->name,
                                    change->attribute ? ", " : "", change->attribute ? change->attribute : "");
    return false;
}

static bool reaches(struct proof *proof, const struct snapshot *snapshot, struct error *error)
{
    const struct mirror *from = proof->comparison->from, *to = proof->comparison->to;
    const uint64_t covered = from->covered & to->covered, commented = from->commented & to->commented;
    const struct diff_options differing = {.covered = &covered, .commented = &commented};
    struct diff *diff = canonical_diff(proof->memory, from->scratch, snapshot, to->snapshot, &differing,
                                       proof->options->mirror.cancel, error);
    return diff && judge(proof, diff, "it leaves a difference");
}

static bool is_same(struct proof *proof, const struct snapshot *first, const struct snapshot *second)
{
    const struct diff_options everything = {.privileges = PRIVILEGES_COMPARED};
    return judge(proof, diff_make(proof->memory, first, second, &everything), "the second run changes");
}

static bool run_twice(struct proof *proof, struct error *error)
{
    struct snapshot *first = run(proof, "first", error);
    if (!first || !reaches(proof, first, error))
        return false;
    struct snapshot *second = run(proof, "second", error);
    return second && is_same(proof, first, second);
}

static bool prepare(struct proof *proof, const char *text, struct error *error)
{
    proof->file = file_parse(proof->memory, FILE_NAME, FILE_NAME, text, strlen(text), error);
    if (!proof->file) {
        proof->reason = talloc_strdup(proof->owner, error->message);
        return false;
    }
    proof->database =
        scratch_copy(proof->memory, proof->comparison->from->replay->database, proof->options->mirror.cancel, error);
    return proof->database != NULL;
}

bool proof_try(TALLOC_CTX *owner, const struct comparison *comparison, const struct compare_options *options,
               const char *text, enum proof_verdict *verdict, const char **reason, struct error *error)
{
    struct proof proof = {.owner = owner, .memory = talloc_new(NULL), .comparison = comparison, .options = options};
    bool stands = prepare(&proof, text, error) && run_twice(&proof, error);
    *verdict = stands ? PROOF_STANDS : PROOF_FAILED;
    talloc_free(proof.memory);
    if (!proof.reason)
        return stands;
    *reason = proof.reason;
    error_clear(error);
    return true;
}
