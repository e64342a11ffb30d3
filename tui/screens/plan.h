/* The plan page: exactly what an apply would do, with every statement, or why nothing can be done and the way out. From
 * here a run is confirmed and started; Enter never does that. */
#ifndef TUI_SCREENS_PLAN_H
#define TUI_SCREENS_PLAN_H

#include "tui/console.h"

/* What the plan is opened for: the question is asked by itself once the plan is there. */
enum plan_page_aim { PLAN_TO_SEE, PLAN_TO_APPLY, PLAN_TO_REHEARSE };

/* Plans in the background and shows it. `only`: versions, NULL-terminated; NULL: all that is pending. Copied. */
void plan_page_open(struct console *console, const char *const *only, enum plan_page_aim aim);

#endif
