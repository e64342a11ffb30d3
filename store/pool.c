/* See pool.h. Each connection is a talloc tree of its own, for it changes threads. */
#include "store/pool.h"

#include <pthread.h>

#include "store/clock.h"

#define WAIT_SLICE_MS 50 /* how often a waiter looks whether it was cancelled */

struct pool {
    const struct target *target;
    enum pool_access access;
    const char *application_name;
    int connect_timeout_ms, query_timeout_ms;
    int64_t wait_ms;
    pthread_mutex_t mutex;
    pthread_cond_t returned;
    struct connection **idle; /* guarded by mutex, as are the counts */
    size_t idle_count, out_count, limit;
};

static int close_pool(struct pool *pool)
{
    for (size_t i = 0; i < pool->idle_count; i++)
        talloc_free(pool->idle[i]);
    pthread_cond_destroy(&pool->returned);
    pthread_mutex_destroy(&pool->mutex);
    return 0;
}

struct pool *pool_new(TALLOC_CTX *owner, const struct target *target, const struct settings *settings,
                      enum pool_access access, const char *application_name)
{
    struct pool *pool = talloc_zero(owner, struct pool);
    pool->target = target;
    pool->access = access;
    pool->application_name = talloc_strdup(pool, application_name);
    pool->connect_timeout_ms = (int)settings_number(settings, SETTING_connect_timeout);
    pool->query_timeout_ms = (int)settings_number(settings, SETTING_query_timeout);
    pool->wait_ms = settings_number(settings, SETTING_pool_timeout);
    pool->limit = (size_t)settings_number(settings, SETTING_pool_size);
    pool->idle = talloc_array(pool, struct connection *, (unsigned)pool->limit);
    pthread_mutex_init(&pool->mutex, NULL);
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&pool->returned, &attributes);
    pthread_condattr_destroy(&attributes);
    talloc_set_destructor(pool, close_pool);
    return pool;
}

/* Waits for a place; takes an idle connection where there is one. False when none became free. */
static bool take_place(struct pool *pool, struct cancel *cancel, struct connection **connection)
{
    int64_t end_ms = clock_monotonic_ms() + pool->wait_ms;
    bool ok = true;
    *connection = NULL;
    pthread_mutex_lock(&pool->mutex);
    while (pool->out_count >= pool->limit) {
        if (cancel_is_requested(cancel) || clock_monotonic_ms() >= end_ms) {
            ok = false;
            break;
        }
        int64_t until_ms = clock_monotonic_ms() + WAIT_SLICE_MS;
        until_ms = until_ms < end_ms ? until_ms : end_ms;
        struct timespec until = {.tv_sec = until_ms / 1000, .tv_nsec = until_ms % 1000 * 1000000};
        pthread_cond_timedwait(&pool->returned, &pool->mutex, &until);
    }
    if (ok) {
        pool->out_count++;
        if (pool->idle_count > 0)
            *connection = pool->idle[--pool->idle_count];
    }
    pthread_mutex_unlock(&pool->mutex);
    return ok;
}

static void give_place_back(struct pool *pool)
{
    pthread_mutex_lock(&pool->mutex);
    pool->out_count--;
    pthread_cond_signal(&pool->returned);
    pthread_mutex_unlock(&pool->mutex);
}

/* pgdeck's own settings: nothing of the role's or the database's may change what its queries mean. Utility statements
 * in one go: a new backend needs ten times as long to plan its first SELECT. */
static bool prepare(const struct pool *pool, struct connection *connection, struct error *error)
{
    char timeout[64];
    snprintf(timeout, sizeof timeout, "SET statement_timeout = %d", pool->query_timeout_ms);
    struct query queries[] = {
        {.sql = "SET search_path = ''"},
        {.sql = "SET DateStyle = ISO"},
        {.sql = "SET IntervalStyle = postgres"},
        {.sql = "SET TimeZone = 'UTC'"},
        {.sql = "SET extra_float_digits = 1"},
        {.sql = "SET bytea_output = hex"},
        {.sql = "SET jit = off"},
        {.sql = "SET lock_timeout = 0"},
        {.sql = timeout},
        {.sql = "SET default_transaction_read_only = on"},
    };
    size_t count = countof(queries) - (pool->access == POOL_READ_ONLY ? 0 : 1);
    TALLOC_CTX *memory = talloc_new(NULL);
    bool ok = connection_pipeline(memory, connection, queries, count, NULL, error);
    talloc_free(memory);
    return ok;
}

static struct connection *connect_new(struct pool *pool, struct cancel *cancel, struct error *error)
{
    struct connection_options options = {
        .application_name = pool->application_name,
        .connect_timeout_ms = pool->connect_timeout_ms,
        .cancel = cancel,
    };
    struct connection *connection = connection_open(NULL, pool->target, &options, error);
    if (!connection)
        return NULL;
    connection_set_patience(connection, pool->connect_timeout_ms);
    if (!prepare(pool, connection, error))
        TALLOC_FREE(connection);
    else
        connection_set_patience(connection, 0);
    return connection;
}

/* Takes away what the last piece of work left behind. An idle connection may have died meanwhile, unheard: one that
 * does not answer in time is not given out. */
static bool clean(const struct pool *pool, struct connection *connection)
{
    struct error *ignored = error_new(NULL);
    connection_set_patience(connection, pool->connect_timeout_ms);
    bool ok =
        connection_execute(connection, NO_PARAMETERS, ignored, "DISCARD ALL") && prepare(pool, connection, ignored);
    connection_set_patience(connection, 0);
    talloc_free(ignored);
    return ok;
}

struct connection *pool_acquire(struct pool *pool, struct cancel *cancel, struct error *error)
{
    struct connection *connection;
    if (!take_place(pool, cancel, &connection)) {
        if (cancel_is_requested(cancel)) {
            error_set(error, ERROR_CANCELLED, "cancelled while waiting for a free connection");
        } else {
            error_set(error, ERROR_REFUSED, "no connection became free within %lld ms", (long long)pool->wait_ms);
            error_hint(error, "Raise the setting pool_size or pool_timeout.");
        }
        return NULL;
    }
    if (connection) {
        connection_set_cancel(connection, cancel);
        if (!clean(pool, connection))
            TALLOC_FREE(connection);
    }
    if (!connection)
        connection = connect_new(pool, cancel, error);
    if (!connection)
        give_place_back(pool);
    return connection;
}

struct connection *pool_renew(struct pool *pool, struct connection *lost, struct error *error)
{
    struct connection *connection = connect_new(pool, NULL, error);
    if (connection)
        talloc_free(lost);
    return connection;
}

void pool_release(struct pool *pool, struct connection *connection)
{
    connection_set_listener(connection, NULL, NULL);
    connection_set_cancel(connection, NULL);
    bool is_clean = connection_state(connection) == STATE_IDLE;
    if (!is_clean)
        talloc_free(connection);
    pthread_mutex_lock(&pool->mutex);
    pool->out_count--;
    if (is_clean)
        pool->idle[pool->idle_count++] = connection;
    pthread_cond_signal(&pool->returned);
    pthread_mutex_unlock(&pool->mutex);
}

const struct target *pool_target(const struct pool *pool) { return pool->target; }

enum pool_access pool_access(const struct pool *pool) { return pool->access; }
