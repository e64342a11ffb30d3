/* SQL for the eye: words, strings, comments and numbers with their looks. It colours, it never judges: what it takes
 * wrongly is only shown wrongly. */
#ifndef TUI_HIGHLIGHT_H
#define TUI_HIGHLIGHT_H

#include "tui/widgets/document.h"

/* Adds SQL text to a document; newlines begin lines. */
void highlight_sql(struct document *document, const char *text, size_t size_bytes);

/* Adds Markdown: headings, **strong** words, `code`. */
void highlight_markdown(struct document *document, const char *text);

#endif
