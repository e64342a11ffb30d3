/* Which column a sequence goes with: a facet of the sequence, for it comes behind the column, and the sequence before
 * it. */
#include "migrate/kinds/sequence.h"
#include "store/sql.h"

extern const char sql_sequence_owner[];

struct sequence_owner_object {
    struct object base;
    const char *owned_by;
};

static const struct sequence_owner_object *owner_of(const struct object *object)
{
    return (const struct sequence_owner_object *)object;
}

static void own(struct emission *emission, const struct object *object)
{
    emit(emission, EMIT_PLAIN, "ALTER SEQUENCE %s OWNED BY %s", object->parent, owner_of(object)->owned_by);
}

static bool is_counted(const struct object *column)
{
    static const char *const types[] = {"smallint", "integer", "bigint"};
    const char *type = field_value(column, &column->kind->fields[0]); /* its type */
    for (size_t i = 0; i < countof(types); i++)
        if (!strcmp(type, types[i]))
            return true;
    return false;
}

/* A new sequence for a column that was there before, and may hold rows: it goes on behind them. */
static void go_on(struct emission *emission, const struct object *object)
{
    const struct object *column = emission_find(emission, object, KIND_column, owner_of(object)->owned_by);
    if (!emission_is_new(emission, object->parent_object) || !column || emission_is_new(emission, column) ||
        !is_counted(column))
        return;
    const struct sequence_object *sequence = (const struct sequence_object *)object->parent_object;
    const char *most = *sequence->increment == '-' ? "min" : "max";
    emit(emission, EMIT_PLAIN,
         "SELECT pg_catalog.setval(%s, pg_catalog.%s(%s)) FROM %s HAVING pg_catalog.%s(%s) BETWEEN %s AND %s",
         sql_literal(emission_memory(emission), object->parent), most, column->name, column->parent, most, column->name,
         sequence->minimum_value, sequence->maximum_value);
}

static void create(struct emission *emission, const struct object *object)
{
    own(emission, object);
    go_on(emission, object);
}

static void alter(struct emission *emission, const struct object *from UNUSED, const struct object *to)
{
    own(emission, to);
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
