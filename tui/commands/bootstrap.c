/* bootstrap: the init script on an empty target. Looks first whether it is empty, so that nobody is asked in vain. */
#include "migrate/bootstrap.h"

#include "tui/answer.h"
#include "tui/command.h"

/* Name of the database that is empty and may be asked about; NULL on error. */
static const char *check_empty(struct command_context *context, struct error *error)
{
    struct session *session = session_open(context->memory, context->deck->pool, context->cancel, error);
    if (!session)
        return NULL;
    struct plan_target bound;
    bool is_fit = bootstrap_check(session->connection, error) &&
                  plan_read_target(context->memory, session->connection, &bound, error);
    talloc_free(session);
    return is_fit ? bound.database : NULL;
}

static void on_event(void *argument, const struct apply_event *event)
{
    struct printer *printer = argument;
    if (event->kind == APPLY_STATEMENT)
        printer_progress(printer, event->text);
    else if (event->kind == APPLY_NOTICE)
        printer_note(printer, "%s", event->text);
    else if (event->kind == APPLY_WARNING)
        printer_warning(printer, "%s", event->text);
}

static bool run(struct command_context *context, struct error *error)
{
    TALLOC_CTX *memory = context->memory;
    const struct deck *deck = context->deck;
    struct directory *directory = directory_read(memory, deck->settings, error);
    const char *database = directory ? check_empty(context, error) : NULL;
    if (!database)
        return false;
    struct confirmation confirmation = {
        .question =
            talloc_asprintf(memory, "run %s on %s", settings_text(deck->settings, SETTING_init), deck->target->name),
        .loss = LOSES_NOTHING,
        .database = database,
    };
    if (!context->confirm(context, &confirmation, error))
        return false;
    struct apply_options options = deck_apply_options(deck, context->cancel);
    options.on_event = on_event;
    options.listener = context->printer;
    struct bootstrap_result *result = bootstrap_run(memory, directory, &options, error);
    printer_progress(context->printer, NULL);
    if (!result && !error->hint && error->code == ERROR_STATEMENT)
        error_hint(error, "All of it was rolled back. Mend the script, then run `pgdeck bootstrap` again.");
    if (!result)
        return false;
    context->run = result->run;
    printer_document(context->printer,
                     json_pack("{s:o, s:I, s:I, s:I}", "run", printer_json_text(result->run), "statements",
                               (json_int_t)result->statement_count, "seeded", (json_int_t)result->seeded, "duration_ms",
                               (json_int_t)result->duration_ms));
    printer_line(context->printer, ROLE_GOOD, "ran %s in %s; the ledger holds %s; run %s",
                 answer_count(memory, result->statement_count, "statement"),
                 answer_duration(memory, result->duration_ms), answer_count(memory, result->seeded, "version"),
                 result->run);
    return true;
}

static const struct option options[] = {ANSWER_CONFIRM_OPTIONS};

static const char *const examples[] = {
    "pgdeck bootstrap",
    "pgdeck -d staging bootstrap --yes",
    NULL,
};

const struct command command_bootstrap = {
    .name = "bootstrap",
    .summary = "Run the init script on an empty target.",
    .description =
        "Runs the init script in one transaction on a database that is empty, and fills the checksums of the migration "
        "files into the ledger that the script made and seeded. A database that holds anything is refused with exit "
        "status 4, a seed that does not name exactly the versions on disk with 2.",
    .examples = examples,
    .options = options,
    .option_count = countof(options),
    .needs = NEEDS_TARGET,
    .effect = EFFECT_DDL,
    .run = run,
};
