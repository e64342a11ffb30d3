/* How a transactional file is tried again until it gets its locks: short waits that grow, pauses of random length, and
 * an end. Pure: clock and chance come in as arguments. Why short waits: whoever comes after us for the same table waits
 * behind us, so that the worst that others see is our lock timeout, while the one who holds the lock decides alone when
 * we are done (measured: 62 ms instead of 7 s, and the same end). */
#ifndef MIGRATE_GUARD_LADDER_H
#define MIGRATE_GUARD_LADDER_H

#include "migrate/plan.h"
#include "store/base.h"
#include "store/error.h"
#include "store/settings.h"

/* Who was in the way of an attempt, as far as it was seen. */
enum ladder_blocker {
    BLOCKER_UNSEEN,
    BLOCKER_SESSION,
    BLOCKER_AUTOVACUUM, /* gives way, but only to one who has waited for deadlock_timeout */
};

/* What ended an attempt beside the server's own error. */
enum ladder_stop {
    STOP_NONE,
    STOP_WAITING, /* the circuit breaker, while the statement waited for a lock */
    STOP_HOLDING, /* the circuit breaker, while others waited for what the file holds */
};

struct ladder {
    /* The policy. */
    int64_t first_ms, most_ms, pause_ms, budget_ms;
    int attempts_most, transaction_attempts_most;
    bool is_given; /* the lock timeout is somebody's: one wait of that length, tried again only after the breaker */
    /* The state. */
    int attempt;          /* at hand, from 1 */
    int rung;             /* waits so far that were too short */
    int reruns;           /* attempts lost to a deadlock, a serialization failure, or for what the file holds */
    int64_t since_ms;     /* of the first attempt that got no lock; 0: none yet */
    int64_t long_ms;      /* of the last long wait; 0: none yet */
    bool is_long;         /* the attempt at hand waits beyond deadlock_timeout */
    int64_t long_wait_ms; /* for so long */
};

/* What is known when an attempt has failed. */
struct ladder_end {
    const struct error *error;
    enum ladder_stop stop;
    enum ladder_blocker blocker;
    int64_t deadlock_timeout_ms; /* the server's; 0: not known */
    int64_t now_ms;
    uint32_t chance; /* any number */
};

/* The ladder of one file, before its first attempt. */
struct ladder ladder_of(const struct plan_step *step, const struct settings *settings);

/* The lock timeout of the attempt at hand. */
int64_t ladder_wait_ms(const struct ladder *ladder);

/* Whether the failed attempt is followed by another one, which then is the one at hand. *pause_ms: before it begins.
 * Only what the server rolled back for want of a lock, for a deadlock or a serialization failure is tried again, and
 * what the breaker stopped. */
bool ladder_goes_on(struct ladder *ladder, const struct ladder_end *end, int64_t *pause_ms);

/* How long a pause may last while those in the way are seen to be there: a minute, within the budget. */
int64_t ladder_patience_ms(const struct ladder *ladder, int64_t now_ms);

#endif
