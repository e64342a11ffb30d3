/* What the files of store/connection share: the connection's members. No other file includes this but result.c. */
#ifndef STORE_CONNECTION_PRIVATE_H
#define STORE_CONNECTION_PRIVATE_H

#include <libpq-fe.h>

#include "store/connection.h"

struct canceller;

struct connection {
    PGconn *pg;          /* NULL once abandoned */
    PGcancel *pg_cancel; /* NULL while the canceller has it */
    const struct target *target;
    struct cancel *cancel; /* or NULL */
    notice_fn on_notice;
    void *listener;
    bool has_single_rows;        /* the last statement's rows came one by one */
    int posted_count;            /* posted statements whose answers are still to be read */
    int connect_timeout_ms;      /* for cancels, which are connections of their own; 0: no limit */
    int patience_ms;             /* see connection_set_patience */
    const char *reason;          /* constant: why it was given up though the server had not closed it, or NULL */
    struct canceller *canceller; /* while a cancel is on its way */
};

/* Wraps a PGresult, which is freed with it. */
struct result *result_wrap(TALLOC_CTX *owner, PGresult *pg);

/* A copy of a server's text without secrets; a very long one is cut. Owner: `owner`. */
char *failure_text(TALLOC_CTX *owner, const struct connection *connection, const char *text);

/* Fills in an error from a failed result, or from the connection where `pg` is NULL or has no fields. Notes a lost
 * connection and abandons it. Returns false. */
bool failure_set(struct error *error, struct connection *connection, const PGresult *pg);

/* The error of a statement that was not sent, for the connection is gone. Returns false. */
bool failure_lost(struct error *error);

/* Waits for the socket (events: POLLIN, POLLOUT) and sends cancels while they are asked for. Returns false when the
 * connection broke. Waits without end for a silent server, unless its patience is limited, or a cancel that was asked
 * for could not be delivered: then the socket is shut, which reads like a server that has gone. */
bool wait_for_server(struct connection *connection, short events);

/* Ends the canceller, if one ran, and makes sure that its cancel cannot hit the next statement (a probe comes back).
 * Call it when the answer is complete. Returns false when the connection broke. */
bool wait_for_canceller(struct connection *connection);

/* Lets a canceller that still runs end by itself, with its PGcancel. For a connection that is closed. */
void leave_canceller(struct connection *connection);

#endif
