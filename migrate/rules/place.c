/* Where the models declare what a difference is about. */
#include "migrate/rules/place.h"

/* Whether a name as PostgreSQL quotes it is this one. */
static bool is_name(const char *quoted, const char *plain)
{
    if (!plain || *quoted != '"')
        return plain && !strcmp(quoted, plain);
    for (quoted++; *plain; plain++, quoted++) {
        quoted += *quoted == '"';
        if (*quoted != *plain)
            return false;
    }
    return !strcmp(quoted, "\"");
}

static const struct model_entity *entity_of(const struct model *model, const struct object *table)
{
    for (size_t i = 0; i < model->entity_count; i++) {
        const struct model_entity *entity = &model->entities[i];
        if (is_name(table->name, entity->table) &&
            (!entity->schema || (table->schema && !strcmp(table->schema, entity->schema))))
            return entity;
    }
    return NULL;
}

/* The line of a part of an entity: its own where it has a name there, else that of the entity. */
static struct model_place place_in(const struct model_entity *entity, const char *name)
{
    for (size_t i = 0; i < entity->column_count; i++)
        if (is_name(name, entity->columns[i].name))
            return entity->columns[i].place;
    for (size_t i = 0; i < entity->index_count; i++)
        if (is_name(name, entity->indexes[i].name))
            return entity->indexes[i].place;
    for (size_t i = 0; i < entity->unique_count; i++)
        if (is_name(name, entity->uniques[i].name))
            return entity->uniques[i].place;
    for (size_t i = 0; i < entity->check_count; i++)
        if (is_name(name, entity->checks[i].name))
            return entity->checks[i].place;
    for (size_t i = 0; i < entity->foreign_key_count; i++)
        if (is_name(name, entity->foreign_keys[i].name))
            return entity->foreign_keys[i].place;
    return entity->place;
}

struct model_place rule_place_in_models(const struct model *model, const struct object *object)
{
    const char *part = NULL;
    for (; model && object; part = object->name, object = object->parent_object) {
        const struct model_entity *entity = entity_of(model, object);
        if (entity && !strcmp(object->kind->name, "table"))
            return part ? place_in(entity, part) : entity->place;
    }
    return (struct model_place){0};
}
