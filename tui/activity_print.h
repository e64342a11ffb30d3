/* What goes on at a server, as text for 80 columns: who blocks whom as a tree, then the others. */
#ifndef TUI_ACTIVITY_PRINT_H
#define TUI_ACTIVITY_PRINT_H

#include "store/activity.h"
#include "tui/printer.h"

/* Lines are cut at 80 columns, and what idle sessions did last is left out, unless the printer is verbose. */
void activity_print(struct printer *printer, const struct activity *activity);

#endif
