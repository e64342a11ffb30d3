/* Evidence as a text. Declared in evidence.h. */
#include "migrate/baseline/evidence.h"
#include "migrate/parts.h"

#define FORMAT 1

static void *array_of(TALLOC_CTX *owner, size_t count, size_t size_bytes)
{
    void *array = talloc_zero_size(owner, (count + 1) * size_bytes);
    if (!array)
        abort();
    return array;
}

/* ---- writing ---- */

static void put_column(struct parts_writer *writer, const struct row_column *column)
{
    const char *const texts[] = {column->name, column->quoted, column->type, column->base, column->category};
    const int64_t numbers[] = {column->size, column->number, column->is_generated, column->is_always, column->oid};
    for (size_t i = 0; i < countof(texts); i++)
        parts_put(writer, texts[i]);
    for (size_t i = 0; i < countof(numbers); i++)
        parts_put_number(writer, numbers[i]);
}

static void put_table(struct parts_writer *writer, const struct row_table *table)
{
    parts_put(writer, table->identity);
    parts_put_number(writer, table->oid);
    parts_put_number(writer, table->is_partitioned);
    parts_put_number(writer, table->total);
    parts_put_number(writer, (int64_t)table->column_count);
    for (size_t i = 0; i < table->column_count; i++)
        put_column(writer, &table->columns[i]);
    parts_put_number(writer, (int64_t)table->key_count);
    for (size_t i = 0; i < table->key_count; i++) {
        parts_put_number(writer, (int64_t)table->keys[i].count);
        for (size_t j = 0; j < table->keys[i].count; j++)
            parts_put_number(writer, (int64_t)table->keys[i].columns[j]);
    }
    parts_put_number(writer, table->cells != NULL);
    parts_put_number(writer, (int64_t)table->count);
    for (size_t i = 0; i < table->count * table->column_count; i++)
        parts_put(writer, table->cells[i]);
}

static void put_sequence(struct parts_writer *writer, const struct sequence_state *state)
{
    const int64_t numbers[] = {state->oid,       state->start,      state->increment,
                               state->table_oid, state->last_value, state->is_called};
    parts_put(writer, state->identity);
    parts_put(writer, state->table_identity);
    parts_put(writer, state->column_quoted);
    for (size_t i = 0; i < countof(numbers); i++)
        parts_put_number(writer, numbers[i]);
}

static void put_ledger(struct parts_writer *writer, const struct evidence_ledger *ledger)
{
    parts_put_number(writer, ledger->shape);
    parts_put(writer, ledger->table);
    parts_put(writer, ledger->problem);
    parts_put_number(writer, (int64_t)ledger->count);
    for (size_t i = 0; i < ledger->count; i++) {
        parts_put(writer, ledger->rows[i].version);
        parts_put_number(writer, ledger->rows[i].number);
        parts_put(writer, ledger->rows[i].description);
        parts_put(writer, ledger->rows[i].applied_at);
    }
}

char *evidence_to_text(TALLOC_CTX *owner, const struct evidence *evidence)
{
    struct parts_writer writer = {0};
    parts_put_number(&writer, FORMAT);
    parts_put_number(&writer, (int64_t)evidence->rows->count);
    for (size_t i = 0; i < evidence->rows->count; i++)
        put_table(&writer, &evidence->rows->tables[i]);
    parts_put_number(&writer, (int64_t)evidence->sequences->count);
    for (size_t i = 0; i < evidence->sequences->count; i++)
        put_sequence(&writer, &evidence->sequences->items[i]);
    put_ledger(&writer, &evidence->ledger);
    return parts_text(owner, &writer);
}

/* ---- reading ---- */

static void get_column(struct parts_reader *reader, struct row_column *column)
{
    column->name = parts_get(reader);
    column->quoted = parts_get(reader);
    column->type = parts_get(reader);
    column->base = parts_get(reader);
    column->category = parts_get(reader);
    column->size = parts_get_number(reader);
    column->number = parts_get_number(reader);
    column->is_generated = parts_get_number(reader) != 0;
    column->is_always = parts_get_number(reader) != 0;
    column->oid = parts_get_number(reader);
}

static void get_keys(struct parts_reader *reader, TALLOC_CTX *owner, struct row_table *table)
{
    table->key_count = parts_get_count(reader);
    table->keys = array_of(owner, table->key_count, sizeof *table->keys);
    for (size_t i = 0; i < table->key_count; i++) {
        struct row_key *key = &table->keys[i];
        key->count = parts_get_count(reader);
        key->columns = array_of(owner, key->count, sizeof *key->columns);
        for (size_t j = 0; j < key->count; j++) {
            key->columns[j] = (size_t)parts_get_number(reader);
            reader->is_broken |= key->columns[j] >= table->column_count;
        }
    }
}

static void get_cells(struct parts_reader *reader, TALLOC_CTX *owner, struct row_table *table)
{
    bool has_cells = parts_get_number(reader) != 0;
    table->count = parts_get_count(reader);
    if (!has_cells)
        return;
    size_t count = table->count * table->column_count;
    const char **cells = array_of(owner, reader->is_broken ? 0 : count, sizeof *cells);
    for (size_t i = 0; i < count && !reader->is_broken; i++)
        cells[i] = parts_get(reader);
    table->cells = cells;
}

static void get_table(struct parts_reader *reader, TALLOC_CTX *owner, struct row_table *table)
{
    table->identity = parts_get(reader);
    table->oid = parts_get_number(reader);
    table->is_partitioned = parts_get_number(reader) != 0;
    table->total = parts_get_number(reader);
    table->column_count = parts_get_count(reader);
    table->columns = array_of(owner, table->column_count, sizeof *table->columns);
    for (size_t i = 0; i < table->column_count; i++)
        get_column(reader, &table->columns[i]);
    get_keys(reader, owner, table);
    get_cells(reader, owner, table);
}

static void get_sequence(struct parts_reader *reader, struct sequence_state *state)
{
    state->identity = parts_get(reader);
    state->table_identity = parts_get(reader);
    state->column_quoted = parts_get(reader);
    state->oid = parts_get_number(reader);
    state->start = parts_get_number(reader);
    state->increment = parts_get_number(reader);
    state->table_oid = parts_get_number(reader);
    state->last_value = parts_get_number(reader);
    state->is_called = parts_get_number(reader) != 0;
}

static void get_ledger(struct parts_reader *reader, TALLOC_CTX *owner, struct evidence_ledger *ledger)
{
    ledger->shape = (enum ledger_shape)parts_get_number(reader);
    ledger->table = parts_get(reader);
    ledger->problem = parts_get(reader);
    ledger->count = parts_get_count(reader);
    ledger->rows = array_of(owner, ledger->count, sizeof *ledger->rows);
    for (size_t i = 0; i < ledger->count; i++) {
        ledger->rows[i].version = parts_get(reader);
        ledger->rows[i].number = parts_get_number(reader);
        ledger->rows[i].description = parts_get(reader);
        ledger->rows[i].applied_at = parts_get(reader);
    }
}

struct evidence *evidence_from_text(TALLOC_CTX *owner, const char *text)
{
    struct evidence *evidence = talloc_zero(owner, struct evidence);
    struct parts_reader reader = parts_reader_of(talloc_strdup(evidence, text));
    struct row_set *rows = evidence->rows = talloc_zero(evidence, struct row_set);
    struct sequence_set *sequences = evidence->sequences = talloc_zero(evidence, struct sequence_set);
    reader.is_broken = parts_get_number(&reader) != FORMAT;
    rows->count = parts_get_count(&reader);
    rows->tables = array_of(evidence, rows->count, sizeof *rows->tables);
    for (size_t i = 0; i < rows->count; i++)
        get_table(&reader, evidence, &rows->tables[i]);
    sequences->count = parts_get_count(&reader);
    sequences->items = array_of(evidence, sequences->count, sizeof *sequences->items);
    for (size_t i = 0; i < sequences->count; i++)
        get_sequence(&reader, &sequences->items[i]);
    get_ledger(&reader, evidence, &evidence->ledger);
    if (!parts_is_whole(&reader))
        TALLOC_FREE(evidence);
    return evidence;
}
