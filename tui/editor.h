/* The person's editor: $VISUAL, else $EDITOR, else vi; it gets the terminal until it ends. */
#ifndef TUI_EDITOR_H
#define TUI_EDITOR_H

#include <talloc.h>

#include "tui/console.h"

/* Opens a file, at a line (0: wherever the editor likes), then refreshes the console. Blocks. A failure is said. */
void editor_open(struct console *console, const char *path, int line);

/* The line for sh(1), whose first argument is the path: "exec vi +12 \"$1\"", in the editor's own manner. Owner:
 * `owner`. */
char *editor_command(TALLOC_CTX *owner, const char *editor, int line);

#endif
