/* A file of the project at one of its lines: what an error or a blame leads to. `e` opens it there in the editor. */
#ifndef TUI_SCREENS_SOURCE_H
#define TUI_SCREENS_SOURCE_H

#include "tui/console.h"

/* Opens the page, or says why the file cannot be shown. file: relative to the project, or absolute; copied. */
void source_page_open(struct console *console, const char *file, int line);

/* Opens it in the editor at once. */
void source_edit(struct console *console, const char *file, int line);

/* Adds the lines around one, with their numbers, that one marked: at most `around` before and behind it. What cannot be
 * read adds nothing. */
void source_add_lines(struct document *document, const struct console *console, const char *file, int line, int around);

#endif
