/* See known.h. A note is a line of 16 hexadecimal digits for each value. */
#include "migrate/baseline/known.h"

#include <inttypes.h>

#include "store/digest.h"

enum { LINE_BYTES = 17, KNOWN_MOST = 50000 };

static char *add_text(char *text, const char *part)
{
    return part ? talloc_asprintf_append_buffer(text, "%zu:%s", strlen(part), part)
                : talloc_strdup_append_buffer(text, "-");
}

/* Whether the table's first key tells the row from all others. */
static bool has_key(const struct row_table *table, size_t row)
{
    for (size_t i = 0; table->key_count && i < table->keys[0].count; i++)
        if (!rows_cell(table, row, table->keys[0].columns[i]))
            return false;
    return table->key_count > 0;
}

/* A cell by its row's key, else by the whole row: another row may have the same value by its own right. */
static int64_t digest_of_cell(const struct row_table *table, size_t row, size_t column)
{
    char *text = add_text(add_text(talloc_strdup(NULL, ""), table->identity), table->columns[column].name);
    text = add_text(text, rows_cell(table, row, column));
    bool is_keyed = has_key(table, row);
    size_t count = is_keyed ? table->keys[0].count : table->column_count;
    for (size_t i = 0; i < count; i++)
        text = add_text(text, rows_cell(table, row, is_keyed ? table->keys[0].columns[i] : i));
    int64_t digest = digest_key(text, strlen(text));
    talloc_free(text);
    return digest;
}

static int64_t digest_of_sequence(const struct sequence_state *state)
{
    char *text = talloc_asprintf(NULL, "%s %" PRId64, state->identity, sequences_next(state));
    int64_t digest = digest_key(text, strlen(text));
    talloc_free(text);
    return digest;
}

/* ---- reading ---- */

static int compare_digests(const void *one, const void *other)
{
    int64_t a = *(const int64_t *)one, b = *(const int64_t *)other;
    return (a > b) - (a < b);
}

struct known *known_read(TALLOC_CTX *owner, const char *note)
{
    struct known *known = talloc_zero(owner, struct known);
    size_t most = note ? strlen(note) / LINE_BYTES : 0;
    known->digests = talloc_zero_array(known, int64_t, (unsigned)most + 1);
    for (size_t i = 0; i < most; i++)
        known->digests[known->count++] = (int64_t)strtoull(note + i * LINE_BYTES, NULL, 16);
    qsort(known->digests, known->count, sizeof *known->digests, compare_digests);
    return known;
}

static bool has_digest(const struct known *known, int64_t digest)
{
    return known->count &&
           bsearch(&digest, known->digests, known->count, sizeof *known->digests, compare_digests) != NULL;
}

bool known_has_sequence(const struct known *known, const struct sequence_state *state)
{
    return known->count && has_digest(known, digest_of_sequence(state));
}

static void mark_table(const struct known *known, struct volatile_table *found)
{
    const struct row_table *table = found->table;
    for (size_t row = 0; row < table->count; row++)
        for (size_t i = 0; i < table->column_count; i++)
            if (rows_cell(table, row, i) && has_digest(known, digest_of_cell(table, row, i)))
                found->cells[row * table->column_count + i] = true;
}

void known_mark(const struct known *known, struct volatility *volatility)
{
    for (size_t i = 0; known->count && i < volatility->count; i++)
        mark_table(known, &volatility->tables[i]);
}

/* ---- writing ---- */

struct note {
    char *text;
    size_t count;
};

static void add(struct note *note, int64_t digest)
{
    if (note->count++ < KNOWN_MOST)
        note->text = talloc_asprintf_append_buffer(note->text, "%016" PRIx64 "\n", (uint64_t)digest);
}

static void add_table(struct note *note, const struct volatile_table *found)
{
    const struct row_table *table = found->table;
    for (size_t row = 0; row < table->count; row++)
        for (size_t i = 0; i < table->column_count; i++)
            if (rows_cell(table, row, i) && volatility_has(found, row, i))
                add(note, digest_of_cell(table, row, i));
}

char *known_write(TALLOC_CTX *owner, const struct volatility *volatility, const struct sequence_set *one,
                  const struct sequence_set *twin)
{
    struct note note = {talloc_strdup(owner, ""), 0};
    for (size_t i = 0; i < volatility->count; i++) {
        if (volatility->tables[i].has_stray)
            note.count = KNOWN_MOST + 1;
        add_table(&note, &volatility->tables[i]);
    }
    for (size_t i = 0; i < one->count; i++) {
        const struct sequence_state *other = sequences_find(twin, one->items[i].identity);
        if (!other || sequences_next(other) != sequences_next(&one->items[i]))
            add(&note, digest_of_sequence(&one->items[i]));
    }
    if (note.count <= KNOWN_MOST)
        return note.text;
    talloc_free(note.text);
    return NULL;
}
