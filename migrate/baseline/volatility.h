/* Which values are others each time that the migrations are replayed: times, random numbers, ids made of them. Found
 * cell by cell, by two replays in two databases; days by the day of the replay, for two of them may share it. */
#ifndef MIGRATE_BASELINE_VOLATILITY_H
#define MIGRATE_BASELINE_VOLATILITY_H

#include <talloc.h>

#include "migrate/baseline/pairing.h"
#include "migrate/baseline/rows.h"

/* Of one table, by its rows as the first replay left them. */
struct volatile_table {
    const struct row_table *table;
    const struct pairing *pairing; /* with the other replay's rows; NULL: it has none, or they were not read */
    bool *cells;                   /* row * column_count + column */
    bool *is_stray;                /* by row: it has no counterpart: not even the row is there each time */
    bool has_stray;                /* also where the other replay has such */
};

struct volatility {
    struct volatile_table *tables; /* as in the first row set */
    size_t count;
};

/* `twin`: of the other replay; NULL: nothing but days is volatile. `days`: on which the first replay ran
 * ("2026-11-24"), NULL-terminated. Owner: `owner`. */
struct volatility *volatility_find(TALLOC_CTX *owner, const struct row_set *one, const struct row_set *twin,
                                   const char *const *days);

/* Of a table of the first row set. */
const struct volatile_table *volatility_of(const struct volatility *volatility, const struct row_table *table);

bool volatility_has(const struct volatile_table *volatile_table, size_t row, size_t column);

#endif
