/* A bounded pool of connections to one target, shared by the threads of a process. A connection is given out
 * clean (see session.c) and thrown away once it is lost or was left in a transaction. */
#ifndef STORE_POOL_H
#define STORE_POOL_H

#include <talloc.h>

#include "store/base.h"
#include "store/connection.h"
#include "store/error.h"
#include "store/settings.h"
#include "store/target.h"

struct pool; /* opaque, thread-safe */

enum pool_access { POOL_READ_WRITE, POOL_READ_ONLY };

/* Makes the pool; connects nothing. POOL_READ_ONLY: the server itself holds every session of the pool read-only.
 * Owner: `owner`, which must not free it while a connection is out. */
struct pool *pool_new(TALLOC_CTX *owner, const struct target *target, const struct settings *settings,
                      enum pool_access access, const char *application_name);

/* A connection that nobody else uses; waits while all are out, at most the setting pool_timeout.
 * Errors: ERROR_CONNECTION, ERROR_CANCELLED, ERROR_REFUSED (no connection became free). Blocks. */
struct connection *pool_acquire(struct pool *pool, struct cancel *cancel, struct error *error) NODISCARD;

/* Gives it back. */
void pool_release(struct pool *pool, struct connection *connection);

/* A new connection in the place of one that is out and lost, which is freed. NULL: the lost one stays out. Errors:
 * ERROR_CONNECTION. Blocks. */
struct connection *pool_renew(struct pool *pool, struct connection *lost, struct error *error) NODISCARD;

const struct target *pool_target(const struct pool *pool);
enum pool_access pool_access(const struct pool *pool);

#endif
