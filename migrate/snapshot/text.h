/* A snapshot as a text, and back: what was read from a database that never changes need not be read again. */
#ifndef MIGRATE_SNAPSHOT_TEXT_H
#define MIGRATE_SNAPSHOT_TEXT_H

#include "migrate/snapshot.h"

/* Owner: `owner`. */
char *snapshot_to_text(TALLOC_CTX *owner, const struct snapshot *snapshot);

/* NULL where the text is none, or was written by a program that knows other kinds, or asks for them otherwise. Owner:
 * `owner`; it keeps a copy of the text. */
struct snapshot *snapshot_from_text(TALLOC_CTX *owner, const char *text);

#endif
