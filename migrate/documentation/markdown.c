/* See markdown.h. */
#include "migrate/documentation/markdown.h"

#include <ctype.h>

enum { INDENT_MOST = 3 };

/* What opens and closes a block of code: at least three of one mark. What closes it is at least as long as what opened
 * it. */
struct fence {
    char mark; /* 0: none is open */
    size_t length;
};

static size_t indent_of(const char *line)
{
    size_t indent = strspn(line, " ");
    return indent <= INDENT_MOST ? indent : 0;
}

/* Whether the line opens or closes a block. */
static bool pass_fence(struct fence *open, const char *line)
{
    line += indent_of(line);
    size_t length = *line == '`' ? strspn(line, "`") : strspn(line, "~");
    const char *rest = line + length + strspn(line + length, " \t\r");
    if (length < 3)
        return false;
    if (!open->mark) {
        *open = (struct fence){*line, length};
        return true;
    }
    if (*line != open->mark || length < open->length || (*rest && *rest != '\n'))
        return false;
    open->mark = '\0';
    return true;
}

static void blank_out(char *text, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (text[i] != '\n')
            text[i] = ' ';
}

/* The end of `code` that begins at a run of backticks, on the same line; NULL: it is none. */
static char *code_end(char *at)
{
    size_t run = strspn(at, "`"), line = strcspn(at, "\n");
    for (char *close = at + run; close < at + line; close++) {
        size_t length = strspn(close, "`");
        if (length == run)
            return close + run;
        close += length;
    }
    return NULL;
}

/* Blanks the comment that opens here. One that is never closed is text, unless it begins a line: then all is comment.
 */
static char *pass_comment(char *text, char *at)
{
    char *end = strstr(at, "-->");
    const char *line = at;
    while (line > text && line[-1] == ' ' && at - line < INDENT_MOST)
        line--;
    bool begins_line = line == text || line[-1] == '\n';
    if (!end && !begins_line)
        return at + 4;
    char *stop = end ? end + 3 : at + strlen(at);
    blank_out(at, (size_t)(stop - at));
    return stop;
}

/* The comments that begin in this line. Returns where reading goes on: in this line, or a later one. */
static char *pass_line(char *text, char *line)
{
    char *at = line;
    while (*at && *at != '\n') {
        char *code = *at == '`' ? code_end(at) : NULL;
        if (code)
            at = code;
        else if (*at == '`')
            at += strspn(at, "`");
        else if (!strncmp(at, "<!--", 4))
            at = pass_comment(text, at);
        else
            at++;
    }
    return at;
}

char *markdown_blank(TALLOC_CTX *owner, const char *original)
{
    char *text = talloc_strdup(owner, original);
    struct fence fence = {0};
    if (!text)
        abort();
    for (char *line = text; *line;) {
        char *end = line + strcspn(line, "\n");
        if (pass_fence(&fence, line) || fence.mark)
            blank_out(line, (size_t)(end - line));
        else
            end = pass_line(text, line);
        line = end + (*end ? 1 : 0);
    }
    return text;
}

int markdown_heading(const char *line, size_t size_bytes)
{
    size_t indent = indent_of(line), level = strspn(line + indent, "#");
    bool is_heading = level >= 1 && level <= 6 && indent + level < size_bytes &&
                      (line[indent + level] == ' ' || line[indent + level] == '\t');
    return is_heading ? (int)level : 0;
}

static bool is_letter(char c) { return isalnum((unsigned char)c) || (c & 0x80); }

char *markdown_words(TALLOC_CTX *owner, const char *text, size_t size_bytes, size_t *count)
{
    char *words = talloc_size(owner, size_bytes + 1);
    size_t used = 0;
    if (!words)
        abort();
    *count = 0;
    for (size_t i = 0; i < size_bytes; i++) {
        bool is_inside = is_letter(text[i]);
        if (!is_inside && (text[i] != '\'' || used == 0 || words[used - 1] == ' ')) {
            if (used > 0 && words[used - 1] != ' ')
                words[used++] = ' ';
            continue;
        }
        *count += used == 0 || words[used - 1] == ' ';
        words[used++] = (char)((text[i] & 0x80) ? text[i] : tolower((unsigned char)text[i]));
    }
    while (used > 0 && words[used - 1] == ' ')
        used--;
    words[used] = '\0';
    return words;
}
