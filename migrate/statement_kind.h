/* What a statement is, as far as its words tell: the kinds of statement.h. Apart from splitting, because it
 * follows the server's grammar, which grows, and splitting its scanner, which does not. */
#ifndef MIGRATE_STATEMENT_KIND_H
#define MIGRATE_STATEMENT_KIND_H

#include "migrate/statement.h"

/* The kind of one statement (without its semicolon). *name (if not NULL) gets a name for messages where the kind hangs
 * on more than the first words ("ALTER DATABASE ... SET TABLESPACE"), else NULL; constant.
 * Source of STATEMENT_NO_TRANSACTION: the callers of PreventInTransactionBlock, PostgreSQL 12 to 18, as far as words
 * can tell. */
enum statement_kind statement_kind_of(const char *text, size_t size_bytes, const char **name);

#endif
