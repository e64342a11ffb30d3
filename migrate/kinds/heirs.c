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
        return !emission_is_new(emission, facet);
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

/* One that is set by a step of its own, or that stays. */
static void restore_default(struct emission *emission, const struct object *column)
{
    const struct object *facet = emission_all_children(emission, column, KIND_column_default)[0];
    const struct object *from = facet ? emission_counterpart(emission, facet) : NULL;
    if (!from || emission_is_new(emission, facet))
        return;
    for (size_t i = 0; i < facet->kind->field_count; i++)
        if (field_differs(&facet->kind->fields[i], from, facet))
            return;
    emit(emission, EMIT_PLAIN, "ALTER TABLE %s ALTER COLUMN %s SET %s", column->parent, column->name,
         facet->kind->clause(emission_memory(emission), facet));
}

static void restore(struct emission *emission, const struct column_object *column, enum heirs_value value)
{
    const char *change = NULL;
    switch (value) {
    case HEIRS_NOT_NULL:
        change = kind_same_text(column->nullable, "false") ? "SET NOT NULL" : NULL;
        break;
    case HEIRS_STORAGE:
        change =
            column->storage ? talloc_asprintf(emission_memory(emission), "SET STORAGE %s", column->all_storage) : NULL;
        break;
    case HEIRS_COMPRESSION:
        change = column->compression
                     ? talloc_asprintf(emission_memory(emission), "SET COMPRESSION %s", column->all_compression)
                     : NULL;
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

/* ---- drops ---- */

void heirs_drop(struct emission *emission, const struct object *object)
{
    const struct object *const *facets = emission_dependents(emission, object->parent_object, KIND_inheritance);
    for (size_t i = 0; facets[i]; i++) {
        const struct object *heir = facets[i]->parent_object;
        const struct object *theirs = heir != object->parent_object ? find_child(emission, heir, object) : NULL;
        if (!theirs || emission_counterpart(emission, theirs) || !emission_counterpart(emission, heir))
            continue;
        bool is_column = theirs->kind == kinds[KIND_column];
        if (is_column && !kind_is_true(((const struct column_object *)theirs)->is_local))
            continue;
        emit(emission, is_column ? EMIT_LOSES_DATA : EMIT_PLAIN, "ALTER TABLE %s DROP %s %s", theirs->parent,
             is_column ? "COLUMN" : "CONSTRAINT", theirs->name);
        heirs_drop(emission, theirs);
    }
}
