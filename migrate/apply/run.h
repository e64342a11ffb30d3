/* A run under the migration lock: its two connections, its place in the plan, its records. What apply, mark and
 * bootstrap share; private to migrate/. */
#ifndef MIGRATE_APPLY_RUN_H
#define MIGRATE_APPLY_RUN_H

#include <pthread.h>
#include <talloc.h>

#include "migrate/apply.h"
#include "migrate/guard/watcher.h"
#include "migrate/journal.h"
#include "migrate/ledger.h"
#include "store/base.h"
#include "store/connection.h"
#include "store/error.h"

struct run {
    const struct apply_options *options;
    struct journal_actor actor; /* actor.run: the run's id */
    struct connection *lock;    /* holds the advisory lock; writes the journal; NULL before it is open */
    struct connection *work;    /* runs the migrations; NULL where there is none, or it failed */
    struct ledger *ledger;      /* as found under the lock */
    const char *session_role;   /* session_user of the run's connections */
    int64_t lock_key;
    int lock_pid;                 /* backend of the lock connection */
    bool is_work_used;            /* the work connection has run a file: DISCARD ALL before the next */
    bool may_lower_deadlock;      /* the role may set deadlock_timeout */
    bool has_check_interval;      /* the server takes client_connection_check_interval */
    struct apply_result *result;  /* of an apply; else NULL */
    const struct plan_step *step; /* the file at hand, or NULL */
    int file_index, file_count;   /* from 1 */
    int statement;                /* at hand, from 1; 0: none */
    int64_t file_started_ms;
    int attempt;             /* at the file, from 1; 0: not counted */
    int64_t lock_wait_ms;    /* lock timeout of the attempt; 0: the step's own */
    int64_t attempt_ms;      /* when it began */
    int64_t held_wait_ms;    /* to which the work connection's lock_timeout was set last */
    bool is_wait_suspect;    /* a statement has run since then that may have changed it */
    struct watcher *watcher; /* NULL: nobody watches */
    struct watcher_end seen; /* by the watcher, of the attempt that ended last */
    pthread_mutex_t telling; /* one thread at a time calls the listener */
    struct apply_event told; /* under `telling`: told last, with its place; the watcher's news stand at the same one */
    bool is_queue_told;      /* under `telling` */
    char left_role[64];      /* that the file at hand has left set; "": none */
    struct aftermath *aftermath; /* of the file at hand; NULL: nothing is compared */
    bool is_advised;             /* the error at hand says what to do next (advice.h) */
    bool is_overruled;           /* it was told that the file's own lock_timeout does not count */
    struct ledger_counters {     /* the session's counters of ledger rows, right after our own INSERT; 0 inserted: not
                                    counted */
        int64_t inserted, updated, deleted;
        int64_t table_oid; /* of the table, or partition, that holds our row */
        int64_t journal_file, journal_changes;
    } counters;
};

/* Makes a run with an id of its own. Owner: `owner`. Connects nothing. */
struct run *run_new(TALLOC_CTX *owner, const struct apply_options *options);

/* Connects the lock connection, refuses standby, read-only server and pooler, takes the lock (waits at most the setting
 * lock_wait; the holder is named in ERROR_LOCKED), finds the ledger. */
bool run_take_lock(struct run *run, struct error *error) NODISCARD;

/* Under the lock, before ledger and journal are read: waits until no backend of a killed run is at work on a version of
 * the plan. Errors: ERROR_REFUSED when one does not end (it is named), ERROR_CANCELLED. */
bool run_wait_for_orphans(struct run *run, const struct plan *plan, struct error *error) NODISCARD;

/* test_connection of a run: whether the target answers a round trip, on the lock connection or, where that is lost, on
 * a new one. Logged as "test_connection" with `when` ("before", "after") and the time it took. Errors:
 * ERROR_CONNECTION. */
bool run_test_connection(struct run *run, const char *when, struct error *error) NODISCARD;

/* Gives the lock back and closes both connections. */
void run_close(struct run *run);

/* Makes ledger and journal where they are missing, and looks at them again. */
bool run_make_ledger(struct run *run, struct error *error) NODISCARD;

/* A work connection in the state that a file starts with: a new one, or the old one after DISCARD ALL; then the
 * settings of the run for `step` (NULL: those of the project). */
bool run_prepare_work(struct run *run, const struct plan_step *step, struct error *error) NODISCARD;

/* The two halves of that, for those who send more in the same go: a connection that is open and idle; and what it has
 * to be sent first, at most RUN_PREPARATION_MOST queries (owner `owner`). Returns how many. */
#define RUN_PREPARATION_MOST 2
bool run_open_work(struct run *run, struct error *error) NODISCARD;
size_t run_preparation(TALLOC_CTX *owner, struct run *run, const struct plan_step *step, struct query *queries);

/* What run_preparation sets deadlock_timeout to, where the role may: whoever looks for a deadlock first ends it by
 * giving way, and an autovacuum gives way to one who has waited for so long. */
#define RUN_DEADLOCK_MS 50

/* The lock timeout that a file (NULL: what is none) runs under now. */
int64_t run_lock_wait_ms(const struct run *run, const struct plan_step *step);

/* Closes the work connection: after an error the next file gets a new one. */
void run_drop_work(struct run *run);

/* The query that sets session authorization and role back to the run's. With RESTORE_LOCAL only until the transaction
 * ends; else its third column is the role that was. */
enum run_restore { RESTORE_SESSION, RESTORE_LOCAL };
struct query run_restore_query(TALLOC_CTX *owner, const struct run *run, enum run_restore restore);

/* SQL of a boolean: whether the lock connection holds the migration lock; for RETURNING and SELECT lists. Owner:
 * `owner`. */
char *run_lock_is_held_sql(TALLOC_CTX *owner, const struct run *run);

/* Writes a record on the lock connection. A relaxed one is only sent: what it fails with, the next one fails with. */
bool run_record(struct run *run, const struct journal_record *record, struct error *error) NODISCARD;

/* The same where a failure must not become the run's: it is logged, and told as a warning. */
void run_record_anyway(struct run *run, const struct journal_record *record);

/* Records how a run ended: "done", "failed", "interrupted", "refused". */
void run_record_finish(struct run *run, const char *outcome);

/* Tells the listener. `text` is cut to fit; may be NULL. */
void run_emit(struct run *run, enum apply_event_kind kind, const char *text, int64_t duration_ms);

/* Names the place of a failed statement in its file: from the server's position, else where the statement begins. */
void run_place_error(const struct run *run, size_t statement_index, struct error *error);

/* Ends of a lost COMMIT. */
enum run_outcome { OUTCOME_COMMITTED, OUTCOME_ROLLED_BACK, OUTCOME_UNKNOWN };

/* What became of a transaction whose COMMIT had no answer: reconnects, takes the lock, looks for the ledger row of
 * `version` (NULL: for the journal's row of a step), and asks txid_status until it is no longer in progress. Blocks up
 * to a minute. */
enum run_outcome run_find_outcome(struct run *run, const char *version, const char *transaction_id);

#endif
