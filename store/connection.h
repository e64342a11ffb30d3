/* One connection to a server: made, used and cancelled without ever blocking deaf. With result.c, conninfo.c and
 * target_match.c the only files that know libpq. Used by one thread at a time; the cancel may come from any. */
#ifndef STORE_CONNECTION_H
#define STORE_CONNECTION_H

#include <talloc.h>

#include "store/base.h"
#include "store/cancel.h"
#include "store/error.h"
#include "store/result.h"
#include "store/target.h"

struct connection; /* opaque */

/* A notice of the server. Plain data, valid during the call. */
struct notice {
    const char *severity; /* not translated: NOTICE, WARNING ... */
    const char *sqlstate;
    const char *message, *detail, *hint, *context;
};
typedef void (*notice_fn)(void *listener, const struct notice *notice);

struct connection_options {
    const char *application_name;
    int connect_timeout_ms; /* 0: no limit; holds for cancels too: when none gets through, the connection counts as lost
                             */
    struct cancel *cancel;  /* or NULL */
};

/* Text parameters of a statement; a NULL value is SQL's NULL. */
struct parameters {
    int count;
    const char *const *values;
};
#define PARAMETERS(...)                                                                                                \
    ((struct parameters){(int)countof(((const char *const[]){__VA_ARGS__})), (const char *const[]){__VA_ARGS__}})
#define NO_PARAMETERS ((struct parameters){0, NULL})

/* Connects; client_encoding is UTF8. Owner: `owner`, which closes it. Blocks, but for a cancel.
 * Errors: ERROR_CONNECTION (text redacted), ERROR_CANCELLED. */
struct connection *connection_open(TALLOC_CTX *owner, const struct target *target,
                                   const struct connection_options *options, struct error *error) NODISCARD;

/* Who is asked to stop it from now on; NULL: nobody can. */
void connection_set_cancel(struct connection *connection, struct cancel *cancel);
struct cancel *connection_cancel(const struct connection *connection);

/* How long the server may be silent during a statement before the connection is given up; 0, as at the start: for ever.
 */
void connection_set_patience(struct connection *connection, int timeout_ms);

/* Who hears the notices; NULL: nobody. */
void connection_set_listener(struct connection *connection, notice_fn on_notice, void *listener);

/* Runs one statement (extended protocol: the server refuses a second one in the same text). Blocks until the
 * server has answered; a cancel is re-sent until it has, and then nothing is sent before a probe has come back.
 * Owner: `owner`. Errors: by SQLSTATE (ERROR_STATEMENT, ERROR_LOCK_TIMEOUT, ERROR_CANCELLED ...); ERROR_CONNECTION
 * with is_connection_lost when the connection is gone. A COPY that the text begins is ended and refused. */
struct result *connection_query(TALLOC_CTX *owner, struct connection *connection, struct parameters parameters,
                                struct error *error, const char *sql) NODISCARD;

/* The same for statements whose rows nobody wants. */
bool connection_execute(struct connection *connection, struct parameters parameters, struct error *error,
                        const char *sql) NODISCARD;

/* Hears one row: row 0 of a result that lives during the call. False: it wants no more, or has set the error. */
typedef bool (*row_fn)(void *listener, const struct result *row, struct error *error);

/* Runs a statement that returns rows and tells them one by one, so that no more than one is in memory; *count gets how
 * many there were. After a false from on_row the rest is read and thrown away. Errors: as connection_query;
 * on_row's. */
bool connection_stream(struct connection *connection, struct parameters parameters, row_fn on_row, void *listener,
                       size_t *count, struct error *error, const char *sql) NODISCARD;

/* Runs a statement of a file, and what follows a COPY ... FROM stdin (NULL: such a COPY is refused). *tag gets the
 * command tag (owner `owner`; "" for an empty statement). Rows and COPY TO data are thrown away, one by one. */
bool connection_run(TALLOC_CTX *owner, struct connection *connection, const char *sql, const char *copy_data,
                    size_t copy_size_bytes, const char **tag, struct error *error) NODISCARD;

/* A statement of a pipeline, and its rows once it has run. */
struct query {
    const char *sql;
    struct parameters parameters;
    struct result *result; /* out: owner as given to connection_pipeline; NULL where it did not run */
};

/* Sends several statements in one go and waits for all of them: one round trip. Each is a message of its own; after a
 * failure the server passes over the rest. Errors: as connection_query; *failed (may be NULL) gets the index of the
 * statement. */
bool connection_pipeline(TALLOC_CTX *owner, struct connection *connection, struct query *queries, size_t count,
                         size_t *failed, struct error *error) NODISCARD;

/* Sends a statement and does not wait: its answer is read before one is sent that waits for its own, whose error is
 * then this one's. For records that hold nothing up. The server carries it out even if this process ends meanwhile. */
bool connection_post(struct connection *connection, const struct query *query, struct error *error) NODISCARD;

/* Waits for the answers to what was posted. Errors: of the first that failed. */
bool connection_settle(struct connection *connection, struct error *error) NODISCARD;

/* Whether nothing says that the connection is gone: looks at what has come in, asks the server nothing, never blocks.
 */
bool connection_is_alive(struct connection *connection);

/* Where the transaction stands, as the server said with its last answer. */
enum connection_state { STATE_IDLE, STATE_ACTIVE, STATE_IN_TRANSACTION, STATE_FAILED_TRANSACTION, STATE_LOST };
enum connection_state connection_state(const struct connection *connection);

/* Process id that the server told at the start; a pooler in between tells another than pg_backend_pid(). */
int connection_backend_pid(const struct connection *connection);

/* 150018 for 15.18. */
int connection_server_version(const struct connection *connection);

/* A parameter that the server reports: server_version, session_authorization ... or "". */
const char *connection_parameter(const struct connection *connection, const char *name);

/* The target it was opened with. */
const struct target *connection_target(const struct connection *connection);

/* The descriptor, for tests that cut it; -1 when lost. */
int connection_socket(const struct connection *connection);

/* Closes at once, without telling the server about a running statement. */
void connection_abandon(struct connection *connection);

#endif
