/* See document.h. */
#include "tui/widgets/document.h"

#include <stdarg.h>

#include "store/text.h"

struct document *document_new(TALLOC_CTX *owner)
{
    struct document *document = talloc_zero(owner, struct document);
    document_end_line(document);
    return document;
}

void document_end_line(struct document *document)
{
    if (document->count == document->room) {
        document->room = document->room ? 2 * document->room : 16;
        document->lines = talloc_realloc(document, document->lines, struct document_line, (unsigned)document->room);
    }
    document->lines[document->count++] = (struct document_line){.text = talloc_strdup(document, "")};
}

/* `text` is sanitised and holds no newline. */
static void append(struct document *document, enum look look, const char *text, size_t size_bytes)
{
    struct document_line *line = &document->lines[document->count - 1];
    if (size_bytes == 0)
        return;
    line->text = talloc_realloc_size(document, line->text, line->size_bytes + size_bytes + 1);
    memcpy(line->text + line->size_bytes, text, size_bytes);
    line->size_bytes += size_bytes;
    line->text[line->size_bytes] = '\0';
    if (line->run_count == 0 || line->runs[line->run_count - 1].look != look) {
        line->runs = talloc_realloc(document, line->runs, struct document_run, (unsigned)line->run_count + 1);
        line->runs[line->run_count++].look = look;
    }
    line->runs[line->run_count - 1].end = line->size_bytes;
}

void document_add_bytes(struct document *document, enum look look, const char *text, size_t size_bytes)
{
    char *clean = text_sanitise(document, text, size_bytes, TEXT_KEEP_NEWLINES);
    for (const char *at = clean;;) {
        size_t size = strcspn(at, "\n");
        append(document, look, at, size);
        at += size;
        if (!*at++)
            break;
        document_end_line(document);
    }
    talloc_free(clean);
}

static void add_formatted(struct document *document, enum look look, const char *format, va_list arguments)
{
    char *text = talloc_vasprintf(document, format, arguments);
    document_add_bytes(document, look, text, strlen(text));
    talloc_free(text);
}

void document_add(struct document *document, enum look look, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    add_formatted(document, look, format, arguments);
    va_end(arguments);
}

void document_line(struct document *document, enum look look, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    add_formatted(document, look, format, arguments);
    va_end(arguments);
    document_end_line(document);
}

void document_fact(struct document *document, const char *name, int width, enum look look, const char *format, ...)
{
    document_add(document, LOOK_DIM, " %-*s ", width, name);
    va_list arguments;
    va_start(arguments, format);
    add_formatted(document, look, format, arguments);
    va_end(arguments);
    document_end_line(document);
}

char *document_text(TALLOC_CTX *owner, const struct document *document)
{
    char *text = talloc_strdup(owner, "");
    for (size_t i = 0; i < document->count; i++)
        if (i + 1 < document->count || document->lines[i].size_bytes > 0)
            text = talloc_asprintf_append_buffer(text, "%s\n", document->lines[i].text);
    return text;
}
