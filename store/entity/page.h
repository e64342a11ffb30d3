/* Pages of rows: by keyset over any sort that the types can order, never by counting rows away, so that page n costs
 * what page 1 costs. NULLs are placed as PostgreSQL places them; ties are broken by the key; where there is none, by
 * all columns. */
#ifndef STORE_ENTITY_PAGE_H
#define STORE_ENTITY_PAGE_H

#include "store/entity.h"

enum filter_operator {
    FILTER_EQUAL,
    FILTER_UNEQUAL,
    FILTER_LESS,
    FILTER_LESS_EQUAL,
    FILTER_GREATER,
    FILTER_GREATER_EQUAL,
    FILTER_MATCH, /* a regular expression, on the value's text */
    FILTER_NULL,
    FILTER_NOT_NULL
};

struct entity_filter {
    const struct entity_column *column;
    enum filter_operator operator;
    const char *value; /* NULL for the last two */
};

/* Reads "status=draft", "cost >= 10", "name ~ ^a", "note is null", "note is not null". The longest column name that
 * fits is taken; it may stand in double quotes. Owner: `owner`. Errors: ERROR_USAGE naming the columns or operators
 * there are. */
bool entity_filter_parse(TALLOC_CTX *owner, const struct entity *entity, const char *text, struct entity_filter *filter,
                         struct error *error) NODISCARD;

/* "=", "<>", "is null" ... */
const char *entity_operator_name(enum filter_operator operator);

/* The text again. Owner: `owner`. */
char *entity_filter_text(TALLOC_CTX *owner, const struct entity_filter *filter);

enum entity_deleted { DELETED_HIDDEN, DELETED_SHOWN };
enum entity_direction { PAGE_FORWARD, PAGE_BACKWARD };

struct entity_query {
    const struct entity_filter *filters; /* all must hold */
    size_t filter_count;
    const struct entity_column *sort; /* NULL: by the key */
    enum { SORT_ASCENDING, SORT_DESCENDING } order;
    enum entity_deleted deleted;
    size_t limit;           /* rows, at least 1 */
    size_t cell_characters; /* longer values of unbounded types are cut there, so that a page stays small; 0: never */
    const char *cursor;     /* of another page; NULL: from the start (backward: from the end) */
    enum entity_direction direction;
};

/* A row: where it stands. */
struct entity_row {
    const struct result *result; /* the entity's columns in their order, xmin, then what the cursor needs */
    size_t row;
};

struct entity_page {
    struct entity_row *rows; /* in the sort's order, also of a page backward */
    size_t count;
    const char *first, *last; /* cursors: rows before the first, behind the last one; NULL where there are no rows */
    bool has_more;            /* in the direction asked for */
};

/* Reads one: one statement, or a few where the sort has NULLs or ties. Owner: `owner`. Errors: ERROR_USAGE: a cursor of
 * another query, a column that cannot be sorted by, a page backward of a view without a key (go back by the cursor that
 * it came from); the server's (a value that is none of the column's type). */
struct entity_page *entity_page_read(TALLOC_CTX *owner, struct connection *connection, const struct entity *entity,
                                     const struct entity_query *query, struct error *error) NODISCARD;

/* The value of a cell, NULL for NULL; whether there is more of it than the query asked for. */
const char *entity_cell(const struct entity_row *row, size_t column);
bool entity_cell_is_cut(const struct entity *entity, const struct entity_query *query, const struct entity_row *row,
                        size_t column);

/* The row's version (xmin) as read; NULL where the relation has none. */
const char *entity_row_version(const struct entity *entity, const struct entity_row *row);

/* The filters that restrict a relationship's rows to those of one row here, whose values of the columns `here` are
 * given in their order. Owner: `owner`. Errors: ERROR_USAGE. */
struct entity_filter *entity_relationship_filters(TALLOC_CTX *owner, const struct entity_relationship *relationship,
                                                  const struct entity *there, const char *const *values,
                                                  struct error *error) NODISCARD;

/* The rows of a query, in order, in constant memory, through a cursor of the server in one read-only transaction.
 * query->limit 0: all; its direction is forward. on_row gets one after another; false ends it with the error that it
 * set. *next gets the cursor behind the last row where there are more (owner `owner`), else NULL. Where all are asked
 * for, rows have no version. */
typedef bool (*entity_rows_fn)(void *listener, const struct entity_row *row, struct error *error);
bool entity_scan(TALLOC_CTX *owner, struct connection *connection, const struct entity *entity,
                 const struct entity_query *query, entity_rows_fn on_row, void *listener, const char **next,
                 struct error *error) NODISCARD;

#endif
