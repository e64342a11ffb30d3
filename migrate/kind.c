/* See kind.h: the table of kinds, and what all of them share. What writes is in emit.c. */
#include "migrate/kind.h"

#define KIND(name) extern const struct kind kind_##name;
#include "migrate/kinds.def"
#undef KIND

const struct kind *const kinds[KIND_COUNT] = {
#define KIND(name) [KIND_##name] = &kind_##name,
#include "migrate/kinds.def"
#undef KIND
};

_Static_assert(KIND_COUNT < 64, "a set of kinds is a 64-bit mask");

enum kind_id kind_id(const struct kind *kind)
{
    size_t id = 0;
    while (id < KIND_COUNT && kinds[id] != kind)
        id++;
    return (enum kind_id)id;
}

const struct kind *kind_find(const char *name)
{
    for (size_t i = 0; i < KIND_COUNT; i++)
        if (!strcmp(kinds[i]->name, name))
            return kinds[i];
    return NULL;
}

const char *field_value(const struct object *object, const struct field *field)
{
    const char *value;
    memcpy(&value, (const char *)object + field->offset, sizeof value);
    return value;
}

const char *kind_value(const struct object *object, const char *field)
{
    for (size_t i = 0; i < object->kind->field_count; i++)
        if (!strcmp(object->kind->fields[i].name, field))
            return field_value(object, &object->kind->fields[i]);
    return NULL;
}

bool field_differs(const struct field *field, const struct object *from, const struct object *to)
{
    if (field->role == FIELD_FACT || kind_same_text(field_value(from, field), field_value(to, field)))
        return false;
    return !field->is_same || !field->is_same(from, to);
}

const char *kind_phrase(TALLOC_CTX *owner, const struct object *object)
{
    const struct kind *kind = object->kind;
    return kind->phrase ? kind->phrase(owner, object) : talloc_asprintf(owner, "%s %s", kind->noun, object->identity);
}

bool kind_same_text(const char *one, const char *other)
{
    return one == other || (one && other && !strcmp(one, other));
}

bool kind_is_true(const char *text) { return text && !strcmp(text, "true"); }
