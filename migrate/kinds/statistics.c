/* Extended statistics: what is gathered, not what was. */
#include "migrate/kind.h"

extern const char sql_statistics[];

struct statistics_object {
    struct object base;
    const char *kinds;   /* "ndistinct, dependencies"; NULL: of one expression alone */
    const char *columns; /* and expressions */
    const char *target;  /* NULL: the default */
};

static const struct statistics_object *as_statistics(const struct object *object)
{
    return (const struct statistics_object *)object;
}

/* A function of an expression, a column that is made anew. Another type of a column empties them anyway. */
static bool is_disturbed(const struct object *object, const struct object *cause)
{
    return cause != object->parent_object;
}

static void alter_target(struct emission *emission, const struct object *from UNUSED, const struct object *to)
{
    const char *target = as_statistics(to)->target;
    emit(emission, EMIT_PLAIN, "ALTER STATISTICS %s SET STATISTICS %s", to->identity, target ? target : "-1");
}

static void create(struct emission *emission, const struct object *object)
{
    const struct statistics_object *statistics = as_statistics(object);
    bool is_usual = !statistics->kinds || !strcmp(statistics->kinds, "ndistinct, dependencies, mcv");
    const char *kinds_clause = is_usual ? "" : talloc_asprintf(emission_memory(emission), " (%s)", statistics->kinds);
    emit(emission, EMIT_PLAIN, "CREATE STATISTICS %s%s ON %s FROM %s", object->identity, kinds_clause,
         statistics->columns, object->parent);
    if (statistics->target)
        alter_target(emission, NULL, object);
}

static void rename_statistics(struct emission *emission, const struct object *from, const struct object *to)
{
    emit(emission, EMIT_PLAIN, "ALTER STATISTICS %s RENAME TO %s", from->identity, to->name);
}

static const struct field fields[] = {
    FIELD(struct statistics_object, kinds, .role = FIELD_REPLACE, .severity = SEVERITY_PERFORMANCE),
    FIELD(struct statistics_object, columns, .role = FIELD_REPLACE, .severity = SEVERITY_PERFORMANCE,
          .text = FIELD_EXPRESSION),
    FIELD(struct statistics_object, target, .role = FIELD_ALTER, .severity = SEVERITY_PERFORMANCE,
          .alter = alter_target),
};

const struct kind kind_statistics = {
    .name = "statistics",
    .title = "extended statistics",
    .noun = "STATISTICS",
    .queries = (const struct kind_query[]){{120000, sql_statistics}, {0, NULL}},
    .size_bytes = sizeof(struct statistics_object),
    .fields = fields,
    .field_count = countof(fields),
    .create = create,
    .rename = rename_statistics,
    .is_disturbed = is_disturbed,
};
