/* Facts from a statement's parse tree, where it could not be measured: the lock that its kind takes on the tables that
 * it names, and what it drops by name. What a server does besides (rewrites, scans, CASCADE) is not in the text and not
 * told. */
#ifndef MIGRATE_DERIVE_H
#define MIGRATE_DERIVE_H

#include <talloc.h>

#include "migrate/hazard.h"
#include "migrate/plan.h"
#include "store/base.h"
#include "store/cancel.h"
#include "store/error.h"

/* Derives what is FACTS_UNKNOWN in a plan whose facts are set. sizes: names without a schema mean the only relation of
 * that name. What cannot be parsed, or says nothing by itself (DO, a function), stays unknown. Blocks for some
 * milliseconds a statement. Errors: ERROR_CANCELLED. */
bool derive_plan(struct plan *plan, const struct hazard_sizes *sizes, struct cancel *cancel,
                 struct error *error) NODISCARD;

/* Pure: facts of a parse tree as libpg_query prints it; false where it tells nothing. Owner: `owner`. */
bool derive_tree(TALLOC_CTX *owner, const char *tree, const struct hazard_sizes *sizes, struct facts *facts) NODISCARD;

#endif
