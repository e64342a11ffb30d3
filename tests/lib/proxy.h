/* A proxy between pgdeck and the test server that understands PostgreSQL's messages: it stops a session at one exact
 * point of one statement, or cuts sessions after so many bytes. What then happens (a kill, a look at the catalog) is up
 * to the test; so every fault sits at a known place and nothing depends on time. Runs on a thread of its own. */
#ifndef TESTS_LIB_PROXY_H
#define TESTS_LIB_PROXY_H

#include <talloc.h>

#include "store/base.h"

struct proxy;

enum proxy_point {
    PROXY_BEFORE,   /* the client has sent the statement, the server has not got it */
    PROXY_SENT,     /* the server has it and what was sent with it; its answers are kept back */
    PROXY_ANSWERED, /* the server has answered and is ready for more; the client has not seen it */
    PROXY_SEEN,     /* the client has the answer; what it sends next is kept back */
};

/* Where to stop: at the first statement of any session that begins with `statement`, comments and blanks aside, in
 * any case. `values`: part of its parameters, written |first|second|; `after`: only in a session that has
 * sent a statement beginning so before; both may be NULL. */
struct proxy_stop {
    enum proxy_point point;
    const char *statement;
    const char *values;
    const char *after;
};

enum proxy_direction { PROXY_TO_SERVER, PROXY_TO_CLIENT };
enum proxy_scope { PROXY_ONE_SESSION, PROXY_ALL_SESSIONS };

/* Listens on a unix socket, port 5432, in a new folder and forwards to the socket in `server_directory`.
 * Owner: `owner`; freeing it closes all sessions. */
struct proxy *proxy_start(TALLOC_CTX *owner, const char *server_directory);

/* The folder: libpq's host. */
const char *proxy_directory(const struct proxy *proxy);

/* Closes all sessions, forgets stops, cuts, refusals, statements and counts. */
void proxy_reset(struct proxy *proxy);

/* Sets the stop; one at a time. The texts must stay. */
void proxy_arm(struct proxy *proxy, const struct proxy_stop *stop);

/* Waits until a session stands at the stop; the others go on. False after timeout_ms. */
bool proxy_wait(struct proxy *proxy, int timeout_ms) NODISCARD;

/* Lets the stopped session go on. */
void proxy_release(struct proxy *proxy);

/* Closes both sides: of the stopped session, or of all. */
void proxy_cut(struct proxy *proxy, enum proxy_scope scope);

/* Once `bytes` more bytes, of all sessions together, were passed on in a direction: the session that carried the last
 * one is closed, or all are. Later sessions are served. */
void proxy_cut_after(struct proxy *proxy, enum proxy_direction direction, long bytes, enum proxy_scope scope);

/* Whether a cut has happened since the reset. */
bool proxy_has_cut(struct proxy *proxy);

/* New sessions are closed at once from now on, until the reset. */
void proxy_refuse(struct proxy *proxy);

/* How many sessions are open. */
int proxy_sessions(struct proxy *proxy);

/* Waits until no more than `count` sessions are open on both sides. False after timeout_ms. */
bool proxy_wait_sessions(struct proxy *proxy, int count, int timeout_ms) NODISCARD;

/* Bytes passed on since the reset. */
long proxy_bytes(struct proxy *proxy, enum proxy_direction direction);

/* The texts of all statements seen since the reset, one a line ("SESSION: text"), and CancelRequests. Owner: `owner`.
 */
char *proxy_statements(struct proxy *proxy, TALLOC_CTX *owner);

#endif
