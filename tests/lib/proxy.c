/* See proxy.h. One thread polls all sockets; the test's thread shares the state under one mutex. Only whole messages
 * are passed on, so a stop never leaves half a message behind; a cut does, at the byte that was asked for.
 *
 * Which answer belongs to which statement: every Sync or Query is answered by one ReadyForQuery; a stop that waits for
 * an answer counts these. */
#include "tests/lib/proxy.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "store/clock.h"
#include "tests/lib/server.h"
#include "tests/lib/flow.h"

#define MOST_SESSIONS 64
#define SOCKET_NAME ".s.PGSQL.5432"
#define CANCEL_REQUEST 80877102

struct session {
    int number; /* from 1, in order of connecting */
    int client_fd, server_fd;
    struct flow to_server, to_client;
    bool is_started;     /* the startup packet is through: messages have types */
    bool has_seen_after; /* stop.after was sent */
    long syncs_sent, syncs_answered;
    long stop_sync; /* the number of the ReadyForQuery that answers the stopped statement */
    bool is_client_held, is_server_held;
    bool is_sent_due; /* the stop is reached once all that was sent is with the server */
    bool is_seen_due; /* the stop is reached once all answers are with the client */
};

enum order { ORDER_NONE, ORDER_RESET, ORDER_CUT_ONE, ORDER_CUT_ALL, ORDER_RELEASE };

struct proxy {
    char *directory;
    const char *server_path;
    int listen_fd, wake_fd;
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t changed;

    /* under the mutex */
    enum order order;
    bool is_ending, is_refusing, has_cut;
    struct session *sessions[MOST_SESSIONS];
    int session_count;
    struct proxy_stop stop;
    enum { STOP_NONE, STOP_ARMED, STOP_PENDING, STOP_REACHED } stop_state; /* pending: seen, its point not yet come */
    struct session *stopped;
    long bytes[2];
    long cut_after; /* -1: none */
    enum proxy_direction cut_direction;
    enum proxy_scope cut_scope;
    char *statements;
    size_t statements_size;
};

static void note_statement(struct proxy *proxy, const struct session *session, const char *text, const char *values)
{
    char *line = NULL;
    int size = asprintf(&line, "%d: %s %s\n", session->number, text, values);
    if (size < 0)
        abort();
    proxy->statements = realloc(proxy->statements, proxy->statements_size + (size_t)size + 1);
    if (!proxy->statements)
        abort();
    memcpy(proxy->statements + proxy->statements_size, line, (size_t)size + 1);
    proxy->statements_size += (size_t)size;
    free(line);
}

/* ---- sessions ---- */

static void close_session(struct proxy *proxy, struct session *session)
{
    for (int i = 0; i < MOST_SESSIONS; i++)
        if (proxy->sessions[i] == session)
            proxy->sessions[i] = NULL;
    if (proxy->stopped == session)
        proxy->stopped = NULL;
    close(session->client_fd);
    close(session->server_fd);
    free(session->to_server.bytes);
    free(session->to_client.bytes);
    free(session);
    pthread_cond_broadcast(&proxy->changed);
}

static void close_all(struct proxy *proxy)
{
    for (int i = 0; i < MOST_SESSIONS; i++)
        if (proxy->sessions[i])
            close_session(proxy, proxy->sessions[i]);
}

static int connect_to(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof address) < 0) {
        close(fd);
        return -1;
    }
    return fd;
}

static void accept_session(struct proxy *proxy)
{
    int client_fd = accept4(proxy->listen_fd, NULL, NULL, SOCK_CLOEXEC);
    if (client_fd < 0)
        return;
    int place = 0, server_fd = proxy->is_refusing ? -1 : connect_to(proxy->server_path);
    while (place < MOST_SESSIONS && proxy->sessions[place])
        place++;
    if (server_fd < 0 || place == MOST_SESSIONS) {
        close(client_fd);
        if (server_fd >= 0)
            close(server_fd);
        return;
    }
    struct session *session = calloc(1, sizeof *session);
    if (!session)
        abort();
    session->number = ++proxy->session_count;
    session->client_fd = client_fd;
    session->server_fd = server_fd;
    session->syncs_answered = -1; /* the first ReadyForQuery answers the startup packet */
    proxy->sessions[place] = session;
}

/* ---- the stop ---- */

static void reach_stop(struct proxy *proxy, struct session *session)
{
    proxy->stop_state = STOP_REACHED;
    proxy->stopped = session;
    pthread_cond_broadcast(&proxy->changed);
}

/* A statement is about to be passed on. Returns false when it has to stay. */
static bool meet_statement(struct proxy *proxy, struct session *session, const char *text, const char *values)
{
    const struct proxy_stop *stop = &proxy->stop;
    bool is_match = proxy->stop_state == STOP_ARMED && flow_begins_with(text, stop->statement) &&
                    (!stop->values || strstr(values, stop->values)) && (!stop->after || session->has_seen_after);
    if (proxy->stop_state == STOP_ARMED && flow_begins_with(text, stop->after))
        session->has_seen_after = true;
    if (is_match && stop->point == PROXY_BEFORE) {
        session->is_client_held = true;
        reach_stop(proxy, session);
        return false;
    }
    if (is_match) {
        proxy->stop_state = STOP_PENDING;
        session->stop_sync = session->syncs_sent + 1;
        session->is_server_held = stop->point == PROXY_SENT || stop->point == PROXY_ANSWERED;
    }
    return true;
}

static void count_sync(struct proxy *proxy, struct session *session)
{
    session->syncs_sent++;
    if (proxy->stop_state == STOP_PENDING && session->stop_sync == session->syncs_sent &&
        proxy->stop.point == PROXY_SENT)
        session->is_sent_due = true;
}

/* Marks the next message of the client as one that may go on. Returns false when there is none, or it has to stay. */
static bool pass_client_message(struct proxy *proxy, struct session *session)
{
    struct flow *flow = &session->to_server;
    size_t size = flow_message_size(flow, flow->passed_size, session->is_started ? 1 : 0);
    if (!size)
        return false;
    const char *message = flow->bytes + flow->passed_size;
    char type = session->is_started ? *message : '\0';
    if (!session->is_started && flow_number(message + 4) == CANCEL_REQUEST)
        note_statement(proxy, session, "(cancel request)", "");
    session->is_started = true;
    if (type == 'Q' || type == 'P') {
        char *values = type == 'Q' ? strdup("") : flow_parameters(flow, size);
        if (!values)
            return false;
        const char *text = message + 5 + (type == 'P' ? strlen(message + 5) + 1 : 0);
        bool may_pass = meet_statement(proxy, session, text, values);
        if (may_pass)
            note_statement(proxy, session, text, values);
        free(values);
        if (!may_pass)
            return false;
    }
    flow->passed_size += size;
    if (type == 'Q' || type == 'S')
        count_sync(proxy, session);
    return true;
}

static void pass_client_messages(struct proxy *proxy, struct session *session)
{
    while (!session->is_client_held && pass_client_message(proxy, session))
        ;
}

/* A ReadyForQuery has come. Answers that are kept back are read all the same, or ANSWERED could not be known. */
static void meet_ready(struct proxy *proxy, struct session *session)
{
    session->syncs_answered++;
    if (proxy->stop_state != STOP_PENDING || session->stop_sync != session->syncs_answered)
        return;
    if (proxy->stop.point == PROXY_ANSWERED)
        reach_stop(proxy, session);
    if (proxy->stop.point == PROXY_SEEN)
        session->is_client_held = session->is_seen_due = true;
}

static void pass_server_messages(struct proxy *proxy, struct session *session)
{
    struct flow *flow = &session->to_client;
    for (size_t size; (size = flow_message_size(flow, flow->passed_size, 1)); flow->passed_size += size)
        if (flow->bytes[flow->passed_size] == 'Z')
            meet_ready(proxy, session);
}

/* ---- moving bytes ---- */

static void receive(int fd, struct flow *flow)
{
    char bytes[64 * 1024];
    ssize_t size = recv(fd, bytes, sizeof bytes, MSG_DONTWAIT);
    if (size > 0)
        flow_append(flow, bytes, (size_t)size);
    else if (size == 0 || (errno != EAGAIN && errno != EINTR))
        flow->has_ended = true;
}

/* Sends what may go. Returns false when the session has to be closed: the cut is due, or the other side is gone. */
static bool send_flow(struct proxy *proxy, int fd, struct flow *flow, enum proxy_direction direction)
{
    bool has_limit = proxy->cut_after >= 0 && proxy->cut_direction == direction;
    while (flow->passed_size > 0) {
        size_t size = flow->passed_size;
        if (has_limit && (long)size > proxy->cut_after - proxy->bytes[direction])
            size = (size_t)(proxy->cut_after - proxy->bytes[direction]);
        ssize_t sent = size ? send(fd, flow->bytes, size, MSG_DONTWAIT | MSG_NOSIGNAL) : 0;
        if (sent < 0)
            return errno == EAGAIN || errno == EINTR;
        flow_take(flow, (size_t)sent);
        proxy->bytes[direction] += sent;
        if (has_limit && proxy->bytes[direction] >= proxy->cut_after) {
            proxy->has_cut = true;
            return false;
        }
    }
    return true;
}

static bool is_over(const struct session *session)
{
    return (session->to_server.has_ended && !session->to_server.passed_size) ||
           (session->to_client.has_ended && !session->to_client.passed_size && !session->is_server_held);
}

/* Returns false when the session is to be closed. */
static bool pump(struct proxy *proxy, struct session *session)
{
    pass_client_messages(proxy, session);
    pass_server_messages(proxy, session);
    if (!send_flow(proxy, session->server_fd, &session->to_server, PROXY_TO_SERVER))
        return false;
    if (!session->is_server_held && !send_flow(proxy, session->client_fd, &session->to_client, PROXY_TO_CLIENT))
        return false;
    if ((session->is_sent_due && !session->to_server.passed_size) ||
        (session->is_seen_due && !session->to_client.passed_size)) {
        session->is_sent_due = session->is_seen_due = false;
        reach_stop(proxy, session);
    }
    return !is_over(session);
}

static void pump_all(struct proxy *proxy)
{
    for (int i = 0; i < MOST_SESSIONS; i++) {
        struct session *session = proxy->sessions[i];
        bool had_cut = proxy->has_cut;
        if (!session || pump(proxy, session))
            continue;
        close_session(proxy, session);
        if (proxy->has_cut && !had_cut) {
            proxy->cut_after = -1;
            if (proxy->cut_scope == PROXY_ALL_SESSIONS)
                close_all(proxy);
        }
    }
}

/* ---- the thread ---- */

static void forget(struct proxy *proxy)
{
    close_all(proxy);
    proxy->is_refusing = proxy->has_cut = false;
    proxy->stop_state = STOP_NONE;
    proxy->bytes[0] = proxy->bytes[1] = 0;
    proxy->cut_after = -1;
    proxy->session_count = 0;
    free(proxy->statements);
    proxy->statements = NULL;
    proxy->statements_size = 0;
}

/* What the test's thread asked for: descriptors are closed here only, so that poll never watches a stranger's. */
static void obey(struct proxy *proxy)
{
    switch (proxy->order) {
    case ORDER_NONE:
        return;
    case ORDER_RESET:
        forget(proxy);
        break;
    case ORDER_CUT_ONE:
        if (proxy->stopped)
            close_session(proxy, proxy->stopped);
        break;
    case ORDER_CUT_ALL:
        close_all(proxy);
        break;
    case ORDER_RELEASE:
        if (proxy->stopped)
            proxy->stopped->is_client_held = proxy->stopped->is_server_held = false;
        proxy->stopped = NULL;
        break;
    }
    proxy->order = ORDER_NONE;
    pthread_cond_broadcast(&proxy->changed);
}

static struct pollfd watch(int fd, const struct flow *from, const struct flow *to, bool is_held)
{
    short events = (short)((from->has_ended ? 0 : POLLIN) | (to->passed_size && !is_held ? POLLOUT : 0));
    return (struct pollfd){.fd = events ? fd : -1, .events = events};
}

static void *run_proxy(void *argument)
{
    struct proxy *proxy = argument;
    struct pollfd fds[2 + 2 * MOST_SESSIONS];
    pthread_mutex_lock(&proxy->mutex);
    while (!proxy->is_ending) {
        fds[0] = (struct pollfd){.fd = proxy->wake_fd, .events = POLLIN};
        fds[1] = (struct pollfd){.fd = proxy->listen_fd, .events = POLLIN};
        for (int i = 0; i < MOST_SESSIONS; i++) {
            struct session *session = proxy->sessions[i];
            fds[2 + 2 * i] = fds[3 + 2 * i] = (struct pollfd){.fd = -1};
            if (session) {
                fds[2 + 2 * i] =
                    watch(session->client_fd, &session->to_server, &session->to_client, session->is_server_held);
                fds[3 + 2 * i] = watch(session->server_fd, &session->to_client, &session->to_server, false);
            }
        }
        pthread_mutex_unlock(&proxy->mutex);
        poll(fds, countof(fds), -1);
        pthread_mutex_lock(&proxy->mutex);
        for (int i = 0; i < MOST_SESSIONS; i++) {
            if (fds[2 + 2 * i].revents)
                receive(proxy->sessions[i]->client_fd, &proxy->sessions[i]->to_server);
            if (fds[3 + 2 * i].revents)
                receive(proxy->sessions[i]->server_fd, &proxy->sessions[i]->to_client);
        }
        uint64_t ignored;
        if (fds[0].revents && read(proxy->wake_fd, &ignored, sizeof ignored) < 0)
            break;
        obey(proxy);
        if (fds[1].revents)
            accept_session(proxy);
        pump_all(proxy);
    }
    close_all(proxy);
    pthread_mutex_unlock(&proxy->mutex);
    return NULL;
}

static void wake(struct proxy *proxy)
{
    if (eventfd_write(proxy->wake_fd, 1) < 0)
        abort();
}

static void give_order(struct proxy *proxy, enum order order)
{
    pthread_mutex_lock(&proxy->mutex);
    proxy->order = order;
    wake(proxy);
    while (proxy->order != ORDER_NONE)
        pthread_cond_wait(&proxy->changed, &proxy->mutex);
    pthread_mutex_unlock(&proxy->mutex);
}

/* ---- the test's side ---- */

static int stop_proxy(struct proxy *proxy)
{
    pthread_mutex_lock(&proxy->mutex);
    proxy->is_ending = true;
    wake(proxy);
    pthread_mutex_unlock(&proxy->mutex);
    pthread_join(proxy->thread, NULL);
    close(proxy->listen_fd);
    close(proxy->wake_fd);
    free(proxy->statements);
    return 0;
}

static int listen_in(const char *directory)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s/%s", directory, SOCKET_NAME);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) < 0 || listen(fd, MOST_SESSIONS) < 0)
        fail_msg("the proxy cannot listen: %s", strerror(errno));
    return fd;
}

struct proxy *proxy_start(TALLOC_CTX *owner, const char *server_directory)
{
    struct proxy *proxy = talloc_zero(owner, struct proxy);
    proxy->directory = test_directory(proxy);
    proxy->server_path = talloc_asprintf(proxy, "%s/%s", server_directory, SOCKET_NAME);
    proxy->listen_fd = listen_in(proxy->directory);
    proxy->wake_fd = eventfd(0, EFD_CLOEXEC);
    proxy->cut_after = -1;
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&proxy->changed, &attributes);
    pthread_mutex_init(&proxy->mutex, NULL);
    if (proxy->wake_fd < 0 || pthread_create(&proxy->thread, NULL, run_proxy, proxy))
        fail_msg("the proxy cannot start");
    talloc_set_destructor(proxy, stop_proxy);
    return proxy;
}

const char *proxy_directory(const struct proxy *proxy) { return proxy->directory; }

void proxy_reset(struct proxy *proxy) { give_order(proxy, ORDER_RESET); }

void proxy_release(struct proxy *proxy) { give_order(proxy, ORDER_RELEASE); }

void proxy_cut(struct proxy *proxy, enum proxy_scope scope)
{
    give_order(proxy, scope == PROXY_ONE_SESSION ? ORDER_CUT_ONE : ORDER_CUT_ALL);
}

void proxy_arm(struct proxy *proxy, const struct proxy_stop *stop)
{
    pthread_mutex_lock(&proxy->mutex);
    proxy->stop = *stop;
    proxy->stop_state = STOP_ARMED;
    proxy->stopped = NULL;
    pthread_mutex_unlock(&proxy->mutex);
}

static struct timespec deadline(int timeout_ms)
{
    int64_t end_ms = clock_monotonic_ms() + timeout_ms;
    return (struct timespec){.tv_sec = end_ms / 1000, .tv_nsec = end_ms % 1000 * 1000000};
}

static int open_sessions(const struct proxy *proxy)
{
    int count = 0;
    for (int i = 0; i < MOST_SESSIONS; i++)
        count += proxy->sessions[i] != NULL;
    return count;
}

int proxy_sessions(struct proxy *proxy)
{
    pthread_mutex_lock(&proxy->mutex);
    int count = open_sessions(proxy);
    pthread_mutex_unlock(&proxy->mutex);
    return count;
}

bool proxy_wait_sessions(struct proxy *proxy, int count, int timeout_ms)
{
    struct timespec end = deadline(timeout_ms);
    pthread_mutex_lock(&proxy->mutex);
    while (open_sessions(proxy) > count)
        if (pthread_cond_timedwait(&proxy->changed, &proxy->mutex, &end) == ETIMEDOUT)
            break;
    bool is_so = open_sessions(proxy) <= count;
    pthread_mutex_unlock(&proxy->mutex);
    return is_so;
}

bool proxy_wait(struct proxy *proxy, int timeout_ms)
{
    struct timespec end = deadline(timeout_ms);
    pthread_mutex_lock(&proxy->mutex);
    while (proxy->stop_state != STOP_REACHED)
        if (pthread_cond_timedwait(&proxy->changed, &proxy->mutex, &end) == ETIMEDOUT)
            break;
    bool is_reached = proxy->stop_state == STOP_REACHED;
    pthread_mutex_unlock(&proxy->mutex);
    return is_reached;
}

void proxy_cut_after(struct proxy *proxy, enum proxy_direction direction, long bytes, enum proxy_scope scope)
{
    pthread_mutex_lock(&proxy->mutex);
    proxy->cut_direction = direction;
    proxy->cut_after = proxy->bytes[direction] + bytes;
    proxy->cut_scope = scope;
    pthread_mutex_unlock(&proxy->mutex);
}

bool proxy_has_cut(struct proxy *proxy)
{
    pthread_mutex_lock(&proxy->mutex);
    bool has_cut = proxy->has_cut;
    pthread_mutex_unlock(&proxy->mutex);
    return has_cut;
}

void proxy_refuse(struct proxy *proxy)
{
    pthread_mutex_lock(&proxy->mutex);
    proxy->is_refusing = true;
    pthread_mutex_unlock(&proxy->mutex);
}

long proxy_bytes(struct proxy *proxy, enum proxy_direction direction)
{
    pthread_mutex_lock(&proxy->mutex);
    long bytes = proxy->bytes[direction];
    pthread_mutex_unlock(&proxy->mutex);
    return bytes;
}

char *proxy_statements(struct proxy *proxy, TALLOC_CTX *owner)
{
    pthread_mutex_lock(&proxy->mutex);
    char *statements = talloc_strdup(owner, proxy->statements ? proxy->statements : "");
    pthread_mutex_unlock(&proxy->mutex);
    return statements;
}
