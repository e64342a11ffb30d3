/* What goes on at a server: its sessions, the locks that they hold and wait for, who blocks whom, how far long commands
 * are. One reading is four looks at views that move on meanwhile: what one of them names may be gone in the next. Also
 * how a session's statement is cancelled, or the session ended. */
#ifndef STORE_ACTIVITY_H
#define STORE_ACTIVITY_H

#include <talloc.h>

#include "store/activity/blocking.h"
#include "store/base.h"
#include "store/error.h"
#include "store/log.h"
#include "store/session.h"

struct activity_lock {
    int64_t pid;             /* 0: a prepared transaction's */
    const char *transaction; /* that has it, as pg_locks names it: "3/25" */
    const char *kind;        /* relation, tuple, transactionid ...: pg_locks.locktype */
    const char *object;      /* for a person: "app.orders", "row (0,2) of app.orders", "transaction 727" */
    const char *tag;         /* the same where two locks are about the same thing */
    const char *mode;        /* "AccessExclusiveLock" */
    bool is_granted;
    int64_t wait_ms; /* INTEGER_NULL where it is granted, and before 14 */
    int64_t total;   /* how many its transaction has; only the first hundred are here */
};

struct activity_progress {
    int64_t pid;
    const char *command, *relation, *index;      /* index: NULL where there is none, or it cannot be seen yet */
    const char *phase;                           /* NULL: the role may not see it */
    int64_t done, total;                         /* INTEGER_NULL: this phase does not say */
    const char *unit;                            /* blocks, rows, bytes */
    int64_t locker, lockers_done, lockers_total; /* an index build waits for this session, 0: for none */
};

/* Texts that are NULL are not there, or, where is_visible is false, unknown. */
struct activity_session {
    int64_t pid;
    const char *application, *role, *database, *client; /* client: "10.0.0.7:5123", "local" */
    const char *type;                                   /* "client backend", "autovacuum worker" ... */
    const char *state;                                  /* "active", "idle in transaction" ... */
    const char *wait;                                   /* "Lock: relation" */
    const char *query;                                  /* that runs, or the last one */
    const char *started;                                /* RFC 3339, microseconds: with the pid, who it is */
    int64_t transaction_age_ms, query_age_ms, state_age_ms;
    const char
        *blocked_by; /* process ids, separated by blanks; 0: a prepared transaction; NULL: it waits for no lock */
    bool is_visible; /* whether the role may see what it does */
    bool is_own;     /* the session that asks */

    /* Found after the rows: */
    int64_t *blockers; /* of blocked_by, each once; first who has what it waits for, then who only stands before it in
                          the queue */
    size_t blocker_count, holder_count;
    const struct activity_lock *locks;        /* the waited for first */
    size_t lock_count;                        /* of `locks`; the first one's `total` counts all */
    const struct activity_progress *progress; /* or NULL */
};

struct activity_prepared {
    const char *name;        /* as it was given to PREPARE TRANSACTION */
    int64_t number;          /* of the transaction */
    const char *transaction; /* as in its locks; NULL: it has ended meanwhile */
    const char *role, *database, *prepared_at;
    int64_t age_ms;
};

/* What a node of the tree is. */
enum activity_being { ACTIVITY_SESSION, ACTIVITY_PREPARED, ACTIVITY_GONE };

struct activity {
    const char *role, *database; /* that asks */
    int64_t own_pid;
    bool sees_all;  /* false: what sessions of other roles do is unknown */
    const char *at; /* RFC 3339, by the server's clock */

    struct activity_session *sessions; /* the oldest transaction first, idle ones last */
    size_t session_count;
    struct activity_prepared *prepared; /* the oldest first */
    size_t prepared_count;
    struct activity_lock *locks; /* by pid */
    size_t lock_count;
    struct activity_progress *progress; /* by pid */
    size_t progress_count;

    int64_t *gone; /* blockers that were no longer there when sessions were read */
    size_t gone_count;
    struct blocking_tree *tree; /* nodes: sessions, then prepared, then gone */
};

/* Reads all of it. Owner: `owner`. Blocks. Errors: as connection_pipeline. Source: pg_stat_activity, pg_locks,
 * pg_blocking_pids, pg_prepared_xacts, pg_stat_progress_*. */
struct activity *activity_read(TALLOC_CTX *owner, struct session *session, struct error *error) NODISCARD;

/* What a node of the tree is; *place gets its place in the array of such beings. */
enum activity_being activity_being(const struct activity *activity, size_t node, size_t *place);

/* The session of a process id, or NULL. */
const struct activity_session *activity_find(const struct activity *activity, int64_t pid);

/* The lock that a session waits for, or NULL. */
const struct activity_lock *activity_waits_for(const struct activity_session *session);

/* How many sessions wait for it, directly or not: for what it has or, where nobody has it, behind it in the queue. */
size_t activity_behind(const struct activity *activity, const struct activity_session *session);

/* Whether the session says that it is a run of pgdeck: its application is "pgdeck:RUN:VERSION" (or "…:lock", "…:work").
 * *run and *part may be NULL; owner of the texts: `owner`. */
bool activity_is_run(TALLOC_CTX *owner, const struct activity_session *session, const char **run, const char **part);

/* Whether two modes of locks on the same thing exclude each other ("ShareLock", "RowExclusiveLock"); unknown ones do.
 * Source: the manual's table "Conflicting Lock Modes". */
bool activity_modes_conflict(const char *left, const char *right);

/* Connects blockers, locks and progress with the sessions and makes the tree: what activity_read does with the rows.
 * Pure. */
void activity_connect(struct activity *activity);

#endif
