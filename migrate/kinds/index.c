/* Indexes of tables and materialized views. */
#include "migrate/kinds/column.h"
#include "migrate/kinds/indexed.h"

extern const char sql_index[];

struct index_object {
    struct object base;
    const char *is_unique, *definition, *is_valid, *options, *tablespace, *statistics, *replica_identity, *is_clustered;
    const char *is_partitioned, *has_expressions;
};

static const struct index_object *as_index(const struct object *object) { return (const struct index_object *)object; }

static struct indexed indexed_of(const struct object *object)
{
    const struct index_object *index = as_index(object);
    return (struct indexed){index->options, index->tablespace, index->replica_identity, index->is_clustered};
}

/* ---- statistics: "2=300, 3=0" ---- */

static bool next_target(const char **text, int *column, int *target)
{
    int used = 0;
    if (!*text || sscanf(*text, "%d=%d%n", column, target, &used) < 2)
        return false;
    *text += used;
    *text += strspn(*text, ", ");
    return true;
}

static void emit_target(struct emission *emission, const struct object *index, int column, int target)
{
    emit(emission, EMIT_PLAIN, "ALTER INDEX %s ALTER COLUMN %d SET STATISTICS %d", index->identity, column, target);
}

static bool has_target(const char *text, int wanted)
{
    int column, target;
    while (next_target(&text, &column, &target))
        if (column == wanted)
            return true;
    return false;
}

static void change_statistics(struct emission *emission, const struct object *index, const char *from, const char *to)
{
    int column, target;
    for (const char *text = from; next_target(&text, &column, &target);)
        if (!has_target(to, column))
            emit_target(emission, index, column, -1);
    for (const char *text = to; next_target(&text, &column, &target);)
        emit_target(emission, index, column, target);
}

/* ---- making ---- */

static void create(struct emission *emission, const struct object *object)
{
    const struct index_object *index = as_index(object);
    struct indexed indexed = indexed_of(object);
    /* A partitioned one that is not valid lacks partitions: it reaches none. */
    bool is_only = kind_is_true(index->is_partitioned) && !kind_is_true(index->is_valid);
    emit(emission, EMIT_PLAIN, "CREATE %sINDEX %s ON %s%s %s", kind_is_true(index->is_unique) ? "UNIQUE " : "",
         object->name, is_only ? "ONLY " : "", object->parent,
         indexed_definition(emission_memory(emission), index->definition, &indexed, "TABLESPACE"));
    change_statistics(emission, object, NULL, index->statistics);
    indexed_finish(emission, object, &indexed);
}

static void drop(struct emission *emission, const struct object *object)
{
    struct indexed indexed = indexed_of(object);
    emit(emission, EMIT_PLAIN, "DROP INDEX %s", object->identity);
    indexed_leave(emission, object, &indexed);
}

static void rename_index(struct emission *emission, const struct object *from, const struct object *to)
{
    emit(emission, EMIT_PLAIN, "ALTER INDEX %s RENAME TO %s", from->identity, to->name);
}

/* ---- alter ---- */

static void alter_options(struct emission *emission, const struct object *from, const struct object *to)
{
    indexed_alter_options(emission, to->identity, as_index(from)->options, as_index(to)->options);
}

static void alter_tablespace(struct emission *emission, const struct object *from, const struct object *to)
{
    (void)from;
    indexed_alter_tablespace(emission, to->identity, as_index(to)->tablespace);
}

static void alter_statistics(struct emission *emission, const struct object *from, const struct object *to)
{
    change_statistics(emission, to, as_index(from)->statistics, as_index(to)->statistics);
}

static void alter_replica_identity(struct emission *emission, const struct object *from, const struct object *to)
{
    (void)from;
    indexed_alter_replica_identity(emission, to, as_index(to)->replica_identity);
}

static void alter_clustered(struct emission *emission, const struct object *from, const struct object *to)
{
    (void)from;
    indexed_alter_clustered(emission, to, as_index(to)->is_clustered);
}

/* PostgreSQL makes it anew itself when a column changes its type, but not what computes with several of them. */
static bool is_disturbed(const struct object *object, const struct object *cause)
{
    if (cause->kind != kinds[KIND_column])
        return true;
    return kind_is_true(as_index(object)->has_expressions) || ((const struct column_object *)cause)->generated;
}

static const struct field fields[] = {
    FIELD(struct index_object, definition, .role = FIELD_REPLACE, .severity = SEVERITY_PERFORMANCE,
          .text = FIELD_EXPRESSION),
    FIELD(struct index_object, is_unique, .role = FIELD_REPLACE, .severity = SEVERITY_BEHAVIOURAL),
    FIELD(struct index_object, is_valid, .role = FIELD_REPLACE, .severity = SEVERITY_BEHAVIOURAL),
    FIELD(struct index_object, options, .role = FIELD_ALTER, .severity = SEVERITY_PERFORMANCE, .alter = alter_options),
    FIELD(struct index_object, tablespace, .role = FIELD_ALTER, .severity = SEVERITY_PERFORMANCE,
          .alter = alter_tablespace),
    FIELD(struct index_object, statistics, .role = FIELD_ALTER, .severity = SEVERITY_PERFORMANCE,
          .alter = alter_statistics),
    FIELD(struct index_object, replica_identity, .role = FIELD_ALTER, .severity = SEVERITY_BEHAVIOURAL,
          .alter = alter_replica_identity),
    FIELD(struct index_object, is_clustered, .role = FIELD_ALTER, .severity = SEVERITY_PERFORMANCE,
          .alter = alter_clustered),
    FIELD(struct index_object, is_partitioned, .role = FIELD_FACT),
    FIELD(struct index_object, has_expressions, .role = FIELD_FACT),
};

const struct kind kind_index = {
    .name = "index",
    .title = "index",
    .noun = "INDEX",
    .queries = (const struct kind_query[]){{120000, sql_index}, {0, NULL}},
    .size_bytes = sizeof(struct index_object),
    .fields = fields,
    .field_count = countof(fields),
    .spaces = SPACE_RELATION,
    .severity = SEVERITY_PERFORMANCE,
    .create = create,
    .drop = drop,
    .rename = rename_index,
    .is_disturbed = is_disturbed,
};
