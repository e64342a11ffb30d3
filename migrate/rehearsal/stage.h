/* The copy that a rehearsal takes place on. Private to migrate/rehearsal. */
#ifndef MIGRATE_REHEARSAL_STAGE_H
#define MIGRATE_REHEARSAL_STAGE_H

#include "migrate/rehearsal.h"
#include "migrate/scratch.h"

struct stage_copy {
    struct scratch *scratch;
    struct scratch_database *database;
    struct target *target; /* leads there as the plain owner */
    const char *source, *reason;
    const char *const *warnings; /* NULL-terminated */
    size_t applied;              /* ledger rows */
};

/* Makes it, with the target's ledger rows. Nobody is connected to it afterwards; it is dropped with `owner`. Errors:
 * the target's; scratch_open's; ERROR_REFUSED: no copy can be made, or an incomplete migration would have to be in it.
 */
struct stage_copy *stage_copy_make(TALLOC_CTX *owner, const struct rehearsal_options *options,
                                   struct error *error) NODISCARD;

#endif
