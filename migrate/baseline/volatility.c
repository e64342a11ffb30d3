/* See volatility.h. */
#include "migrate/baseline/volatility.h"

#include "migrate/kind.h"

bool volatility_has(const struct volatile_table *volatile_table, size_t row, size_t column)
{
    return volatile_table->cells[row * volatile_table->table->column_count + column];
}

static void *array_of(TALLOC_CTX *owner, size_t count, size_t size_bytes)
{
    void *array = talloc_zero_size(owner, (count + 1) * size_bytes);
    if (!array)
        abort();
    return array;
}

/* A day, or its midnight. */
static bool is_day(const char *value, const char *const *days)
{
    enum { DAY_BYTES = 10 };
    if (!value || strlen(value) < DAY_BYTES)
        return false;
    const char *rest = value + DAY_BYTES;
    if (*rest && strcmp(rest, " 00:00:00") != 0 && strcmp(rest, " 00:00:00+00") != 0)
        return false;
    for (size_t i = 0; days[i]; i++)
        if (!strncmp(value, days[i], DAY_BYTES))
            return true;
    return false;
}

/* ---- rows of both replays ---- */

static struct pairing_columns same_places(TALLOC_CTX *owner, const size_t *columns, size_t count)
{
    struct pairing_columns result = {array_of(owner, count, sizeof(size_t)), array_of(owner, count, sizeof(size_t)),
                                     count};
    for (size_t i = 0; i < count; i++)
        result.left[i] = result.right[i] = columns ? columns[i] : i;
    return result;
}

/* By the key where it stays the same; then whole rows; what is left lies in the same order on both sides. */
static struct pairing *pair(TALLOC_CTX *owner, const struct row_table *one, const struct row_table *twin)
{
    struct pairing *pairing = pairing_new(owner, one, twin);
    TALLOC_CTX *memory = talloc_new(NULL);
    struct pairing_columns columns;
    if (one->key_count) {
        columns = same_places(memory, one->keys[0].columns, one->keys[0].count);
        pairing_by_values(pairing, &columns, NULLS_PASS, NULL);
    }
    columns = same_places(memory, NULL, one->column_count);
    pairing_by_values(pairing, &columns, NULLS_PAIR, NULL);
    pairing_by_order(pairing);
    talloc_free(memory);
    return pairing;
}

static void compare_row(struct volatile_table *found, const struct row_table *twin, size_t row)
{
    const struct row_table *table = found->table;
    size_t other = found->pairing->of_left[row];
    if (other == PAIR_NONE) {
        found->is_stray[row] = found->has_stray = true;
        return;
    }
    for (size_t i = 0; i < table->column_count; i++)
        if (!kind_same_text(rows_cell(table, row, i), rows_cell(twin, other, i)))
            found->cells[row * table->column_count + i] = true;
}

/* Whether the values of both can be laid side by side: replays of files that make tables by chance may not. */
static bool has_same_columns(const struct row_table *one, const struct row_table *twin)
{
    if (one->column_count != twin->column_count)
        return false;
    for (size_t i = 0; i < one->column_count; i++)
        if (strcmp(one->columns[i].name, twin->columns[i].name) != 0)
            return false;
    return true;
}

static void compare_with(struct volatile_table *found, TALLOC_CTX *owner, const struct row_table *twin)
{
    const struct row_table *table = found->table;
    if (!twin || !twin->cells || !has_same_columns(table, twin)) {
        found->has_stray = true;
        for (size_t row = 0; row < table->count; row++)
            found->is_stray[row] = true;
        return;
    }
    found->pairing = pair(owner, table, twin);
    found->has_stray = table->count != twin->count;
    for (size_t row = 0; row < table->count; row++)
        compare_row(found, twin, row);
}

static void find_days(struct volatile_table *found, const char *const *days)
{
    const struct row_table *table = found->table;
    for (size_t i = 0; i < table->column_count; i++) {
        if (strcmp(table->columns[i].category, "D") != 0)
            continue;
        for (size_t row = 0; row < table->count; row++)
            if (is_day(rows_cell(table, row, i), days))
                found->cells[row * table->column_count + i] = true;
    }
}

struct volatility *volatility_find(TALLOC_CTX *owner, const struct row_set *one, const struct row_set *twin,
                                   const char *const *days)
{
    struct volatility *volatility = talloc_zero(owner, struct volatility);
    volatility->count = one->count;
    volatility->tables = array_of(volatility, one->count, sizeof *volatility->tables);
    for (size_t i = 0; i < one->count; i++) {
        struct volatile_table *found = &volatility->tables[i];
        const struct row_table *table = &one->tables[i];
        found->table = table;
        found->cells = array_of(volatility, table->count * table->column_count, sizeof *found->cells);
        found->is_stray = array_of(volatility, table->count, sizeof *found->is_stray);
        if (!table->cells)
            continue;
        if (twin)
            compare_with(found, volatility, rows_find(twin, table->identity));
        find_days(found, days);
    }
    return volatility;
}

const struct volatile_table *volatility_of(const struct volatility *volatility, const struct row_table *table)
{
    for (size_t i = 0; i < volatility->count; i++)
        if (volatility->tables[i].table == table)
            return &volatility->tables[i];
    return NULL;
}
