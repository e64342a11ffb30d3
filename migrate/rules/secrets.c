/* secrets: no credential stands in a project file. */
#include "migrate/secrets.h"

#include "migrate/rules/rule.h"

enum { PROGRESS_FILES = 100 };

struct looking {
    struct rule_case *rule_case;
    size_t count;
};

static void on_file(void *listener, const char *path, const struct secrets_findings *findings)
{
    struct looking *looking = listener;
    if (looking->count++ % PROGRESS_FILES == 0)
        rule_progress(looking->rule_case, path);
    for (size_t i = 0; i < findings->count; i++)
        rule_find(looking->rule_case, &(struct rule_finding){.message = findings->items[i].message,
                                                             .file = path,
                                                             .line = findings->items[i].line,
                                                             .object = findings->items[i].object,
                                                             .hint = secrets_hint(path)});
}

/* What git would commit; NULL: it does not know the folder, or will not say, and the folder is walked. A project that
 * the repository around it ignores has no files to git. */
static struct git_names *names_of(struct rule_case *rule_case)
{
    const struct error *failure;
    struct git *git = inquiry_git(rule_case->inquiry, &failure);
    struct error *ignored = error_new(rule_case->memory);
    struct git_names *names = git && !git_absence(git) ? git_files(rule_case->memory, git, ignored) : NULL;
    return names && names->count ? names : NULL;
}

static void keep_changed(struct rule_case *rule_case, struct git_names *names)
{
    size_t count = 0;
    for (size_t i = 0; i < names->count; i++)
        if (inquiry_has_changed(rule_case->inquiry, names->items[i]))
            names->items[count++] = names->items[i];
    names->count = count;
}

bool rule_secrets(struct rule_case *rule_case, struct error *error)
{
    struct looking looking = {.rule_case = rule_case};
    struct git_names *names = names_of(rule_case);
    size_t left_out;
    /* Nobody's home folder is walked because pgdeck was started there. */
    if (!names && !inquiry_is_house(rule_case->inquiry) && !inquiry_directory(rule_case->inquiry)->exists)
        return rule_skip(rule_case,
                         "there is no project here: neither pgdeck.yaml nor migrations nor a git repository");
    if (names)
        keep_changed(rule_case, names);
    const struct secrets_walk walk = {.settings = rule_case->options->settings,
                                      .names = names,
                                      .cancel = rule_case->options->cancel,
                                      .on_file = on_file,
                                      .listener = &looking};
    if (!secrets_look(&walk, &left_out, error))
        return false;
    char *more =
        left_out ? talloc_asprintf(rule_case->memory, ", %zu left out (no text, or too large)", left_out) : NULL;
    rule_evidence(rule_case, "%zu files %s%s", looking.count,
                  names ? "that git would commit" : "of the folder, which git does not know", more ? more : "");
    return true;
}
