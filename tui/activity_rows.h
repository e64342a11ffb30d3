/* The rows of the screen Activity: who blocks whom as a tree, below it the other sessions. Pure. */
#ifndef TUI_ACTIVITY_ROWS_H
#define TUI_ACTIVITY_ROWS_H

#include <talloc.h>

#include "store/activity.h"
#include "tui/widgets/tree.h"

/* How those are sorted that neither block nor wait. */
enum activity_order { ACTIVITY_BY_AGE, ACTIVITY_BY_STATE, ACTIVITY_BY_NAME, ACTIVITY_BY_PID, ACTIVITY_ORDER_COUNT };
enum activity_direction { ACTIVITY_FORWARDS, ACTIVITY_BACKWARDS };

struct activity_row {
    enum activity_being being;
    size_t place; /* in the reading's array of such beings */
    size_t behind;
    int depth;
    enum blocking_mention mention;
    const char *identity; /* "4711"; what is mentioned again, or is no session, has other words */
};

struct activity_rows {
    const struct activity *activity; /* borrowed */
    struct activity_row *items;
    size_t count;
};

/* Owner: `owner`. The session that asks has no row. */
struct activity_rows *activity_rows_make(TALLOC_CTX *owner, const struct activity *activity, enum activity_order order,
                                         enum activity_direction direction);

/* The session of a row, or NULL. */
const struct activity_session *activity_row_session(const struct activity_rows *rows, size_t row);

/* Shows order and direction in the headings. */
void activity_rows_head(struct tree *tree, enum activity_order order, enum activity_direction direction);

/* For the tree that shows them: `rows` of its callbacks is a struct activity_rows. */
extern const struct tree_source activity_rows_source;

#endif
