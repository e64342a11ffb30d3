/* See dotenv.h. */
#include "store/dotenv.h"

#include <ctype.h>

#include "store/text.h"

struct reader {
    const char *text; /* ends with NUL and holds no other */
    size_t at;
    int line;
    const char *shown;
    struct error *error;
};

static bool refuse(struct reader *reader, int line, const char *message)
{
    error_set(reader->error, ERROR_SETTINGS, "%s", message);
    error_hint(reader->error, "A line is NAME=VALUE, NAME='VALUE', NAME=\"VALUE\" or a # comment.");
    return error_place(reader->error, reader->shown, line, 0);
}

static void skip_blanks(struct reader *reader) { reader->at += strspn(reader->text + reader->at, " \t"); }

/* At the end of a line, its CR or LF, or of the file. */
static bool is_line_end(const struct reader *reader)
{
    const char *here = reader->text + reader->at;
    return !*here || *here == '\n' || (here[0] == '\r' && (!here[1] || here[1] == '\n'));
}

static void skip_line(struct reader *reader)
{
    reader->at += strcspn(reader->text + reader->at, "\n");
    if (reader->text[reader->at] == '\n') {
        reader->at++;
        reader->line++;
    }
}

static char *read_name(TALLOC_CTX *owner, struct reader *reader)
{
    size_t start = reader->at;
    const char *text = reader->text;
    if (isalpha((unsigned char)text[start]) || text[start] == '_')
        while (isalnum((unsigned char)text[reader->at]) || (text[reader->at] && strchr("_.-", text[reader->at])))
            reader->at++;
    return reader->at > start ? talloc_strndup(owner, text + start, reader->at - start) : NULL;
}

static char unescaped(char letter)
{
    switch (letter) {
    case 'n':
        return '\n';
    case 't':
        return '\t';
    case 'r':
        return '\r';
    default:
        return letter;
    }
}

/* Bytes up to the closing quote: as many as the value can have. */
static size_t quoted_size(const char *text, char quote)
{
    size_t size = 0;
    for (; text[size] && text[size] != quote; size++)
        if (quote == '"' && text[size] == '\\' && text[size + 1])
            size++;
    return size;
}

static char *read_quoted(TALLOC_CTX *owner, struct reader *reader)
{
    int first_line = reader->line;
    char quote = reader->text[reader->at++];
    size_t size = 0;
    char *value = talloc_size(owner, quoted_size(reader->text + reader->at, quote) + 1);
    for (;; reader->at++) {
        char letter = reader->text[reader->at];
        if (!letter) {
            refuse(reader, first_line, "a quote is not closed");
            return NULL;
        }
        if (letter == quote)
            break;
        if (letter == '\n')
            reader->line++;
        char next = reader->text[reader->at + 1];
        if (letter == '\\' && quote == '"' && next && strchr("ntr\"\\$`", next)) {
            letter = unescaped(next);
            reader->at++;
        }
        value[size++] = letter;
    }
    value[size] = '\0';
    reader->at++;
    skip_blanks(reader);
    if (!is_line_end(reader) && reader->text[reader->at] != '#') {
        refuse(reader, first_line, "something follows the closing quote");
        return NULL;
    }
    return talloc_realloc_size(owner, value, size + 1);
}

static char *read_plain(TALLOC_CTX *owner, struct reader *reader)
{
    const char *value = reader->text + reader->at;
    size_t size = 0;
    for (size_t i = 0; value[i] && value[i] != '\n'; i++) {
        bool is_blank = value[i] == ' ' || value[i] == '\t' || value[i] == '\r';
        if (value[i] == '#' && (i == 0 ? value[-1] != '=' : value[i - 1] == ' ' || value[i - 1] == '\t'))
            break;
        if (!is_blank)
            size = i + 1;
    }
    return talloc_strndup(owner, value, size);
}

/* One line that is neither empty nor a comment. */
static bool read_entry(TALLOC_CTX *owner, struct reader *reader, struct dotenv_entry *entry)
{
    const char *text = reader->text;
    if (!strncmp(text + reader->at, "export", 6) && (text[reader->at + 6] == ' ' || text[reader->at + 6] == '\t')) {
        reader->at += 6;
        skip_blanks(reader);
    }
    entry->line = reader->line;
    entry->name = read_name(owner, reader);
    if (!entry->name)
        return refuse(reader, reader->line, "the line does not begin with a variable's name");
    skip_blanks(reader);
    if (text[reader->at] != '=')
        return refuse(reader, reader->line, "no = follows the variable's name");
    reader->at++;
    skip_blanks(reader);
    bool is_quoted = text[reader->at] == '"' || text[reader->at] == '\'';
    entry->value = is_quoted ? read_quoted(owner, reader) : read_plain(owner, reader);
    return entry->value != NULL;
}

static bool read_lines(struct dotenv *dotenv, struct reader *reader)
{
    struct dotenv_entry *entries = NULL;
    for (size_t room = 0; reader->text[reader->at]; skip_line(reader)) {
        skip_blanks(reader);
        if (is_line_end(reader) || reader->text[reader->at] == '#')
            continue;
        if (dotenv->count == room) {
            room = room ? room * 2 : 16;
            entries = talloc_realloc_size(dotenv, entries, room * sizeof *entries);
        }
        if (!read_entry(dotenv, reader, &entries[dotenv->count]))
            return false;
        dotenv->count++;
    }
    dotenv->entries = entries;
    return true;
}

static bool check_bytes(struct reader *reader, const char *bytes, size_t size_bytes)
{
    const char *nul = memchr(bytes, '\0', size_bytes);
    ptrdiff_t bad = nul ? nul - bytes : text_first_invalid(bytes, size_bytes);
    if (bad < 0)
        return true;
    int line = 1;
    for (ptrdiff_t i = 0; i < bad; i++)
        line += bytes[i] == '\n';
    return refuse(reader, line, nul ? "the line holds a NUL byte" : "the line is not valid UTF-8");
}

struct dotenv *dotenv_parse(TALLOC_CTX *owner, const char *shown, const char *bytes, size_t size_bytes,
                            struct error *error)
{
    if (size_bytes >= 3 && !memcmp(bytes, "\xEF\xBB\xBF", 3)) {
        bytes += 3;
        size_bytes -= 3;
    }
    struct reader reader = {.line = 1, .shown = shown, .error = error};
    if (!check_bytes(&reader, bytes, size_bytes))
        return NULL;
    struct dotenv *dotenv = talloc_zero(owner, struct dotenv);
    char *text = talloc_strndup(dotenv, bytes, size_bytes);
    reader.text = text;
    bool is_read = read_lines(dotenv, &reader);
    talloc_free(text);
    if (is_read)
        return dotenv;
    talloc_free(dotenv);
    return NULL;
}

const struct dotenv_entry *dotenv_find(const struct dotenv *dotenv, const char *name)
{
    for (size_t i = dotenv->count; i > 0; i--)
        if (!strcmp(dotenv->entries[i - 1].name, name))
            return &dotenv->entries[i - 1];
    return NULL;
}
