/* apply: asks, runs the plan, tells how it went. The protocol is migrate/apply's; here is only what people and scripts
 * see of it. */
#include "migrate/apply.h"
#include "migrate/hazard.h"

#include "tui/planning.h"

struct listener {
    struct command_context *context;
    char waiting_for[sizeof((struct apply_event *)0)->text]; /* who was last said to hold the lock */
    char blocked_by[sizeof((struct apply_event *)0)->text];  /* who was last said to be in the way */
    bool is_queue_told;
};

static void show_statement(struct printer *printer, const struct apply_event *event)
{
    char *text = talloc_asprintf(NULL, "[%d/%d] %s %s: statement %d of %d: %s", event->file_index, event->file_count,
                                 event->version, event->name, event->statement, event->statement_count, event->text);
    if (printer_verbosity(printer) == PRINTER_VERBOSE)
        printer_detail(printer, "%s", text);
    printer_progress(printer, text);
    talloc_free(text);
}

static void show_waiting(struct listener *listener, const struct apply_event *event)
{
    if (strcmp(listener->waiting_for, event->text) != 0)
        printer_note(listener->context->printer, "waiting for the migration lock: %s", event->text);
    memcpy(listener->waiting_for, event->text, sizeof listener->waiting_for);
}

/* At every look: a line where somebody else is in the way now, and the countdown where there is a line for it. */
static void show_blocked(struct listener *listener, const struct apply_event *event)
{
    struct printer *printer = listener->context->printer;
    if (strcmp(listener->blocked_by, event->text) != 0)
        printer_detail(printer, "        %s", event->text);
    memcpy(listener->blocked_by, event->text, sizeof listener->blocked_by);
    char *left = event->lock_left_ms > 0 ? answer_duration(listener->context->memory, event->lock_left_ms) : NULL;
    char *text =
        talloc_asprintf(NULL, "[%d/%d] %s: attempt %d%s%s: %s", event->file_index, event->file_count, event->version,
                        event->attempt, left ? ", lock timeout in " : "", left ? left : "", event->text);
    printer_progress(printer, text);
    talloc_free(text);
}

static void show_queue(struct listener *listener, const struct apply_event *event)
{
    if (event->queued > 0 && !listener->is_queue_told)
        printer_note(listener->context->printer, "%s: %s", event->version, event->text);
    listener->is_queue_told = event->queued > 0;
}

static void show_retry(struct listener *listener, const struct apply_event *event, const char *pause)
{
    printer_note(listener->context->printer,
                 "[%d/%d] %s %s: attempt %d was rolled back: %s; next in %s, or when they let go", event->file_index,
                 event->file_count, event->version, event->name, event->attempt, event->text, pause);
    *listener->blocked_by = '\0';
    listener->is_queue_told = false;
}

static void on_event(void *argument, const struct apply_event *event)
{
    struct listener *listener = argument;
    struct printer *printer = listener->context->printer;
    bool is_dry = arguments_has(listener->context->arguments, "dry-run");
    char *duration = answer_duration(NULL, event->duration_ms);
    switch (event->kind) {
    case APPLY_CONNECTING:
        printer_progress(printer, "connecting");
        break;
    case APPLY_WAITING:
        show_waiting(listener, event);
        break;
    case APPLY_RUN_STARTED:
        printer_detail(printer, "run %s", event->text);
        break;
    case APPLY_FILE_STARTED:
        printer_detail(printer, "[%d/%d] %s %s", event->file_index, event->file_count, event->version, event->name);
        break;
    case APPLY_STATEMENT:
        show_statement(printer, event);
        break;
    case APPLY_STATEMENT_DONE:
        printer_detail(printer, "        %s", event->text);
        break;
    case APPLY_COMMITTING:
        printer_progress(printer, is_dry ? "rolling back" : "committing");
        break;
    case APPLY_FILE_DONE:
        printer_note(printer, "[%d/%d] %s %s: %s in %s", event->file_index, event->file_count, event->version,
                     event->name, is_dry ? "rehearsed" : "applied", duration);
        break;
    case APPLY_FILE_FAILED:
        printer_note(printer, "[%d/%d] %s %s: failed", event->file_index, event->file_count, event->version,
                     event->name);
        break;
    case APPLY_NOTICE:
        printer_note(printer, "%s: %s", event->version, event->text);
        break;
    case APPLY_WARNING:
        printer_warning(printer, "%s", event->text);
        break;
    case APPLY_CANCELLING:
        printer_note(printer, "cancelling: waiting until the server has stopped the statement");
        break;
    case APPLY_BLOCKED:
        show_blocked(listener, event);
        break;
    case APPLY_QUEUE:
        show_queue(listener, event);
        break;
    case APPLY_BREAKER:
        printer_warning(printer, "%s: %s", event->version, event->text);
        break;
    case APPLY_RETRYING:
        show_retry(listener, event, duration);
        break;
    }
    talloc_free(duration);
}

static json_t *schema_json(const struct verdict *verdict)
{
    if (!verdict)
        return json_null();
    json_t *differences = json_array();
    for (size_t i = 0; verdict->differences && verdict->differences[i]; i++)
        json_array_append_new(differences, printer_json_text(verdict->differences[i]));
    return json_pack("{s:s, s:o, s:o, s:I}", "state", expected_verdict_name(verdict->state), "reason",
                     printer_json_text(verdict->reason), "differences", differences, "count",
                     (json_int_t)verdict->count);
}

static json_t *applied_json(const struct apply_result *result)
{
    json_t *array = json_array();
    for (size_t i = 0; result && i < result->applied_count; i++) {
        const struct apply_applied *applied = &result->applied[i];
        json_array_append_new(array, json_pack("{s:o, s:I, s:i, s:o}", "version", printer_json_text(applied->version),
                                               "duration_ms", (json_int_t)applied->duration_ms, "attempts",
                                               applied->attempts, "schema", schema_json(applied->schema)));
    }
    return array;
}

static json_t *failed_json(const struct apply_result *result, const struct error *error)
{
    if (!result || !result->failed_version)
        return json_null();
    return json_pack("{s:o, s:o, s:o, s:o}", "version", printer_json_text(result->failed_version), "statement",
                     result->failed_statement ? json_integer(result->failed_statement) : json_null(), "line",
                     result->failed_line ? json_integer(result->failed_line) : json_null(), "error",
                     printer_error_json(error));
}

static json_t *not_rehearsed_json(const struct apply_result *result)
{
    json_t *array = json_array();
    for (size_t i = 0; result && result->not_rehearsed && result->not_rehearsed[i]; i++)
        json_array_append_new(array, printer_json_text(result->not_rehearsed[i]));
    return array;
}

/* `result` is NULL where no run was begun. */
static json_t *apply_json(const struct planning *planning, const struct apply_result *result, enum apply_mode mode,
                          const struct error *error)
{
    size_t left = result ? result->remaining : planning->plan->count;
    return json_pack("{s:o, s:b, s:o, s:o, s:I, s:o, s:o, s:o}", "run", printer_json_text(result ? result->run : NULL),
                     "dry_run", mode == APPLY_DRY_RUN, "applied", applied_json(result), "failed",
                     failed_json(result, error), "remaining", (json_int_t)(left + planning->plan->remaining),
                     "stopped_at", printer_json_text(result ? result->stopped_at : NULL), "not_rehearsed",
                     not_rehearsed_json(result), "target", answer_target_json(&planning->target));
}

static bool has_difference(const struct apply_result *result)
{
    for (size_t i = 0; i < result->applied_count; i++)
        if (result->applied[i].schema && result->applied[i].schema->state == VERDICT_DIFFERS)
            return true;
    return false;
}

/* What was said of each difference stands on stderr; here what to do about it. And why nothing was compared. */
static void print_verdicts(struct printer *printer, const struct apply_result *result)
{
    for (size_t i = 0; i < result->applied_count; i++) {
        const struct verdict *verdict = result->applied[i].schema;
        if (verdict && verdict->state == VERDICT_NONE)
            printer_detail(printer, "%s: the schema was not compared with what was expected: %s",
                           result->applied[i].version, verdict->reason);
    }
    if (has_difference(result))
        printer_line(printer, ROLE_WARN,
                     "the schema is not what the plan expected: it stands, and the journal has the differences; "
                     "`pgdeck diff migrations live` shows all of them");
}

/* "; run ID", or nothing where nothing was begun. */
static const char *run_words(TALLOC_CTX *owner, const struct apply_result *result)
{
    return result->run ? talloc_asprintf(owner, "; run %s", result->run) : "";
}

static void print_result(struct command_context *context, const struct planning *planning,
                         const struct apply_result *result)
{
    struct printer *printer = context->printer;
    bool is_dry = result->mode == APPLY_DRY_RUN;
    size_t remaining = result->remaining + planning->plan->remaining;
    char *count = answer_count(context->memory, result->applied_count, "migration");
    if (is_dry)
        printer_line(printer, ROLE_GOOD, "rehearsed %s on %s and rolled back", count, planning->target.name);
    else
        printer_line(printer, ROLE_GOOD, "applied %s to %s; %zu pending%s", count, planning->target.name, remaining,
                     run_words(context->memory, result));
    if (result->stopped_at)
        printer_line(printer, ROLE_WARN, "stopped at %s: it does not run in a transaction, so it cannot be rolled back",
                     result->stopped_at);
    for (const char *const *version = result->not_rehearsed; version && *version; version++)
        printer_line(printer, ROLE_WARN,
                     "%s cannot be rehearsed: it uses an enum label that an earlier pending file adds", *version);
    print_verdicts(printer, result);
}

static bool confirm(struct command_context *context, const struct planning *planning, enum apply_mode mode,
                    struct error *error)
{
    const struct plan *plan = planning->plan;
    TALLOC_CTX *memory = context->memory;
    struct confirmation confirmation = {
        .question = talloc_asprintf(
            memory, "%s %s (%s) %s %s, %s", mode == APPLY_DRY_RUN ? "rehearse and roll back" : "apply",
            answer_count(memory, plan->count, "migration"), answer_count(memory, plan->statement_count, "statement"),
            mode == APPLY_DRY_RUN ? "on" : "to", planning->target.name, target_describe(memory, context->deck->target)),
        .lines = planning_lines(memory, plan, printer_verbosity(context->printer)),
        .loss = hazard_loses_data(plan) && mode == APPLY_FOR_REAL ? LOSES_DATA : LOSES_NOTHING,
        .database = planning->target.database,
    };
    return context->confirm(context, &confirmation, error);
}

/* What stands, before the error says what does not. */
static bool tell_failure(struct command_context *context, const struct planning *planning,
                         const struct apply_result *result, json_t *document, const struct error *error)
{
    context->document = document;
    bool is_incomplete = error->code == ERROR_INCOMPLETE;
    if (result && result->mode == APPLY_FOR_REAL)
        printer_note(context->printer, "%s applied; %s%zu pending%s",
                     answer_count(context->memory, result->applied_count, "migration"),
                     is_incomplete ? "1 incomplete; " : "",
                     result->remaining + planning->plan->remaining - is_incomplete, run_words(context->memory, result));
    return false;
}

/* What failed before the run had a card to write. */
static bool fail_before(struct error *error)
{
    if (!error->stands)
        error_stands(error, "no migration was begun");
    if (!error->hint)
        error_hint(error, "%sun `pgdeck apply` again.",
                   error->code == ERROR_CONNECTION ? "When the server answers, r"
                   : error->file                   ? "Put the file right, then r"
                                                   : "R");
    return false;
}

static bool run(struct command_context *context, struct error *error)
{
    struct planning planning;
    enum apply_mode mode = arguments_has(context->arguments, "dry-run") ? APPLY_DRY_RUN : APPLY_FOR_REAL;
    if (!planning_read(context, &planning, error))
        return fail_before(error);
    if (!planning.plan->count) {
        printer_document(context->printer, apply_json(&planning, NULL, mode, error));
        printer_line(context->printer, ROLE_GOOD, "nothing to apply to %s", planning.target.name);
        return true;
    }
    if (!confirm(context, &planning, mode, error))
        return fail_before(error);
    struct listener listener = {.context = context};
    struct apply_options options = deck_apply_options(context->deck, context->cancel);
    options.mode = mode;
    options.strictness = context->answer == ANSWER_GIVEN || planning.file ? APPLY_EXACT : APPLY_REMAINING;
    options.selection = planning.selection;
    options.on_event = on_event;
    options.listener = &listener;
    struct apply_result *result = NULL;
    bool succeeded = apply_run(context->memory, planning.plan, &options, &result, error);
    printer_progress(context->printer, NULL);
    context->run = result ? result->run : NULL;
    json_t *document = apply_json(&planning, result, mode, error);
    if (!succeeded)
        return tell_failure(context, &planning, result, document, error);
    printer_document(context->printer, document);
    print_result(context, &planning, result);
    context->status = has_difference(result) ? 1 : 0;
    return true;
}

static const struct option options[] = {
    PLANNING_OPTIONS,
    {"plan", 0, OPTION_VALUE, "FILE", KIND_FILE, NULL, "Apply this plan of `plan --out`, exactly, or refuse."},
    {"dry-run", 0, OPTION_FLAG, NULL, KIND_NONE, NULL,
     "Run it on the target and roll back, as far as that is possible."},
    ANSWER_CONFIRM_OPTIONS,
};

static const char *const examples[] = {
    "pgdeck apply",
    "pgdeck -d staging apply --to 012 --yes",
    "pgdeck -d production apply --confirm shop",
    "pgdeck -d production apply --plan release.plan --confirm shop",
    "pgdeck -d production apply --dry-run --confirm shop",
    "pgdeck -d production apply --allow data-loss:public.old_orders --confirm shop",
    NULL,
};

const struct command command_apply = {
    .name = "apply",
    .summary = "Apply what is pending, after a confirmation.",
    .description =
        "Applies the pending migrations in order, under the migration lock, each transactional file in one transaction "
        "together with its row in the ledger. A file that says \"-- pgdeck: no-transaction\" runs statement by "
        "statement, each step recorded in the journal; a later apply resumes it where it stopped.\n\n"
        "Before it begins it looks who is in the way. A transactional file, or a step of any other, that gets no lock within a moment is "
        "rolled back and tried again, so that nobody waits long behind it; a circuit breaker stops what makes others wait all "
        "the same. The settings lock_first to lock_budget, breaker_sessions and breaker_wait say how long.\n\n"
        "Asks at the target's guard level. Without a terminal, --yes serves a target that is open, and --confirm with "
        "the database's exact name serves every one. Where a statement drops or empties what holds data, and neither a "
        "head line (\"-- pgdeck: allow data-loss because REASON\") nor --allow says that it may, only the name serves, "
        "on every target. With nothing to apply nothing is asked.\n\n"
        "With --plan it applies what \"plan --out\" wrote: those bytes, on that target, in that state; else it refuses "
        "and names what has changed.\n\n"
        "After each file the relations that it touched are held against what it made of them when it was measured. A "
        "difference is told and journalled, and what is applied stands: with files left the run stops there (exit 4), "
        "else it ends with exit 1. What was not measured, or differed beforehand, is not compared.\n\n"
        "With --dry-run the files are run on the target in one transaction that is rolled back; it stops at the first "
        "file that does not run in a transaction, and says so.",
    .examples = examples,
    .options = options,
    .option_count = countof(options),
    .needs = NEEDS_TARGET,
    .effect = EFFECT_DDL,
    .run = run,
    .check = planning_check,
};
