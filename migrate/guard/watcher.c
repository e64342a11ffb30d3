/* See watcher.h. What both threads touch stands under one mutex; the watcher holds it while it tells and while it
 * cancels, so that neither happens after watcher_end. */
#include "migrate/guard/watcher.h"

#include <pthread.h>
#include <signal.h>

#include "store/clock.h"
#include "store/connection.h"
#include "store/text.h"

#define TICK_MS 10   /* how often it is asked whether there is something to look at: a look at memory */
#define MOMENT_MS 50 /* work that is done sooner is not looked at */
#define LOOK_EVERY_MS 100
#define PATIENCE_MS 5000 /* a server that says nothing for so long has lost the watcher */
#define RECONNECT_MS 1000
#define FRESH_MS 500 /* what was seen before that may have changed */

extern const char sql_watcher[];

/* Somebody who waits behind us, and since when we know. */
struct waiter {
    int64_t pid, since_ms;
};

enum watcher_mode { MODE_REST, MODE_WORK, MODE_PAUSE };

struct watcher {
    struct watcher_options options;
    struct cancel *stop;
    pthread_t thread;
    pthread_mutex_t mutex;
    /* Under the mutex. */
    enum watcher_mode mode;
    int pid;
    int64_t begun_ms, lock_timeout_ms;
    enum watcher_power power;
    uint64_t work; /* number of the work: what is seen of an older one counts for nothing */
    struct watcher_end end;
    char transactions[600]; /* of those in the way */
    char thing[120];        /* that they hold */
    enum watcher_way way;
    int64_t way_ms; /* when that was seen */
    /* The watcher's own. */
    TALLOC_CTX *memory;
    struct connection *connection;
    int64_t next_ms, deadlock_timeout_ms;
    int64_t waiting_since_ms;
    struct waiter *waiters;
    size_t waiter_count;
    uint64_t seen_work;
};

struct party {
    const char *side;
    int64_t pid;
    bool is_direct, is_autovacuum, is_hidden;
    const char *transactions, *text;
};

static const struct column party_columns[] = {
    COLUMN(struct party, side),          COLUMN(struct party, pid),       COLUMN(struct party, is_direct),
    COLUMN(struct party, is_autovacuum), COLUMN(struct party, is_hidden), COLUMN(struct party, transactions),
    COLUMN(struct party, text),
};

/* ---- the connection ---- */

static bool prepare(struct watcher *watcher, struct error *error)
{
    struct result *result =
        connection_query(watcher->memory, watcher->connection, NO_PARAMETERS, error,
                         "SELECT s.setting, pg_catalog.set_config('search_path', '', false),"
                         " pg_catalog.set_config('statement_timeout', '5s', false),"
                         " pg_catalog.set_config('jit', 'off', false) FROM pg_catalog.pg_settings AS s"
                         " WHERE s.name = 'deadlock_timeout'");
    if (result)
        watcher->deadlock_timeout_ms = strtoll(result_cell(result, 0, 0), NULL, 10);
    talloc_free(result);
    return result != NULL;
}

static bool connect(struct watcher *watcher)
{
    if (watcher->connection && connection_state(watcher->connection) == STATE_IDLE)
        return true;
    TALLOC_FREE(watcher->connection);
    struct error *ignored = error_new(watcher->memory);
    struct connection_options options = {
        .application_name = watcher->options.application,
        .connect_timeout_ms = (int)settings_number(watcher->options.settings, SETTING_connect_timeout),
        .cancel = watcher->stop,
    };
    watcher->connection = connection_open(watcher->memory, watcher->options.target, &options, ignored);
    if (watcher->connection) {
        connection_set_patience(watcher->connection, PATIENCE_MS);
        if (!prepare(watcher, ignored))
            TALLOC_FREE(watcher->connection);
    }
    talloc_free(ignored);
    return watcher->connection != NULL;
}

static bool ask(struct watcher *watcher, const char *sql, const char *parameter, struct result **result)
{
    struct error *ignored = error_new(watcher->memory);
    *result = connection_query(watcher->memory, watcher->connection, PARAMETERS(parameter), ignored, sql);
    talloc_free(ignored);
    return *result != NULL;
}

/* ---- what was seen ---- */

static int64_t known_since(const struct watcher *watcher, int64_t pid, int64_t now_ms)
{
    for (size_t i = 0; i < watcher->waiter_count; i++)
        if (watcher->waiters[i].pid == pid)
            return watcher->waiters[i].since_ms;
    return now_ms;
}

/* How long the first of those behind us has waited, as far as we have seen it. */
static int64_t note_waiters(struct watcher *watcher, const struct party *parties, size_t count, int64_t now_ms)
{
    struct waiter *waiters = talloc_zero_array(watcher->memory, struct waiter, (unsigned)count + 1);
    int64_t first_ms = now_ms;
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
        if (strcmp(parties[i].side, "behind") != 0)
            continue;
        waiters[found] = (struct waiter){parties[i].pid, known_since(watcher, parties[i].pid, now_ms)};
        first_ms = waiters[found].since_ms < first_ms ? waiters[found].since_ms : first_ms;
        found++;
    }
    talloc_free(watcher->waiters);
    watcher->waiters = waiters;
    watcher->waiter_count = found;
    return now_ms - first_ms;
}

static void describe_blockers(const struct party *parties, size_t count, struct watcher_look *look)
{
    bool is_first = true, is_hidden = false;
    for (size_t i = 0; i < count; i++) {
        if (!strcmp(parties[i].side, "self")) {
            text_append(look->blocked, sizeof look->blocked, "waits for ");
            text_append(look->blocked, sizeof look->blocked, parties[i].text);
        }
        if (strcmp(parties[i].side, "ahead") != 0)
            continue;
        text_append(look->blocked, sizeof look->blocked, is_first ? "; in the way: " : "; ");
        text_append(look->blocked, sizeof look->blocked, parties[i].text);
        if (!parties[i].is_direct)
            text_append(look->blocked, sizeof look->blocked, " (in the way of those)");
        is_hidden = is_hidden || parties[i].is_hidden;
        is_first = false;
    }
    if (is_hidden)
        text_append(look->blocked, sizeof look->blocked, "; what they do is hidden from this role");
}

static void describe_queue(const struct party *parties, size_t count, struct watcher_look *look)
{
    char number[64];
    if (look->queued == 0)
        return;
    snprintf(number, sizeof number, "%d session%s behind it: ", look->queued, look->queued == 1 ? " waits" : "s wait");
    text_append(look->queue, sizeof look->queue, number);
    bool is_first = true;
    for (size_t i = 0; i < count; i++) {
        if (strcmp(parties[i].side, "behind") != 0)
            continue;
        text_append(look->queue, sizeof look->queue, is_first ? "" : "; ");
        text_append(look->queue, sizeof look->queue, parties[i].text);
        is_first = false;
    }
}

static enum ladder_blocker kind_of_blockers(const struct party *parties, size_t count, char *transactions, size_t size)
{
    enum ladder_blocker kind = BLOCKER_UNSEEN;
    *transactions = '\0';
    for (size_t i = 0; i < count; i++) {
        if (strcmp(parties[i].side, "ahead") != 0 || !parties[i].is_direct)
            continue;
        if (parties[i].is_autovacuum)
            kind = BLOCKER_AUTOVACUUM;
        else if (kind == BLOCKER_UNSEEN && !parties[i].is_hidden)
            kind = BLOCKER_SESSION;
        text_append(transactions, size, *transactions ? "," : "");
        text_append(transactions, size, parties[i].transactions);
    }
    return kind;
}

/* ---- a look at the work ---- */

struct sight {
    struct watcher_look look;
    enum ladder_blocker blocker;
    char transactions[sizeof((struct watcher *)0)->transactions];
    char thing[sizeof((struct watcher *)0)->thing];
};

static void judge(struct watcher *watcher, const struct party *parties, size_t count, struct sight *sight)
{
    int64_t now_ms = clock_monotonic_ms();
    struct watcher_look *look = &sight->look;
    for (size_t i = 0; i < count; i++) {
        if (!look->is_waiting && !strcmp(parties[i].side, "self")) {
            look->is_waiting = true;
            text_append(sight->thing, sizeof sight->thing, parties[i].transactions);
        }
        look->queued += !strcmp(parties[i].side, "behind");
    }
    if (!look->is_waiting)
        watcher->waiting_since_ms = 0;
    else if (watcher->waiting_since_ms == 0)
        watcher->waiting_since_ms = now_ms;
    look->waiting_ms = look->is_waiting ? now_ms - watcher->waiting_since_ms : 0;
    look->queue_ms = note_waiters(watcher, parties, count, now_ms);
    describe_blockers(parties, count, look);
    describe_queue(parties, count, look);
    sight->blocker = kind_of_blockers(parties, count, sight->transactions, sizeof sight->transactions);
}

/* While it waits, it makes the queue by itself: few in it are enough. What it holds it needs: then only time counts. */
static bool is_too_much(const struct watcher *watcher, const struct watcher_look *look)
{
    int64_t sessions = settings_number(watcher->options.settings, SETTING_breaker_sessions);
    int64_t wait_ms = settings_number(watcher->options.settings, SETTING_breaker_wait);
    return (look->is_waiting && sessions > 0 && look->queued >= sessions) ||
           (wait_ms > 0 && look->queued > 0 && look->queue_ms >= wait_ms);
}

static void break_off(struct watcher *watcher, const struct watcher_look *look)
{
    char pid[16];
    struct result *result;
    snprintf(pid, sizeof pid, "%d", watcher->pid);
    if (!ask(watcher, "SELECT pg_catalog.pg_cancel_backend($1::integer)", pid, &result))
        return;
    bool was_sent = result_value(result) && result_value(result)[0] == 't';
    talloc_free(result);
    if (!was_sent || watcher->end.stop != STOP_NONE)
        return;
    watcher->end.stop = look->is_waiting ? STOP_WAITING : STOP_HOLDING;
    watcher->end.look = *look;
    watcher->options.on_news(watcher->options.listener, NEWS_BREAKER, look);
}

/* The work may be another one by now: then nothing of it counts. A cancel that came too early for its statement is sent
 * again at the next look. */
static void act_on(struct watcher *watcher, uint64_t work, struct sight *sight)
{
    struct watcher_look *look = &sight->look;
    pthread_mutex_lock(&watcher->mutex);
    if (watcher->mode == MODE_WORK && watcher->work == work) {
        look->lock_left_ms =
            watcher->lock_timeout_ms > look->waiting_ms ? watcher->lock_timeout_ms - look->waiting_ms : 0;
        if (watcher->end.stop == STOP_NONE) {
            if (look->is_waiting || look->queued > 0)
                watcher->end.look = *look;
            watcher->options.on_news(watcher->options.listener, NEWS_LOOK, look);
        }
        if (look->is_waiting) {
            watcher->end.blocker = sight->blocker;
            memcpy(watcher->transactions, sight->transactions, sizeof watcher->transactions);
            memcpy(watcher->thing, sight->thing, sizeof watcher->thing);
        }
        watcher->end.deadlock_timeout_ms = watcher->deadlock_timeout_ms;
        if (watcher->power == WATCH_BREAKS && (watcher->end.stop != STOP_NONE || is_too_much(watcher, look)))
            break_off(watcher, look);
    }
    pthread_mutex_unlock(&watcher->mutex);
}

static void look_at_work(struct watcher *watcher, uint64_t work, int backend)
{
    char pid[16];
    struct result *result = NULL;
    snprintf(pid, sizeof pid, "%d", backend);
    if (!ask(watcher, sql_watcher, pid, &result))
        return;
    struct error *ignored = error_new(result);
    size_t count;
    const struct party *parties =
        result_bind(result, party_columns, countof(party_columns), sizeof *parties, &count, ignored);
    if (parties) {
        struct sight sight = {0};
        judge(watcher, parties, count, &sight);
        act_on(watcher, work, &sight);
    }
    talloc_free(result);
}

/* ---- a look at those who were in the way ---- */

static void look_at_blockers(struct watcher *watcher, uint64_t work, const char *transactions, const char *thing)
{
    struct error *ignored = error_new(watcher->memory);
    struct result *result = connection_query(
        ignored, watcher->connection, PARAMETERS(transactions, thing), ignored,
        "SELECT EXISTS (SELECT FROM pg_catalog.pg_lock_status() AS l WHERE l.virtualtransaction = ANY"
        " (pg_catalog.string_to_array($1, ',')) AND pg_catalog.concat_ws('/', l.locktype, l.database, l.relation,"
        " l.page, l.tuple, l.virtualxid, l.transactionid, l.classid, l.objid, l.objsubid) = $2)");
    pthread_mutex_lock(&watcher->mutex);
    if (watcher->mode == MODE_PAUSE && watcher->work == work) {
        watcher->way = !result ? WAY_UNKNOWN : result_value(result)[0] == 't' ? WAY_HELD : WAY_FREE;
        watcher->way_ms = clock_monotonic_ms();
    }
    pthread_mutex_unlock(&watcher->mutex);
    talloc_free(ignored);
}

/* ---- the thread ---- */

static void tick(struct watcher *watcher)
{
    char transactions[sizeof watcher->transactions], thing[sizeof watcher->thing];
    int64_t now_ms = clock_monotonic_ms();
    pthread_mutex_lock(&watcher->mutex);
    enum watcher_mode mode = watcher->mode;
    uint64_t work = watcher->work;
    int pid = watcher->pid;
    bool is_due = mode == MODE_WORK ? now_ms - watcher->begun_ms >= MOMENT_MS
                                    : mode == MODE_PAUSE && *watcher->transactions && watcher->way != WAY_FREE;
    memcpy(transactions, watcher->transactions, sizeof transactions);
    memcpy(thing, watcher->thing, sizeof thing);
    pthread_mutex_unlock(&watcher->mutex);
    if (!is_due || (now_ms < watcher->next_ms && watcher->seen_work == work))
        return;
    if (watcher->seen_work != work) {
        watcher->waiting_since_ms = 0;
        watcher->waiter_count = 0;
        watcher->seen_work = work;
    }
    if (!connect(watcher)) {
        watcher->next_ms = clock_monotonic_ms() + RECONNECT_MS;
        return;
    }
    if (mode == MODE_WORK)
        look_at_work(watcher, work, pid);
    else
        look_at_blockers(watcher, work, transactions, thing);
    watcher->next_ms = clock_monotonic_ms() + LOOK_EVERY_MS;
}

static void *run_thread(void *argument)
{
    struct watcher *watcher = argument;
    watcher->memory = talloc_new(NULL);
    while (cancel_sleep(watcher->stop, TICK_MS))
        tick(watcher);
    TALLOC_FREE(watcher->memory);
    return NULL;
}

static int stop_thread(struct watcher *watcher)
{
    cancel_request(watcher->stop, 0);
    pthread_join(watcher->thread, NULL);
    pthread_mutex_destroy(&watcher->mutex);
    return 0;
}

struct watcher *watcher_start(TALLOC_CTX *owner, const struct watcher_options *options)
{
    struct watcher *watcher = talloc_zero(owner, struct watcher);
    watcher->options = *options;
    watcher->options.application = talloc_strdup(watcher, options->application);
    watcher->stop = cancel_new(watcher);
    pthread_mutex_init(&watcher->mutex, NULL);
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    bool is_running = watcher->stop && pthread_create(&watcher->thread, NULL, run_thread, watcher) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (!is_running) {
        pthread_mutex_destroy(&watcher->mutex);
        TALLOC_FREE(watcher);
        return NULL;
    }
    talloc_set_destructor(watcher, stop_thread);
    return watcher;
}

void watcher_begin(struct watcher *watcher, int pid, int64_t lock_timeout_ms, enum watcher_power power)
{
    if (!watcher)
        return;
    pthread_mutex_lock(&watcher->mutex);
    watcher->mode = MODE_WORK;
    watcher->pid = pid;
    watcher->begun_ms = clock_monotonic_ms();
    watcher->lock_timeout_ms = lock_timeout_ms;
    watcher->power = power;
    watcher->work++;
    watcher->end = (struct watcher_end){0};
    *watcher->transactions = '\0';
    watcher->way = WAY_UNKNOWN;
    pthread_mutex_unlock(&watcher->mutex);
}

void watcher_end(struct watcher *watcher, struct watcher_end *end)
{
    *end = (struct watcher_end){0};
    if (!watcher)
        return;
    pthread_mutex_lock(&watcher->mutex);
    watcher->mode = MODE_PAUSE;
    *end = watcher->end;
    /* Seen a moment ago: true until the next look. */
    watcher->way = *watcher->transactions ? WAY_HELD : WAY_UNKNOWN;
    watcher->way_ms = clock_monotonic_ms();
    pthread_mutex_unlock(&watcher->mutex);
}

enum watcher_way watcher_way(struct watcher *watcher)
{
    if (!watcher)
        return WAY_UNKNOWN;
    pthread_mutex_lock(&watcher->mutex);
    bool is_fresh = clock_monotonic_ms() - watcher->way_ms < FRESH_MS;
    enum watcher_way way = is_fresh || watcher->way == WAY_FREE ? watcher->way : WAY_UNKNOWN;
    pthread_mutex_unlock(&watcher->mutex);
    return way;
}
