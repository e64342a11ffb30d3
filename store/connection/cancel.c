/* Waiting for the server and cancelling what it does. A cancel is a connection of its own and can be lost when it
 * arrives before the statement has begun, so it is sent again until the server has answered. It is sent from a short
 * thread, because PQcancel blocks; the thread that owns the connection goes on reading. */
#include "store/connection/private.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/socket.h>

#include "store/clock.h"

#define RESEND_MS 250 /* source: measured with 120 cancels, none of which had to wait longer than one repetition */

enum { SENDING, SENT, LEFT };

/* Not of talloc: once left alone, the thread frees it. */
struct canceller {
    PGcancel *pg_cancel;
    pthread_t thread;
    bool is_running;           /* a thread is to be joined */
    atomic_int state;          /* SENDING, SENT, LEFT */
    atomic_llong delivered_ms; /* when the server last took one; at first, when the first was sent */
    int64_t sent_ms;
};

static void free_canceller(struct canceller *canceller)
{
    PQfreeCancel(canceller->pg_cancel);
    free(canceller);
}

static void *send_cancel(void *argument)
{
    struct canceller *canceller = argument;
    char ignored[256];
    if (PQcancel(canceller->pg_cancel, ignored, sizeof ignored))
        atomic_store(&canceller->delivered_ms, clock_monotonic_ms());
    if (atomic_exchange(&canceller->state, SENT) == LEFT)
        free_canceller(canceller);
    return NULL;
}

/* Takes over the connection's PGcancel. */
static struct canceller *new_canceller(struct connection *connection)
{
    struct canceller *canceller = calloc(1, sizeof *canceller);
    if (!canceller)
        abort();
    canceller->pg_cancel = connection->pg_cancel;
    connection->pg_cancel = NULL;
    atomic_init(&canceller->delivered_ms, clock_monotonic_ms());
    return canceller;
}

static void start_canceller(struct connection *connection)
{
    if (!connection->canceller)
        connection->canceller = new_canceller(connection);
    struct canceller *canceller = connection->canceller;
    if (canceller->is_running) {
        if (atomic_load(&canceller->state) == SENDING || clock_monotonic_ms() < canceller->sent_ms + RESEND_MS)
            return;
        pthread_join(canceller->thread, NULL);
    }
    atomic_store(&canceller->state, SENDING);
    canceller->sent_ms = clock_monotonic_ms();
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    canceller->is_running = pthread_create(&canceller->thread, NULL, send_cancel, canceller) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

void leave_canceller(struct connection *connection)
{
    struct canceller *canceller = connection->canceller;
    connection->canceller = NULL;
    if (!canceller)
        return;
    if (canceller->is_running)
        pthread_detach(canceller->thread);
    if (!canceller->is_running || atomic_exchange(&canceller->state, LEFT) == SENT)
        free_canceller(canceller);
}

/* Whether the server has taken no cancel for as long as a connection may take. */
static bool is_unreachable(const struct connection *connection)
{
    return connection->connect_timeout_ms > 0 &&
           clock_monotonic_ms() >= atomic_load(&connection->canceller->delivered_ms) + connection->connect_timeout_ms;
}

/* What waits reads the end of the connection next, as if the server had closed it. */
static bool give_up(struct connection *connection, const char *reason)
{
    connection->reason = reason;
    shutdown(PQsocket(connection->pg), SHUT_RDWR);
    return true;
}

bool wait_for_server(struct connection *connection, short events)
{
    int64_t end_ms = connection->patience_ms > 0 ? clock_monotonic_ms() + connection->patience_ms : INT64_MAX;
    for (;;) {
        bool is_cancelling =
            cancel_is_requested(connection->cancel) && (connection->canceller || connection->pg_cancel);
        if (is_cancelling)
            start_canceller(connection);
        struct pollfd fds[2] = {
            {.fd = PQsocket(connection->pg), .events = events},
            {.fd = connection->cancel && !is_cancelling ? connection->cancel->fd : -1, .events = POLLIN},
        };
        if (fds[0].fd < 0)
            return false;
        int wait_ms = is_cancelling ? RESEND_MS / 5 : connection->patience_ms > 0 ? connection->patience_ms : -1;
        int ready = poll(fds, 2, wait_ms);
        if (ready < 0 && errno != EINTR)
            return false;
        if (ready > 0 && fds[0].revents)
            return true;
        if (is_cancelling && is_unreachable(connection))
            return give_up(connection, "a cancel could not be delivered to the server");
        if (end_ms != INT64_MAX && clock_monotonic_ms() >= end_ms)
            return give_up(connection, "the server does not answer");
    }
}

/* An empty query: allowed in a failed transaction too. A cancel that is still on its way can only hit this one. */
static bool probe(struct connection *connection, bool *was_hit)
{
    *was_hit = false;
    if (!PQsendQuery(connection->pg, ""))
        return false;
    struct cancel *cancel = connection->cancel;
    int patience_ms = connection->patience_ms;
    connection->cancel = NULL;
    connection->patience_ms = connection->connect_timeout_ms;
    bool ok = true;
    for (;;) {
        while (ok && PQisBusy(connection->pg))
            ok = wait_for_server(connection, POLLIN) && PQconsumeInput(connection->pg);
        PGresult *pg = ok ? PQgetResult(connection->pg) : NULL;
        if (!pg)
            break;
        const char *sqlstate = PQresultErrorField(pg, PG_DIAG_SQLSTATE);
        *was_hit = *was_hit || (sqlstate && !strcmp(sqlstate, "57014"));
        PQclear(pg);
    }
    connection->cancel = cancel;
    connection->patience_ms = patience_ms;
    return ok && PQstatus(connection->pg) == CONNECTION_OK;
}

/* Joins the thread. Returns false when it takes longer than a connection may take. */
static bool join_canceller(const struct connection *connection, struct canceller *canceller)
{
    if (!canceller->is_running)
        return true;
    if (connection->connect_timeout_ms <= 0)
        return pthread_join(canceller->thread, NULL) == 0;
    int64_t end_us = clock_wall_us() + connection->connect_timeout_ms * 1000LL;
    struct timespec end = {.tv_sec = end_us / 1000000, .tv_nsec = end_us % 1000000 * 1000};
    return pthread_timedjoin_np(canceller->thread, NULL, &end) == 0;
}

bool wait_for_canceller(struct connection *connection)
{
    struct canceller *canceller = connection->canceller;
    if (!canceller)
        return true;
    if (!join_canceller(connection, canceller))
        return false;
    connection->pg_cancel = canceller->pg_cancel;
    connection->canceller = NULL;
    free(canceller);
    for (bool was_hit = true; was_hit;)
        if (!probe(connection, &was_hit))
            return false;
    return true;
}
