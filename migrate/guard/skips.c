/* See skips.h. The shape that a statement asks for is made beside, behind a savepoint, and the two catalogs are
 * compared: PostgreSQL reads the statement, not pgdeck. As a temporary one, or, where the role may make none, in the
 * schema of what is there. What cannot be made in either place is not judged. */
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
    static const char *const words[] = {
        [SKIP_INDEX] = "index", [SKIP_TABLE] = "table", [SKIP_COLUMNS] = "columns", [SKIP_SEQUENCE] = "sequence"};
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

struct place {
    const char *temporary; /* "TEMPORARY ", or "" */
    const char *schema;    /* quoted */
};

/* Makes and asks behind a savepoint; *answer is NULL where it cannot be made; *is_refused where the role may not. */
static bool make_beside(TALLOC_CTX *owner, struct connection *connection, const char *const *statements,
                        const char **answer, bool *is_refused, struct error *error)
{
    struct query queries[4] = {{.sql = "SAVEPOINT pgdeck_skip"}};
    size_t count = 1;
    for (; statements[count - 1]; count++)
        queries[count].sql = statements[count - 1];
    struct error *refusal = error_new(owner);
    *answer = NULL;
    if (connection_pipeline(owner, connection, queries, count, NULL, refusal)) {
        const char *value = result_value(queries[count - 1].result);
        *answer = value ? talloc_strdup(owner, value) : NULL;
    } else if (refusal->is_connection_lost || refusal->code == ERROR_CANCELLED) {
        error_copy(error, refusal);
        return false;
    }
    *is_refused = error_is_sqlstate(refusal, "42501");
    return connection_execute(connection, NO_PARAMETERS, error, "ROLLBACK TO SAVEPOINT pgdeck_skip") &&
           connection_execute(connection, NO_PARAMETERS, error, "RELEASE SAVEPOINT pgdeck_skip");
}

/* What is made, and the question whose answer is the difference, NULL where there is none. At most three statements. */
static void index_statements(TALLOC_CTX *memory, const struct place *place, const struct skip *skip, int64_t oid,
                             const char **statements)
{
    statements[0] = talloc_asprintf(memory, "CREATE %sTABLE %s.pgdeck_skip (LIKE %s)", place->temporary, place->schema,
                                    skip->table);
    statements[1] = talloc_asprintf(memory, "CREATE %sINDEX pgdeck_skip_index ON %s.pgdeck_skip %s",
                                    skip->is_unique ? "UNIQUE " : "", place->schema, skip->index);
    statements[2] = talloc_asprintf(
        memory,
        "SELECT 'wanted is ' || w.shape || ', there is ' || t.shape FROM"
        " (SELECT pg_catalog.concat(CASE WHEN i.indisunique THEN 'UNIQUE ' END,"
        " pg_catalog.substring(pg_catalog.pg_get_indexdef(i.indexrelid), ' USING (.*)$')) AS shape"
        " FROM pg_catalog.pg_index AS i WHERE i.indexrelid = pg_catalog.to_regclass(%s)) AS w,"
        " (SELECT pg_catalog.concat(CASE WHEN i.indisunique THEN 'UNIQUE ' END,"
        " pg_catalog.substring(pg_catalog.pg_get_indexdef(i.indexrelid), ' USING (.*)$')) AS shape"
        " FROM pg_catalog.pg_index AS i WHERE i.indexrelid = %lld) AS t WHERE w.shape <> t.shape",
        sql_literal(memory, talloc_asprintf(memory, "%s.pgdeck_skip_index", place->schema)), (long long)oid);
}

/* The columns that are missing, or of another type. More columns than the statement lists are no difference: a later
 * file may have added them. */
static void column_statements(TALLOC_CTX *memory, const struct place *place, const struct skip *skip, int64_t oid,
                              const char **statements)
{
    statements[0] =
        talloc_asprintf(memory, "CREATE %sTABLE %s.pgdeck_skip (%s)", place->temporary, place->schema, skip->columns);
    statements[1] = talloc_asprintf(
        memory,
        "SELECT pg_catalog.string_agg(CASE WHEN t.attname IS NULL THEN pg_catalog.format('column %%I is missing', w.attname)"
        " ELSE pg_catalog.format('column %%I is %%s, not %%s', w.attname, pg_catalog.format_type(t.atttypid, t.atttypmod),"
        " pg_catalog.format_type(w.atttypid, w.atttypmod)) END, ', ' ORDER BY w.attnum)"
        " FROM pg_catalog.pg_attribute AS w LEFT JOIN pg_catalog.pg_attribute AS t"
        " ON t.attrelid = %lld AND t.attname = w.attname AND t.attnum > 0 AND NOT t.attisdropped"
        " WHERE w.attrelid = pg_catalog.to_regclass(%s) AND w.attnum > 0"
        " AND (t.atttypid, t.atttypmod) IS DISTINCT FROM (w.atttypid, w.atttypmod)",
        (long long)oid, sql_literal(memory, talloc_asprintf(memory, "%s.pgdeck_skip", place->schema)));
}

static void sequence_statements(TALLOC_CTX *memory, const struct place *place, const struct skip *skip, int64_t oid,
                                const char **statements)
{
    static const char shape[] =
        "pg_catalog.format('%%s from %%s by %%s, %%s to %%s, cache %%s%%s', pg_catalog.format_type(%c.seqtypid, NULL),"
        " %c.seqstart, %c.seqincrement, %c.seqmin, %c.seqmax, %c.seqcache, CASE WHEN %c.seqcycle THEN ', cycle' END)";
    char *wanted = talloc_asprintf(memory, shape, 'w', 'w', 'w', 'w', 'w', 'w', 'w');
    char *there = talloc_asprintf(memory, shape, 't', 't', 't', 't', 't', 't', 't');
    statements[0] =
        talloc_asprintf(memory, "CREATE %sSEQUENCE %s.pgdeck_skip %s", place->temporary, place->schema, skip->index);
    statements[1] =
        talloc_asprintf(memory,
                        "SELECT 'wanted is ' || %s || ', there is ' || %s FROM pg_catalog.pg_sequence AS w,"
                        " pg_catalog.pg_sequence AS t WHERE w.seqrelid = pg_catalog.to_regclass(%s)"
                        " AND t.seqrelid = %lld AND %s <> %s",
                        wanted, there, sql_literal(memory, talloc_asprintf(memory, "%s.pgdeck_skip", place->schema)),
                        (long long)oid, wanted, there);
}

static bool schema_of(TALLOC_CTX *memory, struct connection *connection, int64_t oid, const char **schema,
                      struct error *error)
{
    const char *text = talloc_asprintf(memory, "%lld", (long long)oid);
    struct result *result = connection_query(memory, connection, PARAMETERS(text), error,
                                             "SELECT pg_catalog.quote_ident(n.nspname) FROM pg_catalog.pg_class AS c"
                                             " JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace"
                                             " WHERE c.oid = $1::bigint::oid");
    *schema = result ? result_value(result) : NULL;
    return result;
}

typedef void (*statements_fn)(TALLOC_CTX *memory, const struct place *place, const struct skip *skip, int64_t oid,
                              const char **statements);

/* In words, or NULL where it is the same, or cannot be made. */
static bool compare(TALLOC_CTX *memory, struct connection *connection, const struct skip *skip, int64_t oid,
                    const char **difference, struct error *error)
{
    static const statements_fn makers[] = {
        [SKIP_INDEX] = index_statements,
        [SKIP_TABLE] = column_statements,
        [SKIP_COLUMNS] = column_statements,
        [SKIP_SEQUENCE] = sequence_statements,
    };
    struct place place = {"TEMPORARY ", "pg_temp"};
    const char *statements[4] = {NULL};
    bool is_refused;
    *difference = NULL;
    if (skip->columns && !*skip->columns)
        return true;
    makers[skip->kind](memory, &place, skip, oid, statements);
    if (!make_beside(memory, connection, statements, difference, &is_refused, error))
        return false;
    if (!is_refused)
        return true;
    place.temporary = "";
    if (!schema_of(memory, connection, oid, &place.schema, error))
        return false;
    makers[skip->kind](memory, &place, skip, oid, statements);
    return !place.schema || make_beside(memory, connection, statements, difference, &is_refused, error);
}

/* ---- judgement ---- */

static bool fail(struct error *error, const struct skip *skip, const char *what, const char *hint)
{
    static const char *const words[] = {
        [SKIP_INDEX] = "index", [SKIP_TABLE] = "table", [SKIP_COLUMNS] = "table", [SKIP_SEQUENCE] = "sequence"};
    error_set(error, ERROR_STATEMENT, "%s %s exists already and %s: the statement passed over it", words[skip->kind],
              skip->name, what);
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
        return fail(
            error, skip, talloc_asprintf(memory, "is a %s", found->shown),
            "Take another name, or take that one away in a migration of its own; then run `pgdeck apply` again.");
    if (!strcmp(found->state, "elsewhere"))
        return fail(error, skip, talloc_asprintf(memory, "is one of %s", found->shown),
                    "Names of indexes count for the whole schema: take another name, then run `pgdeck apply` again.");
    static const char *const ways[] = {
        [SKIP_INDEX] = "Give the index another name, or drop the old one first; then run `pgdeck apply` again.",
        [SKIP_TABLE] =
            "Change what stands there in the file (ALTER TABLE), or take it away; then run `pgdeck apply` again.",
        [SKIP_COLUMNS] =
            "Change what stands there in the file (ALTER TABLE), or take it away; then run `pgdeck apply` again.",
        [SKIP_SEQUENCE] =
            "Change what stands there in the file (ALTER SEQUENCE), or take it away; then run `pgdeck apply` again.",
    };
    if (!compare(memory, connection, skip, found->oid, &difference, error))
        return false;
    return !difference ||
           fail(error, skip, talloc_asprintf(memory, "is another one (%s)", difference), ways[skip->kind]);
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
