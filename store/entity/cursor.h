/* What stands in a cursor: the sort it belongs to, and the values at which it stands. Opaque to people: base64 of a
 * JSON array. */
#ifndef STORE_ENTITY_CURSOR_H
#define STORE_ENTITY_CURSOR_H

#include "store/entity/page.h"

enum { CURSOR_COLUMNS = 64 };

/* The order of a query: the sort, then the key; without a key a table's rows by where they lie (ctid), as also where
 * tables inherit from it, for a key does not hold among them; those of other relations by all columns that have an
 * order: equal rows are then told apart by how many of them were passed. */
struct cursor_order {
    const struct entity_column *columns[CURSOR_COLUMNS];
    size_t count;
    bool is_descending;
    bool has_ties;
};

/* Errors: ERROR_USAGE: a column that has no order. */
bool cursor_order_make(const struct entity *entity, const struct entity_query *query, struct cursor_order *order,
                       struct error *error) NODISCARD;

/* Where a query goes on. */
struct cursor {
    const char *values[CURSOR_COLUMNS]; /* one for each column of the order; NULL is SQL's NULL */
    size_t passed;                      /* rows with these values that lie before; only where the order has ties */
};

/* Owner: `owner`. */
char *cursor_write(TALLOC_CTX *owner, const struct cursor_order *order, const struct cursor *cursor);

/* Owner of the values: `owner`. Errors: ERROR_USAGE. */
bool cursor_read(TALLOC_CTX *owner, const struct cursor_order *order, const char *text, struct cursor *cursor,
                 struct error *error) NODISCARD;

/* Sets ERROR_USAGE: it is none of this query; returns false. */
bool cursor_refuse(const char *text, struct error *error);

#endif
