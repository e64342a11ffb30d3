/* Watches the locks of a statement that runs outside a transaction, whose locks are gone when it is done: a second
 * connection looks at pg_locks for as long as it runs. So that the first lock is seen for certain, the second
 * connection holds all tables (SHARE ROW EXCLUSIVE, which lets reading pass, and no writing) until the statement waits
 * for one of them. What is seen is a lower bound. */
#ifndef MIGRATE_TRACE_WATCH_H
#define MIGRATE_TRACE_WATCH_H

#include "migrate/scratch.h"
#include "migrate/trace/parts.h"

struct trace_watch;

/* Starts watching the session of `pid`. tables: those that there are. Owner: `owner`; freeing it stops it. Errors:
 * scratch_connect's, task_start's. */
struct trace_watch *watch_start(TALLOC_CTX *owner, struct scratch_database *database, int pid,
                                const struct trace_relations *tables, struct error *error) NODISCARD;

/* Stops it, and tells what it has seen; as long as the watch lives. */
const struct trace_sighting *watch_stop(struct trace_watch *watch, size_t *count);

#endif
