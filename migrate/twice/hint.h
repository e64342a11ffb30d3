/* The way of writing a statement that may run twice. Pure. Private to migrate/twice. */
#ifndef MIGRATE_TWICE_HINT_H
#define MIGRATE_TWICE_HINT_H

#include <talloc.h>

#include "migrate/statement.h"
#include "migrate/twice.h"
#include "store/base.h"

/* A sentence or two; NULL: there is nothing to say. Owner: `owner`. */
const char *hint_of(TALLOC_CTX *owner, const struct statement *statement, const struct twice_finding *finding);

#endif
