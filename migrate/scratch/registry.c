/* The rows of the registry and the databases they stand for: made, taken, dropped. See private.h for the locks. */
#include "migrate/scratch/private.h"

#include "store/clock.h"
#include "store/sql.h"

#define SPARES 2 /* two mirrors are built side by side */
#define QUIET_POLL_MS 1
#define QUIET_LIMIT_MS 5000

char *registry_name(TALLOC_CTX *owner, const struct scratch *scratch, int64_t id)
{
    return talloc_asprintf(owner, "%s_%lld", scratch->prefix, (long long)id);
}

char *registry_number(TALLOC_CTX *owner, int64_t number) { return talloc_asprintf(owner, "%lld", (long long)number); }

/* ---- handles ---- */

static void unlink_handle(struct scratch_database *database)
{
    struct scratch_database **at = &database->scratch->databases;
    while (*at != database)
        at = &(*at)->next;
    *at = database->next;
}

/* The database first, then the row: a row without a database is seen and cleared away, not the other way round. What
 * fails here is found again by whoever opens scratch next. */
static void drop_now(struct scratch *scratch, int64_t id)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    struct error *ignored = error_new(memory);
    const char *name = registry_name(memory, scratch, id), *number = registry_number(memory, id);
    bool has_force = scratch->server_version >= 130000;
    bool ok UNUSED =
        (has_force || registry_await_quiet(scratch, name, ignored)) &&
        admin_execute(
            scratch, NO_PARAMETERS, ignored,
            talloc_asprintf(memory, "DROP DATABASE IF EXISTS %s%s", name, has_force ? " WITH (FORCE)" : "")) &&
        admin_execute(scratch, PARAMETERS(number), ignored, "DELETE FROM pgdeck.database WHERE id = $1::integer");
    admin_post(scratch, PARAMETERS(number), "SELECT pg_catalog.pg_advisory_unlock(2, $1::integer)");
    talloc_free(memory);
}

void registry_flush(struct scratch *scratch)
{
    struct cancel *cancel = connection_cancel(scratch->admin);
    connection_set_cancel(scratch->admin, NULL);
    for (size_t i = 0; i < scratch->doomed_count; i++)
        drop_now(scratch, scratch->doomed[i]);
    scratch->doomed_count = 0;
    connection_set_cancel(scratch->admin, cancel);
}

/* Its lock is held. Dropped when nobody waits for anything, or there are too many of them. */
static void doom(struct scratch *scratch, int64_t id)
{
    if (scratch->doomed_count == countof(scratch->doomed))
        registry_flush(scratch);
    scratch->doomed[scratch->doomed_count++] = id;
}

static int release(struct scratch_database *database)
{
    if (!database->scratch)
        return 0;
    unlink_handle(database);
    TALLOC_CTX *memory = talloc_new(NULL);
    if (database->kind == DATABASE_WORK)
        doom(database->scratch, database->id);
    else
        admin_post(database->scratch, PARAMETERS(registry_number(memory, database->id)),
                   "SELECT pg_catalog.pg_advisory_unlock_shared(2, $1::integer)");
    talloc_free(memory);
    return 0;
}

struct scratch_database *registry_handle(TALLOC_CTX *owner, struct scratch *scratch, int64_t id,
                                         enum database_kind kind)
{
    struct scratch_database *database = talloc_zero(owner, struct scratch_database);
    database->scratch = scratch;
    database->id = id;
    database->kind = kind;
    database->name = registry_name(database, scratch, id);
    database->next = scratch->databases;
    scratch->databases = database;
    talloc_set_destructor(database, release);
    return database;
}

/* ---- making ---- */

/* FILE_COPY: half the time of the other way (measured: 14 ms against 37 ms). */
static char *create_sql(TALLOC_CTX *owner, const struct scratch *scratch, const char *name, const char *from)
{
    const char *role =
        scratch->may_be_superuser ? talloc_asprintf(owner, " OWNER %s", sql_identifier(owner, scratch->role)) : "";
    return talloc_asprintf(owner, "CREATE DATABASE %s TEMPLATE %s%s%s", name, from, role,
                           scratch->server_version >= 150000 ? " STRATEGY file_copy" : "");
}

/* A row of our own, locked from its birth by the session that makes the database. */
static bool make_row(struct scratch *scratch, struct connection *connection, const char *kind, const char *copy_of,
                     int64_t *id, struct error *error)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    admin_settle(scratch);
    struct result *result = connection_query(
        memory, connection, PARAMETERS(kind, copy_of), error,
        "INSERT INTO pgdeck.database (kind, copy_of) VALUES ($1, $2) RETURNING id, pg_catalog.pg_advisory_lock(2, id)");
    if (result)
        *id = strtoll(result_cell(result, 0, 0), NULL, 10);
    talloc_free(memory);
    return result;
}

/* Files that run as the project's role make objects in this database: it has an owner's rights. */
static bool give_to_role(struct scratch *scratch, const char *name, struct error *error)
{
    if (!*scratch->project_role)
        return true;
    char *sql = talloc_asprintf(NULL, "ALTER DATABASE %s OWNER TO ", name);
    char *role = sql_identifier(sql, scratch->project_role);
    sql = talloc_strdup_append(sql, role);
    bool ok = admin_execute(scratch, NO_PARAMETERS, error, sql);
    talloc_free(sql);
    return ok;
}

struct scratch_database *registry_copy(TALLOC_CTX *owner, struct scratch *scratch, const char *from,
                                       struct error *error)
{
    int64_t id = 0;
    if (!make_row(scratch, scratch->admin, "work", NULL, &id, error))
        return NULL;
    struct scratch_database *database = registry_handle(owner, scratch, id, DATABASE_WORK);
    if (admin_execute(scratch, NO_PARAMETERS, error, create_sql(database, scratch, database->name, from)) &&
        give_to_role(scratch, database->name, error))
        return database;
    talloc_free(database);
    error_prefix(error, "cannot make a scratch database");
    return NULL;
}

/* The lock is taken within the statement, so that no other process sees the row as work without its lock. */
static bool claim_spare(struct scratch *scratch, const char *copy_of, int64_t *id, struct error *error)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    struct result *result =
        admin_query(memory, scratch, PARAMETERS(scratch->prefix, copy_of), error,
                    "WITH spare AS (SELECT d.id FROM pgdeck.database AS d WHERE d.kind = 'spare'"
                    " AND d.copy_of IS NOT DISTINCT FROM $2 AND EXISTS"
                    " (SELECT FROM pg_catalog.pg_database AS p WHERE p.datname = $1 || '_' || d.id)"
                    " ORDER BY d.id LIMIT 1 FOR UPDATE SKIP LOCKED)"
                    " UPDATE pgdeck.database AS d SET kind = 'work', copy_of = NULL FROM spare WHERE d.id = spare.id"
                    " RETURNING d.id, pg_catalog.pg_advisory_lock(2, d.id)");
    if (result)
        *id = result_row_count(result) ? strtoll(result_cell(result, 0, 0), NULL, 10) : 0;
    talloc_free(memory);
    return result;
}

/* Of a spare that was claimed. */
static struct scratch_database *handle_of_spare(TALLOC_CTX *owner, struct scratch *scratch, int64_t id,
                                                struct error *error)
{
    struct scratch_database *database = registry_handle(owner, scratch, id, DATABASE_WORK);
    if (give_to_role(scratch, database->name, error))
        return database;
    talloc_free(database);
    return NULL;
}

bool registry_take_ready(TALLOC_CTX *owner, struct scratch *scratch, const char *key,
                         struct scratch_database **database, struct error *error)
{
    int64_t id = 0;
    *database = NULL;
    if (!claim_spare(scratch, key, &id, error))
        return false;
    if (id)
        *database = handle_of_spare(owner, scratch, id, error);
    return !id || *database;
}

struct scratch_database *registry_take(TALLOC_CTX *owner, struct scratch *scratch, struct error *error)
{
    int64_t id = 0;
    if (!claim_spare(scratch, NULL, &id, error))
        return NULL;
    if (id)
        return handle_of_spare(owner, scratch, id, error);
    char *from = talloc_asprintf(NULL, "%s_template", scratch->prefix);
    struct scratch_database *database = registry_copy(owner, scratch, from, error);
    talloc_free(from);
    return database;
}

/* ---- spares ---- */

/* Begins to make a spare: of nothing (copy_of NULL), or of a state. The connection is done with then: a server goes on
 * with one statement when its client has gone, not with the next. What fails leaves a row that is cleared away. */
static void post_spare(struct scratch *scratch, struct connection *connection, const char *from, const char *copy_of)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    struct error *ignored = error_new(memory);
    int64_t id;
    if (make_row(scratch, connection, "spare", copy_of, &id, ignored)) {
        const char *sql = create_sql(memory, scratch, registry_name(memory, scratch, id), from);
        bool ok UNUSED = connection_post(connection, &(struct query){.sql = sql}, ignored);
    }
    talloc_free(memory);
}

/* A connection that lives until `owner` is freed. */
static struct connection *connect_for_one(TALLOC_CTX *owner, struct scratch *scratch)
{
    return server_connect(owner, scratch, connection_target(scratch->admin)->database, SERVER_ADMIN, NULL,
                          error_new(owner));
}

/* While it is copied nobody connects to it, and nobody gives it up. Where somebody reads it, or one is there, none
 * is made. */
static void post_ready_copy(struct scratch *scratch, TALLOC_CTX *memory)
{
    const char *key = scratch->ready_key, *id = registry_number(memory, scratch->ready_id);
    struct connection *connection = connect_for_one(memory, scratch);
    struct result *result =
        connection ? connection_query(memory, connection, PARAMETERS(key, id), error_new(memory),
                                      "SELECT pg_catalog.pg_try_advisory_lock_shared(2, $2::integer)"
                                      " AND pg_catalog.pg_try_advisory_lock(3, $2::integer) AND NOT EXISTS"
                                      " (SELECT FROM pgdeck.database WHERE kind = 'spare' AND copy_of = $1) AND EXISTS"
                                      " (SELECT FROM pgdeck.database WHERE id = $2::integer AND key = $1)")
                   : NULL;
    if (result && *result_value(result) == 't')
        post_spare(scratch, connection, registry_name(memory, scratch, scratch->ready_id), key);
}

void registry_post_spares(struct scratch *scratch)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    const char *from = talloc_asprintf(memory, "%s_template", scratch->prefix);
    struct result *result =
        admin_query(memory, scratch, NO_PARAMETERS, error_new(memory),
                    "SELECT pg_catalog.count(*) FROM pgdeck.database WHERE kind = 'spare' AND copy_of IS NULL");
    int64_t missing = result ? SPARES - strtoll(result_value(result), NULL, 10) : 0;
    for (; missing > 1; missing--) {
        struct connection *connection = connect_for_one(memory, scratch);
        if (connection)
            post_spare(scratch, connection, from, NULL);
    }
    if (scratch->ready_key)
        post_ready_copy(scratch, memory);
    if (missing == 1)
        post_spare(scratch, scratch->admin, from, NULL);
    talloc_free(memory);
}

/* ---- dropping ---- */

/* Under its lock the row is looked at again: it may have become somebody's, or a whole spare, in between. It is made
 * nobody's before anything is dropped, and left alone where somebody claims it now: who claims a spare waits for its
 * lock with the row in hand, and would wait for us while we wait for the row. */
static bool drop_one(struct scratch *scratch, const char *id, enum registry_drop what, struct error *error)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    struct result *lock =
        admin_query(memory, scratch, PARAMETERS(id), error, "SELECT pg_catalog.pg_try_advisory_lock(2, $1::integer)");
    bool ok = lock;
    if (ok && *result_value(lock) == 't') {
        int64_t number = strtoll(id, NULL, 10);
        struct result *again = admin_query(
            memory, scratch,
            PARAMETERS(id, registry_name(memory, scratch, number), what == DROP_SURPLUS ? "true" : "false"), error,
            "UPDATE pgdeck.database SET kind = 'work', key = NULL, copy_of = NULL WHERE id ="
            " (SELECT d.id FROM pgdeck.database AS d WHERE d.id = $1::integer AND (d.kind <> 'spare'"
            " OR $3::boolean AND d.copy_of IS NOT NULL OR NOT EXISTS"
            " (SELECT FROM pg_catalog.pg_database AS p WHERE p.datname = $2)) FOR UPDATE SKIP LOCKED) RETURNING id");
        ok = again;
        if (ok && result_row_count(again) > 0)
            doom(scratch, number);
        else
            admin_post(scratch, PARAMETERS(id), "SELECT pg_catalog.pg_advisory_unlock(2, $1::integer)");
    }
    talloc_free(memory);
    return ok;
}

bool registry_drop_unheld(struct scratch *scratch, enum registry_drop what, const char *candidates,
                          struct parameters parameters, struct error *error)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    struct result *result = admin_query(memory, scratch, parameters, error, candidates);
    bool ok = result;
    for (size_t i = 0; ok && i < result_row_count(result); i++)
        ok = drop_one(scratch, result_cell(result, i, 0), what, error);
    talloc_free(memory);
    return ok;
}

bool registry_await_quiet(struct scratch *scratch, const char *name, struct error *error)
{
    int64_t end_ms = clock_monotonic_ms() + QUIET_LIMIT_MS;
    for (;;) {
        TALLOC_CTX *memory = talloc_new(NULL);
        struct result *result =
            admin_query(memory, scratch, PARAMETERS(name), error,
                        "SELECT pg_catalog.count(*) FROM pg_catalog.pg_stat_activity WHERE datname = $1");
        bool ok = result, is_quiet = ok && !strcmp(result_value(result), "0");
        talloc_free(memory);
        if (!ok || is_quiet)
            return ok;
        if (clock_monotonic_ms() >= end_ms)
            return error_set(error, ERROR_REFUSED, "the scratch database \"%s\" is in use", name);
        if (!cancel_sleep(connection_cancel(scratch->admin), QUIET_POLL_MS))
            return error_set(error, ERROR_CANCELLED, "cancelled while a scratch database was made");
    }
}
