/* The page of one row: a form with types, nullability and comments, the relationships that lead on from it, and the
 * place where it is changed: values are staged, shown as SQL with what they touch, then confirmed or dropped. */
#ifndef TUI_SCREENS_ROW_H
#define TUI_SCREENS_ROW_H

#include "tui/entity_work.h"

/* Which row. All is copied or referenced. */
struct row_subject {
    struct task *catalog;                           /* that read the list: a struct entity_catalog */
    struct entity_hold *hold;                       /* the entity, or what the relationship lives in */
    const char *title;                              /* on the crumb line, before its key */
    const char *const *key;                         /* of a row of the hold's entity; or NULL: */
    const char *const *cells;                       /* of one without a key, as the grid had them; or NULL: */
    const struct entity_relationship *relationship; /* the one row behind it; or NULL: a new row */
    const struct entity_filter *given;              /* of a new row: what its columns must be equal to */
    size_t given_count;
    const char *const *values;            /* of the relationship's columns `here` */
    size_t column;                        /* where the cursor stands at first */
    enum { ROW_TO_SEE, ROW_TO_EDIT } aim; /* EDIT: asks for the column's value at once */
};

void row_page_open(struct console *console, const struct row_subject *subject);

#endif
