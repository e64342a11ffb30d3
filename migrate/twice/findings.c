/* See findings.h. */
#include "migrate/twice/findings.h"

#include "migrate/twice/hint.h"

static const char *const names[] = {
    [TWICE_FAILED] = "failed",     [TWICE_REFUSED] = "refused",         [TWICE_CHANGED] = "changed",
    [TWICE_REMADE] = "remade",     [TWICE_EMPTIED] = "emptied",         [TWICE_ROWS] = "rows",
    [TWICE_SEQUENCE] = "sequence", [TWICE_INTERRUPTED] = "interrupted",
};

const char *twice_what_name(enum twice_what what) { return names[what]; }

static const char *copy(TALLOC_CTX *owner, const char *text) { return text ? talloc_strdup(owner, text) : NULL; }

void findings_copy(struct findings *findings, const struct twice_finding *finding)
{
    findings->items =
        talloc_realloc(findings->owner, findings->items, struct twice_finding, (unsigned)findings->count + 1);
    TALLOC_CTX *owner = findings->owner;
    findings->items[findings->count++] = (struct twice_finding){
        .what = finding->what,
        .file = copy(owner, finding->file),
        .line = finding->line,
        .object = copy(owner, finding->object),
        .sqlstate = copy(owner, finding->sqlstate),
        .message = copy(owner, finding->message),
        .hint = copy(owner, finding->hint),
    };
}

static void add(struct findings *findings, const struct migration_file *file, size_t statement,
                const struct twice_finding *finding)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    struct twice_finding whole = *finding;
    const struct statement *guilty = statement < file->statements.count ? &file->statements.items[statement] : NULL;
    whole.file = file->path;
    whole.line = guilty ? guilty->line : 0;
    whole.hint = guilty ? hint_of(memory, guilty, finding) : NULL;
    findings_copy(findings, &whole);
    talloc_free(memory);
}

void findings_add(struct findings *findings, const struct migration_file *file, size_t statement, enum twice_what what,
                  const char *object, const char *message)
{
    const struct twice_finding finding = {.what = what, .object = object, .sqlstate = "", .message = message};
    add(findings, file, statement, &finding);
}

void findings_add_refusal(struct findings *findings, const struct migration_file *file, size_t statement,
                          const char *sqlstate, const char *message)
{
    char *words = talloc_asprintf(NULL, "the second run is refused: %s", message);
    const struct twice_finding finding = {.what = TWICE_REFUSED, .sqlstate = sqlstate, .message = words};
    add(findings, file, statement, &finding);
    talloc_free(words);
}

void findings_add_failure(struct findings *findings, const struct migration_file *file, const struct error *failure)
{
    char *words = talloc_asprintf(NULL, "it does not run: %s", failure->message);
    const struct twice_finding finding = {
        .what = TWICE_FAILED,
        .file = failure->file ? failure->file : file->path,
        .line = failure->line,
        .sqlstate = failure->sqlstate,
        .message = words,
        .hint = failure->hint ? failure->hint : "Mend it; files behind it cannot be proved until it runs.",
    };
    findings_copy(findings, &finding);
    talloc_free(words);
}

bool findings_has(const struct findings *findings, const struct migration_file *file, size_t statement,
                  enum twice_what what)
{
    int line = file->statements.items[statement].line;
    for (size_t i = 0; i < findings->count; i++)
        if (findings->items[i].what == what && findings->items[i].line == line &&
            !strcmp(findings->items[i].file, file->path))
            return true;
    return false;
}

void findings_sort(struct findings *findings, size_t first)
{
    for (size_t i = first + 1; i < findings->count; i++) {
        const struct twice_finding finding = findings->items[i];
        size_t at = i;
        for (; at > first && findings->items[at - 1].line > finding.line; at--)
            findings->items[at] = findings->items[at - 1];
        findings->items[at] = finding;
    }
}
