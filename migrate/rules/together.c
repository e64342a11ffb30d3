/* migration.together: a migration that is new or says something else than at the revision comes with its init script,
 * its documentation and its models. What did not change is no finding where it says already what it must: then it was
 * changed before, or has nothing to say of this migration. */
#include <unistd.h>

#include "migrate/documentation.h"
#include "migrate/rules/rule.h"

/* What all files of the rule share; made when first needed. */
struct together {
    struct rule_case *rule_case;
    struct git *git;
    const char *base; /* where HEAD and the revision parted */
    const struct documentation *documentation;
    const struct comparison *models; /* from the migrations */
    const char *no_models;           /* why there is none; or NULL */
    size_t asked;
};

static void complain(struct together *together, const struct migration_file *file, const char *message,
                     const char *hint)
{
    rule_find(together->rule_case,
              &(struct rule_finding){.message = message, .file = file->path, .object = file->version, .hint = hint});
}

/* ---- what changed about the file ---- */

static bool has_same_statements(TALLOC_CTX *memory, const struct migration_file *file,
                                const struct migration_file *before)
{
    if (file->statements.count != before->statements.count || file->is_transactional != before->is_transactional)
        return false;
    for (size_t i = 0; i < file->statements.count; i++)
        if (strcmp(statement_hash(memory, &file->statements.items[i]),
                   statement_hash(memory, &before->statements.items[i])) != 0)
            return false;
    return true;
}

/* Whether it runs what it ran at the revision: then only its comments are others, and no mirror has to follow. */
static bool runs_the_same(struct together *together, const struct migration_file *file)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    struct error *ignored = error_new(memory);
    size_t size_bytes;
    char *bytes = git_read(memory, together->git, together->base, file->path, &size_bytes, ignored);
    const struct migration_file *before =
        bytes ? file_parse(memory, file->path, file->name, bytes, size_bytes, ignored) : NULL;
    bool is_same = before && has_same_statements(memory, file, before);
    talloc_free(memory);
    return is_same;
}

/* ---- the init script ---- */

static bool is_seeded(const struct baseline *baseline, const struct migration_file *file)
{
    for (const char *const *version = baseline->seed.missing; version && *version; version++)
        if (strtoll(*version, NULL, 10) == file->number)
            return false;
    return true;
}

static bool is_blamed(const char *blame, const struct migration_file *file)
{
    size_t length = strlen(file->path);
    return blame && !strncmp(blame, file->path, length) && (blame[length] == ':' || !blame[length]);
}

static bool has_blamed_change(const struct comparison *comparison, const struct migration_file *file)
{
    for (size_t i = 0; comparison && i < comparison->diff->change_count; i++)
        if (is_blamed(comparison->diff->changes[i].blame, file))
            return true;
    return false;
}

static bool mirrors(const struct baseline *baseline, const struct migration_file *file)
{
    for (size_t i = 0; i < baseline->finding_count; i++)
        if (baseline->findings[i].weight == BASELINE_DEMAND && is_blamed(baseline->findings[i].blame.file, file))
            return false;
    return is_seeded(baseline, file) && !has_blamed_change(baseline->comparison, file);
}

static void judge_init(struct together *together, const struct migration_file *file)
{
    struct rule_case *rule_case = together->rule_case;
    const struct settings *settings = rule_case->options->settings;
    const char *init = settings_text(settings, SETTING_init);
    if (inquiry_has_changed(rule_case->inquiry, init) ||
        access(settings_path(rule_case->memory, settings, SETTING_init), F_OK) != 0)
        return;
    const struct error *failure;
    const struct baseline *baseline = inquiry_baseline(rule_case->inquiry, &failure);
    if (!baseline || !mirrors(baseline, file))
        complain(together, file,
                 talloc_asprintf(rule_case->memory, "%s changed, and %s did not follow", file->name, init),
                 "Make the same change there; `pgdeck baseline --write` does it.");
}

/* ---- the documentation ---- */

static void judge_documentation(struct together *together, const struct migration_file *file)
{
    const struct documentation *documentation = together->documentation;
    struct rule_case *rule_case = together->rule_case;
    if (!documentation || !documentation->exists || inquiry_has_changed(rule_case->inquiry, documentation->shown))
        return;
    const struct documentation_entry *entry = documentation_find(documentation, file->number);
    if (!entry || entry->intent.state != NOTE_WRITTEN || entry->safety.state != NOTE_WRITTEN)
        complain(
            together, file,
            talloc_asprintf(rule_case->memory, "%s changed, and %s did not follow", file->name, documentation->shown),
            "Write its entry, with **Intent.** and **Safety.**");
}

/* ---- the models ---- */

static const struct comparison *compare_models(struct together *together, struct error *error)
{
    struct rule_case *rule_case = together->rule_case;
    const struct compare_options options = {.mirror = inquiry_mirror_options(rule_case->inquiry),
                                            .blame = BLAME_WANTED};
    const struct settings *settings = rule_case->options->settings;
    struct mirror_source *from = mirror_source_parse(rule_case->memory, settings, NULL, "migrations", error);
    struct mirror_source *to = from ? mirror_source_parse(rule_case->memory, settings, NULL, "models", error) : NULL;
    struct comparison *comparison = to ? compare(rule_case->memory, from, to, &options, error) : NULL;
    if (comparison)
        compare_release(comparison);
    return comparison;
}

static bool judge_models(struct together *together, const struct migration_file *file, struct error *error)
{
    struct rule_case *rule_case = together->rule_case;
    const struct error *unread;
    const struct models *models = inquiry_models(rule_case->inquiry, &unread);
    bool is_program = settings_models_command(rule_case->options->settings) != NULL;
    if (!models || models->kind == MODELS_NONE)
        return true; /* there is nothing to follow; model.base says so where they cannot be read */
    if (!is_program && inquiry_has_changed_below(rule_case->inquiry, models->source))
        return true;
    if (!together->models && !together->no_models) {
        struct error *failure = error_new(rule_case->memory);
        together->models = compare_models(together, failure);
        together->no_models = together->models ? NULL : failure->message;
        if (cancel_is_requested(rule_case->options->cancel))
            return error_set(error, ERROR_CANCELLED, "the check was cancelled");
    }
    /* Where they cannot be compared nobody knows whether the models have anything to say. */
    if (has_blamed_change(together->models, file))
        complain(together, file,
                 talloc_asprintf(rule_case->memory, "%s changed, and %s did not follow", file->name, models->source),
                 "Declare the change in the models: `pgdeck diff migrations models` shows what they lack.");
    return true;
}

/* ---- all of it ---- */

static bool judge_file(struct together *together, const struct migration_file *file, struct error *error)
{
    rule_progress(together->rule_case, file->name);
    if (runs_the_same(together, file))
        return true;
    together->asked++;
    judge_init(together, file);
    judge_documentation(together, file);
    return judge_models(together, file, error);
}

static bool open_together(struct together *together, struct error *error)
{
    struct rule_case *rule_case = together->rule_case;
    const struct error *failure;
    struct error *ignored = error_new(rule_case->memory);
    together->git = inquiry_git(rule_case->inquiry, &failure);
    together->base =
        together->git ? git_base(rule_case->memory, together->git, rule_case->options->since, error) : NULL;
    together->documentation = documentation_read(rule_case->memory, rule_case->options->settings, ignored);
    return together->base || !cancel_is_requested(rule_case->options->cancel);
}

bool rule_migration_together(struct rule_case *rule_case, struct error *error)
{
    struct together together = {.rule_case = rule_case};
    const struct directory *directory = inquiry_directory(rule_case->inquiry);
    if (!rule_case->options->since)
        return rule_skip(rule_case, "it is asked with --since REV alone");
    if (!open_together(&together, error))
        return false;
    if (!together.base)
        return rule_give_up(rule_case, error, error);
    for (size_t i = 0; i < directory->count; i++)
        if (inquiry_has_changed(rule_case->inquiry, directory->files[i]->path) &&
            !judge_file(&together, directory->files[i], error))
            return false;
    rule_evidence(rule_case, "%zu new or running something else than at %s", together.asked,
                  rule_case->options->since);
    return true;
}
