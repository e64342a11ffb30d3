/* See indexed.h. */
#include "migrate/kinds/indexed.h"

#include "migrate/kinds/options.h"
#include "migrate/kinds/table.h"

/* ---- definition ---- */

/* " WHERE " outside of parentheses and quotes, or the text's end. */
static size_t find_where(const char *definition)
{
    static const char where[] = " WHERE ";
    int depth = 0;
    char quote = '\0';
    const char *at = definition;
    for (; *at; at++) {
        if (quote)
            quote = *at == quote ? '\0' : quote;
        else if (*at == '\'' || *at == '"')
            quote = *at;
        else if (*at == '(' || *at == ')')
            depth += *at == '(' ? 1 : -1;
        else if (!depth && !strncmp(at, where, sizeof where - 1))
            break;
    }
    return (size_t)(at - definition);
}

const char *indexed_definition(TALLOC_CTX *owner, const char *definition, const struct indexed *values,
                               const char *tablespace_words)
{
    size_t end = find_where(definition);
    char *text = talloc_strndup(owner, definition, end);
    if (values->options)
        text = talloc_asprintf_append(text, " WITH (%s)", options_list(owner, values->options));
    if (values->tablespace)
        text = talloc_asprintf_append(text, " %s %s", tablespace_words, values->tablespace);
    return talloc_strdup_append(text, definition + end);
}

void indexed_alter_options(struct emission *emission, const char *index, const char *from, const char *to)
{
    options_change(emission, talloc_asprintf(emission_memory(emission), "ALTER INDEX %s", index), from, to);
}

void indexed_alter_tablespace(struct emission *emission, const char *index, const char *to)
{
    emit(emission, EMIT_PLAIN, "ALTER INDEX %s SET TABLESPACE %s", index, to ? to : "pg_default");
}

/* ---- what the table says of it ---- */

bool indexed_is_named(const struct indexed *values)
{
    return kind_is_true(values->replica_identity) || kind_is_true(values->is_clustered);
}

/* Whether another of the table's indexes has it. */
static bool is_taken(struct emission *emission, const struct object *table, const char *field)
{
    static const enum kind_id indexes[] = {KIND_index, KIND_primary_key, KIND_unique, KIND_exclusion};
    for (size_t i = 0; i < countof(indexes); i++) {
        const struct object *const *all = emission_all_children(emission, table, indexes[i]);
        for (; *all; all++)
            if (kind_is_true(kind_value(*all, field)))
                return true;
    }
    return false;
}

static void emit_replica_identity(struct emission *emission, const struct object *table)
{
    if (table->kind != kinds[KIND_table] || is_taken(emission, table, "replica_identity"))
        return;
    const char *identity = ((const struct table_object *)table)->replica_identity;
    emit(emission, EMIT_PLAIN, "ALTER TABLE ONLY %s REPLICA IDENTITY %s", table->identity,
         kind_same_text(identity, "full")      ? "FULL"
         : kind_same_text(identity, "nothing") ? "NOTHING"
                                               : "DEFAULT");
}

void indexed_alter_replica_identity(struct emission *emission, const struct object *to, const char *value)
{
    if (kind_is_true(value))
        emit(emission, EMIT_PLAIN, "ALTER TABLE ONLY %s REPLICA IDENTITY USING INDEX %s", to->parent, to->name);
    else
        emit_replica_identity(emission, to->parent_object);
}

void indexed_alter_clustered(struct emission *emission, const struct object *to, const char *value)
{
    if (kind_is_true(value))
        emit(emission, EMIT_PLAIN, "ALTER TABLE %s CLUSTER ON %s", to->parent, to->name);
    else if (!is_taken(emission, to->parent_object, "is_clustered"))
        emit(emission, EMIT_PLAIN, "ALTER TABLE %s SET WITHOUT CLUSTER", to->parent);
}

void indexed_finish(struct emission *emission, const struct object *object, const struct indexed *values)
{
    if (kind_is_true(values->replica_identity))
        indexed_alter_replica_identity(emission, object, "true");
    if (kind_is_true(values->is_clustered))
        indexed_alter_clustered(emission, object, "true");
}

void indexed_leave(struct emission *emission, const struct object *object, const struct indexed *values)
{
    const struct object *table = emission_counterpart(emission, object->parent_object);
    if (table && kind_is_true(values->replica_identity))
        emit_replica_identity(emission, table);
}
