/* See pairing.h. */
#include "migrate/baseline/pairing.h"

/* A row by the values that are compared: their lengths and bytes, so that no two differ and look the same. */
struct entry {
    const char *text;
    size_t size_bytes, row;
};

struct entries {
    struct entry *items;
    size_t count;
};

static void *array_of(TALLOC_CTX *owner, size_t count, size_t size_bytes)
{
    void *array = talloc_zero_size(owner, (count + 1) * size_bytes);
    if (!array)
        abort();
    return array;
}

struct pairing *pairing_new(TALLOC_CTX *owner, const struct row_table *left, const struct row_table *right)
{
    struct pairing *pairing = talloc_zero(owner, struct pairing);
    *pairing = (struct pairing){left, right, array_of(pairing, left->count, sizeof *pairing->of_left),
                                array_of(pairing, right->count, sizeof *pairing->of_right)};
    for (size_t i = 0; i < left->count; i++)
        pairing->of_left[i] = PAIR_NONE;
    for (size_t i = 0; i < right->count; i++)
        pairing->of_right[i] = PAIR_NONE;
    return pairing;
}

/* ---- by values ---- */

static int compare_entries(const void *one, const void *other)
{
    const struct entry *a = one, *b = other;
    size_t size = a->size_bytes < b->size_bytes ? a->size_bytes : b->size_bytes;
    int order = memcmp(a->text, b->text, size);
    order = order ? order : (a->size_bytes > b->size_bytes) - (a->size_bytes < b->size_bytes);
    return order ? order : (a->row > b->row) - (a->row < b->row);
}

static bool is_equal(const struct entry *one, const struct entry *other)
{
    return one->size_bytes == other->size_bytes && !memcmp(one->text, other->text, one->size_bytes);
}

/* False where a value is NULL and such rows are passed over. */
static bool fill(struct entry *entry, TALLOC_CTX *owner, const struct row_table *table, size_t row,
                 const size_t *columns, size_t count, enum pairing_nulls nulls)
{
    char *text = talloc_strdup(owner, "");
    for (size_t i = 0; i < count; i++) {
        const char *value = rows_cell(table, row, columns[i]);
        if (!value && nulls == NULLS_PASS)
            return false;
        text = value ? talloc_asprintf_append_buffer(text, "%zu:%s", strlen(value), value)
                     : talloc_strdup_append_buffer(text, "-");
    }
    *entry = (struct entry){text, strlen(text), row};
    return true;
}

static struct entries gather(TALLOC_CTX *owner, const struct row_table *table, const size_t *pairs,
                             const bool *is_wanted, const size_t *columns, size_t count, enum pairing_nulls nulls)
{
    struct entries entries = {array_of(owner, table->count, sizeof(struct entry)), 0};
    for (size_t row = 0; row < table->count; row++)
        if (pairs[row] == PAIR_NONE && (!is_wanted || is_wanted[row]) &&
            fill(&entries.items[entries.count], owner, table, row, columns, count, nulls))
            entries.count++;
    qsort(entries.items, entries.count, sizeof *entries.items, compare_entries);
    return entries;
}

void pairing_by_values(struct pairing *pairing, const struct pairing_columns *columns, enum pairing_nulls nulls,
                       const bool *is_wanted)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    struct entries left =
        gather(memory, pairing->left, pairing->of_left, is_wanted, columns->left, columns->count, nulls);
    struct entries right =
        gather(memory, pairing->right, pairing->of_right, NULL, columns->right, columns->count, nulls);
    for (size_t i = 0, j = 0; i < left.count && j < right.count;) {
        struct entry *one = &left.items[i], *other = &right.items[j];
        if (is_equal(one, other)) {
            pairing->of_left[one->row] = other->row;
            pairing->of_right[other->row] = one->row;
            i++;
            j++;
        } else if (compare_entries(one, other) < 0) {
            i++;
        } else {
            j++;
        }
    }
    talloc_free(memory);
}

/* ---- by order ---- */

static size_t next_alone(const size_t *pairs, size_t row, size_t count)
{
    while (row < count && pairs[row] != PAIR_NONE)
        row++;
    return row;
}

static size_t count_alone(const size_t *pairs, size_t count)
{
    size_t alone = 0;
    for (size_t row = 0; row < count; row++)
        alone += pairs[row] == PAIR_NONE;
    return alone;
}

bool pairing_by_order(struct pairing *pairing)
{
    size_t left_count = pairing->left->count, right_count = pairing->right->count;
    if (count_alone(pairing->of_left, left_count) != count_alone(pairing->of_right, right_count))
        return false;
    for (size_t i = next_alone(pairing->of_left, 0, left_count), j = 0; i < left_count;
         i = next_alone(pairing->of_left, i, left_count)) {
        j = next_alone(pairing->of_right, j, right_count);
        pairing->of_left[i] = j;
        pairing->of_right[j] = i;
    }
    return true;
}
