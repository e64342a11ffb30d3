/* Repairs of the ledger by hand: mark as applied, as pending, or accept a changed file; each one journalled, each
 * one under the migration lock. */
#ifndef MIGRATE_MARK_H
#define MIGRATE_MARK_H

#include <talloc.h>

#include "migrate/apply.h"
#include "migrate/status.h"
#include "store/base.h"
#include "store/error.h"

enum mark_action { MARK_APPLIED, MARK_PENDING, MARK_ACCEPT };

struct mark_request {
    enum mark_action action;
    const char *const *versions; /* NULL-terminated */
    const char *reason;
};

struct mark_change {
    const char *version;
    enum migration_state before, after;
};

struct mark_result {
    const char *run;
    struct mark_change *changes;
    size_t count;
};

/* Checks a request against a status without writing: what would change. Owner: `owner`.
 * Errors: ERROR_USAGE (unknown version, nothing to do for that state, an empty reason), ERROR_REFUSED (ledger
 * read-only). */
struct mark_result *mark_check(TALLOC_CTX *owner, const struct status *status, const struct mark_request *request,
                               struct error *error) NODISCARD;

/* Does it, all or nothing. Uses target, settings, log, cancel, application, person, host of `options`. Owner: `owner`.
 */
struct mark_result *mark_run(TALLOC_CTX *owner, const struct directory *directory, const struct mark_request *request,
                             const struct apply_options *options, struct error *error) NODISCARD;

#endif
