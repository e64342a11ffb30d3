/* Extensions: the schema they lie in. Their version is told and never a difference: it is the server's matter which one
 * is installed. What belongs to them is left out of snapshots. */
#include "migrate/kind.h"

extern const char sql_extension[];

struct extension_object {
    struct object base; /* its schema is an attribute */
    const char *quoted_schema, *version, *is_relocatable;
};

static bool is_fixed(const struct object *from, const struct object *to UNUSED)
{
    return !kind_is_true(((const struct extension_object *)from)->is_relocatable);
}

/* What uses a member of it keeps working: the server follows by number. */
static void alter_schema(struct emission *emission, const struct object *from UNUSED, const struct object *to)
{
    emit(emission, EMIT_PLAIN, "ALTER EXTENSION %s SET SCHEMA %s", to->identity,
         ((const struct extension_object *)to)->quoted_schema);
}

static void create(struct emission *emission, const struct object *object)
{
    emit(emission, EMIT_PLAIN, "CREATE EXTENSION %s WITH SCHEMA %s", object->identity,
         ((const struct extension_object *)object)->quoted_schema);
}

static const struct field fields[] = {
    {
        .name = "schema",
        .offset = offsetof(struct extension_object, base.schema),
        .role = FIELD_ALTER,
        .severity = SEVERITY_BREAKING,
        .must_replace = is_fixed,
        .alter = alter_schema,
    },
    FIELD(struct extension_object, version, .role = FIELD_NOTE),
    FIELD(struct extension_object, quoted_schema, .role = FIELD_FACT),
    FIELD(struct extension_object, is_relocatable, .role = FIELD_FACT),
};

const struct kind kind_extension = {
    .name = "extension",
    .title = "extension",
    .noun = "EXTENSION",
    .queries = (const struct kind_query[]){{120000, sql_extension}, {0, NULL}},
    .size_bytes = sizeof(struct extension_object),
    .fields = fields,
    .field_count = countof(fields),
    .create = create,
};
