/* See json_text.h. The text is parsed once, to know that it is JSON; what is written comes from the text itself, so
 * that no digit of a number and no doubled name is lost. */
#include "tui/json_text.h"

#include <jansson.h>

enum { INDENT = 2, DEEPEST = 200 };

struct writer {
    char *text;
    size_t size, room;
    int depth;
};

static void put(struct writer *writer, const char *text, size_t size)
{
    if (writer->size + size + 1 > writer->room) {
        writer->room = (writer->size + size + 1) * 2;
        writer->text = talloc_realloc_size(NULL, writer->text, writer->room);
        if (!writer->text)
            abort();
    }
    memcpy(writer->text + writer->size, text, size);
    writer->size += size;
    writer->text[writer->size] = '\0';
}

static void begin_line(struct writer *writer)
{
    put(writer, "\n", 1);
    for (int i = 0; i < writer->depth * INDENT; i++)
        put(writer, " ", 1);
}

static size_t string_size(const char *text)
{
    size_t size = 1;
    while (text[size] && text[size] != '"')
        size += text[size] == '\\' && text[size + 1] ? 2 : 1;
    return size + (text[size] == '"');
}

static const char *skip_blanks(const char *text) { return text + strspn(text, " \t\r\n"); }

/* Takes one token; returns what follows. */
static const char *take(struct writer *writer, const char *at)
{
    size_t size = *at == '"' ? string_size(at) : strchr("{}[],:", *at) ? 1 : strcspn(at, " \t\r\n{}[],:\"");
    const char *next = skip_blanks(at + size);
    bool is_open = *at == '{' || *at == '[', is_close = *at == '}' || *at == ']';
    if (is_close) {
        writer->depth--;
        begin_line(writer);
    }
    put(writer, at, size);
    if (is_open && (*next == '}' || *next == ']')) {
        put(writer, next, 1);
        return skip_blanks(next + 1);
    }
    writer->depth += is_open;
    if (is_open || *at == ',')
        begin_line(writer);
    else if (*at == ':')
        put(writer, " ", 1);
    return next;
}

/* Whether strings end, and brackets close what they opened. */
static bool is_balanced(const char *text)
{
    char open[DEEPEST];
    size_t depth = 0;
    for (const char *at = text; *at; at++) {
        size_t size = *at == '"' ? string_size(at) : 1;
        if (*at == '"' && (size == 1 || at[size - 1] != '"'))
            return false;
        if (*at == '{' || *at == '[') {
            if (depth == DEEPEST)
                return false;
            open[depth++] = *at == '{' ? '}' : ']';
        } else if ((*at == '}' || *at == ']') && (!depth || open[--depth] != *at)) {
            return false;
        }
        at += size - 1;
    }
    return !depth && *skip_blanks(text);
}

char *json_text_lay_out(TALLOC_CTX *owner, const char *text)
{
    struct writer writer = {0};
    if (!is_balanced(text))
        return NULL;
    put(&writer, "", 0);
    for (const char *at = skip_blanks(text); *at;)
        at = take(&writer, at);
    return talloc_steal(owner, writer.text);
}
