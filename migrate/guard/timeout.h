/* A file's own lock_timeout, which the run overrules: it is the run that answers for those who wait behind it. */
#ifndef MIGRATE_GUARD_TIMEOUT_H
#define MIGRATE_GUARD_TIMEOUT_H

#include "migrate/statement.h"
#include "store/base.h"

/* Whether lock_timeout may be another one after the statement: it names it, or runs code that could. A trigger that
 * does so behind an INSERT is not seen here; the circuit breaker watches over what then waits. */
bool timeout_may_be_set(const struct statement *statement);

/* Sets lock_timeout to $1 (milliseconds) and answers with one row: what it was, what it is; both as the server spells
 * them. */
extern const char timeout_overrule_sql[];

#endif
