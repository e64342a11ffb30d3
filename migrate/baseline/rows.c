/* See rows.h. Three trips: which tables; their columns and keys; the rows. */
#include "migrate/baseline/rows.h"

#include <inttypes.h>

extern const char sql_row_tables[], sql_row_columns[], sql_row_keys[], sql_row_fillings[];

struct reading {
    struct row_set *set;
    struct connection *connection;
    int64_t limit;
    TALLOC_CTX *memory;
    struct error *error;
};

/* ---- which tables ---- */

static bool read_tables(struct reading *reading)
{
    static const struct column columns[] = {
        COLUMN(struct row_table, oid),
        COLUMN(struct row_table, identity),
        COLUMN(struct row_table, is_partitioned),
    };
    struct row_set *set = reading->set;
    struct result *result = connection_query(set, reading->connection, NO_PARAMETERS, reading->error, sql_row_tables);
    set->tables = result
                      ? result_bind(result, columns, countof(columns), sizeof *set->tables, &set->count, reading->error)
                      : NULL;
    return set->tables != NULL;
}

static const char *oid_array(TALLOC_CTX *owner, const struct row_set *set)
{
    char *text = talloc_strdup(owner, "{");
    for (size_t i = 0; i < set->count; i++)
        text = talloc_asprintf_append_buffer(text, "%s%" PRId64, i ? "," : "", set->tables[i].oid);
    return talloc_strdup_append_buffer(text, "}");
}

/* "ONLY t": what inherits from it is told by itself, but for partitions. */
static const char *only(const struct row_table *table) { return table->is_partitioned ? "" : "ONLY "; }

/* ---- what is known of them ---- */

struct key_row {
    int64_t oid;
    const char *columns;
};

/* What is told of one table stands together: `last` is looked at first. */
static struct row_table *table_of(const struct row_set *set, int64_t oid, struct row_table *last)
{
    if (last && last->oid == oid)
        return last;
    for (size_t i = 0; i < set->count; i++)
        if (set->tables[i].oid == oid)
            return &set->tables[i];
    return NULL;
}

static bool bind_columns(struct reading *reading, struct result *result)
{
    static const struct column columns[] = {
        COLUMN(struct row_column, oid),          COLUMN(struct row_column, number),
        COLUMN(struct row_column, name),         COLUMN(struct row_column, quoted),
        COLUMN(struct row_column, type),         COLUMN(struct row_column, base),
        COLUMN(struct row_column, category),     COLUMN(struct row_column, size),
        COLUMN(struct row_column, is_generated), COLUMN(struct row_column, is_always),
    };
    size_t count;
    struct row_column *all = result_bind(result, columns, countof(columns), sizeof *all, &count, reading->error);
    struct row_table *table = NULL;
    for (size_t i = 0; all && i < count; i++) {
        table = table_of(reading->set, all[i].oid, table);
        if (!table->columns)
            table->columns = &all[i];
        table->column_count++;
    }
    return all != NULL;
}

static void add_key(struct row_set *set, struct row_table *table, const char *numbers)
{
    struct row_key key = {talloc_zero_array(set, size_t, (unsigned)table->column_count + 1), 0};
    for (const char *at = numbers; *at; at += *at == ' ') {
        char *end;
        int64_t number = strtoll(at, &end, 10);
        for (size_t i = 0; i < table->column_count; i++)
            if (table->columns[i].number == number && key.count < table->column_count)
                key.columns[key.count++] = i;
        at = end;
    }
    table->keys = talloc_realloc(set, table->keys, struct row_key, (unsigned)table->key_count + 1);
    table->keys[table->key_count++] = key;
}

static bool bind_keys(struct reading *reading, struct result *result)
{
    static const struct column columns[] = {COLUMN(struct key_row, oid), COLUMN(struct key_row, columns)};
    size_t count;
    struct key_row *all = result_bind(result, columns, countof(columns), sizeof *all, &count, reading->error);
    for (size_t i = 0; all && i < count; i++)
        add_key(reading->set, table_of(reading->set, all[i].oid, NULL), all[i].columns);
    return all != NULL;
}

static bool read_facts(struct reading *reading)
{
    const char *oids = oid_array(reading->memory, reading->set);
    struct query queries[] = {
        {.sql = sql_row_columns, .parameters = PARAMETERS(oids)},
        {.sql = sql_row_keys, .parameters = PARAMETERS(oids)},
    };
    return connection_pipeline(reading->set, reading->connection, queries, countof(queries), NULL, reading->error) &&
           bind_columns(reading, queries[0].result) && bind_keys(reading, queries[1].result);
}

/* ---- the rows ---- */

/* One more than the limit tells that there are more. */
static const char *select_rows(const struct reading *reading, const struct row_table *table)
{
    char *sql = talloc_strdup(reading->memory, "SELECT ");
    for (size_t i = 0; i < table->column_count; i++)
        sql = talloc_asprintf_append_buffer(sql, "%s%s", i ? ", " : "", table->columns[i].quoted);
    sql =
        talloc_asprintf_append_buffer(sql, " FROM %s%s ORDER BY %sctid", only(table), table->identity,
                                      table->is_partitioned ? "tableoid::pg_catalog.regclass::pg_catalog.text, " : "");
    if (reading->limit < INT64_MAX)
        sql = talloc_asprintf_append_buffer(sql, " LIMIT %" PRId64, reading->limit + 1);
    return sql;
}

/* The texts stay where the server's answer has them. */
static void take_cells(struct row_set *set, struct row_table *table, const struct result *result, int64_t limit)
{
    table->total = (int64_t)result_row_count(result);
    if (table->total > limit)
        return;
    table->count = result_row_count(result);
    const char **cells = talloc_zero_size(set, (table->count * table->column_count + 1) * sizeof *cells);
    if (!cells)
        abort();
    for (size_t row = 0; row < table->count; row++)
        for (size_t i = 0; i < table->column_count; i++)
            cells[row * table->column_count + i] = result_cell(result, row, i);
    table->cells = cells;
}

static bool read_values(struct reading *reading)
{
    struct row_set *set = reading->set;
    struct query *queries = talloc_zero_array(reading->memory, struct query, (unsigned)set->count + 1);
    for (size_t i = 0; i < set->count; i++)
        queries[i].sql = select_rows(reading, &set->tables[i]);
    if (!connection_pipeline(set, reading->connection, queries, set->count, NULL, reading->error))
        return false;
    for (size_t i = 0; i < set->count; i++)
        take_cells(set, &set->tables[i], queries[i].result, reading->limit);
    return true;
}

/* Of those with more rows than the limit the number alone is kept. */
static bool count_many(struct reading *reading)
{
    struct row_set *set = reading->set;
    for (size_t i = 0; i < set->count; i++) {
        struct row_table *table = &set->tables[i];
        if (table->cells)
            continue;
        const char *sql =
            talloc_asprintf(reading->memory, "SELECT pg_catalog.count(*) FROM %s%s", only(table), table->identity);
        struct result *result =
            connection_query(reading->memory, reading->connection, NO_PARAMETERS, reading->error, sql);
        if (!result)
            return false;
        table->total = strtoll(result_value(result), NULL, 10);
    }
    return true;
}

static void drop_empty(struct row_set *set)
{
    size_t kept = 0;
    for (size_t i = 0; i < set->count; i++)
        if (set->tables[i].total)
            set->tables[kept++] = set->tables[i];
    set->count = kept;
}

struct row_set *rows_read(TALLOC_CTX *owner, struct connection *connection, int64_t limit, struct error *error)
{
    struct row_set *set = talloc_zero(owner, struct row_set);
    struct reading reading = {
        .set = set, .connection = connection, .limit = limit, .memory = talloc_new(NULL), .error = error};
    bool ok = read_tables(&reading) &&
              (!set->count || (read_facts(&reading) && read_values(&reading) && count_many(&reading)));
    drop_empty(set);
    talloc_free(reading.memory);
    if (!ok)
        TALLOC_FREE(set);
    return set;
}

void rows_keep(struct row_set *set, const struct snapshot *snapshot)
{
    size_t kept = 0;
    for (size_t i = 0; i < set->count; i++)
        if (snapshot_find(snapshot, KIND_table, set->tables[i].identity))
            set->tables[kept++] = set->tables[i];
    set->count = kept;
}

/* ---- what fills them ---- */

struct filling_row {
    int64_t oid, number;
    bool is_filled;
};

bool rows_read_fillings(struct row_set *set, struct connection *connection, struct error *error)
{
    static const struct column columns[] = {
        COLUMN(struct filling_row, oid),
        COLUMN(struct filling_row, number),
        COLUMN(struct filling_row, is_filled),
    };
    TALLOC_CTX *memory = talloc_new(NULL);
    const char *oids = oid_array(memory, set);
    size_t count = 0;
    struct result *result = connection_query(memory, connection, PARAMETERS(oids), error, sql_row_fillings);
    const struct filling_row *rows =
        result ? result_bind(result, columns, countof(columns), sizeof *rows, &count, error) : NULL;
    struct row_table *table = NULL;
    for (size_t i = 0; i < count; i++) {
        table = table_of(set, rows[i].oid, table);
        for (size_t j = 0; j < table->column_count; j++)
            if (table->columns[j].number == rows[i].number) {
                table->columns[j].has_default = true;
                table->columns[j].is_filled = rows[i].is_filled;
            }
    }
    bool ok = rows != NULL;
    talloc_free(memory);
    return ok;
}

/* ---- asked by others ---- */

static int compare_identities(const void *key, const void *table)
{
    return strcmp(key, ((const struct row_table *)table)->identity);
}

const struct row_table *rows_find(const struct row_set *set, const char *identity)
{
    return set->count ? bsearch(identity, set->tables, set->count, sizeof *set->tables, compare_identities) : NULL;
}

const struct row_column *rows_column(const struct row_table *table, const char *name)
{
    for (size_t i = 0; i < table->column_count; i++)
        if (!strcmp(table->columns[i].name, name))
            return &table->columns[i];
    return NULL;
}

const char *rows_cell(const struct row_table *table, size_t row, size_t column)
{
    return table->cells[row * table->column_count + column];
}
