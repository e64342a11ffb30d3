/* rehearse: applies what is pending to a copy of the target's schema, runs the project's tests against it, tells how it
 * went. */
#include "migrate/rehearsal.h"

#include "tui/answer.h"
#include "tui/command.h"
#include "tui/reach.h"

static void on_step(void *argument, enum rehearsal_step step)
{
    static const char *const words[] = {
        [REHEARSAL_COPYING] = "making a copy of the schema",
        [REHEARSAL_APPLYING] = "applying what is pending to the copy",
        [REHEARSAL_TESTING] = NULL, /* what the tests write is progress enough */
    };
    struct command_context *context = argument;
    printer_progress(context->printer, words[step]);
}

static void on_event(void *argument, const struct apply_event *event)
{
    struct command_context *context = argument;
    struct printer *printer = context->printer;
    if (event->kind == APPLY_FILE_STARTED)
        printer_progress(printer, event->name);
    else if (event->kind == APPLY_FILE_DONE)
        printer_note(printer, "[%d/%d] %s %s: applied to the copy", event->file_index, event->file_count,
                     event->version, event->name);
    else if (event->kind == APPLY_NOTICE)
        printer_note(printer, "%s: %s", event->version, event->text);
    else if (event->kind == APPLY_WARNING && *event->version) /* before a file: who else is at work, which is nobody */
        printer_warning(printer, "%s", event->text);
}

static void on_line(void *argument, const char *line)
{
    struct command_context *context = argument;
    printer_note(context->printer, "%s", line);
}

/* ---- JSON ---- */

static json_t *files_json(const struct rehearsal *rehearsal)
{
    json_t *array = json_array();
    for (size_t i = 0; i < rehearsal->file_count; i++) {
        const struct rehearsal_file *file = &rehearsal->files[i];
        json_array_append_new(array, json_pack("{s:o, s:o, s:o, s:s}", "version", printer_json_text(file->version),
                                               "file", printer_json_text(file->file), "duration_ms",
                                               printer_json_integer(file->duration_ms), "how",
                                               file->how == REHEARSED_AS_APPLIED ? "applied" : "replayed"));
    }
    return array;
}

static json_t *ping_json(const struct rehearsal_ping *ping)
{
    return json_pack("{s:b, s:o, s:o}", "ok", !ping->problem && ping->round_trip_us, "problem",
                     printer_json_text(ping->problem), "round_trip_ms",
                     ping->round_trip_us ? json_real((double)ping->round_trip_us / 1000) : json_null());
}

static json_t *tests_json(const struct rehearsal *rehearsal)
{
    if (!rehearsal->command)
        return json_null();
    return json_pack("{s:o, s:i, s:o, s:I, s:o}", "command", printer_json_text(rehearsal->command), "exit_status",
                     rehearsal->exit_status, "signal",
                     rehearsal->signal_number ? json_integer(rehearsal->signal_number) : json_null(), "duration_ms",
                     (json_int_t)rehearsal->duration_ms, "tail", printer_json_text(rehearsal->tail));
}

static json_t *document_of(struct command_context *context, const struct rehearsal *rehearsal,
                           const struct error *error)
{
    struct deck *deck = context->deck;
    json_t *warnings = json_array();
    for (const char *const *warning = rehearsal->warnings; *warning; warning++)
        json_array_append_new(warnings, printer_json_text(*warning));
    bool holds = !error_is_set(error) && rehearsal->verdict == REHEARSAL_HELD;
    return json_pack("{s:b, s:o, s:o, s:o, s:o, s:I, s:o, s:o, s:I, s:o, s:o, s:o, s:o}", "ok", holds, "target",
                     printer_json_text(deck->pool ? deck->target->name : NULL), "server_version",
                     printer_json_text(rehearsal->server_version), "source", printer_json_text(rehearsal->source),
                     "reason", printer_json_text(rehearsal->reason), "applied_before",
                     (json_int_t)rehearsal->applied_before, "applied", files_json(rehearsal), "failed",
                     printer_json_text(rehearsal->failed_version), "remaining", (json_int_t)rehearsal->remaining,
                     "before", ping_json(&rehearsal->before), "after", ping_json(&rehearsal->after), "tests",
                     tests_json(rehearsal), "warnings", warnings);
}

/* ---- text ---- */

static const char *source_words(const struct command_context *context, const struct rehearsal *rehearsal)
{
    const struct deck *deck = context->deck;
    if (!deck->pool)
        return "an empty database";
    return talloc_asprintf(context->memory, "a copy of %s's schema (made of %s)", deck->target->name,
                           !strcmp(rehearsal->source, "migrations") ? "the applied migrations" : "its live catalog");
}

static void print_result(struct command_context *context, const struct rehearsal *rehearsal)
{
    struct printer *printer = context->printer;
    TALLOC_CTX *memory = context->memory;
    for (size_t i = 0; i < rehearsal->file_count; i++)
        printer_line(printer, ROLE_PLAIN, "applied %s%s", rehearsal->files[i].file,
                     rehearsal->files[i].how == REHEARSED_AS_REPLAYED ? ", with more rights than a plain owner has"
                                                                      : "");
    const char *source = source_words(context, rehearsal);
    if (rehearsal->file_count)
        printer_line(printer, ROLE_GOOD, "applied %s to %s, PostgreSQL %s; the copy answered before and after",
                     answer_count(memory, rehearsal->file_count, "migration"), source, rehearsal->server_version);
    else
        printer_line(printer, ROLE_NOTE, "nothing is pending for %s, PostgreSQL %s", source, rehearsal->server_version);
    if (!rehearsal->command)
        printer_line(printer, ROLE_NOTE, "no tests were run");
    else if (rehearsal->verdict == REHEARSAL_HELD)
        printer_line(printer, ROLE_GOOD, "the tests hold: %s", rehearsal->command);
    else if (rehearsal->signal_number)
        printer_line(printer, ROLE_BAD, "the tests were ended by signal %d: %s", rehearsal->signal_number,
                     rehearsal->command);
    else
        printer_line(printer, ROLE_BAD, "the tests failed with exit status %d: %s", rehearsal->exit_status,
                     rehearsal->command);
    if (!rehearsal->command)
        printer_note(printer, "give them behind \"--\": pgdeck rehearse -- make test; or as rehearse in pgdeck.yaml");
}

/* ---- the command ---- */

static const char *const *command_of(const struct command_context *context)
{
    size_t count;
    const char *const *words = arguments_operands(context->arguments, &count);
    return count ? words : settings_rehearse_command(context->deck->settings);
}

static bool rehearse(struct command_context *context, const struct rehearsal_options *options, struct error *error)
{
    const struct rehearsal *rehearsal;
    bool ok = rehearsal_run(context->memory, options, &rehearsal, error);
    printer_progress(context->printer, NULL);
    for (const char *const *warning = rehearsal->warnings; *warning; warning++)
        printer_warning(context->printer, "%s", *warning);
    if (rehearsal->reason)
        printer_note(context->printer, "the copy is made of the live catalog: %s", rehearsal->reason);
    json_t *document = document_of(context, rehearsal, error);
    if (!ok) {
        context->document = document;
        return false;
    }
    printer_document(context->printer, document);
    if (printer_format(context->printer) == PRINTER_TEXT)
        print_result(context, rehearsal);
    context->status = rehearsal->verdict == REHEARSAL_HELD ? 0 : 1;
    return true;
}

static bool run(struct command_context *context, struct error *error)
{
    const char *reason;
    struct deck *deck = context->deck;
    struct directory *directory = directory_read(context->memory, deck->settings, error);
    if (!directory || !reach_target(context, &reason, error))
        return false;
    if (reason)
        printer_note(context->printer, "%s: all migrations are rehearsed", reason);
    const struct rehearsal_options options = {
        .settings = deck->settings,
        .directory = directory,
        .pool = deck->pool,
        .log = deck->log,
        .environment = deck->options.environment,
        .command = command_of(context),
        .selection = {.to = arguments_value(context->arguments, "to"),
                      .order = arguments_has(context->arguments, "out-of-order") ? ORDER_ANY : ORDER_STRICT},
        .application = deck->application,
        .person = deck->person,
        .host = deck->host,
        .cancel = context->cancel,
        .listener = {on_step, on_event, on_line, context},
    };
    return rehearse(context, &options, error);
}

static const struct option options[] = {
    {"to", 0, OPTION_VALUE, "V", KIND_VERSION, NULL, "Go up to this version and no further."},
    {"out-of-order", 0, OPTION_FLAG, NULL, KIND_NONE, NULL,
     "Take pending migrations below the highest applied one as well."},
};

static const char *const examples[] = {
    "pgdeck rehearse -- make test",
    "pgdeck -d production rehearse -- pytest -q tests/db",
    "pgdeck --json rehearse -- pgdeck status --exit-code",
    NULL,
};

const struct command command_rehearse = {
    .name = "rehearse",
    .summary = "Apply what is pending to a copy of the target's schema, and run the project's tests against it.",
    .description =
        "Makes a disposable copy of the target's schema, its ledger included, applies what is pending to it as apply "
        "does, and runs the tests with DATABASE__URL, DATABASE_URL and PGHOST to PGDATABASE leading to the copy; "
        "variables that lead to another database are taken away. The target is only read, and holds nothing of it "
        "afterwards. Without a target, all migrations are applied to an empty database.\n\n"
        "The tests are the words behind \"--\", else rehearse in pgdeck.yaml, a list: a program and its arguments, no "
        "shell's line. They run in the project's folder as the person who runs pgdeck; what they write goes to the "
        "standard error. The copy has no rows but those that migrations insert. When the tests end, or are stopped "
        "with ^C, what they left running is ended and the copy dropped.\n\n"
        "Exit status 1 when the tests fail, 5 when a migration does.",
    .examples = examples,
    .options = options,
    .option_count = countof(options),
    .operands = {"COMMAND", 0, -1, KIND_NONE, NULL, "The tests: a program and its arguments, behind \"--\"."},
    .needs = NEEDS_PROJECT,
    .effect = EFFECT_LOCAL,
    .run = run,
};
