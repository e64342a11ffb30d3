/* Applying one file: in one transaction, step by step, or for a rehearsal. Private to migrate/apply. */
#ifndef MIGRATE_APPLY_FILE_H
#define MIGRATE_APPLY_FILE_H

#include "migrate/apply/run.h"
#include "migrate/guard/ladder.h"

/* The file in one transaction, together with its ledger row. run->step is the file. Tried again while its locks are not
 * to be had, and where the server asks for it (migrate/guard/ladder.h). *attempts counts. On failure nothing of the
 * file stands, unless the error is ERROR_UNKNOWN_OUTCOME. */
bool transactional_apply(struct run *run, int *attempts, struct error *error) NODISCARD;

/* One attempt at it. After a failure the work connection is gone. */
bool transactional_attempt(struct run *run, struct error *error) NODISCARD;

/* The file step by step (ledger.md, 4), from plan_step.first_statement on. ERROR_INCOMPLETE where steps stand.
 * *attempts: the most that a step has needed. */
bool stepwise_apply(struct run *run, int *attempts, struct error *error) NODISCARD;

/* After an attempt of which nothing stands: whether there is another one, once the pause before it is over; the failure
 * is in the journal then, as one of `step` (0: of the file). Else the error says what can be done. */
bool file_tries_again(struct run *run, struct ladder *ladder, int step, struct error *error);

/* A statement that was cancelled and not by us: whose limit that was, and how to give it more. After guard_explain. */
void file_explain_timeout(struct run *run, struct error *error);

/* Behind a statement of the file: the wait for a lock stays the run's, whatever that has set; it is told once a file.
 * Places its errors. */
bool file_hold_wait(struct run *run, size_t index, struct error *error) NODISCARD;

/* Runs one statement of the file at hand on the work connection; tells the listener; places the error. */
bool file_run_statement(struct run *run, size_t index, struct error *error) NODISCARD;

/* Writes the ledger row of the file at hand on the work connection, inside its transaction, and checks that the lock is
 * held. *transaction_id (owner `owner`) gets the transaction's id. FILE_TRANSACTION_NEW: prepares the connection and
 * begins the transaction in the same round trip. */
enum file_transaction { FILE_TRANSACTION_NEW, FILE_TRANSACTION_RUNS };
bool file_begin(TALLOC_CTX *owner, struct run *run, enum file_transaction transaction, const char **transaction_id,
                struct error *error) NODISCARD;

/* The checks before COMMIT: role set back, transaction the same, lock held, ledger untouched but for our row; sets the
 * duration. */
bool file_close(struct run *run, const char *transaction_id, int64_t duration_ms, struct error *error) NODISCARD;

/* COMMIT, which nothing cancels. A lost answer is looked up: true when it was committed after all; else
 * ERROR_CONNECTION (rolled back) or ERROR_UNKNOWN_OUTCOME. `version` as for run_find_outcome. */
bool file_commit(struct run *run, const char *version, const char *transaction_id, struct error *error) NODISCARD;

/* The journal's record of a failure (or, where it was a cancel, of an interruption). `left`: what stands, "nothing"
 * where nothing does. */
void file_record_failure(struct run *run, int step, const struct error *error, const char *left);

#endif
