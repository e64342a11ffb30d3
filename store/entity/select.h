/* The SELECT of an entity's rows: columns, order, and what lies behind a cursor; shared by page.c and scan.c. For
 * store/entity/ only. */
#ifndef STORE_ENTITY_SELECT_H
#define STORE_ENTITY_SELECT_H

#include "store/entity/cursor.h"
#include "store/entity/query.h"

struct row_select {
    const struct entity *entity;
    const struct entity_query *query;
    struct cursor_order order;
    struct cursor cursor; /* where query->cursor stands */
    bool is_upward;       /* the direction in which rows are asked for: with the order of the types, or against it */
    enum { SELECT_WHOLE, SELECT_CELLS } what; /* cells: without xmin and the order's columns, for rows that end there */
};

/* A range of rows: equal in the first `equal` columns of the order, and behind the cursor in the next one. */
struct row_range {
    size_t equal;
    enum {
        RANGE_BEYOND,
        RANGE_NULLS,
        RANGE_VALUES,
        RANGE_TIES
    } what; /* by the cursor's value; all NULLs; all that are not; the
              rest of those that are equal in all columns */
};

enum { ROW_RANGES = 2 * CURSOR_COLUMNS + 1 };

/* Reads the query's order and cursor. Owner of the cursor's values: `owner`. Errors: ERROR_USAGE. */
bool row_select_make(TALLOC_CTX *owner, const struct entity *entity, const struct entity_query *query,
                     struct row_select *select, struct error *error) NODISCARD;

/* "SELECT ... FROM ... WHERE ..."; *word gets what the next condition starts with. The columns: the entity's, xmin,
 * those of the order. Owner: `owner`. */
struct query_text *row_select_begin(TALLOC_CTX *owner, const struct row_select *select, const char **word);

/* Whether one comparison of rows says all that lies behind the cursor; adds it. */
bool row_select_is_plain(const struct row_select *select);
void row_select_add_comparison(struct query_text *text, const struct row_select *select);

/* Else the ranges behind the cursor, in the order of their rows; returns how many (at most ROW_RANGES). */
size_t row_select_ranges(const struct row_select *select, struct row_range *ranges);
void row_select_add_range(struct query_text *text, const struct row_select *select, const struct row_range *range);

/* " ORDER BY ..." */
void row_select_add_order(struct query_text *text, const struct row_select *select);

/* Whether a row has a cursor's values. */
bool row_select_stands_at(const struct row_select *select, const struct entity_row *row, const struct cursor *cursor);

/* A cell of the columns of the order. */
const char *row_select_sort_cell(const struct row_select *select, const struct entity_row *row, size_t column);

#endif
