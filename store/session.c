/* See session.h. */
#include "store/session.h"

#include "store/clock.h"

extern const char sql_session_facts[];

static int release(struct session *session)
{
    pool_release(session->pool, session->connection);
    return 0;
}

struct session *session_open(TALLOC_CTX *owner, struct pool *pool, struct cancel *cancel, struct error *error)
{
    struct connection *connection = pool_acquire(pool, cancel, error);
    if (!connection)
        return NULL;
    struct session *session = talloc_zero(owner, struct session);
    *session = (struct session){connection, pool, connection_server_version(connection)};
    talloc_set_destructor(session, release);
    return session;
}

bool session_renew(struct session *session, struct error *error)
{
    struct connection *connection = pool_renew(session->pool, session->connection, error);
    if (!connection)
        return false;
    session->connection = connection;
    session->server_version = connection_server_version(connection);
    return true;
}

static bool measure_round_trip(struct session *session, int64_t *round_trip_us, struct error *error)
{
    int64_t before_us = clock_monotonic_us();
    if (!connection_execute(session->connection, NO_PARAMETERS, error, "SELECT 1"))
        return false;
    *round_trip_us = clock_monotonic_us() - before_us;
    return true;
}

/* pg_control_system is not for every role, nor in every kin of PostgreSQL: asked by itself, its refusal is no failure.
 */
static bool read_system_identifier(struct session_facts *facts, struct session *session, struct error *error)
{
    struct error *refusal = error_new(NULL);
    struct result *result = connection_query(facts, session->connection, NO_PARAMETERS, refusal,
                                             "SELECT system_identifier::text FROM pg_catalog.pg_control_system()");
    const char *identifier = result ? result_value(result) : NULL;
    bool ok = result || (refusal->code != ERROR_CANCELLED && !refusal->is_connection_lost);
    facts->system_identifier = identifier ? identifier : "";
    if (!ok)
        error_copy(error, refusal);
    talloc_free(refusal);
    return ok;
}

struct session_facts *session_test_connection(TALLOC_CTX *owner, struct session *session, struct error *error)
{
    static const struct column columns[] = {
        COLUMN(struct session_facts, server_version), COLUMN(struct session_facts, role),
        COLUMN(struct session_facts, session_role),   COLUMN(struct session_facts, database),
        COLUMN(struct session_facts, in_recovery),    COLUMN(struct session_facts, read_only),
        COLUMN(struct session_facts, is_superuser),   COLUMN(struct session_facts, backend_pid),
    };
    struct session_facts *facts = talloc_zero(owner, struct session_facts);
    struct result *result = connection_query(facts, session->connection, NO_PARAMETERS, error, sql_session_facts);
    if (!result || !result_bind_one(result, columns, countof(columns), facts, error) ||
        !measure_round_trip(session, &facts->round_trip_us, error) || !read_system_identifier(facts, session, error)) {
        talloc_free(facts);
        return NULL;
    }
    const struct target *target = connection_target(session->connection);
    facts->host = talloc_strdup(facts, target->host);
    facts->port = talloc_strdup(facts, target->port);
    facts->is_pooled = facts->backend_pid != connection_backend_pid(session->connection);
    return facts;
}
