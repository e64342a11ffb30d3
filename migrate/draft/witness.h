/* Looks into the catalog, as conditions of SQL: whether an object is there, whether a difference is closed. Pure. */
#ifndef MIGRATE_DRAFT_WITNESS_H
#define MIGRATE_DRAFT_WITNESS_H

#include <talloc.h>

#include "migrate/diff.h"
#include "store/base.h"

/* Whether the object exists: "pg_catalog.to_regclass('app.t') IS NOT NULL". NULL where there is no short way to ask.
 * Owner: `owner`. */
const char *witness_exists(TALLOC_CTX *owner, const struct object *object);

/* Whether the difference of an item is not closed yet, asked as the snapshot asks: by the query of its kind, under an
 * empty search_path. Owner: `owner`. */
const char *witness_is_open(TALLOC_CTX *owner, const struct diff_item *item, int server_version);

#endif
