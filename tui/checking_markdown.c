/* See checking.h: the report as Markdown. Text from files and servers is escaped, so that it stays text wherever it is
 * pasted. */
#include "store/text.h"
#include "tui/answer.h"
#include "tui/checking.h"

/* What a character that Markdown or HTML would read as its own is written as; NULL: as itself. */
static const char *escape_of(char c)
{
    static const struct {
        char c;
        const char *text;
    } escapes[] = {{'<', "&lt;"}, {'>', "&gt;"}, {'&', "&amp;"}, {'\\', "\\\\"}, {'`', "\\`"}, {'*', "\\*"},
                   {'_', "\\_"},  {'[', "\\["},  {']', "\\]"},   {'|', "\\|"},   {'#', "\\#"}};
    for (size_t i = 0; i < countof(escapes); i++)
        if (escapes[i].c == c)
            return escapes[i].text;
    return NULL;
}

/* On one line, as text and nothing else. Owner: `owner`. */
static char *plain(TALLOC_CTX *owner, const char *text)
{
    char *clean = text_sanitise(owner, text, strlen(text), TEXT_ONE_LINE);
    char *escaped = talloc_strdup(owner, "");
    for (const char *c = clean; *c; c++) {
        const char *escape = escape_of(*c);
        escaped = talloc_strndup_append_buffer(escaped, escape ? escape : c, escape ? strlen(escape) : 1);
    }
    return escaped;
}

/* As code, where it holds nothing that would end it. Owner: `owner`. */
static char *code(TALLOC_CTX *owner, const char *text)
{
    char *clean = text_sanitise(owner, text, strlen(text), TEXT_ONE_LINE);
    return strchr(clean, '`') ? plain(owner, text) : talloc_asprintf(owner, "`%s`", clean);
}

static void add(char **text, const char *format, ...) PRINTF_LIKE(2, 3);

static void add(char **text, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    *text = talloc_vasprintf_append_buffer(*text, format, arguments);
    va_end(arguments);
    if (!*text)
        abort();
}

static void add_head(TALLOC_CTX *memory, char **text, const struct rules_report *report)
{
    add(text, "## Schema check: %s\n\n",
        report->verdict == RULES_HOLD
            ? "the house rules hold"
            : talloc_asprintf(memory, "%s broken", answer_count(memory, report->failed, "rule")));
    add(text, "%zu hold, %zu fail, %zu warn, %zu skipped; rule set %s, pgdeck %s.\n\n", report->held, report->failed,
        report->warned, report->skipped, RULES_VERSION, PGDECK_VERSION);
    add(text, "- Target: %s\n", report->target ? plain(memory, report->target) : "none");
    add(text, "- Scratch server: %s\n",
        report->scratch_server ? talloc_asprintf(memory, "PostgreSQL %s", report->scratch_server) : "none was needed");
    if (report->since)
        add(text, "- Since: %s\n", code(memory, report->since));
}

static void add_rules(TALLOC_CTX *memory, char **text, const struct rules_report *report)
{
    add(text, "\n| rule | result | what was checked |\n| --- | --- | --- |\n");
    for (size_t i = 0; i < report->count; i++) {
        const struct rule_result *result = &report->results[i];
        const char *told = result->skipped ? result->skipped : result->evidence;
        add(text, "| `%s` | %s%s | %s |\n", result->rule->id, checking_word(result),
            result->count ? talloc_asprintf(memory, ": %s", answer_count(memory, result->count, "finding")) : "",
            told ? plain(memory, told) : plain(memory, result->rule->demand));
    }
}

static void add_finding(TALLOC_CTX *memory, char **text, const struct rule_finding *finding)
{
    add(text, "- ");
    if (finding->file && finding->line)
        add(text, "%s: ", code(memory, talloc_asprintf(memory, "%s:%d", finding->file, finding->line)));
    else if (finding->file)
        add(text, "%s: ", code(memory, finding->file));
    add(text, "%s\n", plain(memory, finding->message));
    if (finding->hint)
        add(text, "  %s\n", plain(memory, finding->hint));
}

static void add_findings(TALLOC_CTX *memory, char **text, const struct rules_report *report)
{
    for (size_t i = 0; i < report->count; i++) {
        const struct rule_result *result = &report->results[i];
        if (!result->count)
            continue;
        add(text, "\n### %s\n\n%s\n\n", result->rule->id, plain(memory, result->rule->demand));
        for (size_t k = 0; k < result->count; k++)
            add_finding(memory, text, &result->findings[k]);
    }
}

/* With --since the changed ones; else all. */
static void add_files(TALLOC_CTX *memory, char **text, const struct rules_report *report)
{
    size_t shown = 0;
    for (size_t i = 0; i < report->file_count; i++) {
        const struct rules_file *file = &report->files[i];
        if (report->since && file->since != RULES_FILE_CHANGED)
            continue;
        if (!shown++)
            add(text, "\n<details><summary>Migration files%s</summary>\n\n| file | sha256 |\n| --- | --- |\n",
                report->since ? " that changed" : "");
        add(text, "| %s | `%s` |\n", code(memory, file->path), file->checksum);
    }
    if (shown)
        add(text, "\n</details>\n");
}

char *checking_markdown(TALLOC_CTX *owner, const struct rules_report *report)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    char *text = talloc_strdup(memory, "");
    add_head(memory, &text, report);
    add_rules(memory, &text, report);
    add_findings(memory, &text, report);
    add_files(memory, &text, report);
    talloc_steal(owner, text);
    talloc_free(memory);
    return text;
}
