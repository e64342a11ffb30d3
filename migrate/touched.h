/* What the relations that a plan touches look like, so that one who applies the plan later is told where the live
 * schema has changed under it. */
#ifndef MIGRATE_TOUCHED_H
#define MIGRATE_TOUCHED_H

#include <talloc.h>

#include "migrate/plan.h"
#include "store/base.h"
#include "store/connection.h"
#include "store/error.h"

/* A line for each relation that the plan's facts name: its digest, a blank, its name; by name; NULL-terminated. The
 * digest is of columns, constraints, keys that lead to it, indexes, triggers, rules, policies and children, not of rows
 * or sizes; "-" where there is no such relation yet. Owner: `owner`. Errors: the server's. */
const char *const *touched_read(TALLOC_CTX *owner, struct connection *connection, const struct plan *plan,
                                struct error *error) NODISCARD;

/* Whether they still look so. `lines` as read before; broken ones count as changed. Errors: ERROR_STALE_PLAN that names
 * what has changed; the server's. */
bool touched_hold(struct connection *connection, const char *const *lines, struct error *error) NODISCARD;

#endif
