/* The apply protocol (docs/architecture.md, "Applying"): one run of a plan, under the migration lock. The one place
 * where migrations touch a target. After any failure what stands is recorded, and said. */
#ifndef MIGRATE_APPLY_H
#define MIGRATE_APPLY_H

#include <talloc.h>

#include "migrate/expected.h"
#include "migrate/plan.h"
#include "store/base.h"
#include "store/cancel.h"
#include "store/error.h"
#include "store/log.h"
#include "store/settings.h"
#include "store/target.h"

enum apply_event_kind {
    APPLY_CONNECTING,
    APPLY_WAITING,        /* for the migration lock; text: who holds it */
    APPLY_RUN_STARTED,    /* text: the run's id */
    APPLY_FILE_STARTED,   /* file, statement = 0 */
    APPLY_STATEMENT,      /* statement begins; text: its summary */
    APPLY_STATEMENT_DONE, /* text: its command tag */
    APPLY_COMMITTING,
    APPLY_FILE_DONE,   /* duration_ms */
    APPLY_FILE_FAILED, /* text: the message */
    APPLY_NOTICE,      /* a notice of the server; text: severity: message */
    APPLY_WARNING,     /* pgdeck's own; text */
    APPLY_CANCELLING,
    APPLY_BLOCKED,  /* the statement at hand waits for a lock; duration_ms: for how long; text: for which, and who is in
                       the  way; told again at every look */
    APPLY_QUEUE,    /* queued sessions wait behind the run; queue_ms: the longest for so long; text: who; told again at
                       every    look, the last time with queued 0 */
    APPLY_BREAKER,  /* the circuit breaker stops the statement; queued, queue_ms; text: why */
    APPLY_RETRYING, /* the attempt was rolled back whole; duration_ms: the next one begins in so long, sooner when those
                       in the way let go, later while they do not; text: why, and who was in the way */
};

/* Plain data without pointers, so that it may change threads. Texts are cut to fit, at a character. */
struct apply_event {
    enum apply_event_kind kind;
    int file_index, file_count;           /* from 1 */
    int statement, statement_count, line; /* from 1; 0: none */
    int64_t duration_ms;
    int attempt;          /* at the file, from 1 */
    int queued;           /* sessions that wait behind the run */
    int64_t queue_ms;     /* how long the first of them has waited */
    int64_t lock_left_ms; /* of APPLY_BLOCKED: until the lock timeout; 0: it is over, or there is none */
    char version[24];
    char name[160];
    char text[512];
};
typedef void (*apply_listener_fn)(void *listener, const struct apply_event *event);

enum apply_mode { APPLY_FOR_REAL, APPLY_DRY_RUN };
enum apply_strictness {
    APPLY_EXACT,     /* the plan was shown to somebody: any change since is ERROR_STALE_PLAN */
    APPLY_REMAINING, /* nobody saw it: what another run has applied meanwhile is left out */
};

struct apply_options {
    const struct target *target;
    const struct settings *settings;
    struct log *log;
    struct cancel *cancel;
    enum apply_mode mode;
    enum apply_strictness strictness;
    struct plan_selection selection; /* the one that the plan was built with */
    const char *application;         /* "pgdeck VERSION" */
    const char *person, *host;
    apply_listener_fn on_event; /* called by one thread at a time: the one that runs or, while that waits for the
                                   server, the run's watcher; or NULL */
    void *listener;
};

struct apply_applied {
    const char *version;
    int64_t duration_ms;
    int attempts;
    const struct verdict *schema; /* what it made, beside what was expected (migrate/expected.h); NULL: a dry run */
};

struct apply_result {
    const char *run; /* its id in the journal; NULL where nothing was begun, and for a dry run */
    enum apply_mode mode;
    struct apply_applied *applied;
    size_t applied_count;
    const char *failed_version; /* NULL: none failed */
    int failed_statement, failed_line;
    size_t remaining;                 /* planned ones that are not applied (dry run: not rehearsed) */
    const char *stopped_at;           /* dry run: the non-transactional file that could not be rehearsed, or NULL */
    const char *const *not_rehearsed; /* dry run: versions stopped by 55P04 over an earlier pending file's enum label;
                                         NULL-terminated */
};

/* Runs the plan. Blocks; call it from a task or a script.
 * A file that made something else than was measured is applied, and its difference told; the files behind it are not
 * begun, since what was measured of them no longer holds (ERROR_STALE_PLAN). *result is set also on failure (owner:
 * `owner`). Errors: all of ledger.md; error->file, line, statement name the place in a migration. */
bool apply_run(TALLOC_CTX *owner, const struct plan *plan, const struct apply_options *options,
               struct apply_result **result, struct error *error) NODISCARD;

#endif
