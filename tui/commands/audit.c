/* audit: the compliance review, told and written down. */
#include "migrate/audit.h"
#include "migrate/audits.h"

#include <errno.h>

#include "tui/answer.h"
#include "tui/checking.h"
#include "tui/command.h"

/* ---- JSON ---- */

static json_t *proof_json(const struct audit_proof *proof)
{
    const struct checking_result result = {proof->skipped, proof->severity, proof->evidence, proof->findings,
                                           proof->count};
    return checking_result_json("rule", proof->rule, &result);
}

static json_t *version_json(const struct audit_version *version)
{
    json_t *proofs = json_array();
    for (size_t i = 0; i < version->count; i++)
        json_array_append_new(proofs, proof_json(&version->proofs[i]));
    return json_pack("{s:o, s:o, s:I, s:o}", "version", printer_json_text(version->version), "file",
                     printer_json_text(version->file), "objects", (json_int_t)version->touched, "proofs", proofs);
}

static json_t *item_json(const struct audit_item *item)
{
    return json_pack(
        "{s:s, s:s, s:o, s:o, s:o, s:o}", "rule", item->rule, "severity", rule_severity_name(item->severity), "message",
        printer_json_text(item->message), "file", printer_json_text(item->file), "line",
        item->file && item->line ? json_integer(item->line) : json_null(), "hint", printer_json_text(item->hint));
}

static json_t *document_of(const struct audit *audit, const char *report)
{
    json_t *sample = json_array(), *items = json_array(), *off = json_array();
    for (const char *const *rule = audit->off; *rule; rule++)
        json_array_append_new(off, json_string(*rule));
    for (size_t i = 0; i < audit->count; i++)
        json_array_append_new(sample, version_json(&audit->versions[i]));
    for (size_t i = 0; i < audit->item_count; i++)
        json_array_append_new(items, item_json(&audit->items[i]));
    return json_pack("{s:b, s:s, s:s, s:s, s:o, s:o, s:I, s:I, s:I, s:o, s:o, s:o, s:o}", "ok", !audit->open, "date",
                     audit->date, "seed", audit->seed, "rule_set", RULES_VERSION, "target",
                     printer_json_text(audit->rules->target), "scratch_server",
                     printer_json_text(audit->scratch_server), "migrations", (json_int_t)audit->file_count, "recent",
                     (json_int_t)audit->recent, "open", (json_int_t)audit->open, "report", printer_json_text(report),
                     "sample", sample, "items", items, "off", off);
}

/* ---- text ---- */

static void print_finding(struct command_context *context, const char *rule, enum rule_severity severity,
                          const struct rule_finding *finding)
{
    const char *place = "";
    if (finding->file)
        place = finding->line ? talloc_asprintf(context->memory, "%s:%d: ", finding->file, finding->line)
                              : talloc_asprintf(context->memory, "%s: ", finding->file);
    printer_line(context->printer, severity == SEVERITY_ERROR ? ROLE_BAD : ROLE_WARN, "  %s%s: %s", place, rule,
                 finding->message);
    if (finding->hint)
        printer_line(context->printer, ROLE_DIM, "    %s", finding->hint);
}

static void print_version(struct command_context *context, const struct audit_version *version)
{
    size_t held = 0, skipped = 0, found = 0;
    for (size_t i = 0; i < version->count; i++) {
        const struct audit_proof *proof = &version->proofs[i];
        skipped += proof->skipped != NULL;
        found += proof->count > 0;
        held += !proof->skipped && !proof->count;
    }
    printer_line(context->printer, found ? ROLE_BAD : ROLE_GOOD, "%s  %zu hold, %zu do not, %zu not proved  (%s)",
                 version->file, held, found, skipped, answer_count(context->memory, version->touched, "object"));
    for (size_t i = 0; i < version->count; i++)
        for (size_t k = 0; k < version->proofs[i].count; k++)
            print_finding(context, version->proofs[i].rule, version->proofs[i].severity,
                          &version->proofs[i].findings[k]);
}

static void print_skips(struct command_context *context, const struct audit *audit)
{
    const struct audit_version *version = audit->count ? &audit->versions[0] : NULL;
    for (size_t i = 0; version && i < version->count; i++)
        if (version->proofs[i].skipped)
            printer_note(context->printer, "not proved: %s: %s", version->proofs[i].rule, version->proofs[i].skipped);
}

static void print_audit(struct command_context *context, const struct audit *audit, const char *report)
{
    for (size_t i = 0; i < audit->count; i++)
        print_version(context, &audit->versions[i]);
    if (audit->item_count)
        printer_line(context->printer, ROLE_HEAD, "besides");
    for (size_t i = 0; i < audit->item_count; i++) {
        const struct audit_item *item = &audit->items[i];
        const struct rule_finding finding = {
            .message = item->message, .file = item->file, .line = item->line, .hint = item->hint};
        print_finding(context, item->rule, item->severity, &finding);
    }
    print_skips(context, audit);
    printer_line(context->printer, audit->open ? ROLE_BAD : ROLE_GOOD, "%s reviewed, %zu open; seed %s; wrote %s",
                 answer_count(context->memory, audit->count, "migration"), audit->open, audit->seed, report);
}

/* ---- the command ---- */

static void on_progress(void *listener, const struct rule *rule, size_t done, size_t total, const char *what)
{
    struct command_context *context = listener;
    char *text = NULL;
    if (rule && !what)
        text = talloc_asprintf(NULL, "%zu/%zu %s", done + 1, total, rule->id);
    else if (what)
        text = talloc_asprintf(NULL, "%s%s%s", rule ? rule->id : "", rule ? ": " : "", what);
    if (text)
        printer_progress(context->printer, text);
    talloc_free(text);
}

static bool read_count(const char *text, size_t *count, struct error *error)
{
    char *end;
    errno = 0;
    unsigned long value = text && *text >= '0' && *text <= '9' ? strtoul(text, &end, 10) : 0;
    if (!text)
        value = AUDIT_SAMPLE;
    else if (!value || errno || *end || value > AUDIT_SAMPLE_MOST) {
        error_set(error, ERROR_USAGE, "--sample takes a number from 1 to %d", AUDIT_SAMPLE_MOST);
        return error_hint(error, "Leave it out for %d.", AUDIT_SAMPLE);
    }
    *count = value;
    return true;
}

static bool check_arguments(const struct arguments *arguments, struct error *error)
{
    size_t count;
    const char *seed = arguments_value(arguments, "seed");
    return read_count(arguments_value(arguments, "sample"), &count, error) && (!seed || audit_check_seed(seed, error));
}

static bool run(struct command_context *context, struct error *error)
{
    struct deck *deck = context->deck;
    struct audit_options options = {.seed = arguments_value(context->arguments, "seed")};
    const char *report = NULL;
    if (!read_count(arguments_value(context->arguments, "sample"), &options.sample, error) ||
        !rules_check_settings(deck->settings, error) ||
        !checking_options(context->memory, deck, context->cancel, &options.rules, error))
        return false;
    options.rules.purpose = CHECK_RELEASE;
    options.rules.on_progress = on_progress;
    options.rules.listener = context;
    struct audit *audit = audit_run(context->memory, &options, error);
    printer_progress(context->printer, NULL);
    if (!audit || !audits_write(context->memory, deck->settings, audit->date, audit_report(context->memory, audit),
                                &report, error))
        return false;
    printer_document(context->printer, document_of(audit, report));
    if (printer_format(context->printer) == PRINTER_TEXT)
        print_audit(context, audit, report);
    context->status = audit->open ? 1 : 0;
    return true;
}

static const struct option options[] = {
    {"sample", 0, OPTION_VALUE, "N", KIND_NONE, NULL, "How many of the recent migrations are reviewed; else 5."},
    {"seed", 0, OPTION_VALUE, "S", KIND_NONE, NULL,
     "Draw the sample by this word: the same word and the same migrations give the same sample. Else the date."},
};

static const char *const examples[] = {
    "pgdeck audit",
    "pgdeck audit --sample 10 --seed 2026-Q4",
    "pgdeck --json -d production audit | jq .open",
    NULL,
};

const struct command command_audit = {
    .name = "audit",
    .summary =
        "Review recent migrations: prove that models, migrations and init agree for each, and record the result.",
    .description =
        "The compliance review of a quarter. Draws a sample of the recent migrations (of the newest 20, or four times the "
        "sample). For each it takes snapshots before and behind it along the replay, and proves that all that it made, "
        "changed or dropped is the same in migrations, init script and models, that its version is in the init script's "
        "seed and its rows are there; with a target, that it is applied and unchanged. All house rules are asked besides; "
        "what they find of a sampled migration stands with it.\n\n"
        "What is left is open: it is told, and written as Markdown into docs/audits/DATE.md (the setting audits), never "
        "over another report. People close an item by ticking its box there; the rule audit.current, asked by \"check "
        "--release\", demands that the last review is less than a quarter old and has nothing open. Exit status 1 when "
        "something is open.",
    .examples = examples,
    .options = options,
    .option_count = countof(options),
    .needs = NEEDS_PROJECT,
    .effect = EFFECT_FILES,
    .run = run,
    .check = check_arguments,
};
