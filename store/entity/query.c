/* See query.h. */
#include "store/entity/query.h"

#include "store/sql.h"

struct query_text *query_text_new(TALLOC_CTX *owner)
{
    struct query_text *query = talloc_zero(owner, struct query_text);
    query->sql = talloc_strdup(query, "");
    return query;
}

void query_add(struct query_text *query, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    query->sql = talloc_vasprintf_append_buffer(query->sql, format, arguments);
    va_end(arguments);
}

void query_add_value(struct query_text *query, const char *value)
{
    query->values = talloc_realloc(query, query->values, const char *, (unsigned)query->count + 1);
    query->values[query->count++] = value;
    query_add(query, "$%d", query->count);
}

void query_add_column(struct query_text *query, const struct entity_column *column)
{
    char *name = sql_identifier(query, column->name);
    query_add(query, "%s", name);
    talloc_free(name);
}

/* A type without an order is compared by its text. */
void query_add_comparison(struct query_text *query, const struct entity_column *column, const char *operator,
                          const char * value)
{
    query_add_column(query, column);
    if (column->order_schema && !strcmp(column->order_schema, "pg_catalog")) {
        query_add(query, " %s ", operator); /* always searched */
    } else if (column->order_schema) {
        char *schema = sql_identifier(query, column->order_schema);
        query_add(query, " OPERATOR(%s.%s) ", schema, operator);
        talloc_free(schema);
    } else {
        query_add(query, "::pg_catalog.text %s ", operator);
    }
    query_add_value(query, value);
    if (column->needs_type)
        query_add(query, "::%s", column->type);
}

static void add_filter(struct query_text *query, const struct entity_filter *filter)
{
    switch (filter->operator) {
    case FILTER_NULL:
    case FILTER_NOT_NULL:
        query_add_column(query, filter->column);
        query_add(query, filter->operator== FILTER_NULL ? " IS NULL" : " IS NOT NULL");
        return;
    case FILTER_MATCH:
        query_add_column(query, filter->column);
        query_add(query, "::pg_catalog.text OPERATOR(pg_catalog.~) ");
        query_add_value(query, filter->value);
        return;
    case FILTER_EQUAL:
    case FILTER_UNEQUAL:
    case FILTER_LESS:
    case FILTER_LESS_EQUAL:
    case FILTER_GREATER:
    case FILTER_GREATER_EQUAL:
        query_add_comparison(query, filter->column, entity_operator_name(filter->operator), filter->value);
        return;
    }
}

/* As a partial index would have it, so that it can be used. */
static void add_alive(struct query_text *query, const struct entity *entity)
{
    const struct entity_column *column = entity->soft_delete;
    if (entity->soft_delete_kind == SOFT_DELETE_FLAG && !column->is_nullable)
        query_add(query, "NOT ");
    query_add_column(query, column);
    if (entity->soft_delete_kind == SOFT_DELETE_TIME)
        query_add(query, " IS NULL");
    else if (column->is_nullable)
        query_add(query, " IS NOT TRUE");
}

/* Rows behind a deleted row of another entity, whose relationship hides them. */
static void add_not_behind(struct query_text *query, const struct entity *entity,
                           const struct entity_relationship *link)
{
    char *there = sql_qualified(query, link->schema, link->table);
    query_add(query, "NOT EXISTS (SELECT FROM %s AS behind WHERE %s", there, link->hidden_behind);
    for (size_t i = 0; i < link->column_count; i++)
        query_add(query, " AND behind.%s = %s.%s", sql_identifier(query, link->there[i]), entity->qualified,
                  sql_identifier(query, link->here[i]));
    query_add(query, ")");
}

const char *query_add_filters(struct query_text *query, const struct entity *entity, const struct entity_query *asked)
{
    const char *word = " WHERE ";
    for (size_t i = 0; i < asked->filter_count; i++, word = " AND ") {
        query_add(query, "%s", word);
        add_filter(query, &asked->filters[i]);
    }
    if (entity->soft_delete && asked->deleted == DELETED_HIDDEN) {
        query_add(query, "%s", word);
        add_alive(query, entity);
        word = " AND ";
    }
    for (size_t i = 0; i < entity->relationship_count && asked->deleted == DELETED_HIDDEN; i++) {
        if (!entity->relationships[i].hidden_behind)
            continue;
        query_add(query, "%s", word);
        add_not_behind(query, entity, &entity->relationships[i]);
        word = " AND ";
    }
    return word;
}

struct parameters query_parameters(const struct query_text *query)
{
    return (struct parameters){query->count, query->values};
}
