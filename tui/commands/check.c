/* check: every house rule with its findings; the command that CI, a hook and a release call. */
#include "tui/answer.h"
#include "tui/checking.h"
#include "tui/command.h"

/* ---- JSON ---- */

static json_t *result_json(const struct rule_result *result)
{
    const struct checking_result told = {result->skipped, result->severity, result->evidence, result->findings,
                                         result->count};
    return checking_result_json("id", result->rule->id, &told);
}

static json_t *file_json(const struct rules_report *report, const struct rules_file *file)
{
    json_t *json = json_pack("{s:o, s:o, s:o}", "file", printer_json_text(file->path), "version",
                             printer_json_text(file->version), "checksum", printer_json_text(file->checksum));
    if (report->since)
        json_object_set_new(json, "changed", json_boolean(file->since == RULES_FILE_CHANGED));
    return json;
}

static json_t *report_json(const struct rules_report *report)
{
    json_t *results = json_array(), *files = json_array();
    for (size_t i = 0; i < report->count; i++)
        json_array_append_new(results, result_json(&report->results[i]));
    for (size_t i = 0; i < report->file_count; i++)
        json_array_append_new(files, file_json(report, &report->files[i]));
    return json_pack("{s:b, s:s, s:o, s:o, s:o, s:{s:I, s:I, s:I, s:I}, s:o, s:o}", "ok", report->verdict == RULES_HOLD,
                     "rule_set", RULES_VERSION, "target", printer_json_text(report->target), "scratch_server",
                     printer_json_text(report->scratch_server), "since", printer_json_text(report->since), "counts",
                     "hold", (json_int_t)report->held, "fail", (json_int_t)report->failed, "warn",
                     (json_int_t)report->warned, "skipped", (json_int_t)report->skipped, "rules", results, "files",
                     files);
}

/* ---- text ---- */

static enum printer_role role_of(const struct rule_result *result)
{
    if (result->skipped)
        return ROLE_DIM;
    if (!result->count)
        return ROLE_GOOD;
    return result->severity == SEVERITY_ERROR ? ROLE_BAD : ROLE_WARN;
}

static void print_finding(struct command_context *context, const struct rule_finding *finding,
                          const struct rule_finding *next)
{
    const char *place = "";
    if (finding->file)
        place = finding->line ? talloc_asprintf(context->memory, "%s:%d: ", finding->file, finding->line)
                              : talloc_asprintf(context->memory, "%s: ", finding->file);
    bool is_said_below = next && next->hint && finding->hint && !strcmp(next->hint, finding->hint);
    printer_line(context->printer, ROLE_PLAIN, "  %s%s", place, finding->message);
    if (finding->hint && !is_said_below)
        printer_line(context->printer, ROLE_DIM, "    %s", finding->hint);
}

/* A reason that many rules share is said once. */
static const char *reason_of(struct command_context *context, const struct rules_report *report,
                             const struct rule_result *result)
{
    for (const struct rule_result *before = report->results; before < result; before++)
        if (before->skipped && !strcmp(before->skipped, result->skipped))
            return talloc_asprintf(context->memory, "as %s", before->rule->id);
    return result->skipped;
}

static void print_result(struct command_context *context, const struct rules_report *report,
                         const struct rule_result *result)
{
    const char *told = result->skipped ? reason_of(context, report, result) : result->evidence;
    printer_line(context->printer, role_of(result), "%-8s %-21s%s%s", checking_word(result), result->rule->id,
                 told ? " " : "", told ? told : "");
    for (size_t i = 0; i < result->count; i++)
        print_finding(context, &result->findings[i], i + 1 < result->count ? &result->findings[i + 1] : NULL);
}

static void print_report(struct command_context *context, const struct rules_report *report)
{
    for (size_t i = 0; i < report->count; i++)
        print_result(context, report, &report->results[i]);
    char *warned = report->warned ? talloc_asprintf(context->memory, ", %zu with warnings", report->warned) : NULL;
    char *skipped = report->skipped ? talloc_asprintf(context->memory, ", %zu skipped", report->skipped) : NULL;
    printer_line(context->printer, report->verdict == RULES_HOLD ? ROLE_GOOD : ROLE_BAD, "%s: %zu hold, %zu broken%s%s",
                 answer_count(context->memory, report->count, "rule"), report->held, report->failed,
                 warned ? warned : "", skipped ? skipped : "");
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

static const char *format_of(const struct command_context *context)
{
    const char *format = arguments_value(context->arguments, "format");
    return format ? format : printer_format(context->printer) == PRINTER_JSON ? "json" : "text";
}

static bool check_arguments(const struct arguments *arguments, struct error *error)
{
    const char *format = arguments_value(arguments, "format");
    if (!format || !arguments_has(arguments, "json") || !strcmp(format, "json"))
        return true;
    error_set(error, ERROR_USAGE, "--json and --format %s exclude each other", format);
    return error_hint(error, "Leave one of them out.");
}

static bool run(struct command_context *context, struct error *error)
{
    const char *format = format_of(context);
    if (!strcmp(format, "json"))
        printer_set_format(context->printer, PRINTER_JSON);
    struct rules_options options;
    if (!rules_check_settings(context->deck->settings, error) ||
        !checking_options(context->memory, context->deck, context->cancel, &options, error))
        return false;
    options.only = arguments_values(context->arguments, "rule");
    options.since = arguments_value(context->arguments, "since");
    options.purpose = arguments_has(context->arguments, "release") ? CHECK_RELEASE : CHECK_DAILY;
    options.on_progress = on_progress;
    options.listener = context;
    struct rules_report *report = rules_check(context->memory, &options, error);
    printer_progress(context->printer, NULL);
    if (!report)
        return false;
    printer_document(context->printer, report_json(report));
    if (!strcmp(format, "markdown"))
        printer_block(context->printer, checking_markdown(context->memory, report));
    else
        print_report(context, report);
    context->status = report->verdict == RULES_HOLD ? 0 : 1;
    return true;
}

/* Opens the target by itself, since a check goes on without one; the console has to know that it may. */
static enum command_need need(const struct arguments *arguments UNUSED) { return NEEDS_PROJECT; }

#define RULE(name, id, scope, occasion, demand) "|" id
static const char rule_ids[] =
#include "migrate/rules.def"
    ;
#undef RULE

static const struct option options[] = {
    {"rule", 0, OPTION_VALUES, "ID", KIND_WORDS, rule_ids + 1, "Ask only this rule; may be repeated."},
    {"since", 0, OPTION_VALUE, "REV", KIND_NONE, NULL,
     "Rules of files look at what changed since this git revision alone; uncommitted changes count."},
    {"release", 0, OPTION_FLAG, NULL, KIND_NONE, NULL, "Ask what a release needs besides."},
    {"format", 0, OPTION_VALUE, "FORMAT", KIND_WORDS, "text|json|markdown",
     "How the answer is written; markdown is the evidence for a pull request."},
};

static const char *const examples[] = {
    "pgdeck check",
    "pgdeck check --rule migration.idempotent --rule init.seed",
    "pgdeck check --since origin/main",
    "pgdeck check --format markdown > evidence.md",
    "pgdeck --json check | jq '.rules[] | select(.ok == false)'",
    NULL,
};

const struct command command_check = {
    .name = "check",
    .summary = "Say whether the schema is in order: every house rule with its findings.",
    .description =
        "Asks each rule and goes on whatever it finds: a finding names file, line, object and what to do. What can be "
        "proved by doing is done in scratch databases, never read off; what was proved before is known by its content "
        "and not done again. A rule that cannot be asked is skipped, with the reason, and fails nothing: without a "
        "target those are the rules of the target. Other targets than the private cluster are asked as they are; that "
        "one is not made for a check.\n\n"
        "With --since REV, the rules of files look at what a pull request against REV would change: what differs "
        "between the files as they lie there and the commit where HEAD and REV parted, new files included.\n\n"
        "In pgdeck.yaml, \"rules: {ID: {severity: warning}}\" makes a rule one that is told and fails nothing, "
        "\"off\" one that is not asked. Exit status 1 when a rule is broken.",
    .examples = examples,
    .options = options,
    .option_count = countof(options),
    .needs = NEEDS_PROJECT,
    .effect = EFFECT_NONE,
    .run = run,
    .check = check_arguments,
    .needs_besides = need,
};
