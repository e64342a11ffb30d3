/* The page of an entity's rows: a grid that scrolls over any number of them by keyset pages, sorted, filtered. Opened
 * from the list of entities, and from a row along a relationship. */
#ifndef TUI_SCREENS_ROWS_H
#define TUI_SCREENS_ROWS_H

#include "tui/entity_work.h"

/* Which rows. All is copied or referenced. */
struct rows_subject {
    struct task *catalog;                           /* that read the list: a struct entity_catalog */
    const char *schema, *table;                     /* as in the catalog */
    const char *title;                              /* on the crumb line */
    const struct entity_relationship *relationship; /* those behind one row alone; or NULL */
    const char *const *values;                      /* that row's, of the relationship's columns `here` */
    struct entity_hold *hold;                       /* what the relationship lives in; or NULL */
};

void rows_page_open(struct console *console, const struct rows_subject *subject);

/* A copy of values that may be NULL, NULL-terminated; NULL of NULL. Owner: `owner`. */
const char *const *rows_copy_values(TALLOC_CTX *owner, const char *const *values, size_t count);

/* A row was changed: the pages of rows that are open read what is in sight again. */
void rows_pages_changed(struct console *console);

#endif
