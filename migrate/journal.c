/* See journal.h. */
#include "migrate/journal.h"

extern const char sql_journal_open_steps[], sql_journal_rows[], sql_journal_runs[];

static const char *const event_names[] = {
    [JOURNAL_RUN_STARTED] = "run_started",
    [JOURNAL_STARTED] = "started",
    [JOURNAL_STEP_INTENDED] = "step_intended",
    [JOURNAL_STEP_DONE] = "step_done",
    [JOURNAL_APPLIED] = "applied",
    [JOURNAL_FAILED] = "failed",
    [JOURNAL_INTERRUPTED] = "interrupted",
    [JOURNAL_RESOLVED] = "resolved",
    [JOURNAL_MARKED] = "marked",
    [JOURNAL_ACCEPTED] = "accepted",
    [JOURNAL_RUN_FINISHED] = "run_finished",
};
_Static_assert(countof(event_names) == JOURNAL_EVENT_COUNT, "every event has its name");

const char *journal_event_name(enum journal_event event) { return event_names[event]; }

/* The queries' files name the journal %1$s: they are formats that are constants of this program. */
static char *with_journal(TALLOC_CTX *owner, const char *query, const struct ledger *ledger)
{
    char *sql = talloc_strdup(owner, "");
    for (const char *place; (place = strstr(query, "%1$s")); query = place + 4)
        sql = talloc_asprintf_append(sql, "%.*s%s", (int)(place - query), query, ledger->journal);
    return talloc_strdup_append(sql, query);
}

struct query journal_query(TALLOC_CTX *owner, const struct ledger *ledger, const struct journal_actor *actor,
                           const struct journal_record *record)
{
    const char **values = talloc_array(owner, const char *, 11);
    values[0] = actor->run;
    values[1] = record->version;
    values[2] = record->step > 0 ? talloc_asprintf(owner, "%d", record->step) : NULL;
    values[3] = event_names[record->event];
    values[4] = record->checksum;
    values[5] = record->statement_hash;
    values[6] = record->transaction_id;
    values[7] = actor->person;
    values[8] = actor->host;
    values[9] = actor->application;
    values[10] = NULL;
    if (record->detail) {
        char *json = json_dumps(record->detail, JSON_COMPACT);
        values[10] = talloc_strdup(owner, json);
        free(json);
    }
    /* set_config with "local" holds until the end of the statement's own transaction: the commit reads it. */
    const char *relax =
        record->durability == JOURNAL_RELAXED ? " FROM pg_catalog.set_config('synchronous_commit', 'off', true)" : "";
    const char *sql = talloc_asprintf(
        owner,
        "INSERT INTO %s (run, version, step, event, checksum, statement_hash, transaction_id, person, host,"
        " application, detail) SELECT $1, $2, $3::integer, $4, $5, $6, $7, $8, $9, $10, $11::jsonb%s",
        ledger->journal, relax);
    return (struct query){.sql = sql, .parameters = {11, values}};
}

bool journal_write(struct connection *connection, const struct ledger *ledger, const struct journal_actor *actor,
                   const struct journal_record *record, struct error *error)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    struct query query = journal_query(memory, ledger, actor, record);
    bool ok = connection_execute(connection, query.parameters, error, query.sql);
    if (!ok)
        error_prefix(error, "cannot write \"%s\" to the journal", event_names[record->event]);
    talloc_free(memory);
    return ok;
}

/* Runs one of the queries above and binds its rows. */
static bool read_rows(TALLOC_CTX *owner, struct connection *connection, const struct ledger *ledger, const char *query,
                      struct parameters parameters, const struct column *columns, size_t column_count,
                      size_t size_bytes, void **rows, size_t *count, struct error *error)
{
    *rows = NULL;
    *count = 0;
    if (!ledger->has_journal)
        return true;
    char *sql = with_journal(owner, query, ledger);
    struct result *result = connection_query(owner, connection, parameters, error, sql);
    talloc_free(sql);
    if (result)
        *rows = result_bind(result, columns, column_count, size_bytes, count, error);
    if (!*rows)
        talloc_free(result);
    return *rows != NULL;
}

bool journal_read(TALLOC_CTX *owner, struct connection *connection, const struct ledger *ledger,
                  const struct journal_filter *filter, struct journal_row **rows, size_t *count, struct error *error)
{
    static const struct column columns[] = {
        COLUMN(struct journal_row, id),
        COLUMN(struct journal_row, run),
        COLUMN(struct journal_row, version),
        COLUMN(struct journal_row, step),
        COLUMN(struct journal_row, event),
        COLUMN(struct journal_row, at),
        COLUMN(struct journal_row, checksum),
        COLUMN(struct journal_row, statement_hash),
        COLUMN(struct journal_row, transaction_id),
        COLUMN(struct journal_row, db_role),
        COLUMN(struct journal_row, person),
        COLUMN(struct journal_row, host),
        COLUMN(struct journal_row, application),
        COLUMN(struct journal_row, detail),
    };
    char after[24], limit[24];
    snprintf(after, sizeof after, "%lld", (long long)filter->after_id);
    snprintf(limit, sizeof limit, "%d", filter->limit);
    void *bound;
    bool ok = read_rows(owner, connection, ledger, sql_journal_rows,
                        PARAMETERS(filter->run, filter->version, after, filter->limit > 0 ? limit : NULL), columns,
                        countof(columns), sizeof **rows, &bound, count, error);
    *rows = bound;
    return ok;
}

bool journal_runs(TALLOC_CTX *owner, struct connection *connection, const struct ledger *ledger, int limit,
                  struct journal_run **runs, size_t *count, struct error *error)
{
    static const struct column columns[] = {
        COLUMN(struct journal_run, run),         COLUMN(struct journal_run, started_at),
        COLUMN(struct journal_run, finished_at), COLUMN(struct journal_run, db_role),
        COLUMN(struct journal_run, person),      COLUMN(struct journal_run, host),
        COLUMN(struct journal_run, application), COLUMN(struct journal_run, outcome),
        COLUMN(struct journal_run, applied),     COLUMN(struct journal_run, failed),
    };
    char text[24];
    snprintf(text, sizeof text, "%d", limit);
    void *bound;
    bool ok = read_rows(owner, connection, ledger, sql_journal_runs, PARAMETERS(text), columns, countof(columns),
                        sizeof **runs, &bound, count, error);
    *runs = bound;
    return ok;
}

/* Whether there is any step of a version without a ledger row: nearly always not, and then that is all that is asked.
 */
static bool has_open_steps(struct connection *connection, const struct ledger *ledger, bool *has, struct error *error)
{
    static const char settled[] = " AND NOT EXISTS (SELECT FROM %s l WHERE l.version::text = s.version)";
    bool is_listed = ledger->shape == LEDGER_OWN || ledger->shape == LEDGER_LIST;
    TALLOC_CTX *memory = talloc_new(NULL);
    char *sql =
        talloc_asprintf(memory, "SELECT EXISTS (SELECT FROM %s s WHERE s.event IN ('step_intended', 'step_done')%s)",
                        ledger->journal, is_listed ? talloc_asprintf(memory, settled, ledger->table) : "");
    struct result *result = connection_query(memory, connection, NO_PARAMETERS, error, sql);
    bool ok = result != NULL;
    *has = ok && result_value(result)[0] == 't';
    talloc_free(memory);
    return ok;
}

bool journal_open_steps(TALLOC_CTX *owner, struct connection *connection, const struct ledger *ledger,
                        struct journal_step **steps, size_t *count, struct error *error)
{
    bool has = false;
    *steps = NULL;
    *count = 0;
    if (!ledger->has_journal)
        return true;
    if (!has_open_steps(connection, ledger, &has, error) || !has)
        return !error_is_set(error);
    static const struct column columns[] = {
        COLUMN(struct journal_step, version),        COLUMN(struct journal_step, step),
        COLUMN(struct journal_step, statement_hash), COLUMN(struct journal_step, checksum),
        COLUMN(struct journal_step, is_done),        COLUMN(struct journal_step, has_temporary),
        COLUMN(struct journal_step, before),
    };
    void *bound;
    bool ok = read_rows(owner, connection, ledger, sql_journal_open_steps, NO_PARAMETERS, columns, countof(columns),
                        sizeof **steps, &bound, count, error);
    *steps = bound;
    return ok;
}

bool journal_checksums(TALLOC_CTX *owner, struct connection *connection, const struct ledger *ledger,
                       struct journal_checksum **rows, size_t *count, struct error *error)
{
    static const struct column columns[] = {COLUMN(struct journal_checksum, version),
                                            COLUMN(struct journal_checksum, checksum)};
    static const char query[] = "SELECT DISTINCT ON (pg_catalog.ltrim(version, '0')) version, checksum FROM %1$s"
                                " WHERE event IN ('applied', 'marked', 'accepted') AND version IS NOT NULL"
                                " ORDER BY pg_catalog.ltrim(version, '0'), id DESC";
    void *bound;
    bool ok = read_rows(owner, connection, ledger, query, NO_PARAMETERS, columns, countof(columns), sizeof **rows,
                        &bound, count, error);
    *rows = bound;
    return ok;
}
