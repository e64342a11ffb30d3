/* A change of one row on its way: rehearsed, shown as SQL with what it touches, confirmed at the target's guard level,
 * made, logged. Whoever starts one owns it; freeing it drops what was not made yet. */
#ifndef TUI_SCREENS_ROW_CHANGE_H
#define TUI_SCREENS_ROW_CHANGE_H

#include "tui/entity_work.h"

enum row_change_end {
    ROW_CHANGE_MADE,
    ROW_CHANGE_DROPPED,  /* by the person: nothing was changed */
    ROW_CHANGE_CONFLICT, /* the row is not as it was read: nothing was changed */
    ROW_CHANGE_FAILED,   /* said already */
};

/* Called once, at the end; may free the change. outcome: MADE alone. */
typedef void (*row_change_fn)(void *argument, enum row_change_end end, const struct entity_outcome *outcome);

struct row_change;

/* Starts one. The change's texts are copied; its mode, and for ADD its snowflake, are of no account. Owner: `owner`.
 * NULL when it cannot be started; that was said. */
struct row_change *row_change_start(TALLOC_CTX *owner, struct console *console, struct entity_hold *hold,
                                    const struct entity_change *change, row_change_fn on_end, void *argument);

/* What it does now, for the crumb line: "trying it"; NULL while it asks. */
const char *row_change_doing(const struct row_change *change);

/* Why no row of an entity can be changed so now, and the way out; NULL: it can. */
const char *row_change_refusal(const struct console *console, const struct entity_hold *hold, enum entity_write what);

/* ^C; false where nothing runs. */
bool row_change_cancel(struct row_change *change);

#endif
