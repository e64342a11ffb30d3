/* mark: repairs the ledger by hand, with a reason, on record. Asks like every other write to a target. */
#include "migrate/mark.h"

#include "tui/answer.h"
#include "tui/command.h"

static const struct {
    const char *option;
    enum mark_action action;
    const char *verb;
} actions[] = {
    {"applied", MARK_APPLIED, "mark as applied"},
    {"pending", MARK_PENDING, "mark as pending"},
    {"accept", MARK_ACCEPT, "accept as it is now"},
};

/* Index of the action that was asked for; countof(actions) unless it is exactly one. */
static size_t action_of(const struct arguments *arguments)
{
    size_t found = countof(actions);
    for (size_t i = 0; i < countof(actions); i++) {
        if (!arguments_has(arguments, actions[i].option))
            continue;
        if (found != countof(actions))
            return countof(actions);
        found = i;
    }
    return found;
}

static bool check(const struct arguments *arguments, struct error *error)
{
    if (action_of(arguments) == countof(actions)) {
        error_set(error, ERROR_USAGE, "mark takes exactly one of --applied, --pending and --accept");
        return error_hint(error, "\"pgdeck help mark\" says what each of them does.");
    }
    const char *reason = arguments_value(arguments, "reason");
    if (reason && reason[strspn(reason, " \t\n")])
        return true;
    error_set(error, ERROR_USAGE, "mark needs a reason");
    return error_hint(error, "Say with --reason TEXT why the ledger has to be repaired: the journal keeps it.");
}

static const char *const *change_lines(TALLOC_CTX *owner, const struct mark_result *result)
{
    const char **lines = talloc_zero_array(owner, const char *, (unsigned)result->count + 1);
    for (size_t i = 0; i < result->count; i++)
        lines[i] = talloc_asprintf(lines, "%s: %s -> %s", result->changes[i].version,
                                   migration_state_name(result->changes[i].before),
                                   migration_state_name(result->changes[i].after));
    return lines;
}

/* What would change, and where. */
struct preview {
    struct directory *directory;
    struct mark_result *changes;
    const char *database;
};

static bool read_preview(struct command_context *context, const struct mark_request *request, struct preview *preview,
                         struct error *error)
{
    struct deck *deck = context->deck;
    TALLOC_CTX *memory = context->memory;
    preview->directory = directory_read(memory, deck->settings, error);
    if (!preview->directory)
        return false;
    struct session *session = session_open(memory, deck->pool, context->cancel, error);
    if (!session)
        return false;
    struct plan_target bound;
    struct status *status = status_read(memory, session->connection, preview->directory, deck->settings, error);
    bool is_read = status && plan_read_target(memory, session->connection, &bound, error);
    talloc_free(session);
    if (!is_read)
        return false;
    preview->changes = mark_check(memory, status, request, error);
    preview->database = bound.database;
    return preview->changes != NULL;
}

static json_t *mark_json(const struct mark_result *result, const char *action)
{
    json_t *changes = json_array();
    for (size_t i = 0; i < result->count; i++)
        json_array_append_new(changes,
                              json_pack("{s:o, s:s, s:s}", "version", printer_json_text(result->changes[i].version),
                                        "before", migration_state_name(result->changes[i].before), "after",
                                        migration_state_name(result->changes[i].after)));
    return json_pack("{s:o, s:s, s:o}", "run", printer_json_text(result->run), "action", action, "changes", changes);
}

static bool run(struct command_context *context, struct error *error)
{
    TALLOC_CTX *memory = context->memory;
    size_t action = action_of(context->arguments), count;
    struct mark_request request = {
        .action = actions[action].action,
        .versions = arguments_operands(context->arguments, &count),
        .reason = arguments_value(context->arguments, "reason"),
    };
    struct preview preview;
    if (!read_preview(context, &request, &preview, error))
        return false;
    struct confirmation confirmation = {
        .question =
            talloc_asprintf(memory, "%s %s on %s", actions[action].verb,
                            answer_count(memory, preview.changes->count, "migration"), context->deck->target->name),
        .lines = change_lines(memory, preview.changes),
        .loss = LOSES_NOTHING,
        .database = preview.database,
    };
    if (!context->confirm(context, &confirmation, error))
        return false;
    struct apply_options options = deck_apply_options(context->deck, context->cancel);
    struct mark_result *result = mark_run(memory, preview.directory, &request, &options, error);
    if (!result)
        return false;
    context->run = result->run;
    printer_document(context->printer, mark_json(result, actions[action].option));
    for (const char *const *line = change_lines(memory, result); *line; line++)
        printer_line(context->printer, ROLE_PLAIN, "%s", *line);
    printer_line(context->printer, ROLE_GOOD, "recorded in the journal as run %s", result->run);
    return true;
}

static const struct option options[] = {
    {"applied", 0, OPTION_FLAG, NULL, KIND_NONE, NULL,
     "Pending or incomplete ones are entered as applied; nothing is run. To adopt a database, or after finishing one "
     "by hand."},
    {"pending", 0, OPTION_FLAG, NULL, KIND_NONE, NULL,
     "Applied, missing or incomplete ones are taken out of the ledger; nothing is undone in the database."},
    {"accept", 0, OPTION_FLAG, NULL, KIND_NONE, NULL,
     "Changed ones: the file as it is now counts as what was applied."},
    {"reason", 0, OPTION_VALUE, "TEXT", KIND_NONE, NULL, "Why; required, and kept in the journal."},
    ANSWER_CONFIRM_OPTIONS,
};

static const char *const examples[] = {
    "pgdeck mark 001 002 003 --applied --reason 'adopting the database'",
    "pgdeck mark 014 --pending --reason 'index was dropped by hand' --yes",
    "pgdeck mark 007 --accept --reason 'only a comment changed'",
    NULL,
};

const struct command command_mark = {
    .name = "mark",
    .summary = "Repair the ledger: mark as applied or pending, or accept a changed file.",
    .description = "Changes what the ledger says about the versions that are named, all of them or none, and records "
                   "in the journal "
                   "who did it and why. It never runs a migration and never changes another table.\n\n"
                   "Asks like apply: --yes or --confirm DATABASE where there is no terminal.",
    .examples = examples,
    .options = options,
    .option_count = countof(options),
    .operands = {"V...", 1, -1, KIND_VERSION, NULL, "The versions, as their files spell them."},
    .needs = NEEDS_TARGET,
    .effect = EFFECT_LEDGER,
    .run = run,
    .check = check,
};
