/* For a script that is to be read: what belongs to one table (or view, type, routine ...) stands together, and tables
 * stand behind what they refer to. */
#ifndef MIGRATE_ORDER_GROUPS_H
#define MIGRATE_ORDER_GROUPS_H

#include <talloc.h>

#include "migrate/diff.h"
#include "store/base.h"

/* The item that an item is a part of in the end: of a trigger its table, of a sequence that a column owns the column's
 * table; itself, where it is a part of nothing. */
size_t groups_root(const struct diff *diff, size_t item);

/* By item: the place of its group. By what groups need of each other in TO; else by kind and identity. Owner: `owner`.
 */
const size_t *groups_places(TALLOC_CTX *owner, const struct diff *diff);

#endif
