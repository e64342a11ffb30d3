/* new: the next migration file and its documentation entry. */
#include "migrate/scaffold.h"

#include "store/clock.h"
#include "tui/command.h"

static char *join(TALLOC_CTX *owner, const char *const *words)
{
    char *text = talloc_strdup(owner, "");
    for (size_t i = 0; words[i]; i++)
        text = talloc_asprintf_append_buffer(text, "%s%s", i ? " " : "", words[i]);
    return text;
}

static bool run(struct command_context *context, struct error *error)
{
    char *description = join(context->memory, arguments_operands(context->arguments, NULL));
    struct scaffold_result *result =
        scaffold_new(context->memory, context->deck->settings, description, clock_wall_us(), error);
    if (!result)
        return false;
    printer_document(context->printer, json_pack("{s:o, s:o, s:o}", "version", printer_json_text(result->version),
                                                 "file", printer_json_text(result->file), "documentation",
                                                 printer_json_text(result->documentation)));
    printer_line(context->printer, ROLE_PLAIN, "%s", result->file);
    printer_note(context->printer, "%s has an entry for it: say there what it is for, and what to mind",
                 result->documentation);
    return true;
}

static const char *const examples[] = {
    "pgdeck new add index on orders",
    "pgdeck new add_index_on_orders",
    NULL,
};

const struct command command_new = {
    .name = "new",
    .summary = "Make the next migration file and its documentation entry.",
    .description =
        "Makes an empty migration with the next free version and appends its entry to the migrations' documentation. "
        "Prints the file's path. Nothing that exists is written over.",
    .examples = examples,
    .operands = {"DESCRIPTION", 1, -1, KIND_NONE, NULL, "What it does, in a few words; they become the file's name."},
    .needs = NEEDS_PROJECT,
    .effect = EFFECT_FILES,
    .run = run,
};
