/* models: the declared entities, or the DDL that they become. Connects nothing. */
#include "migrate/models.h"

#include "store/suggest.h"
#include "tui/answer.h"
#include "tui/command.h"
#include "tui/models_json.h"

static const char *joined(TALLOC_CTX *owner, const struct model_names *names)
{
    char *text = talloc_strdup(owner, "");
    for (size_t i = 0; i < names->count; i++)
        text = talloc_asprintf_append_buffer(text, "%s%s", i ? ", " : "", names->items[i]);
    return text;
}

/* ---- text ---- */

static void print_list(struct command_context *context, const struct models *models)
{
    enum { COLUMNS = 5 };
    static const char *const head[COLUMNS] = {"ENTITY", "TABLE", "COLUMNS", "RELATIONSHIPS", "FILE"};
    const struct model *model = models->model;
    const char **cells =
        talloc_zero_array(context->memory, const char *, (unsigned)((model->entity_count + 1) * COLUMNS));
    memcpy(cells, head, sizeof head);
    for (size_t i = 0; i < model->entity_count; i++) {
        const struct model_entity *entity = &model->entities[i];
        const char **cell = &cells[(i + 1) * COLUMNS];
        cell[0] = entity->name;
        cell[1] = models_json_table(cells, entity);
        cell[2] = talloc_asprintf(cells, "%zu", entity->column_count);
        cell[3] = talloc_asprintf(cells, "%zu", entity->relationship_count);
        cell[4] = talloc_asprintf(cells, "%s:%d", entity->place.file, entity->place.line);
    }
    printer_table(context->printer, cells, NULL, model->entity_count + 1, COLUMNS);
    printer_line(context->printer, ROLE_DIM, "%s, %s, %s", answer_count(cells, model->entity_count, "table"),
                 answer_count(cells, model->type_count, "type"), answer_count(cells, models->file_count, ".sql file"));
}

static void print_columns(struct command_context *context, const struct model_entity *entity)
{
    enum { COLUMNS = 6 };
    static const char *const head[COLUMNS] = {"COLUMN", "TYPE", "NULL", "DEFAULT", "FROM", "COMMENT"};
    const char **cells =
        talloc_zero_array(context->memory, const char *, (unsigned)((entity->column_count + 1) * COLUMNS));
    memcpy(cells, head, sizeof head);
    for (size_t i = 0; i < entity->column_count; i++) {
        const struct model_column *column = &entity->columns[i];
        const char **cell = &cells[(i + 1) * COLUMNS];
        cell[0] = column->name;
        cell[1] = column->type.text;
        cell[2] = column->is_primary_key ? "key" : column->is_nullable ? "yes" : "no";
        cell[3] = column->value.text                       ? column->value.text
                  : column->generate == GENERATE_SNOWFLAKE ? "(snowflake)"
                  : column->identity != IDENTITY_NONE      ? "(identity)"
                                                           : column->computed.text;
        cell[4] = column->mixin;
        cell[5] = column->comment;
    }
    printer_table(context->printer, cells, NULL, entity->column_count + 1, COLUMNS);
}

static void print_relationships(struct command_context *context, const struct model_entity *entity)
{
    enum { COLUMNS = 7 };
    static const char *const head[COLUMNS] = {"RELATIONSHIP", "TO", "KIND", "KEY", "INVERSE", "CASCADE", "SOFT DELETE"};
    static const enum model_cascade bits[] = {CASCADE_SAVE, CASCADE_SOFT_DELETE, CASCADE_DELETE};
    const char **cells =
        talloc_zero_array(context->memory, const char *, (unsigned)((entity->relationship_count + 1) * COLUMNS));
    memcpy(cells, head, sizeof head);
    for (size_t i = 0; i < entity->relationship_count; i++) {
        const struct model_relationship *one = &entity->relationships[i];
        const char **cell = &cells[(i + 1) * COLUMNS];
        char *cascade = talloc_strdup(cells, "");
        for (size_t bit = 0; bit < countof(bits); bit++)
            if (one->cascade & bits[bit])
                cascade =
                    talloc_asprintf_append_buffer(cascade, "%s%s", *cascade ? ", " : "", model_cascade_name(bits[bit]));
        cell[0] = one->name;
        cell[1] = one->to->name;
        cell[2] = model_kind_name(one->kind);
        cell[3] = joined(cells, &one->key);
        cell[4] = one->inverse ? one->inverse->name : "";
        cell[5] = cascade;
        cell[6] = model_soft_delete_name(one->soft_delete);
    }
    if (entity->relationship_count)
        printer_table(context->printer, cells, NULL, entity->relationship_count + 1, COLUMNS);
}

static void print_entity(struct command_context *context, const struct model_entity *entity)
{
    struct printer *printer = context->printer;
    printer_line(printer, ROLE_HEAD, "%s  table %s  %s:%d", entity->name, models_json_table(context->memory, entity),
                 entity->place.file, entity->place.line);
    if (entity->description)
        printer_line(printer, ROLE_PLAIN, "%s", entity->description);
    if (entity->mixins.count)
        printer_line(printer, ROLE_PLAIN, "extends %s", joined(context->memory, &entity->mixins));
    if (entity->soft_delete)
        printer_line(printer, ROLE_PLAIN, "deleted rows are marked by %s", entity->soft_delete);
    print_columns(context, entity);
    print_relationships(context, entity);
}

static void print_models(struct command_context *context, const struct models *models, const struct model_entity *only)
{
    if (models->kind == MODELS_NONE)
        printer_line(context->printer, ROLE_NOTE, "no models are declared: there is nothing in %s", models->source);
    else if (models->kind == MODELS_PRINTED)
        printer_line(context->printer, ROLE_PLAIN, "the models come as DDL: %s from the %s",
                     answer_count(context->memory, models->printed->statements.count, "statement"), models->source);
    else if (only)
        print_entity(context, only);
    else
        print_list(context, models);
}

/* ---- running ---- */

/* The entity that a word names: its own name, or its table's. */
static bool find(struct command_context *context, const struct models *models, const char *word,
                 const struct model_entity **found, struct error *error)
{
    if (models->kind != MODELS_DECLARED) {
        error_set(error, ERROR_USAGE, "there is no entity \"%s\": %s", word,
                  models->kind == MODELS_NONE ? "no models are declared" : "the models come as DDL");
        return error_hint(error, "Give no ENTITY to see what there is.");
    }
    const struct model *model = models->model;
    const char **names = talloc_zero_array(context->memory, const char *, (unsigned)model->entity_count + 1);
    *found = model_find(model, word);
    for (size_t i = 0; i < model->entity_count; i++) {
        names[i] = model->entities[i].name;
        bool is_table =
            !strcmp(model->entities[i].table, word) || !strcmp(models_json_table(names, &model->entities[i]), word);
        if (!*found && is_table)
            *found = &model->entities[i];
    }
    if (*found)
        return true;
    const char *nearest = suggest_nearest(word, names);
    error_set(error, ERROR_USAGE, "there is no entity \"%s\"", word);
    return nearest ? error_hint(error, "Did you mean \"%s\"?", nearest)
                   : error_hint(error, "\"pgdeck models\" lists the entities.");
}

static bool print_ddl(struct command_context *context, const struct models *models, const struct model_entity *only,
                      struct error *error)
{
    const char *text;
    if (only) {
        text = model_ddl_entity(context->memory, only)->text;
    } else {
        struct models_script *script = models_script(context->memory, models, error);
        if (!script)
            return false;
        text = script->script->text;
    }
    printer_document(context->printer, json_pack("{s:s, s:o, s:o}", "models", models_json_kind(models->kind), "source",
                                                 printer_json_text(models->source), "ddl", printer_json_text(text)));
    printer_block(context->printer, text);
    return true;
}

static void print_findings(struct command_context *context, const struct model *model)
{
    for (size_t i = 0; i < model->finding_count; i++) {
        const struct model_finding *finding = &model->findings[i];
        printer_detail(context->printer, "%s:%d:%d: %s (%s)", finding->place.file, finding->place.line,
                       finding->place.column, finding->message, model_rule_name(finding->rule));
    }
}

static bool check_model(struct command_context *context, const struct model *model, struct error *error)
{
    print_findings(context, model);
    if (model_check(model, error))
        return true;
    context->document = json_pack("{s:o}", "findings", models_json_findings(model));
    return false;
}

static bool run(struct command_context *context, struct error *error)
{
    struct models_options options = {.environment = context->deck->options.environment, .cancel = context->cancel};
    struct models *models = models_read(context->memory, context->deck->settings, &options, error);
    if (!models)
        return false;
    if (models->said && *models->said)
        printer_note(context->printer, "%s", models->said);
    if (models->model && !check_model(context, models->model, error))
        return false;
    size_t count;
    const char *const *operands = arguments_operands(context->arguments, &count);
    const struct model_entity *only = NULL;
    if (count && !find(context, models, operands[0], &only, error))
        return false;
    if (arguments_has(context->arguments, "ddl"))
        return print_ddl(context, models, only, error);
    printer_document(context->printer, models_json(context->memory, models, only));
    print_models(context, models, only);
    return true;
}

static const struct option options[] = {
    {"ddl", 0, OPTION_FLAG, NULL, KIND_NONE, NULL, "Print the DDL that the models become."},
};

static const char *const examples[] = {
    "pgdeck models",
    "pgdeck models TestCase",
    "pgdeck models --ddl | psql scratch",
    NULL,
};

const struct command command_models = {
    .name = "models",
    .summary = "Show the declared entities, or their DDL.",
    .description =
        "Reads the models, from a folder of YAML and .sql files or from the program that pgdeck.yaml names, and lists "
        "their entities; with ENTITY, one with its columns and relationships. Nothing is connected.\n\n"
        "What is wrong in a model is refused with its file, line and column, and exit status 2; --verbose lists all of it.",
    .examples = examples,
    .options = options,
    .option_count = countof(options),
    .operands = {"[ENTITY]", 0, 1, KIND_NONE, NULL, "An entity by its name or its table's; default: all."},
    .needs = NEEDS_PROJECT,
    .effect = EFFECT_NONE,
    .run = run,
};
