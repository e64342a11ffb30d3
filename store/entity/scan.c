/* All rows of a query, however many and however long: through a cursor of the server, in one transaction, and one row
 * in memory at a time. A batch is what the server may take its time limit for. */
#include "store/entity/complaint.h"
#include "store/entity/select.h"
#include "store/transaction.h"

enum { BATCH_ROWS = 10000 };

struct scan {
    struct row_select select;
    entity_rows_fn on_row;
    void *listener;
    TALLOC_CTX *memory; /* of the whole */
    size_t passed;      /* rows with ties that came before */
    size_t left;        /* rows that may still be told; SIZE_MAX: all */
    struct cursor here; /* behind the row that was told last; where only the last one's is asked for, that one's */
    TALLOC_CTX *values; /* of `here` */
    bool is_under_way;  /* `here` is set */
    bool has_more;
};

/* Everything behind the cursor in one condition: there is one sort for all of it. */
static void add_condition(struct query_text *text, const struct row_select *select, const char *word)
{
    struct row_range ranges[ROW_RANGES];
    query_add(text, "%s", word);
    if (row_select_is_plain(select)) {
        row_select_add_comparison(text, select);
        return;
    }
    size_t count = row_select_ranges(select, ranges);
    query_add(text, "(");
    for (size_t i = 0; i < count; i++) {
        query_add(text, "%s(", i ? " OR " : "");
        row_select_add_range(text, select, &ranges[i]);
        query_add(text, ")");
    }
    query_add(text, ")");
}

/* Rows of a table without a key are ordered by where they lie: a scan of all of it brings them so, unsorted. With
 * filters the server may go by an index. */
static bool comes_as_it_lies(const struct scan *scan)
{
    const struct entity *entity = scan->select.entity;
    return scan->left == SIZE_MAX && scan->select.is_upward && scan->select.order.count == 1 && !entity->key_count &&
           !scan->select.query->sort && !scan->select.query->filter_count && !entity->soft_delete &&
           !entity->has_children && !scan->select.order.has_ties;
}

static bool open_cursor(struct scan *scan, struct connection *connection, struct error *error)
{
    const char *word;
    struct query_text *text = row_select_begin(scan->memory, &scan->select, &word);
    if (scan->select.query->cursor)
        add_condition(text, &scan->select, word);
    if (!comes_as_it_lies(scan))
        row_select_add_order(text, &scan->select);
    if (scan->left != SIZE_MAX)
        query_add(text, " LIMIT %zu", scan->left + scan->passed + 1);
    const char *sql = talloc_asprintf(text, "DECLARE pgdeck NO SCROLL CURSOR FOR %s", text->sql);
    bool ok = connection_execute(connection, query_parameters(text), error, sql);
    talloc_free(text);
    return ok;
}

/* Where the row stands, and how many with its values there were so far. */
static void follow(struct scan *scan, const struct entity_row *row)
{
    struct cursor *here = &scan->here;
    if (scan->is_under_way && row_select_stands_at(&scan->select, row, here)) {
        here->passed++;
        return;
    }
    talloc_free(scan->values);
    scan->values = talloc_new(scan->memory);
    for (size_t i = 0; i < scan->select.order.count; i++) {
        const char *value = row_select_sort_cell(&scan->select, row, i);
        here->values[i] = value ? talloc_strdup(scan->values, value) : NULL;
    }
    here->passed = 1;
    scan->is_under_way = true;
}

static bool tell(void *argument, const struct result *result, struct error *error)
{
    struct scan *scan = argument;
    const struct entity_row row = {result, 0};
    if (scan->passed) {
        scan->passed--;
        return true;
    }
    if (!scan->left) {
        scan->has_more = true;
        return false;
    }
    if (scan->left != SIZE_MAX) {
        scan->left--;
        if (scan->select.order.has_ties || !scan->left)
            follow(scan, &row);
    }
    return scan->on_row(scan->listener, &row, error);
}

/* All rows will be read, so the plan that ends soonest is the best one; and rows that have no order come as they lie.
 */
static bool set_plan(struct connection *connection, struct error *error)
{
    return connection_execute(connection, NO_PARAMETERS, error,
                              "SELECT pg_catalog.set_config('cursor_tuple_fraction', '1', true),"
                              " pg_catalog.set_config('synchronize_seqscans', 'off', true)");
}

static bool work(struct connection *connection, void *argument, struct error *error)
{
    struct scan *scan = argument;
    size_t count = BATCH_ROWS;
    if ((scan->left == SIZE_MAX && !set_plan(connection, error)) || !open_cursor(scan, connection, error))
        return false;
    const char *fetch = talloc_asprintf(scan->memory, "FETCH %d FROM pgdeck", BATCH_ROWS);
    while (count == BATCH_ROWS && !scan->has_more)
        if (!connection_stream(connection, NO_PARAMETERS, tell, scan, &count, error, fetch))
            return false;
    return true;
}

bool entity_scan(TALLOC_CTX *owner, struct connection *connection, const struct entity *entity,
                 const struct entity_query *query, entity_rows_fn on_row, void *listener, const char **next,
                 struct error *error)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    struct scan scan = {
        .on_row = on_row, .listener = listener, .memory = memory, .left = query->limit ? query->limit : SIZE_MAX};
    const struct transaction_options options = {.mode = TRANSACTION_SNAPSHOT, .attempts = 1};
    bool ok = row_select_make(memory, entity, query, &scan.select, error);
    scan.select.what = query->limit ? SELECT_WHOLE : SELECT_CELLS;
    scan.passed = scan.select.cursor.passed;
    scan.here = scan.select.cursor;
    scan.is_under_way = query->cursor != NULL;
    ok = ok && transaction_run(connection, &options, work, &scan, error);
    if (!ok)
        complaint_make(connection, &scan.select, error);
    *next = ok && scan.has_more ? cursor_write(owner, &scan.select.order, &scan.here) : NULL;
    talloc_free(memory);
    return ok;
}
