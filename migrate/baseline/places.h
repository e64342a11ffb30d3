/* Where files write rows of a table, as far as their words tell: what a finding about rows points at. */
#ifndef MIGRATE_BASELINE_PLACES_H
#define MIGRATE_BASELINE_PLACES_H

#include "migrate/baseline.h"

/* The statement that writes rows of the table (identity, quoted where it must be): the one that holds one of the
 * `values` (NULL-terminated, entries may be ""; or NULL), and then the line of that value; else the last one. */
struct baseline_place places_in_script(const struct script *script, const char *table, const char *const *values);
struct baseline_place places_in_migrations(const struct directory *directory, const char *table,
                                           const char *const *values);

#endif
