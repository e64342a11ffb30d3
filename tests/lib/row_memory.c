/* See row_memory.h. */
#include "tests/lib/row_memory.h"

#include <jansson.h>
#include <stdlib.h>

/* A type's name alone does not say what a composite type holds. */
static const char columns_query[] =
    "SELECT format('%I.%I', n.nspname, c.relname), c.relkind, c.relispartition, a.attname, quote_ident(a.attname),"
    "       format_type(a.atttypid, a.atttypmod) || coalesce(parts.text, '')"
    "  FROM pg_class AS c"
    "  JOIN pg_namespace AS n ON n.oid = c.relnamespace"
    "  LEFT JOIN pg_attribute AS a"
    "    ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''"
    "  LEFT JOIN pg_type AS t ON t.oid = a.atttypid"
    "  LEFT JOIN pg_type AS e ON e.oid = t.typelem AND t.typcategory = 'A'"
    "  LEFT JOIN LATERAL (SELECT string_agg(p.attname || ' ' || format_type(p.atttypid, p.atttypmod), ', '"
    "                            ORDER BY p.attnum) AS text"
    "                       FROM pg_attribute AS p"
    "                      WHERE p.attrelid = coalesce(nullif(e.typrelid, 0), nullif(t.typrelid, 0))"
    "                        AND p.attnum > 0 AND NOT p.attisdropped) AS parts ON true"
    " WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'"
    " ORDER BY 1, 4";

static const char sequences_query[] = "SELECT format('%I.%I', schemaname, sequencename), coalesce(last_value::text, '')"
                                      "  FROM pg_sequences ORDER BY 1";

struct column {
    const char *name, *quoted, *type;
};

struct table {
    const char *name;
    bool is_partition;
    struct column *columns;
    size_t column_count;
    json_t *rows; /* an array of objects */
};

struct row_memory {
    struct table *tables; /* by name */
    size_t table_count;
    PGresult *sequences; /* by name */
};

static int forget(struct row_memory *memory)
{
    for (size_t i = 0; i < memory->table_count; i++)
        json_decref(memory->tables[i].rows);
    PQclear(memory->sequences);
    return 0;
}

/* ---- reading ---- */

static PGresult *ask(TALLOC_CTX *owner, PGconn *connection, const char *query, const char **report)
{
    PGresult *result = PQexec(connection, query);
    if (PQresultStatus(result) == PGRES_TUPLES_OK)
        return result;
    *report = talloc_asprintf(owner, "%s\n%s", query, PQresultErrorMessage(result));
    PQclear(result);
    return NULL;
}

static void note_column(struct row_memory *memory, const PGresult *result, int row)
{
    const char *name = PQgetvalue(result, row, 0);
    struct table *table = memory->table_count ? &memory->tables[memory->table_count - 1] : NULL;
    if (!table || strcmp(table->name, name) != 0) {
        memory->tables = talloc_realloc(memory, memory->tables, struct table, (unsigned)memory->table_count + 1);
        table = &memory->tables[memory->table_count++];
        *table =
            (struct table){.name = talloc_strdup(memory, name), .is_partition = *PQgetvalue(result, row, 2) == 't'};
    }
    if (PQgetisnull(result, row, 3))
        return;
    table->columns = talloc_realloc(memory, table->columns, struct column, (unsigned)table->column_count + 1);
    table->columns[table->column_count++] = (struct column){talloc_strdup(memory, PQgetvalue(result, row, 3)),
                                                            talloc_strdup(memory, PQgetvalue(result, row, 4)),
                                                            talloc_strdup(memory, PQgetvalue(result, row, 5))};
}

static bool read_rows(struct row_memory *memory, PGconn *connection, struct table *table, bool is_partitioned,
                      const char **report)
{
    const char *query = talloc_asprintf(memory, "SELECT to_jsonb(\"the row\") FROM %s%s AS \"the row\"",
                                        is_partitioned ? "" : "ONLY ", table->name);
    PGresult *result = ask(talloc_parent(memory), connection, query, report);
    table->rows = json_array();
    for (int row = 0; row < PQntuples(result); row++)
        json_array_append_new(table->rows, json_loads(PQgetvalue(result, row, 0), 0, NULL));
    PQclear(result);
    return result;
}

static bool read_tables(struct row_memory *memory, PGconn *connection, const char **report)
{
    PGresult *columns = ask(talloc_parent(memory), connection, columns_query, report);
    bool is_read = columns;
    for (int row = 0; row < PQntuples(columns); row++)
        note_column(memory, columns, row);
    size_t i = 0;
    for (int row = 0; is_read && row < PQntuples(columns); row++)
        if (row == 0 || strcmp(PQgetvalue(columns, row, 0), PQgetvalue(columns, row - 1, 0)) != 0)
            is_read = read_rows(memory, connection, &memory->tables[i++], *PQgetvalue(columns, row, 1) == 'p', report);
    PQclear(columns);
    return is_read;
}

struct row_memory *row_memory_take(TALLOC_CTX *owner, PGconn *connection, const char **report)
{
    struct row_memory *memory = talloc_zero(owner, struct row_memory);
    talloc_set_destructor(memory, forget);
    memory->sequences = ask(owner, connection, sequences_query, report);
    if (memory->sequences && read_tables(memory, connection, report))
        return memory;
    talloc_free(memory);
    return NULL;
}

/* ---- comparing ---- */

static bool is_listed(const char *const *list, const char *name)
{
    while (list && *list && strcmp(*list, name) != 0)
        list++;
    return list && *list;
}

static const struct table *find_table(const struct row_memory *memory, const char *name)
{
    for (size_t i = 0; i < memory->table_count; i++)
        if (!strcmp(memory->tables[i].name, name))
            return &memory->tables[i];
    return NULL;
}

static const struct column *find_column(const struct table *table, const char *name)
{
    for (size_t i = 0; i < table->column_count; i++)
        if (!strcmp(table->columns[i].name, name))
            return &table->columns[i];
    return NULL;
}

static int compare_texts(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

/* Each row with only these columns, as text, sorted. */
static const char **project(TALLOC_CTX *owner, const struct table *table, json_t *columns)
{
    size_t count = json_array_size(table->rows);
    const char **texts = talloc_zero_array(owner, const char *, (unsigned)count + 1);
    for (size_t i = 0; i < count; i++) {
        json_t *kept = json_object();
        const char *name;
        json_t *unused;
        json_object_foreach(columns, name, unused)
            json_object_set(kept, name, json_object_get(json_array_get(table->rows, i), name));
        char *text = json_dumps(kept, JSON_SORT_KEYS | JSON_COMPACT);
        texts[i] = talloc_strdup(texts, text);
        free(text);
        json_decref(kept);
    }
    qsort(texts, count, sizeof *texts, compare_texts);
    return texts;
}

static char *compare_values(char *report, const struct table *before, const struct table *after, json_t *columns)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    const char **left = project(memory, before, columns), **right = project(memory, after, columns);
    size_t i = 0;
    while (left[i] && !strcmp(left[i], right[i]))
        i++;
    if (left[i])
        report = talloc_asprintf_append(report, "%s: values changed\n  before: %s\n  after: %s\n", before->name,
                                        left[i], right[i]);
    talloc_free(memory);
    return report;
}

static size_t values_present(const struct table *table, const char *column)
{
    size_t count = 0, index;
    json_t *row;
    json_array_foreach(table->rows, index, row) count += !json_is_null(json_object_get(row, column));
    return count;
}

static char *compare_table(char *report, const struct table *before, const struct table *after, const char *const *lost)
{
    size_t rows = json_array_size(before->rows), rows_after = json_array_size(after->rows);
    if (rows != rows_after)
        return talloc_asprintf_append(report, "%s: %zu rows before, %zu after\n", before->name, rows, rows_after);
    json_t *same = json_object();
    for (size_t i = 0; i < before->column_count; i++) {
        const struct column *column = &before->columns[i], *other = find_column(after, column->name);
        char *name = talloc_asprintf(report, "%s.%s", before->name, column->quoted);
        if (!other || is_listed(lost, name))
            continue;
        if (!strcmp(column->type, other->type))
            json_object_set_new(same, column->name, json_true());
        else if (values_present(before, column->name) != values_present(after, column->name))
            report = talloc_asprintf_append(report, "%s: %zu values before (%s), %zu after (%s)\n", name,
                                            values_present(before, column->name), column->type,
                                            values_present(after, column->name), other->type);
    }
    report = compare_values(report, before, after, same);
    json_decref(same);
    return report;
}

static char *compare_sequences(char *report, const struct row_memory *before, const struct row_memory *after,
                               const char *const *lost)
{
    for (int i = 0; i < PQntuples(before->sequences); i++)
        for (int k = 0; k < PQntuples(after->sequences); k++) {
            const char *name = PQgetvalue(before->sequences, i, 0), *count = PQgetvalue(before->sequences, i, 1);
            if (!*count || is_listed(lost, name) || strcmp(name, PQgetvalue(after->sequences, k, 0)) != 0 ||
                !strcmp(count, PQgetvalue(after->sequences, k, 1)))
                continue;
            report = talloc_asprintf_append(report, "%s: had counted to %s, after it to \"%s\"\n", name, count,
                                            PQgetvalue(after->sequences, k, 1));
        }
    return report;
}

char *row_memory_compare(TALLOC_CTX *owner, const struct row_memory *before, const struct row_memory *after,
                         const char *const *lost)
{
    char *report = talloc_strdup(owner, "");
    for (size_t i = 0; i < before->table_count; i++) {
        const struct table *table = &before->tables[i], *other = find_table(after, table->name);
        if (other && !(table->is_partition && other->is_partition) && !is_listed(lost, table->name))
            report = compare_table(report, table, other, lost);
    }
    report = compare_sequences(report, before, after, lost);
    if (*report)
        return report;
    talloc_free(report);
    return NULL;
}
