/* What a database holds besides its schema: the rows of all tables and how far sequences have counted. Taken before a
 * script and after it, and compared: what exists on both sides must have been kept. No failure of a cmocka test here:
 * callers run in threads of their own. */
#ifndef TESTS_LIB_ROW_MEMORY_H
#define TESTS_LIB_ROW_MEMORY_H

#include <libpq-fe.h>
#include <talloc.h>

#include "store/base.h"

struct row_memory; /* opaque */

/* Reads all of it. Owner: `owner`. NULL: the server refused a query, and *report (owner: `owner`) says so. */
struct row_memory *row_memory_take(TALLOC_CTX *owner, PGconn *connection, const char **report) NODISCARD;

/* NULL where everything was kept: of each table on both sides the number of rows, of each column on both sides the
 * values where the type is the same, else the number of those that are not NULL; of each sequence on both sides its
 * count. Partitions are looked at through their roots. `lost`: what may go: "app.t" (its rows), "app.t.c", "app.s" (its
 * count), as PostgreSQL quotes names; NULL-terminated, or NULL. Owner: `owner`. */
char *row_memory_compare(TALLOC_CTX *owner, const struct row_memory *before, const struct row_memory *after,
                         const char *const *lost);

#endif
