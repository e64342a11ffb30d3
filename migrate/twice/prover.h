/* One proof on its way: a database in which the files are run, one after the other, each a second time in a transaction
 * that is rolled back. Private to migrate/twice. */
#ifndef MIGRATE_TWICE_PROVER_H
#define MIGRATE_TWICE_PROVER_H

#include <talloc.h>

#include "migrate/replay/build.h"
#include "migrate/twice.h"
#include "migrate/twice/findings.h"
#include "migrate/twice/look.h"
#include "store/base.h"

struct prover {
    TALLOC_CTX *memory;
    struct scratch *scratch;
    const struct directory *directory;
    const struct twice_options *options;
    const struct replay_options *replaying;
    struct build build; /* its database is in the state behind `done` files */
    size_t done;
    struct look_sequences sequences; /* all of them, as they stand in that state */
    bool has_failed;                 /* a first run */
    struct error *error;
};

/* ---- prover.c: the database ---- */

/* Brings the database into the state behind `count` files, by running those between, each once. */
bool prover_advance(struct prover *prover, size_t count) NODISCARD;

/* Puts the state into the cache of replays, where who measures the next file begins, and goes on in a copy. */
bool prover_keep_state(struct prover *prover) NODISCARD;

/* Runs the next file, once. hooks: of a file outside a transaction; or NULL. Where it is the file that cannot be run,
 * prover->has_failed says so. */
bool prover_run_next(struct prover *prover, const struct build_hooks *hooks) NODISCARD;

/* Sets the sequences of a glance back to where they stood, for no ROLLBACK does. */
bool prover_restore_sequences(struct prover *prover, const struct look_glance *glance) NODISCARD;

/* Takes on what all sequences say now. */
bool prover_read_sequences(struct prover *prover) NODISCARD;

/* The database is spoiled: the next use makes it anew. */
void prover_drop(struct prover *prover);

/* ---- second.c, closely.c: a file in one transaction ---- */

/* Runs the file that was run last a second time and adds what that changed. */
bool second_prove(struct prover *prover, const struct migration_file *file, struct findings *findings) NODISCARD;

/* The same with a look behind each statement. *glance gets what it has touched. */
bool closely_prove(struct prover *prover, const struct migration_file *file, struct findings *findings) NODISCARD;

/* Whether a failure ends the whole proof, and is not a finding about a file. */
bool prover_is_ended(const struct prover *prover, const struct error *error);

/* ---- stepwise.c: a file outside a transaction ---- */

/* Runs the next file, and proves it. */
bool stepwise_prove(struct prover *prover, const struct migration_file *file, struct findings *findings) NODISCARD;

#endif
