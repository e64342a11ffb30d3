/* Notes: texts that somebody found out about replayed states, kept with the scratch server under keys, shared by
 * processes. What goes wrong with them costs time and nothing else. */
#ifndef MIGRATE_REPLAY_NOTES_H
#define MIGRATE_REPLAY_NOTES_H

#include <talloc.h>

#include "migrate/directory.h"
#include "migrate/replay.h"
#include "migrate/scratch.h"

/* Keeps a text in valid UTF-8 without NUL; one of the same key is replaced. Too long a text is not kept; of too many
 * notes those go that were not asked for longest. */
void notes_keep(struct scratch *scratch, const char *key, const char *text);

/* The text of the last of these keys (NULL-terminated) that has one, or NULL. Owner: `owner`. */
char *notes_recall(TALLOC_CTX *owner, struct scratch *scratch, const char *const *keys);

/* Keys for what is known of the values that files leave: of the states after 0, 1 ... all files; NULL-terminated. A
 * state goes on from a copy of the one before it, and holds the same values. Owner: `owner`. */
const char *const *notes_migration_keys(TALLOC_CTX *owner, const struct scratch *scratch,
                                        const struct directory *directory);

/* A key for what is known of this very database, made of `what` and its name; NULL where it may be changed or goes with
 * the replay. Owner: `owner`. */
const char *notes_state_key(TALLOC_CTX *owner, const struct replay *replay, const char *what);

#endif
