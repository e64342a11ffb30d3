/* Publications: what is published, and how. Who subscribes is no schema. */
#include "migrate/kind_list.h"
#include "store/sql.h"

extern const char sql_publication[], sql_publication_12[];

struct publication_object {
    struct object base;
    const char *all_tables;
    const char *tables; /* "app.orders (id, total) WHERE ((total > 0)), app.log" */
    const char *schemas;
    const char *publish; /* "insert, update" */
    const char *publish_via_partition_root, *publish_generated_columns;
};

static const struct publication_object *as_publication(const struct object *object)
{
    return (const struct publication_object *)object;
}

/* A table that is made anew leaves the publication; a column that a WHERE uses cannot get another type. */
static bool is_disturbed(const struct object *object UNUSED, const struct object *cause UNUSED) { return true; }

static const char *add_items(TALLOC_CTX *owner, const char *text, const char *tables, const char *word)
{
    struct kind_list list = kind_list_split(owner, tables);
    for (size_t i = 0; i < list.count; i++)
        text =
            talloc_asprintf(owner, "%s%s%s%s%s", text, *text ? ", " : "", i ? "" : word, i ? "" : " ", list.items[i]);
    return text;
}

/* "TABLE app.a, app.b (x), TABLES IN SCHEMA app"; "" where nothing is published. */
static const char *list_items(TALLOC_CTX *owner, const struct publication_object *publication)
{
    return add_items(owner, add_items(owner, "", publication->tables, "TABLE"), publication->schemas,
                     "TABLES IN SCHEMA");
}

/* Options as WITH and SET take them. What a new publication has anyway, and what the server does not know (NULL), is
 * left out. */
static const char *list_options(TALLOC_CTX *owner, const struct publication_object *publication)
{
    const struct {
        const char *name, *value, *usual;
    } options[] = {
        {"publish", publication->publish, "insert, update, delete, truncate"},
        {"publish_via_partition_root", publication->publish_via_partition_root, "false"},
        {"publish_generated_columns", publication->publish_generated_columns, "none"},
    };
    const char *text = "";
    for (size_t i = 0; i < countof(options); i++)
        if (options[i].value && strcmp(options[i].value, options[i].usual) != 0)
            text = talloc_asprintf(owner, "%s%s%s = %s", text, *text ? ", " : "", options[i].name,
                                   sql_literal(owner, options[i].value));
    return text;
}

/* What DROP names a table by: without its columns and its WHERE. */
static const char *name_only(TALLOC_CTX *owner, const char *tables)
{
    struct kind_list list = kind_list_split(owner, tables);
    const char *text = "";
    for (size_t i = 0; i < list.count; i++)
        text = talloc_asprintf(owner, "%s%s%s", text, i ? ", " : "", kind_list_name(owner, list.items[i]));
    return text;
}

/* Of tables and schemas. SET names all that stay: it does not matter then whether a table that goes is gone already. */
static void alter_items(struct emission *emission, const struct object *from, const struct object *to)
{
    TALLOC_CTX *memory = emission_memory(emission);
    const char *items = list_items(memory, as_publication(to));
    struct publication_object old = *as_publication(from);
    old.tables = name_only(memory, old.tables);
    emit(emission, EMIT_PLAIN, "ALTER PUBLICATION %s %s %s", to->identity, *items ? "SET" : "DROP",
         *items ? items : list_items(memory, &old));
}

static void set_option(struct emission *emission, const struct object *to, const char *name, const char *value)
{
    if (value)
        emit(emission, EMIT_PLAIN, "ALTER PUBLICATION %s SET (%s = %s)", to->identity, name,
             sql_literal(emission_memory(emission), value));
}

static void alter_publish(struct emission *emission, const struct object *from UNUSED, const struct object *to)
{
    set_option(emission, to, "publish", as_publication(to)->publish);
}

static void alter_root(struct emission *emission, const struct object *from UNUSED, const struct object *to)
{
    set_option(emission, to, "publish_via_partition_root", as_publication(to)->publish_via_partition_root);
}

static void alter_generated(struct emission *emission, const struct object *from UNUSED, const struct object *to)
{
    set_option(emission, to, "publish_generated_columns", as_publication(to)->publish_generated_columns);
}

static void create(struct emission *emission, const struct object *object)
{
    const struct publication_object *publication = as_publication(object);
    TALLOC_CTX *memory = emission_memory(emission);
    const char *items = kind_is_true(publication->all_tables) ? "ALL TABLES" : list_items(memory, publication);
    const char *options = list_options(memory, publication);
    emit(emission, EMIT_PLAIN, "CREATE PUBLICATION %s%s%s%s%s%s", object->identity, *items ? " FOR " : "", items,
         *options ? " WITH (" : "", options, *options ? ")" : "");
}

static void rename_publication(struct emission *emission, const struct object *from, const struct object *to)
{
    emit(emission, EMIT_PLAIN, "ALTER PUBLICATION %s RENAME TO %s", from->identity, to->name);
}

/* What is listed is told by all_tables where one side publishes all. */
static bool is_all_tables(const struct object *from, const struct object *to)
{
    return kind_is_true(as_publication(from)->all_tables) || kind_is_true(as_publication(to)->all_tables);
}

#define ALTER(member, ...)                                                                                             \
    FIELD(struct publication_object, member, .role = FIELD_ALTER, .severity = SEVERITY_BEHAVIOURAL, __VA_ARGS__)

static const struct field fields[] = {
    FIELD(struct publication_object, all_tables, .role = FIELD_REPLACE, .severity = SEVERITY_BEHAVIOURAL),
    ALTER(tables, .text = FIELD_EXPRESSION, .is_same = is_all_tables, .alter = alter_items),
    ALTER(schemas, .is_same = is_all_tables, .alter = alter_items),
    ALTER(publish, .alter = alter_publish),
    ALTER(publish_via_partition_root, .alter = alter_root),
    ALTER(publish_generated_columns, .alter = alter_generated),
};

const struct kind kind_publication = {
    .name = "publication",
    .title = "publication",
    .noun = "PUBLICATION",
    .queries = (const struct kind_query[]){{150000, sql_publication}, {120000, sql_publication_12}, {0, NULL}},
    .size_bytes = sizeof(struct publication_object),
    .fields = fields,
    .field_count = countof(fields),
    .create = create,
    .rename = rename_publication,
    .is_disturbed = is_disturbed,
};
