/* The watcher of a run: a thread with a connection of its own that, once a file takes longer than a moment, looks who
 * stands in its way and who waits behind it, tells, and is the circuit breaker: it cancels our statement before others
 * wait too long. Where nothing takes long it never connects. */
#ifndef MIGRATE_GUARD_WATCHER_H
#define MIGRATE_GUARD_WATCHER_H

#include <talloc.h>

#include "migrate/guard/ladder.h"
#include "store/base.h"
#include "store/settings.h"
#include "store/target.h"

struct watcher; /* opaque */

/* What a look saw. Plain data. */
struct watcher_look {
    bool is_waiting;      /* our backend waits for a lock */
    int64_t waiting_ms;   /* for so long */
    int64_t lock_left_ms; /* until its lock timeout */
    int queued;           /* sessions behind us */
    int64_t queue_ms;     /* how long the first of them has waited */
    char blocked[400];    /* "AccessExclusiveLock on app.orders; in the way: pid 4711 (ana, psql), idle in transaction,
                             ..." */
    char queue[300];      /* "3 sessions wait behind it: pid ..." */
};

enum watcher_news { NEWS_LOOK, NEWS_BREAKER };

/* Hears of each look, on the watcher's thread, never after watcher_end has returned. */
typedef void (*watcher_fn)(void *listener, enum watcher_news news, const struct watcher_look *look);

struct watcher_options {
    const struct target *target;
    const struct settings *settings;
    const char *application; /* name of its connection */
    watcher_fn on_news;
    void *listener;
};

/* Starts the thread. Owner: `owner`; freeing it ends thread and connection. NULL where there is no thread to be had. */
struct watcher *watcher_start(TALLOC_CTX *owner, const struct watcher_options *options);

/* From now on the backend `pid` is at work. WATCH_BREAKS: the breaker may cancel it. A NULL watcher does nothing; so
 * below. */
enum watcher_power { WATCH_LOOKS, WATCH_BREAKS };
void watcher_begin(struct watcher *watcher, int pid, int64_t lock_timeout_ms, enum watcher_power power);

/* What is known of the work that has ended. */
struct watcher_end {
    enum ladder_stop stop;
    enum ladder_blocker blocker; /* seen last */
    int64_t deadlock_timeout_ms; /* 0: not asked */
    struct watcher_look look;    /* the last one in which we waited, or others behind us */
};

/* The work has ended: no cancel of the breaker comes any more. */
void watcher_end(struct watcher *watcher, struct watcher_end *end);

/* What became of those who stood in the way when the work ended. */
enum watcher_way {
    WAY_UNKNOWN, /* nobody was seen, or it cannot be looked */
    WAY_HELD,    /* one of them still holds, or awaits, what we waited for: another attempt would be in vain */
    WAY_FREE,    /* all of them have let go of it */
};
enum watcher_way watcher_way(struct watcher *watcher);

#endif
