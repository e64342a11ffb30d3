/* A list and the detail of what its cursor is on: beside each other on a wide screen, else the detail under the list.
 */
#ifndef TUI_WIDGETS_PANES_H
#define TUI_WIDGETS_PANES_H

#include "store/base.h"
#include "tui/screen.h"
#include "tui/widgets/pager.h"

struct panes {
    struct area list;
    struct area detail; /* its first row is the head; no rows: there is no room for it */
};

/* Shares an area out. wanted_columns, wanted_rows: what the list would like to have. */
struct panes panes_split(struct area area, int wanted_columns, int wanted_rows);

/* The line between panes that stand beside each other; else nothing. */
void panes_draw_rule(struct terminal *terminal, const struct panes *panes);

/* The head in the detail's first row: names of tabs, `here` in brackets; `place` ("1-17 of 40", or "") at its right
 * end. */
void panes_draw_head(struct terminal *terminal, struct area detail, const char *const *names, size_t count, size_t here,
                     const char *place);

/* Rule, head and text of a detail that has no tabs. */
void panes_draw_pager(struct terminal *terminal, const struct panes *panes, const char *name, struct pager *pager);

#endif
