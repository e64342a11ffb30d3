/* remove: marks a row as deleted, with what goes along; or deletes it. */
#include "tui/answer.h"
#include "tui/entities.h"

static bool run(struct command_context *context, struct error *error)
{
    struct entity_access access;
    const char *const *operands = arguments_operands(context->arguments, NULL);
    struct entity_row row = {0};
    if (!entities_open(context, operands[0], &access, error))
        return false;
    bool is_hard = arguments_has(context->arguments, "hard");
    struct entity_change change = {.what = is_hard ? WRITE_DELETE : WRITE_REMOVE};
    if (!entities_read_row(context, &access, operands[1], &change, &row, error))
        return false;
    const char *verb = talloc_asprintf(context->memory, "%s %s %s", is_hard ? "delete" : "mark as deleted",
                                       access.entity->name, operands[1]);
    return entities_change(context, &access, &change, verb, error);
}

static const struct option options[] = {
    {"hard", 0, OPTION_FLAG, NULL, KIND_NONE, NULL, "Delete the row itself, and what deletion cascades to."},
    ANSWER_CONFIRM_OPTIONS,
};

static const char *const examples[] = {
    "pgdeck remove Agent 17 --yes",
    "pgdeck remove Agent 17 --hard --confirm replay",
    NULL,
};

const struct command command_remove = {
    .name = "remove",
    .summary = "Mark a row as deleted, or delete it.",
    .description =
        "The row is marked as deleted, and so are the rows that its relationships cascade to. --hard deletes it, which is data loss and "
        "needs the database's name (--confirm). What goes is measured beforehand by doing it and rolling back, and shown.",
    .examples = examples,
    .options = options,
    .option_count = countof(options),
    .operands = {"ENTITY ID", 2, 2, KIND_NONE, NULL, "The entity, and the row's key."},
    .needs = NEEDS_TARGET,
    .effect = EFFECT_ROWS,
    .run = run,
};
