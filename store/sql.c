/* See sql.h. */
#include "store/sql.h"

#include <ctype.h>

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

/* Reads one part of a name; returns what follows it, or NULL where it is none. */
static const char *parse_part(TALLOC_CTX *owner, const char *text, const char **part)
{
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
        for (; *text && *text != '.' && *text != '"'; text++)
            copy[used++] = (char)((unsigned char)*text < 0x80 ? tolower((unsigned char)*text) : *text);
    }
    copy[used] = '\0';
    *part = copy;
    return used > 0 ? text : NULL;
}

bool sql_parse_qualified(TALLOC_CTX *owner, const char *text, const char **schema, const char **name, struct error *error)
{
    const char *first, *second = NULL;
    const char *rest = parse_part(owner, text, &first);
    if (rest && *rest == '.')
        rest = parse_part(owner, rest + 1, &second);
    if (!rest || *rest) {
        error_set(error, ERROR_SETTINGS, "\"%s\" is not the name of a table", text);
        return error_hint(error, "Write schema.table; quote parts that hold dots or upper case.");
    }
    *schema = second ? first : NULL;
    *name = second ? second : first;
    return true;
}
