/* See heirs.h. */
#include "migrate/kinds/heirs.h"

#include "migrate/kinds/column.h"
#include "migrate/kinds/table.h"

static const struct object *facet_of(struct emission *emission, const struct object *table)
{
    return emission_all_children(emission, table, KIND_inheritance)[0];
}

bool heirs_are_linked(struct emission *emission, const struct object *table)
{
    const struct object *other = emission_counterpart(emission, table), *facet = facet_of(emission, table);
    if (!other)
        return false;
    if (facet)
        return emission_counterpart(emission, facet) && !emission_is_new(emission, facet);
    const char *type = ((const struct table_object *)table)->of_type;
    return type && kind_same_text(type, ((const struct table_object *)other)->of_type);
}

static const struct object *find_child(struct emission *emission, const struct object *table, const struct object *like)
{
    const struct object *const *all = emission_all_children(emission, table, kind_id(like->kind));
    while (*all && strcmp((*all)->name, like->name) != 0)
        all++;
    return *all;
}

static bool is_there(struct emission *emission, const struct object *facet)
{
    return !emission_is_new(emission, facet) && !emission_is_new(emission, facet->parent_object);
}

/* ---- values ---- */

/* One that follows its parent's needs nothing; one that differs is set by a step of its own. */
static void restore_default(struct emission *emission, const struct object *column)
{
    const struct object *facet = emission_all_children(emission, column, KIND_column_default)[0];
    const struct object *from = facet ? emission_counterpart(emission, facet) : NULL;
    const struct column_default_object *one = (const struct column_default_object *)from;
    const struct column_default_object *other = (const struct column_default_object *)facet;
    if (!from || kind_is_true(other->is_inherited) || emission_is_new(emission, facet) ||
        !kind_same_text(one->expression, other->expression))
        return;
    emit(emission, EMIT_PLAIN, "ALTER TABLE %s ALTER COLUMN %s SET %s", column->parent, column->name,
         facet->kind->clause(emission_memory(emission), facet));
}

static void restore(struct emission *emission, const struct column_object *column, enum heirs_value value)
{
    TALLOC_CTX *memory = emission_memory(emission);
    const char *change = NULL;
    switch (value) {
    case HEIRS_NOT_NULL:
        if (!kind_is_true(column->nullable) && column_owns(column, "nullable"))
            change = "SET NOT NULL";
        break;
    case HEIRS_STORAGE:
        if (column_owns(column, "storage"))
            change = talloc_asprintf(memory, "SET STORAGE %s", column->real_storage);
        break;
    case HEIRS_COMPRESSION:
        if (column_owns(column, "compression"))
            change =
                talloc_asprintf(memory, "SET COMPRESSION %s", column->compression ? column->compression : "default");
        break;
    case HEIRS_DEFAULT:
        restore_default(emission, &column->base);
        break;
    }
    if (change)
        emit(emission, EMIT_PLAIN, "ALTER TABLE %s ALTER COLUMN %s %s", column->base.parent, column->base.name, change);
}

static void restore_below(struct emission *emission, const struct object *table, const struct object *column,
                          enum heirs_value value)
{
    const struct object *const *facets = emission_dependents(emission, table, KIND_inheritance);
    for (size_t i = 0; facets[i]; i++) {
        const struct object *heir = facets[i]->parent_object;
        const struct object *theirs =
            heir != table && is_there(emission, facets[i]) ? find_child(emission, heir, column) : NULL;
        if (!theirs)
            continue;
        restore(emission, (const struct column_object *)theirs, value);
        restore_below(emission, heir, column, value);
    }
}

void heirs_restore(struct emission *emission, const struct object *column, enum heirs_value value)
{
    restore_below(emission, column->parent_object, column, value);
}
