/* See run.h: identity, work connection, records, events of a run. The lock is lock.c's. */
#include "migrate/apply/run.h"

#include <sys/random.h>
#include <time.h>

#include "store/clock.h"
#include "store/text.h"
#include "store/transaction.h"

/* UTC second and 32 random bits: sorts by time, unique among runs of one second; 24 characters. */
static char *make_id(TALLOC_CTX *owner)
{
    uint32_t random = 0;
    if (getrandom(&random, sizeof random, GRND_NONBLOCK) != sizeof random)
        random = (uint32_t)clock_wall_us();
    time_t seconds = (time_t)(clock_wall_us() / 1000000);
    struct tm parts;
    gmtime_r(&seconds, &parts);
    char text[24];
    strftime(text, sizeof text, "%Y%m%dT%H%M%S", &parts);
    return talloc_asprintf(owner, "%s-%08x", text, random);
}

static int destroy(struct run *run)
{
    pthread_mutex_destroy(&run->telling);
    return 0;
}

struct run *run_new(TALLOC_CTX *owner, const struct apply_options *options)
{
    struct run *run = talloc_zero(owner, struct run);
    run->options = options;
    run->actor = (struct journal_actor){
        .run = make_id(run),
        .person = options->person,
        .host = options->host,
        .application = options->application,
    };
    run->has_check_interval = true;
    pthread_mutex_init(&run->telling, NULL);
    talloc_set_destructor(run, destroy);
    return run;
}

static bool answers(struct run *run, struct error *error)
{
    if (run->lock && connection_execute(run->lock, NO_PARAMETERS, error, "SELECT 1"))
        return true;
    error_clear(error);
    struct connection_options options = {
        .application_name = "pgdeck",
        .connect_timeout_ms = (int)settings_number(run->options->settings, SETTING_connect_timeout),
    };
    struct connection *connection = connection_open(run, run->options->target, &options, error);
    bool ok = connection && connection_execute(connection, NO_PARAMETERS, error, "SELECT 1");
    talloc_free(connection);
    return ok;
}

bool run_test_connection(struct run *run, const char *when, struct error *error)
{
    int64_t started_us = clock_wall_us();
    bool ok = answers(run, error);
    if (run->options->log)
        log_write(run->options->log, ok ? LOG_LEVEL_INFO : LOG_LEVEL_ERROR, "test_connection",
                  json_pack("{s:s, s:s, s:b, s:I}", "run", run->actor.run, "when", when, "ok", ok, "round_trip_us",
                            (json_int_t)(clock_wall_us() - started_us)));
    if (!ok)
        error->code = ERROR_CONNECTION;
    return ok;
}

void run_close(struct run *run)
{
    TALLOC_FREE(run->watcher);
    TALLOC_FREE(run->work);
    TALLOC_FREE(run->lock);
}

bool run_make_ledger(struct run *run, struct error *error)
{
    if (!ledger_require_writable(run->ledger, error))
        return false;
    if (!ledger_create(run->lock, run->ledger, error)) {
        /* Whether an empty ledger stands makes no difference: a lost COMMIT is no riddle here. */
        if (error->code != ERROR_UNKNOWN_OUTCOME)
            return false;
        error->code = ERROR_CONNECTION;
        return error_hint(error, "No migration was begun. Run `pgdeck apply` again when the server is back.");
    }
    struct ledger *found = ledger_find(run, run->lock, settings_text(run->options->settings, SETTING_ledger), error);
    if (!found)
        return false;
    talloc_free(run->ledger);
    run->ledger = found;
    return true;
}

static void hear(void *listener, const struct notice *notice)
{
    struct run *run = listener;
    char *text = talloc_asprintf(NULL, "%s: %s", notice->severity, notice->message);
    run_emit(run, APPLY_NOTICE, text, 0);
    talloc_free(text);
}

static bool open_work(struct run *run, struct error *error)
{
    struct connection_options options = {
        .application_name = "pgdeck",
        .connect_timeout_ms = (int)settings_number(run->options->settings, SETTING_connect_timeout),
        .cancel = run->options->cancel,
    };
    run->work = connection_open(run, run->options->target, &options, error);
    if (!run->work)
        return false;
    connection_set_listener(run->work, hear, run);
    return true;
}

/* Not every platform's server takes it (it needs to learn that a socket is closed): tried once. */
static bool try_check_interval(struct run *run, struct error *error)
{
    if (connection_server_version(run->work) < 140000)
        run->has_check_interval = false;
    if (!run->has_check_interval)
        return true;
    if (connection_execute(run->work, NO_PARAMETERS, error, "SET client_connection_check_interval = '2s'"))
        return true;
    run->has_check_interval = false;
    if (error->is_connection_lost || error->code == ERROR_CANCELLED)
        return false;
    error_clear(error);
    return true;
}

static const char *milliseconds(TALLOC_CTX *owner, int64_t number)
{
    return talloc_asprintf(owner, "%lld", (long long)number);
}

bool run_open_work(struct run *run, struct error *error)
{
    if (!run->work || connection_state(run->work) != STATE_IDLE) {
        TALLOC_FREE(run->work);
        run->is_work_used = false;
        if (!open_work(run, error) || !try_check_interval(run, error))
            return false;
    }
    connection_set_cancel(run->work, run->options->cancel);
    return true;
}

/* One more set_config where the project says something. */
static void add_setting(char **sql, const char **values, int *used, const char *name, const char *value)
{
    if (!*value)
        return;
    values[(*used)++] = value;
    *sql = talloc_asprintf_append(*sql, ", pg_catalog.set_config('%s', $%d, false)", name, *used);
}

int64_t run_lock_wait_ms(const struct run *run, const struct plan_step *step)
{
    if (run->lock_wait_ms > 0)
        return run->lock_wait_ms;
    /* What is run once waits as long as ever. */
    return step && !step->has_ladder ? step->lock_timeout_ms
                                     : settings_number(run->options->settings, SETTING_lock_timeout);
}

size_t run_preparation(TALLOC_CTX *owner, struct run *run, const struct plan_step *step, struct query *queries)
{
    const struct settings *settings = run->options->settings;
    size_t count = 0;
    if (run->is_work_used)
        queries[count++] = (struct query){.sql = "DISCARD ALL"};
    run->is_work_used = true;
    const char **values = talloc_array(owner, const char *, 6);
    values[0] = talloc_asprintf(owner, "pgdeck:%s:%s", run->actor.run, step ? step->file->version : "work");
    run->held_wait_ms = run_lock_wait_ms(run, step);
    run->is_wait_suspect = false;
    values[1] = milliseconds(owner, run->held_wait_ms);
    values[2] =
        milliseconds(owner, step ? step->statement_timeout_ms : settings_number(settings, SETTING_statement_timeout));
    values[3] = milliseconds(owner, settings_number(settings, SETTING_idle_timeout));
    char *sql = talloc_strdup(
        owner, "SELECT pg_catalog.set_config('application_name', $1, false),"
               " pg_catalog.set_config('lock_timeout', $2, false),"
               " pg_catalog.set_config('statement_timeout', $3, false),"
               " pg_catalog.set_config('idle_in_transaction_session_timeout', $4, false),"
               " pg_catalog.set_config('synchronous_commit', CASE WHEN pg_catalog.current_setting('synchronous_commit')"
               " IN ('off', 'local') THEN 'on' ELSE pg_catalog.current_setting('synchronous_commit') END, false)");
    if (run->may_lower_deadlock)
        sql =
            talloc_asprintf_append(sql, ", pg_catalog.set_config('deadlock_timeout', '%dms', false)", RUN_DEADLOCK_MS);
    if (run->has_check_interval)
        sql = talloc_strdup_append(sql, ", pg_catalog.set_config('client_connection_check_interval', '2s', false)");
    int used = 4;
    add_setting(&sql, values, &used, "search_path", settings_text(settings, SETTING_search_path));
    add_setting(&sql, values, &used, "role", settings_text(settings, SETTING_role)); /* last: it may take rights away */
    queries[count++] = (struct query){.sql = sql, .parameters = {used, values}};
    return count;
}

/* One by one: a setting must hold even if what follows in the same go is rolled back. */
bool run_prepare_work(struct run *run, const struct plan_step *step, struct error *error)
{
    struct query queries[RUN_PREPARATION_MOST];
    TALLOC_CTX *memory = talloc_new(NULL);
    bool ok = run_open_work(run, error);
    size_t count = ok ? run_preparation(memory, run, step, queries) : 0;
    for (size_t i = 0; ok && i < count; i++)
        ok = connection_execute(run->work, queries[i].parameters, error, queries[i].sql);
    talloc_free(memory);
    return ok;
}

void run_drop_work(struct run *run)
{
    if (run->work)
        transaction_rollback(run->work);
    TALLOC_FREE(run->work);
}

struct query run_restore_query(TALLOC_CTX *owner, const struct run *run, enum run_restore restore)
{
    static const char *const statements[] = {
        [RESTORE_SESSION] = "SELECT pg_catalog.set_config('session_authorization', $1, false),"
                            " pg_catalog.set_config('role', $2, false), b.role"
                            " FROM (SELECT current_user::text AS role OFFSET 0) AS b",
        [RESTORE_LOCAL] = "SELECT pg_catalog.set_config('session_authorization', $1, true),"
                          " pg_catalog.set_config('role', $2, true)",
    };
    const char *role = settings_text(run->options->settings, SETTING_role);
    const char **values = talloc_array(owner, const char *, 2);
    values[0] = run->session_role;
    values[1] = *role ? role : "none";
    return (struct query){.sql = statements[restore], .parameters = {2, values}};
}

bool run_record(struct run *run, const struct journal_record *record, struct error *error)
{
    if (record->durability == JOURNAL_DURABLE)
        return journal_write(run->lock, run->ledger, &run->actor, record, error);
    TALLOC_CTX *memory = talloc_new(NULL);
    struct query query = journal_query(memory, run->ledger, &run->actor, record);
    bool ok = connection_post(run->lock, &query, error);
    if (!ok)
        error_prefix(error, "cannot write the journal");
    talloc_free(memory);
    return ok;
}

void run_record_anyway(struct run *run, const struct journal_record *record)
{
    struct error *error = error_new(NULL);
    if (!run->lock || !run->ledger || !run->ledger->has_journal)
        error_set(error, ERROR_CONNECTION, "there is no connection to the journal");
    else if (run_record(run, record, error))
        error_clear(error);
    if (error_is_set(error)) {
        if (run->options->log)
            log_error(run->options->log, "journal", error);
        char *text =
            talloc_asprintf(error, "the journal lacks \"%s\": %s", journal_event_name(record->event), error->message);
        run_emit(run, APPLY_WARNING, text, 0);
    }
    talloc_free(error);
}

void run_record_finish(struct run *run, const char *outcome)
{
    json_t *detail = json_pack("{s:s}", "outcome", outcome);
    run_record_anyway(run, &(struct journal_record){.event = JOURNAL_RUN_FINISHED, .detail = detail});
    json_decref(detail);
}

void run_emit(struct run *run, enum apply_event_kind kind, const char *text, int64_t duration_ms)
{
    if (!run->options->on_event)
        return;
    struct apply_event event = {.kind = kind, .file_index = run->file_index, .file_count = run->file_count};
    event.duration_ms = duration_ms;
    event.attempt = run->attempt;
    event.statement = run->statement;
    if (run->step) {
        const struct migration_file *file = run->step->file;
        event.statement_count = (int)file->statements.count;
        event.line = run->statement > 0 ? file->statements.items[run->statement - 1].line : 0;
        text_append(event.version, sizeof event.version, file->version);
        text_append(event.name, sizeof event.name, file->description);
    }
    text_append(event.text, sizeof event.text, text ? text : "");
    pthread_mutex_lock(&run->telling);
    run->told = event;
    run->options->on_event(run->options->listener, &event);
    pthread_mutex_unlock(&run->telling);
}

void run_place_error(const struct run *run, size_t statement_index, struct error *error)
{
    const struct migration_file *file = run->step->file;
    if (statement_index >= file->statements.count) {
        error_place(error, file->path, 0, 0);
        return;
    }
    const struct statement *statement = &file->statements.items[statement_index];
    int line = statement->line, column = statement->column;
    if (error->position > 0)
        statement_locate(statement, error->position, &line, &column);
    error_place(error, file->path, line, column);
    error->statement = (int)statement_index + 1;
}
