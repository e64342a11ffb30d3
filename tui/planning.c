/* See planning.h. */
#include "tui/planning.h"

#include "migrate/derive.h"
#include "migrate/statement.h"
#include "migrate/touched.h"
#include "tui/files.h"
#include "tui/measured.h"

#define SUMMARY_BYTES 100
#define FACT_COLUMNS 61 /* behind the label, in 80 */

static bool check_allowances(const struct arguments *arguments, struct error *error)
{
    for (const char *const *value = arguments_values(arguments, "allow"); value && *value; value++)
        if (!hazard_check_allowance(*value, error))
            return false;
    return true;
}

/* What was planned was chosen then. */
static bool check_plan_alone(const struct arguments *arguments, struct error *error)
{
    static const char *const choices[] = {"to", "only", "out-of-order", "allow"};
    for (size_t i = 0; i < countof(choices); i++) {
        if (!arguments_has(arguments, choices[i]))
            continue;
        error_set(error, ERROR_USAGE, "--plan and --%s exclude each other", choices[i]);
        return error_hint(error, "Give --%s to `pgdeck plan --out`: the plan keeps it.", choices[i]);
    }
    return true;
}

bool planning_check(const struct arguments *arguments, struct error *error)
{
    if (arguments_has(arguments, "plan") && !check_plan_alone(arguments, error))
        return false;
    if (!arguments_has(arguments, "to") || !arguments_has(arguments, "only"))
        return check_allowances(arguments, error);
    error_set(error, ERROR_USAGE, "--to and --only exclude each other");
    return error_hint(error, "--to takes everything up to a version, --only takes just the versions that it names.");
}

static struct plan_selection selection_of(const struct arguments *arguments)
{
    return (struct plan_selection){
        .to = arguments_value(arguments, "to"),
        .only = arguments_values(arguments, "only"),
        .order = arguments_has(arguments, "out-of-order") ? ORDER_ANY : ORDER_STRICT,
        .allow = arguments_values(arguments, "allow"),
    };
}

static bool trace(TALLOC_CTX *owner, struct plan *plan, struct connection *connection,
                  const struct trace_options *options, const struct trace **trace, struct error *error)
{
    *trace = NULL;
    if (!strcmp(settings_text(options->settings, SETTING_measure), "never")) {
        trace_skip(plan, "the setting measure says never");
        return true;
    }
    struct error *refusal = error_new(owner);
    *trace = trace_plan(owner, plan, connection, options, refusal);
    if (*trace)
        return true;
    if (cancel_is_requested(options->cancel) || refusal->is_connection_lost) {
        error_copy(error, refusal);
        return false;
    }
    trace_skip(plan, refusal->message);
    return true;
}

static bool bind(struct plan *plan, struct connection *connection, struct error *error)
{
    if (plan->touched)
        return true;
    const char *const *lines = touched_read(plan, connection, plan, error);
    if (lines)
        plan_bind_touched(plan, lines);
    return lines;
}

bool planning_measure(TALLOC_CTX *owner, struct plan *plan, struct connection *connection,
                      const struct trace_options *options, const char *const *allow, const struct trace **traced,
                      struct error *error)
{
    struct hazard_sizes sizes;
    *traced = NULL;
    if (plan->count == 0)
        return true;
    if (!trace(owner, plan, connection, options, traced, error) ||
        !hazard_read_sizes(owner, connection, &sizes, error) || !derive_plan(plan, &sizes, options->cancel, error))
        return false;
    if (!strcmp(settings_text(options->settings, SETTING_style), "always"))
        sizes.style = STYLE_TOLD;
    hazard_judge(plan, &sizes, allow);
    return bind(plan, connection, error);
}

static void on_progress(void *listener, size_t done, size_t total, const char *name)
{
    char *text = talloc_asprintf(NULL, "measuring [%zu/%zu] %s", done + 1, total, name);
    printer_progress(listener, text);
    talloc_free(text);
}

static void tell_trace(struct printer *printer, const struct planning *planning)
{
    const struct trace *trace = planning->trace;
    printer_progress(printer, NULL);
    if (!trace)
        return;
    for (size_t i = 0; trace->warnings && trace->warnings[i]; i++)
        printer_warning(printer, "%s", trace->warnings[i]);
    if (trace->reason && !trace->source)
        printer_warning(printer, "nothing could be measured: %s", trace->reason);
    else if (trace->reason)
        printer_note(printer,
                     "the target's schema could not be made anew from its applied migrations: %s; the statements were "
                     "measured in a copy of the live schema instead",
                     trace->reason);
}

static bool measure(struct command_context *context, struct session *session, struct planning *planning,
                    struct error *error)
{
    const struct trace_options options = {
        .settings = context->deck->settings,
        .directory = planning->directory,
        .cancel = context->cancel,
        .on_progress = on_progress,
        .listener = context->printer,
    };
    bool ok = planning_measure(context->memory, planning->plan, session->connection, &options,
                               planning->selection.allow, &planning->trace, error);
    if (ok)
        tell_trace(context->printer, planning);
    return ok;
}

/* The versions that a plan names need no longer be there, or pending: that is no wrong use of the command. */
static bool explain_selection(const struct plan_file *file, struct error *error)
{
    if (error->code != ERROR_USAGE)
        return false;
    error->code = ERROR_STALE_PLAN;
    error_prefix(error, "the plan \"%s\" is no longer true", file->path);
    return error_hint(error, "Nothing was run. Make a new plan (`pgdeck plan --out`), look at it, and apply that one.");
}

/* The file's relations are those that were measured then. */
static bool holds(struct session *session, struct planning *planning, struct error *error)
{
    if (planning->plan->count > 0) {
        const char *const *lines = touched_again(planning->plan, session->connection, planning->file->touched, error);
        if (!lines)
            return false;
        plan_bind_touched(planning->plan, lines);
    }
    return plan_file_holds(planning->file, planning->plan, error);
}

static bool read_target(struct command_context *context, struct session *session, struct planning *planning,
                        struct error *error)
{
    struct plan_target bound;
    if (!plan_read_target(context->memory, session->connection, &bound, error) ||
        !answer_target_read(context->memory, context->deck, session, &planning->target, error))
        return false;
    planning->target.database = bound.database;
    planning->plan =
        plan_build(context->memory, planning->status, context->deck->settings, &bound, &planning->selection, error);
    if (!planning->plan)
        return planning->file && explain_selection(planning->file, error);
    if ((planning->file && !holds(session, planning, error)) || !measure(context, session, planning, error))
        return false;
    if (planning->plan->count > 0)
        planning->preflight =
            preflight_look(context->memory, session->connection, planning->plan, context->deck->settings, error);
    return planning->plan->count == 0 || planning->preflight;
}

bool planning_read(struct command_context *context, struct planning *planning, struct error *error)
{
    struct files files;
    const char *path = arguments_has(context->arguments, "plan") ? arguments_value(context->arguments, "plan") : NULL;
    const struct plan_file *file = path ? plan_file_read(context->memory, path, error) : NULL;
    if ((path && !file) || !files_and_status(context, &files, error))
        return false;
    *planning = (struct planning){
        .directory = files.directory,
        .status = files.status,
        .file = file,
        .selection = file ? file->selection : selection_of(context->arguments),
    };
    bool is_read = read_target(context, files.session, planning, error);
    /* Given back before anything runs: an idle session of ours must not stand in a run's way. */
    talloc_free(files.session);
    return is_read;
}

struct lines {
    const char **items;
    size_t count;
};

static void add_line(struct lines *lines, TALLOC_CTX *owner, char *line)
{
    lines->items = talloc_realloc(owner, lines->items, const char *, (unsigned)lines->count + 2);
    lines->items[lines->count++] = talloc_steal(lines->items, line);
    lines->items[lines->count] = NULL;
}

/* A statement as it is, a line each. */
static void add_whole(struct lines *lines, TALLOC_CTX *owner, const struct statement *statement)
{
    const char *at = statement->text, *end = statement->text + statement->size_bytes;
    for (int number = statement->line; at < end; number++) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        size_t length = (size_t)((newline ? newline : end) - at);
        add_line(lines, owner, talloc_asprintf(owner, "  %4d  %.*s", number, (int)length, at));
        at += length + 1;
    }
}

static void add_facts(struct lines *lines, TALLOC_CTX *owner, const struct plan_step *step, size_t index)
{
    const struct measured known = measured_of(step, index);
    const struct measured_lines measured = measured_lines(lines->items, &known, FACT_COLUMNS);
    for (size_t i = 0; i < measured.count; i++)
        add_line(lines, owner,
                 talloc_asprintf(owner, "        %-8s  %s", measured.items[i].label, measured.items[i].text));
}

static void add_step(struct lines *lines, TALLOC_CTX *owner, const struct plan_step *step,
                     enum printer_verbosity verbosity)
{
    const struct migration_file *file = step->file;
    char *timeout = answer_duration(owner, step->lock_timeout_ms);
    add_line(lines, owner,
             talloc_asprintf(owner, "%s%s%s, lock timeout %s%s", file->path,
                             file->is_transactional ? "" : " (no transaction)", step->is_resume ? " (resumed)" : "",
                             timeout, step->has_ladder ? ", tried again" : ""));
    talloc_free(timeout);
    if (file_down_line(file))
        add_line(lines, owner,
                 talloc_asprintf(owner, "  %4d  BEWARE: another tool's way back begins here; pgdeck runs it too",
                                 file_down_line(file)));
    for (size_t i = step->first_statement; i < file->statements.count; i++) {
        const struct statement *statement = &file->statements.items[i];
        if (i > step->first_statement && step->facts)
            add_line(lines, owner, talloc_strdup(owner, ""));
        if (verbosity == PRINTER_VERBOSE)
            add_whole(lines, owner, statement);
        else
            add_line(lines, owner,
                     talloc_asprintf(owner, "  %4d  %s", statement->line,
                                     statement_summary(lines->items, statement, SUMMARY_BYTES)));
        if (step->facts)
            add_facts(lines, owner, step, i);
    }
}

const char *const *planning_lines(TALLOC_CTX *owner, const struct plan *plan, enum printer_verbosity verbosity)
{
    struct lines lines = {.items = talloc_zero_array(owner, const char *, 1)};
    if (plan->creates_ledger)
        add_line(&lines, owner,
                 talloc_asprintf(owner, "makes the ledger %s and its journal",
                                 answer_object(lines.items, plan->status->ledger->table)));
    for (size_t i = 0; i < plan->count; i++)
        add_step(&lines, owner, &plan->steps[i], verbosity);
    return lines.items;
}

const char *const *planning_preflight_lines(TALLOC_CTX *owner, const struct preflight *preflight)
{
    static const char *const words[] = {
        [PREFLIGHT_UNKNOWN] = "unknown", [PREFLIGHT_WARNS] = "warning", [PREFLIGHT_REFUSES] = "apply would refuse"};
    struct lines lines = {.items = talloc_zero_array(owner, const char *, 1)};
    for (size_t i = 0; preflight && i < preflight->blocker_count; i++) {
        char *text = preflight_describe(owner, &preflight->blockers[i]);
        add_line(&lines, owner, talloc_asprintf(owner, "in the way now: %s", text));
        talloc_free(text);
    }
    for (size_t i = 0; preflight && i < preflight->finding_count; i++) {
        const struct preflight_finding *finding = &preflight->findings[i];
        add_line(&lines, owner, talloc_asprintf(owner, "%s: %s", words[finding->severity], finding->message));
        if (finding->hint)
            add_line(&lines, owner, talloc_asprintf(owner, "  hint: %s", finding->hint));
    }
    return lines.items;
}

static json_t *statements_json(const struct plan_step *step)
{
    json_t *array = json_array();
    for (size_t i = step->first_statement; i < step->file->statements.count; i++) {
        const struct statement *statement = &step->file->statements.items[i];
        const struct measured measured = measured_of(step, i);
        json_t *json = json_pack("{s:i, s:i, s:o}", "statement", (int)i + 1, "line", statement->line, "sql",
                                 printer_json_bytes(statement->text, statement->size_bytes));
        measured_json(json, &measured);
        json_array_append_new(array, json);
    }
    return array;
}

static json_t *step_json(const struct plan_step *step)
{
    return json_pack("{s:o, s:o, s:o, s:o, s:b, s:b, s:I, s:b, s:I, s:o}", "version",
                     printer_json_text(step->file->version), "description", printer_json_text(step->file->description),
                     "file", printer_json_text(step->file->path), "checksum", printer_json_text(step->file->checksum),
                     "transactional", step->file->is_transactional, "resumes", step->is_resume, "lock_timeout_ms",
                     (json_int_t)step->lock_timeout_ms, "retried", step->has_ladder, "statement_timeout_ms",
                     (json_int_t)step->statement_timeout_ms, "statements", statements_json(step));
}

static json_t *trace_json(const struct trace *trace)
{
    if (!trace)
        return json_null();
    json_t *warnings = json_array();
    for (size_t i = 0; trace->warnings && trace->warnings[i]; i++)
        json_array_append_new(warnings, printer_json_text(trace->warnings[i]));
    return json_pack("{s:o, s:o, s:o, s:b}", "copy_of", printer_json_text(trace->source), "reason",
                     printer_json_text(trace->reason), "warnings", warnings, "recalled", trace->how == TRACE_RECALLED);
}

static json_t *blocker_json(const struct preflight_blocker *blocker)
{
    return json_pack(
        "{s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "pid", blocker->pid ? json_integer(blocker->pid) : json_null(),
        "application", printer_json_text(blocker->application), "user", printer_json_text(blocker->role), "state",
        printer_json_text(blocker->state), "transaction_age_ms",
        blocker->transaction_age_ms == INTEGER_NULL ? json_null() : json_integer(blocker->transaction_age_ms),
        "relation", printer_json_text(blocker->relation), "mode", printer_json_text(blocker->mode));
}

static json_t *blockers_json(const struct preflight *preflight)
{
    json_t *array = json_array();
    for (size_t i = 0; preflight && i < preflight->blocker_count; i++)
        json_array_append_new(array, blocker_json(&preflight->blockers[i]));
    return array;
}

/* What was found beside the blockers, and what could not be found out. */
static json_t *preflight_json(const struct preflight *preflight)
{
    static const char *const words[] = {
        [PREFLIGHT_UNKNOWN] = "unknown", [PREFLIGHT_WARNS] = "warns", [PREFLIGHT_REFUSES] = "refuses"};
    if (!preflight)
        return json_null();
    json_t *findings = json_array();
    for (size_t i = 0; i < preflight->finding_count; i++) {
        const struct preflight_finding *finding = &preflight->findings[i];
        json_array_append_new(findings,
                              json_pack("{s:s, s:o, s:o}", "severity", words[finding->severity], "message",
                                        printer_json_text(finding->message), "hint", printer_json_text(finding->hint)));
    }
    return json_pack("{s:o, s:o}", "unknown", printer_json_text(preflight->unknown), "findings", findings);
}

json_t *planning_json(const struct planning *planning)
{
    const struct plan *plan = planning->plan;
    json_t *steps = json_array();
    for (size_t i = 0; i < plan->count; i++)
        json_array_append_new(steps, step_json(&plan->steps[i]));
    return json_pack("{s:o, s:o, s:o, s:b, s:o, s:I, s:o, s:o, s:o}", "id", printer_json_text(plan->id), "fingerprint",
                     printer_json_text(plan->fingerprint), "target", answer_target_json(&planning->target),
                     "creates_ledger", plan->creates_ledger, "steps", steps, "remaining", (json_int_t)plan->remaining,
                     "blockers", blockers_json(planning->preflight), "preflight", preflight_json(planning->preflight),
                     "measured_in", trace_json(planning->trace));
}
