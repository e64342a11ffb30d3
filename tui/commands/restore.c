/* restore: takes the mark of deletion from a row. */
#include "tui/answer.h"
#include "tui/entities.h"

static bool cascades(const struct entity *entity)
{
    for (size_t i = 0; i < entity->relationship_count; i++)
        if (entity->relationships[i].cascade & CASCADE_SOFT_DELETE)
            return true;
    return false;
}

static bool run(struct command_context *context, struct error *error)
{
    struct entity_access access;
    const char *const *operands = arguments_operands(context->arguments, NULL);
    struct entity_change change = {.what = WRITE_RESTORE};
    struct entity_row row = {0};
    if (!entities_open(context, operands[0], &access, error) ||
        !entities_read_row(context, &access, operands[1], &change, &row, error))
        return false;
    const char *verb = talloc_asprintf(context->memory, "restore %s %s", access.entity->name, operands[1]);
    if (!entities_change(context, &access, &change, verb, error))
        return false;
    if (access.entity->soft_delete_kind == SOFT_DELETE_FLAG && cascades(access.entity))
        printer_note(context->printer,
                     "what was marked along with it stays marked: a flag does not tell which rows those are");
    return true;
}

static const struct option options[] = {ANSWER_CONFIRM_OPTIONS};

static const char *const examples[] = {
    "pgdeck restore Agent 17 --yes",
    NULL,
};

const struct command command_restore = {
    .name = "restore",
    .summary = "Take the mark of deletion from a row.",
    .description =
        "Where the mark is a time, the rows that were marked in the same moment along its relationships come back, too. Where it is "
        "a flag, nothing tells which of them were deleted together: only the row itself does.",
    .examples = examples,
    .options = options,
    .option_count = countof(options),
    .operands = {"ENTITY ID", 2, 2, KIND_NONE, NULL, "The entity, and the row's key."},
    .needs = NEEDS_TARGET,
    .effect = EFFECT_ROWS,
    .run = run,
};
