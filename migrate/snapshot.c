/* See snapshot.h. Here: the transaction, the queries, binding. What is left out: snapshot/provenance.c; who is whose
 * parent and what depends on what: snapshot/links.c. */
#include "migrate/snapshot.h"

#include "migrate/snapshot/links.h"
#include "migrate/snapshot/provenance.h"
#include "store/transaction.h"

extern const char sql_snapshot_settings[], sql_depend[], sql_casts[], sql_left_out[], sql_not_modelled[];

/* Queries that every snapshot asks besides those of the kinds. */
enum { EXTRA_SETTINGS, EXTRA_DEPEND, EXTRA_CASTS, EXTRA_LEFT_OUT, EXTRA_NOT_MODELLED, EXTRA_COUNT };

/* All rows of one kind, as bound. */
struct rows {
    char *items;
    size_t count;
};

struct reading {
    struct snapshot *snapshot;
    const struct snapshot_options *options;
    struct rows rows[KIND_COUNT];
    struct link_edge *edges;
    size_t edge_count;
};

static const char *kind_sql(const struct kind *kind, int server_version)
{
    const struct kind_query *query = kind->queries;
    while (query->sql && query->server_version > server_version)
        query++;
    return query->sql;
}

static bool is_wanted(const struct snapshot_options *options, size_t kind)
{
    return !options->only || options->only[kind];
}

/* ---- binding ---- */

static bool bind_kind(struct reading *reading, size_t id, struct result *result, struct error *error)
{
    static const struct column base[] = {
        COLUMN(struct object, identity),  COLUMN(struct object, name),    COLUMN(struct object, parent),
        COLUMN(struct object, schema),    COLUMN(struct object, comment), COLUMN(struct object, class_id),
        COLUMN(struct object, object_id), COLUMN(struct object, sub_id),
    };
    const struct kind *kind = kinds[id];
    struct column columns[countof(base) + 62];
    memcpy(columns, base, sizeof base);
    for (size_t i = 0; i < kind->field_count; i++)
        columns[countof(base) + i] =
            (struct column){.name = kind->fields[i].name, .type = COLUMN_TEXT, .offset = kind->fields[i].offset};
    struct rows *rows = &reading->rows[id];
    rows->items =
        result_bind(result, columns, countof(base) + kind->field_count, kind->size_bytes, &rows->count, error);
    return rows->items || error_prefix(error, "%s", kind->name);
}

static bool bind_counts(struct snapshot *snapshot, struct query *extra, struct error *error)
{
    static const struct column columns[] = {
        COLUMN(struct snapshot_count, what),
        COLUMN(struct snapshot_count, count),
        COLUMN(struct snapshot_count, example),
    };
    snapshot->left_out = result_bind(extra[EXTRA_LEFT_OUT].result, columns, countof(columns),
                                     sizeof *snapshot->left_out, &snapshot->left_out_count, error);
    snapshot->not_modelled = snapshot->left_out
                                 ? result_bind(extra[EXTRA_NOT_MODELLED].result, columns, countof(columns),
                                               sizeof *snapshot->not_modelled, &snapshot->not_modelled_count, error)
                                 : NULL;
    return snapshot->not_modelled != NULL;
}

static int compare_casts(const void *one, const void *other)
{
    const struct snapshot_cast *a = one, *b = other;
    int order = strcmp(a->from, b->from);
    return order ? order : strcmp(a->to, b->to);
}

static bool bind_extra(struct reading *reading, struct query *extra, struct error *error)
{
    static const struct column cast_columns[] = {
        COLUMN(struct snapshot_cast, from),
        COLUMN(struct snapshot_cast, to),
        COLUMN(struct snapshot_cast, is_assignment),
    };
    struct snapshot *snapshot = reading->snapshot;
    reading->edges = links_bind(extra[EXTRA_DEPEND].result, &reading->edge_count, error);
    if (!reading->edges || !bind_counts(snapshot, extra, error))
        return false;
    snapshot->casts = result_bind(extra[EXTRA_CASTS].result, cast_columns, countof(cast_columns),
                                  sizeof *snapshot->casts, &snapshot->cast_count, error);
    if (!snapshot->casts)
        return false;
    qsort(snapshot->casts, snapshot->cast_count, sizeof *snapshot->casts, compare_casts);
    return true;
}

/* ---- asking ---- */

static bool read_catalog(struct connection *connection, void *argument, struct error *error)
{
    struct reading *reading = argument;
    struct query queries[EXTRA_COUNT + KIND_COUNT] = {
        [EXTRA_SETTINGS] = {.sql = sql_snapshot_settings},
        [EXTRA_DEPEND] = {.sql = sql_depend},
        [EXTRA_CASTS] = {.sql = sql_casts},
        [EXTRA_LEFT_OUT] = {.sql = sql_left_out},
        [EXTRA_NOT_MODELLED] = {.sql = sql_not_modelled},
    };
    size_t ids[KIND_COUNT], count = reading->options->only ? EXTRA_SETTINGS + 1 : EXTRA_COUNT, first = count;
    for (size_t id = 0; id < KIND_COUNT; id++)
        if (is_wanted(reading->options, id)) {
            ids[count - first] = id;
            queries[count++] = (struct query){.sql = kind_sql(kinds[id], reading->snapshot->server_version)};
        }
    size_t failed = 0;
    if (!connection_pipeline(reading->snapshot, connection, queries, count, &failed, error)) {
        if (failed >= first && failed < count)
            error_prefix(error, "reading the catalog for %s", kinds[ids[failed - first]]->name);
        return false;
    }
    for (size_t i = first; i < count; i++)
        if (!bind_kind(reading, ids[i - first], queries[i].result, error))
            return false;
    return reading->options->only || bind_extra(reading, queries, error);
}

/* ---- putting together ---- */

static int compare_objects(const void *one, const void *other)
{
    const struct object *a = *(struct object *const *)one, *b = *(struct object *const *)other;
    return strcmp(a->identity, b->identity);
}

static void collect(struct reading *reading)
{
    struct snapshot *snapshot = reading->snapshot;
    size_t count = 0;
    for (size_t id = 0; id < KIND_COUNT; id++)
        count += reading->rows[id].count;
    snapshot->objects = talloc_zero_size(snapshot, (count + 1) * sizeof *snapshot->objects);
    if (!snapshot->objects)
        abort();
    for (size_t id = 0; id < KIND_COUNT; id++) {
        const struct rows *rows = &reading->rows[id];
        snapshot->first[id] = snapshot->count;
        for (size_t i = 0; i < rows->count; i++) {
            struct object *object = (struct object *)(void *)(rows->items + i * kinds[id]->size_bytes);
            object->kind = kinds[id];
            snapshot->objects[snapshot->count++] = object;
        }
        qsort(snapshot->objects + snapshot->first[id], rows->count, sizeof *snapshot->objects, compare_objects);
    }
    snapshot->first[KIND_COUNT] = snapshot->count;
    snapshot_number(snapshot);
}

void snapshot_number(struct snapshot *snapshot)
{
    for (size_t i = 0; i < snapshot->count; i++)
        snapshot->objects[i]->position = i;
}

/* DDL of others may come in between, and a deparse function then misses what the snapshot still has. */
static bool was_disturbed(const struct error *error)
{
    return error_is_sqlstate(error, "XX000") || error_is_sqlstate(error, "42P01") ||
           error_is_sqlstate(error, "42704") || error_is_sqlstate(error, "42883") || error_is_sqlstate(error, "42703");
}

/* The settings of the reading end with the savepoint. */
static bool take_within(struct reading *reading, struct connection *connection, struct error *error)
{
    struct error *more = error_new(NULL);
    bool ok = connection_execute(connection, NO_PARAMETERS, error, "SAVEPOINT pgdeck_snapshot") &&
              read_catalog(connection, reading, error);
    if (!connection_execute(connection, NO_PARAMETERS, more, "ROLLBACK TO SAVEPOINT pgdeck_snapshot") && ok) {
        error_copy(error, more);
        ok = false;
    }
    talloc_free(more);
    return ok && connection_execute(connection, NO_PARAMETERS, error, "RELEASE SAVEPOINT pgdeck_snapshot");
}

static bool take(struct reading *reading, struct connection *connection, struct error *error)
{
    if (connection_state(connection) == STATE_IN_TRANSACTION)
        return take_within(reading, connection, error);
    const struct transaction_options transaction = {.mode = TRANSACTION_SNAPSHOT, .attempts = 2};
    for (int attempt = 1;; attempt++) {
        memset(reading->rows, 0, sizeof reading->rows);
        if (transaction_run(connection, &transaction, read_catalog, reading, error))
            return true;
        if (attempt == 2 || !was_disturbed(error) || error->is_connection_lost)
            return false;
        error_clear(error);
    }
}

struct snapshot *snapshot_take(TALLOC_CTX *owner, struct connection *connection, const struct snapshot_options *options,
                               struct error *error)
{
    struct snapshot *snapshot = snapshot_empty(owner, connection_server_version(connection));
    struct reading reading = {.snapshot = snapshot, .options = options};
    if (!take(&reading, connection, error)) {
        talloc_free(snapshot);
        return NULL;
    }
    collect(&reading);
    links_find_parents(snapshot);
    provenance_leave_out(snapshot, options->settings, reading.edges, reading.edge_count);
    links_find_dependencies(snapshot, reading.edges, reading.edge_count);
    return snapshot;
}

struct snapshot *snapshot_empty(TALLOC_CTX *owner, int server_version)
{
    struct snapshot *snapshot = talloc_zero(owner, struct snapshot);
    if (!snapshot)
        abort();
    snapshot->server_version = server_version;
    return snapshot;
}

struct object *snapshot_find(const struct snapshot *snapshot, enum kind_id kind, const char *identity)
{
    struct object key = {.identity = identity}, *pointer = &key;
    size_t first = snapshot->first[kind], count = snapshot->first[kind + 1] - first;
    if (!count)
        return NULL;
    struct object **found =
        bsearch(&pointer, snapshot->objects + first, count, sizeof *snapshot->objects, compare_objects);
    return found ? *found : NULL;
}
