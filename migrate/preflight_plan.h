/* The findings of a preflight that do not ask who is there: what the plan's files are, and what the journal knows of
 * them. Private to migrate/preflight. */
#ifndef MIGRATE_PREFLIGHT_PLAN_H
#define MIGRATE_PREFLIGHT_PLAN_H

#include "migrate/preflight.h"

/* Adds a finding; the texts are the caller's. */
void preflight_find(struct preflight *preflight, enum preflight_severity severity, const char *message,
                    const char *hint);

/* Long work under locks, which the circuit breaker may stop; text that does not read as it runs. Pure. */
void preflight_foresee(struct preflight *preflight, const struct plan *plan, const struct settings *settings);

/* Versions that were applied once, and whose row is gone from the ledger. Errors: a lost connection, ERROR_CANCELLED.
 */
bool preflight_ask_journal(struct preflight *preflight, struct connection *connection, const struct plan *plan,
                           struct error *error) NODISCARD;

#endif
