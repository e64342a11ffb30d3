/* See audit.h: the review as a file. Text from files and servers is escaped, so that none of it can pass for a heading,
 * an item or a box. */
#include "migrate/audit.h"
#include "migrate/audits.h"
#include "store/text.h"

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

/* On one line, as text and nothing else. Owner: `owner`. */
static char *plain(TALLOC_CTX *owner, const char *text)
{
    char *clean = text_sanitise(owner, text, strlen(text), TEXT_ONE_LINE);
    char *escaped = talloc_strdup(owner, "");
    for (const char *c = clean; *c; c++)
        escaped = talloc_asprintf_append_buffer(escaped, strchr("\\`*[]|#<>&", *c) ? "\\%c" : "%c", *c);
    return escaped;
}

static char *place_of(TALLOC_CTX *owner, const char *file, int line)
{
    if (!file)
        return talloc_strdup(owner, "");
    char *shown = plain(owner, file);
    return line ? talloc_asprintf(owner, " (%s:%d)", shown, line) : talloc_asprintf(owner, " (%s)", shown);
}

static const char *plural(size_t count) { return count == 1 ? "" : "s"; }

/* ---- head ---- */

static void add_head(char **text, const struct audit *audit)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    add(text, "---\ndate: %s\nseed: \"%s\"\nsample: [", audit->date, audit->seed);
    for (size_t i = 0; i < audit->count; i++)
        add(text, "%s\"%s\"", i ? ", " : "", audit->versions[i].version);
    add(text, "]\nrule_set: %s\nopen: %zu\npgdeck: %s\n---\n", RULES_VERSION, audit->open, PGDECK_VERSION);
    add(text, "# Compliance review of %s\n\n", audit->date);
    add(text, "%zu of the newest %zu migration%s, drawn by the seed `%s` (`pgdeck audit --sample %zu --seed %s` draws ",
        audit->count, audit->recent, plural(audit->recent), audit->seed, audit->count ? audit->count : 1, audit->seed);
    add(text, "the same again); %zu migration%s in all.\n\n", audit->file_count, plural(audit->file_count));
    add(text, "- Proved in: %s%s\n", audit->scratch_server ? "PostgreSQL " : "nothing",
        audit->scratch_server ? audit->scratch_server : "");
    add(text, "- Target: %s\n\n", audit->rules->target ? plain(memory, audit->rules->target) : "none");
    talloc_free(memory);
}

/* ---- what is open ---- */

static void add_item(char **text, const char *about, const char *rule, const struct rule_finding *finding)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    add(text, "- [ ] %s%s: %s%s%s%s\n", about, rule, plain(memory, finding->message),
        place_of(memory, finding->file, finding->line), finding->hint ? ". " : "",
        finding->hint ? plain(memory, finding->hint) : "");
    talloc_free(memory);
}

static void add_open(char **text, const struct audit *audit)
{
    add(text, AUDITS_OPEN_HEADING "\n");
    add(text, audit->open ? "Tick a box when its item is closed; what is not ticked is open.\n\n" : "Nothing.\n\n");
    for (size_t i = 0; i < audit->count; i++)
        for (size_t k = 0; k < audit->versions[i].count; k++) {
            const struct audit_proof *proof = &audit->versions[i].proofs[k];
            char *about = talloc_asprintf(NULL, "%s ", audit->versions[i].version);
            for (size_t m = 0; proof->severity == SEVERITY_ERROR && m < proof->count; m++)
                add_item(text, about, proof->rule, &proof->findings[m]);
            talloc_free(about);
        }
    for (size_t i = 0; i < audit->item_count; i++) {
        const struct audit_item *item = &audit->items[i];
        const struct rule_finding finding = {
            .message = item->message, .file = item->file, .line = item->line, .hint = item->hint};
        if (item->severity == SEVERITY_ERROR)
            add_item(text, "", item->rule, &finding);
    }
    if (audit->open)
        add(text, "\n");
}

/* ---- the sample ---- */

static const char *word_of(const struct audit_proof *proof)
{
    if (proof->skipped)
        return "not proved";
    if (!proof->count)
        return "holds";
    return proof->severity == SEVERITY_ERROR ? "**open**" : "warning";
}

static void add_proof(char **text, const struct audit_proof *proof)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    const char *told = proof->skipped ? proof->skipped : proof->evidence;
    char *note = told && (proof->skipped || !proof->count) ? plain(memory, told) : talloc_strdup(memory, "");
    if (!proof->skipped && proof->count)
        note = talloc_asprintf(memory, "%zu finding%s", proof->count, plural(proof->count));
    add(text, "| %s | %s | %s |\n", proof->rule, word_of(proof), note);
    talloc_free(memory);
}

static void add_version(char **text, const struct audit_version *version)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    add(text, "### %s\n%zu object%s made, changed or dropped.\n\n| proof | result | |\n| --- | --- | --- |\n",
        plain(memory, version->file), version->touched, plural(version->touched));
    for (size_t i = 0; i < version->count; i++)
        add_proof(text, &version->proofs[i]);
    add(text, "\n");
    talloc_free(memory);
}

static void add_rules(char **text, const struct audit *audit)
{
    const struct rules_report *report = audit->rules;
    add(text, "## House rules\n\n| rule | result | |\n| --- | --- | --- |\n");
    for (size_t i = 0; i < report->count; i++) {
        const struct rule_result *result = &report->results[i];
        const struct audit_proof proof = {.rule = result->rule->id,
                                          .severity = result->severity,
                                          .skipped = result->skipped,
                                          .evidence = result->evidence,
                                          .count = result->count};
        add_proof(text, &proof);
    }
    for (const char *const *rule = audit->off; *rule; rule++)
        add(text, "| %s | off | pgdeck.yaml says so |\n", *rule);
}

char *audit_report(TALLOC_CTX *owner, const struct audit *audit)
{
    char *text = talloc_strdup(owner, "");
    add_head(&text, audit);
    add_open(&text, audit);
    add(&text, "## Sample\n\n");
    if (!audit->count)
        add(&text, "There is no migration.\n\n");
    for (size_t i = 0; i < audit->count; i++)
        add_version(&text, &audit->versions[i]);
    add_rules(&text, audit);
    return text;
}
