/* See review.h: all house rules, asked once as a check asks them; their findings are laid at the versions that they are
 * about. */
#include "migrate/audit/review.h"

#include "migrate/rules/rule.h"

/* Rules that look at every migration by itself: that they found nothing of one is a proof. (migration.hazard looks at
 * those that are not applied: what it finds is laid at its version, and its silence says nothing of the others.) */
static const char *const version_rules[] = {"migration.idempotent", "migration.documented", "migration.name",
                                            "migration.complete"};

#define APPLIED_RULE "migration.unchanged"
#define OWN_RULE "audit.current"

/* All that there are, whatever else a check would ask, but for those that are switched off. */
static const char *const *rules_to_ask(const struct review *review)
{
    const char **ids = talloc_zero_array(review->memory, const char *, RULE_COUNT + 1);
    const char **off = talloc_zero_array(review->audit, const char *, RULE_COUNT + 1);
    size_t count = 0, off_count = 0;
    for (size_t i = 0; i < RULE_COUNT; i++) {
        if (review_severity(review, rules[i].id) == SEVERITY_OFF)
            off[off_count++] = rules[i].id;
        else if (rules[i].occasion != RULE_SINCE && strcmp(rules[i].id, OWN_RULE) != 0)
            ids[count++] = rules[i].id;
    }
    review->audit->off = off;
    return ids;
}

/* Returns whether it is of a sampled version. */
static bool lay_finding(struct review *review, const char *rule, const struct rule_finding *finding)
{
    bool is_laid = false;
    for (size_t i = 0; i < review->audit->count; i++) {
        const struct migration_file *file = review_file(review, i);
        bool is_of = (finding->file && !strcmp(finding->file, file->path)) ||
                     (finding->object && !strcmp(finding->object, file->version));
        if (is_of)
            review_find(review, &review->audit->versions[i], rule, finding);
        is_laid |= is_of;
    }
    return is_laid;
}

static void lay_result(struct review *review, const struct rule_result *result)
{
    const char *rule = result->rule->id;
    size_t rest = 0, last = 0;
    if (review_proves(rule))
        return;
    for (size_t i = 0; i < result->count; i++)
        if (!lay_finding(review, rule, &result->findings[i])) {
            rest++;
            last = i;
        }
    if (rest == 1)
        review_item(review, rule, &result->findings[last]);
    else
        review_rest(review, rule, rest, "finding",
                    talloc_asprintf(review->memory, "`pgdeck check --rule %s` lists them.", rule));
}

static const struct rule_result *result_of(const struct rules_report *report, const char *rule)
{
    for (size_t i = 0; i < report->count; i++)
        if (!strcmp(report->results[i].rule->id, rule))
            return &report->results[i];
    return NULL;
}

/* That nothing was found is a proof of its own, where the rule speaks of migrations. */
static void prove_by_rule(struct review *review, const struct rules_report *report, const char *rule)
{
    const struct rule_result *result = result_of(report, rule);
    if (!result)
        return;
    if (result->skipped)
        review_skip(review, rule, result->skipped);
    else
        review_evidence(review, rule, "the rule holds for it");
}

bool review_ask_rules(struct review *review, struct error *error)
{
    struct rules_options options = review->options->rules;
    options.only = rules_to_ask(review);
    options.since = NULL;
    struct rules_report *report = rules_check(review->audit, &options, error);
    if (!report)
        return false;
    review->audit->rules = report;
    for (size_t i = 0; i < countof(version_rules); i++)
        prove_by_rule(review, report, version_rules[i]);
    for (size_t i = 0; i < report->count; i++)
        lay_result(review, &report->results[i]);
    return true;
}

/* ---- the target ---- */

static void prove_applied(struct review *review, const struct status *status)
{
    for (size_t i = 0; i < review->audit->count; i++) {
        const struct migration_file *file = review_file(review, i);
        const struct migration *migration = status_find(status, file->number);
        struct audit_proof *proof = review_proof(review, &review->audit->versions[i], APPLIED_RULE);
        enum migration_state state = migration ? migration->state : MIGRATION_PENDING;
        if (state == MIGRATION_APPLIED && !proof->skipped)
            proof->evidence =
                migration->row->checksum ? "applied, with these bytes" : "applied; its bytes are not known";
        else if (state == MIGRATION_PENDING || state == MIGRATION_OUT_OF_ORDER)
            review_find(review, &review->audit->versions[i], APPLIED_RULE,
                        &(struct rule_finding){.message = talloc_asprintf(review->memory,
                                                                          "version %s is not applied on the "
                                                                          "target",
                                                                          file->version),
                                               .file = file->path,
                                               .object = file->version,
                                               .hint = "`pgdeck plan` shows what an apply would do."});
    }
}

/* Whatever is wrong with the target is a finding of the rule `connection`. */
bool review_prove_target(struct review *review, struct error *error)
{
    const struct rules_options *asking = &review->options->rules;
    struct error *failure = error_new(review->memory);
    struct session *session = asking->pool ? session_open(review->memory, asking->pool, asking->cancel, failure) : NULL;
    struct status *status =
        session ? status_read(review->memory, session->connection, review->directory, asking->settings, failure) : NULL;
    if (status)
        prove_applied(review, status);
    else
        review_skip(review, APPLIED_RULE,
                    error_is_set(failure) ? failure->message
                    : asking->no_target   ? asking->no_target
                                          : "there is no target");
    talloc_free(session);
    if (!cancel_is_requested(asking->cancel))
        return true;
    return error_set(error, ERROR_CANCELLED, "the review was cancelled");
}
