/* See look.h. */
#include "migrate/twice/look.h"

#include <inttypes.h>

extern const char sql_twice_counts[], sql_twice_touched[], sql_twice_glance[], sql_twice_files[], sql_twice_relations[];

enum { BATCH = 100 };

/* ---- inside a transaction ---- */

bool look_begin(struct connection *connection, struct error *error)
{
    struct query queries[] = {
        {.sql = "SAVEPOINT pgdeck_look"},
        {.sql = "SELECT pg_catalog.set_config('role', 'none', true)"},
        {.sql = "SELECT pg_catalog.set_config('search_path', '', true)"},
    };
    TALLOC_CTX *memory = talloc_new(NULL);
    bool ok = connection_pipeline(memory, connection, queries, countof(queries), NULL, error);
    talloc_free(memory);
    return ok;
}

bool look_end(struct connection *connection, struct error *error)
{
    struct query queries[] = {{.sql = "ROLLBACK TO SAVEPOINT pgdeck_look"}, {.sql = "RELEASE SAVEPOINT pgdeck_look"}};
    TALLOC_CTX *memory = talloc_new(NULL);
    bool ok = connection_pipeline(memory, connection, queries, countof(queries), NULL, error);
    talloc_free(memory);
    return ok;
}

static struct look_relation *bind_relations(struct result *result, size_t *count, struct error *error)
{
    static const struct column columns[] = {
        COLUMN(struct look_relation, oid),
        COLUMN(struct look_relation, kind),
        COLUMN(struct look_relation, name),
        COLUMN(struct look_relation, xid),
    };
    return result_bind(result, columns, countof(columns), sizeof(struct look_relation), count, error);
}

static struct look_relation *read_relations(TALLOC_CTX *owner, struct connection *connection,
                                            struct parameters parameters, const char *sql, size_t *count,
                                            struct error *error)
{
    struct result *result = connection_query(owner, connection, parameters, error, sql);
    return result ? bind_relations(result, count, error) : NULL;
}

static bool bind_glance(struct result *result, struct look_glance *glance, struct error *error)
{
    size_t count = 0;
    struct look_relation *rows = bind_relations(result, &count, error);
    if (rows)
        *glance = (struct look_glance){.xid = rows[0].xid, .relations = rows + 1, .count = count - 1};
    return rows;
}

bool look_glance(TALLOC_CTX *owner, struct connection *connection, struct look_glance *glance, struct error *error)
{
    struct result *result = connection_query(owner, connection, NO_PARAMETERS, error, sql_twice_glance);
    return result && bind_glance(result, glance, error);
}

bool look_last(TALLOC_CTX *owner, struct connection *connection, struct look_glance *glance, struct error *error)
{
    struct query queries[] = {
        {.sql = "SET CONSTRAINTS ALL IMMEDIATE"},
        {.sql = "SELECT pg_catalog.set_config('role', 'none', true)"},
        {.sql = "SELECT pg_catalog.set_config('search_path', '', true)"},
        {.sql = sql_twice_glance},
    };
    return connection_pipeline(owner, connection, queries, countof(queries), NULL, error) &&
           bind_glance(queries[3].result, glance, error);
}

bool look_touched(TALLOC_CTX *owner, struct connection *connection, struct look_glance *glance, struct error *error)
{
    struct look_glance touched = {.xid = -1};
    touched.relations = read_relations(owner, connection, NO_PARAMETERS, sql_twice_touched, &touched.count, error);
    if (touched.relations)
        *glance = touched;
    return touched.relations;
}

bool look_all(TALLOC_CTX *owner, struct connection *connection, const char *kinds, struct look_glance *glance,
              struct error *error)
{
    struct look_glance all = {.xid = -1};
    all.relations = read_relations(owner, connection, PARAMETERS(kinds), sql_twice_relations, &all.count, error);
    if (all.relations)
        *glance = all;
    return all.relations;
}

const struct query look_first = {.sql = sql_twice_counts};

/* ---- sequences ---- */

bool look_sequences(TALLOC_CTX *owner, struct connection *connection, const struct look_glance *glance,
                    struct look_sequences *sequences, struct error *error)
{
    static const struct column columns[] = {
        COLUMN(struct look_sequence, oid),
        COLUMN(struct look_sequence, name),
        COLUMN(struct look_sequence, last_value),
        COLUMN(struct look_sequence, is_called),
    };
    char *sql = NULL;
    *sequences = (struct look_sequences){0};
    for (size_t i = 0; i < glance->count; i++)
        if (*glance->relations[i].kind == 'S')
            sql = talloc_asprintf_append_buffer(
                sql ? sql : talloc_strdup(owner, ""),
                "%sSELECT %" PRId64 "::bigint AS oid, NULL::text AS name, last_value::bigint, is_called FROM %s",
                sql ? " UNION ALL " : "", glance->relations[i].oid, glance->relations[i].name);
    if (!sql)
        return true;
    struct result *result = connection_query(owner, connection, NO_PARAMETERS, error, sql);
    sequences->items =
        result ? result_bind(result, columns, countof(columns), sizeof *sequences->items, &sequences->count, error)
               : NULL;
    for (size_t i = 0; sequences->items && i < sequences->count; i++)
        for (size_t j = 0; j < glance->count; j++)
            if (glance->relations[j].oid == sequences->items[i].oid)
                sequences->items[i].name = glance->relations[j].name;
    return sequences->items != NULL;
}

const struct look_sequence *look_find_sequence(const struct look_sequences *sequences, int64_t oid)
{
    for (size_t i = 0; i < sequences->count; i++)
        if (sequences->items[i].oid == oid)
            return &sequences->items[i];
    return NULL;
}

/* ---- the catalog ---- */

/* What a row of a system table is compared by. PLAIN: all of it. RELATION: without estimates and ages. NAMED: without
 * its oid, for it holds nothing that a new one would not. Dependencies follow from the rest. */
enum shape { SHAPE_PLAIN, SHAPE_RELATION, SHAPE_NAMED };
static const struct {
    const char *name;
    enum shape shape;
} system_tables[] = {
    {"pg_class", SHAPE_RELATION},       {"pg_attribute", SHAPE_PLAIN},
    {"pg_type", SHAPE_PLAIN},           {"pg_namespace", SHAPE_PLAIN},
    {"pg_sequence", SHAPE_PLAIN},       {"pg_index", SHAPE_PLAIN},
    {"pg_inherits", SHAPE_PLAIN},       {"pg_partitioned_table", SHAPE_PLAIN},
    {"pg_attrdef", SHAPE_NAMED},        {"pg_constraint", SHAPE_NAMED},
    {"pg_enum", SHAPE_NAMED},           {"pg_proc", SHAPE_NAMED},
    {"pg_aggregate", SHAPE_PLAIN},      {"pg_trigger", SHAPE_NAMED},
    {"pg_rewrite", SHAPE_NAMED},        {"pg_policy", SHAPE_NAMED},
    {"pg_description", SHAPE_PLAIN},    {"pg_extension", SHAPE_PLAIN},
    {"pg_default_acl", SHAPE_NAMED},    {"pg_event_trigger", SHAPE_NAMED},
    {"pg_publication", SHAPE_PLAIN},    {"pg_publication_rel", SHAPE_NAMED},
    {"pg_statistic_ext", SHAPE_NAMED},  {"pg_operator", SHAPE_NAMED},
    {"pg_opclass", SHAPE_NAMED},        {"pg_opfamily", SHAPE_NAMED},
    {"pg_amop", SHAPE_NAMED},           {"pg_amproc", SHAPE_NAMED},
    {"pg_cast", SHAPE_NAMED},           {"pg_collation", SHAPE_NAMED},
    {"pg_conversion", SHAPE_NAMED},     {"pg_foreign_data_wrapper", SHAPE_NAMED},
    {"pg_foreign_server", SHAPE_NAMED}, {"pg_foreign_table", SHAPE_PLAIN},
    {"pg_language", SHAPE_NAMED},       {"pg_range", SHAPE_PLAIN},
    {"pg_transform", SHAPE_NAMED},      {"pg_ts_config", SHAPE_NAMED},
    {"pg_ts_config_map", SHAPE_PLAIN},  {"pg_ts_dict", SHAPE_NAMED},
};

static const char *const shapes[] = {
    [SHAPE_PLAIN] = "t::text",
    [SHAPE_RELATION] = "(pg_catalog.to_jsonb(t) - '{relpages,reltuples,relallvisible,relallfrozen,relfrozenxid,"
                       "relminmxid}'::text[])::text",
    [SHAPE_NAMED] = "(pg_catalog.to_jsonb(t) - 'oid')::text",
};

static bool is_written(const struct look_glance *glance, const char *name)
{
    for (size_t i = 0; i < glance->count; i++)
        if (*glance->relations[i].kind == 'c' && !strcmp(glance->relations[i].name, name))
            return true;
    return false;
}

/* $1: the transaction's number. A row version of a later number is its, or one of its savepoints. NULL: it has written
 * to none of them. */
static const char *catalog_sql(TALLOC_CTX *owner, const struct look_glance *glance, enum look_side side)
{
    char *lines = NULL;
    for (size_t i = 0; i < countof(system_tables); i++)
        if (is_written(glance, system_tables[i].name))
            lines = talloc_asprintf_append_buffer(
                lines ? lines : talloc_strdup(owner, ""),
                "%sSELECT pg_catalog.concat('%s ', pg_catalog.count(*), ' ', pg_catalog.md5(pg_catalog.string_agg(%s, "
                "E'\\n' ORDER BY %s COLLATE \"C\") FILTER (WHERE pg_catalog.age(t.%s) <= pg_catalog.age($1::text::xid))"
                ")) AS line FROM pg_catalog.%s AS t",
                lines ? " UNION ALL " : "", system_tables[i].name, shapes[system_tables[i].shape],
                shapes[system_tables[i].shape], side == LOOK_WITHIN ? "xmin" : "xmax", system_tables[i].name);
    return lines ? talloc_asprintf(owner, "SELECT pg_catalog.string_agg(line, E'\\n') FROM (%s) AS lines", lines)
                 : NULL;
}

static bool read_catalog(TALLOC_CTX *owner, struct connection *connection, const struct look_glance *glance,
                         enum look_side side, struct look_state *state, struct error *error)
{
    char *number = talloc_asprintf(owner, "%" PRId64, glance->xid);
    const char *sql = catalog_sql(owner, glance, side);
    if (!sql)
        return true;
    struct result *result = connection_query(owner, connection, PARAMETERS(number), error, sql);
    if (result)
        state->catalog = result_value(result);
    return result && state->catalog;
}

/* ---- rows ---- */

/* Names as they are now: behind a ROLLBACK others than inside. */
static struct look_relation *find_tables(TALLOC_CTX *owner, struct connection *connection,
                                         const struct look_glance *glance, size_t *count, struct error *error)
{
    static const char sql[] =
        "SELECT c.oid::bigint AS oid, c.relkind::text AS kind, pg_catalog.format('%I.%I', n.nspname, c.relname) AS "
        "name, 0::bigint AS xid FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = "
        "c.relnamespace WHERE c.oid = ANY ($1::oid[]) AND c.relkind = 'r' ORDER BY c.oid";
    char *oids = talloc_strdup(owner, "{");
    size_t listed = 0;
    for (size_t i = 0; i < glance->count; i++)
        if (*glance->relations[i].kind == 'r')
            oids = talloc_asprintf_append_buffer(oids, "%s%" PRId64, listed++ ? "," : "", glance->relations[i].oid);
    oids = talloc_strdup_append_buffer(oids, "}");
    return read_relations(owner, connection, PARAMETERS(oids), sql, count, error);
}

static const char *rows_sql(TALLOC_CTX *owner, const struct look_relation *tables, size_t count)
{
    char *sql = talloc_strdup(owner, "");
    for (size_t i = 0; i < count; i++)
        sql = talloc_asprintf_append_buffer(
            sql,
            "%sSELECT %" PRId64 "::bigint AS oid, NULL::text AS name, pg_catalog.count(*) AS total, "
            "coalesce(pg_catalog.sum(pg_catalog.hashtextextended((pgdeck_row.*)::text, 0)), 0)::text AS digest "
            "FROM ONLY %s AS pgdeck_row",
            i ? " UNION ALL " : "", tables[i].oid, tables[i].name);
    return sql;
}

static bool read_batch(TALLOC_CTX *owner, struct connection *connection, const struct look_relation *tables,
                       size_t count, struct look_state *state, struct error *error)
{
    static const struct column columns[] = {
        COLUMN(struct look_rows, oid),
        COLUMN(struct look_rows, name),
        COLUMN(struct look_rows, total),
        COLUMN(struct look_rows, digest),
    };
    size_t read = 0;
    struct result *result = connection_query(owner, connection, NO_PARAMETERS, error, rows_sql(owner, tables, count));
    struct look_rows *rows = result ? result_bind(result, columns, countof(columns), sizeof *rows, &read, error) : NULL;
    for (size_t i = 0; rows && i < read && i < count; i++) {
        rows[i].name = tables[i].name;
        state->tables[state->table_count++] = rows[i];
    }
    return rows != NULL;
}

static bool has_table(const struct look_glance *glance)
{
    for (size_t i = 0; i < glance->count; i++)
        if (*glance->relations[i].kind == 'r')
            return true;
    return false;
}

static bool read_rows(TALLOC_CTX *owner, struct connection *connection, const struct look_glance *glance,
                      struct look_state *state, struct error *error)
{
    size_t count = 0;
    if (!has_table(glance))
        return true;
    struct look_relation *tables = find_tables(owner, connection, glance, &count, error);
    if (!tables)
        return false;
    state->tables = talloc_zero_array(owner, struct look_rows, (unsigned)count + 1);
    bool ok = true;
    for (size_t i = 0; ok && i < count; i += BATCH)
        ok = read_batch(owner, connection, tables + i, count - i < BATCH ? count - i : BATCH, state, error);
    return ok;
}

bool look_state(TALLOC_CTX *owner, struct connection *connection, const struct look_glance *glance, enum look_side side,
                struct look_state *state, struct error *error)
{
    *state = (struct look_state){.catalog = ""};
    return (glance->xid < 0 || read_catalog(owner, connection, glance, side, state, error)) &&
           read_rows(owner, connection, glance, state, error);
}

const struct look_rows *look_find_rows(const struct look_state *state, int64_t oid)
{
    for (size_t i = 0; i < state->table_count; i++)
        if (state->tables[i].oid == oid)
            return &state->tables[i];
    return NULL;
}

bool look_is_same(const struct look_state *one, const struct look_state *other)
{
    bool is_same = !strcmp(one->catalog, other->catalog) && one->table_count == other->table_count;
    for (size_t i = 0; is_same && i < one->table_count; i++)
        is_same = one->tables[i].oid == other->tables[i].oid && one->tables[i].total == other->tables[i].total &&
                  !strcmp(one->tables[i].digest, other->tables[i].digest);
    return is_same;
}

/* ---- files ---- */

bool look_files(TALLOC_CTX *owner, struct connection *connection, struct look_files *files, struct error *error)
{
    static const struct column columns[] = {
        COLUMN(struct look_file, oid),
        COLUMN(struct look_file, name),
        COLUMN(struct look_file, file),
    };
    struct result *result = connection_query(owner, connection, NO_PARAMETERS, error, sql_twice_files);
    struct look_files read = {0};
    read.items = result ? result_bind(result, columns, countof(columns), sizeof *read.items, &read.count, error) : NULL;
    if (read.items)
        *files = read;
    return read.items != NULL;
}

const struct look_file *look_find_file(const struct look_files *files, int64_t oid)
{
    for (size_t i = 0; i < files->count; i++)
        if (files->items[i].oid == oid)
            return &files->items[i];
    return NULL;
}
