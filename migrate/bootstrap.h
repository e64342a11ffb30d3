/* Bootstrap: the init script, run on an empty target in one transaction; it seeds the ledger, whose checksums are then
 * filled in. */
#ifndef MIGRATE_BOOTSTRAP_H
#define MIGRATE_BOOTSTRAP_H

#include <talloc.h>

#include "migrate/apply.h"
#include "migrate/directory.h"
#include "store/base.h"
#include "store/error.h"

struct bootstrap_result {
    const char *run;
    size_t statement_count;
    size_t seeded;   /* versions in the ledger afterwards */
    size_t unseeded; /* files that the script did not seed: they are pending now */
    int64_t duration_ms;
};

/* What stands in the way of a bootstrap: ERROR_REFUSED naming the first few objects of a database that is not empty. */
bool bootstrap_check(struct connection *connection, struct error *error) NODISCARD;

/* Runs it. The script's statements must not control transactions. Owner: `owner`.
 * Errors: ERROR_REFUSED, ERROR_PROJECT (the script makes no ledger, or seeds a version without a file), the server's.
 * Everything is rolled back on failure. */
struct bootstrap_result *bootstrap_run(TALLOC_CTX *owner, const struct directory *directory,
                                       const struct apply_options *options, struct error *error) NODISCARD;

#endif
