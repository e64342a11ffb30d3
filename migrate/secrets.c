/* See secrets.h: one text is looked at; which texts, walk.c says. */
#include "migrate/secrets.h"

#include <ctype.h>

#include "migrate/secrets/scan.h"

enum { HEAD_LINES = 20, FINDINGS_MOST = 1000, LINE_BYTES = 1024 };

struct scan_value scan_line(const struct scan *scan, const char *at)
{
    size_t left = (size_t)(scan->end - at), ahead = left < LINE_BYTES ? left : LINE_BYTES;
    const char *start = at, *end = memchr(at, '\n', ahead);
    while (start > scan->text && start[-1] != '\n' && at - start < LINE_BYTES)
        start--;
    return (struct scan_value){start, end ? end : at + ahead};
}

void scan_add(struct scan *scan, struct scan_value value, const char *message, struct scan_value object)
{
    if (scan->count == FINDINGS_MOST || value.start >= value.end)
        return;
    for (size_t i = 0; i < scan->count; i++)
        if (value.start < scan->spans[i].end && scan->spans[i].start < value.end)
            return;
    const char *name =
        object.start ? talloc_strndup(scan->memory, object.start, (size_t)(object.end - object.start)) : NULL;
    if (!message)
        message = talloc_asprintf(scan->memory, "%s is given a value", name);
    scan->spans = talloc_realloc_size(scan->memory, scan->spans, (scan->count + 1) * sizeof *scan->spans);
    if (!scan->spans || !message)
        abort();
    scan->spans[scan->count++] = (struct scan_span){value.start, value.end, message, name};
}

/* ---- what people allow ---- */

static const char *skip_blanks(const char *at, const char *end)
{
    while (at < end && (*at == ' ' || *at == '\t'))
        at++;
    return at;
}

/* Where "pgdeck: allow secrets because REASON" begins in a line, or NULL. */
static const char *find_allowance(struct scan_value line)
{
    static const char *const parts[] = {"allow", "secrets", "because"};
    const char *mark = memmem(line.start, (size_t)(line.end - line.start), "pgdeck:", 7);
    const char *at = mark ? mark + 7 : NULL;
    for (size_t i = 0; at && i < countof(parts); i++) {
        size_t length = strlen(parts[i]);
        at = skip_blanks(at, line.end);
        bool is_there = (size_t)(line.end - at) > length && !strncmp(at, parts[i], length) &&
                        (at[length] == ' ' || at[length] == '\t');
        at = is_there ? at + length : NULL;
    }
    at = at ? skip_blanks(at, line.end) : NULL;
    return at && at < line.end && isalnum((unsigned char)*at) ? mark : NULL;
}

/* A comment of its own among the first lines speaks for the file. */
static bool is_allowed_whole(const struct scan *scan)
{
    const char *at = scan->text;
    for (int i = 0; i < HEAD_LINES && at < scan->end; i++) {
        const struct scan_value line = scan_line(scan, at);
        const char *mark = find_allowance(line), *before = line.start;
        while (mark && before < mark && !isalnum((unsigned char)*before))
            before++;
        if (mark && before == mark)
            return true;
        at = line.end + 1;
    }
    return false;
}

/* ---- findings ---- */

static int compare_spans(const void *left, const void *right)
{
    const struct scan_span *one = left, *other = right;
    return (one->start > other->start) - (one->start < other->start);
}

static void report(TALLOC_CTX *owner, struct scan *scan, struct secrets_findings *findings)
{
    const char *at = scan->text;
    int line = 1;
    if (scan->count)
        qsort(scan->spans, scan->count, sizeof *scan->spans, compare_spans);
    findings->items = talloc_zero_array(owner, struct secrets_finding, (unsigned)scan->count + 1);
    if (!findings->items)
        abort();
    for (size_t i = 0; i < scan->count; i++) {
        const struct scan_span *span = &scan->spans[i];
        for (; at < span->start; at++)
            line += *at == '\n';
        if (find_allowance(scan_line(scan, span->start)))
            continue;
        findings->items[findings->count++] = (struct secrets_finding){
            line, talloc_strdup(findings->items, span->message), talloc_strdup(findings->items, span->object)};
    }
}

void secrets_scan(TALLOC_CTX *owner, const char *path, const char *text, size_t size_bytes,
                  struct secrets_findings *findings)
{
    struct scan scan = {.text = text,
                        .end = text + size_bytes,
                        .kind = scan_kind_of(path),
                        .strictness = scan_is_strict(path) ? SCAN_STRICT : SCAN_LENIENT,
                        .memory = talloc_new(NULL)};
    *findings = (struct secrets_findings){0};
    if (!is_allowed_whole(&scan)) {
        /* What says most about a find comes first: the same secret is not found twice. */
        scan_tokens(&scan);
        scan_uris(&scan);
        scan_clauses(&scan);
        scan_conninfo(&scan);
        scan_fields(&scan);
        scan_rows(&scan);
        scan_assignments(&scan);
    }
    report(owner, &scan, findings);
    talloc_free(scan.memory);
}

const char *secrets_hint(const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    if (!strcmp(name, "pgdeck.yaml"))
        return "Write ${NAME} and set NAME in the environment or in .env, or name a service: service=NAME.";
    if (!strncmp(name, ".env", 4) && scan_is_strict(path))
        return "Take the file out of git (`git rm --cached`), list it in .gitignore, and change the credential, for "
               "history keeps it.";
    if (scan_kind_of(path) == SCAN_SQL)
        return "Take it out and change it, for history keeps it: roles get their passwords outside of the schema's "
               "files. Where it is none: -- pgdeck: allow secrets because REASON, in the head of the file.";
    return "Take it out and change it, for history keeps it: read it from the environment, .env, .pgpass or a service "
           "file. Where it is none, end the line with a comment: pgdeck: allow secrets because REASON.";
}
