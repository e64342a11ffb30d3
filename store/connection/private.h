/* What the files of store/connection share: the connection's members. No other file includes this but result.c. */
#ifndef STORE_CONNECTION_PRIVATE_H
#define STORE_CONNECTION_PRIVATE_H

#include <libpq-fe.h>

#include "store/connection.h"

struct canceller;

struct connection {
    PGconn *pg;                    /* NULL once abandoned */
    PGcancel *pg_cancel;
    const struct target *target;
    struct cancel *cancel;         /* or NULL */
    notice_fn on_notice;
    void *listener;
    bool has_single_rows;          /* the last statement's rows came one by one */
    bool has_posted;               /* the answer to a posted statement is still to be read */
    struct canceller *canceller;   /* while a cancel is on its way */
};

/* Wraps a PGresult, which is freed with it. */
struct result *result_wrap(TALLOC_CTX *owner, PGresult *pg);

/* Fills in an error from a failed result, or from the connection where `pg` is NULL or has no fields. Notes a lost
 * connection and abandons it. Returns false. */
bool failure_set(struct error *error, struct connection *connection, const PGresult *pg);

/* The error of a statement that was not sent, for the connection is gone. Returns false. */
bool failure_lost(struct error *error);

/* Waits for the socket (events: POLLIN, POLLOUT) and sends cancels while they are asked for. Returns false when the
 * connection broke. A wait without end for a server that is silent is what is wanted: only a cancel ends it. */
bool wait_for_server(struct connection *connection, short events);

/* Ends the canceller, if one ran, and makes sure that its cancel cannot hit the next statement (a probe comes back).
 * Call it when the answer is complete. Returns false when the connection broke. */
bool wait_for_canceller(struct connection *connection);

#endif
