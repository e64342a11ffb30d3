/* Default privileges: what one role may do with objects that another will make. */
#include "migrate/kind_privileges.h"
#include "migrate/kinds/privileges.h"

extern const char sql_default_privilege[];

static const struct default_privilege_object *as_privilege(const struct object *object)
{
    return (const struct default_privilege_object *)object;
}

static void change(struct emission *emission, const struct default_privilege_object *privilege, const char *from,
                   const char *to)
{
    TALLOC_CTX *memory = emission_memory(emission);
    struct privilege_statements statements = privileges_change(memory, privilege->target, NULL, from, to);
    const char *place = privilege->place ? talloc_asprintf(memory, "%s ", privilege->place) : "";
    const char *grantee = strcmp(privilege->grantee, "OWNER") != 0 ? privilege->grantee
                          : privilege->role                        ? privilege->role
                                                                   : "CURRENT_USER";
    for (size_t i = 0; i < statements.count; i++)
        emit(emission, EMIT_PLAIN, "ALTER DEFAULT PRIVILEGES %s%s%s%s", place, statements.items[i].before, grantee,
             statements.items[i].behind);
}

static void create(struct emission *emission, const struct object *object)
{
    change(emission, as_privilege(object), as_privilege(object)->by_default, as_privilege(object)->value);
}

static void drop(struct emission *emission, const struct object *object)
{
    change(emission, as_privilege(object), as_privilege(object)->value, as_privilege(object)->by_default);
}

static void alter(struct emission *emission, const struct object *from, const struct object *to)
{
    change(emission, as_privilege(to), as_privilege(from)->value, as_privilege(to)->value);
}

static const struct field fields[] = {
    FIELD(struct default_privilege_object, value, .role = FIELD_ALTER, .severity = SEVERITY_BEHAVIOURAL,
          .alter = alter),
    FIELD(struct default_privilege_object, by_default, .role = FIELD_FACT),
    FIELD(struct default_privilege_object, place, .role = FIELD_FACT),
    FIELD(struct default_privilege_object, role, .role = FIELD_FACT),
    FIELD(struct default_privilege_object, target, .role = FIELD_FACT),
    FIELD(struct default_privilege_object, grantee, .role = FIELD_FACT),
};

const struct kind kind_default_privilege = {
    .name = "default_privilege",
    .title = "default privilege",
    .noun = "DEFAULT PRIVILEGE",
    .queries = (const struct kind_query[]){{120000, sql_default_privilege}, {0, NULL}},
    .size_bytes = sizeof(struct default_privilege_object),
    .fields = fields,
    .field_count = countof(fields),
    .create = create,
    .adjust = default_privilege_adjust,
    .drop = drop,
    .compared = KIND_PRIVILEGES,
};
