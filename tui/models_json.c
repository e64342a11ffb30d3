/* See models_json.h. */
#include "tui/models_json.h"

#include "store/sql.h"
#include "tui/answer.h"
#include "tui/printer.h"

const char *models_json_table(TALLOC_CTX *owner, const struct model_entity *entity)
{
    return answer_object(owner, sql_qualified(owner, entity->schema, entity->table));
}

static json_t *names_json(const struct model_names *names)
{
    json_t *array = json_array();
    for (size_t i = 0; i < names->count; i++)
        json_array_append_new(array, printer_json_text(names->items[i]));
    return array;
}

static json_t *columns_json(const struct model_entity *entity)
{
    static const char *const generates[] = {[GENERATE_NOTHING] = NULL, [GENERATE_SNOWFLAKE] = "snowflake"};
    static const char *const identities[] = {
        [IDENTITY_NONE] = NULL, [IDENTITY_ALWAYS] = "always", [IDENTITY_BY_DEFAULT] = "by_default"};
    json_t *array = json_array();
    for (size_t i = 0; i < entity->column_count; i++) {
        const struct model_column *column = &entity->columns[i];
        json_array_append_new(array,
                              json_pack("{s:o, s:o, s:b, s:b, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "name",
                                        printer_json_text(column->name), "type", printer_json_text(column->type.text),
                                        "nullable", column->is_nullable, "primary_key", column->is_primary_key,
                                        "default", printer_json_text(column->value.text), "computed",
                                        printer_json_text(column->computed.text), "generate",
                                        printer_json_text(generates[column->generate]), "identity",
                                        printer_json_text(identities[column->identity]), "collation",
                                        printer_json_text(column->collation), "comment",
                                        printer_json_text(column->comment), "mixin", printer_json_text(column->mixin)));
    }
    return array;
}

static json_t *constraints_json(const struct model_entity *entity)
{
    json_t *array = json_array();
    for (size_t i = 0; i < entity->unique_count; i++)
        json_array_append_new(array, json_pack("{s:s, s:o, s:o}", "kind", "unique", "name",
                                               printer_json_text(entity->uniques[i].name), "columns",
                                               names_json(&entity->uniques[i].columns)));
    for (size_t i = 0; i < entity->check_count; i++)
        json_array_append_new(array, json_pack("{s:s, s:o, s:o}", "kind", "check", "name",
                                               printer_json_text(entity->checks[i].name), "condition",
                                               printer_json_text(entity->checks[i].condition.text)));
    return array;
}

static json_t *indexes_json(const struct model_entity *entity)
{
    json_t *array = json_array();
    for (size_t i = 0; i < entity->index_count; i++) {
        const struct model_index *index = &entity->indexes[i];
        json_t *parts = json_array();
        for (size_t part = 0; part < index->part_count; part++)
            json_array_append_new(parts,
                                  printer_json_text(index->parts[part].column ? index->parts[part].column
                                                                              : index->parts[part].expression.text));
        json_array_append_new(array,
                              json_pack("{s:o, s:b, s:s, s:o, s:o}", "name", printer_json_text(index->name), "unique",
                                        index->is_unique, "method", index->method ? index->method : "btree", "columns",
                                        parts, "where", printer_json_text(index->predicate.text)));
    }
    return array;
}

static json_t *foreign_keys_json(TALLOC_CTX *owner, const struct model_entity *entity)
{
    json_t *array = json_array();
    for (size_t i = 0; i < entity->foreign_key_count; i++) {
        const struct model_foreign_key *key = &entity->foreign_keys[i];
        const char *table = answer_object(owner, sql_qualified(owner, key->schema, key->table));
        json_array_append_new(
            array, json_pack("{s:o, s:o, s:o, s:o, s:o, s:s, s:s}", "name", printer_json_text(key->name), "columns",
                             names_json(&key->columns), "entity", printer_json_text(key->to ? key->to->name : NULL),
                             "table", printer_json_text(table), "references",
                             names_json(key->targets.count || !key->to ? &key->targets : &key->to->primary_key),
                             "on_delete", key->on_delete ? key->on_delete : "NO ACTION", "on_update",
                             key->on_update ? key->on_update : "NO ACTION"));
    }
    return array;
}

static json_t *cascade_json(unsigned cascade)
{
    static const enum model_cascade bits[] = {CASCADE_SAVE, CASCADE_SOFT_DELETE, CASCADE_DELETE};
    json_t *array = json_array();
    for (size_t i = 0; i < countof(bits); i++)
        if (cascade & bits[i])
            json_array_append_new(array, json_string(model_cascade_name(bits[i])));
    return array;
}

static json_t *relationships_json(const struct model_entity *entity)
{
    json_t *array = json_array();
    for (size_t i = 0; i < entity->relationship_count; i++) {
        const struct model_relationship *one = &entity->relationships[i];
        json_array_append_new(
            array, json_pack("{s:o, s:s, s:s, s:o, s:o, s:o, s:s}", "name", printer_json_text(one->name), "to",
                             one->to->name, "kind", model_kind_name(one->kind), "key", names_json(&one->key),
                             "back_populates", printer_json_text(one->inverse ? one->inverse->name : NULL), "cascade",
                             cascade_json(one->cascade), "soft_delete", model_soft_delete_name(one->soft_delete)));
    }
    return array;
}

static json_t *entity_json(TALLOC_CTX *owner, const struct model_entity *entity)
{
    return json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:i}", "name", entity->name,
                     "table", printer_json_text(models_json_table(owner, entity)), "description",
                     printer_json_text(entity->description), "extends", names_json(&entity->mixins), "primary_key",
                     names_json(&entity->primary_key), "label", printer_json_text(entity->label), "soft_delete",
                     printer_json_text(entity->soft_delete), "columns", columns_json(entity), "constraints",
                     constraints_json(entity), "indexes", indexes_json(entity), "foreign_keys",
                     foreign_keys_json(owner, entity), "relationships", relationships_json(entity), "file",
                     printer_json_text(entity->place.file), "line", entity->place.line);
}

static json_t *type_json(TALLOC_CTX *owner, const struct model_type *type)
{
    static const char *const kinds[] = {[TYPE_ENUM] = "enum", [TYPE_DOMAIN] = "domain", [TYPE_COMPOSITE] = "composite"};
    return json_pack("{s:o, s:s, s:o, s:o, s:o, s:o, s:i}", "name",
                     printer_json_text(answer_object(owner, sql_qualified(owner, type->schema, type->name))), "kind",
                     kinds[type->kind], "labels", names_json(&type->labels), "type", printer_json_text(type->base.text),
                     "comment", printer_json_text(type->comment), "file", printer_json_text(type->place.file), "line",
                     type->place.line);
}

const char *models_json_kind(enum models_kind kind)
{
    static const char *const words[] = {
        [MODELS_NONE] = "none", [MODELS_DECLARED] = "declared", [MODELS_PRINTED] = "printed"};
    return words[kind];
}

json_t *models_json(TALLOC_CTX *owner, const struct models *models, const struct model_entity *only)
{
    json_t *entities = json_array(), *types = json_array();
    const struct model *model = models->model;
    for (size_t i = 0; model && i < model->entity_count; i++)
        if (!only || only == &model->entities[i])
            json_array_append_new(entities, entity_json(owner, &model->entities[i]));
    for (size_t i = 0; model && !only && i < model->type_count; i++)
        json_array_append_new(types, type_json(owner, &model->types[i]));
    return json_pack("{s:s, s:o, s:o, s:o}", "models", models_json_kind(models->kind), "source",
                     printer_json_text(models->source), "entities", entities, "types", types);
}

json_t *models_json_findings(const struct model *model)
{
    json_t *array = json_array();
    for (size_t i = 0; i < model->finding_count; i++) {
        const struct model_finding *finding = &model->findings[i];
        json_array_append_new(
            array, json_pack("{s:s, s:s, s:o, s:o, s:o, s:o, s:i, s:i}", "rule", model_rule_name(finding->rule),
                             "grade", finding->grade == MODEL_REMARK ? "remark" : "defect", "message",
                             printer_json_text(finding->message), "hint", printer_json_text(finding->hint), "object",
                             printer_json_text(finding->object), "file", printer_json_text(finding->place.file), "line",
                             finding->place.line, "column", finding->place.column));
    }
    return array;
}
