/* migration.idempotent: each file runs twice, and one outside a transaction is stopped and resumed (migrate/twice.h).
 * What is wrong with a file's text breaks this rule, too; files behind it are not run, for they stand on it. */
#include "migrate/replay.h"
#include "migrate/rules/rule.h"
#include "migrate/twice.h"

/* The number in the name of a file that could not be read; -1: it has none. */
static int64_t number_of(const struct error *error)
{
    const char *slash = error->file ? strrchr(error->file, '/') : NULL;
    const char *name = slash ? slash + 1 : error->file;
    return name && *name >= '0' && *name <= '9' ? strtoll(name, NULL, 10) : -1;
}

/* Finds the files whose text is wrong. Returns how many of those that can be read stand before the first of them. */
static size_t find_unreadable(struct rule_case *rule_case, bool *ok, struct error *error)
{
    const struct directory *directory = inquiry_directory(rule_case->inquiry);
    const struct directory_errors *errors = inquiry_directory_errors(rule_case->inquiry);
    int64_t first = INT64_MAX;
    for (size_t i = 0; *ok && i < errors->count; i++) {
        int64_t number = number_of(errors->items[i]);
        first = number >= 0 && number < first ? number : first;
        if (errors->items[i]->line)
            *ok = rule_blame(rule_case, errors->items[i], error);
    }
    size_t count = 0;
    while (count < directory->count && directory->files[count]->number < first)
        count++;
    return count;
}

static void on_progress(void *listener, size_t done, size_t total, const char *name)
{
    const struct rules_options *options = listener;
    if (options->on_progress && *name)
        options->on_progress(options->listener, &rules[RULE_migration_idempotent], done, total, name);
}

/* With --since only of what changed; a file that does not run stands in the way of all. */
static void find(struct rule_case *rule_case, const struct twice_finding *finding)
{
    if (finding->what != TWICE_FAILED && !inquiry_has_changed(rule_case->inquiry, finding->file))
        return;
    const char *message = finding->message;
    if (*finding->sqlstate)
        message = talloc_asprintf(rule_case->memory, "%s (%s)", message, finding->sqlstate);
    rule_find(rule_case, &(struct rule_finding){.message = message,
                                                .file = finding->file,
                                                .line = finding->line,
                                                .object = finding->object,
                                                .hint = finding->hint});
}

static void tell(struct rule_case *rule_case, const struct scratch *scratch, const struct twice_report *report,
                 size_t all)
{
    int version = scratch_server_version(scratch);
    char *text = talloc_asprintf(rule_case->memory, "%zu of %zu files ran twice in PostgreSQL %d.%d", report->proved,
                                 all, version / 10000, version % 10000);
    if (report->stepwise)
        text = talloc_asprintf_append(text, ", %zu of them stopped behind each step and resumed", report->stepwise);
    if (report->ran < report->proved)
        text = talloc_asprintf_append(text, "; %zu proofs remembered", report->proved - report->ran);
    rule_evidence(rule_case, "%s", text);
}

/* What does not run in scratch, and so was not proved: an extension that is not installed here, and what needs it. */
static void tell_not_run(struct rule_case *rule_case, struct scratch *scratch, const struct directory *directory)
{
    const struct replay_options options = {.cancel = rule_case->options->cancel};
    TALLOC_CTX *memory = rule_case->memory;
    struct replay *replay =
        replay_migrations(memory, scratch, directory, directory->count, &options, error_new(memory));
    const struct scratch_finding *first = NULL;
    size_t count = 0;
    for (size_t i = 0; replay && i < replay->findings.count; i++) {
        const struct scratch_finding *finding = &replay->findings.items[i];
        count += finding->what == SCRATCH_FAILED;
        first = !first && finding->what == SCRATCH_FAILED ? finding : first;
    }
    if (first)
        rule_evidence(rule_case, "%s; %zu statements do not run here: %s:%d: %s", rule_case->result->evidence, count,
                      first->file, first->line, first->message);
    talloc_free(replay);
}

static bool prove(struct rule_case *rule_case, size_t count, struct error *error)
{
    const struct error *failure;
    struct scratch *scratch = inquiry_scratch(rule_case->inquiry, &failure);
    if (!scratch)
        return rule_give_up(rule_case, failure, error);
    struct directory part = *inquiry_directory(rule_case->inquiry);
    size_t all = part.count + inquiry_directory_errors(rule_case->inquiry)->count;
    part.count = count;
    const struct twice_options options = {
        .settings = rule_case->options->settings,
        .cancel = rule_case->options->cancel,
        .on_progress = on_progress,
        .listener = (void *)(uintptr_t)rule_case->options,
    };
    struct error *trouble = error_new(rule_case->memory);
    const struct twice_report *report = twice_prove(rule_case->memory, scratch, &part, &options, trouble);
    if (!report)
        return rule_give_up(rule_case, trouble, error);
    for (size_t i = 0; i < report->count; i++)
        find(rule_case, &report->findings[i]);
    tell(rule_case, scratch, report, all);
    tell_not_run(rule_case, scratch, &part);
    return true;
}

bool rule_migration_idempotent(struct rule_case *rule_case, struct error *error)
{
    bool ok = true;
    const struct directory *directory = inquiry_directory(rule_case->inquiry);
    size_t count = find_unreadable(rule_case, &ok, error);
    if (!ok || (!count && rule_case->result->count))
        return ok;
    if (!directory->count)
        return rule_skip(rule_case, "there are no migrations in %s", directory->shown);
    if (!inquiry_has_changed_below(rule_case->inquiry, directory->shown))
        return rule_skip(rule_case, "nothing in %s has changed since %s", directory->shown, rule_case->options->since);
    return prove(rule_case, count, error);
}
