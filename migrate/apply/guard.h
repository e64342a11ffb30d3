/* The watcher of a run: when it looks, what is told of it, and what its errors say. Private to migrate/apply. */
#ifndef MIGRATE_APPLY_GUARD_H
#define MIGRATE_APPLY_GUARD_H

#include "migrate/apply/run.h"

/* Starts the watcher where the plan has something to run. Without one a run goes on, unwatched, and says so. */
void guard_start(struct run *run, const struct plan *plan);

/* The work connection is at work from now on, and until guard_end; run->seen gets what was seen. */
void guard_begin(struct run *run, enum watcher_power power);
void guard_end(struct run *run);

/* Adds who was involved to the error of work that failed; a statement that the breaker stopped is ERROR_LOCK_TIMEOUT.
 */
void guard_explain(struct run *run, struct error *error);

/* After a file is committed: tells what it has left in its session, which ends with it. `role`: under which it ended,
 * or NULL where that is the run's. */
void guard_tell_leaks(struct run *run, const char *role);

#endif
