/* See skips.h. The shape that a statement asks for is made on an empty temporary table behind a savepoint, and the two
 * catalogs are compared: PostgreSQL reads the statement, not pgdeck. What cannot be made there is not judged. */
#include "migrate/guard/skips.h"

#include "store/sql.h"

extern const char sql_skips[];

struct found {
    int64_t number;
    const char *state, *shown;
    int64_t oid;
};

static const struct column found_columns[] = {
    COLUMN(struct found, number),
    COLUMN(struct found, state),
    COLUMN(struct found, shown),
    COLUMN(struct found, oid),
};

/* ---- the query ---- */

static void add_element(char **array, const char *text)
{
    *array = talloc_strdup_append(*array, (*array)[1] ? ",\"" : "\"");
    for (const char *c = text; *c; c++)
        *array = talloc_asprintf_append(*array, *c == '"' || *c == '\\' ? "\\%c" : "%c", *c);
    *array = talloc_strdup_append(*array, "\"");
}

static const char *bare_name(TALLOC_CTX *owner, const char *name)
{
    const char *schema, *bare;
    struct error *ignored = error_new(owner);
    return sql_parse_qualified(owner, name, &schema, &bare, ignored) ? bare : name;
}

struct query skips_query(TALLOC_CTX *owner, const struct skip *skips, size_t count)
{
    static const char *const words[] = {[SKIP_INDEX] = "index", [SKIP_TABLE] = "table", [SKIP_COLUMNS] = "columns"};
    enum { KINDS, NAMES, TABLES, BARES, ARRAYS };
    char *arrays[ARRAYS];
    for (size_t i = 0; i < ARRAYS; i++)
        arrays[i] = talloc_strdup(owner, "{");
    for (size_t i = 0; i < count; i++) {
        add_element(&arrays[KINDS], words[skips[i].kind]);
        add_element(&arrays[NAMES], skips[i].name);
        add_element(&arrays[TABLES], skips[i].table);
        add_element(&arrays[BARES], bare_name(owner, skips[i].name));
    }
    const char **values = talloc_array(owner, const char *, ARRAYS);
    for (size_t i = 0; i < ARRAYS; i++)
        values[i] = talloc_strdup_append(arrays[i], "}");
    return (struct query){.sql = sql_skips, .parameters = {ARRAYS, values}};
}

/* ---- what is asked for, made beside ---- */

/* Makes and asks behind a savepoint; *answer is NULL where it cannot be made. */
static bool make_beside(TALLOC_CTX *owner, struct connection *connection, const char *table, const char *index,
                        const char *question, const char **answer, struct error *error)
{
    struct query queries[4] = {{.sql = "SAVEPOINT pgdeck_skip"}, {.sql = table}};
    size_t count = 2;
    if (index)
        queries[count++].sql = index;
    queries[count++].sql = question;
    struct error *refusal = error_new(owner);
    *answer = NULL;
    if (connection_pipeline(owner, connection, queries, count, NULL, refusal)) {
        const char *value = result_value(queries[count - 1].result);
        *answer = value ? talloc_strdup(owner, value) : NULL;
    } else if (refusal->is_connection_lost || refusal->code == ERROR_CANCELLED) {
        error_copy(error, refusal);
        return false;
    }
    return connection_execute(connection, NO_PARAMETERS, error, "ROLLBACK TO SAVEPOINT pgdeck_skip") &&
           connection_execute(connection, NO_PARAMETERS, error, "RELEASE SAVEPOINT pgdeck_skip");
}

/* "wanted|there" where an index is another one than the statement's. */
static bool compare_index(TALLOC_CTX *memory, struct connection *connection, const struct skip *skip, int64_t oid,
                          const char **difference, struct error *error)
{
    const char *table = talloc_asprintf(memory, "CREATE TEMPORARY TABLE pgdeck_skip (LIKE %s)", skip->table);
    const char *index = talloc_asprintf(memory, "CREATE %sINDEX pgdeck_skip_index ON pg_temp.pgdeck_skip %s",
                                        skip->is_unique ? "UNIQUE " : "", skip->index);
    const char *question = talloc_asprintf(
        memory,
        "SELECT 'wanted is ' || w.shape || ', there is ' || t.shape FROM"
        " (SELECT pg_catalog.concat(CASE WHEN i.indisunique THEN 'UNIQUE ' END,"
        " pg_catalog.substring(pg_catalog.pg_get_indexdef(i.indexrelid), ' USING (.*)$')) AS shape"
        " FROM pg_catalog.pg_index AS i WHERE i.indexrelid = pg_catalog.to_regclass('pg_temp.pgdeck_skip_index')) AS w,"
        " (SELECT pg_catalog.concat(CASE WHEN i.indisunique THEN 'UNIQUE ' END,"
        " pg_catalog.substring(pg_catalog.pg_get_indexdef(i.indexrelid), ' USING (.*)$')) AS shape"
        " FROM pg_catalog.pg_index AS i WHERE i.indexrelid = %lld) AS t WHERE w.shape <> t.shape",
        (long long)oid);
    return make_beside(memory, connection, table, index, question, difference, error);
}

/* The columns that are missing, or of another type. More columns than the statement lists are no difference: a later
 * file may have added them. */
static bool compare_columns(TALLOC_CTX *memory, struct connection *connection, const struct skip *skip, int64_t oid,
                            const char **difference, struct error *error)
{
    *difference = NULL;
    if (!*skip->columns)
        return true;
    const char *table = talloc_asprintf(memory, "CREATE TEMPORARY TABLE pgdeck_skip (%s)", skip->columns);
    const char *question = talloc_asprintf(
        memory,
        "SELECT pg_catalog.string_agg(CASE WHEN t.attname IS NULL THEN pg_catalog.format('column %%I is missing', w.attname)"
        " ELSE pg_catalog.format('column %%I is %%s, not %%s', w.attname, pg_catalog.format_type(t.atttypid, t.atttypmod),"
        " pg_catalog.format_type(w.atttypid, w.atttypmod)) END, ', ' ORDER BY w.attnum)"
        " FROM pg_catalog.pg_attribute AS w LEFT JOIN pg_catalog.pg_attribute AS t"
        " ON t.attrelid = %lld AND t.attname = w.attname AND t.attnum > 0 AND NOT t.attisdropped"
        " WHERE w.attrelid = pg_catalog.to_regclass('pg_temp.pgdeck_skip') AND w.attnum > 0"
        " AND (t.atttypid, t.atttypmod) IS DISTINCT FROM (w.atttypid, w.atttypmod)",
        (long long)oid);
    return make_beside(memory, connection, table, NULL, question, difference, error);
}

/* ---- judgement ---- */

static bool fail(struct error *error, const struct skip *skip, const char *what, const char *hint)
{
    error_set(error, ERROR_STATEMENT, "%s %s exists already and %s: the statement passed over it",
              skip->kind == SKIP_INDEX ? "index" : "table", skip->name, what);
    error->statement = (int)skip->statement + 1;
    return error_hint(error, "%s", hint);
}

static bool judge(TALLOC_CTX *memory, struct connection *connection, const struct skip *skip, const struct found *found,
                  struct error *error)
{
    const char *difference;
    if (!strcmp(found->state, "invalid"))
        return fail(
            error, skip, "is invalid",
            talloc_asprintf(memory, "Drop it (DROP INDEX CONCURRENTLY %s) and run `pgdeck apply` again.", skip->name));
    if (!strcmp(found->state, "other"))
        return fail(error, skip, talloc_asprintf(memory, "is a %s", found->shown),
                    "Take another name, or take that one away in a migration of its own.");
    if (!strcmp(found->state, "elsewhere"))
        return fail(error, skip, talloc_asprintf(memory, "is one of %s", found->shown),
                    "Names of indexes count for the whole schema: take another name.");
    bool is_index = skip->kind == SKIP_INDEX;
    if (!(is_index ? compare_index : compare_columns)(memory, connection, skip, found->oid, &difference, error))
        return false;
    return !difference || fail(error, skip, talloc_asprintf(memory, "is another one (%s)", difference),
                               is_index ? "Give the index another name, or drop the old one first."
                                        : "Change what stands there in the file (ALTER TABLE), or take it away first.");
}

bool skips_judge(struct connection *connection, const struct skip *skips, size_t count, struct result *found,
                 struct error *error)
{
    size_t found_count;
    TALLOC_CTX *memory = talloc_new(NULL);
    const struct found *items =
        result_bind(found, found_columns, countof(found_columns), sizeof *items, &found_count, error);
    bool ok = items != NULL;
    for (size_t i = 0; ok && i < found_count; i++)
        ok = items[i].number >= 0 && (size_t)items[i].number < count
                 ? judge(memory, connection, &skips[items[i].number], &items[i], error)
                 : error_set(error, ERROR_INTERNAL, "the query of skipped statements answered with no number of one");
    talloc_free(memory);
    return ok;
}
