/* `pgdeck new`: the next migration file and its documentation entry. */
#ifndef MIGRATE_SCAFFOLD_H
#define MIGRATE_SCAFFOLD_H

#include <talloc.h>

#include "migrate/directory.h"
#include "store/base.h"
#include "store/error.h"
#include "store/settings.h"

struct scaffold_result {
    const char *version, *file, *documentation; /* paths relative to the project */
};

/* Makes both. `description` is words ("add index on orders") or a name ("add_index_on_orders"): it is brought into the
 * house style. Owner: `owner`. Errors: ERROR_USAGE (no usable character, too long), ERROR_FILE; then nothing is left
 * behind. */
struct scaffold_result *scaffold_new(TALLOC_CTX *owner, const struct settings *settings, const char *description,
                                     int64_t wall_us, struct error *error) NODISCARD;

#endif
