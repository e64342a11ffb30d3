/* See entities.h. */
#include "tui/entities.h"

#include <math.h>
#include <unistd.h>

#include "migrate/models.h"
#include "tui/answer.h"

enum { STATEMENT_BYTES = 2000 };

/* ---- opening ---- */

/* Rows must be read also where the models are wrong: then the catalog alone says what there is. */
static const struct model *read_model(struct command_context *context)
{
    struct error *error = error_new(context->memory);
    struct models_options options = {.environment = context->deck->options.environment, .cancel = context->cancel};
    struct models *models = models_read(context->memory, context->deck->settings, &options, error);
    if (models && models->model && model_check(models->model, error))
        return models->model;
    if (error_is_set(error))
        printer_warning(context->printer, "the models are passed over: %s", error->message);
    return NULL;
}

bool entities_open(struct command_context *context, const char *word, struct entity_access *access, struct error *error)
{
    *access = (struct entity_access){.model = read_model(context)};
    access->session = session_open(context->memory, context->deck->pool, context->cancel, error);
    if (!access->session || !word)
        return access->session != NULL;
    access->entity = entity_open(context->memory, access->session->connection, access->model, word, error);
    if (!access->entity || !command_effect_is_write(context->command->effect))
        return access->entity != NULL;
    return entity_is_writable(access->entity, error);
}

/* ---- values ---- */

bool entities_read_row(struct command_context *context, const struct entity_access *access, const char *word,
                       struct entity_change *change, struct entity_row *row, struct error *error)
{
    const struct entity *entity = access->entity;
    change->key = entity_key_parse(context->memory, entity, word, error);
    if (!change->key || !entity_get(context->memory, access->session->connection, entity, change->key, row, error))
        return false;
    if (row->result) {
        change->version = entity_row_version(entity, row);
        return true;
    }
    error_set(error, ERROR_USAGE, "%s has no row %s", entity->name, word);
    return error_hint(error, "\"pgdeck rows\" with the entity's name lists them; the key is %s.",
                      entities_key_names(context->memory, entity));
}

char *entities_key_names(TALLOC_CTX *owner, const struct entity *entity)
{
    char *names = talloc_strdup(owner, "");
    for (size_t i = 0; i < entity->key_count; i++)
        names = talloc_asprintf_append_buffer(names, "%s%s", i ? "," : "", entity->key[i]->name);
    return names;
}

/* ---- values ---- */

static bool is_one_of(const char *type, const char *const *types)
{
    for (; *types; types++)
        if (!strcmp(type, *types))
            return true;
    return false;
}

/* "2026-02-28 23:59:59.5+00" as RFC 3339 has it; infinity, years BC and beyond 9999 stay as they are. The session's
 * time zone is UTC. */
static json_t *time_json(const char *value)
{
    size_t size = strlen(value);
    if (size < 22 || value[4] != '-' || value[10] != ' ' || strcmp(value + size - 3, "+00") != 0)
        return printer_json_text(value);
    char *text = talloc_asprintf(NULL, "%.10sT%.*sZ", value, (int)(size - 14), value + 11);
    json_t *result = printer_json_text(text);
    talloc_free(text);
    return result;
}

json_t *entities_value_json(const struct entity_column *column, const char *value)
{
    static const char *const integers[] = {"smallint", "integer", NULL};
    static const char *const floats[] = {"real", "double precision", NULL};
    if (!value)
        return json_null();
    if (!strcmp(column->base, "boolean"))
        return json_boolean(*value == 't');
    if (is_one_of(column->base, integers))
        return json_integer(strtoll(value, NULL, 10));
    if (is_one_of(column->base, floats) && isfinite(strtod(value, NULL)))
        return json_real(strtod(value, NULL));
    return !strcmp(column->base, "timestamp with time zone") ? time_json(value) : printer_json_text(value);
}

json_t *entities_row_json(const struct entity *entity, const struct entity_row *row)
{
    json_t *object = json_object();
    for (size_t i = 0; i < entity->column_count; i++) {
        json_t *name = printer_json_text(entity->columns[i].name);
        json_object_set_new(object, json_string_value(name),
                            entities_value_json(&entity->columns[i], entity_cell(row, i)));
        json_decref(name);
    }
    return object;
}

const char *entities_value_text(const struct entity_column *column, const char *value)
{
    if (value && !strcmp(column->base, "boolean"))
        return *value == 't' ? "true" : "false";
    return value;
}

void entities_print_row(struct command_context *context, const struct entity *entity, const struct entity_row *row)
{
    enum { COLUMNS = 3 };
    static const char *const head[COLUMNS] = {"COLUMN", "TYPE", "VALUE"};
    const char **cells =
        talloc_zero_array(context->memory, const char *, (unsigned)((entity->column_count + 1) * COLUMNS));
    memcpy(cells, head, sizeof head);
    for (size_t i = 0; i < entity->column_count; i++) {
        const char **cell = &cells[(i + 1) * COLUMNS];
        const char *value = entities_value_text(&entity->columns[i], entity_cell(row, i));
        cell[0] = entity->columns[i].name;
        cell[1] = entity->columns[i].type;
        cell[2] = !value ? "(null)" : *value ? value : "\"\"";
    }
    printer_table(context->printer, cells, NULL, entity->column_count + 1, COLUMNS);
}

/* ---- changes ---- */

static bool add_special(const struct entity *entity, const char *const *names, const struct entity_value *shape,
                        struct entity_value *values, size_t *count, struct error *error)
{
    for (; names && *names; names++) {
        const struct entity_column *column = entity_column_find(entity, *names);
        if (!column)
            return entity_column_unknown(entity, *names, error);
        if (!entity_column_is_writable(entity, column, error))
            return false;
        values[*count] = *shape;
        values[(*count)++].column = column;
    }
    return true;
}

static bool has_no_twins(const struct entity_change *change, struct error *error)
{
    for (size_t i = 0; i < change->value_count; i++)
        for (size_t j = 0; j < i; j++)
            if (change->values[i].column == change->values[j].column) {
                error_set(error, ERROR_USAGE, "%s is given twice", change->values[i].column->name);
                return error_hint(error, "Give it one value.");
            }
    return true;
}

static size_t count_of(const char *const *words)
{
    size_t count = 0;
    while (words && words[count])
        count++;
    return count;
}

bool entities_take_values(struct command_context *context, const struct entity *entity, const char *const *operands,
                          struct entity_change *change, struct error *error)
{
    static const struct entity_value null = {.source = VALUE_GIVEN}, standard = {.source = VALUE_DEFAULT};
    const char *const *nulls = arguments_values(context->arguments, "null");
    const char *const *defaults = arguments_values(context->arguments, "default");
    size_t most = count_of(operands) + count_of(nulls) + count_of(defaults);
    struct entity_value *values = talloc_zero_size(context->memory, (most + 1) * sizeof *values);
    for (; *operands; operands++)
        if (!entity_value_parse(values, entity, *operands, &values[change->value_count++], error))
            return false;
    change->values = values;
    return add_special(entity, nulls, &null, values, &change->value_count, error) &&
           add_special(entity, defaults, &standard, values, &change->value_count, error) && has_no_twins(change, error);
}

static void add_line(const char ***lines, size_t *count, char *line)
{
    *lines = talloc_realloc(NULL, *lines, const char *, (unsigned)*count + 2);
    (*lines)[(*count)++] = talloc_steal(*lines, line);
    (*lines)[*count] = NULL;
}

/* The beginning of a statement, where it holds a long value or a cascade's many keys. */
static char *statement_line(TALLOC_CTX *owner, const char *statement)
{
    size_t size = strlen(statement), shown = size > STATEMENT_BYTES ? STATEMENT_BYTES : size;
    while (shown < size && shown && (statement[shown] & 0xC0) == 0x80)
        shown--;
    return shown == size ? talloc_asprintf(owner, "%s;", statement)
                         : talloc_asprintf(owner, "%.*s ... (%zu bytes in all)", (int)shown, statement, size);
}

/* The statements, then what they touch. */
const char *const *entities_outcome_lines(TALLOC_CTX *owner, const struct entity_outcome *outcome)
{
    const char **lines = NULL;
    size_t count = 0;
    for (const char *const *statement = outcome->statements; *statement; statement++)
        add_line(&lines, &count, statement_line(owner, *statement));
    for (size_t i = 0; i < outcome->effect_count; i++) {
        const struct entity_effect *effect = &outcome->effects[i];
        char *line = talloc_asprintf(owner, "%s.%s:", effect->schema, effect->table);
        const struct {
            int64_t rows;
            const char *what;
        } parts[] = {{effect->inserted, "added"}, {effect->updated, "changed"}, {effect->deleted, "deleted"}};
        for (size_t j = 0; j < countof(parts); j++)
            if (parts[j].rows)
                line = talloc_asprintf_append(line, " %s %s", answer_count(owner, (size_t)parts[j].rows, "row"),
                                              parts[j].what);
        add_line(&lines, &count, line);
    }
    return talloc_steal(owner, lines);
}

static json_t *effects_json(const struct entity_outcome *outcome)
{
    json_t *effects = json_array();
    for (size_t i = 0; i < outcome->effect_count; i++) {
        const struct entity_effect *effect = &outcome->effects[i];
        json_array_append_new(
            effects, json_pack("{s:o, s:o, s:I, s:I, s:I}", "schema", printer_json_text(effect->schema), "table",
                               printer_json_text(effect->table), "inserted", (json_int_t)effect->inserted, "updated",
                               (json_int_t)effect->updated, "deleted", (json_int_t)effect->deleted));
    }
    return effects;
}

static json_t *outcome_json(const struct entity *entity, const struct entity_outcome *outcome)
{
    char *key = entity_key_text(NULL, outcome->key, entity->key_count);
    json_t *document = json_pack("{s:o, s:o, s:o, s:o}", "entity", printer_json_text(entity->name), "id",
                                 printer_json_text(key), "effects", effects_json(outcome), "row",
                                 outcome->row.result ? entities_row_json(entity, &outcome->row) : json_null());
    talloc_free(key);
    return document;
}

/* Names and numbers, no values: those are the database's. */
void entities_log_change(struct log *log, const char *action, const struct entity *entity,
                         const struct entity_change *change, const struct entity_outcome *outcome)
{
    json_t *columns = json_array();
    char *key = entity_key_text(NULL, outcome->key, entity->key_count);
    for (size_t i = 0; i < change->value_count; i++)
        json_array_append_new(columns, printer_json_text(change->values[i].column->name));
    log_write(log, LOG_LEVEL_INFO, "row_changed",
              json_pack("{s:s, s:o, s:o, s:o, s:o, s:o}", "action", action, "entity", printer_json_text(entity->name),
                        "id", printer_json_text(key), "columns", columns, "effects", effects_json(outcome),
                        "transaction", printer_json_text(outcome->transaction)));
    talloc_free(key);
}

bool entities_change(struct command_context *context, const struct entity_access *access, struct entity_change *change,
                     const char *verb, struct error *error)
{
    TALLOC_CTX *memory = context->memory;
    struct connection *connection = access->session->connection;
    int attempts = (int)settings_number(context->deck->settings, SETTING_transaction_attempts);
    change->lock_timeout_ms = (int)settings_number(context->deck->settings, SETTING_lock_timeout);
    change->mode = CHANGE_REHEARSED;
    struct entity_outcome *before =
        entity_write(memory, connection, access->model, access->entity, change, attempts, error);
    if (!before)
        return false;
    struct confirmation confirmation = {
        .question = talloc_asprintf(memory, "%s on %s", verb, context->deck->target->name),
        .lines = entities_outcome_lines(memory, before),
        .loss = entity_outcome_loses_rows(before, change) ? LOSES_DATA : LOSES_NOTHING,
    };
    struct session_facts *facts = session_test_connection(memory, access->session, error);
    if (!facts)
        return false;
    confirmation.database = facts->database;
    if (!context->confirm(context, &confirmation, error))
        return false;
    change->mode = CHANGE_FOR_REAL;
    struct entity_outcome *outcome =
        entity_write_surely(memory, access->session, access->model, access->entity, change, attempts, error);
    if (!outcome)
        return false;
    entities_log_change(context->deck->log, context->command->name, access->entity, change, outcome);
    printer_document(context->printer, outcome_json(access->entity, outcome));
    for (const char *const *line = entities_outcome_lines(memory, outcome); *line; line++)
        printer_line(context->printer, ROLE_DIM, "%s", *line);
    char *key = entity_key_text(memory, outcome->key, access->entity->key_count);
    if (change->what == WRITE_ADD)
        printer_line(context->printer, ROLE_GOOD, "%s: done, %s %s", verb, entities_key_names(memory, access->entity),
                     key);
    else
        printer_line(context->printer, ROLE_GOOD, "%s: done", verb);
    return true;
}
