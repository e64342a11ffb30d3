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

/* The same with statements in the file. body: what stands behind the first lines of its head; may begin with a line of
 * the head. measured: items of a list for the entry, which tell its locks and hazards (draft.h); or NULL. */
struct scaffold_result *scaffold_with(TALLOC_CTX *owner, const struct settings *settings, const char *description,
                                      const char *body, const char *measured, int64_t wall_us,
                                      struct error *error) NODISCARD;

/* Whether a description can be made a file's name of. Errors: ERROR_USAGE. */
bool scaffold_check(const char *description, struct error *error) NODISCARD;

#endif
