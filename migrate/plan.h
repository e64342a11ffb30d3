/* A plan: exactly what an apply will do, as a value. Built without a server from a status; what is shown is what runs.
 */
#ifndef MIGRATE_PLAN_H
#define MIGRATE_PLAN_H

#include <talloc.h>

#include "migrate/facts.h"
#include "migrate/status.h"
#include "store/base.h"
#include "store/error.h"
#include "store/settings.h"

struct expected;
struct hazard_list;

/* Which of the pending ones. At most one of `to` and `only` is given. */
struct plan_selection {
    const char *to;                         /* a version, or NULL: all */
    const char *const *only;                /* versions, NULL-terminated, or NULL */
    enum { ORDER_STRICT, ORDER_ANY } order; /* ORDER_ANY: --out-of-order */
    const char *const *allow;               /* --allow: "HAZARD:OBJECT", NULL-terminated, or NULL */
};

struct plan_step {
    const struct migration_file *file;
    const struct migration *migration;
    size_t first_statement; /* index; over 0 where an incomplete file is resumed */
    bool is_resume;
    int64_t lock_timeout_ms; /* the longest that one attempt waits for a lock */
    int64_t statement_timeout_ms;
    bool has_ladder;           /* nobody gave a lock timeout: short ones, and the file, or its step, is tried again
                                  (migrate/guard/ladder.h) */
    const struct facts *facts; /* of each statement of the file, by its index; NULL: nobody has measured */
    const struct hazard_list *hazards; /* likewise (migrate/hazard.h); NULL: nobody has looked */
    const struct expected
        *expected; /* what it makes of the relations it touches (migrate/expected.h); NULL: nobody knows */
};

/* Facts about the target that a plan is bound to. */
struct plan_target {
    const char *system_identifier; /* "" where it may not be asked */
    int64_t timeline;
    const char *database, *role;
    int server_version;
};

struct plan {
    const char *id;          /* the first 12 digits of the fingerprint */
    const char *fingerprint; /* sha256 of `terms` */
    const char *terms;       /* all that an apply depends on (ledger.md), a line each: "server 7123 1", "database shop",
                                "applied 001 CHECKSUM", "step 002 CHECKSUM ..." */
    const char *const *touched; /* lines of migrate/touched.h, once it is known which relations those are; or NULL */
    struct plan_step *steps;
    size_t count;
    size_t statement_count;
    size_t remaining; /* pending ones that were not selected */
    bool creates_ledger;
    const struct status *status; /* borrowed */
    struct plan_target target;
};

/* Reads what a plan is bound to. Owner: `owner`. */
bool plan_read_target(TALLOC_CTX *owner, struct connection *connection, struct plan_target *target,
                      struct error *error) NODISCARD;

/* Builds the plan; pure. `status` must outlive it. Owner: `owner`.
 * Errors: ERROR_USAGE (an unknown version, one that is applied), ERROR_REFUSED with the way out (changed, missing, out
 * of order, incomplete with other bytes; a ledger that cannot be written). An empty plan is none. */
struct plan *plan_build(TALLOC_CTX *owner, const struct status *status, const struct settings *settings,
                        const struct plan_target *target, const struct plan_selection *selection,
                        struct error *error) NODISCARD;

/* Binds the plan to what the relations that it touches look like (migrate/touched.h; owner: the plan): its terms and
 * its fingerprint are others then. Once for each plan. */
void plan_bind_touched(struct plan *plan, const char *const *lines);

/* Whether all that `now` would do was part of `before`, on the same target: what one who waited for the lock may go on
 * with. */
bool plan_is_part_of(const struct plan *now, const struct plan *before);

#endif
