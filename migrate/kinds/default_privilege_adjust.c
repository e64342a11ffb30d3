/* What default privileges of the target make of a new object: they are given when it is made, wanted or not. Only those
 * of the role that runs the script count, which is the one that they do not name. */
#include "migrate/kind_privileges.h"
#include "migrate/kinds/privileges.h"

/* What a kind's objects are called there, in a GRANT, and what PUBLIC may do with them anyway. */
struct place {
    enum kind_id kind;
    const char *objects, *noun, *public;
};

static const struct place places[] = {
    {KIND_table, "TABLES", "TABLE", NULL},
    {KIND_view, "TABLES", "TABLE", NULL},
    {KIND_materialized_view, "TABLES", "TABLE", NULL},
    {KIND_sequence, "SEQUENCES", "SEQUENCE", NULL},
    {KIND_function, "FUNCTIONS", "FUNCTION", "EXECUTE"},
    {KIND_procedure, "FUNCTIONS", "PROCEDURE", "EXECUTE"},
    {KIND_aggregate, "FUNCTIONS", "FUNCTION", "EXECUTE"},
    {KIND_enum, "TYPES", "TYPE", "USAGE"},
    {KIND_domain, "TYPES", "DOMAIN", "USAGE"},
    {KIND_composite, "TYPES", "TYPE", "USAGE"},
    {KIND_range, "TYPES", "TYPE", "USAGE"},
    {KIND_schema, "SCHEMAS", "SCHEMA", NULL},
};

static const struct place *find_place(const struct object *object)
{
    for (size_t i = 0; i < countof(places); i++)
        if (object->kind == kinds[places[i].kind])
            return &places[i];
    return NULL;
}

static const struct default_privilege_object *as_privilege(const struct object *object)
{
    return (const struct default_privilege_object *)object;
}

static bool applies(struct emission *emission, const struct object *object, const struct object *made,
                    const struct place *place)
{
    const struct default_privilege_object *privilege = as_privilege(object);
    bool is_gone = emission_is_compared(emission, object) && !emission_counterpart(emission, object);
    bool is_place =
        !object->schema || (kind_same_text(object->schema, made->schema) && made->kind != kinds[KIND_schema]);
    return !is_gone && is_place && !privilege->role && !strcmp(privilege->target, place->objects);
}

/* What a new object gives to a role, all that applies taken together. */
static const char *find_given(struct emission *emission, const struct object *const *all, const struct object *made,
                              const struct place *place, const char *grantee)
{
    const char *given = NULL;
    bool is_for_all = false;
    for (size_t i = 0; all[i]; i++) {
        const struct default_privilege_object *privilege = as_privilege(all[i]);
        if (strcmp(privilege->grantee, grantee) != 0 || !applies(emission, all[i], made, place))
            continue;
        is_for_all = is_for_all || !all[i]->schema;
        given = privileges_union(emission_memory(emission), given, privilege->value);
    }
    bool has_more = !is_for_all && !strcmp(grantee, "PUBLIC");
    return has_more ? privileges_union(emission_memory(emission), given, place->public) : given;
}

/* The grant to a role on the object as it is wanted; NULL: there is none. */
static const struct grant_object *find_grant(struct emission *emission, const struct object *wanted,
                                             const char *grantee)
{
    const struct object *const *grants = emission_all_children(emission, wanted, KIND_grant);
    for (size_t i = 0; grants[i]; i++) {
        const struct grant_object *grant = (const struct grant_object *)grants[i];
        if (!grant->column && !strcmp(grant->grantee, grantee))
            return grant;
    }
    return NULL;
}

/* The create of a grant turns what is usual into its value: what is neither goes here, what is both must be there.
 * Where there is no grant, what is usual is wanted. */
static const char *find_wanted(TALLOC_CTX *owner, const struct grant_object *grant, const char *usual,
                               const char *given)
{
    if (!grant)
        return usual;
    const char *either = privileges_union(owner, grant->value, usual);
    return privileges_union(owner, privileges_common(owner, either, given),
                            privileges_common(owner, grant->value, usual));
}

static void adjust_one(struct emission *emission, const struct object *wanted, const struct place *place,
                       const struct default_privilege_object *privilege, const char *given)
{
    TALLOC_CTX *memory = emission_memory(emission);
    const struct grant_object *grant = find_grant(emission, wanted, privilege->grantee);
    const char *usual = !strcmp(privilege->grantee, "PUBLIC") ? place->public : privilege->by_default;
    const struct grant_object adjusted = {
        .target = talloc_asprintf(memory, "%s %s", place->noun, wanted->identity),
        .grantee = privilege->grantee,
    };
    struct privilege_statements statements =
        privileges_change(memory, adjusted.target, NULL, given, find_wanted(memory, grant, usual, given));
    grant_write(emission, &adjusted, &statements);
}

void default_privilege_adjust(struct emission *emission, const struct object *made)
{
    const struct place *place = find_place(made);
    const struct object *const *all = place ? emission_from_objects(emission, KIND_default_privilege) : NULL;
    for (size_t i = 0; all && all[i]; i++) {
        const struct default_privilege_object *privilege = as_privilege(all[i]);
        const struct object *wanted =
            emission_is_compared(emission, all[i]) ? made : emission_counterpart(emission, made);
        bool is_told = !wanted || !applies(emission, all[i], made, place);
        for (size_t j = 0; j < i && !is_told; j++)
            is_told =
                !strcmp(as_privilege(all[j])->grantee, privilege->grantee) && applies(emission, all[j], made, place);
        if (!is_told)
            adjust_one(emission, wanted, place, privilege, find_given(emission, all, made, place, privilege->grantee));
    }
}
