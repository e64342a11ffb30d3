/* All rows of a query, however many: through a cursor of the server, batch by batch, in one transaction. */
#include "store/entity/complaint.h"
#include "store/entity/select.h"
#include "store/transaction.h"

enum { BATCH_ROWS = 2000 };

struct scan {
    struct row_select select;
    entity_rows_fn on_row;
    void *listener;
    TALLOC_CTX *memory; /* of the whole */
    size_t passed;      /* rows with ties that came before */
    size_t left;        /* rows that may still be told; SIZE_MAX: all */
    char *last;         /* cursor behind the row that was told last */
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

static bool open_cursor(struct scan *scan, struct connection *connection, struct error *error)
{
    const char *word;
    struct query_text *text = row_select_begin(scan->memory, &scan->select, &word);
    if (scan->select.query->cursor)
        add_condition(text, &scan->select, word);
    row_select_add_order(text, &scan->select);
    if (scan->left != SIZE_MAX)
        query_add(text, " LIMIT %zu", scan->left + scan->passed + 1);
    const char *sql = talloc_asprintf(text, "DECLARE pgdeck NO SCROLL CURSOR FOR %s", text->sql);
    bool ok = connection_execute(connection, query_parameters(text), error, sql);
    talloc_free(text);
    return ok;
}

static char *cursor_behind(struct scan *scan, const struct entity_row *row)
{
    struct cursor cursor = {0};
    for (size_t i = 0; i < scan->select.order.count; i++)
        cursor.values[i] = row_select_sort_cell(&scan->select, row, i);
    return cursor_write(scan->memory, &scan->select.order, &cursor);
}

/* Tells the rows of a batch; false with no error set: it is enough. */
static bool tell(struct scan *scan, const struct result *rows, struct error *error)
{
    size_t count = result_row_count(rows);
    for (size_t i = 0; i < count; i++) {
        if (scan->passed) {
            scan->passed--;
            continue;
        }
        if (!scan->left) {
            scan->has_more = true;
            return false;
        }
        const struct entity_row row = {rows, i};
        if (!scan->on_row(scan->listener, &row, error))
            return false;
        if (scan->left != SIZE_MAX && !--scan->left)
            scan->last = cursor_behind(scan, &row);
    }
    return true;
}

static bool work(struct connection *connection, void *argument, struct error *error)
{
    struct scan *scan = argument;
    if (!open_cursor(scan, connection, error))
        return false;
    const char *fetch = talloc_asprintf(scan->memory, "FETCH %d FROM pgdeck", BATCH_ROWS);
    for (bool goes_on = true; goes_on;) {
        struct result *rows = connection_query(scan->memory, connection, NO_PARAMETERS, error, fetch);
        if (!rows)
            return false;
        goes_on = tell(scan, rows, error) && result_row_count(rows) == BATCH_ROWS;
        talloc_free(rows);
    }
    return !error_is_set(error);
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
    scan.passed = scan.select.cursor.passed;
    ok = ok && transaction_run(connection, &options, work, &scan, error);
    if (!ok)
        complaint_make(connection, &scan.select, error);
    *next = ok && scan.has_more && scan.last && !scan.select.order.has_ties ? talloc_strdup(owner, scan.last) : NULL;
    talloc_free(memory);
    return ok;
}
