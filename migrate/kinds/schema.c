/* Schemas: a name and a comment. Their owner is not compared. */
#include "migrate/kind.h"

extern const char sql_schema[];

struct schema_object {
    struct object base;
};

static void create(struct emission *emission, const struct object *object)
{
    emit(emission, EMIT_PLAIN, "CREATE SCHEMA %s", object->identity);
}

const struct kind kind_schema = {
    .name = "schema",
    .title = "schema",
    .noun = "SCHEMA",
    .queries = (const struct kind_query[]){{120000, sql_schema}, {0, NULL}},
    .size_bytes = sizeof(struct schema_object),
    .spaces = SPACE_SCHEMA,
    .create = create,
};
