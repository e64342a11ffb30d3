/* See page.h. The statements are select.c's. */
#include "store/entity/page.h"

#include "store/entity/complaint.h"
#include "store/entity/select.h"

/* What a page is read with. */
struct reading {
    TALLOC_CTX *memory; /* of the page */
    struct connection *connection;
    struct row_select select;
    struct entity_page *page;
    size_t wanted; /* rows that are still to come; one more than the page has shows whether there are more */
    size_t passed; /* rows with ties that came before: asked for again, and passed over */
};

/* ---- reading ---- */

static void take_rows(struct reading *reading, const struct result *result)
{
    struct entity_page *page = reading->page;
    page->rows =
        talloc_realloc_size(page, page->rows, (page->count + result_row_count(result) + 1) * sizeof *page->rows);
    if (!page->rows)
        abort();
    for (size_t i = 0; i < result_row_count(result) && reading->wanted; i++) {
        if (reading->passed) {
            reading->passed--;
            continue;
        }
        page->rows[page->count++] = (struct entity_row){result, i};
        reading->wanted--;
    }
}

static bool run(struct reading *reading, struct query_text *text, struct error *error)
{
    row_select_add_order(text, &reading->select);
    query_add(text, " LIMIT %zu", reading->wanted + reading->passed);
    struct result *result =
        connection_query(reading->memory, reading->connection, query_parameters(text), error, text->sql);
    talloc_free(text);
    if (result)
        take_rows(reading, result);
    return result != NULL;
}

static bool read_range(struct reading *reading, const struct row_range *range, struct error *error)
{
    const char *word;
    struct query_text *text = row_select_begin(reading->memory, &reading->select, &word);
    query_add(text, "%s", word);
    row_select_add_range(text, &reading->select, range);
    reading->passed = range->what == RANGE_TIES ? reading->select.cursor.passed : 0;
    bool ok = run(reading, text, error);
    reading->passed = 0;
    return ok;
}

static bool read_rows(struct reading *reading, struct error *error)
{
    struct row_range ranges[ROW_RANGES];
    const char *word;
    bool is_from_start = !reading->select.query->cursor;
    if (is_from_start || row_select_is_plain(&reading->select)) {
        struct query_text *text = row_select_begin(reading->memory, &reading->select, &word);
        if (!is_from_start) {
            query_add(text, "%s", word);
            row_select_add_comparison(text, &reading->select);
        }
        return run(reading, text, error);
    }
    size_t count = row_select_ranges(&reading->select, ranges);
    for (size_t i = 0; i < count && reading->wanted; i++)
        if (!read_range(reading, &ranges[i], error))
            return false;
    return true;
}

/* ---- what comes of it ---- */

/* The place before a row (behind: 0) or behind it (behind: 1). */
static char *cursor_at(const struct reading *reading, size_t row, size_t behind)
{
    struct cursor cursor = {0};
    for (size_t i = 0; i < reading->select.order.count; i++)
        cursor.values[i] = row_select_sort_cell(&reading->select, &reading->page->rows[row], i);
    size_t end = row + behind, ties = 0;
    while (reading->select.order.has_ties && ties < end &&
           row_select_stands_at(&reading->select, &reading->page->rows[end - ties - 1], &cursor))
        ties++;
    cursor.passed = ties;
    if (ties == end && reading->select.query->cursor &&
        row_select_stands_at(&reading->select, &reading->page->rows[0], &reading->select.cursor))
        cursor.passed += reading->select.cursor.passed;
    return cursor_write(reading->memory, &reading->select.order, &cursor);
}

static void turn_round(struct entity_page *page)
{
    for (size_t i = 0, j = page->count; i + 1 < j; i++) {
        struct entity_row kept = page->rows[i];
        page->rows[i] = page->rows[--j];
        page->rows[j] = kept;
    }
}

static void finish(struct reading *reading)
{
    struct entity_page *page = reading->page;
    page->has_more = page->count > reading->select.query->limit;
    if (page->has_more)
        page->count--;
    if (reading->select.query->direction == PAGE_BACKWARD)
        turn_round(page);
    if (page->count) {
        page->first = cursor_at(reading, 0, 0);
        page->last = cursor_at(reading, page->count - 1, 1);
    }
}

struct entity_page *entity_page_read(TALLOC_CTX *owner, struct connection *connection, const struct entity *entity,
                                     const struct entity_query *query, struct error *error)
{
    struct entity_page *page = talloc_zero(owner, struct entity_page);
    struct reading reading = {.memory = page, .connection = connection, .page = page, .wanted = query->limit + 1};
    bool ok = row_select_make(page, entity, query, &reading.select, error);
    if (ok && reading.select.order.has_ties && query->direction == PAGE_BACKWARD)
        ok = error_set(error, ERROR_USAGE, "%s has no key: its rows can be read from the start alone", entity->name);
    if (ok && read_rows(&reading, error)) {
        finish(&reading);
        return page;
    }
    complaint_make(connection, &reading.select, error);
    talloc_free(page);
    return NULL;
}

const char *entity_cell(const struct entity_row *row, size_t column)
{
    return result_cell(row->result, row->row, column);
}

bool entity_cell_is_cut(const struct entity *entity, const struct entity_query *query, const struct entity_row *row,
                        size_t column)
{
    const struct entity_column *one = &entity->columns[column];
    const char *value = entity_cell(row, column);
    if (!query->cell_characters || one->is_bounded || one->key || !value)
        return false;
    size_t characters = 0;
    for (const char *at = value; *at; at++)
        characters += (*at & 0xC0) != 0x80;
    return characters > query->cell_characters;
}

const char *entity_row_version(const struct entity *entity, const struct entity_row *row)
{
    bool has_one = result_column_count(row->result) > entity->column_count;
    return has_one ? result_cell(row->result, row->row, entity->column_count) : NULL;
}

struct entity_filter *entity_relationship_filters(TALLOC_CTX *owner, const struct entity_relationship *relationship,
                                                  const struct entity *there, const char *const *values,
                                                  struct error *error)
{
    struct entity_filter *filters = talloc_zero_size(owner, (relationship->column_count + 1) * sizeof *filters);
    if (!filters)
        abort();
    for (size_t i = 0; i < relationship->column_count; i++) {
        const struct entity_column *column = entity_column_find(there, relationship->there[i]);
        if (!column) {
            error_set(error, ERROR_USAGE, "%s has no column \"%s\", which the relationship %s leads to", there->name,
                      relationship->there[i], relationship->name);
            talloc_free(filters);
            return NULL;
        }
        filters[i] = (struct entity_filter){column, FILTER_EQUAL, values[i]};
    }
    return filters;
}
