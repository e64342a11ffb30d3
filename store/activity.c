/* See activity.h: reading. */
#include "store/activity.h"

extern const char sql_activity_facts[], sql_activity_sessions[], sql_activity_prepared[], sql_activity_locks[],
    sql_activity_locks_12[], sql_activity_progress[], sql_activity_progress_13[], sql_activity_progress_12[];

/* For servers of at least this version; in descending order, the last one serves 12. */
struct versioned {
    int server_version;
    const char *sql;
};

static const struct versioned lock_queries[] = {{140000, sql_activity_locks}, {0, sql_activity_locks_12}};
static const struct versioned progress_queries[] = {
    {140000, sql_activity_progress}, {130000, sql_activity_progress_13}, {0, sql_activity_progress_12}};

static const char *query_of(const struct versioned *queries, int server_version)
{
    while (server_version < queries->server_version)
        queries++;
    return queries->sql;
}

enum { FACTS, SESSIONS, LOCKS, PREPARED, PROGRESS, LOOKS };

static bool bind_facts(struct activity *activity, struct result *result, struct error *error)
{
    static const struct column columns[] = {
        COLUMN(struct activity, role),     COLUMN(struct activity, database), COLUMN(struct activity, own_pid),
        COLUMN(struct activity, sees_all), COLUMN(struct activity, at),
    };
    return result_bind_one(result, columns, countof(columns), activity, error);
}

static bool bind_sessions(struct activity *activity, struct result *result, struct error *error)
{
    static const struct column columns[] = {
        COLUMN(struct activity_session, pid),
        COLUMN(struct activity_session, application),
        COLUMN(struct activity_session, role),
        COLUMN(struct activity_session, database),
        COLUMN(struct activity_session, client),
        COLUMN(struct activity_session, type),
        COLUMN(struct activity_session, state),
        COLUMN(struct activity_session, wait),
        COLUMN(struct activity_session, query),
        COLUMN(struct activity_session, started),
        COLUMN(struct activity_session, transaction_age_ms),
        COLUMN(struct activity_session, query_age_ms),
        COLUMN(struct activity_session, state_age_ms),
        COLUMN(struct activity_session, blocked_by),
        COLUMN(struct activity_session, is_visible),
        COLUMN(struct activity_session, is_own),
    };
    activity->sessions =
        result_bind(result, columns, countof(columns), sizeof *activity->sessions, &activity->session_count, error);
    return activity->sessions != NULL;
}

static bool bind_locks(struct activity *activity, struct result *result, struct error *error)
{
    static const struct column columns[] = {
        COLUMN(struct activity_lock, pid),        COLUMN(struct activity_lock, transaction),
        COLUMN(struct activity_lock, kind),       COLUMN(struct activity_lock, object),
        COLUMN(struct activity_lock, tag),        COLUMN(struct activity_lock, mode),
        COLUMN(struct activity_lock, is_granted), COLUMN(struct activity_lock, wait_ms),
        COLUMN(struct activity_lock, total),
    };
    activity->locks =
        result_bind(result, columns, countof(columns), sizeof *activity->locks, &activity->lock_count, error);
    return activity->locks != NULL;
}

static bool bind_prepared(struct activity *activity, struct result *result, struct error *error)
{
    static const struct column columns[] = {
        COLUMN(struct activity_prepared, name),        COLUMN(struct activity_prepared, number),
        COLUMN(struct activity_prepared, transaction), COLUMN(struct activity_prepared, role),
        COLUMN(struct activity_prepared, database),    COLUMN(struct activity_prepared, prepared_at),
        COLUMN(struct activity_prepared, age_ms),
    };
    activity->prepared =
        result_bind(result, columns, countof(columns), sizeof *activity->prepared, &activity->prepared_count, error);
    return activity->prepared != NULL;
}

static bool bind_progress(struct activity *activity, struct result *result, struct error *error)
{
    static const struct column columns[] = {
        COLUMN(struct activity_progress, pid),           COLUMN(struct activity_progress, command),
        COLUMN(struct activity_progress, relation),      COLUMN(struct activity_progress, index),
        COLUMN(struct activity_progress, phase),         COLUMN(struct activity_progress, done),
        COLUMN(struct activity_progress, total),         COLUMN(struct activity_progress, unit),
        COLUMN(struct activity_progress, locker),        COLUMN(struct activity_progress, lockers_done),
        COLUMN(struct activity_progress, lockers_total),
    };
    activity->progress =
        result_bind(result, columns, countof(columns), sizeof *activity->progress, &activity->progress_count, error);
    return activity->progress != NULL;
}

struct activity *activity_read(TALLOC_CTX *owner, struct session *session, struct error *error)
{
    static bool (*const binds[LOOKS])(struct activity *, struct result *, struct error *) = {
        [FACTS] = bind_facts,       [SESSIONS] = bind_sessions, [LOCKS] = bind_locks,
        [PREPARED] = bind_prepared, [PROGRESS] = bind_progress,
    };
    struct activity *activity = talloc_zero(owner, struct activity);
    struct query queries[LOOKS] = {
        [FACTS] = {.sql = sql_activity_facts},
        [SESSIONS] = {.sql = sql_activity_sessions},
        [LOCKS] = {.sql = query_of(lock_queries, session->server_version)},
        [PREPARED] = {.sql = sql_activity_prepared},
        [PROGRESS] = {.sql = query_of(progress_queries, session->server_version)},
    };
    bool ok = connection_pipeline(activity, session->connection, queries, LOOKS, NULL, error);
    for (size_t i = 0; i < LOOKS && ok; i++)
        ok = binds[i](activity, queries[i].result, error);
    if (!ok) {
        talloc_free(activity);
        return NULL;
    }
    activity_connect(activity);
    return activity;
}
