/* A list whose rows have parts: folded and unfolded, filtered with what stands above and below a match. Cursor and
 * folds follow the identity of a row. Ten thousand rows are nothing special: a move costs what a list's move costs. */
#ifndef TUI_WIDGETS_TREE_H
#define TUI_WIDGETS_TREE_H

#include <talloc.h>

#include "tui/action.h"
#include "tui/screen.h"
#include "tui/widgets/list.h"

/* Rows come in order: what is over its parts stands before them, depth first. */
struct tree_source {
    const struct list_column *columns;
    size_t column_count;
    /* Unique; lives as long as the rows. */
    const char *(*identity)(const void *rows, size_t row);
    /* From 0; at most one more than that of the row before. */
    int (*depth)(const void *rows, size_t row);
    /* As of a list; the tree indents the first column and puts its sign before it. */
    void (*cell)(const void *rows, size_t row, size_t column, TALLOC_CTX *owner, struct list_cell *cell);
};

struct tree;

struct tree *tree_new(TALLOC_CTX *owner, const struct tree_source *source);

/* Takes new rows (borrowed until the next call). Folds, filter and cursor stay; a row that is gone gives the cursor to
 * its neighbour. New rows are unfolded. */
void tree_set(struct tree *tree, const void *rows, size_t count);

/* Sets the heading of a column, instead of the table's. */
void tree_set_heading(struct tree *tree, size_t column, const char *text);

void tree_draw(struct tree *tree, struct terminal *terminal, struct area area);

/* Moves, FOLD, UNFOLD, FOLD_ALL, UNFOLD_ALL. False for any other action. */
bool tree_act(struct tree *tree, enum action action);

/* Folds or unfolds the row under the cursor; false where it has no parts. */
bool tree_toggle(struct tree *tree);

/* The row under the cursor, or -1; its identity, or NULL. */
ptrdiff_t tree_cursor(const struct tree *tree);
const char *tree_cursor_identity(const struct tree *tree);

/* Puts the cursor on a row and unfolds what is above it; false when there is no such row, or the filter hides it. */
bool tree_go(struct tree *tree, const char *identity);

/* Shows rows that hold the text in any cell, without regard to case, with what is over and under them, folded or not;
 * "" shows all, with the cursor where it was unless it was moved. */
void tree_set_filter(struct tree *tree, const char *text);
const char *tree_filter(const struct tree *tree);

size_t tree_shown_count(const struct tree *tree);

/* "3 of 14". Owner: `owner`. */
const char *tree_position(const struct tree *tree, TALLOC_CTX *owner);

#endif
