/* Settles expressions that PostgreSQL prints in two ways: a CHECK on a varchar that was written with IN reads
 * differently after a dump and a reload. Where two texts differ, both sides are made anew in scratch from what was
 * read, and read again: texts that agree then mean the same. Only objects that differ, and what they need, are made. */
#ifndef MIGRATE_CANONICAL_H
#define MIGRATE_CANONICAL_H

#include "migrate/diff.h"
#include "migrate/scratch.h"
#include "store/error.h"

/* Compares as diff_make does; the differences that a round trip shows to be none are left out. What cannot be made in
 * scratch stays different. Owner: `owner`. Blocks. Errors: ERROR_CANCELLED and those of scratch_create. */
struct diff *canonical_diff(TALLOC_CTX *owner, struct scratch *scratch, const struct snapshot *from,
                            const struct snapshot *to, const struct diff_options *options,
                            struct cancel *cancel, struct error *error) NODISCARD;

#endif
