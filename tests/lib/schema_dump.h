/* What pg_dump says of a schema, without what is no fact of it: the judge of scripts who knows nothing of pgdeck. Taken
 * apart into its entries and sorted, for the order in which objects were made shows in a dump; columns and privileges
 * of an entry are sorted too. No failure of a cmocka test here: callers run in threads of their own. */
#ifndef TESTS_LIB_SCHEMA_DUMP_H
#define TESTS_LIB_SCHEMA_DUMP_H

#include <stdio.h>
#include <talloc.h>

#include "store/base.h"
#include "tests/lib/server.h"

enum dump_privileges { DUMP_WITHOUT_PRIVILEGES, DUMP_WITH_PRIVILEGES };

struct schema_dump; /* opaque */

/* Starts pg_dump --schema-only --no-owner of the server's own version; several may run at once. Name of the database:
 * letters, digits, underscores. Owner: `owner`. */
struct schema_dump *schema_dump_start(TALLOC_CTX *owner, struct test_server *server, const char *database,
                                      enum dump_privileges privileges);

/* Waits for it. False: pg_dump failed, and *report (owner: the dump) says so. */
bool schema_dump_finish(struct schema_dump *dump, const char **report) NODISCARD;

/* Takes a text that pg_dump wrote; for tests. */
struct schema_dump *schema_dump_of_text(TALLOC_CTX *owner, const char *text);

/* What pg_dump wrote, to be restored. Owner: the dump. */
const char *schema_dump_sql(const struct schema_dump *dump);

/* NULL where both say the same, else the first differences, each with its entry and the line. Owner: `owner`. */
char *schema_dump_compare(TALLOC_CTX *owner, const struct schema_dump *left, const char *left_name,
                          const struct schema_dump *right, const char *right_name);

#endif
