/* The transaction manager: begin, savepoint, commit, roll back; runs a transaction again where the server's
 * SQLSTATE class asks for it; every failure rolls back and carries its SQLSTATE up. */
#ifndef STORE_TRANSACTION_H
#define STORE_TRANSACTION_H

#include "store/base.h"
#include "store/connection.h"
#include "store/error.h"

enum transaction_mode {
    TRANSACTION_READ_WRITE, /* the session's isolation; a session that is read-only by default stays so */
    TRANSACTION_READ_ONLY,  /* read committed, read only */
    TRANSACTION_SNAPSHOT,   /* repeatable read, read only: one picture for many queries */
};

/* The work between BEGIN and COMMIT. May be run again from the start: it must not keep state of a failed attempt. */
typedef bool (*transaction_fn)(struct connection *connection, void *argument, struct error *error);

struct transaction_options {
    enum transaction_mode mode;
    int attempts; /* in all, at least 1 */
};

/* Runs `work` in a transaction. On failure it is rolled back (the connection is idle again, or lost).
 * Retries serialization failures, deadlocks and lock timeouts up to `attempts`, those that COMMIT was answered with
 * included: the server has rolled back. Never when COMMIT was not answered.
 * Errors: what the work or COMMIT failed with; is_connection_lost with ERROR_UNKNOWN_OUTCOME when the connection was
 * lost during COMMIT; ERROR_CANCELLED when a cancel came between two attempts. */
bool transaction_run(struct connection *connection, const struct transaction_options *options, transaction_fn work,
                     void *argument, struct error *error) NODISCARD;

/* Runs `work` behind a savepoint of a running transaction; rolls back to it on failure, so that the transaction goes
 * on. */
bool transaction_savepoint(struct connection *connection, transaction_fn work, void *argument,
                           struct error *error) NODISCARD;

/* The single steps, for runs that look at each of them. */
bool transaction_begin(struct connection *connection, enum transaction_mode mode, struct error *error) NODISCARD;

/* COMMIT, and its tag must say COMMIT: the COMMIT of a failed transaction "succeeds" with the tag ROLLBACK. */
bool transaction_commit(struct connection *connection, struct error *error) NODISCARD;

/* Rolls back if there is anything to roll back; a failure abandons the connection. Nothing asks for its outcome. */
void transaction_rollback(struct connection *connection);

#endif
