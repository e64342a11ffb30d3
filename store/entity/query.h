/* SQL text with its parameters, and the pieces of it that pages and writes share. For store/entity/ only. */
#ifndef STORE_ENTITY_QUERY_H
#define STORE_ENTITY_QUERY_H

#include "store/entity/page.h"

struct query_text {
    char *sql;
    const char **values;
    int count;
};

struct query_text *query_text_new(TALLOC_CTX *owner);

/* Adds text. */
void query_add(struct query_text *query, const char *format, ...) PRINTF_LIKE(2, 3);

/* Adds a parameter's placeholder. The value must outlive the query; NULL is SQL's NULL. */
void query_add_value(struct query_text *query, const char *value);

/* Adds `column` in quotes. */
void query_add_column(struct query_text *query, const struct entity_column *column);

/* Adds "column op $n" by the operators of the column's type. */
void query_add_comparison(struct query_text *query, const struct entity_column *column, const char *operator,
                          const char * value);

/* Adds " WHERE ..." or " AND ..." of the filters and of what is hidden; returns what the next condition starts with. */
const char *query_add_filters(struct query_text *query, const struct entity *entity, const struct entity_query *asked);

struct parameters query_parameters(const struct query_text *query);

#endif
