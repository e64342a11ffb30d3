/* What a database that was built in scratch holds besides its schema, and which of it is another value each time. Read
 * on a thread of its own, beside whatever else is done with the database. */
#ifndef MIGRATE_BASELINE_EVIDENCE_H
#define MIGRATE_BASELINE_EVIDENCE_H

#include "migrate/baseline/known.h"
#include "migrate/baseline/rows.h"
#include "migrate/baseline/sequences.h"
#include "migrate/baseline/volatility.h"
#include "migrate/directory.h"
#include "migrate/replay.h"

struct evidence {
    struct row_set *rows;
    struct sequence_set *sequences;
};

/* A reading on its way, or done. */
struct evidence_reading {
    struct connection *connection; /* not to be used before evidence_end */
    struct task *task;
    int64_t limit;
    struct evidence *evidence;
};

/* Starts reading as superuser: policies hide no row from it, and nothing of the files is called by reading. limit: as
 * rows_read. Owner: `owner`, which must end before the database does. Errors: scratch_connect's. */
struct evidence_reading *evidence_begin(TALLOC_CTX *owner, struct scratch_database *database, int64_t limit,
                                        struct cancel *cancel, struct error *error) NODISCARD;

/* Waits for it, and leaves out what the database's snapshot does not have. Owner of the result: the reading. Errors:
 * the server's. */
struct evidence *evidence_end(struct evidence_reading *reading, const struct snapshot *snapshot,
                              struct error *error) NODISCARD;

/* Of the migrations. */
struct migrations_evidence {
    const struct evidence *one;
    const struct evidence *twin; /* of another replay; NULL: not made */
    const struct known *known;   /* from earlier ones */
    const struct volatility *volatility;
    const char *const *days; /* on which the first replay ran, if no file names them; NULL-terminated */
};

/* What is needed to replay them once more. */
struct evidence_source {
    struct scratch *scratch;
    const struct directory *directory;
    const struct settings *settings;
    const struct snapshot *snapshot;
    int64_t limit;
    struct cancel *cancel;
    replay_progress_fn on_progress; /* or NULL */
    void *listener;
};

/* Ends the reading of the first replay; volatile are days and what is known from earlier ones. Owner: `owner`. */
struct migrations_evidence *evidence_of_migrations(TALLOC_CTX *owner, const struct evidence_source *source,
                                                   struct evidence_reading *reading, struct error *error) NODISCARD;

/* Replays again, finds what is volatile, and keeps it as known. */
bool evidence_add_twin(struct migrations_evidence *evidence, const struct evidence_source *source,
                       struct error *error) NODISCARD;

/* Whether there is nothing that another replay might have otherwise. */
bool evidence_is_empty(const struct evidence *evidence);

#endif
