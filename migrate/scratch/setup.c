/* The registry's beginning: tables, the plain role, the template; and the end of what dead processes left. */
#include "migrate/scratch/private.h"

#include <sys/random.h>

#include "store/digest.h"
#include "store/sql.h"

extern const char sql_scratch_setup[], sql_scratch_superuser[];

struct server_row {
    int64_t server_version;
    const char *token, *password;
};
static const struct column server_columns[] = {
    COLUMN(struct server_row, server_version),
    COLUMN(struct server_row, token),
    COLUMN(struct server_row, password),
};

static char *make_secret(TALLOC_CTX *owner)
{
    unsigned char bytes[32];
    char *text = talloc_strdup(owner, "");
    if (getrandom(bytes, sizeof bytes, 0) != sizeof bytes)
        abort();
    for (size_t i = 0; i < sizeof bytes; i++)
        text = talloc_asprintf_append(text, "%02x", bytes[i]);
    return text;
}

/* Whether the registry is there and of this version of the server; then its secrets are known. */
static bool read_server(struct scratch *scratch, bool *is_current, struct error *error)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    struct result *there =
        admin_query(memory, scratch, NO_PARAMETERS, error, "SELECT pg_catalog.to_regclass('pgdeck.server')");
    *is_current = false;
    bool ok = there;
    if (ok && result_value(there)) {
        struct result *result =
            admin_query(memory, scratch, NO_PARAMETERS, error,
                        "SELECT server_version::bigint AS server_version, token, password FROM pgdeck.server");
        size_t count = 0;
        struct server_row *rows =
            result ? result_bind(result, server_columns, countof(server_columns), sizeof *rows, &count, error) : NULL;
        ok = rows;
        if (ok && count == 1 && rows->server_version == scratch->server_version) {
            scratch->token = talloc_strdup(scratch, rows->token);
            scratch->password = talloc_strdup(scratch, rows->password);
            *is_current = true;
        }
    }
    talloc_free(memory);
    return ok;
}

/* more: what the role may besides logging in. */
static bool make_role(struct scratch *scratch, const char *name, const char *more, struct error *error)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    struct result *found =
        admin_query(memory, scratch, PARAMETERS(name), error, "SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = $1");
    bool ok = found &&
              admin_execute(scratch, NO_PARAMETERS, error,
                            talloc_asprintf(memory,
                                            "%s ROLE %s LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE "
                                            "NOREPLICATION %s PASSWORD %s",
                                            result_row_count(found) ? "ALTER" : "CREATE", sql_identifier(memory, name),
                                            more, sql_literal(memory, scratch->password)));
    talloc_free(memory);
    return ok;
}

static bool make_roles(struct scratch *scratch, struct error *error)
{
    if (!scratch->may_be_superuser)
        return true;
    char *grant = talloc_asprintf(NULL, "GRANT %s TO %s", scratch->role, scratch->reader);
    bool ok = make_role(scratch, scratch->role, "NOBYPASSRLS", error) &&
              make_role(scratch, scratch->reader, "BYPASSRLS", error) &&
              admin_execute(scratch, NO_PARAMETERS, error, grant);
    talloc_free(grant);
    return ok;
}

/* In a private server nobody but the administrator has any business in the databases that initdb makes. */
static bool close_others(struct scratch *scratch, struct error *error)
{
    return !scratch->cluster ||
           (admin_execute(scratch, NO_PARAMETERS, error, "REVOKE ALL ON DATABASE postgres FROM PUBLIC") &&
            admin_execute(scratch, NO_PARAMETERS, error, "REVOKE ALL ON DATABASE template1 FROM PUBLIC"));
}

/* The one place of the text that is replaced. */
static char *superuser_function(TALLOC_CTX *owner, const char *token)
{
    static const char mark[] = "@digest@'";
    const char *digest = digest_sha256(owner, token, strlen(token));
    const char *at = strstr(sql_scratch_superuser, mark);
    return talloc_asprintf(owner, "%.*s%s%s", (int)(at - sql_scratch_superuser), sql_scratch_superuser, digest,
                           at + strlen(mark) - 1);
}

/* Up to 14 the schema public belongs to the server's first superuser; a file's owner has to be able to alter it. */
static bool fill_template(struct scratch *scratch, TALLOC_CTX *memory, const char *name, struct error *error)
{
    if (!scratch->may_be_superuser)
        return true;
    struct connection *connection =
        server_connect(memory, scratch, name, SERVER_ADMIN, connection_cancel(scratch->admin), error);
    if (!connection)
        return false;
    bool ok = connection_execute(connection, NO_PARAMETERS, error, superuser_function(memory, scratch->token));
    if (ok && scratch->server_version < 150000)
        ok = connection_execute(
            connection, NO_PARAMETERS, error,
            talloc_asprintf(memory, "ALTER SCHEMA public OWNER TO %s", sql_identifier(memory, scratch->role)));
    talloc_free(connection);
    return ok && registry_await_quiet(scratch, name, error);
}

static bool make_template(struct scratch *scratch, struct error *error)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    const char *name = talloc_asprintf(memory, "%s_template", scratch->prefix);
    bool ok =
        admin_execute(scratch, NO_PARAMETERS, error, talloc_asprintf(memory, "DROP DATABASE IF EXISTS %s", name)) &&
        admin_execute(scratch, NO_PARAMETERS, error,
                      talloc_asprintf(memory,
                                      "CREATE DATABASE %s TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' "
                                      "LC_CTYPE 'C'%s",
                                      name, scratch->server_version >= 150000 ? " LOCALE_PROVIDER libc" : "")) &&
        fill_template(scratch, memory, name, error);
    talloc_free(memory);
    return ok;
}

/* With the setup lock held. The server's row comes last: without it nothing of this counts. */
static bool make_all(struct scratch *scratch, struct error *error)
{
    if (!admin_execute(scratch, NO_PARAMETERS, error, sql_scratch_setup) ||
        !admin_execute(scratch, NO_PARAMETERS, error, "DELETE FROM pgdeck.server") ||
        !admin_execute(scratch, NO_PARAMETERS, error,
                       "UPDATE pgdeck.database SET kind = 'work' WHERE kind = 'spare'") ||
        !registry_drop_unheld(scratch, DROP_LEFTOVERS, "SELECT id FROM pgdeck.database", NO_PARAMETERS, error))
        return false;
    registry_flush(scratch);
    scratch->token = make_secret(scratch);
    scratch->password = make_secret(scratch);
    TALLOC_CTX *memory = talloc_new(NULL);
    bool ok =
        make_roles(scratch, error) && close_others(scratch, error) && make_template(scratch, error) &&
        admin_execute(
            scratch, PARAMETERS(registry_number(memory, scratch->server_version), scratch->token, scratch->password),
            error, "INSERT INTO pgdeck.server (server_version, token, password) VALUES ($1::integer, $2, $3)");
    talloc_free(memory);
    return ok;
}

static bool make_once(struct scratch *scratch, struct error *error)
{
    bool is_current;
    if (!admin_execute(scratch, NO_PARAMETERS, error, "SELECT pg_catalog.pg_advisory_lock(1, 0)"))
        return false;
    bool ok = read_server(scratch, &is_current, error) && (is_current || make_all(scratch, error));
    admin_post(scratch, NO_PARAMETERS, "SELECT pg_catalog.pg_advisory_unlock(1, 0)");
    return ok;
}

/* Rows without a holder: work of dead processes, spares whose making was cut off. */
static bool clear_leftovers(struct scratch *scratch, struct error *error)
{
    static const char leftovers[] =
        "SELECT d.id FROM pgdeck.database AS d WHERE (d.kind = 'work' OR NOT EXISTS"
        " (SELECT FROM pg_catalog.pg_database AS p WHERE p.datname = $1 || '_' || d.id))"
        " AND NOT EXISTS (SELECT FROM pg_catalog.pg_locks AS l WHERE l.locktype = 'advisory' AND l.classid = 2"
        " AND l.objid = d.id::oid AND l.objsubid = 2 AND l.database = (SELECT oid FROM pg_catalog.pg_database"
        " WHERE datname = pg_catalog.current_database()))";
    return registry_drop_unheld(scratch, DROP_LEFTOVERS, leftovers, PARAMETERS(scratch->prefix), error);
}

bool setup_prepare(struct scratch *scratch, struct error *error)
{
    bool is_current;
    return read_server(scratch, &is_current, error) && (is_current || make_once(scratch, error)) &&
           clear_leftovers(scratch, error);
}
