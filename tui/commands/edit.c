/* edit: changes values of one row, if it still is as it was read. */
#include "tui/answer.h"
#include "tui/entities.h"

static bool run(struct command_context *context, struct error *error)
{
    struct entity_access access;
    const char *const *operands = arguments_operands(context->arguments, NULL);
    struct entity_row row = {0};
    if (!entities_open(context, operands[0], &access, error))
        return false;
    struct entity_change change = {.what = WRITE_EDIT};
    if (!entities_take_values(context, access.entity, operands + 2, &change, error) ||
        !entities_read_row(context, &access, operands[1], &change, &row, error))
        return false;
    const char *verb = talloc_asprintf(context->memory, "edit %s %s", access.entity->name, operands[1]);
    return entities_change(context, &access, &change, verb, error);
}

static const struct option options[] = {ENTITIES_VALUE_OPTIONS, ANSWER_CONFIRM_OPTIONS};

static const char *const examples[] = {
    "pgdeck edit TestCase 17 status=retired --yes",
    "pgdeck edit TestCase 17 --null expectation --yes",
    NULL,
};

const struct command command_edit = {
    .name = "edit",
    .summary = "Change values of one row.",
    .description =
        "The change is carried out and rolled back once, so that what it touches can be shown; then you are asked. If somebody "
        "changes the row in between, nothing is done: exit status 4.",
    .examples = examples,
    .options = options,
    .option_count = countof(options),
    .operands = {"ENTITY ID [COLUMN=VALUE]...", 2, -1, KIND_NONE, NULL, "The entity, the row's key, the new values."},
    .needs = NEEDS_TARGET,
    .effect = EFFECT_ROWS,
    .run = run,
};
