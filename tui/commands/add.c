/* add: a new row, through its entity's store. */
#include <unistd.h>

#include "tui/answer.h"
#include "tui/entities.h"

static bool run(struct command_context *context, struct error *error)
{
    struct entity_access access;
    const char *const *operands = arguments_operands(context->arguments, NULL);
    if (!entities_open(context, operands[0], &access, error))
        return false;
    struct entity_change change = {
        .what = WRITE_ADD,
        .snowflake = snowflake_new(context->memory, snowflake_node(context->deck->host, (long)getpid()), NULL, NULL),
    };
    const char *verb = talloc_asprintf(context->memory, "add a row to %s", access.entity->name);
    return entities_take_values(context, access.entity, operands + 1, &change, error) &&
           entity_change_generate(context->memory, access.entity, &change, error) &&
           entities_change(context, &access, &change, verb, error);
}

static const struct option options[] = {ENTITIES_VALUE_OPTIONS, ANSWER_CONFIRM_OPTIONS};

static const char *const examples[] = {
    "pgdeck add Agent name=summariser default_model=small --yes",
    NULL,
};

const struct command command_add = {
    .name = "add",
    .summary = "Add a row to an entity.",
    .description =
        "The row is inserted once and rolled back, so that what it touches can be shown, triggers included; then you are asked, and "
        "it is inserted for good. A key that the models generate (snowflake) is made here; other columns that are not named get "
        "their defaults.",
    .examples = examples,
    .options = options,
    .option_count = countof(options),
    .operands = {"ENTITY [COLUMN=VALUE]...", 1, -1, KIND_NONE, NULL, "The entity, and the values of the new row."},
    .needs = NEEDS_TARGET,
    .effect = EFFECT_ROWS,
    .run = run,
};
