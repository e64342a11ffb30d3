/* See sequences.h. What a sequence holds stands in the sequence alone, as in a table of one row: they are asked a
 * hundred at a time. */
#include "migrate/baseline/sequences.h"

extern const char sql_row_sequences[];

enum { BATCH = 100 };

struct state_row {
    int64_t place, last_value;
    bool is_called;
};

static bool read_list(struct sequence_set *set, struct connection *connection, struct error *error)
{
    static const struct column columns[] = {
        COLUMN(struct sequence_state, oid),           COLUMN(struct sequence_state, identity),
        COLUMN(struct sequence_state, start),         COLUMN(struct sequence_state, increment),
        COLUMN(struct sequence_state, table_oid),     COLUMN(struct sequence_state, table_identity),
        COLUMN(struct sequence_state, column_quoted),
    };
    struct result *result = connection_query(set, connection, NO_PARAMETERS, error, sql_row_sequences);
    set->items = result ? result_bind(result, columns, countof(columns), sizeof *set->items, &set->count, error) : NULL;
    return set->items != NULL;
}

void sequences_keep(struct sequence_set *set, const struct snapshot *snapshot)
{
    size_t kept = 0;
    for (size_t i = 0; i < set->count; i++) {
        const struct sequence_state *state = &set->items[i];
        if (snapshot_find(snapshot, KIND_sequence, state->identity) ||
            (state->table_oid && snapshot_find(snapshot, KIND_table, state->table_identity)))
            set->items[kept++] = *state;
    }
    set->count = kept;
}

static const char *select_states(TALLOC_CTX *owner, const struct sequence_set *set, size_t first)
{
    char *sql = talloc_strdup(owner, "");
    for (size_t i = first; i < set->count && i < first + BATCH; i++)
        sql = talloc_asprintf_append_buffer(sql, "%sSELECT %zu::bigint AS place, last_value::bigint, is_called FROM %s",
                                            i > first ? " UNION ALL " : "", i, set->items[i].identity);
    return sql;
}

static bool bind_states(struct sequence_set *set, struct result *result, struct error *error)
{
    static const struct column columns[] = {
        COLUMN(struct state_row, place),
        COLUMN(struct state_row, last_value),
        COLUMN(struct state_row, is_called),
    };
    size_t count;
    const struct state_row *rows = result_bind(result, columns, countof(columns), sizeof *rows, &count, error);
    for (size_t i = 0; rows && i < count; i++) {
        set->items[rows[i].place].last_value = rows[i].last_value;
        set->items[rows[i].place].is_called = rows[i].is_called;
    }
    return rows != NULL;
}

static bool read_states(struct sequence_set *set, struct connection *connection, struct error *error)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    size_t count = (set->count + BATCH - 1) / BATCH;
    struct query *queries = talloc_zero_array(memory, struct query, (unsigned)count + 1);
    for (size_t i = 0; i < count; i++)
        queries[i].sql = select_states(memory, set, i * BATCH);
    bool ok = !count || connection_pipeline(memory, connection, queries, count, NULL, error);
    for (size_t i = 0; i < count && ok; i++)
        ok = bind_states(set, queries[i].result, error);
    talloc_free(memory);
    return ok;
}

struct sequence_set *sequences_read(TALLOC_CTX *owner, struct connection *connection, struct error *error)
{
    struct sequence_set *set = talloc_zero(owner, struct sequence_set);
    if (!read_list(set, connection, error) || !read_states(set, connection, error))
        TALLOC_FREE(set);
    return set;
}

static int compare_identities(const void *key, const void *state)
{
    return strcmp(key, ((const struct sequence_state *)state)->identity);
}

const struct sequence_state *sequences_find(const struct sequence_set *set, const char *identity)
{
    return set->count ? bsearch(identity, set->items, set->count, sizeof *set->items, compare_identities) : NULL;
}

int64_t sequences_next(const struct sequence_state *state)
{
    int64_t next;
    if (!state->is_called || __builtin_add_overflow(state->last_value, state->increment, &next))
        return state->last_value;
    return next;
}

bool sequences_is_fresh(const struct sequence_state *state)
{
    return !state->is_called && state->last_value == state->start;
}
