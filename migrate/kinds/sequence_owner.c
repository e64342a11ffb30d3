/* Which column a sequence goes with: a facet of the sequence, for it comes behind the column, and the sequence before
 * it. */
#include "migrate/kind.h"

extern const char sql_sequence_owner[];

struct sequence_owner_object {
    struct object base;
    const char *owned_by;
};

static void create(struct emission *emission, const struct object *object)
{
    emit(emission, EMIT_PLAIN, "ALTER SEQUENCE %s OWNED BY %s", object->parent,
         ((const struct sequence_owner_object *)object)->owned_by);
}

static void alter(struct emission *emission, const struct object *from UNUSED, const struct object *to)
{
    create(emission, to);
}

static void drop(struct emission *emission, const struct object *object)
{
    emit(emission, EMIT_PLAIN, "ALTER SEQUENCE %s OWNED BY NONE", object->parent);
}

static const struct field fields[] = {
    FIELD(struct sequence_owner_object, owned_by, .role = FIELD_ALTER, .severity = SEVERITY_BEHAVIOURAL,
          .alter = alter),
};

const struct kind kind_sequence_owner = {
    .name = "sequence_owner",
    .title = "owner of a sequence",
    .noun = "SEQUENCE",
    .queries = (const struct kind_query[]){{120000, sql_sequence_owner}, {0, NULL}},
    .size_bytes = sizeof(struct sequence_owner_object),
    .fields = fields,
    .field_count = countof(fields),
    .severity = SEVERITY_BEHAVIOURAL,
    .create = create,
    .drop = drop,
    .facet_attribute = "owned_by",
};
