/* Where the models declare, and a script makes, what a difference is about. */
#include "migrate/rules/place.h"

#include <ctype.h>
#include <strings.h>

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

/* ---- scripts ---- */

static bool is_part_of_word(char c) { return isalnum((unsigned char)c) || c == '_' || (c & 0x80); }

/* Behind the first place from `at` on where a name stands as a word of its own; NULL: nowhere. */
static const char *behind_word(const char *at, const char *start, const char *end, const char *quoted)
{
    bool is_quoted = *quoted == '"';
    size_t size = strlen(quoted) - (is_quoted ? 2 : 0);
    const char *word = quoted + is_quoted;
    for (; size && at + size <= end; at++)
        if (!strncasecmp(at, word, size) && (at == start || !is_part_of_word(at[-1])) &&
            (at + size == end || !is_part_of_word(at[size])))
            return at + size;
    return NULL;
}

static bool defines(const struct statement *statement)
{
    return statement->size_bytes > 6 &&
           (!strncasecmp(statement->text, "create", 6) || !strncasecmp(statement->text, "alter", 5));
}

int rule_line_in_script(const struct script *script, const struct object *object)
{
    const struct object *whole = object ? object->parent_object : NULL;
    for (size_t i = 0; script && object && i < script->statements.count; i++) {
        const struct statement *statement = &script->statements.items[i];
        const char *start = statement->text, *end = start + statement->size_bytes;
        if (!defines(statement))
            continue;
        const char *at = whole ? behind_word(start, start, end, whole->name) : start;
        at = at ? behind_word(at, start, end, object->name) : NULL;
        if (!at && whole && behind_word(start, start, end, whole->name))
            at = behind_word(start, start, end, object->name); /* an index stands before its table */
        if (!at)
            continue;
        int line = statement->line;
        for (const char *c = start; c < at; c++)
            line += *c == '\n';
        return line;
    }
    return 0;
}
