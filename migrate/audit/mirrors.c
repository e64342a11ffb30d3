/* See review.h: mirrors are compared once; each difference is laid at the sampled versions that touched what differs,
 * or that are blamed for it, and what is left over is told in one line. */
#include "migrate/audit/review.h"

#include <unistd.h>

#include "migrate/baseline.h"
#include "migrate/rules/rule.h"

/* ---- parity ---- */

/* "migrations/003_x.sql:12" is of migrations/003_x.sql. */
static bool is_blamed(const char *blame, const char *file)
{
    size_t length = strlen(file);
    return blame && !strncmp(blame, file, length) && (!blame[length] || blame[length] == ':');
}

static struct rule_finding finding_of_change(struct review *review, const struct comparison *comparison,
                                             const struct change *change, const struct migration_file *file,
                                             const char *hint)
{
    const char *colon = is_blamed(change->blame, file->path) ? strrchr(change->blame, ':') : NULL;
    return (struct rule_finding){
        .message = rule_change_words(review->memory, comparison, change),
        .file = file->path,
        .line = colon ? (int)strtol(colon + 1, NULL, 10) : 0,
        .object = change->name,
        .hint = hint,
    };
}

static void lay_changes(struct review *review, enum review_proof_id id, const struct comparison *comparison,
                        const char *hint)
{
    const struct diff *diff = comparison->diff;
    bool *is_laid = talloc_zero_array(review->memory, bool, (unsigned)diff->change_count + 1);
    for (size_t i = 0; i < review->audit->count; i++) {
        bool *is_of = talloc_zero_array(review->memory, bool, (unsigned)diff->change_count + 1);
        traces_match(&review->touched[i], diff, is_of);
        for (size_t k = 0; k < diff->change_count; k++) {
            if (!is_of[k] && !is_blamed(diff->changes[k].blame, review_file(review, i)->path))
                continue;
            const struct rule_finding finding =
                finding_of_change(review, comparison, &diff->changes[k], review_file(review, i), hint);
            review_find(review, &review->audit->versions[i], review_rules[id], &finding);
            is_laid[k] = true;
        }
    }
    size_t rest = 0;
    for (size_t k = 0; k < diff->change_count; k++)
        rest += !is_laid[k];
    review_rest(review, review_rules[id], rest, "difference", hint);
}

/* How many objects the proof was about. */
static void count_covered(struct review *review, enum review_proof_id id, const struct comparison *comparison)
{
    uint64_t covered = comparison->from->covered & comparison->to->covered;
    for (size_t i = 0; i < review->audit->count; i++) {
        const struct traces *touched = &review->touched[i];
        struct audit_proof *proof = review_proof(review, &review->audit->versions[i], review_rules[id]);
        size_t count = 0;
        for (size_t k = 0; k < touched->count; k++)
            count += covered >> kind_id(touched->objects[k]->kind) & 1;
        if (!proof->skipped)
            proof->evidence = talloc_asprintf(review->audit, "%zu of %zu objects compared", count, touched->count);
    }
}

static bool read_touched(struct review *review, struct scratch *scratch, struct error *error)
{
    const struct rules_options *asking = &review->options->rules;
    for (size_t i = 0; i < review->audit->count; i++) {
        if (asking->on_progress)
            asking->on_progress(asking->listener, NULL, i, review->audit->count, review_file(review, i)->name);
        if (!traces_read(review->memory, scratch, review->directory, review->indices[i], asking->settings,
                         asking->cancel, &review->touched[i], error))
            return false;
        review->audit->versions[i].touched = review->touched[i].count;
    }
    return true;
}

/* ---- the init script ---- */

static bool is_seed_of(const char *const *versions, const struct migration_file *file)
{
    for (; versions && *versions; versions++)
        if (strtoll(*versions, NULL, 10) == file->number)
            return true;
    return false;
}

static void find_seed(struct review *review, size_t sampled, const struct baseline *baseline)
{
    const struct baseline_seed *seed = &baseline->seed;
    const struct migration_file *file = review_file(review, sampled);
    struct rule_finding finding = {.file = baseline->init,
                                   .object = file->version,
                                   .hint = "`pgdeck baseline --write` writes the init script anew."};
    const char *message = NULL;
    if (is_seed_of(seed->missing, file))
        message = talloc_asprintf(review->memory, "version %s is not in the seed of %s", file->version, seed->table);
    else if (is_seed_of(seed->duplicates, file))
        message = talloc_asprintf(review->memory, "version %s is twice in the seed of %s", file->version, seed->table);
    for (size_t i = 0; !message && i < seed->description_count; i++)
        if (strtoll(seed->descriptions[i].version, NULL, 10) == file->number)
            message = talloc_asprintf(review->memory, "version %s is seeded as \"%s\"", file->version,
                                      seed->descriptions[i].init ? seed->descriptions[i].init : "");
    finding.message = message;
    if (message)
        review_find(review, &review->audit->versions[sampled], review_rules[PROOF_SEED], &finding);
}

static void lay_seed(struct review *review, const struct baseline *baseline)
{
    const struct baseline_seed *seed = &baseline->seed;
    size_t found = 0, all = 0;
    if (seed->problem) {
        review_skip(review, review_rules[PROOF_SEED], seed->problem);
        review_item(review, review_rules[PROOF_SEED],
                    &(struct rule_finding){.message = seed->problem, .file = baseline->init});
        return;
    }
    for (size_t i = 0; i < review->audit->count; i++) {
        find_seed(review, i, baseline);
        found += review_proof(review, &review->audit->versions[i], review_rules[PROOF_SEED])->count;
    }
    for (size_t i = 0; i < baseline->finding_count; i++)
        all += baseline->findings[i].weight == BASELINE_DEMAND &&
               !strcmp(baseline->findings[i].rule, review_rules[PROOF_SEED]);
    review_evidence(review, review_rules[PROOF_SEED], "its row is in the init script");
    review_rest(review, review_rules[PROOF_SEED], all > found ? all - found : 0, "finding",
                "`pgdeck baseline` lists them.");
}

static void lay_rows(struct review *review, const struct baseline *baseline)
{
    size_t rest = 0;
    for (size_t k = 0; k < baseline->finding_count; k++) {
        const struct baseline_finding *row = &baseline->findings[k];
        if (row->weight != BASELINE_DEMAND || strcmp(row->rule, review_rules[PROOF_ROWS]) != 0)
            continue;
        bool is_laid = false;
        for (size_t i = 0; i < review->audit->count; i++) {
            if (!is_blamed(row->blame.file, review_file(review, i)->path) &&
                !(row->object && traces_has_identity(&review->touched[i], row->object)))
                continue;
            review_find(review, &review->audit->versions[i], review_rules[PROOF_ROWS],
                        &(struct rule_finding){.message = row->message,
                                               .file = row->init.file ? row->init.file : baseline->init,
                                               .line = row->init.line,
                                               .object = row->object,
                                               .hint = row->hint});
            is_laid = true;
        }
        rest += !is_laid;
    }
    review_evidence(review, review_rules[PROOF_ROWS], "rows and sequences compared");
    review_rest(review, review_rules[PROOF_ROWS], rest, "finding", "`pgdeck baseline` lists them.");
}

static struct mirror_options mirror_options(const struct review *review)
{
    const struct rules_options *asking = &review->options->rules;
    return (struct mirror_options){.settings = asking->settings,
                                   .environment = asking->environment,
                                   .major = review->major,
                                   .cancel = asking->cancel};
}

/* An init script that is not there is missed by the rules, where the house demands one. */
static bool has_init(const struct review *review)
{
    return access(settings_path(review->memory, review->options->rules.settings, SETTING_init), F_OK) == 0;
}

static const enum review_proof_id of_init[] = {PROOF_INIT, PROOF_SEED, PROOF_ROWS};

static bool prove_init(struct review *review, struct error *error)
{
    static const char hint[] = "`pgdeck diff init migrations` shows it; `pgdeck baseline --write` closes it.";
    struct error *failure = error_new(review->memory);
    const struct baseline_options options = {mirror_options(review), BASELINE_WITH_PRIVILEGES};
    if (!has_init(review)) {
        for (size_t i = 0; i < countof(of_init); i++)
            review_skip(review, review_rules[of_init[i]], "there is no init script");
        return true;
    }
    struct baseline *baseline = baseline_check(review->memory, &options, failure);
    if (!baseline)
        return review_give_up(review, of_init, countof(of_init), failure, error);
    lay_changes(review, PROOF_INIT, baseline->comparison, hint);
    count_covered(review, PROOF_INIT, baseline->comparison);
    lay_seed(review, baseline);
    lay_rows(review, baseline);
    return true;
}

/* ---- the models ---- */

static bool prove_models(struct review *review, struct error *error)
{
    static const char hint[] =
        "`pgdeck diff models migrations` shows it; mend the models, or `pgdeck new --from-diff`.";
    const struct rules_options *asking = &review->options->rules;
    struct error *failure = error_new(review->memory);
    const struct models_options reading = {asking->environment, asking->cancel};
    const struct compare_options options = {.mirror = mirror_options(review), .blame = BLAME_WANTED};
    struct models *models = models_read(review->memory, asking->settings, &reading, failure);
    if (models && models->kind == MODELS_NONE) {
        review_skip(review, review_rules[PROOF_MODELS], "the project declares no models");
        return true;
    }
    struct mirror_source *from =
        models ? mirror_source_parse(review->memory, asking->settings, NULL, "models", failure) : NULL;
    struct mirror_source *to =
        from ? mirror_source_parse(review->memory, asking->settings, NULL, "migrations", failure) : NULL;
    struct comparison *comparison = to ? compare(review->memory, from, to, &options, failure) : NULL;
    if (!comparison)
        return review_give_up(review, &(const enum review_proof_id){PROOF_MODELS}, 1, failure, error);
    lay_changes(review, PROOF_MODELS, comparison, hint);
    count_covered(review, PROOF_MODELS, comparison);
    return true;
}

/* ---- all of it ---- */

bool review_prove_mirrors(struct review *review, struct error *error)
{
    const struct rules_options *asking = &review->options->rules;
    struct error *failure = error_new(review->memory);
    struct scratch *scratch = scratch_open(review->memory, asking->settings, review->major, asking->cancel, failure);
    int version = scratch ? scratch_server_version(scratch) : 0;
    if (scratch)
        review->audit->scratch_server = talloc_asprintf(review->audit, "%d.%d", version / 10000, version % 10000);
    bool ok = scratch && read_touched(review, scratch, failure);
    talloc_free(scratch);
    if (!ok)
        return review_give_up(review, (const enum review_proof_id[]){PROOF_INIT, PROOF_MODELS, PROOF_SEED, PROOF_ROWS},
                              PROOF_COUNT, failure, error);
    return prove_init(review, error) && prove_models(review, error);
}
