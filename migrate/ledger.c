/* See ledger.h. The statements are put together from the columns that the table has. */
#include "migrate/ledger.h"

#include <ctype.h>

#include "store/sql.h"
#include "store/transaction.h"

/* docs/architecture.md, "The ledger". %s: the quoted name. */
static const char create_ledger[] = "CREATE TABLE IF NOT EXISTS %s (\n"
                                    "    version     text PRIMARY KEY,\n"
                                    "    description text,\n"
                                    "    checksum    text,\n"
                                    "    applied_at  timestamptz NOT NULL DEFAULT now(),\n"
                                    "    applied_by  text        NOT NULL DEFAULT session_user,\n"
                                    "    duration_ms bigint,\n"
                                    "    run         text\n"
                                    ")";
static const char create_journal[] =
    "CREATE TABLE IF NOT EXISTS %s (\n"
    "    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,\n"
    "    run            text NOT NULL,\n"
    "    version        text,\n"
    "    step           integer,\n"
    "    event          text NOT NULL CHECK (event IN ('run_started','started','step_intended','step_done','applied','failed',"
    "'interrupted','resolved','marked','accepted','run_finished')),\n"
    "    at             timestamptz NOT NULL DEFAULT clock_timestamp(),\n"
    "    checksum       text,\n"
    "    statement_hash text,\n"
    "    transaction_id text,\n"
    "    db_role        text NOT NULL DEFAULT session_user,\n"
    "    person         text,\n"
    "    host           text,\n"
    "    application    text,\n"
    "    detail         jsonb\n"
    ")";

static int64_t parse_version(const char *text)
{
    size_t digits = strspn(text, "0123456789");
    if (digits == 0 || digits > 18 || text[digits])
        return -1;
    return strtoll(text, NULL, 10);
}

static int compare_rows(const void *left, const void *right)
{
    const struct ledger_row *a = left, *b = right;
    if (a->number != b->number)
        return a->number < 0 ? 1 : b->number < 0 ? -1 : a->number < b->number ? -1 : 1;
    return strcmp(a->version, b->version);
}

static const char *column_or_null(bool has_column, const char *expression, const char *type)
{
    static const char *const nulls[] = {"NULL::text", "NULL::bigint"};
    return has_column ? expression : nulls[!strcmp(type, "bigint")];
}

static char *select_rows(TALLOC_CTX *owner, const struct ledger *ledger)
{
    return talloc_asprintf(
        owner,
        "SELECT version::text AS version, %s AS description, %s AS checksum, %s AS applied_at, %s AS applied_by,"
        " %s AS duration_ms, %s AS run FROM %s WHERE version IS NOT NULL",
        column_or_null(ledger->has_description, "description::text", "text"),
        column_or_null(ledger->has_checksum, "checksum::text", "text"),
        column_or_null(ledger->has_applied_at, "(applied_at AT TIME ZONE 'UTC')::text", "text"),
        column_or_null(ledger->has_applied_by, "applied_by::text", "text"),
        column_or_null(ledger->has_duration_ms, "duration_ms::bigint", "bigint"),
        column_or_null(ledger->has_run, "run::text", "text"), ledger->table);
}

/* "2026-11-24 03:17:00.123456" of the server to RFC 3339 in milliseconds; what is no such time ("infinity") stays. To
 * format a thousand times here is cheaper than to_char on the server. */
static const char *format_time(TALLOC_CTX *owner, const char *text)
{
    static const char shape[] = "0000-00-00 00:00:00";
    for (size_t i = 0; i < sizeof shape - 1; i++)
        if (shape[i] == '0' ? text[i] < '0' || text[i] > '9' : text[i] != shape[i])
            return text;
    char milliseconds[4] = "000";
    const char *fraction = text + sizeof shape - 1;
    for (size_t i = 0; *fraction == '.' && i < 3 && fraction[i + 1] >= '0' && fraction[i + 1] <= '9'; i++)
        milliseconds[i] = fraction[i + 1];
    return talloc_asprintf(owner, "%.10sT%.8s.%sZ", text, text + 11, milliseconds);
}

bool ledger_read(TALLOC_CTX *owner, struct connection *connection, const struct ledger *ledger,
                 struct ledger_row **rows, size_t *count, struct error *error)
{
    static const struct column columns[] = {
        COLUMN(struct ledger_row, version),    COLUMN(struct ledger_row, description),
        COLUMN(struct ledger_row, checksum),   COLUMN(struct ledger_row, applied_at),
        COLUMN(struct ledger_row, applied_by), COLUMN(struct ledger_row, duration_ms),
        COLUMN(struct ledger_row, run),
    };
    if (ledger->shape == LEDGER_ABSENT) {
        *rows = NULL;
        *count = 0;
        return true;
    }
    if (ledger->shape == LEDGER_UNFIT) {
        error_set(error, ERROR_REFUSED, "%s", ledger->problem);
        return error_hint(error, "Name another table with the setting ledger.");
    }
    char *sql = select_rows(owner, ledger);
    struct result *result = connection_query(owner, connection, NO_PARAMETERS, error, sql);
    talloc_free(sql);
    size_t bound = 0;
    struct ledger_row *array =
        result ? result_bind(result, columns, countof(columns), sizeof *array, &bound, error) : NULL;
    if (!array) {
        talloc_free(result);
        return false;
    }
    for (size_t i = 0; i < bound; i++) {
        array[i].number = parse_version(array[i].version);
        if (array[i].applied_at)
            array[i].applied_at = format_time(array, array[i].applied_at);
    }
    qsort(array, bound, sizeof *array, compare_rows);
    *rows = array;
    *count = bound;
    return true;
}

char *ledger_ddl(TALLOC_CTX *owner, const char *table) { return talloc_asprintf(owner, create_ledger, table); }

bool ledger_create_journal(struct connection *connection, struct ledger *ledger, struct error *error)
{
    if (ledger->has_journal)
        return true;
    char *sql = talloc_asprintf(NULL, create_journal, ledger->journal);
    ledger->has_journal = connection_execute(connection, NO_PARAMETERS, error, sql);
    talloc_free(sql);
    return ledger->has_journal;
}

static bool create(struct connection *connection, void *argument, struct error *error)
{
    struct ledger *ledger = argument;
    TALLOC_CTX *memory = talloc_new(NULL);
    bool ok = true;
    if (!ledger->has_schema)
        ok = connection_execute(
            connection, NO_PARAMETERS, error,
            talloc_asprintf(memory, "CREATE SCHEMA IF NOT EXISTS %s", sql_identifier(memory, ledger->schema)));
    if (ok && ledger->shape == LEDGER_ABSENT)
        ok = connection_execute(connection, NO_PARAMETERS, error, ledger_ddl(memory, ledger->table));
    talloc_free(memory);
    return ok && ledger_create_journal(connection, ledger, error);
}

bool ledger_create(struct connection *connection, struct ledger *ledger, struct error *error)
{
    if (ledger->shape != LEDGER_ABSENT && ledger->has_journal)
        return true;
    struct transaction_options options = {TRANSACTION_READ_WRITE, 1};
    if (!transaction_run(connection, &options, create, ledger, error))
        return error_prefix(error, "cannot create %s", ledger->table);
    if (ledger->shape == LEDGER_ABSENT) {
        ledger->shape = LEDGER_OWN;
        ledger->has_description = ledger->has_checksum = ledger->has_applied_at = ledger->has_applied_by = true;
        ledger->has_duration_ms = ledger->has_run = true;
    }
    ledger->has_schema = true;
    return true;
}

/* Collects "column" and "$n" where the table has the column. */
struct insertion {
    char *columns, *places;
    const char **values;
    int count;
};

static void add_value(struct insertion *insertion, bool has_column, const char *column, const char *value)
{
    if (!has_column || !value)
        return;
    insertion->values[insertion->count++] = value;
    insertion->columns = talloc_asprintf_append(insertion->columns, "%s%s", insertion->count > 1 ? ", " : "", column);
    insertion->places =
        talloc_asprintf_append(insertion->places, "%s$%d", insertion->count > 1 ? ", " : "", insertion->count);
}

static char *number_text(TALLOC_CTX *owner, int64_t number)
{
    return number == INTEGER_NULL ? NULL : talloc_asprintf(owner, "%lld", (long long)number);
}

struct query ledger_insert_query(TALLOC_CTX *owner, const struct ledger *ledger, const struct ledger_row *row,
                                 const char *returning)
{
    struct insertion insertion = {talloc_strdup(owner, ""), talloc_strdup(owner, ""),
                                  talloc_array(owner, const char *, 6), 0};
    add_value(&insertion, true, "version", row->version);
    add_value(&insertion, ledger->has_description, "description", row->description);
    add_value(&insertion, ledger->has_checksum, "checksum", row->checksum);
    add_value(&insertion, ledger->has_duration_ms, "duration_ms", number_text(owner, row->duration_ms));
    add_value(&insertion, ledger->has_run, "run", row->run);
    const char *sql = talloc_asprintf(owner, "INSERT INTO %s (%s%s) VALUES (%s%s)%s%s", ledger->table,
                                      insertion.columns, ledger->more_columns, insertion.places, ledger->more_values,
                                      returning ? " RETURNING " : "", returning ? returning : "");
    return (struct query){.sql = sql, .parameters = {insertion.count, insertion.values}};
}

bool ledger_is_fenced(const struct error *error) { return !strcmp(error->sqlstate, "23505"); }

bool ledger_insert(struct connection *connection, const struct ledger *ledger, const struct ledger_row *row,
                   struct error *error)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    struct query query = ledger_insert_query(memory, ledger, row, NULL);
    bool ok = connection_execute(connection, query.parameters, error, query.sql);
    if (!ok && ledger_is_fenced(error)) {
        error_set(error, ERROR_STALE_PLAN, "version %s is in the ledger already", row->version);
        error_hint(error, "Another run applied it meanwhile; run `pgdeck status`.");
    }
    talloc_free(memory);
    return ok;
}

struct query ledger_close_query(TALLOC_CTX *owner, const struct ledger *ledger, const char *version,
                                int64_t duration_ms, const char *returning)
{
    const char **values = talloc_array(owner, const char *, 2);
    values[0] = version;
    values[1] = number_text(owner, duration_ms);
    const char *sql = ledger->has_duration_ms
                          ? talloc_asprintf(owner, "UPDATE %s SET duration_ms = $2 WHERE version = $1 RETURNING %s",
                                            ledger->table, returning)
                          : talloc_asprintf(owner, "SELECT %s FROM %s WHERE version = $1", returning, ledger->table);
    return (struct query){.sql = sql, .parameters = {ledger->has_duration_ms ? 2 : 1, values}};
}

/* Runs a statement that must touch exactly one row. */
static bool touch_one(struct connection *connection, struct parameters parameters, const struct ledger *ledger,
                      const char *version, const char *sql, struct error *error)
{
    struct result *result = connection_query(NULL, connection, parameters, error, sql);
    if (!result)
        return false;
    int64_t affected = result_affected(result);
    talloc_free(result);
    if (affected == 1)
        return true;
    return error_set(error, ERROR_REFUSED, "%s has %lld rows of version %s where one was expected", ledger->table,
                     (long long)affected, version);
}

bool ledger_set_checksum(struct connection *connection, const struct ledger *ledger, const char *version,
                         const char *checksum, struct error *error)
{
    if (!ledger->has_checksum)
        return true;
    char *sql = talloc_asprintf(NULL, "UPDATE %s SET checksum = $2 WHERE version = $1", ledger->table);
    bool ok = touch_one(connection, PARAMETERS(version, checksum), ledger, version, sql, error);
    talloc_free(sql);
    return ok;
}

bool ledger_delete(struct connection *connection, const struct ledger *ledger, const char *version, struct error *error)
{
    char *sql = talloc_asprintf(NULL, "DELETE FROM %s WHERE version = $1", ledger->table);
    bool ok = touch_one(connection, PARAMETERS(version), ledger, version, sql, error);
    talloc_free(sql);
    return ok;
}

bool ledger_require_writable(const struct ledger *ledger, struct error *error)
{
    if (!ledger->problem)
        return true;
    error_set(error, ERROR_REFUSED, "the ledger is never written: %s", ledger->problem);
    return error_hint(error, "Name a table of pgdeck's own with the setting ledger, and adopt what is applied with "
                             "`pgdeck mark V... --applied --reason TEXT`.");
}
