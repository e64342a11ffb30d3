/* The page of one row from within: its state, and what its files ask of each other. See row.h. Its parts: row.c keys
 * and picture, row_read.c what is read in the background, row_fields.c what the form and the pane say. */
#ifndef TUI_SCREENS_ROW_VIEW_H
#define TUI_SCREENS_ROW_VIEW_H

#include "tui/screens/row.h"
#include "tui/screens/row_change.h"
#include "tui/widgets/document.h"
#include "tui/widgets/list.h"
#include "tui/widgets/pager.h"

/* What is staged for a column. */
struct row_staged {
    enum row_stage { STAGED_NOTHING, STAGED_VALUE, STAGED_DEFAULT } what;
    char *text; /* of VALUE; NULL: SQL's NULL */
};

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
    struct row_staged *staged; /* by column */
    enum row_asking { ROW_ASKING_FILTER, ROW_ASKING_VALUE } asking;
    const struct entity_column *asked; /* ROW_ASKING_VALUE */
    char *prompt;                      /* of the field */
    struct row_change *change;         /* on its way; or NULL */
    enum entity_write doing_what;      /* of `change` */
    struct task *before_task;          /* owner of `before`; or NULL */
    struct entity_row before;          /* in a conflict: the row as it had been read; result NULL: there is none */
    struct list *list;
    struct pager *card, *pane;
    char *viewed; /* the column whose value is, or was, laid out */
    char *shown;  /* identity of the line in the pane, or NULL */
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
/* "(null)", true and false, '' for no characters, else the text. */
const char *row_value_text(const struct entity_column *column, const char *value);

void row_add_value(struct document *document, const struct entity_column *column, const char *value,
                   size_t limit_bytes);

/* ---- row_edit.c ---- */

/* Whether the page is about a row that is not there yet. */
bool row_view_is_new(const struct row_view *view);

size_t row_view_staged_count(const struct row_view *view);
const struct row_staged *row_view_staged(const struct row_view *view, const struct entity_column *column);

/* Stages what a new row is given, and what the page was opened for. Called once, when the form is there. */
void row_view_begin_edit(struct row_view *view);

void row_view_drop_staged(struct row_view *view);

/* Actions of editing, and why one cannot be done now. */
bool row_edit_act(struct row_view *view, enum action action);
const char *row_edit_refusal(const struct row_view *view, enum action action);
void row_edit_typed(struct row_view *view, const char *text, enum typing typing);

/* ---- row_value.c ---- */

/* Opens the page of a column's value; what is staged goes before what was read. */
void row_value_open(struct row_view *view, const struct entity_column *column);

/* ---- row_conflict.c ---- */

/* Shows the version that was read, the one that is there now, and what is staged. */
void row_conflict_open(struct row_view *view);

#endif
