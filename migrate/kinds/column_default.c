/* Defaults of columns: a facet, for they come and go by themselves while their column changes its type. */
#include "migrate/kinds/column.h"
#include "migrate/kinds/heirs.h"

extern const char sql_column_default[];

static const struct column_default_object *as_default(const struct object *object)
{
    return (const struct column_default_object *)object;
}

static const char *clause(TALLOC_CTX *owner, const struct object *object)
{
    return talloc_asprintf(owner, "DEFAULT %s", as_default(object)->expression);
}

/* `what`: "SET DEFAULT now()". Reaches the heirs. The column: of TO. */
static void emit_change(struct emission *emission, const struct object *column, const char *what)
{
    emit(emission, EMIT_PLAIN, "ALTER TABLE %s ALTER COLUMN %s %s", column->parent, column->name, what);
    heirs_restore(emission, column, HEIRS_DEFAULT);
}

/* One that the parent's brings. */
static bool is_implied(const struct object *object) { return kind_is_true(as_default(object)->is_inherited); }

static bool is_brought(struct emission *emission, const struct object *object)
{
    const struct object *table = object->parent_object->parent_object;
    return is_implied(object) && column_is_implied(object->parent_object) &&
           (!emission_counterpart(emission, table) || heirs_are_linked(emission, table));
}

static bool is_echo(const struct object *from, const struct object *to) { return is_implied(from) && is_implied(to); }

static void set(struct emission *emission, const struct object *object)
{
    emit_change(emission, object->parent_object,
                talloc_asprintf(emission_memory(emission), "SET %s", clause(emission_memory(emission), object)));
}

static void create(struct emission *emission, const struct object *object)
{
    if (!is_brought(emission, object))
        set(emission, object);
}

static void alter(struct emission *emission, const struct object *from, const struct object *to)
{
    if (!is_echo(from, to) || !heirs_are_linked(emission, to->parent_object->parent_object))
        set(emission, to);
}

static void drop(struct emission *emission, const struct object *object)
{
    const struct object *column = emission_counterpart(emission, object->parent_object);
    if (!is_brought(emission, object)) /* of a column that goes, too, where what it calls goes before it */
        emit_change(emission, column ? column : object->parent_object, "DROP DEFAULT");
}

static bool is_disturbed(const struct object *object, const struct object *cause)
{
    (void)object;
    (void)cause;
    return true;
}

static const struct field fields[] = {
    FIELD(struct column_default_object, expression, .role = FIELD_ALTER, .severity = SEVERITY_BEHAVIOURAL,
          .text = FIELD_EXPRESSION, .alter = alter, .is_echo = is_echo),
    FIELD(struct column_default_object, is_inherited, .role = FIELD_FACT),
};

const struct kind kind_column_default = {
    .name = "column_default",
    .title = "default",
    .noun = "DEFAULT",
    .queries = (const struct kind_query[]){{120000, sql_column_default}, {0, NULL}},
    .size_bytes = sizeof(struct column_default_object),
    .fields = fields,
    .field_count = countof(fields),
    .severity = SEVERITY_BEHAVIOURAL,
    .is_implied = is_implied,
    .create = create,
    .clause = clause,
    .drop = drop,
    .is_disturbed = is_disturbed,
    .facet_attribute = "default",
};
