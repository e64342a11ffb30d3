/* A list of rows in columns: cursor, marks, filter, order. Cursor and marks follow the identity of a row, never its
 * place, so that no refresh moves them to another thing. Knows its rows only through callbacks. */
#ifndef TUI_WIDGETS_LIST_H
#define TUI_WIDGETS_LIST_H

#include <talloc.h>

#include "tui/action.h"
#include "tui/screen.h"

struct list_column {
    const char *title;
    int least, most; /* columns of the screen; it gets what its content needs, between these */
    int weight; /* what is left over goes to the highest; what lacks, the lowest gives up first: then it is not shown */
    enum { LIST_LEFT, LIST_RIGHT, LIST_CUT } align; /* CUT: left; is cut down to `least` before any other gives way */
    enum {
        LIST_BESIDE,
        LIST_UNDER_CURSOR
    } cursor; /* the cursor's bar covers the columns up to the last UNDER_CURSOR one */
    enum { LIST_ALWAYS, LIST_IF_FILLED } presence; /* IF_FILLED: while no cell of it has text it takes no room */
};

struct list_cell {
    const char *text; /* as it is: it is sanitised when drawn; NULL: empty */
    enum look look;
};

struct list_source {
    const struct list_column *columns;
    size_t column_count;
    /* The name of a row; unique; lives as long as the rows. */
    const char *(*identity)(const void *rows, size_t row);
    /* May allocate under `owner`, which is freed soon. */
    void (*cell)(const void *rows, size_t row, size_t column, TALLOC_CTX *owner, struct list_cell *cell);
    /* Less than, equal to, greater than 0. NULL: by the cells' texts. */
    int (*compare)(const void *rows, size_t left, size_t right, size_t column);
};

struct list;

struct list *list_new(TALLOC_CTX *owner, const struct list_source *source);

/* Takes new rows (borrowed until the next call). Cursor, marks, filter and order stay; a row that is gone gives the
 * cursor to its neighbour. Returns how many marks were dropped because their rows are gone. */
size_t list_set(struct list *list, const void *rows, size_t count);

/* The columns of the screen that its content would like to have. */
int list_wanted_columns(const struct list *list);

void list_draw(struct list *list, struct terminal *terminal, struct area area);

/* Moves, SORT and REVERSE. False for any other action. */
bool list_act(struct list *list, enum action action);

/* The row under the cursor, or -1. */
ptrdiff_t list_cursor(const struct list *list);

/* Its identity, or NULL. */
const char *list_cursor_identity(const struct list *list);

/* Puts the cursor on a row; false when it is not shown. */
bool list_go(struct list *list, const char *identity);

/* Marks or unmarks the row under the cursor and moves on. */
void list_toggle_mark(struct list *list);
void list_clear_marks(struct list *list);
size_t list_mark_count(const struct list *list);
bool list_is_marked(const struct list *list, const char *identity);

/* Shows rows that hold the text in any cell, without regard to case; "" shows all, with the cursor where it was unless
 * it was moved. */
void list_set_filter(struct list *list, const char *text);
const char *list_filter(const struct list *list);

size_t list_shown_count(const struct list *list);

/* Sorts by a column, ascending. LIST_AS_GIVEN: by no column that is shown (`compare` must be there, and gets it). */
#define LIST_AS_GIVEN SIZE_MAX
void list_sort(struct list *list, size_t column);

/* "3 of 14". Owner: `owner`. */
const char *list_position(const struct list *list, TALLOC_CTX *owner);

#endif
