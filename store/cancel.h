/* A request to stop: set from any thread or a signal handler, seen by whoever waits. It carries no reason
 * but the signal that asked, and it cannot be taken back: a new piece of work takes a new one. */
#ifndef STORE_CANCEL_H
#define STORE_CANCEL_H

#include <signal.h>
#include <stdatomic.h>
#include <talloc.h>

#include "store/base.h"

struct cancel {
    int fd;              /* an eventfd: readable for ever once the cancel was requested; for poll(2) */
    atomic_int requests; /* how often it was asked for */
    atomic_int signal;   /* the signal that asked first, or 0 */
};

/* Owner: `owner`; the descriptor is closed with it. NULL when there are no descriptors left. */
struct cancel *cancel_new(TALLOC_CTX *owner) NODISCARD;

/* Asks. signal_number 0: a person or the program asked. Async-signal-safe, thread-safe. */
void cancel_request(struct cancel *cancel, int signal_number);

/* Whether it was asked for. A NULL cancel never is. */
bool cancel_is_requested(const struct cancel *cancel);

/* The signal that asked first, or 0. */
int cancel_signal(const struct cancel *cancel);

/* Waits up to timeout_ms (of the monotonic clock) unless cancelled. Returns false once cancelled. */
bool cancel_sleep(struct cancel *cancel, int timeout_ms);

#endif
