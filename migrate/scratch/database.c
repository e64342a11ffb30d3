/* Scratch databases as callers have them: made, copied, connected to. */
#include "migrate/scratch/private.h"
#include "store/clock.h"

#define READERS_LIMIT_MS 2000
#define READERS_POLL_MS 2

/* While a state is connected to, nobody copies it: the server refuses to copy a database with sessions. */
struct lease {
    struct scratch_database *database;
};

static int end_lease(struct lease *lease)
{
    struct scratch_database *database = lease->database;
    if (!database->scratch)
        return 0;
    char *id = registry_number(NULL, database->id);
    admin_post(database->scratch, PARAMETERS(id), "SELECT pg_catalog.pg_advisory_unlock_shared(3, $1::integer)");
    talloc_free(id);
    return 0;
}

static struct lease *take_lease(struct scratch_database *database, struct error *error)
{
    struct lease *lease = talloc_zero(NULL, struct lease);
    char *id = registry_number(lease, database->id);
    lease->database = database;
    if (!admin_execute(database->scratch, PARAMETERS(id), error,
                       "SELECT pg_catalog.pg_advisory_lock_shared(3, $1::integer)")) {
        talloc_free(lease);
        return NULL;
    }
    talloc_set_destructor(lease, end_lease);
    return lease;
}

/* SQL of a file may change what a session begins with: ALTER ROLE CURRENT_USER SET ..., within a DO. */
static bool forget_settings(struct scratch_database *database, struct error *error)
{
    struct scratch *scratch = database->scratch;
    TALLOC_CTX *memory = talloc_new(NULL);
    struct result *result = admin_query(
        memory, scratch, PARAMETERS(scratch->role, database->name, scratch->reader), error,
        "SELECT pg_catalog.format('ALTER %s%s RESET ALL', CASE WHEN s.setrole = 0 THEN '' ELSE"
        " pg_catalog.format('ROLE %I', r.rolname) END, CASE WHEN s.setdatabase = 0 THEN '' WHEN s.setrole = 0 THEN"
        " pg_catalog.format('DATABASE %I', d.datname) ELSE pg_catalog.format(' IN DATABASE %I', d.datname) END)"
        " FROM pg_catalog.pg_db_role_setting AS s LEFT JOIN pg_catalog.pg_roles AS r ON r.oid = s.setrole"
        " LEFT JOIN pg_catalog.pg_database AS d ON d.oid = s.setdatabase WHERE r.rolname IN ($1, $3) OR d.datname = $2");
    bool ok = result;
    for (size_t i = 0; ok && scratch->may_be_superuser && i < result_row_count(result); i++)
        ok = admin_execute(scratch, NO_PARAMETERS, error, result_cell(result, i, 0));
    talloc_free(memory);
    return ok;
}

struct connection *scratch_connect(TALLOC_CTX *owner, struct scratch_database *database, enum scratch_role role,
                                   struct cancel *cancel, struct error *error)
{
    struct scratch *scratch = database->scratch;
    connection_set_cancel(scratch->admin, cancel);
    struct lease *lease = database->kind == DATABASE_STATE ? take_lease(database, error) : NULL;
    bool ok = (lease || database->kind != DATABASE_STATE) && forget_settings(database, error);
    connection_set_cancel(scratch->admin, NULL);
    struct connection *connection =
        ok ? server_connect(owner, scratch, database->name, role == SCRATCH_READER ? SERVER_READER : SERVER_OWNER,
                            cancel, error)
           : NULL;
    if (!connection) {
        talloc_free(lease);
        error_prefix(error, "cannot connect to a scratch database");
        return NULL;
    }
    if (lease)
        talloc_steal(connection, lease); /* ends behind the connection: children are freed after their owner's end */
    return connection;
}

struct scratch_database *scratch_create(TALLOC_CTX *owner, struct scratch *scratch, struct cancel *cancel,
                                        struct error *error)
{
    connection_set_cancel(scratch->admin, cancel);
    struct scratch_database *database = registry_take(owner, scratch, error);
    connection_set_cancel(scratch->admin, NULL);
    return database;
}

/* Polled, because a reader may stay for long. */
static bool lock_out_readers(struct scratch *scratch, const char *id, struct error *error)
{
    int64_t end_ms = clock_monotonic_ms() + READERS_LIMIT_MS;
    for (;;) {
        TALLOC_CTX *memory = talloc_new(NULL);
        struct result *result = admin_query(memory, scratch, PARAMETERS(id), error,
                                            "SELECT pg_catalog.pg_try_advisory_lock(3, $1::integer)");
        bool ok = result, is_locked = ok && *result_value(result) == 't';
        talloc_free(memory);
        if (!ok || is_locked)
            return ok;
        if (clock_monotonic_ms() >= end_ms)
            return error_set(error, ERROR_REFUSED, "the scratch database is being read");
        if (!cancel_sleep(connection_cancel(scratch->admin), READERS_POLL_MS))
            return error_set(error, ERROR_CANCELLED, "cancelled while a scratch database was copied");
    }
}

/* Whoever wants to connect to it meanwhile waits until it is copied. */
static struct scratch_database *copy_state(TALLOC_CTX *owner, struct scratch_database *state, struct error *error)
{
    struct scratch *scratch = state->scratch;
    char *id = registry_number(NULL, state->id);
    struct scratch_database *copy = NULL;
    if (lock_out_readers(scratch, id, error)) {
        if (registry_await_quiet(scratch, state->name, error))
            copy = registry_copy(owner, scratch, state->name, error);
        admin_post(scratch, PARAMETERS(id), "SELECT pg_catalog.pg_advisory_unlock(3, $1::integer)");
    }
    talloc_free(id);
    return copy;
}

struct scratch_database *scratch_copy(TALLOC_CTX *owner, struct scratch_database *database, struct cancel *cancel,
                                      struct error *error)
{
    struct scratch *scratch = database->scratch;
    struct scratch_database *copy = NULL;
    connection_set_cancel(scratch->admin, cancel);
    if (database->kind == DATABASE_STATE)
        copy = copy_state(owner, database, error);
    else if (registry_await_quiet(scratch, database->name, error))
        copy = registry_copy(owner, scratch, database->name, error);
    connection_set_cancel(scratch->admin, NULL);
    return copy;
}
