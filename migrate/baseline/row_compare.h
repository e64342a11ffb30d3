/* Compares the rows that the migrations leave with those of the init script. Pure. */
#ifndef MIGRATE_BASELINE_ROW_COMPARE_H
#define MIGRATE_BASELINE_ROW_COMPARE_H

#include "migrate/baseline.h"
#include "migrate/baseline/rows.h"
#include "migrate/baseline/volatility.h"

/* Both sides; places are looked for in `script` and `directory` (each may be NULL). */
struct row_sides {
    const struct row_set *migrations, *init;
    const struct volatility *volatility; /* of `migrations` */
    const struct script *script;
    const struct directory *directory;
};

struct row_comparison {
    struct baseline_table *tables; /* with something to tell; by identity */
    size_t count;
    size_t difference_count; /* of them */
    size_t volatile_count;   /* values that were passed over */
};

/* Owner: `owner`. */
struct row_comparison *row_compare(TALLOC_CTX *owner, const struct row_sides *sides);

#endif
