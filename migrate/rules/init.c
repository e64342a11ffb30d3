/* init.seed, init.rows: what the comparison of the init script with the migrations demands of its seed and its rows. */
#include <unistd.h>

#include "migrate/rules/rule.h"

static void find(struct rule_case *rule_case, const struct baseline *baseline, const struct baseline_finding *finding)
{
    const struct baseline_place *place = finding->init.file ? &finding->init : &finding->blame;
    rule_find(rule_case, &(struct rule_finding){.message = finding->message,
                                                .file = place->file ? place->file : baseline->init,
                                                .line = place->file ? place->line : 0,
                                                .object = finding->object,
                                                .hint = finding->hint});
}

static void find_all(struct rule_case *rule_case, const char *id, const struct baseline *baseline)
{
    for (size_t i = 0; i < baseline->finding_count; i++) {
        const struct baseline_finding *finding = &baseline->findings[i];
        if (finding->weight == BASELINE_DEMAND && !strcmp(finding->rule, id))
            find(rule_case, baseline, finding);
    }
}

static bool judge(struct rule_case *rule_case, const char *id, const struct baseline **baseline, struct error *error)
{
    const struct error *failure;
    const char *path = settings_path(rule_case->memory, rule_case->options->settings, SETTING_init);
    *baseline = NULL;
    if (access(path, F_OK) != 0)
        return rule_skip(rule_case, "there is no init script %s",
                         settings_text(rule_case->options->settings, SETTING_init));
    *baseline = inquiry_baseline(rule_case->inquiry, &failure);
    if (!*baseline)
        return rule_give_up(rule_case, failure, error);
    find_all(rule_case, id, *baseline);
    return true;
}

/* Where the migrations do not run, the seed can be held against their names all the same. NULL: it cannot. */
static const struct baseline *seed_alone(struct rule_case *rule_case)
{
    const struct baseline_options options = {inquiry_mirror_options(rule_case->inquiry), BASELINE_WITHOUT_PRIVILEGES};
    if (!rule_case->result->skipped || inquiry_directory_errors(rule_case->inquiry)->count)
        return NULL;
    struct error *trouble = error_new(rule_case->memory);
    return baseline_check_seed(rule_case->memory, &options, inquiry_directory(rule_case->inquiry), trouble);
}

bool rule_init_seed(struct rule_case *rule_case, struct error *error)
{
    const struct baseline *baseline;
    bool ok = judge(rule_case, "init.seed", &baseline, error);
    if (ok && !baseline && (baseline = seed_alone(rule_case))) {
        rule_case->result->skipped = NULL;
        find_all(rule_case, "init.seed", baseline);
    }
    if (ok && baseline)
        rule_evidence(rule_case, "the seed of %s beside %zu files",
                      settings_text(rule_case->options->settings, SETTING_ledger), baseline->file_count);
    return ok;
}

bool rule_init_rows(struct rule_case *rule_case, struct error *error)
{
    const struct baseline *baseline;
    bool ok = judge(rule_case, "init.rows", &baseline, error);
    if (ok && baseline)
        rule_evidence(rule_case, "rows and sequences of both%s",
                      baseline->volatile_count
                          ? talloc_asprintf(rule_case->memory, "; %zu values that are others each time passed over",
                                            baseline->volatile_count)
                          : "");
    return ok;
}
