/* See row_compare.h. A row is known by its key where that stays the same; else by all values that do. */
#include "migrate/baseline/row_compare.h"

#include <inttypes.h>

#include "migrate/baseline/places.h"
#include "migrate/kind.h"

enum { TOLD_MOST = 5, NAME_BYTES = 100 }; /* rows of each sort that are told one by one */

/* One table of both sides; one of them may have no rows of it. */
struct meeting {
    const struct row_sides *sides;
    const struct row_table *migrations, *init;
    const struct volatile_table *volatile_table;
    struct pairing *pairing;
    struct pairing_columns common; /* left: of migrations */
    const struct row_key *key;     /* of migrations; all of its columns are common; or NULL */
    struct baseline_table *told;
    struct baseline_row *rows;
    size_t row_count;
    size_t passed; /* values */
    TALLOC_CTX *owner, *memory;
};

static void *array_of(TALLOC_CTX *owner, size_t count, size_t size_bytes)
{
    void *array = talloc_zero_size(owner, (count + 1) * size_bytes);
    if (!array)
        abort();
    return array;
}

static bool is_volatile(const struct meeting *meeting, size_t row, size_t column)
{
    return volatility_has(meeting->volatile_table, row, column);
}

/* ---- which columns ---- */

/* By name, of one type: what differs there is a difference of the schema. Generated ones follow from the others. */
static void find_common(struct meeting *meeting)
{
    const struct row_table *left = meeting->migrations, *right = meeting->init;
    struct pairing_columns *common = &meeting->common;
    common->left = array_of(meeting->memory, left->column_count, sizeof *common->left);
    common->right = array_of(meeting->memory, left->column_count, sizeof *common->right);
    for (size_t i = 0; i < left->column_count; i++) {
        const struct row_column *one = &left->columns[i], *other = rows_column(right, one->name);
        if (!other || strcmp(one->type, other->type) != 0 || one->is_generated || other->is_generated)
            continue;
        common->left[common->count] = i;
        common->right[common->count++] = (size_t)(other - right->columns);
    }
}

static size_t place_of(const struct pairing_columns *columns, size_t left)
{
    for (size_t i = 0; i < columns->count; i++)
        if (columns->left[i] == left)
            return i;
    return SIZE_MAX;
}

static void find_key(struct meeting *meeting)
{
    for (size_t i = 0; i < meeting->migrations->key_count && !meeting->key; i++) {
        const struct row_key *key = &meeting->migrations->keys[i];
        size_t found = 0;
        for (size_t j = 0; j < key->count; j++)
            found += place_of(&meeting->common, key->columns[j]) != SIZE_MAX;
        if (found == key->count && found)
            meeting->key = key;
    }
}

/* ---- pairing ---- */

static bool is_key_steady(const struct meeting *meeting, size_t row)
{
    if (!meeting->key)
        return false;
    for (size_t i = 0; i < meeting->key->count; i++)
        if (is_volatile(meeting, row, meeting->key->columns[i]) ||
            !rows_cell(meeting->migrations, row, meeting->key->columns[i]))
            return false;
    return true;
}

static void pair_by_key(struct meeting *meeting, bool *is_steady)
{
    size_t count = meeting->key ? meeting->key->count : 0;
    struct pairing_columns columns = {array_of(meeting->memory, count, sizeof(size_t)),
                                      array_of(meeting->memory, count, sizeof(size_t)), count};
    for (size_t row = 0; row < meeting->migrations->count; row++)
        is_steady[row] = is_key_steady(meeting, row);
    if (!count)
        return;
    for (size_t i = 0; i < count; i++) {
        columns.left[i] = meeting->key->columns[i];
        columns.right[i] = meeting->common.right[place_of(&meeting->common, columns.left[i])];
    }
    pairing_by_values(meeting->pairing, &columns, NULLS_PASS, is_steady);
}

static bool has_same_volatility(const struct meeting *meeting, size_t one, size_t other)
{
    size_t count = meeting->migrations->column_count;
    const bool *cells = meeting->volatile_table->cells;
    return !memcmp(cells + one * count, cells + other * count, count * sizeof *cells);
}

/* Rows whose volatile values stand in the same columns as those of `first`, by all the others. */
static void pair_like(struct meeting *meeting, size_t first, bool *is_open)
{
    size_t count = meeting->migrations->count;
    bool *is_wanted = array_of(meeting->memory, count, sizeof *is_wanted);
    struct pairing_columns columns = {array_of(meeting->memory, meeting->common.count, sizeof(size_t)),
                                      array_of(meeting->memory, meeting->common.count, sizeof(size_t)), 0};
    for (size_t row = first; row < count; row++)
        if (is_open[row] && has_same_volatility(meeting, first, row)) {
            is_wanted[row] = true;
            is_open[row] = false;
        }
    for (size_t i = 0; i < meeting->common.count; i++)
        if (!is_volatile(meeting, first, meeting->common.left[i])) {
            columns.left[columns.count] = meeting->common.left[i];
            columns.right[columns.count++] = meeting->common.right[i];
        }
    pairing_by_values(meeting->pairing, &columns, NULLS_PAIR, is_wanted);
}

static void pair_rows(struct meeting *meeting)
{
    size_t count = meeting->migrations->count;
    bool *is_steady = array_of(meeting->memory, count, sizeof *is_steady);
    bool *is_open = array_of(meeting->memory, count, sizeof *is_open);
    pair_by_key(meeting, is_steady);
    for (size_t row = 0; row < count; row++)
        is_open[row] = !is_steady[row] && !meeting->volatile_table->is_stray[row];
    for (size_t row = 0; row < count; row++)
        if (is_open[row])
            pair_like(meeting, row, is_open);
}

/* ---- telling ---- */

static const char *whole_name(TALLOC_CTX *owner, const struct row_table *table, size_t row)
{
    char *name = talloc_strdup(owner, "(");
    for (size_t i = 0; i < table->column_count && talloc_get_size(name) < 4 * NAME_BYTES; i++) {
        const char *value = rows_cell(table, row, i);
        name = talloc_asprintf_append_buffer(name, "%s%.*s", i ? ", " : "", NAME_BYTES, value ? value : "NULL");
    }
    size_t size = strlen(name);
    if (size <= NAME_BYTES)
        return talloc_strdup_append_buffer(name, ")");
    for (size = NAME_BYTES; size && (name[size] & 0xC0) == 0x80;)
        size--;
    return talloc_asprintf(owner, "%.*s ...)", (int)size, name);
}

/* By the key, of whichever side the row is. */
static const char *row_name(const struct meeting *meeting, const struct row_table *table, size_t row)
{
    const struct row_key *key = meeting->key;
    if (!key && !meeting->pairing && table->key_count)
        key = table->keys;
    if (!key)
        return whole_name(meeting->owner, table, row);
    char *name = talloc_strdup(meeting->owner, "");
    for (size_t i = 0; i < key->count; i++) {
        size_t column = key->columns[i];
        if (meeting->key && table == meeting->init)
            column = meeting->common.right[place_of(&meeting->common, column)];
        const char *value = rows_cell(table, row, column);
        name = talloc_asprintf_append_buffer(name, "%s%s = %.*s", i ? ", " : "", table->columns[column].quoted,
                                             NAME_BYTES, value ? value : "NULL");
    }
    return name;
}

/* What the row is looked for by in files: its key's values, else all of them. */
static struct baseline_place find_place(const struct meeting *meeting, const struct row_table *table, size_t row,
                                        const struct row_table *side)
{
    const struct row_key *key = table->key_count ? &table->keys[0] : NULL;
    size_t count = key ? key->count : table->column_count;
    const char **values = array_of(meeting->memory, count, sizeof *values);
    for (size_t i = 0, used = 0; i < count; i++) {
        const char *value = rows_cell(table, row, key ? key->columns[i] : i);
        if (value)
            values[used++] = value;
    }
    const struct row_sides *sides = meeting->sides;
    if (side == meeting->init)
        return sides->script ? places_in_script(sides->script, meeting->told->table, values)
                             : (struct baseline_place){0};
    return sides->directory ? places_in_migrations(sides->directory, meeting->told->table, values)
                            : (struct baseline_place){0};
}

static struct baseline_row *tell(struct meeting *meeting, int what, int64_t *counter)
{
    if ((*counter)++ >= TOLD_MOST)
        return NULL;
    struct baseline_row *row = &meeting->rows[meeting->row_count++];
    row->what = what;
    return row;
}

static void tell_missing(struct meeting *meeting, size_t number)
{
    struct baseline_row *row = tell(meeting, BASELINE_MISSING, &meeting->told->missing);
    if (!row)
        return;
    row->name = row_name(meeting, meeting->migrations, number);
    row->blame = find_place(meeting, meeting->migrations, number, meeting->migrations);
}

static void tell_extra(struct meeting *meeting, size_t number)
{
    struct baseline_row *row = tell(meeting, BASELINE_EXTRA, &meeting->told->extra);
    if (!row)
        return;
    row->name = row_name(meeting, meeting->init, number);
    row->init = find_place(meeting, meeting->init, number, meeting->init);
}

/* A volatile value may be any but NULL. */
static bool is_same_cell(const struct meeting *meeting, size_t row, size_t left, const char *one, const char *other)
{
    return is_volatile(meeting, row, left) ? !one || other : kind_same_text(one, other);
}

static void compare_pair(struct meeting *meeting, size_t row, size_t other)
{
    struct baseline_cell *cells = array_of(meeting->owner, meeting->common.count, sizeof *cells);
    size_t count = 0;
    for (size_t i = 0; i < meeting->common.count; i++) {
        size_t left = meeting->common.left[i];
        const char *one = rows_cell(meeting->migrations, row, left);
        const char *two = rows_cell(meeting->init, other, meeting->common.right[i]);
        meeting->passed += is_volatile(meeting, row, left);
        if (!is_same_cell(meeting, row, left, one, two))
            cells[count++] = (struct baseline_cell){meeting->migrations->columns[left].quoted, two, one};
    }
    struct baseline_row *told = count ? tell(meeting, BASELINE_DIFFERS, &meeting->told->differs) : NULL;
    if (!told) {
        talloc_free(cells);
        return;
    }
    told->name = row_name(meeting, meeting->migrations, row);
    told->cells = cells;
    told->cell_count = count;
    told->init = find_place(meeting, meeting->init, other, meeting->init);
    told->blame = find_place(meeting, meeting->migrations, row, meeting->migrations);
}

/* ---- a table ---- */

static void compare_rows(struct meeting *meeting)
{
    const struct row_table *left = meeting->migrations, *right = meeting->init;
    meeting->memory = talloc_new(NULL);
    find_common(meeting);
    find_key(meeting);
    meeting->pairing = pairing_new(meeting->memory, left, right);
    pair_rows(meeting);
    for (size_t row = 0; row < left->count; row++)
        if (meeting->pairing->of_left[row] == PAIR_NONE && !meeting->volatile_table->is_stray[row])
            tell_missing(meeting, row);
    for (size_t row = 0; row < right->count; row++)
        if (meeting->pairing->of_right[row] == PAIR_NONE && !meeting->volatile_table->has_stray)
            tell_extra(meeting, row);
    for (size_t row = 0; row < left->count; row++)
        if (meeting->pairing->of_left[row] != PAIR_NONE)
            compare_pair(meeting, row, meeting->pairing->of_left[row]);
    TALLOC_FREE(meeting->memory);
}

static void tell_one_side(struct meeting *meeting)
{
    meeting->memory = talloc_new(NULL);
    for (size_t row = 0; meeting->migrations && row < meeting->migrations->count; row++)
        if (!meeting->volatile_table->is_stray[row])
            tell_missing(meeting, row);
    for (size_t row = 0; meeting->init && row < meeting->init->count; row++)
        tell_extra(meeting, row);
    TALLOC_FREE(meeting->memory);
}

static void count_rows(struct meeting *meeting)
{
    struct baseline_table *told = meeting->told;
    told->how = BASELINE_COUNTED;
    told->missing = told->in_migrations > told->in_init ? told->in_migrations - told->in_init : 0;
    told->extra = told->in_init > told->in_migrations ? told->in_init - told->in_migrations : 0;
}

static bool has_values(const struct row_table *table) { return !table || table->cells; }

/* Fills `told`; false where there is nothing to tell. */
static bool compare_table(struct meeting *meeting)
{
    struct baseline_table *told = meeting->told;
    told->table = (meeting->migrations ? meeting->migrations : meeting->init)->identity;
    told->in_migrations = meeting->migrations ? meeting->migrations->total : 0;
    told->in_init = meeting->init ? meeting->init->total : 0;
    meeting->rows = array_of(meeting->owner, (size_t)3 * TOLD_MOST, sizeof *meeting->rows);
    if (!has_values(meeting->migrations) || !has_values(meeting->init))
        count_rows(meeting);
    else if (meeting->migrations && meeting->init)
        compare_rows(meeting);
    else
        tell_one_side(meeting);
    told->rows = meeting->rows;
    told->row_count = meeting->row_count;
    if (!told->missing && !told->extra && !told->differs && told->how == BASELINE_COMPARED)
        return false;
    if (meeting->sides->script)
        told->init = places_in_script(meeting->sides->script, told->table, NULL);
    if (meeting->sides->directory)
        told->blame = places_in_migrations(meeting->sides->directory, told->table, NULL);
    return true;
}

struct row_comparison *row_compare(TALLOC_CTX *owner, const struct row_sides *sides)
{
    struct row_comparison *result = talloc_zero(owner, struct row_comparison);
    const struct row_set *left = sides->migrations, *right = sides->init;
    result->tables = array_of(result, left->count + right->count, sizeof *result->tables);
    for (size_t i = 0, j = 0; i < left->count || j < right->count;) {
        const struct row_table *one = i < left->count ? &left->tables[i] : NULL;
        const struct row_table *other = j < right->count ? &right->tables[j] : NULL;
        int order = !one ? 1 : !other ? -1 : strcmp(one->identity, other->identity);
        struct meeting meeting = {
            .sides = sides,
            .migrations = order <= 0 ? one : NULL,
            .init = order >= 0 ? other : NULL,
            .volatile_table = order <= 0 ? volatility_of(sides->volatility, one) : NULL,
            .told = &result->tables[result->count],
            .owner = result,
        };
        if (compare_table(&meeting)) {
            const struct baseline_table *told = &result->tables[result->count++];
            result->difference_count += told->missing || told->extra || told->differs;
        } else {
            memset(meeting.told, 0, sizeof *meeting.told);
        }
        result->volatile_count += meeting.passed;
        i += order <= 0;
        j += order >= 0;
    }
    return result;
}
