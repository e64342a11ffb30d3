/* What blame has found out, kept in the registry: by the key of a state and the digest of a fact. Private to
 * migrate/blame. */
#ifndef MIGRATE_BLAME_MEMO_H
#define MIGRATE_BLAME_MEMO_H

#include "migrate/blame/facts.h"
#include "migrate/scratch.h"

/* Fills in what is known of the facts at a state: blame, "" where no file set it. */
bool memo_recall(struct scratch *scratch, const char *key, struct facts *facts, struct error *error) NODISCARD;

/* Keeps what the changes of all facts are blamed on. `facts`: all of the diff, before any was settled. */
bool memo_keep(struct scratch *scratch, const char *key, const struct facts *facts, struct error *error) NODISCARD;

#endif
