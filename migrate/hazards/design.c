/* What makes a schema slow, and shows only later: keys without an index, an index twice, tables without a primary key.
 * Told of what is so still when the file ends. */
#include "migrate/hazards/ruling.h"

static bool has_state(const struct fact_object *object, const char *state)
{
    return object->state && strstr(object->state, state);
}

/* A later statement of the file reads the table to make an index: this one's, as a rule. */
static bool gets_index_later(const struct ruling *ruling, const char *table)
{
    for (size_t i = ruling->index + 1; i < ruling->step->file->statements.count; i++) {
        const struct facts *facts = &ruling->step->facts[i];
        bool makes_index = false;
        for (size_t j = 0; j < facts->created_count; j++)
            makes_index = makes_index || !strcmp(facts->created[j].kind, "index");
        if (makes_index &&
            (ruling_lock_of(facts, table) >= LOCK_SHARE_UPDATE_EXCLUSIVE || !ruling_is_there(ruling, table)))
            return true;
    }
    return false;
}

static bool gets_key_later(const struct ruling *ruling, const char *table)
{
    for (size_t i = ruling->index + 1; i < ruling->step->file->statements.count; i++) {
        const struct facts *facts = &ruling->step->facts[i];
        for (size_t j = 0; j < facts->created_count; j++)
            if (!strcmp(facts->created[j].kind, "primary key") &&
                !strcmp(ruling_table_of(ruling, facts->created[j].name), table))
                return true;
    }
    return false;
}

static void judge_created(struct ruling *ruling, const struct fact_object *object)
{
    const char *table = ruling_table_of(ruling, object->name);
    const char *same = has_state(object, "the same as ") ? strstr(object->state, "the same as ") + 12 : NULL;
    if (!strcmp(object->kind, "foreign key") && has_state(object, "without an index") &&
        !gets_index_later(ruling, table))
        ruling_add(ruling, HAZARD_key_without_index, object->name,
                   talloc_asprintf(
                       ruling->owner,
                       "Build an index over the columns of the key first, in a file with the head line \"-- pgdeck: "
                       "no-transaction\":\nCREATE INDEX CONCURRENTLY ON %s (...);",
                       table),
                   "no index of %s begins with the columns of %s: each DELETE of a referenced row reads %s whole",
                   table, ruling_last_of(object->name), table);
    if (!strcmp(object->kind, "table") && has_state(object, "a foreign key without an index") &&
        !gets_index_later(ruling, object->name))
        ruling_add(ruling, HAZARD_key_without_index, object->name,
                   talloc_asprintf(ruling->owner, "Build it while the table is empty:\nCREATE INDEX ON %s (...);",
                                   object->name),
                   "a foreign key of %s has no index on its columns: each DELETE of a referenced row reads %s whole",
                   object->name, object->name);
    if (!strcmp(object->kind, "index") && same)
        ruling_add(ruling, HAZARD_same_index, object->name, "Leave it out, or drop the other one.",
                   "%s is the same as %s", object->name, same);
    if (!strcmp(object->kind, "table") && has_state(object, "without a primary key") &&
        !gets_key_later(ruling, object->name))
        ruling_add(ruling, HAZARD_no_primary_key, object->name,
                   talloc_asprintf(ruling->owner,
                                   "Give it one while it is empty:\nALTER TABLE %s ADD PRIMARY KEY (...);",
                                   object->name),
                   "%s has no primary key", object->name);
}

void ruling_design(struct ruling *ruling)
{
    for (size_t i = 0; i < ruling->facts->created_count; i++)
        judge_created(ruling, &ruling->facts->created[i]);
}
