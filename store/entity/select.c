/* See select.h. What comes behind a row is asked for range by range: the rest of its ties, then what is greater, then
 * NULLs, each a condition that an index on the sort serves; where no column has NULLs one comparison of rows says it
 * all. */
#include "store/entity/select.h"

/* ---- the columns that are asked for ---- */

static void add_cell(struct query_text *text, const struct entity_query *query, const struct entity_column *column)
{
    bool is_cut = query->cell_characters && !column->is_bounded && !column->key;
    if (is_cut)
        query_add(text, "pg_catalog.left(");
    query_add_column(text, column);
    if (is_cut)
        query_add(text, "::pg_catalog.text, %zu)", query->cell_characters + 1);
}

static bool has_version(const struct entity *entity)
{
    return entity->kind == ENTITY_TABLE || entity->kind == ENTITY_PARTITIONED;
}

static void add_select(struct query_text *text, const struct row_select *select)
{
    const struct entity *entity = select->entity;
    query_add(text, "SELECT ");
    for (size_t i = 0; i < entity->column_count; i++) {
        query_add(text, "%s", i ? ", " : "");
        add_cell(text, select->query, &entity->columns[i]);
    }
    if (select->what == SELECT_WHOLE)
        query_add(text, "%s%s", entity->column_count ? ", " : "", has_version(entity) ? "xmin" : "NULL");
    for (size_t i = 0; i < select->order.count && select->what == SELECT_WHOLE; i++) {
        query_add(text, ", ");
        query_add_column(text, select->order.columns[i]);
    }
    query_add(text, " FROM %s", entity->qualified);
}

void row_select_add_order(struct query_text *text, const struct row_select *select)
{
    for (size_t i = 0; i < select->order.count; i++) {
        query_add(text, "%s", i ? ", " : " ORDER BY ");
        query_add_column(text, select->order.columns[i]);
        if (!select->is_upward)
            query_add(text, " DESC");
    }
}

/* ---- ranges behind a cursor ---- */

static void add_equality(struct query_text *text, const struct row_select *select, size_t column)
{
    const struct entity_column *one = select->order.columns[column];
    if (select->cursor.values[column]) {
        query_add_comparison(text, one, "=", select->cursor.values[column]);
    } else {
        query_add_column(text, one);
        query_add(text, " IS NULL");
    }
}

void row_select_add_range(struct query_text *text, const struct row_select *select, const struct row_range *range)
{
    for (size_t i = 0; i < range->equal; i++) {
        query_add(text, "%s", i ? " AND " : "");
        add_equality(text, select, i);
    }
    if (range->what == RANGE_TIES)
        return;
    const struct entity_column *last = select->order.columns[range->equal];
    query_add(text, "%s", range->equal ? " AND " : "");
    if (range->what == RANGE_BEYOND) {
        query_add_comparison(text, last, select->is_upward ? ">" : "<", select->cursor.values[range->equal]);
    } else {
        query_add_column(text, last);
        query_add(text, range->what == RANGE_NULLS ? " IS NULL" : " IS NOT NULL");
    }
}

/* Upward NULLs come last, downward first. */
size_t row_select_ranges(const struct row_select *select, struct row_range *ranges)
{
    size_t count = 0;
    if (select->order.has_ties)
        ranges[count++] = (struct row_range){select->order.count, RANGE_TIES};
    for (size_t equal = select->order.count; equal-- > 0;) {
        bool is_null = !select->cursor.values[equal];
        if (!is_null)
            ranges[count++] = (struct row_range){equal, RANGE_BEYOND};
        if (select->is_upward && !is_null && select->order.columns[equal]->is_nullable)
            ranges[count++] = (struct row_range){equal, RANGE_NULLS};
        if (!select->is_upward && is_null)
            ranges[count++] = (struct row_range){equal, RANGE_VALUES};
    }
    return count;
}

bool row_select_is_plain(const struct row_select *select)
{
    if (select->order.has_ties)
        return false;
    for (size_t i = 0; i < select->order.count; i++)
        if (select->order.columns[i]->is_nullable || strcmp(select->order.columns[i]->order_schema, "pg_catalog") != 0)
            return false;
    return true;
}

void row_select_add_comparison(struct query_text *text, const struct row_select *select)
{
    query_add(text, "(");
    for (size_t i = 0; i < select->order.count; i++) {
        query_add(text, "%s", i ? ", " : "");
        query_add_column(text, select->order.columns[i]);
    }
    query_add(text, ") %s (", select->is_upward ? ">" : "<");
    for (size_t i = 0; i < select->order.count; i++) {
        query_add(text, "%s", i ? ", " : "");
        query_add_value(text, select->cursor.values[i]);
    }
    query_add(text, ")");
}

/* ---- the whole ---- */

bool row_select_make(TALLOC_CTX *owner, const struct entity *entity, const struct entity_query *query,
                     struct row_select *select, struct error *error)
{
    *select = (struct row_select){.entity = entity, .query = query};
    if (!cursor_order_make(entity, query, &select->order, error))
        return false;
    select->is_upward = select->order.is_descending == (query->direction == PAGE_BACKWARD);
    return !query->cursor || cursor_read(owner, &select->order, query->cursor, &select->cursor, error);
}

struct query_text *row_select_begin(TALLOC_CTX *owner, const struct row_select *select, const char **word)
{
    struct query_text *text = query_text_new(owner);
    add_select(text, select);
    *word = query_add_filters(text, select->entity, select->query);
    return text;
}

const char *row_select_sort_cell(const struct row_select *select, const struct entity_row *row, size_t column)
{
    return result_cell(row->result, row->row, select->entity->column_count + 1 + column);
}

bool row_select_stands_at(const struct row_select *select, const struct entity_row *row, const struct cursor *cursor)
{
    for (size_t i = 0; i < select->order.count; i++) {
        const char *value = row_select_sort_cell(select, row, i), *other = cursor->values[i];
        if (!value != !other || (value && strcmp(value, other) != 0))
            return false;
    }
    return true;
}
