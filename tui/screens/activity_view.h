/* The screen Activity from within: its state, and what its files ask of each other. */
#ifndef TUI_SCREENS_ACTIVITY_VIEW_H
#define TUI_SCREENS_ACTIVITY_VIEW_H

#include "store/activity/signal.h"
#include "tui/activity_rows.h"
#include "tui/console.h"
#include "tui/widgets/document.h"
#include "tui/widgets/pager.h"

enum activity_pace { ACTIVITY_WHEN_ASKED, ACTIVITY_BY_ITSELF /* every two seconds */ };

struct activity_view {
    struct view base;
    struct task *reading; /* or NULL */
    struct task *done;    /* owner of `activity`, or NULL */
    const struct activity *activity;
    struct error *problem; /* why the newest attempt failed; not set: it did not */
    struct task *stopping; /* that cancels or terminates, or NULL */
    enum activity_pace pace;

    struct activity_rows *rows; /* of `activity` */
    enum activity_order order;
    enum activity_direction direction;
    struct tree *tree;
    struct pager *pager;            /* the pane, or what stands there where there are no rows */
    char *shown;                    /* identity of the row in the pane, or NULL */
    struct activity_victim *victim; /* whom the open dialog is about, or NULL */
    TALLOC_CTX *refusal;            /* of the text of the last refusal */
};

/* Reads the target's activity in the background, unless that is going on. */
void activity_view_read(struct activity_view *view);

/* Reads by itself from now on, or only when asked. */
void activity_view_set_pace(struct activity_view *view, enum activity_pace pace);

/* Asks for the session under the cursor, then stops it. Why that cannot be; NULL: it can. Owner: `owner`. */
void activity_view_stop(struct activity_view *view, enum activity_deed deed);
const char *activity_view_stop_refusal(const struct activity_view *view, TALLOC_CTX *owner, enum activity_deed deed);

/* Makes the rows anew from what was read; fills the pane. */
void activity_view_arrange(struct activity_view *view);
void activity_view_fill(struct activity_view *view);

/* Everything that is known of a row. Owner: `owner`. */
struct document *activity_document(TALLOC_CTX *owner, const struct activity_rows *rows, size_t row);

#endif
