/* Text with looks: what pages show. Lines of stretches; all of it sanitised when it comes in. */
#ifndef TUI_WIDGETS_DOCUMENT_H
#define TUI_WIDGETS_DOCUMENT_H

#include <talloc.h>

#include "store/base.h"
#include "tui/theme.h"

struct document_run {
    size_t end; /* in bytes of the line */
    enum look look;
};

struct document_line {
    char *text; /* sanitised, without newline */
    size_t size_bytes;
    struct document_run *runs;
    size_t run_count;
};

struct document {
    struct document_line *lines;
    size_t count;
    size_t room;
};

struct document *document_new(TALLOC_CTX *owner);

/* Adds text to the last line; its newlines begin new ones. */
void document_add(struct document *document, enum look look, const char *format, ...) PRINTF_LIKE(3, 4);
void document_add_bytes(struct document *document, enum look look, const char *text, size_t size_bytes);

/* Ends the last line. */
void document_end_line(struct document *document);

/* A whole line. */
void document_line(struct document *document, enum look look, const char *format, ...) PRINTF_LIKE(3, 4);

/* "  name       value", the name dim and `width` columns wide. */
void document_fact(struct document *document, const char *name, int width, enum look look, const char *format, ...)
    PRINTF_LIKE(5, 6);

/* All of it as plain text. Owner: `owner`. */
char *document_text(TALLOC_CTX *owner, const struct document *document);

#endif
