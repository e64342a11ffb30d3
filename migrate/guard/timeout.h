/* A file's own lock_timeout, which the run overrules: it is the run that answers for those who wait behind it. */
#ifndef MIGRATE_GUARD_TIMEOUT_H
#define MIGRATE_GUARD_TIMEOUT_H

#include <talloc.h>

#include "migrate/statement.h"
#include "store/base.h"
#include "store/connection.h"
#include "store/error.h"

/* Whether lock_timeout may be another one after the statement: it names it, or runs code that could. A trigger that
 * does so behind an INSERT is not seen here; the circuit breaker watches over what then waits. */
bool timeout_may_be_set(const struct statement *statement);

/* Sets lock_timeout to `wait_ms`. *was (owner `owner`) gets what it was where that is not `held_ms`, to which we had
 * set it last; else NULL; *is what it is now; both as the server spells them. Takes no snapshot: a statement behind it
 * may still set the transaction's isolation. Errors: the connection's. */
bool timeout_hold(TALLOC_CTX *owner, struct connection *connection, int64_t held_ms, int64_t wait_ms, const char **was,
                  const char **is, struct error *error) NODISCARD;

#endif
