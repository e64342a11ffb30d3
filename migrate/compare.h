/* Compares two mirrors: builds both side by side, settles expressions that differ only by a deparse round trip, makes
 * the difference, its script, and the blame. The one road that `diff`, `baseline`, `new --from-diff`, `check` and the
 * console take. */
#ifndef MIGRATE_COMPARE_H
#define MIGRATE_COMPARE_H

#include <talloc.h>

#include "migrate/diff.h"
#include "migrate/emit.h"
#include "migrate/mirror.h"
#include "store/base.h"
#include "store/error.h"

struct compare_options {
    struct mirror_options mirror;  /* its listener hears both threads, one at a time */
    const char *const *only_kinds; /* NULL: all */
    enum { COMPARE_PRIVILEGES_LEFT_OUT, COMPARE_PRIVILEGES } privileges;
    enum { BLAME_LEFT_OUT, BLAME_WANTED } blame; /* WANTED: where migrations are a side */
};

/* Constant once made. */
struct comparison {
    struct mirror *from, *to;
    struct diff *diff;
    struct emit_script *script; /* turns FROM into TO */
    /* NULL-terminated: another major version, what could not be run, kinds not modelled, what models do not speak of.
     */
    const char *const *warnings;
    size_t not_modelled; /* objects on either side of kinds that pgdeck does not model: findings under --strict */
    size_t failed;       /* statements on either side that could not be run here: likewise */
    size_t compared;     /* objects of both sides that were compared, each pair once */
};

/* Owner: `owner`; the sources must outlive it. Blocks; may start one thread. Errors: mirror_build's, of FROM where both
 * fail (a database that cannot be reached is told before anything is built). */
struct comparison *compare(TALLOC_CTX *owner, const struct mirror_source *from, const struct mirror_source *to,
                           const struct compare_options *options, struct error *error) NODISCARD;

/* Gives back scratch databases and servers, on the thread that compared; what was found stays, and may then be looked
 * at by any one thread. */
void compare_release(struct comparison *comparison);

#endif
