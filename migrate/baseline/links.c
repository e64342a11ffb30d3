/* See links.h. A value that both replays have in the same two places is one value. */
#include "migrate/baseline/links.h"

/* A place of a volatile value, with what the two replays have there. */
struct place {
    struct data_plan *plan;
    size_t row, column;
    const char *one, *twin;
};

struct linking {
    struct data_plan *plans;
    size_t plan_count;
    struct place *places;
    size_t count;
    TALLOC_CTX *memory;
};

static const char *value_of(const struct data_plan *plan, size_t row, size_t column)
{
    return rows_cell(plan->table, row, column);
}

static bool is_volatile(const struct data_plan *plan, size_t row, size_t column)
{
    return volatility_has(plan->volatile_table, row, column);
}

/* ---- gathering ---- */

/* Times are the same in many places and mean nothing by it. */
static bool is_linkable(const struct row_column *column)
{
    return !column->is_generated && strcmp(column->category, "D") != 0 && strcmp(column->category, "B") != 0;
}

static void add_row(struct linking *linking, struct data_plan *plan, size_t row)
{
    const struct pairing *pairing = plan->volatile_table->pairing;
    size_t other = pairing ? pairing->of_left[row] : PAIR_NONE;
    for (size_t i = 0; i < plan->table->column_count && other != PAIR_NONE; i++) {
        const char *one = value_of(plan, row, i), *twin = rows_cell(pairing->right, other, i);
        if (one && twin && is_volatile(plan, row, i) && is_linkable(&plan->table->columns[i]))
            linking->places[linking->count++] = (struct place){plan, row, i, one, twin};
    }
}

static int compare_places(const void *one, const void *other)
{
    const struct place *a = one, *b = other;
    int order = strcmp(a->one, b->one);
    order = order ? order : strcmp(a->twin, b->twin);
    order = order ? order : (a->plan > b->plan) - (a->plan < b->plan);
    order = order ? order : (a->row > b->row) - (a->row < b->row);
    return order ? order : (a->column > b->column) - (a->column < b->column);
}

static void gather(struct linking *linking)
{
    size_t most = 1;
    for (size_t i = 0; i < linking->plan_count; i++)
        most += linking->plans[i].table->count * linking->plans[i].table->column_count;
    linking->places = talloc_zero_size(linking->memory, most * sizeof *linking->places);
    if (!linking->places)
        abort();
    for (size_t i = 0; i < linking->plan_count; i++)
        for (size_t row = 0; row < linking->plans[i].table->count; row++)
            add_row(linking, &linking->plans[i], row);
    qsort(linking->places, linking->count, sizeof *linking->places, compare_places);
}

/* ---- what a row is known by ---- */

static const char *condition(TALLOC_CTX *owner, const struct data_plan *plan, size_t row, size_t column)
{
    const struct row_column *facts = &plan->table->columns[column];
    const char *value = value_of(plan, row, column);
    return value ? talloc_asprintf(owner, "%s = %s", facts->quoted, values_literal(owner, facts, value))
                 : talloc_asprintf(owner, "%s IS NULL", facts->quoted);
}

static bool is_steady_key(const struct data_plan *plan, const struct row_key *key, size_t row)
{
    for (size_t i = 0; i < key->count; i++)
        if (is_volatile(plan, row, key->columns[i]) || !value_of(plan, row, key->columns[i]) ||
            !values_is_comparable(&plan->table->columns[key->columns[i]]))
            return false;
    return true;
}

static bool is_told(const struct data_plan *plan, size_t row, size_t column)
{
    return !is_volatile(plan, row, column) && values_is_comparable(&plan->table->columns[column]);
}

/* Whether another row cannot be told from this one by its values that stay. */
static bool has_double(const struct data_plan *plan, size_t row)
{
    for (size_t other = 0; other < plan->table->count; other++) {
        bool is_same = other != row;
        for (size_t i = 0; i < plan->table->column_count && is_same; i++)
            if (is_told(plan, row, i))
                is_same = kind_same_text(value_of(plan, row, i), value_of(plan, other, i));
        if (is_same)
            return true;
    }
    return false;
}

/* SQL that finds this row and no other; NULL: there is none. */
static const char *identify(TALLOC_CTX *owner, const struct data_plan *plan, size_t row)
{
    const struct row_key *key = NULL;
    for (size_t i = 0; i < plan->table->key_count && !key; i++)
        if (is_steady_key(plan, &plan->table->keys[i], row))
            key = &plan->table->keys[i];
    if (!key && has_double(plan, row))
        return NULL;
    char *text = talloc_strdup(owner, "");
    for (size_t i = 0; i < (key ? key->count : plan->table->column_count); i++) {
        size_t column = key ? key->columns[i] : i;
        if (key || is_told(plan, row, column))
            text =
                talloc_asprintf_append_buffer(text, "%s%s", *text ? " AND " : "", condition(owner, plan, row, column));
    }
    return *text ? text : NULL;
}

/* ---- deciding ---- */

static bool is_key_of_one(const struct place *place)
{
    const struct row_table *table = place->plan->table;
    for (size_t i = 0; i < table->key_count; i++)
        if (table->keys[i].count == 1 && table->keys[i].columns[0] == place->column)
            return true;
    return false;
}

static const char **text_of(const struct place *place)
{
    return &place->plan->texts[place->row * place->plan->table->column_count + place->column];
}

/* Places of one row share its value by more than chance; they cannot refer to the row itself. */
static bool can_refer(const struct place *places, size_t count, const struct place *source)
{
    for (size_t i = 0; i < count; i++)
        if (&places[i] != source &&
            (places[i].plan < source->plan || (places[i].plan == source->plan && places[i].row == source->row)))
            return false;
    return true;
}

static void stand_in(const struct place *places, size_t count, const struct place *source)
{
    const struct row_column *column = &source->plan->table->columns[source->column];
    char *seed =
        talloc_asprintf(source->plan->memory, "%s.%s#%zu", source->plan->table->identity, column->name, source->row);
    const char *text = values_stand_in(source->plan->memory, column, seed);
    for (size_t i = 0; i < count; i++)
        *text_of(&places[i]) = text;
}

static void refer(const struct place *places, size_t count, const struct place *source, const char *known_by)
{
    const struct row_table *table = source->plan->table;
    const char *query = talloc_asprintf(source->plan->memory, "(SELECT %s FROM %s WHERE %s)",
                                        table->columns[source->column].quoted, table->identity, known_by);
    for (size_t i = 0; i < count; i++)
        if (&places[i] != source)
            *text_of(&places[i]) = query;
}

/* All places of one value; those in tables that are made later, or in other rows, refer to the first that is a key. */
static void decide(const struct place *places, size_t count)
{
    const struct place *source = NULL;
    for (size_t i = 0; i < count && !source; i++)
        if (is_key_of_one(&places[i]))
            source = &places[i];
    if (!source || count < 2)
        return;
    const char *known_by =
        can_refer(places, count, source) ? identify(source->plan->memory, source->plan, source->row) : NULL;
    if (known_by)
        refer(places, count, source, known_by);
    else
        stand_in(places, count, source);
}

/* ---- levels: rows that refer to rows of their own table ---- */

static bool raise_levels(const struct place *places, size_t count)
{
    const struct place *source = NULL;
    bool has_changed = false;
    for (size_t i = 0; i < count && !source; i++)
        if (is_key_of_one(&places[i]))
            source = &places[i];
    for (size_t i = 0; i < count && source; i++) {
        bool refers = &places[i] != source && places[i].plan == source->plan && *text_of(&places[i]) &&
                      **text_of(&places[i]) == '(';
        size_t least = refers ? source->plan->levels[source->row] + 1 : 0;
        if (places[i].plan->levels[places[i].row] < least) {
            places[i].plan->levels[places[i].row] = least;
            has_changed = true;
        }
    }
    return has_changed;
}

static size_t group_end(const struct linking *linking, size_t first)
{
    size_t end = first + 1;
    while (end < linking->count && !strcmp(linking->places[end].one, linking->places[first].one) &&
           !strcmp(linking->places[end].twin, linking->places[first].twin))
        end++;
    return end;
}

/* Rows that refer to each other in a ring have no level: their values stand in. */
static void find_levels(struct linking *linking)
{
    size_t most = 0;
    for (size_t i = 0; i < linking->plan_count; i++)
        most = linking->plans[i].table->count > most ? linking->plans[i].table->count : most;
    bool has_changed = true;
    for (size_t round = 0; has_changed && round <= most; round++) {
        has_changed = false;
        for (size_t i = 0, end; i < linking->count; i = end) {
            end = group_end(linking, i);
            has_changed |= raise_levels(&linking->places[i], end - i);
        }
    }
    for (size_t i = 0; has_changed && i < linking->plan_count; i++)
        memset(linking->plans[i].levels, 0, linking->plans[i].table->count * sizeof *linking->plans[i].levels);
    for (size_t i = 0, end; has_changed && i < linking->count; i = end) {
        end = group_end(linking, i);
        if (end - i > 1)
            stand_in(&linking->places[i], end - i, &linking->places[i]);
    }
}

void links_find(struct data_plan *plans, size_t count)
{
    struct linking linking = {.plans = plans, .plan_count = count, .memory = talloc_new(NULL)};
    gather(&linking);
    for (size_t i = 0, end; i < linking.count; i = end) {
        end = group_end(&linking, i);
        decide(&linking.places[i], end - i);
    }
    find_levels(&linking);
    talloc_free(linking.memory);
}
