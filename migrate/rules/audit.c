/* The rule of the compliance review. */
#include "migrate/audits.h"
#include "migrate/rules/rule.h"

static const char again[] = "Run `pgdeck audit`: it writes a new review.";

static void judge_age(struct rule_case *rule_case, const struct audits_last *last)
{
    int64_t age = audits_age_days(last, rule_case->options->wall_us);
    const char *message = NULL;
    if (age < 0)
        message = talloc_asprintf(rule_case->memory, "the last review is dated in the future: %s", last->date);
    else if (age >= AUDITS_QUARTER_DAYS)
        message = talloc_asprintf(rule_case->memory, "the last review is %lld days old; a quarter has %d",
                                  (long long)age, AUDITS_QUARTER_DAYS);
    if (message)
        rule_find(rule_case, &(struct rule_finding){.message = message, .file = last->file, .hint = again});
}

static void judge(struct rule_case *rule_case, const struct audits_last *last)
{
    if (last->problem) {
        const char *message = talloc_asprintf(rule_case->memory, "the last review cannot be read: %s", last->problem);
        rule_find(rule_case, &(struct rule_finding){.message = message, .file = last->file, .hint = again});
        return;
    }
    judge_age(rule_case, last);
    if (last->open)
        rule_find(rule_case, &(struct rule_finding){.message = talloc_asprintf(rule_case->memory,
                                                                               "the last review left %zu item%s open",
                                                                               last->open, last->open == 1 ? "" : "s"),
                                                    .file = last->file,
                                                    .line = last->line,
                                                    .hint = "Close them, and tick their boxes there."});
    rule_evidence(rule_case, "%s", last->file);
}

bool rule_audit_current(struct rule_case *rule_case, struct error *error)
{
    const struct settings *settings = rule_case->options->settings;
    struct error *failure = error_new(rule_case->memory);
    const struct audits_last *last = audits_read_last(rule_case->memory, settings, failure);
    if (!last)
        return rule_blame(rule_case, failure, error);
    if (last->exists)
        judge(rule_case, last);
    else
        rule_find(rule_case,
                  &(struct rule_finding){.message = talloc_asprintf(rule_case->memory, "there is no review in %s",
                                                                    settings_text(settings, SETTING_audits)),
                                         .hint = again});
    return true;
}
