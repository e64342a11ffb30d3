/* See composite.h. By way of JSON, whose objects are made and read by the names of attributes, on all levels. */
#include "migrate/kinds/composite.h"

#include "migrate/kind_list.h"

enum { LEVELS_MOST = 16 };

static bool is_array(const char *type)
{
    size_t size = strlen(type);
    return size > 2 && !strcmp(type + size - 2, "[]");
}

/* The composite that a type is, holds in its arrays, or is a domain of; or NULL. */
static const struct object *find_composite(struct emission *emission, const struct object *beside, const char *type)
{
    for (int level = 0; type && level < LEVELS_MOST; level++) {
        char *base = talloc_strdup(emission_memory(emission), type);
        if (is_array(base))
            base[strlen(base) - 2] = '\0';
        const struct object *composite = emission_find(emission, beside, KIND_composite, base);
        const struct object *domain = composite ? NULL : emission_find(emission, beside, KIND_domain, base);
        if (!domain)
            return composite;
        type = field_value(domain, &domain->kind->fields[0]); /* its type */
    }
    return NULL;
}

/* The type of an attribute: what stands between its name and COLLATE. */
static const char *attribute_type(TALLOC_CTX *owner, const char *item)
{
    const char *type = item + strlen(kind_list_name(owner, item)) + 1;
    const char *end = strstr(type, " COLLATE ");
    return talloc_strndup(owner, type, end ? (size_t)(end - type) : strlen(type));
}

static bool is_laid_out_anew(struct emission *emission, const struct object *composite, int level)
{
    TALLOC_CTX *memory = emission_memory(emission);
    const struct object *from = emission_counterpart(emission, composite);
    if (!from || level == LEVELS_MOST)
        return false;
    struct kind_list old = kind_list_split(memory, ((const struct composite_object *)from)->attributes);
    struct kind_list new = kind_list_split(memory, ((const struct composite_object *)composite)->attributes);
    if (old.count != new.count)
        return true;
    for (size_t i = 0; i < new.count; i++) {
        if (strcmp(kind_list_name(memory, old.items[i]), kind_list_name(memory, new.items[i])) != 0)
            return true;
        const struct object *part = find_composite(emission, composite, attribute_type(memory, new.items[i]));
        if (part && is_laid_out_anew(emission, part, level + 1))
            return true;
    }
    return false;
}

static bool goes_by_name(struct emission *emission, const struct object *column, const char *type)
{
    const struct object *composite = find_composite(emission, column, type);
    return composite && is_laid_out_anew(emission, composite, 0);
}

/* The helper for arrays: a USING takes no query. Arrays of one dimension; JSON of more is refused by the server. */
#define HELPER "pg_temp.bring_over"

const char *composite_using(struct emission *emission, const struct object *column, const char *type)
{
    if (!goes_by_name(emission, column, type))
        return NULL;
    if (!is_array(type))
        return talloc_asprintf(emission_memory(emission),
                               " USING pg_catalog.jsonb_populate_record(NULL::%s, pg_catalog.to_jsonb(%s))", type,
                               column->name);
    emit(emission, EMIT_PLAIN,
         "CREATE FUNCTION " HELPER "(jsonb) RETURNS %s LANGUAGE sql AS $$\n"
         "    SELECT CASE WHEN $1 IS NOT NULL THEN ARRAY(\n"
         "        SELECT pg_catalog.jsonb_populate_record(NULL::%.*s, nullif(e.value, 'null'))\n"
         "          FROM pg_catalog.jsonb_array_elements($1) WITH ORDINALITY AS e(value, place)\n"
         "         ORDER BY e.place) END\n"
         "$$",
         type, (int)strlen(type) - 2, type);
    return talloc_asprintf(emission_memory(emission), " USING " HELPER "(pg_catalog.to_jsonb(%s))", column->name);
}

void composite_using_end(struct emission *emission, const struct object *column, const char *type)
{
    if (is_array(type) && goes_by_name(emission, column, type))
        emit(emission, EMIT_PLAIN, "DROP FUNCTION " HELPER "(jsonb)");
}
