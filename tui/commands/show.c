/* show: one row, whole, with the rows that its relationships lead to. */
#include "tui/answer.h"
#include "tui/entities.h"

/* The values of the relationship's columns here; NULL where one of them is NULL: it leads nowhere. */
static const char *const *values_here(TALLOC_CTX *owner, const struct entity *entity, const struct entity_row *row,
                                      const struct entity_relationship *relationship)
{
    const char **values = talloc_zero_size(owner, (relationship->column_count + 1) * sizeof *values);
    for (size_t i = 0; i < relationship->column_count; i++) {
        const struct entity_column *column = entity_column_find(entity, relationship->here[i]);
        values[i] = column ? entity_cell(row, (size_t)(column - entity->columns)) : NULL;
        if (!values[i])
            return NULL;
    }
    return values;
}

/* As a shell takes it: in quotes where it holds anything but letters, digits and the like. */
static char *shell_word(TALLOC_CTX *owner, const char *text)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.,:/@%+-=";
    if (*text && *text != '-' && !text[strspn(text, plain)])
        return talloc_strdup(owner, text);
    char *word = talloc_strdup(owner, "'");
    for (const char *at = text; *at; at++)
        word = talloc_asprintf_append_buffer(word, *at == '\'' ? "'\\''" : "%c", *at);
    return talloc_strdup_append_buffer(word, "'");
}

/* "agent" -> "rows agents --where id=7": how to go on. */
static char *way_on(TALLOC_CTX *owner, const struct entity_relationship *one, const char *const *values)
{
    char *table = talloc_asprintf(owner, "%s.%s", one->schema, one->table);
    char *text =
        talloc_asprintf(owner, "rows %s", shell_word(owner, strcmp(one->schema, "public") ? table : one->table));
    for (size_t i = 0; i < one->column_count; i++)
        text = talloc_asprintf_append(text, " --where %s",
                                      shell_word(owner, talloc_asprintf(owner, "%s=%s", one->there[i], values[i])));
    return text;
}

static json_t *relationships_json(struct command_context *context, const struct entity *entity,
                                  const struct entity_row *row)
{
    json_t *array = json_array();
    for (size_t i = 0; i < entity->relationship_count; i++) {
        const struct entity_relationship *one = &entity->relationships[i];
        const char *const *values = values_here(context->memory, entity, row, one);
        json_t *where = json_object();
        for (size_t j = 0; values && j < one->column_count; j++)
            json_object_set_new(where, one->there[j], printer_json_text(values[j]));
        json_array_append_new(array, json_pack("{s:o, s:o, s:o, s:s, s:o}", "name", printer_json_text(one->name),
                                               "schema", printer_json_text(one->schema), "table",
                                               printer_json_text(one->table), "kind", model_kind_name(one->kind),
                                               "where", values ? where : (json_decref(where), json_null())));
    }
    return array;
}

static void print_relationships(struct command_context *context, const struct entity *entity,
                                const struct entity_row *row)
{
    for (size_t i = 0; i < entity->relationship_count; i++) {
        const struct entity_relationship *one = &entity->relationships[i];
        const char *const *values = values_here(context->memory, entity, row, one);
        printer_line(context->printer, ROLE_DIM, "%s: %s", one->name,
                     values ? way_on(context->memory, one, values) : "none");
    }
}

static bool run(struct command_context *context, struct error *error)
{
    struct entity_access access;
    const char *const *operands = arguments_operands(context->arguments, NULL);
    struct entity_row row = {0};
    if (!entities_open(context, operands[0], &access, error))
        return false;
    const struct entity *entity = access.entity;
    struct entity_change nothing = {0};
    if (!entities_read_row(context, &access, operands[1], &nothing, &row, error))
        return false;
    printer_document(context->printer,
                     json_pack("{s:o, s:o, s:o, s:o}", "entity", printer_json_text(entity->name), "id",
                               printer_json_text(operands[1]), "row", entities_row_json(entity, &row), "relationships",
                               relationships_json(context, entity, &row)));
    entities_print_row(context, entity, &row);
    print_relationships(context, entity, &row);
    return true;
}

static const char *const examples[] = {
    "pgdeck show Agent 17",
    "pgdeck show order_lines 4711,2",
    NULL,
};

const struct command command_show = {
    .name = "show",
    .summary = "Show one row of an entity, and where its relationships lead.",
    .description =
        "ID is the value of the key; where the key has several columns, their values with commas between them, in "
        "double quotes where a value holds a comma. Soft-deleted rows are shown, too.",
    .examples = examples,
    .operands = {"ENTITY ID", 2, 2, KIND_NONE, NULL, "The entity, and the row's key."},
    .needs = NEEDS_TARGET,
    .effect = EFFECT_NONE,
    .run = run,
};
