/* The stretch of a query's rows that is in memory: pages one behind the other, a bounded number of them. It knows how
 * many rows lie before and behind as far as that can be known, and which page is wanted next. Reads nothing itself. */
#ifndef TUI_ROW_WINDOW_H
#define TUI_ROW_WINDOW_H

#include <talloc.h>

#include "store/base.h"
#include "store/entity/page.h"

enum { ROW_WINDOW_PAGES = 5 };
enum row_side { ROWS_BEFORE, ROWS_BEHIND };

struct row_window;

struct row_window *row_window_new(TALLOC_CTX *owner);

/* What is known of the rows beside a stretch: how many; 0: none; ROWS_UNKNOWN: some. */
#define ROWS_UNKNOWN (-1)
struct row_place {
    int64_t before, behind;
    int64_t number; /* of the page, from the beginning: for rows that are read forward alone */
};

/* Begins anew with one page. `holder` owns the page and goes over to the window. */
void row_window_set(struct row_window *window, TALLOC_CTX *holder, const struct entity_page *page,
                    struct row_place place);

/* Adds a page at a side; what is too much at the other side is let go. Returns by how much the numbers of the rows
 * changed: more than 0 where rows were put in front, less where some were let go there. */
ptrdiff_t row_window_add(struct row_window *window, enum row_side side, TALLOC_CTX *holder,
                         const struct entity_page *page);

size_t row_window_count(const struct row_window *window);

/* The row of a number, from 0. */
const struct entity_row *row_window_row(const struct row_window *window, size_t row);

/* Where a page at a side begins; NULL where there are no rows. */
const char *row_window_cursor(const struct row_window *window, enum row_side side);

/* Whether there are rows at a side that are not in memory. */
bool row_window_has_more(const struct row_window *window, enum row_side side);

/* How many: see struct row_place. */
int64_t row_window_beside(const struct row_window *window, enum row_side side);

/* The number of the page at a side. */
int64_t row_window_page(const struct row_window *window, enum row_side side);

/* Whether a page is wanted while the rows `first` to `last` are in sight: where fewer than as many as these lie ready
 * at a side. */
bool row_window_wants(const struct row_window *window, size_t first, size_t last, enum row_side *side);

#endif
