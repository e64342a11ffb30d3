/* How the rows of one table will be written. For data.c, links.c and values.c. */
#ifndef MIGRATE_BASELINE_PLAN_H
#define MIGRATE_BASELINE_PLAN_H

#include "migrate/baseline/rows.h"
#include "migrate/baseline/volatility.h"

struct data_plan {
    const struct row_table *table;
    const struct volatile_table *volatile_table;
    const char **texts; /* row * column_count + column: SQL of a volatile value; NULL: not decided */
    size_t *levels;     /* by row: rows of a level are inserted before those of the next */
    TALLOC_CTX *memory; /* of texts */
};

/* The SQL of a value: a number, true, a literal, NULL. Owner: `owner`. */
const char *values_literal(TALLOC_CTX *owner, const struct row_column *column, const char *value);

/* What yields a value of the column's type that is another each time: now(), gen_random_uuid() ...; NULL: nothing
 * does. Owner: `owner`. */
const char *values_expression(TALLOC_CTX *owner, const struct row_column *column, int server_version);

/* A value of the column's type that is made of `seed`, always the same; NULL: none of that type. Owner: `owner`. */
const char *values_stand_in(TALLOC_CTX *owner, const struct row_column *column, const char *seed);

/* Whether values of the column can be told apart by `=` and mean the same written as a literal. */
bool values_is_comparable(const struct row_column *column);

/* By value, numbers as numbers; NULL last. */
int values_compare(const struct row_column *column, const char *one, const char *other);

#endif
