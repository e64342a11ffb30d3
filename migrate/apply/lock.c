/* The migration lock: a session-level advisory lock on a connection of its own. It is polled, never waited for: a
 * waiter inside pg_advisory_lock() holds a snapshot and would deadlock with another run's CREATE INDEX CONCURRENTLY. */
#include "migrate/apply/run.h"

#include "store/clock.h"
#include "store/digest.h"
#include "store/sql.h"

#define POLL_LEAST_MS 20
#define POLL_SPREAD_MS 130

#define OUTCOME_WAIT_MS 60000
#define OUTCOME_POLL_MS 100

struct server_facts {
    bool in_recovery, read_only, may_lower_deadlock;
    int64_t backend_pid;
    const char *database, *session_role;
};

static bool read_facts(struct run *run, struct server_facts *facts, struct error *error)
{
    static const struct column columns[] = {
        COLUMN(struct server_facts, in_recovery),  COLUMN(struct server_facts, read_only),
        COLUMN(struct server_facts, backend_pid),  COLUMN(struct server_facts, database),
        COLUMN(struct server_facts, session_role), COLUMN(struct server_facts, may_lower_deadlock),
    };
    const char *may_set = connection_server_version(run->lock) >= 150000
                              ? "pg_catalog.has_parameter_privilege('deadlock_timeout', 'SET')"
                              : "pg_catalog.current_setting('is_superuser') = 'on'";
    struct result *result = connection_query(
        run, run->lock, NO_PARAMETERS, error,
        talloc_asprintf(run,
                        "SELECT pg_catalog.pg_is_in_recovery() AS in_recovery,"
                        " pg_catalog.current_setting('transaction_read_only') = 'on' AS read_only,"
                        " pg_catalog.pg_backend_pid()::bigint AS backend_pid,"
                        " pg_catalog.current_database()::text AS database, session_user::text AS session_role,"
                        " %s AND pg_catalog.current_setting('deadlock_timeout')::interval > interval '%d ms'"
                        " AS may_lower_deadlock",
                        may_set, RUN_DEADLOCK_MS));
    return result && result_bind_one(result, columns, countof(columns), facts, error);
}

static bool refuse_unfit_server(struct run *run, const struct server_facts *facts, struct error *error)
{
    if (facts->in_recovery) {
        error_set(error, ERROR_READ_ONLY, "the server is a standby: it takes no writes");
        return error_hint(error, "Name the primary as the target.");
    }
    if (facts->read_only) {
        error_set(error, ERROR_READ_ONLY, "the server holds this session read-only (default_transaction_read_only)");
        return error_hint(error, "Use a role and a database that may write.");
    }
    if (facts->backend_pid != connection_backend_pid(run->lock)) {
        error_set(error, ERROR_REFUSED, "a connection pooler stands between pgdeck and the server");
        return error_hint(error,
                          "Name the server's own host and port as the target: locks and settings of a session do not "
                          "survive a pooler.");
    }
    return true;
}

/* Nothing may end or hold up this session while a migration takes its hours. */
static bool set_settings(struct run *run, struct error *error)
{
    const char *role = settings_text(run->options->settings, SETTING_role);
    char *name = talloc_asprintf(NULL, "pgdeck:%s:lock", run->actor.run);
    char *sql = talloc_strdup(name, "SELECT pg_catalog.set_config('application_name', $1, false),"
                                    " pg_catalog.set_config('search_path', '', false),"
                                    " pg_catalog.set_config('TimeZone', 'UTC', false),"
                                    " pg_catalog.set_config('DateStyle', 'ISO', false),"
                                    " pg_catalog.set_config('jit', 'off', false),"
                                    " pg_catalog.set_config('statement_timeout', '0', false),"
                                    " pg_catalog.set_config('lock_timeout', '5s', false),"
                                    " pg_catalog.set_config('idle_in_transaction_session_timeout', '0', false),"
                                    " pg_catalog.set_config('role', coalesce(nullif($2, ''), 'none'), false)");
    if (connection_server_version(run->lock) >= 140000)
        sql = talloc_strdup_append(sql, ", pg_catalog.set_config('idle_session_timeout', '0', false)");
    if (connection_server_version(run->lock) >= 170000)
        sql = talloc_strdup_append(sql, ", pg_catalog.set_config('transaction_timeout', '0', false)");
    bool ok = connection_execute(run->lock, PARAMETERS(name, role), error, sql);
    talloc_free(name);
    return ok;
}

static bool open_lock(struct run *run, struct cancel *cancel, struct error *error)
{
    struct connection_options options = {
        .application_name = "pgdeck",
        .connect_timeout_ms = (int)settings_number(run->options->settings, SETTING_connect_timeout),
        .cancel = cancel,
    };
    struct server_facts facts;
    run_emit(run, APPLY_CONNECTING, NULL, 0);
    run->lock = connection_open(run, run->options->target, &options, error);
    if (!run->lock || !read_facts(run, &facts, error) || !refuse_unfit_server(run, &facts, error) ||
        !set_settings(run, error))
        return false;
    run->session_role = facts.session_role;
    run->may_lower_deadlock = facts.may_lower_deadlock;
    run->lock_pid = connection_backend_pid(run->lock);
    const char *schema, *table, *ledger = settings_text(run->options->settings, SETTING_ledger);
    if (!sql_parse_qualified(run, ledger, &schema, &table, error))
        return false;
    char *name =
        talloc_asprintf(NULL, "pgdeck migration lock\n%s\n%s\n%s", facts.database, schema ? schema : "public", table);
    run->lock_key = digest_key(name, strlen(name));
    talloc_free(name);
    return true;
}

static bool try_lock(struct run *run, bool *is_taken, struct error *error)
{
    char key[24];
    snprintf(key, sizeof key, "%lld", (long long)run->lock_key);
    struct result *result =
        connection_query(NULL, run->lock, PARAMETERS(key), error, "SELECT pg_catalog.pg_try_advisory_lock($1::bigint)");
    if (!result)
        return false;
    *is_taken = result_value(result)[0] == 't';
    talloc_free(result);
    return true;
}

/* The condition on pg_locks of our lock: a bigint key is split into two halves there. The key is of one database. */
static char *lock_condition(TALLOC_CTX *owner, const struct run *run)
{
    return talloc_asprintf(
        owner, "l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 AND l.classid = %u AND l.objid = %u",
        (unsigned)((uint64_t)run->lock_key >> 32), (unsigned)((uint64_t)run->lock_key & 0xFFFFFFFF));
}

/* pg_lock_status() is what the view pg_locks shows: cheaper to plan, once a file. */
char *run_lock_is_held_sql(TALLOC_CTX *owner, const struct run *run)
{
    char *condition = lock_condition(NULL, run);
    char *sql = talloc_asprintf(owner, "EXISTS (SELECT FROM pg_catalog.pg_lock_status() l WHERE %s AND l.pid = %d)",
                                condition, run->lock_pid);
    talloc_free(condition);
    return sql;
}

/* "pid 4711, role ana, pgdeck:20260901T100200-1a2b3c4d:lock, from 10.0.0.7 since ..." Owner: `owner`. */
static const char *name_holder(TALLOC_CTX *owner, struct run *run)
{
    struct error *ignored = error_new(NULL);
    char *condition = lock_condition(ignored, run);
    char *sql = talloc_asprintf(
        ignored,
        "SELECT pg_catalog.concat_ws(', ', 'pid ' || l.pid, 'role ' || a.usename, nullif(a.application_name, ''),"
        " 'from ' || pg_catalog.host(a.client_addr),"
        " 'since ' || pg_catalog.to_char(a.backend_start AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') || ' UTC')"
        " FROM pg_catalog.pg_locks l LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid WHERE %s LIMIT 1",
        condition);
    struct result *result = connection_query(owner, run->lock, NO_PARAMETERS, ignored, sql);
    const char *holder = result ? result_value(result) : NULL;
    talloc_free(ignored);
    return holder ? holder : "one that has just gone";
}

static bool wait_for_lock(struct run *run, int64_t wait_ms, struct error *error)
{
    int64_t end_ms = clock_monotonic_ms() + wait_ms;
    bool is_taken = false;
    for (bool is_told = false;;) {
        if (!try_lock(run, &is_taken, error))
            return false;
        if (is_taken)
            return true;
        TALLOC_CTX *memory = talloc_new(NULL);
        const char *holder = name_holder(memory, run);
        if (!is_told)
            run_emit(run, APPLY_WAITING, holder, 0);
        is_told = true;
        bool is_over = clock_monotonic_ms() >= end_ms;
        if (is_over) {
            error_set(error, ERROR_LOCKED, "another run holds the migration lock: %s", holder);
            error_hint(error,
                       "Wait for it to end (`pgdeck journal` shows what it does); the setting lock_wait says how long "
                       "pgdeck waits by itself.");
        }
        talloc_free(memory);
        if (is_over)
            return false;
        if (!cancel_sleep(run->options->cancel, POLL_LEAST_MS + (int)(clock_wall_us() % POLL_SPREAD_MS)))
            return error_set(error, ERROR_CANCELLED, "cancelled while waiting for the migration lock");
    }
}

bool run_take_lock(struct run *run, struct error *error)
{
    if (!open_lock(run, run->options->cancel, error) ||
        !wait_for_lock(run, settings_number(run->options->settings, SETTING_lock_wait), error))
        return false;
    /* From here on only the work connection is cancelled: what it did has to be recorded. */
    connection_set_cancel(run->lock, NULL);
    run->ledger = ledger_find(run, run->lock, settings_text(run->options->settings, SETTING_ledger), error);
    return run->ledger != NULL;
}

/* Back to a server that may be starting up. False when there is none by the deadline. No cancel ends this: a person who
 * has cancelled wants to know all the more whether it was committed. */
static bool reconnect(struct run *run, int64_t end_ms)
{
    struct error *ignored = error_new(NULL);
    bool ok = run->lock && connection_state(run->lock) == STATE_IDLE &&
              connection_execute(run->lock, NO_PARAMETERS, ignored, "SELECT 1");
    while (!ok && clock_monotonic_ms() < end_ms) {
        TALLOC_FREE(run->lock);
        error_clear(ignored);
        /* A server that came back as a standby or another one cannot tell: the question stays open. */
        ok = open_lock(run, NULL, ignored);
        if (!ok)
            cancel_sleep(NULL, OUTCOME_POLL_MS);
    }
    if (!ok)
        TALLOC_FREE(run->lock);
    else if (!wait_for_lock(run, 1000, ignored))
        error_clear(ignored); /* another run may have it by now; txid_status is decisive without it */
    talloc_free(ignored);
    return ok;
}

/* Whether the row that the transaction has written along with its work stands: of the ledger, or a step's in the
 * journal. */
static bool find_trace(TALLOC_CTX *memory, struct run *run, const char *version, const char *transaction_id,
                       bool *stands, struct error *error)
{
    const struct ledger *ledger = run->ledger;
    const char *sql;
    struct parameters parameters = PARAMETERS(version ? version : transaction_id, run->actor.run);
    if (version)
        sql = talloc_asprintf(memory, "SELECT count(*) FROM %s WHERE version = $1%s", ledger->table,
                              ledger->has_run ? " AND run = $2" : "");
    else
        sql = talloc_asprintf(memory,
                              "SELECT count(*) FROM %s WHERE transaction_id = $1 AND run = $2 AND event = 'step_done'",
                              ledger->journal);
    parameters.count = version && !ledger->has_run ? 1 : 2;
    struct result *result = connection_query(memory, run->lock, parameters, error, sql);
    *stands = result && strcmp(result_value(result), "0") != 0;
    return result != NULL;
}

/* The row decides; without it the transaction's status does. *is_open: ask again. The status is asked first: a row that
 * a transaction known as committed has left is there by then. After a crash an id that no log has kept is "in the
 * future" (22023), which is not committed; it may even be given out again, so "committed" without the row proves
 * nothing. */
static enum run_outcome ask_outcome(struct run *run, const char *version, const char *transaction_id, bool *is_open)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    struct error *error = error_new(memory), *trace_error = error_new(memory);
    enum run_outcome outcome = OUTCOME_UNKNOWN;
    bool stands = false;
    struct result *result = connection_query(memory, run->lock, PARAMETERS(transaction_id), error,
                                             "SELECT pg_catalog.txid_status($1::bigint)");
    const char *status = result ? result_value(result) : NULL;
    bool is_known = find_trace(memory, run, version, transaction_id, &stands, trace_error);
    *is_open = error->is_connection_lost || trace_error->is_connection_lost;
    if (stands)
        outcome = OUTCOME_COMMITTED;
    else if (status ? !strcmp(status, "aborted") : error_is_sqlstate(error, "22023"))
        outcome = OUTCOME_ROLLED_BACK;
    else if (status && !strcmp(status, "committed"))
        outcome = is_known ? OUTCOME_UNKNOWN : OUTCOME_COMMITTED;
    else if (status)
        *is_open = true;
    *is_open = *is_open && outcome == OUTCOME_UNKNOWN;
    talloc_free(memory);
    return outcome;
}

enum run_outcome run_find_outcome(struct run *run, const char *version, const char *transaction_id)
{
    int64_t end_ms = clock_monotonic_ms() + OUTCOME_WAIT_MS;
    for (bool is_open = true; is_open;) {
        if (!reconnect(run, end_ms))
            return OUTCOME_UNKNOWN;
        enum run_outcome outcome = ask_outcome(run, version, transaction_id, &is_open);
        if (!is_open)
            return outcome;
        if (clock_monotonic_ms() >= end_ms)
            return OUTCOME_UNKNOWN;
        cancel_sleep(NULL, OUTCOME_POLL_MS);
    }
    return OUTCOME_UNKNOWN;
}
