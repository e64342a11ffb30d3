/* See rules.h. */
#include "migrate/rules.h"

#include "migrate/rules/inquiry.h"
#include "migrate/rules/rule.h"
#include "store/suggest.h"

const struct rule rules[RULE_COUNT] = {
#define RULE(name, id, scope, occasion, demand)                                                                        \
    [RULE_##name] = {id, RULE_OF_##scope, RULE_##occasion, demand, rule_##name},
#include "migrate/rules.def"
#undef RULE
};

static const char *const severities[] = {
    [SEVERITY_ERROR] = "error", [SEVERITY_WARNING] = "warning", [SEVERITY_OFF] = "off"};

const char *rule_severity_name(enum rule_severity severity) { return severities[severity]; }

const struct rule *rule_find_id(const char *id)
{
    for (size_t i = 0; i < RULE_COUNT; i++)
        if (!strcmp(rules[i].id, id))
            return &rules[i];
    return NULL;
}

/* ---- what was asked for ---- */

static bool refuse_id(const char *id, enum error_code code, struct error *error)
{
    const char *names[RULE_COUNT + 1] = {NULL};
    for (size_t i = 0; i < RULE_COUNT; i++)
        names[i] = rules[i].id;
    const char *nearest = suggest_nearest(id, names);
    error_set(error, code, "there is no rule \"%s\"", id);
    if (nearest)
        return error_hint(error, "Did you mean \"%s\"? \"pgdeck help check\" lists the rules.", nearest);
    return error_hint(error, "\"pgdeck help check\" lists the rules.");
}

static bool severity_of(const char *word, enum rule_severity *severity)
{
    for (size_t i = 0; i < countof(severities); i++)
        if (!strcmp(word, severities[i])) {
            *severity = (enum rule_severity)i;
            return true;
        }
    return false;
}

static bool check_word(const struct settings_rule *word, struct error *error)
{
    enum rule_severity severity;
    enum hazard_danger threshold;
    if (!strcmp(word->key, "threshold") && !strcmp(word->rule, "migration.hazard")) {
        if (rule_hazard_threshold(word->word, &threshold))
            return true;
        error_set(error, ERROR_SETTINGS, "the threshold \"%s\" of the rule %s is none", word->word, word->rule);
        return error_hint(error, "Write \"low\", \"medium\", \"high\" or \"critical\".");
    }
    if (strcmp(word->key, "severity") != 0 || severity_of(word->word, &severity))
        return true;
    error_set(error, ERROR_SETTINGS, "the severity \"%s\" of the rule %s is none", word->word, word->rule);
    return error_hint(error, "Write \"error\", \"warning\" (told, fails nothing) or \"off\" (not asked).");
}

bool rules_check_settings(const struct settings *settings, struct error *error)
{
    size_t count;
    const struct settings_rule *words = settings_rules(settings, &count);
    for (size_t i = 0; i < count; i++) {
        bool is_known = rule_find_id(words[i].rule) || refuse_id(words[i].rule, ERROR_SETTINGS, error);
        if (!is_known || !check_word(&words[i], error))
            return error_place(error, words[i].file, words[i].line, words[i].column);
    }
    return true;
}

static bool is_named(const struct rules_options *options, const struct rule *rule)
{
    for (const char *const *id = options->only; id && *id; id++)
        if (!strcmp(*id, rule->id))
            return true;
    return false;
}

static enum rule_severity severity_set(const struct rules_options *options, const struct rule *rule)
{
    const char *word = settings_rule(options->settings, rule->id, "severity");
    enum rule_severity severity = SEVERITY_ERROR;
    if (word && !severity_of(word, &severity))
        return SEVERITY_ERROR;
    return severity == SEVERITY_OFF && is_named(options, rule) ? SEVERITY_WARNING : severity;
}

/* A rule that is named is asked, whatever else. */
static bool is_asked(const struct rules_options *options, const struct rule *rule)
{
    if (options->only && *options->only)
        return is_named(options, rule);
    bool is_due = rule->occasion == RULE_ALWAYS || (rule->occasion == RULE_SINCE && options->since) ||
                  (rule->occasion == RULE_RELEASE && options->purpose == CHECK_RELEASE);
    return is_due && severity_set(options, rule) != SEVERITY_OFF;
}

static bool check_ids(const struct rules_options *options, struct error *error)
{
    for (const char *const *id = options->only; id && *id; id++)
        if (!rule_find_id(*id))
            return refuse_id(*id, ERROR_USAGE, error);
    return true;
}

/* ---- the report ---- */

static int compare_texts(const char *left, const char *right)
{
    return !left || !right ? (left != NULL) - (right != NULL) : strcmp(left, right);
}

static int compare_findings(const void *left, const void *right)
{
    const struct rule_finding *one = left, *other = right;
    int order = compare_texts(one->file, other->file);
    if (!order)
        order = (one->line > other->line) - (one->line < other->line);
    if (!order)
        order = compare_texts(one->object, other->object);
    return order ? order : strcmp(one->message, other->message);
}

static void close_result(struct rules_report *report, struct rule_result *result)
{
    if (result->skipped)
        result->count = 0;
    if (result->count)
        qsort(result->findings, result->count, sizeof *result->findings, compare_findings);
    if (result->skipped)
        report->skipped++;
    else if (!result->count)
        report->held++;
    else if (result->severity == SEVERITY_ERROR)
        report->failed++;
    else
        report->warned++;
}

static bool ask(struct rules_report *report, struct inquiry *inquiry, const struct rules_options *options,
                const struct rule *rule, struct error *error)
{
    struct rule_result *result = &report->results[report->count++];
    *result = (struct rule_result){.rule = rule, .severity = severity_set(options, rule)};
    struct rule_case rule_case = {inquiry, options, result, report->results};
    if (cancel_is_requested(options->cancel)) {
        error_set(error, ERROR_CANCELLED, "the check was cancelled");
        return error_hint(error, "Nothing was changed; run it again.");
    }
    if (rule->scope == RULE_OF_TARGET && options->no_target)
        rule_skip(&rule_case, "%s", options->no_target);
    else if (!rule->judge(&rule_case, error))
        return false;
    close_result(report, result);
    if (options->on_result)
        options->on_result(options->listener, result);
    return true;
}

static bool ask_all(struct rules_report *report, struct inquiry *inquiry, const struct rules_options *options,
                    struct error *error)
{
    size_t total = 0;
    for (size_t i = 0; i < RULE_COUNT; i++)
        total += is_asked(options, &rules[i]);
    for (size_t i = 0; i < RULE_COUNT; i++) {
        if (!is_asked(options, &rules[i]))
            continue;
        if (options->on_progress)
            options->on_progress(options->listener, &rules[i], report->count, total, NULL);
        if (!ask(report, inquiry, options, &rules[i], error))
            return false;
    }
    return true;
}

struct rules_report *rules_check(TALLOC_CTX *owner, const struct rules_options *options, struct error *error)
{
    if (!rules_check_settings(options->settings, error) || !check_ids(options, error))
        return NULL;
    struct rules_report *report = talloc_zero(owner, struct rules_report);
    report->results = talloc_zero_array(report, struct rule_result, RULE_COUNT);
    report->since = talloc_strdup(report, options->since);
    struct inquiry *inquiry = inquiry_open(report, options);
    bool ok = inquiry_look_since(inquiry, error) && ask_all(report, inquiry, options, error);
    report->verdict = report->failed ? RULES_FAIL : RULES_HOLD;
    if (ok)
        inquiry_describe(inquiry, report);
    talloc_free(inquiry);
    if (!ok) {
        talloc_free(report);
        return NULL;
    }
    return report;
}
