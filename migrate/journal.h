/* The journal: append-only, everything that was attempted. Written in autocommit on the lock connection, so that
 * a rollback cannot erase it; a step that ran in a transaction is recorded inside that transaction. */
#ifndef MIGRATE_JOURNAL_H
#define MIGRATE_JOURNAL_H

#include <jansson.h>
#include <talloc.h>

#include "migrate/ledger.h"
#include "store/base.h"
#include "store/connection.h"
#include "store/error.h"

enum journal_event {
    JOURNAL_RUN_STARTED,
    JOURNAL_STARTED,
    JOURNAL_STEP_INTENDED,
    JOURNAL_STEP_DONE,
    JOURNAL_APPLIED,
    JOURNAL_FAILED,
    JOURNAL_INTERRUPTED,
    JOURNAL_RESOLVED,
    JOURNAL_MARKED,
    JOURNAL_ACCEPTED,
    JOURNAL_RUN_FINISHED,
    JOURNAL_EVENT_COUNT
};

/* Who acts: goes into each record. */
struct journal_actor {
    const char *run; /* id of the run */
    const char *person, *host, *application;
};

enum journal_durability {
    JOURNAL_DURABLE,
    JOURNAL_RELAXED /* need not wait for the disk: a later commit flushes it */
};

/* What is recorded; NULL and 0 are SQL's NULL. */
struct journal_record {
    enum journal_event event;
    enum journal_durability durability;
    const char *version;
    int step;
    const char *checksum, *statement_hash, *transaction_id;
    const json_t *detail; /* borrowed */
};

/* The statement that writes a record, for a pipeline. Owner: `owner`. */
struct query journal_query(TALLOC_CTX *owner, const struct ledger *ledger, const struct journal_actor *actor,
                           const struct journal_record *record);

/* Writes a record. */
bool journal_write(struct connection *connection, const struct ledger *ledger, const struct journal_actor *actor,
                   const struct journal_record *record, struct error *error) NODISCARD;

/* A row as read. Times are RFC 3339 in UTC; detail is JSON text. */
struct journal_row {
    int64_t id;
    const char *run, *version;
    int64_t step;
    const char *event, *at, *checksum, *statement_hash, *transaction_id, *db_role, *person, *host, *application,
        *detail;
};

/* Which rows: absent members do not narrow. */
struct journal_filter {
    const char *run, *version;
    int64_t after_id;
    int limit; /* the newest `limit` rows; 0: all */
};

/* Rows by id, ascending. Owner: `owner`. No journal: no rows. */
bool journal_read(TALLOC_CTX *owner, struct connection *connection, const struct ledger *ledger,
                  const struct journal_filter *filter, struct journal_row **rows, size_t *count,
                  struct error *error) NODISCARD;

/* A run, summed up from its events. */
struct journal_run {
    const char *run, *started_at, *finished_at, *db_role, *person, *host, *application;
    const char *outcome; /* "done", "failed", "interrupted", "refused"; "open" without a run_finished */
    int64_t applied, failed;
};

/* The newest `limit` runs, newest first. Owner: `owner`. */
bool journal_runs(TALLOC_CTX *owner, struct connection *connection, const struct ledger *ledger, int limit,
                  struct journal_run **runs, size_t *count, struct error *error) NODISCARD;

/* A version that is incomplete (ledger.md), with the steps that are known to be done. */
struct journal_step {
    const char *version;
    int64_t step;
    const char *statement_hash;
    const char *checksum; /* of the file at that time */
    bool is_done;         /* false: intended, and nothing tells how it ended */
    bool has_temporary;   /* temporary objects stood when it was done: a new session does not have them */
    const char *before;   /* what stood in the catalog before an intended step: see migrate/apply/check.h */
};

/* Steps of versions without a ledger row since their last applied, marked or resolved; by version, then step. Owner:
 * `owner`. */
bool journal_open_steps(TALLOC_CTX *owner, struct connection *connection, const struct ledger *ledger,
                        struct journal_step **steps, size_t *count, struct error *error) NODISCARD;

/* The checksum last recorded for each version (applied, marked, accepted), for ledgers without a column for it. 7 and
 * 007 are one version, spelled as it was last. */
struct journal_checksum {
    const char *version, *checksum;
};
bool journal_checksums(TALLOC_CTX *owner, struct connection *connection, const struct ledger *ledger,
                       struct journal_checksum **rows, size_t *count, struct error *error) NODISCARD;

const char *journal_event_name(enum journal_event event);

#endif
