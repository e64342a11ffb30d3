/* The rows of a statement, bound by column name: a missing or an extra column is a defect that is found at the
 * first run, never a wrong value. Texts point into the result and live as long as it does. */
#ifndef STORE_RESULT_H
#define STORE_RESULT_H

#include <talloc.h>

#include "store/base.h"
#include "store/error.h"

struct result; /* opaque: owns the PGresult */

enum column_type { COLUMN_TEXT, COLUMN_INTEGER, COLUMN_BOOLEAN };

/* What an integer column holds where the row has NULL. A NULL text is NULL, a NULL boolean false. */
#define INTEGER_NULL INT64_MIN

/* One column of a query and the member it goes to. */
struct column {
    const char *name;
    enum column_type type;
    size_t offset;
};

/* The member's name is the column's name, its type the column's type. */
#define COLUMN(structure, member)                                                                                      \
    {                                                                                                                  \
#member, _Generic(((structure *)0)->member, const char *: COLUMN_TEXT, int64_t: COLUMN_INTEGER, \
                          bool: COLUMN_BOOLEAN),                                                        \
            offsetof(structure, member)                      \
    }

/* Binds all rows into one array of structures of `size_bytes` each, in the server's order. Returns the array
 * (owner: `result`; never NULL on success, also for no rows); *count gets the number.
 * Errors: ERROR_INTERNAL when columns and query do not match, or a value does not fit its type. */
void *result_bind(struct result *result, const struct column *columns, size_t column_count, size_t size_bytes,
                  size_t *count, struct error *error) NODISCARD;

/* Binds exactly one row into `row`. Errors: as above, and ERROR_INTERNAL when there is not exactly one. */
bool result_bind_one(struct result *result, const struct column *columns, size_t column_count, void *row,
                     struct error *error) NODISCARD;

/* The only value of a result with one row and one column; NULL for SQL's NULL or where there is no row. */
const char *result_value(const struct result *result);

size_t result_row_count(const struct result *result);
size_t result_column_count(const struct result *result);
const char *result_column_name(const struct result *result, size_t column);
/* A cell, by place: for grids that show any query. NULL for SQL's NULL. */
const char *result_cell(const struct result *result, size_t row, size_t column);

/* The command tag: "INSERT 0 1". */
const char *result_tag(const struct result *result);

/* The number of rows that the command touched; 0 where it tells none. */
int64_t result_affected(const struct result *result);

#endif
