/* Grants: what one role may do with one object (or column), where that is not what it may do by default. */
#include "migrate/kind_privileges.h"
#include "migrate/kinds/privileges.h"
#include "store/sql.h"

extern const char sql_grant[];

static const struct grant_object *as_grant(const struct object *object) { return (const struct grant_object *)object; }

/* Where the owner of an object stands: it has another name in every place. */
struct owner_place {
    const char *noun; /* the beginning of a target */
    const char *catalog, *column, *type;
};

static const struct owner_place owner_places[] = {
    {"TABLE ", "pg_class", "relowner", "regclass"},          {"SEQUENCE ", "pg_class", "relowner", "regclass"},
    {"FUNCTION ", "pg_proc", "proowner", "regprocedure"},    {"PROCEDURE ", "pg_proc", "proowner", "regprocedure"},
    {"SCHEMA ", "pg_namespace", "nspowner", "regnamespace"}, {"TYPE ", "pg_type", "typowner", "regtype"},
    {"DOMAIN ", "pg_type", "typowner", "regtype"},
};

static void emit_to_owner(struct emission *emission, const struct grant_object *grant,
                          const struct privilege_statement *statement)
{
    TALLOC_CTX *memory = emission_memory(emission);
    const struct owner_place *place = owner_places;
    while (strncmp(grant->target, place->noun, strlen(place->noun)) != 0)
        place++;
    const char *owner = talloc_asprintf(
        memory, "(SELECT %s::pg_catalog.regrole FROM pg_catalog.%s WHERE oid = %s::pg_catalog.%s)", place->column,
        place->catalog, sql_literal(memory, grant->target + strlen(place->noun)), place->type);
    const char *behind =
        *statement->behind ? talloc_asprintf(memory, " || %s", sql_literal(memory, statement->behind)) : "";
    const char *body =
        talloc_asprintf(memory, "BEGIN EXECUTE %s || %s%s; END", sql_literal(memory, statement->before), owner, behind);
    emit(emission, EMIT_PLAIN, "DO %s", sql_literal(memory, body));
}

void grant_write(struct emission *emission, const struct grant_object *grant,
                 const struct privilege_statements *statements)
{
    for (size_t i = 0; i < statements->count; i++) {
        const struct privilege_statement *statement = &statements->items[i];
        if (!strcmp(grant->grantee, "OWNER"))
            emit_to_owner(emission, grant, statement);
        else
            emit(emission, EMIT_PLAIN, "%s%s%s", statement->before, grant->grantee, statement->behind);
    }
}

/* ---- what a REVOKE takes besides ---- */

/* A REVOKE on a relation revokes on its columns, too; one with CASCADE what others were given. Gives back what is to
 * stay of one grant. What is new comes later, by its own create. */
static void give_back(struct emission *emission, const struct object *object, const struct grant_object *revoked,
                      const struct privilege_statements *statements)
{
    const struct grant_object *grant = as_grant(object);
    bool is_same_role = !strcmp(grant->grantee, revoked->grantee);
    bool is_column = grant->column && !revoked->column && is_same_role;
    if (emission_is_new(emission, object) || !(is_column || (statements->is_cascade && !is_same_role)))
        return;
    TALLOC_CTX *memory = emission_memory(emission);
    const char *lost = privileges_common(memory, grant->value, statements->revoked);
    struct privilege_statements gifts = privileges_change(memory, grant->target, grant->column, NULL, lost);
    grant_write(emission, grant, &gifts);
}

static void give_back_all(struct emission *emission, const struct object *parent, const struct grant_object *revoked,
                          const struct privilege_statements *statements)
{
    const struct object *const *grants = emission_all_children(emission, parent, KIND_grant);
    for (size_t i = 0; grants[i]; i++)
        give_back(emission, grants[i], revoked, statements);
    const struct object *const *columns = emission_all_children(emission, parent, KIND_column);
    for (size_t i = 0; columns[i]; i++)
        give_back_all(emission, columns[i], revoked, statements);
}

/* parent: in TO; NULL: it is not there. */
static void change(struct emission *emission, const struct object *object, const struct object *parent,
                   const char *from, const char *to)
{
    const struct grant_object *grant = as_grant(object);
    struct privilege_statements statements =
        privileges_change(emission_memory(emission), grant->target, grant->column, from, to);
    grant_write(emission, grant, &statements);
    if (statements.revoked && parent)
        give_back_all(emission, parent, grant, &statements);
}

static void create(struct emission *emission, const struct object *object)
{
    change(emission, object, object->parent_object, as_grant(object)->by_default, as_grant(object)->value);
}

static void drop(struct emission *emission, const struct object *object)
{
    const struct object *parent = object->parent_object ? emission_counterpart(emission, object->parent_object) : NULL;
    change(emission, object, parent, as_grant(object)->value, as_grant(object)->by_default);
}

static void alter(struct emission *emission, const struct object *from, const struct object *to)
{
    change(emission, to, to->parent_object, as_grant(from)->value, as_grant(to)->value);
}

static const struct field fields[] = {
    FIELD(struct grant_object, value, .role = FIELD_ALTER, .severity = SEVERITY_BEHAVIOURAL, .alter = alter),
    FIELD(struct grant_object, by_default, .role = FIELD_FACT),
    FIELD(struct grant_object, target, .role = FIELD_FACT),
    FIELD(struct grant_object, column, .role = FIELD_FACT),
    FIELD(struct grant_object, grantee, .role = FIELD_FACT),
};

const struct kind kind_grant = {
    .name = "grant",
    .title = "grant",
    .noun = "GRANT",
    .queries = (const struct kind_query[]){{120000, sql_grant}, {0, NULL}},
    .size_bytes = sizeof(struct grant_object),
    .fields = fields,
    .field_count = countof(fields),
    .create = create,
    .drop = drop,
    .compared = KIND_PRIVILEGES,
};
