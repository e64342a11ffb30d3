/* Tables, partitioned ones and partitions. What they inherit, and from whom, is inheritance.c's. */
#include "migrate/kinds/table.h"

#include <ctype.h>

#include "migrate/kinds/column.h"
#include "migrate/kinds/options.h"

extern const char sql_table[];

enum { NAME_WIDTH_MOST = 30 }; /* longer names do not push the types of others away */

static const struct table_object *as_table(const struct object *object) { return (const struct table_object *)object; }

/* ---- create ---- */

/* A CREATE TABLE while it is written. */
struct writing {
    struct emission *emission;
    const struct table_object *table;
    const struct inheritance_object *link; /* that the CREATE states; or NULL */
    char *elements;                        /* "    id bigint,\n    ..." or "" */
};

static void add_element(struct writing *writing, const char *text)
{
    writing->elements = talloc_asprintf_append(writing->elements, "%s    %s", *writing->elements ? ",\n" : "", text);
}

/* Whether the CREATE says nothing of a column because it comes from elsewhere. */
static bool is_left_out(const struct writing *writing, const struct column_object *column)
{
    if (writing->table->of_type)
        return true;
    return writing->link && column_is_inherited(column) && (writing->link->bound || !kind_is_true(column->is_local));
}

static int name_width(const char *name)
{
    int width = 0; /* characters: bytes that do not continue one */
    for (; *name; name++)
        width += ((unsigned char)*name & 0xC0) != 0x80;
    return width;
}

static void add_columns(struct writing *writing)
{
    const struct object *const *columns = emission_children(writing->emission, &writing->table->base, KIND_column);
    int widest = 0;
    for (size_t i = 0; columns[i]; i++) {
        int width = name_width(columns[i]->name);
        if (!is_left_out(writing, (const struct column_object *)columns[i]) && width > widest &&
            width <= NAME_WIDTH_MOST)
            widest = width;
    }
    for (size_t i = 0; columns[i]; i++) {
        const struct column_object *column = (const struct column_object *)columns[i];
        if (is_left_out(writing, column))
            continue;
        int gap = widest - name_width(columns[i]->name);
        add_element(writing, talloc_asprintf(emission_memory(writing->emission), "%s%*s %s", columns[i]->name,
                                             gap > 0 ? gap : 0, "", column_definition(writing->emission, column)));
    }
}

static void add_constraints(struct writing *writing)
{
    static const enum kind_id constraints[] = {KIND_primary_key, KIND_unique, KIND_check, KIND_exclusion,
                                               KIND_foreign_key};
    for (size_t i = 0; i < countof(constraints); i++) {
        const struct object *const *all = emission_children(writing->emission, &writing->table->base, constraints[i]);
        for (size_t j = 0; all[j]; j++)
            add_element(writing, all[j]->kind->clause(emission_memory(writing->emission), all[j]));
    }
}

/* What stands behind the parentheses. */
static const char *tail(const struct writing *writing)
{
    TALLOC_CTX *memory = emission_memory(writing->emission);
    const struct table_object *table = writing->table;
    char *text = talloc_strdup(memory, "");
    if (writing->link && writing->link->bound)
        text = talloc_asprintf_append(text, "\n%s", writing->link->bound);
    else if (writing->link)
        text = talloc_asprintf_append(text, "\n%s", writing->link->parents);
    if (table->partition_key)
        text = talloc_asprintf_append(text, "\nPARTITION BY %s", table->partition_key);
    if (table->access_method)
        text = talloc_asprintf_append(text, "\nUSING %s", table->access_method);
    if (table->options)
        text = talloc_asprintf_append(text, "\nWITH (%s)", options_list(memory, table->options));
    if (table->tablespace)
        text = talloc_asprintf_append(text, "\nTABLESPACE %s", table->tablespace);
    return text;
}

static void emit_create(const struct writing *writing)
{
    const struct table_object *table = writing->table;
    const char *unlogged = kind_same_text(table->persistence, "unlogged") ? "UNLOGGED " : "";
    bool is_partition = writing->link && writing->link->bound;
    const char *of = is_partition ? " PARTITION OF " : table->of_type ? " OF " : "";
    const char *what = is_partition ? writing->link->parent_tables : table->of_type ? table->of_type : "";
    bool has_list = *writing->elements || !*of;
    emit(writing->emission, EMIT_PLAIN, "CREATE %sTABLE %s%s%s%s%s%s%s", unlogged, table->base.identity, of, what,
         has_list ? *writing->elements ? " (\n" : " (" : "", writing->elements,
         has_list ? *writing->elements ? "\n)" : ")" : "", tail(writing));
}

static void emit_row_security(struct emission *emission, const struct table_object *table)
{
    if (kind_is_true(table->row_security))
        emit(emission, EMIT_PLAIN, "ALTER TABLE %s ENABLE ROW LEVEL SECURITY", table->base.identity);
    if (kind_is_true(table->forced_row_security))
        emit(emission, EMIT_PLAIN, "ALTER TABLE %s FORCE ROW LEVEL SECURITY", table->base.identity);
}

static void emit_replica_identity(struct emission *emission, const struct table_object *table)
{
    char *word = talloc_strdup(emission_memory(emission), table->replica_identity);
    for (char *at = word; *at; at++)
        *at = (char)toupper((unsigned char)*at);
    emit(emission, EMIT_PLAIN, "ALTER TABLE ONLY %s REPLICA IDENTITY %s", table->base.identity, word);
}

static void create(struct emission *emission, const struct object *object)
{
    const struct table_object *table = as_table(object);
    const struct object *const *links = emission_children(emission, object, KIND_inheritance);
    struct writing writing = {emission, table, (const struct inheritance_object *)links[0],
                              talloc_strdup(emission_memory(emission), "")};
    add_columns(&writing);
    add_constraints(&writing);
    emit_create(&writing);
    const struct object *const *columns = emission_children(emission, object, KIND_column);
    for (size_t i = 0; columns[i]; i++) {
        const struct column_object *column = (const struct column_object *)columns[i];
        if (is_left_out(&writing, column))
            column_finish_implied(emission, column);
        else
            column_finish(emission, column);
    }
    emit_row_security(emission, table);
    if (!kind_same_text(table->replica_identity, "default") && !kind_same_text(table->replica_identity, "index"))
        emit_replica_identity(emission, table);
}

/* Made anew, it begins empty. */
static void drop(struct emission *emission, const struct object *object)
{
    emit(emission, EMIT_LOSES_DATA, "DROP TABLE %s", object->identity);
}

/* ---- alter ---- */

static void alter_persistence(struct emission *emission, const struct object *from, const struct object *to)
{
    (void)from;
    bool is_unlogged = kind_same_text(as_table(to)->persistence, "unlogged");
    emit(emission, EMIT_PLAIN, "ALTER TABLE %s SET %s", to->identity, is_unlogged ? "UNLOGGED" : "LOGGED");
}

static void alter_type(struct emission *emission, const struct object *from, const struct object *to)
{
    if (as_table(from)->of_type)
        emit(emission, EMIT_PLAIN, "ALTER TABLE %s NOT OF", to->identity);
    if (as_table(to)->of_type)
        emit(emission, EMIT_PLAIN, "ALTER TABLE %s OF %s", to->identity, as_table(to)->of_type);
}

static void alter_access_method(struct emission *emission, const struct object *from, const struct object *to)
{
    (void)from;
    const char *method = as_table(to)->access_method;
    emit(emission, EMIT_PLAIN, "ALTER TABLE %s SET ACCESS METHOD %s", to->identity, method ? method : "heap");
}

static void alter_tablespace(struct emission *emission, const struct object *from, const struct object *to)
{
    (void)from;
    const char *tablespace = as_table(to)->tablespace;
    emit(emission, EMIT_PLAIN, "ALTER TABLE %s SET TABLESPACE %s", to->identity,
         tablespace ? tablespace : "pg_default");
}

static void alter_options(struct emission *emission, const struct object *from, const struct object *to)
{
    options_change(emission, talloc_asprintf(emission_memory(emission), "ALTER TABLE %s", to->identity),
                   as_table(from)->options, as_table(to)->options);
}

void table_finish_toast(struct emission *emission, const struct object *object)
{
    const struct object *from = emission_counterpart(emission, object);
    const char *options = as_table(object)->options;
    const char *toast = options ? strstr(options, "toast.") : NULL; /* they come last */
    if (toast && from && !kind_is_true(as_table(from)->has_toast))
        options_change(emission, talloc_asprintf(emission_memory(emission), "ALTER TABLE %s", object->identity), NULL,
                       toast);
}

/* Where one side names an index, the index tells the difference (indexed.h). */
static bool is_same_replica_identity(const struct object *from, const struct object *to)
{
    return kind_same_text(as_table(from)->replica_identity, "index") ||
           kind_same_text(as_table(to)->replica_identity, "index");
}

static void alter_replica_identity(struct emission *emission, const struct object *from, const struct object *to)
{
    (void)from;
    emit_replica_identity(emission, as_table(to));
}

static void alter_row_security(struct emission *emission, const struct object *from, const struct object *to)
{
    (void)from;
    emit(emission, EMIT_PLAIN, "ALTER TABLE %s %s ROW LEVEL SECURITY", to->identity,
         kind_is_true(as_table(to)->row_security) ? "ENABLE" : "DISABLE");
}

static void alter_forced_row_security(struct emission *emission, const struct object *from, const struct object *to)
{
    (void)from;
    emit(emission, EMIT_PLAIN, "ALTER TABLE %s %sFORCE ROW LEVEL SECURITY", to->identity,
         kind_is_true(as_table(to)->forced_row_security) ? "" : "NO ");
}

/* ---- the order of columns ---- */

/* The length of the first of some quoted names: "a, b" -> 1. */
static size_t name_bytes(const char *names)
{
    bool is_quoted = false;
    const char *at = names;
    for (; *at && (is_quoted || *at != ','); at++)
        is_quoted ^= *at == '"';
    return (size_t)(at - names);
}

static const char *next_name(const char *names)
{
    names += name_bytes(names);
    return *names ? names + 2 : names;
}

static bool holds(const char *names, const char *name, size_t bytes)
{
    for (; *names; names = next_name(names))
        if (name_bytes(names) == bytes && !memcmp(names, name, bytes))
            return true;
    return false;
}

/* Columns that both have stand in the same order. */
static bool is_same_order(const struct object *from, const struct object *to)
{
    const char *ones = as_table(from)->column_order, *others = as_table(to)->column_order;
    const char *one = ones ? ones : "", *other = others ? others : "";
    for (;;) {
        while (*one && !holds(others ? others : "", one, name_bytes(one)))
            one = next_name(one);
        while (*other && !holds(ones ? ones : "", other, name_bytes(other)))
            other = next_name(other);
        size_t bytes = name_bytes(one);
        if (bytes != name_bytes(other) || memcmp(one, other, bytes) != 0)
            return false;
        if (!*one)
            return true;
        one = next_name(one);
        other = next_name(other);
    }
}

static const struct field fields[] = {
    FIELD(struct table_object, partition_key, .role = FIELD_REPLACE, .text = FIELD_EXPRESSION),
    FIELD(struct table_object, persistence, .role = FIELD_ALTER, .severity = SEVERITY_BEHAVIOURAL,
          .alter = alter_persistence),
    FIELD(struct table_object, of_type, .role = FIELD_ALTER, .severity = SEVERITY_COSMETIC, .alter = alter_type),
    FIELD(struct table_object, access_method, .role = FIELD_ALTER, .severity = SEVERITY_PERFORMANCE,
          .alter = alter_access_method),
    FIELD(struct table_object, tablespace, .role = FIELD_ALTER, .severity = SEVERITY_PERFORMANCE,
          .alter = alter_tablespace),
    FIELD(struct table_object, options, .role = FIELD_ALTER, .severity = SEVERITY_PERFORMANCE, .alter = alter_options),
    FIELD(struct table_object, replica_identity, .role = FIELD_ALTER, .severity = SEVERITY_BEHAVIOURAL,
          .is_same = is_same_replica_identity, .alter = alter_replica_identity),
    FIELD(struct table_object, row_security, .role = FIELD_ALTER, .severity = SEVERITY_BEHAVIOURAL,
          .alter = alter_row_security),
    FIELD(struct table_object, forced_row_security, .role = FIELD_ALTER, .severity = SEVERITY_BEHAVIOURAL,
          .alter = alter_forced_row_security),
    FIELD(struct table_object, column_order, .role = FIELD_NOTE, .severity = SEVERITY_COSMETIC,
          .is_same = is_same_order),
    FIELD(struct table_object, has_toast, .role = FIELD_FACT),
};

const struct kind kind_table = {
    .name = "table",
    .title = "table",
    .noun = "TABLE",
    .queries = (const struct kind_query[]){{120000, sql_table}, {0, NULL}},
    .size_bytes = sizeof(struct table_object),
    .fields = fields,
    .field_count = countof(fields),
    .spaces = SPACE_RELATION | SPACE_TYPE,
    .severity = SEVERITY_BREAKING,
    .create = create,
    .drop = drop,
    .rows = DROP_LOSES_ROWS,
};
