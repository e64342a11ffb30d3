/* See review.h. */
#include "migrate/audit/review.h"

const char *const review_rules[PROOF_COUNT] = {
    [PROOF_INIT] = "parity.init",
    [PROOF_MODELS] = "parity.models",
    [PROOF_SEED] = "init.seed",
    [PROOF_ROWS] = "init.rows",
};

bool review_proves(const char *rule)
{
    for (size_t i = 0; i < PROOF_COUNT; i++)
        if (!strcmp(review_rules[i], rule))
            return true;
    return false;
}

enum rule_severity review_severity(const struct review *review, const char *rule)
{
    const char *word = settings_rule(review->options->rules.settings, rule, "severity");
    if (!word || !strcmp(word, rule_severity_name(SEVERITY_ERROR)))
        return SEVERITY_ERROR;
    return !strcmp(word, rule_severity_name(SEVERITY_OFF)) ? SEVERITY_OFF : SEVERITY_WARNING;
}

/* The proof of a rule, made where it is missing. */
struct audit_proof *review_proof(struct review *review, struct audit_version *version, const char *rule)
{
    for (size_t i = 0; i < version->count; i++)
        if (!strcmp(version->proofs[i].rule, rule))
            return &version->proofs[i];
    version->proofs = talloc_realloc(review->audit, version->proofs, struct audit_proof, (unsigned)version->count + 1);
    struct audit_proof *proof = &version->proofs[version->count++];
    *proof =
        (struct audit_proof){.rule = talloc_strdup(review->audit, rule), .severity = review_severity(review, rule)};
    if (proof->severity == SEVERITY_OFF)
        proof->skipped = "pgdeck.yaml says off";
    return proof;
}

static const char *copy(const struct review *review, const char *text) { return talloc_strdup(review->audit, text); }

void review_find(struct review *review, struct audit_version *version, const char *rule,
                 const struct rule_finding *finding)
{
    struct audit_proof *proof = review_proof(review, version, rule);
    if (proof->skipped)
        return;
    struct rule_finding *findings = talloc_array(review->audit, struct rule_finding, (unsigned)proof->count + 1);
    if (proof->count)
        memcpy(findings, proof->findings, proof->count * sizeof *findings);
    findings[proof->count++] = (struct rule_finding){
        .message = copy(review, finding->message),
        .file = copy(review, finding->file),
        .line = finding->line,
        .object = copy(review, finding->object),
        .hint = copy(review, finding->hint),
    };
    proof->findings = findings;
}

void review_skip(struct review *review, const char *rule, const char *reason)
{
    for (size_t i = 0; i < review->audit->count; i++) {
        struct audit_proof *proof = review_proof(review, &review->audit->versions[i], rule);
        if (!proof->skipped)
            proof->skipped = copy(review, reason);
    }
}

void review_item(struct review *review, const char *rule, const struct rule_finding *finding)
{
    struct audit *audit = review->audit;
    enum rule_severity severity = review_severity(review, rule);
    if (severity == SEVERITY_OFF)
        return;
    audit->items = talloc_realloc(audit, audit->items, struct audit_item, (unsigned)audit->item_count + 1);
    audit->items[audit->item_count++] = (struct audit_item){
        .rule = copy(review, rule),
        .severity = severity,
        .message = copy(review, finding->message),
        .file = copy(review, finding->file),
        .line = finding->line,
        .hint = copy(review, finding->hint),
    };
}

/* Of a rule that is told in full elsewhere. */
void review_rest(struct review *review, const char *rule, size_t count, const char *what, const char *hint)
{
    if (!count)
        return;
    const char *message =
        talloc_asprintf(review->memory, "%zu more %s%s, of no sampled version", count, what, count == 1 ? "" : "s");
    review_item(review, rule, &(struct rule_finding){.message = message, .hint = hint});
}

bool review_give_up(struct review *review, const enum review_proof_id *proofs, size_t count,
                    const struct error *failure, struct error *error)
{
    if (failure->code == ERROR_INTERNAL || cancel_is_requested(review->options->rules.cancel)) {
        error_copy(error, failure);
        return false;
    }
    for (size_t i = 0; i < count; i++)
        review_skip(review, review_rules[proofs[i]], failure->message);
    review_item(review, review_rules[proofs[0]],
                &(struct rule_finding){.message = talloc_asprintf(review->memory, "not proved: %s", failure->message),
                                       .file = failure->file,
                                       .line = failure->line,
                                       .hint = failure->hint});
    return true;
}

const struct migration_file *review_file(const struct review *review, size_t sampled)
{
    return review->directory->files[review->indices[sampled]];
}

void review_evidence(struct review *review, const char *rule, const char *text)
{
    for (size_t i = 0; i < review->audit->count; i++) {
        struct audit_proof *proof = review_proof(review, &review->audit->versions[i], rule);
        if (!proof->skipped)
            proof->evidence = copy(review, text);
    }
}
