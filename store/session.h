/* A session: a connection of the pool for the length of one piece of work, with a memory of its own.
 * Its settings are pgdeck's own (search_path empty, dates in ISO, UTC, statement_timeout); every catalog name in
 * its statements is qualified. Every access to a database but a run's goes through one. */
#ifndef STORE_SESSION_H
#define STORE_SESSION_H

#include <talloc.h>

#include "store/base.h"
#include "store/cancel.h"
#include "store/connection.h"
#include "store/error.h"
#include "store/pool.h"

struct session {
    struct connection *connection;
    struct pool *pool;
    int server_version; /* 150018 for 15.18 */
};

/* Opens a session. Owner: `owner`; freeing it gives the connection back. Blocks. Errors: as pool_acquire. */
struct session *session_open(TALLOC_CTX *owner, struct pool *pool, struct cancel *cancel,
                             struct error *error) NODISCARD;

/* Takes a new connection in the place of a lost one; nobody can cancel it. On failure the session keeps the lost one.
 * Blocks. Errors: ERROR_CONNECTION. */
bool session_renew(struct session *session, struct error *error) NODISCARD;

/* What test_connection finds out. Texts live as long as the struct. */
struct session_facts {
    const char *server_version; /* "15.18 (Debian ...)": as the server reports it */
    const char *role;           /* current_user */
    const char *session_role;   /* session_user */
    const char *database, *host, *port;
    const char *system_identifier; /* "" where the role may not ask */
    int64_t backend_pid;
    bool in_recovery, read_only, is_superuser;
    bool is_pooled; /* a pooler stands in between */
    int64_t round_trip_us;
};

/* Connects, asks who is there, measures a round trip. Owner: `owner`. Errors: as connection_query. */
struct session_facts *session_test_connection(TALLOC_CTX *owner, struct session *session,
                                              struct error *error) NODISCARD;

#endif
