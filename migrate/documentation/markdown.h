/* The little of Markdown that entries need: what is no text, headings, and the words of a paragraph. Private to
 * documentation. */
#ifndef MIGRATE_DOCUMENTATION_MARKDOWN_H
#define MIGRATE_DOCUMENTATION_MARKDOWN_H

#include <talloc.h>

#include "store/base.h"

/* A copy of the same length in which blocks of code and HTML comments are blanks; lines stay. Owner: `owner`. */
char *markdown_blank(TALLOC_CTX *owner, const char *text);

/* The level of a heading's line ("## x": 2), or 0. */
int markdown_heading(const char *line, size_t size_bytes);

/* The words of a text in lower case with one blank between them, without marks. *count gets how many. Owner: `owner`.
 */
char *markdown_words(TALLOC_CTX *owner, const char *text, size_t size_bytes, size_t *count);

#endif
