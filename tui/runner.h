/* The command line's other half: takes a line apart, does what is the console's own, and runs the rest as the scripted
 * mode does, on another thread, with a page for the answer and the console's dialog for the confirmation. */
#ifndef TUI_RUNNER_H
#define TUI_RUNNER_H

#include "tui/console.h"

/* For prompt.h; `argument` is the console. */
void runner_on_line(void *argument, const char *line);
void runner_on_matches(void *argument, const char *matches);

/* Splits a line into words as a shell would: blanks, '…', "…", \. Owner: `owner`. NULL for an open quote. */
const char *const *runner_split(TALLOC_CTX *owner, const char *line, size_t *count);

#endif
