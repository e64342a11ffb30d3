/* See sequence_compare.h. A sequence that goes on elsewhere does no harm by itself: rows that were removed again leave
 * gaps. It does where it gives a value that a row has already, and where a migration has set its start. */
#include "migrate/baseline/sequence_compare.h"

static bool is_integer(const struct row_column *column)
{
    return column &&
           (!strcmp(column->base, "bigint") || !strcmp(column->base, "integer") || !strcmp(column->base, "smallint"));
}

static const struct row_column *quoted_column(const struct row_table *table, const char *quoted)
{
    for (size_t i = 0; i < table->column_count; i++)
        if (!strcmp(table->columns[i].quoted, quoted))
            return &table->columns[i];
    return NULL;
}

/* Whether a row that the init script leaves has the next value, or one that comes behind it. */
static bool find_collision(const struct sequence_sides *sides, const struct sequence_state *state, bool *collides,
                           struct error *error)
{
    *collides = false;
    const struct row_table *table = state->table_oid ? rows_find(sides->rows, state->table_identity) : NULL;
    if (!table || !is_integer(quoted_column(table, state->column_quoted)))
        return true;
    struct connection *connection = evidence_connection(sides->reading, error);
    if (!connection)
        return false;
    char *sql = talloc_asprintf(NULL, "SELECT pg_catalog.%s(%s)::bigint FROM %s", state->increment > 0 ? "max" : "min",
                                state->column_quoted, state->table_identity);
    struct result *result = connection_query(NULL, connection, NO_PARAMETERS, error, sql);
    const char *value = result ? result_value(result) : NULL;
    if (value) {
        int64_t last = strtoll(value, NULL, 10), next = sequences_next(state);
        *collides = state->increment > 0 ? last >= next : last <= next;
    }
    bool ok = result != NULL;
    talloc_free(result);
    talloc_free(sql);
    return ok;
}

/* Whether another replay leaves it elsewhere, too. */
static bool is_volatile(const struct sequence_sides *sides, const struct sequence_state *state)
{
    if (!sides->twin)
        return known_has_sequence(sides->known, state);
    const struct sequence_state *twin = sequences_find(sides->twin, state->identity);
    return !twin || sequences_next(twin) != sequences_next(state);
}

static bool was_set(const struct sequence_state *state)
{
    return !state->is_called && state->last_value != state->start;
}

static bool compare_one(struct sequence_comparison *comparison, const struct sequence_sides *sides,
                        const struct sequence_state *state, struct error *error)
{
    const struct sequence_state *init = sequences_find(sides->init, state->identity);
    if (!init || sequences_next(init) == sequences_next(state) || is_volatile(sides, state))
        return true;
    struct baseline_sequence *told = &comparison->items[comparison->count];
    if (!find_collision(sides, init, &told->collides, error))
        return false;
    told->sequence = state->identity;
    told->column =
        state->table_oid ? talloc_asprintf(comparison, "%s.%s", state->table_identity, state->column_quoted) : NULL;
    told->init = sequences_next(init);
    told->migrations = sequences_next(state);
    told->is_difference = told->collides || was_set(state);
    comparison->count++;
    comparison->difference_count += told->is_difference;
    return true;
}

struct sequence_comparison *sequence_compare(TALLOC_CTX *owner, const struct sequence_sides *sides, struct error *error)
{
    struct sequence_comparison *comparison = talloc_zero(owner, struct sequence_comparison);
    comparison->items = talloc_zero_array(comparison, struct baseline_sequence, (unsigned)sides->migrations->count + 1);
    for (size_t i = 0; i < sides->migrations->count; i++)
        if (!compare_one(comparison, sides, &sides->migrations->items[i], error)) {
            talloc_free(comparison);
            return NULL;
        }
    return comparison;
}
