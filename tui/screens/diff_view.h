/* The screen Diff from within: its state, and what its files ask of each other. See diff.h. */
#ifndef TUI_SCREENS_DIFF_VIEW_H
#define TUI_SCREENS_DIFF_VIEW_H

#include "tui/screens/diff.h"
#include "tui/widgets/tree.h"

enum diff_asking { DIFF_ASKING_FILTER, DIFF_ASKING_WRITE, DIFF_ASKING_DESCRIPTION };

struct diff_view {
    struct view base;
    enum mirror_kind from, to; /* wanted */
    struct diff_progress progress;
    struct task *task; /* that compares, or NULL */
    struct task *done; /* owner of `compared`, or NULL */
    const struct compared *compared;
    struct error *problem; /* why the newest attempt failed; not set: it did not */
    struct task *drafting; /* that makes a migration, or NULL */

    struct diff_rows *rows; /* of `compared` */
    enum diff_grouping grouping;
    enum diff_direction direction;
    struct tree *tree;
    struct pager *card; /* where there is no tree */

    struct pager *pager; /* the pane */
    enum diff_tab tab;
    char *shown; /* identity of the row in the pane, or NULL */
    enum diff_tab shown_tab;
    int shown_columns, columns; /* of the pane: of what it shows, and of the last picture */

    enum diff_asking asking;
    char *prompt; /* of the field */
};

/* What fills the screen. */
enum diff_shape { DIFF_SHAPE_CARD, DIFF_SHAPE_PROGRESS, DIFF_SHAPE_TREE };
enum diff_shape diff_view_shape(const struct diff_view *view);

/* Compares from and to, anew if need be. What is running for this screen is dropped: the newest question counts. */
void diff_view_start(struct diff_view *view);

/* Makes a migration of the script, then goes to its plan. */
void diff_view_draft(struct diff_view *view, const char *description);

/* Makes the tree's rows anew from what was compared; fills the pane. */
void diff_view_arrange(struct diff_view *view);
void diff_view_fill_pane(struct diff_view *view);
void diff_view_fill_card(struct diff_view *view);

/* The row under the cursor, or NULL. */
const struct diff_row *diff_view_row(const struct diff_view *view);

/* What a document is made of, for a line of so many columns. */
struct diff_subject diff_view_subject(const struct diff_view *view, const struct diff_row *row, int columns);

/* Shows or edits the file that set a row, or where the error on the card is; why it cannot, or NULL. */
void diff_view_go_to_file(struct diff_view *view, const struct diff_row *row, enum action action);
const char *diff_view_file_refusal(const struct diff_view *view, const struct diff_row *row);

/* The page of one row, or of the script or the remarks. */
void diff_page_open(struct diff_view *view, const struct diff_row *row, enum diff_tab tab);

#endif
