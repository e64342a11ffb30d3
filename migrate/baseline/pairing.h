/* Which rows of two tables are the same one. Pure. */
#ifndef MIGRATE_BASELINE_PAIRING_H
#define MIGRATE_BASELINE_PAIRING_H

#include <talloc.h>

#include "migrate/baseline/rows.h"

#define PAIR_NONE SIZE_MAX

/* By row: its pair on the other side, or PAIR_NONE. */
struct pairing {
    const struct row_table *left, *right;
    size_t *of_left, *of_right;
};

/* Nothing is paired yet. Both have their values. Owner: `owner`. */
struct pairing *pairing_new(TALLOC_CTX *owner, const struct row_table *left, const struct row_table *right);

/* Columns by which rows are compared: places on either side. */
struct pairing_columns {
    size_t *left, *right;
    size_t count;
};

enum pairing_nulls {
    NULLS_PAIR, /* two NULLs are the same */
    NULLS_PASS  /* a row with a NULL is not looked at */
};

/* Pairs rows that have no pair yet, by equal values in these columns; of several that are equal each takes the next.
 * is_wanted (by left row): which of them are looked at; NULL: all. */
void pairing_by_values(struct pairing *pairing, const struct pairing_columns *columns, enum pairing_nulls nulls,
                       const bool *is_wanted);

/* Pairs what is left on both sides in its order, if there is as much of it on either. False, and nothing done, if not.
 */
bool pairing_by_order(struct pairing *pairing);

#endif
