/* What a database that was built in scratch holds besides its schema, and which of it is another value each time. Read
 * on a thread of its own, beside whatever else is done with the database. */
#ifndef MIGRATE_BASELINE_EVIDENCE_H
#define MIGRATE_BASELINE_EVIDENCE_H

#include "migrate/baseline/known.h"
#include "migrate/baseline/rows.h"
#include "migrate/baseline/sequences.h"
#include "migrate/baseline/volatility.h"
#include "migrate/directory.h"
#include "migrate/ledger.h"
#include "migrate/replay.h"

/* The ledger as it is found there. */
struct evidence_ledger {
    enum ledger_shape shape;
    const char *table, *problem; /* as in struct ledger */
    struct ledger_row *rows;     /* as ledger_read has them; of a ledger that has no list: none */
    size_t count;
};

struct evidence {
    struct row_set *rows;
    struct sequence_set *sequences;
    struct evidence_ledger ledger;
};

/* What is read, and how. */
struct evidence_order {
    struct scratch *scratch;
    const struct replay *replay;
    const struct settings *settings;
    int64_t limit; /* as rows_read */
    struct cancel *cancel;
};

/* A reading on its way, or done. */
struct evidence_reading {
    struct evidence_order order;
    const char *key;               /* of its note, or NULL */
    struct connection *connection; /* NULL: what was read before is known still */
    struct task *task;             /* likewise */
    struct evidence *evidence;
};

/* Starts reading as superuser: policies hide no row from it, and nothing of the files is called by reading. Owner:
 * `owner`, which must end before the replay does. Errors: scratch_connect's. */
struct evidence_reading *evidence_begin(TALLOC_CTX *owner, const struct evidence_order *order,
                                        struct error *error) NODISCARD;

/* Waits for it, and leaves out what the database's snapshot does not have. Owner of the result: the reading. Errors:
 * the server's. */
struct evidence *evidence_end(struct evidence_reading *reading, const struct snapshot *snapshot,
                              struct error *error) NODISCARD;

/* A connection to the database, once the reading has ended. Owner: the reading. Errors: scratch_connect's. */
struct connection *evidence_connection(struct evidence_reading *reading, struct error *error) NODISCARD;

/* Closes the connection, on the thread that began; what was read stays. NULL is taken. */
void evidence_close(struct evidence_reading *reading);

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

/* As a text, and back: NULL where the text is none. Owner: `owner`. */
char *evidence_to_text(TALLOC_CTX *owner, const struct evidence *evidence);
struct evidence *evidence_from_text(TALLOC_CTX *owner, const char *text);

#endif
