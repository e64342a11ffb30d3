/* See selection.h. */
#include "migrate/compare/selection.h"

bool selection_has(const char *const *only_kinds, const struct object *object)
{
    const struct object *parent = object->parent_object;
    const struct kind *kind = object->kind->facet_attribute && parent ? parent->kind : object->kind;
    for (const char *const *name = only_kinds; name && *name; name++)
        if (!strcmp(*name, kind->name) || !strcmp(*name, object->kind->name))
            return true;
    return !only_kinds;
}

static bool stays(const struct emit_statement *statement, const char *const *only_kinds)
{
    const struct diff_item *item = statement->item;
    bool is_along_the_way = item->from && item->to && !item->changed && !item->is_renamed;
    return is_along_the_way || selection_has(only_kinds, item->from ? item->from : item->to);
}

void selection_cut(struct emit_script *script, const char *const *only_kinds)
{
    size_t kept = 0;
    script->loses_data = script->has_routines = false;
    script->transaction = SCRIPT_TRANSACTIONAL;
    for (size_t i = 0; i < script->count; i++) {
        const struct emit_statement *statement = &script->statements[i];
        if (!stays(statement, only_kinds))
            continue;
        script->loses_data |= (statement->traits & EMIT_LOSES_DATA) != 0;
        script->has_routines |=
            (diff_item_result(statement->item) ? diff_item_result(statement->item) : statement->item->from)
                ->kind->spaces &
            SPACE_ROUTINE;
        if (statement->traits & EMIT_OUTSIDE)
            script->transaction = SCRIPT_SPLIT;
        script->statements[kept++] = *statement;
    }
    script->count = kept;
}
