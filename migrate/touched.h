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

/* The same relations, as they are now. `lines` as read before; broken ones count as changed. Owner: `owner`. Errors:
 * the server's. */
const char *const *touched_again(TALLOC_CTX *owner, struct connection *connection, const char *const *lines,
                                 struct error *error) NODISCARD;

/* The name of the first relation whose line is another one, of two readings of the same relations; NULL: all are the
 * same. Borrowed from `before`. */
const char *touched_difference(const char *const *before, const char *const *now);

#endif
