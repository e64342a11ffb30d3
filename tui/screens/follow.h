/* The structured log, followed live: new lines of the file appear as they are written. */
#ifndef TUI_SCREENS_FOLLOW_H
#define TUI_SCREENS_FOLLOW_H

#include "tui/console.h"
#include "tui/widgets/pager.h"

struct follow;

/* Follows the log of the console's deck into a pager, while it is asked to. Owner: `owner`. */
struct follow *follow_new(TALLOC_CTX *owner, struct console *console, struct pager *pager);

/* Begins or goes on; stops. */
void follow_start(struct follow *follow);
void follow_stop(struct follow *follow);

#endif
