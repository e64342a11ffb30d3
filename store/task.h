/* A piece of work on a worker thread, so that a screen never waits. The starter polls one descriptor, reads
 * progress, may cancel, and takes the result when the work has ended. Final interface: everything with a
 * screen stands on it.
 *
 * Memory: the work allocates under `task_memory`, a tree of its own that only the worker touches until the
 * task is finished; then it belongs to the starter. Signals are blocked in the worker. */
#ifndef STORE_TASK_H
#define STORE_TASK_H

#include <talloc.h>

#include "store/base.h"
#include "store/cancel.h"
#include "store/error.h"

struct task;

/* The work. Runs on the worker thread. Returns false with `error` set on failure. */
typedef bool (*task_fn)(struct task *task, void *argument, struct error *error);

/* Called on the starter's thread by task_deliver, once for each task_report, in order. */
typedef void (*task_progress_fn)(void *listener, const void *progress, size_t size_bytes);

struct task_options {
    const char *name; /* for the log and the screen; copied */
    task_fn run;
    void *argument;               /* must outlive the task */
    task_progress_fn on_progress; /* NULL: progress is dropped */
    void *listener;
};

/* Starts the work. Owner: `owner`; freeing a running task cancels it and waits for its end.
 * Errors: ERROR_INTERNAL when no thread or descriptor is left. */
struct task *task_start(TALLOC_CTX *owner, const struct task_options *options, struct error *error) NODISCARD;

/* A descriptor for poll(2), readable while there is progress to deliver or the task has ended. */
int task_fd(const struct task *task);

/* Delivers the progress that has come in. Returns true once the work has ended and all of its progress was
 * delivered. Never blocks. */
bool task_deliver(struct task *task) NODISCARD;

/* Waits for the end of the work and delivers what progress is left. Returns what the work returned; on false
 * `error` is a copy of its error. Blocks, unless task_deliver has returned true. */
bool task_finish(struct task *task, struct error *error) NODISCARD;

/* What the work left behind with task_set_result; valid after task_finish, as long as the task. */
void *task_result(const struct task *task);

/* Asks the work to stop; returns at once. May be called again. */
void task_cancel(struct task *task);

const char *task_name(const struct task *task);

/* For the work itself. */

/* The task's own memory: see above. */
TALLOC_CTX *task_memory(struct task *task);

/* What the work hands to connections, locks and sleeps, so that they end when the task is cancelled. */
struct cancel *task_cancellation(struct task *task);

/* Queues a copy of `progress` (plain data without pointers, or with pointers into task_memory that are never
 * freed before the task ends). Thread-safe; never blocks on the starter. */
void task_report(struct task *task, const void *progress, size_t size_bytes);

/* Sets what task_result returns; must live in task_memory. */
void task_set_result(struct task *task, void *result);

#endif
