/* See sql.h. */
#include "store/sql.h"

#define NAME_MOST_BYTES                                                                                                \
    63 /* source: NAMEDATALEN; the server would cut a longer one, and then not find it by its name */

static bool is_blank(char c) { return c && strchr(" \t\n\r\f\v", c); }

/* As the server folds where the encoding has several bytes a character: only ASCII, whatever the locale. */
static char fold(char c) { return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c; }

/* Doubles each `quote`, and puts the text between two of them. */
static char *quoted(TALLOC_CTX *owner, const char *text, char quote, const char *doubled)
{
    size_t size = strlen(text), used = 0;
    char *copy = talloc_size(owner, 2 * size + 3);
    copy[used++] = quote;
    for (size_t i = 0; i < size; i++) {
        if (strchr(doubled, text[i]))
            copy[used++] = text[i];
        copy[used++] = text[i];
    }
    copy[used++] = quote;
    copy[used] = '\0';
    return copy;
}

char *sql_identifier(TALLOC_CTX *owner, const char *name) { return quoted(owner, name, '"', "\""); }

char *sql_qualified(TALLOC_CTX *owner, const char *schema, const char *name)
{
    char *quoted_name = sql_identifier(owner, name);
    if (!schema || !*schema)
        return quoted_name;
    char *quoted_schema = sql_identifier(owner, schema);
    char *both = talloc_asprintf(owner, "%s.%s", quoted_schema, quoted_name);
    talloc_free(quoted_schema);
    talloc_free(quoted_name);
    return both;
}

char *sql_literal(TALLOC_CTX *owner, const char *text)
{
    if (!strchr(text, '\\'))
        return quoted(owner, text, '\'', "'");
    char *escaped = quoted(owner, text, '\'', "'\\");
    char *literal = talloc_asprintf(owner, "E%s", escaped);
    talloc_free(escaped);
    return literal;
}

static const char *skip_blanks(const char *text)
{
    while (is_blank(*text))
        text++;
    return text;
}

/* Reads one part of a name and the blanks around it; returns what follows, or NULL where it is none. */
static const char *parse_part(TALLOC_CTX *owner, const char *text, const char **part)
{
    text = skip_blanks(text);
    char *copy = talloc_size(owner, strlen(text) + 1);
    size_t used = 0;
    if (*text == '"') {
        for (text++; *text && (*text != '"' || text[1] == '"'); text++) {
            copy[used++] = *text;
            if (*text == '"')
                text++;
        }
        if (*text++ != '"')
            return NULL;
    } else {
        for (; *text && *text != '.' && *text != '"' && !is_blank(*text); text++)
            copy[used++] = fold(*text);
    }
    copy[used] = '\0';
    *part = copy;
    return used > 0 && used <= NAME_MOST_BYTES ? skip_blanks(text) : NULL;
}

bool sql_parse_qualified(TALLOC_CTX *owner, const char *text, const char **schema, const char **name,
                         struct error *error)
{
    const char *first, *second = NULL;
    const char *rest = parse_part(owner, text, &first);
    if (rest && *rest == '.')
        rest = parse_part(owner, rest + 1, &second);
    if (!rest || *rest) {
        error_set(error, ERROR_SETTINGS, "\"%s\" is not the name of a table", text);
        return error_hint(
            error, "Write schema.table; quote parts that hold dots, blanks or upper case; 63 bytes are the most.");
    }
    *schema = second ? first : NULL;
    *name = second ? second : first;
    return true;
}
