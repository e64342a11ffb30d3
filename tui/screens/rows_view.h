/* The page of rows from within: its state, and what its files ask of each other. See rows.h. Its parts: rows.c keys and
 * picture, rows_read.c what is read in the background, rows_query.c sort and filter. */
#ifndef TUI_SCREENS_ROWS_VIEW_H
#define TUI_SCREENS_ROWS_VIEW_H

#include "tui/row_window.h"
#include "tui/screens/row_change.h"
#include "tui/screens/rows.h"
#include "tui/widgets/grid.h"
#include "tui/widgets/pager.h"

/* What is asked of the entity, but for where. */
struct rows_query {
    TALLOC_CTX *memory;            /* of the filters */
    struct entity_filter *filters; /* the relationship's first */
    size_t filter_count, fixed_count;
    char *text;                       /* of the filters that were typed, "" for none */
    const struct entity_column *sort; /* NULL: the key */
    enum grid_order order;
    enum entity_deleted deleted;
};

enum rows_reading {
    ROWS_OPENING, /* the entity itself */
    ROWS_FIRST,
    ROWS_LAST,
    ROWS_MORE_BEFORE,
    ROWS_MORE_BEHIND,
    ROWS_AGAIN, /* around the cursor */
};

struct rows_view {
    struct view base;
    struct rows_subject subject;
    struct entity_hold *hold; /* NULL until the entity is open */
    struct grid_column *columns;
    struct grid *grid;
    struct row_window *window;
    struct pager *card;      /* where there are no rows */
    struct rows_query asked; /* by what is being read */
    struct rows_query shown; /* by what is in the window; memory NULL: nothing yet */
    const char **starts;     /* cursors of pages, by number: for rows that are read forward alone */
    struct task *task;       /* that reads, or NULL */
    enum rows_reading reading;
    int64_t start_ms;
    struct error *problem; /* why the newest attempt failed; not set: it did not */
    TALLOC_CTX *place_memory;
    const char *const *place;  /* ROWS_AGAIN: the key that the cursor goes back to; or NULL */
    size_t place_row;          /* else this row */
    ptrdiff_t place_top;       /* rows between the top of the picture and the cursor */
    int64_t place_before;      /* rows before the page, or ROWS_UNKNOWN */
    struct row_change *change; /* of the row under the cursor, on its way; or NULL */
};

/* ---- rows_read.c ---- */

/* Drops what is being read. */
void rows_view_stop(struct rows_view *view);

/* Opens the entity, then reads its first rows. */
void rows_view_open(struct rows_view *view);

/* Reads by view->asked from the start, from the end. */
void rows_view_read(struct rows_view *view, enum rows_reading reading);

/* Reads on where the rows in sight come near an end of the window. */
void rows_view_read_more(struct rows_view *view);

/* Reads what is in sight again; the cursor stays on its row. */
void rows_view_read_again(struct rows_view *view);

/* The query's shape for the store, without a place. */
struct entity_query rows_view_query(const struct rows_view *view, const struct rows_query *query);

void rows_view_fill_card(struct rows_view *view);

/* ---- rows_query.c ---- */

/* The query that an entity is opened with. Errors: ERROR_USAGE. */
bool rows_query_begin(struct rows_view *view, struct error *error) NODISCARD;

/* Makes `asked` a copy of `shown`, to be changed. */
void rows_query_copy(struct rows_view *view);

/* Takes other filters, "a = 1 && b is null"; reads. Says what is wrong. */
void rows_view_filter(struct rows_view *view, const char *text);

/* Sorts by the column under the cursor, or by the key again; reverses; reads, asks first where no index helps. */
void rows_view_sort(struct rows_view *view);
void rows_view_reverse(struct rows_view *view);
void rows_view_toggle_deleted(struct rows_view *view);

/* Why the rows cannot be sorted by the column under the cursor; NULL: they can. */
const char *rows_view_sort_refusal(const struct rows_view *view);

/* The row under the cursor, or NULL. */
const struct entity_row *rows_view_row(const struct rows_view *view);

#endif
