/* Measures what the statements of a plan do: each is run in a scratch copy of the target's schema, and what it locked,
 * rewrote, scanned, made, dropped, changed and set is read from the catalog. The target is only read.
 *
 * The copy is the replay of the target's applied files where the live schema agrees with that; else the schema engine's
 * script of the live catalog; where neither can be made the facts are unknown, with the reason. Limits: the copy has no
 * rows but those that the migrations insert, so that what depends on rows (failures, durations, sizes) is not seen; a
 * statement outside a transaction is watched from another session, and its locks are a lower bound.
 * Source: ../docs/architecture.md, "Measuring". */
#ifndef MIGRATE_TRACE_H
#define MIGRATE_TRACE_H

#include <talloc.h>

#include "migrate/plan.h"
#include "migrate/scratch.h"
#include "store/base.h"
#include "store/connection.h"
#include "store/error.h"
#include "store/settings.h"

/* What is being done, for a screen: "003_add_index.sql", of `total` files. On the measuring thread. */
typedef void (*trace_progress_fn)(void *listener, size_t done, size_t total, const char *name);

struct trace_options {
    const struct settings *settings;
    const struct directory *directory;
    struct cancel *cancel;         /* or NULL */
    trace_progress_fn on_progress; /* or NULL */
    void *listener;
    /* OF_REPLAY: the target is itself a replay of its applied files in scratch: nothing need be compared with it. */
    enum { TRACE_OF_TARGET, TRACE_OF_REPLAY } of;
};

struct trace {
    const char *source;          /* what the copy was made of: "migrations", "live"; or NULL: there is none */
    const char *reason;          /* why there is none, or not the better one; or NULL */
    const char *const *warnings; /* NULL-terminated: what the copy lacks, another major version */
    enum { TRACE_MEASURED, TRACE_RECALLED } how; /* RECALLED: from the cache */
};

/* Measures all steps of a plan and sets their facts (owner: the plan). connection: to the target, only read from.
 * Owner: `owner`. Blocks. Errors: the target's, ERROR_CANCELLED; whatever goes wrong in scratch only leaves facts
 * unknown. */
struct trace *trace_plan(TALLOC_CTX *owner, struct plan *plan, struct connection *connection,
                         const struct trace_options *options, struct error *error) NODISCARD;

/* Measures one file in a scratch database in which those before it have run, and judges its hazards: a plan of one
 * step, for its facts and hazards alone. The database is changed by it. Owner: `owner`; the file must outlive it.
 * Blocks. Errors: scratch_connect's, ERROR_CANCELLED. */
struct plan *trace_file(TALLOC_CTX *owner, const struct migration_file *file, struct scratch_database *database,
                        struct cancel *cancel, struct error *error) NODISCARD;

/* Marks all facts of a plan as unknown. */
void trace_skip(struct plan *plan, const char *reason);

#endif
