/* The tables that a file locks, known from what was measured: locked beforehand, the strongest lock of each, in one
 * order for every run, so that no two runs wait for each other, and none takes a second table late while it holds the
 * first. */
#ifndef MIGRATE_GUARD_LOCKSET_H
#define MIGRATE_GUARD_LOCKSET_H

#include <talloc.h>

#include "migrate/plan.h"
#include "store/base.h"

struct lockset {
    size_t at;                     /* index of the first statement that takes one of the locks: not sooner */
    const char *const *statements; /* LOCK TABLE ..., by table; NULL-terminated */
    size_t count;                  /* 0: nothing is locked beforehand: fewer than two tables, or it was not measured */
};

/* Of a step. Owner: `owner`. Only locks that keep others from writing, only tables. */
struct lockset lockset_of(TALLOC_CTX *owner, const struct plan_step *step);

#endif
