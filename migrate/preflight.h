/* The preflight of a run: who and what is in its way now, before anything is begun. Asked of the target in one round
 * trip; what refuses the run and what is only told stands in one table (preflight.c). What a role may not see is
 * "unknown", never "none". */
#ifndef MIGRATE_PREFLIGHT_H
#define MIGRATE_PREFLIGHT_H

#include <talloc.h>

#include "migrate/plan.h"
#include "store/base.h"
#include "store/connection.h"
#include "store/error.h"
#include "store/settings.h"

/* A session, or a prepared transaction, that a statement of the plan may have to wait for. */
struct preflight_blocker {
    int64_t pid;             /* 0: a prepared transaction */
    const char *application; /* of a prepared transaction: its name */
    const char *role, *state;
    int64_t transaction_age_ms; /* INTEGER_NULL: not known */
    const char *relation;       /* that it holds and the plan needs; NULL: none, but its transaction is long */
    const char *mode;           /* of its lock, as in pg_locks; NULL without relation */
};

enum preflight_severity { PREFLIGHT_UNKNOWN, PREFLIGHT_WARNS, PREFLIGHT_REFUSES };

struct preflight_finding {
    enum preflight_severity severity;
    const char *message, *hint; /* hint may be NULL */
};

struct preflight {
    struct preflight_blocker *blockers; /* by pid and relation */
    size_t blocker_count;
    struct preflight_finding *findings; /* what refuses first */
    size_t finding_count;
    const char *unknown; /* why there may be more blockers than these, or NULL */
};

/* Looks. Owner: `owner`. A question that the server refuses to answer is a finding of its own. Errors: a lost
 * connection, ERROR_CANCELLED. */
struct preflight *preflight_look(TALLOC_CTX *owner, struct connection *connection, const struct plan *plan,
                                 const struct settings *settings, struct error *error) NODISCARD;

/* "pid 4711 (ana, psql), idle in transaction, in a transaction for 12m 3s, holds AccessShareLock on app.orders". Owner:
 * `owner`. */
char *preflight_describe(TALLOC_CTX *owner, const struct preflight_blocker *blocker);

/* False, with ERROR_REFUSED and the way out, where a finding refuses. */
bool preflight_allows(const struct preflight *preflight, struct error *error) NODISCARD;

#endif
