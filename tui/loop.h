/* The console's heart: one poll(2) over descriptors, signals, timers and the tasks that work on other threads.
 * Everything that is called back runs on the thread that turns the loop. It never waits for a server. */
#ifndef TUI_LOOP_H
#define TUI_LOOP_H

#include <talloc.h>

#include "store/base.h"
#include "store/error.h"
#include "store/task.h"

struct loop;

typedef void (*loop_fn)(void *argument);
typedef void (*loop_signal_fn)(void *argument, int signal_number);

/* The end of a task: `succeeded` and `error` are the work's. The task is freed afterwards, with its result, unless
 * talloc_steal took it to another owner. */
typedef void (*loop_end_fn)(void *argument, struct task *task, bool succeeded, const struct error *error);

/* Owner: `owner`. Tasks that still run when it is freed are cancelled and waited for. Errors: ERROR_INTERNAL. */
struct loop *loop_new(TALLOC_CTX *owner, struct error *error) NODISCARD;

/* Takes SIGWINCH, SIGTSTP, SIGCONT, SIGINT, SIGTERM, SIGHUP and SIGQUIT into the loop, until the loop is freed. */
void loop_take_signals(struct loop *loop, loop_signal_fn on_signal, void *argument);

/* Calls when the descriptor is readable, at its end, or broken. -1: nothing any more. */
void loop_set_input(struct loop *loop, int fd, loop_fn on_readable, void *argument);

/* Calls once, after delay_ms; a timer of the same function and argument is replaced. */
void loop_after(struct loop *loop, int delay_ms, loop_fn fn, void *argument);
void loop_forget(struct loop *loop, loop_fn fn, void *argument);

/* Starts a task; NULL when it cannot be started (`error` says why). on_end may be NULL. */
struct task *loop_start(struct loop *loop, const struct task_options *options, loop_end_fn on_end, void *argument,
                        struct error *error) NODISCARD;

/* Keeps memory (what a task works on) until the task has ended, whatever becomes of who started it. */
void loop_keep(struct loop *loop, const struct task *task, TALLOC_CTX *memory);

/* Cancels all tasks and waits for their ends; no callback comes. */
void loop_stop(struct loop *loop);

/* Cancels a task whose answer nobody wants any more: no callback comes. */
void loop_drop(struct loop *loop, struct task *task);

/* Whether something is going on: a task, or a timer that was set to less than 200 ms. */
bool loop_is_busy(const struct loop *loop);

/* Waits for something to happen and calls whom it concerns. False when polling is impossible. */
bool loop_turn(struct loop *loop) NODISCARD;

#endif
