/* What declared models speak of: a comparison with them is about nothing else. */
#ifndef MIGRATE_MIRROR_COVERAGE_H
#define MIGRATE_MIRROR_COVERAGE_H

#include "migrate/snapshot.h"
#include "store/base.h"

/* A bit for each kind. What every model is about (tables with their columns, keys, checks and indexes, and the types of
 * columns) is always covered: a model without an index says that there is none. Of the other kinds, views, routines,
 * triggers and the like, models speak where they declare one at least. */
uint64_t coverage_of_kinds(const struct snapshot *models);

/* A bit for each kind of whose objects one at least has a comment. */
uint64_t coverage_of_comments(const struct snapshot *models);

#endif
