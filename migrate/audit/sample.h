/* Which migrations are reviewed. Private to migrate/audit. */
#ifndef MIGRATE_AUDIT_SAMPLE_H
#define MIGRATE_AUDIT_SAMPLE_H

#include <talloc.h>

#include "migrate/directory.h"

/* Indices of `*count` of the newest *recent files, ascending; all where there are not more. The same seed and the same
 * versions give the same ones, whatever the order or the machine: the smallest digests of seed and version. Owner:
 * `owner`. */
size_t *sample_draw(TALLOC_CTX *owner, const struct directory *directory, const char *seed, size_t *count,
                    size_t *recent);

#endif
