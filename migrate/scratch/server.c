/* See private.h: the server of scratch databases and the connections to it. Its administrator never runs SQL of files.
 */
#include "migrate/scratch/private.h"

#define CONNECT_TIMEOUT_MS 60000 /* the private server may be busy with others */

/* What the administrator's sessions are started with: nothing that a database or a role says may change what they do,
 * and no trigger of a file runs as superuser. */
#define ADMIN_OPTIONS "-c search_path= -c jit=off -c default_transaction_read_only=off"
#define SUPERUSER_OPTIONS ADMIN_OPTIONS " -c session_replication_role=replica"

size_t server_session(struct query *queries)
{
    static const char *const statements[] = {
        "SET search_path = ''", "SET DateStyle = ISO", "SET IntervalStyle = postgres",
        "SET TimeZone = 'UTC'", "SET jit = off",       "SET client_min_messages = warning",
    };
    _Static_assert(countof(statements) <= SERVER_SESSION_MOST, "they fit");
    for (size_t i = 0; i < countof(statements); i++)
        queries[i] = (struct query){.sql = statements[i]};
    return countof(statements);
}

/* A failure of what was posted is nobody's: what it was to clear away is found again. */
void admin_settle(struct scratch *scratch)
{
    struct error *ignored = error_new(NULL);
    bool ok UNUSED = connection_settle(scratch->admin, ignored);
    talloc_free(ignored);
}

bool admin_execute(struct scratch *scratch, struct parameters parameters, struct error *error, const char *sql)
{
    admin_settle(scratch);
    return connection_execute(scratch->admin, parameters, error, sql);
}

struct result *admin_query(TALLOC_CTX *owner, struct scratch *scratch, struct parameters parameters,
                           struct error *error, const char *sql)
{
    admin_settle(scratch);
    return connection_query(owner, scratch->admin, parameters, error, sql);
}

void admin_post(struct scratch *scratch, struct parameters parameters, const char *sql)
{
    struct error *ignored = error_new(NULL);
    struct cancel *cancel = connection_cancel(scratch->admin);
    connection_set_cancel(scratch->admin, NULL);
    bool ok UNUSED = connection_post(scratch->admin, &(struct query){.sql = sql, .parameters = parameters}, ignored);
    connection_set_cancel(scratch->admin, cancel);
    talloc_free(ignored);
}

static const char *superuser_options(const struct scratch *scratch)
{
    if (!scratch->may_be_superuser)
        return ADMIN_OPTIONS;
    return scratch->server_version >= 170000 ? SUPERUSER_OPTIONS " -c event_triggers=off" : SUPERUSER_OPTIONS;
}

static struct target *target_of(TALLOC_CTX *owner, const struct scratch *scratch, const char *database,
                                enum server_role role)
{
    bool is_admin = role == SERVER_ADMIN;
    bool is_other = !is_admin && scratch->may_be_superuser; /* else one role is all of them */
    const char *const pairs[] = {"dbname",
                                 database,
                                 "options",
                                 is_admin ? superuser_options(scratch) : "-c jit=off",
                                 is_other ? "user" : NULL,
                                 role == SERVER_READER ? scratch->reader : scratch->role,
                                 scratch->cluster ? NULL : "password", /* the private one trusts whom its socket lets in */
                                 scratch->password,
                                 NULL};
    return target_with(owner, scratch->target, pairs);
}

struct target *scratch_target(TALLOC_CTX *owner, const struct scratch_database *database)
{
    return target_of(owner, database->scratch, database->name, SERVER_OWNER);
}

struct connection *server_connect(TALLOC_CTX *owner, struct scratch *scratch, const char *database,
                                  enum server_role role, struct cancel *cancel, struct error *error)
{
    struct target *target = target_of(NULL, scratch, database, role);
    struct connection_options options = {
        .application_name = "pgdeck scratch", .connect_timeout_ms = CONNECT_TIMEOUT_MS, .cancel = cancel};
    struct connection *connection = connection_open(owner, target, &options, error);
    if (!connection) {
        talloc_free(target);
        return NULL;
    }
    talloc_steal(connection, target);
    struct query queries[SERVER_SESSION_MOST];
    TALLOC_CTX *memory = talloc_new(NULL);
    bool ok = connection_pipeline(memory, connection, queries, server_session(queries), NULL, error);
    talloc_free(memory);
    if (ok)
        return connection;
    talloc_free(connection);
    return NULL;
}
