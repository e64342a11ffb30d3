/* What was proved, kept as one note of the scratch server. A proof is known by a chain: what stood before, then the
 * bytes of each file; at every PROOFS_BLOCK files the chain begins anew from a digest of the state itself. So an edit
 * that comes to the same schema and rows leaves the proofs behind it standing. Private to migrate/twice. */
#ifndef MIGRATE_TWICE_PROOFS_H
#define MIGRATE_TWICE_PROOFS_H

#include <talloc.h>

#include "migrate/twice/prover.h"
#include "store/base.h"

#define PROOFS_BLOCK 64

struct proofs; /* opaque */

/* Reads the note. Owner: `owner`. */
struct proofs *proofs_open(TALLOC_CTX *owner, struct scratch *scratch, const struct directory *directory,
                           const struct settings *settings);

/* Writes what is new. */
void proofs_save(struct proofs *known);

/* The beginning of the chain; the key behind a file; the key behind a state. Owner: the proofs. */
const char *proofs_start(struct proofs *known);
const char *proofs_behind_file(struct proofs *known, const char *key, const struct migration_file *file);
const char *proofs_behind_state(struct proofs *known, const char *state);

/* Adds the findings of a proof; false: there is none. */
bool proofs_recall(struct proofs *known, const char *key, struct findings *findings);
void proofs_keep(struct proofs *known, const char *key, const struct findings *findings, size_t first);

/* The digest of the state behind a key, or NULL. */
const char *proofs_recall_state(struct proofs *known, const char *key);
void proofs_keep_state(struct proofs *known, const char *key, const char *state);

/* A digest of the state of the database: schema, rows (but for times and random ids, which are others each time),
 * sequences. NULL: error. Owner: the proofs. */
const char *proofs_state(struct proofs *known, struct prover *prover) NODISCARD;

#endif
