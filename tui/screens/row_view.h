/* The page of one row from within: its state, and what its files ask of each other. See row.h. Its parts: row.c keys
 * and picture, row_read.c what is read in the background, row_fields.c what the form and the pane say. */
#ifndef TUI_SCREENS_ROW_VIEW_H
#define TUI_SCREENS_ROW_VIEW_H

#include "tui/screens/row.h"
#include "tui/widgets/document.h"
#include "tui/widgets/list.h"
#include "tui/widgets/pager.h"

/* A line of the form: a column, or a relationship. */
struct row_line {
    const struct row_view *view;
    const struct entity_column *column;
    const struct entity_relationship *relationship;
    const char *identity;
};

struct row_view {
    struct view base;
    struct row_subject subject;
    struct entity_hold *hold; /* of the row's own entity; NULL until it is open */
    struct task *task;        /* that works for the page, or NULL */
    const char *doing;        /* "reading" */
    int64_t start_ms;
    struct error *problem;    /* why the newest attempt failed; not set: it did not */
    struct task *row_task;    /* owner of `row`; or NULL */
    struct entity_row row;    /* result NULL: not read, gone, or one without a key: */
    const char *const *cells; /* by column; or NULL */
    struct row_line *lines;
    struct list *list;
    struct pager *card, *pane;
    char *shown; /* identity of the line in the pane, or NULL */
};

/* ---- row_read.c ---- */

void row_view_stop(struct row_view *view);

/* Opens the entity if need be, then reads the row. */
void row_view_open(struct row_view *view);

/* Reads the row again. */
void row_view_read(struct row_view *view);

/* Shows time while something runs: to be called when it is started. */
void row_view_tick(struct row_view *view);

void row_view_fill_card(struct row_view *view);

/* ---- row_fields.c ---- */

extern const struct list_source row_fields_source;

/* Makes the lines of the form anew, and the pane. */
void row_view_arrange(struct row_view *view);

/* Whether there is something to show; a column's value, NULL for NULL. */
bool row_view_has_values(const struct row_view *view);
const char *row_view_value(const struct row_view *view, const struct entity_column *column);

/* The line under the cursor, or NULL. */
const struct row_line *row_view_line(const struct row_view *view);

/* What is known of a line: facts and value, of long ones the beginning. Owner: `owner`. */
struct document *row_line_document(TALLOC_CTX *owner, const struct row_view *view, const struct row_line *line);

/* A value for reading: JSON laid out, all of it. Owner: `owner`. */
void row_add_value(struct document *document, const struct entity_column *column, const char *value,
                   size_t limit_bytes);

#endif
