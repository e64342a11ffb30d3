/* Materialized views. Their rows are derived: replacing one loses nothing. Its indexes are a kind of their own. */
#include "migrate/kind_list.h"
#include "migrate/kinds/options.h"

extern const char sql_materialized_view[];

struct materialized_view_object {
    struct object base;
    const char *definition, *populated, *options, *access_method, *tablespace;
    const char *column_storage, *column_compression, *column_statistics, *column_options, *column_comments;
};

static const struct materialized_view_object *as_view(const struct object *object)
{
    return (const struct materialized_view_object *)object;
}

/* ---- decisions ---- */

/* SET STORAGE DEFAULT came with 16: before, a column's storage goes back only in a new view. */
static bool has_less_storage(const struct object *from, const struct object *to)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    struct kind_list old = kind_list_split(memory, as_view(from)->column_storage),
                     new = kind_list_split(memory, as_view(to)->column_storage);
    bool is_less = false;
    for (size_t i = 0; !is_less && i < old.count; i++)
        is_less = kind_list_find(&new, kind_list_name(memory, old.items[i])) == new.count;
    talloc_free(memory);
    return is_less;
}

static bool is_disturbed(const struct object *object UNUSED, const struct object *cause UNUSED) { return true; }

/* ---- statements ---- */

static const char *alter_phrase(struct emission *emission, const struct object *object)
{
    return talloc_asprintf(emission_memory(emission), "ALTER MATERIALIZED VIEW %s", object->identity);
}

/* What one kind of item sets ("total STATISTICS 100": SET STATISTICS 100), and what takes it back. */
static void alter_items(struct emission *emission, const struct object *object, const char *from, const char *to,
                        const char *reset)
{
    TALLOC_CTX *memory = emission_memory(emission);
    struct kind_list old = kind_list_split(memory, from), new = kind_list_split(memory, to);
    for (size_t i = 0; i < old.count; i++) {
        const char *column = kind_list_name(memory, old.items[i]);
        if (kind_list_find(&new, column) == new.count)
            emit(emission, EMIT_PLAIN, "ALTER MATERIALIZED VIEW %s ALTER COLUMN %s %s", object->identity, column,
                 reset);
    }
    for (size_t i = 0; i < new.count; i++)
        if (!kind_list_has(&old, new.items[i]))
            emit(emission, EMIT_PLAIN, "ALTER MATERIALIZED VIEW %s ALTER COLUMN %s SET %s", object->identity,
                 kind_list_name(memory, new.items[i]), kind_list_rest(new.items[i]));
}

static void alter_options(struct emission *emission, const struct object *from, const struct object *to)
{
    options_change(emission, alter_phrase(emission, to), as_view(from)->options, as_view(to)->options);
}

static void alter_tablespace(struct emission *emission, const struct object *from UNUSED, const struct object *to)
{
    const char *tablespace = as_view(to)->tablespace;
    emit(emission, EMIT_PLAIN, "%s SET TABLESPACE %s", alter_phrase(emission, to),
         tablespace ? tablespace : "pg_default");
}

static void alter_storage(struct emission *emission, const struct object *from, const struct object *to)
{
    alter_items(emission, to, from ? as_view(from)->column_storage : NULL, as_view(to)->column_storage,
                "SET STORAGE DEFAULT");
}

static void alter_compression(struct emission *emission, const struct object *from, const struct object *to)
{
    alter_items(emission, to, from ? as_view(from)->column_compression : NULL, as_view(to)->column_compression,
                "SET COMPRESSION default");
}

static void alter_statistics(struct emission *emission, const struct object *from, const struct object *to)
{
    alter_items(emission, to, from ? as_view(from)->column_statistics : NULL, as_view(to)->column_statistics,
                "SET STATISTICS -1");
}

/* There are two of them, and RESET takes what is not set. */
static void alter_column_options(struct emission *emission, const struct object *from, const struct object *to)
{
    if (from)
        alter_items(emission, to, as_view(from)->column_options, NULL, "RESET (n_distinct, n_distinct_inherited)");
    alter_items(emission, to, NULL, as_view(to)->column_options, "");
}

static void alter_comments(struct emission *emission, const struct object *from, const struct object *to)
{
    kind_list_alter_comments(emission, to->identity, from ? as_view(from)->column_comments : NULL,
                             as_view(to)->column_comments);
}

/* " WORD text", or nothing where there is no text. */
static const char *clause(TALLOC_CTX *owner, const char *format, const char *text)
{
    return text ? talloc_asprintf(owner, "%s%s%s", format, text, strchr(format, '(') ? ")" : "") : "";
}

/* Whether it holds rows is not its definition: a job may have filled it, or not yet. One that does keeps doing so. */
static bool is_populated(const struct emission *emission, const struct object *object)
{
    const struct object *counterpart = emission_counterpart(emission, object);
    return kind_is_true(as_view(object)->populated) || (counterpart && kind_is_true(as_view(counterpart)->populated));
}

static void create(struct emission *emission, const struct object *object)
{
    const struct materialized_view_object *view = as_view(object);
    TALLOC_CTX *memory = emission_memory(emission);
    emit(emission, EMIT_PLAIN, "CREATE MATERIALIZED VIEW %s%s%s%s AS\n%s\nWITH %sDATA", object->identity,
         clause(memory, " USING ", view->access_method),
         clause(memory, " WITH (", view->options ? options_list(memory, view->options) : NULL),
         clause(memory, " TABLESPACE ", view->tablespace), view->definition,
         is_populated(emission, object) ? "" : "NO ");
    alter_storage(emission, NULL, object);
    alter_compression(emission, NULL, object);
    alter_statistics(emission, NULL, object);
    alter_column_options(emission, NULL, object);
    alter_comments(emission, NULL, object);
}

static const struct field fields[] = {
    FIELD(struct materialized_view_object, definition, .role = FIELD_REPLACE, .severity = SEVERITY_BEHAVIOURAL,
          .text = FIELD_EXPRESSION),
    FIELD(struct materialized_view_object, populated, .role = FIELD_NOTE),
    FIELD(struct materialized_view_object, options, .role = FIELD_ALTER, .severity = SEVERITY_PERFORMANCE,
          .alter = alter_options),
    FIELD(struct materialized_view_object, access_method, .role = FIELD_REPLACE, .severity = SEVERITY_PERFORMANCE),
    FIELD(struct materialized_view_object, tablespace, .role = FIELD_ALTER, .severity = SEVERITY_PERFORMANCE,
          .alter = alter_tablespace),
    FIELD(struct materialized_view_object, column_storage, .role = FIELD_ALTER, .severity = SEVERITY_PERFORMANCE,
          .must_replace = has_less_storage, .alter = alter_storage),
    FIELD(struct materialized_view_object, column_compression, .role = FIELD_ALTER, .severity = SEVERITY_PERFORMANCE,
          .alter = alter_compression),
    FIELD(struct materialized_view_object, column_statistics, .role = FIELD_ALTER, .severity = SEVERITY_PERFORMANCE,
          .alter = alter_statistics),
    FIELD(struct materialized_view_object, column_options, .role = FIELD_ALTER, .severity = SEVERITY_PERFORMANCE,
          .alter = alter_column_options),
    FIELD(struct materialized_view_object, column_comments, .role = FIELD_ALTER, .severity = SEVERITY_COSMETIC,
          .alter = alter_comments),
};

const struct kind kind_materialized_view = {
    .name = "materialized_view",
    .title = "materialized view",
    .noun = "MATERIALIZED VIEW",
    .queries = (const struct kind_query[]){{120000, sql_materialized_view}, {0, NULL}},
    .size_bytes = sizeof(struct materialized_view_object),
    .fields = fields,
    .field_count = countof(fields),
    .spaces = SPACE_RELATION | SPACE_TYPE,
    .create = create,
    .is_disturbed = is_disturbed,
};
