/* A grid of cells under headings: a cursor on one of them, columns as wide as their content within bounds, or as they
 * were made; it scrolls both ways, and the first columns may stay in sight. Knows its rows only through a callback. */
#ifndef TUI_WIDGETS_GRID_H
#define TUI_WIDGETS_GRID_H

#include <talloc.h>

#include "tui/action.h"
#include "tui/screen.h"

enum { GRID_LEAST_COLUMN = 3, GRID_MOST_COLUMN = 32, GRID_GAP = 2 };

struct grid_column {
    const char *title; /* as it is: it is sanitised when drawn */
    enum { GRID_LEFT, GRID_RIGHT } align;
};

/* A cell's text (may be allocated under `owner`, which is freed soon) and its look. */
struct grid_cell {
    const char *text;
    enum look look;
};
typedef void (*grid_cell_fn)(const void *rows, size_t row, size_t column, TALLOC_CTX *owner, struct grid_cell *cell);

struct grid;

struct grid *grid_new(TALLOC_CTX *owner, grid_cell_fn cell);

/* Other columns: the cursor goes to the first. frozen: so many of the first ones stay in sight, where they leave room.
 * Titles are borrowed. */
void grid_set_columns(struct grid *grid, const struct grid_column *columns, size_t count, size_t frozen);

/* The rows there are now; the numbers of those that stay have changed by `shift`, and cursor and place go with them. */
void grid_set_rows(struct grid *grid, const void *rows, size_t count, ptrdiff_t shift);

/* Makes the columns as wide as what the rows hold, but for those that a person has resized. */
void grid_measure(struct grid *grid);

/* Makes columns wider where some of the rows need it. */
void grid_widen(struct grid *grid, size_t first, size_t count);

/* The heading of a column shows an order; SIZE_MAX: none does. */
enum grid_order { GRID_ASCENDING, GRID_DESCENDING };
void grid_set_order(struct grid *grid, size_t column, enum grid_order order);

/* Puts the cursor on a row; on a column. */
void grid_go(struct grid *grid, size_t row);
void grid_go_column(struct grid *grid, size_t column);

/* Puts a row at the top of the picture. */
void grid_set_top(struct grid *grid, size_t row);

size_t grid_row(const struct grid *grid);
size_t grid_column_here(const struct grid *grid);

/* The rows in sight; nothing is counted before the first picture. */
size_t grid_top(const struct grid *grid);
size_t grid_height(const struct grid *grid);

/* Moves, and WIDER and NARROWER of the column under the cursor. False for any other action. */
bool grid_act(struct grid *grid, enum action action);

void grid_draw(struct grid *grid, struct terminal *terminal, struct area area);

/* ---- pure: which columns are in sight ---- */

struct grid_layout {
    size_t frozen; /* columns from the first on that stay */
    size_t first;  /* the first behind those */
    size_t end;    /* behind the last that has any room */
};

/* Shares `room` out, beginning with `first` where the column `here` is then wholly in sight, else scrolled as little as
 * will do. A frozen part that took more than half of the room is not frozen. */
struct grid_layout grid_lay_out(const int *widths, size_t count, size_t frozen, size_t first, size_t here, int room);

#endif
