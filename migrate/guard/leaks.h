/* What a file leaves in its session: settings, temporary objects, advisory locks. None of it reaches the next file
 * (DISCARD ALL), but who wrote it may think that it does: it is told. */
#ifndef MIGRATE_GUARD_LEAKS_H
#define MIGRATE_GUARD_LEAKS_H

#include <talloc.h>

#include "migrate/file.h"
#include "store/base.h"
#include "store/connection.h"

/* Whether the file has statements that could leave something. What a trigger or a plain DDL statement's function leaves
 * is not looked for. */
bool leaks_may_be(const struct migration_file *file);

/* What is left, once the file is committed: "search_path = app; temporary object t", or NULL. search_path and
 * statement_timeout_ms as the run has set them. Owner: `owner`. A server that does not answer is none: NULL. */
char *leaks_ask(TALLOC_CTX *owner, struct connection *connection, const char *search_path,
                int64_t statement_timeout_ms);

#endif
