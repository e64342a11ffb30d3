/* See twice.h. Here: which files are run, in what order, and what is remembered. How a file is run twice stands in
 * twice/second.c and twice/stepwise.c. */
#include "migrate/twice.h"

#include "migrate/twice/proofs.h"

struct walk {
    struct prover prover;
    struct proofs *known;
    struct twice_report *report;
    struct findings findings;
    bool has_ended; /* a file does not run: what is behind it is not known */
};

static void tell(const struct walk *walk, size_t done, const char *name)
{
    const struct twice_options *options = walk->prover.options;
    if (options->on_progress)
        options->on_progress(options->listener, done, walk->prover.directory->count, name);
}

/* A first run that failed is a finding, and the end. */
static bool settle(struct walk *walk, bool ok)
{
    struct prover *prover = &walk->prover;
    if (ok || !prover->has_failed || prover_is_ended(prover, prover->error))
        return ok;
    findings_add_failure(&walk->findings, prover->directory->files[prover->done], prover->error);
    error_clear(prover->error);
    walk->has_ended = true;
    return true;
}

static bool is_whole(const struct prover *prover)
{
    const struct scratch_findings *passed_over = &prover->build.replay->findings;
    for (size_t i = 0; i < passed_over->count; i++)
        if (passed_over->items[i].what == SCRATCH_FAILED)
            return false;
    return true;
}

static bool run_twice(struct prover *prover, size_t index, struct findings *findings)
{
    const struct migration_file *file = prover->directory->files[index];
    if (!prover_advance(prover, index) ||
        (index > 0 && index + 1 == prover->directory->count && !prover_keep_state(prover)))
        return false;
    if (!file->is_transactional)
        return stepwise_prove(prover, file, findings);
    return prover_run_next(prover, NULL) && second_prove(prover, file, findings);
}

static bool prove(struct walk *walk, size_t index, const char *key)
{
    struct prover *prover = &walk->prover;
    size_t first = walk->findings.count;
    tell(walk, index, prover->directory->files[index]->name);
    if (!settle(walk, run_twice(prover, index, &walk->findings)))
        return false;
    if (walk->has_ended)
        return true;
    walk->report->ran++;
    if (!prover->build.replay || is_whole(prover))
        proofs_keep(walk->known, key, &walk->findings, first);
    return true;
}

static bool know_state(struct walk *walk, size_t count, const char *key, const char **state)
{
    *state = proofs_recall_state(walk->known, key);
    if (*state || !settle(walk, prover_advance(&walk->prover, count)) || walk->has_ended)
        return *state || walk->has_ended;
    *state = proofs_state(walk->known, &walk->prover);
    if (*state)
        proofs_keep_state(walk->known, key, *state);
    return *state != NULL;
}

static bool walk_files(struct walk *walk)
{
    const struct directory *directory = walk->prover.directory;
    const char *key = proofs_start(walk->known);
    bool ok = true;
    for (size_t i = 0; ok && !walk->has_ended && i < directory->count; i++) {
        const char *state;
        key = proofs_behind_file(walk->known, key, directory->files[i]);
        ok = proofs_recall(walk->known, key, &walk->findings) || prove(walk, i, key);
        if (!ok || walk->has_ended)
            break;
        walk->report->proved++;
        walk->report->stepwise += directory->files[i]->is_transactional ? 0 : 1;
        if ((i + 1) % PROOFS_BLOCK == 0 && i + 1 < directory->count) {
            ok = know_state(walk, i + 1, key, &state);
            key = ok && !walk->has_ended ? proofs_behind_state(walk->known, state) : key;
        }
    }
    tell(walk, directory->count, "");
    return ok;
}

struct twice_report *twice_prove(TALLOC_CTX *owner, struct scratch *scratch, const struct directory *directory,
                                 const struct twice_options *options, struct error *error)
{
    struct twice_report *report = talloc_zero(owner, struct twice_report);
    TALLOC_CTX *memory = talloc_new(NULL);
    const struct replay_options replaying = {.cancel = options->cancel};
    struct walk walk = {.prover = {.memory = memory,
                                   .scratch = scratch,
                                   .directory = directory,
                                   .options = options,
                                   .replaying = &replaying,
                                   .error = error},
                        .report = report,
                        .findings = {.owner = report}};
    walk.known = proofs_open(memory, scratch, directory, options->settings);
    bool ok = walk_files(&walk);
    prover_drop(&walk.prover);
    proofs_save(walk.known);
    talloc_free(memory);
    report->findings = walk.findings.items;
    report->count = walk.findings.count;
    if (!ok)
        TALLOC_FREE(report);
    return report;
}
