/* migration.documented: each version has one entry, and somebody wrote its intent and its safety notes. */
#include "migrate/documentation.h"

#include "migrate/rules/rule.h"

/* How the document says that a version has no file any more. */
#define NO_FILE "(no file)"

static const char *const complaints[] = {
    [NOTE_ABSENT] = "does not say its",
    [NOTE_EMPTY] = "leaves empty its",
    [NOTE_PLACEHOLDER] = "has a placeholder for its",
    [NOTE_TITLE] = "only repeats its title as its",
    [NOTE_SHORT] = "says but a word or two for its",
    [NOTE_WRITTEN] = NULL,
};

static const char intent_hint[] = "Write under **Intent.** in a sentence or two why the migration exists.";
static const char safety_hint[] =
    "Write under **Safety.** what it locks, what to mind when it runs, and what to do when it fails; `pgdeck plan` "
    "measures the locks.";

static void find_note(struct rule_case *rule_case, const struct documentation *documentation,
                      const struct documentation_entry *entry, const struct documentation_note *note, const char *what,
                      const char *hint)
{
    if (note->state == NOTE_WRITTEN)
        return;
    rule_find(rule_case, &(struct rule_finding){.message = talloc_asprintf(rule_case->memory, "the entry \"%s\" %s %s",
                                                                           entry->title, complaints[note->state], what),
                                                .file = documentation->shown,
                                                .line = note->line ? note->line : entry->line,
                                                .object = entry->title,
                                                .hint = hint});
}

/* Where an entry that is missing belongs: at the first of a later version, else at the document's end. */
static int place_for(const struct documentation *documentation, int64_t number)
{
    const struct documentation_entry *next = NULL;
    for (size_t i = 0; i < documentation->count; i++) {
        const struct documentation_entry *entry = &documentation->entries[i];
        if (entry->number > number && (!next || entry->number < next->number))
            next = entry;
    }
    return next ? next->line : documentation->lines;
}

static void find_missing(struct rule_case *rule_case, const struct documentation *documentation,
                         const struct migration_file *file)
{
    rule_find(rule_case,
              &(struct rule_finding){
                  .message = talloc_asprintf(rule_case->memory, "version %s has no entry", file->version),
                  .file = documentation->shown,
                  .line = place_for(documentation, file->number),
                  .object = file->version,
                  .hint = talloc_asprintf(rule_case->memory,
                                          "Add the heading \"## %s_%s\" with paragraphs **Intent.** and **Safety.**",
                                          file->version, file->description)});
}

static void judge_file(struct rule_case *rule_case, const struct documentation *documentation,
                       const struct migration_file *file)
{
    const struct documentation_entry *first = documentation_find(documentation, file->number);
    if (!first) {
        find_missing(rule_case, documentation, file);
        return;
    }
    find_note(rule_case, documentation, first, &first->intent, "intent", intent_hint);
    find_note(rule_case, documentation, first, &first->safety, "safety notes", safety_hint);
    for (const struct documentation_entry *entry = first + 1; entry < documentation->entries + documentation->count;
         entry++)
        if (entry->number == file->number)
            rule_find(rule_case,
                      &(struct rule_finding){.message = talloc_asprintf(rule_case->memory,
                                                                        "version %s has an entry already, in line %d",
                                                                        file->version, first->line),
                                             .file = documentation->shown,
                                             .line = entry->line,
                                             .object = entry->title,
                                             .hint = "Make one entry of the two."});
}

/* A file that cannot be read is there all the same. */
static bool has_file(struct rule_case *rule_case, int64_t number)
{
    const struct directory_errors *errors = inquiry_directory_errors(rule_case->inquiry);
    bool is_there = directory_find(inquiry_directory(rule_case->inquiry), number) != NULL;
    for (size_t i = 0; i < errors->count && !is_there; i++) {
        const char *path = errors->items[i]->file, *slash = path ? strrchr(path, '/') : NULL;
        const char *name = slash ? slash + 1 : path ? path : "";
        size_t digits = strspn(name, "0123456789");
        is_there = digits > 0 && digits <= 18 && strtoll(name, NULL, 10) == number;
    }
    return is_there;
}

/* With --since only where the file itself was taken away. */
static bool is_asked(struct rule_case *rule_case, const struct documentation_entry *entry)
{
    const struct directory *directory = inquiry_directory(rule_case->inquiry);
    char *path = talloc_asprintf(rule_case->memory, "%s/%s.sql", directory->shown, entry->title);
    bool is_asked = inquiry_has_changed(rule_case->inquiry, path);
    talloc_free(path);
    return is_asked;
}

static void judge_rest(struct rule_case *rule_case, const struct documentation *documentation)
{
    for (size_t i = 0; i < documentation->count; i++) {
        const struct documentation_entry *entry = &documentation->entries[i];
        if (has_file(rule_case, entry->number) || strcasestr(entry->title, NO_FILE) || !is_asked(rule_case, entry))
            continue;
        rule_find(rule_case,
                  &(struct rule_finding){
                      .message = talloc_asprintf(rule_case->memory, "the entry \"%s\" has no file", entry->title),
                      .file = documentation->shown,
                      .line = entry->line,
                      .object = entry->title,
                      .hint = "Take the entry out, or write " NO_FILE " behind its title."});
    }
}

static bool find_absence(struct rule_case *rule_case, const struct documentation *documentation, size_t count)
{
    if (!inquiry_is_house(rule_case->inquiry))
        return rule_skip(rule_case, "the project has no %s", documentation->shown);
    rule_find(
        rule_case,
        &(struct rule_finding){
            .message = talloc_asprintf(rule_case->memory, "there is no %s, which has an entry for each of %zu versions",
                                       documentation->shown, count),
            .file = documentation->shown,
            .hint = "Write it: a heading \"## VERSION_NAME\" for each, with paragraphs **Intent.** and "
                    "**Safety.**; `pgdeck new` adds the entry of a new migration."});
    return true;
}

bool rule_migration_documented(struct rule_case *rule_case, struct error *error)
{
    const struct directory *directory = inquiry_directory(rule_case->inquiry);
    struct error *failure = error_new(rule_case->memory);
    const struct documentation *documentation =
        documentation_read(rule_case->memory, rule_case->options->settings, failure);
    if (!documentation)
        return rule_blame(rule_case, failure, error);
    size_t count = 0;
    for (size_t i = 0; i < directory->count; i++)
        count += inquiry_has_changed(rule_case->inquiry, directory->files[i]->path);
    if (!count && !documentation->count)
        return rule_skip(rule_case, directory->count ? "no migration has changed" : "there are no migrations");
    if (!documentation->exists)
        return find_absence(rule_case, documentation, count);
    for (size_t i = 0; i < directory->count; i++)
        if (inquiry_has_changed(rule_case->inquiry, directory->files[i]->path))
            judge_file(rule_case, documentation, directory->files[i]);
    judge_rest(rule_case, documentation);
    rule_evidence(rule_case, "%zu versions, %zu entries in %s", count, documentation->count, documentation->shown);
    return true;
}
