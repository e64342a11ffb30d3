/* See highlight.h. */
#include "tui/highlight.h"

#include <ctype.h>

enum { LONGEST_KEYWORD = 16 };

/* In the order of strcmp, for bsearch. */
static const char *const keywords[] = {
    "ADD",       "ALL",       "ALTER",        "AND",      "ANY",        "AS",        "ASC",       "BEFORE",
    "BEGIN",     "BETWEEN",   "BY",           "CASCADE",  "CASE",       "CAST",      "CHECK",     "COLUMN",
    "COMMENT",   "COMMIT",    "CONCURRENTLY", "CONFLICT", "CONSTRAINT", "COPY",      "CREATE",    "CROSS",
    "DECLARE",   "DEFAULT",   "DELETE",       "DESC",     "DISTINCT",   "DO",        "DOMAIN",    "DROP",
    "EACH",      "ELSE",      "ELSIF",        "END",      "ENUM",       "EXCEPTION", "EXECUTE",   "EXISTS",
    "EXTENSION", "FALSE",     "FOR",          "FOREIGN",  "FROM",       "FULL",      "FUNCTION",  "GENERATED",
    "GRANT",     "GROUP",     "HAVING",       "IDENTITY", "IF",         "IN",        "INDEX",     "INNER",
    "INSERT",    "INTO",      "IS",           "JOIN",     "KEY",        "LANGUAGE",  "LEFT",      "LIKE",
    "LIMIT",     "LOOP",      "NEW",          "NOT",      "NOTHING",    "NULL",      "OF",        "OLD",
    "ON",        "OR",        "ORDER",        "OUTER",    "OWNER",      "PARTITION", "PERFORM",   "PRIMARY",
    "PROCEDURE", "RAISE",     "REFERENCES",   "RENAME",   "REPLACE",    "RETURN",    "RETURNING", "RETURNS",
    "REVOKE",    "RIGHT",     "ROLLBACK",     "ROW",      "SCHEMA",     "SELECT",    "SEQUENCE",  "SET",
    "TABLE",     "TEMPORARY", "THEN",         "TO",       "TRIGGER",    "TRUE",      "TRUNCATE",  "TYPE",
    "UNION",     "UNIQUE",    "UPDATE",       "USING",    "VALID",      "VALIDATE",  "VALUE",     "VALUES",
    "VIEW",      "WHEN",      "WHERE",        "WITH",
};

static int compare_keyword(const void *word, const void *entry) { return strcmp(word, *(const char *const *)entry); }

static bool is_keyword(const char *word, size_t size)
{
    char upper[LONGEST_KEYWORD + 1];
    if (size > LONGEST_KEYWORD)
        return false;
    for (size_t i = 0; i < size; i++)
        upper[i] = (char)toupper((unsigned char)word[i]);
    upper[size] = '\0';
    return bsearch(upper, keywords, countof(keywords), sizeof *keywords, compare_keyword);
}

static bool is_word(char c) { return isalnum((unsigned char)c) || c == '_' || (unsigned char)c >= 0x80; }

static size_t until(const char *text, size_t size, const char *end)
{
    const char *found = memmem(text, size, end, strlen(end));
    return found ? (size_t)(found - text) + strlen(end) : size;
}

static size_t block_comment(const char *text, size_t size)
{
    size_t depth = 0;
    for (size_t at = 0; at + 1 < size; at++) {
        if (text[at] == '/' && text[at + 1] == '*')
            depth++, at++;
        else if (text[at] == '*' && text[at + 1] == '/' && (at++, --depth == 0))
            return at + 1;
    }
    return size;
}

static size_t quoted(const char *text, size_t size, bool has_backslashes)
{
    for (size_t at = 1; at < size; at++) {
        if (has_backslashes && text[at] == '\\')
            at++;
        else if (text[at] == text[0]) {
            if (at + 1 < size && text[at + 1] == text[0])
                at++;
            else
                return at + 1;
        }
    }
    return size;
}

/* The size of $tag$ at `text`, or 0. The body of a function is SQL again, so only the tag is coloured. */
static size_t dollar_tag(const char *text, size_t size)
{
    size_t at = 1;
    while (at < size && is_word(text[at]))
        at++;
    return at < size && text[at] == '$' && !isdigit((unsigned char)text[1]) ? at + 1 : 0;
}

/* The token at `text`: its size and look. */
static size_t token(const char *text, size_t size, enum look *look)
{
    char next = size > 1 ? text[1] : '\0';
    *look = LOOK_PLAIN;
    if (text[0] == '-' && next == '-')
        return *look = LOOK_SQL_COMMENT, until(text, size, "\n") - (memchr(text, '\n', size) ? 1 : 0);
    if (text[0] == '/' && next == '*')
        return *look = LOOK_SQL_COMMENT, block_comment(text, size);
    if (text[0] == '\'')
        return *look = LOOK_SQL_STRING, quoted(text, size, false);
    if ((text[0] == 'E' || text[0] == 'e') && next == '\'')
        return *look = LOOK_SQL_STRING, 1 + quoted(text + 1, size - 1, true);
    if (text[0] == '"')
        return *look = LOOK_SQL_NAME, quoted(text, size, false);
    if (text[0] == '$' && dollar_tag(text, size))
        return *look = LOOK_SQL_STRING, dollar_tag(text, size);
    size_t at = 0;
    while (at < size && is_word(text[at]))
        at++;
    if (at > 0)
        *look = isdigit((unsigned char)text[0]) ? LOOK_SQL_NUMBER
                : is_keyword(text, at)          ? LOOK_SQL_KEYWORD
                                                : LOOK_PLAIN;
    return at > 0 ? at : 1;
}

void highlight_sql(struct document *document, const char *text, size_t size_bytes)
{
    /* Plain tokens in a row are added at once. */
    size_t plain = 0, at = 0;
    while (at < size_bytes) {
        enum look look;
        size_t size = token(text + at, size_bytes - at, &look);
        if (look != LOOK_PLAIN) {
            document_add_bytes(document, LOOK_PLAIN, text + plain, at - plain);
            document_add_bytes(document, look, text + at, size);
            plain = at + size;
        }
        at += size;
    }
    document_add_bytes(document, LOOK_PLAIN, text + plain, at - plain);
}

static void markdown_line(struct document *document, const char *line, size_t size)
{
    if (size > 0 && line[0] == '#') {
        document_add_bytes(document, LOOK_HEAD, line, size);
        return;
    }
    enum look look = LOOK_PLAIN;
    size_t from = 0;
    for (size_t at = 0; at < size; at++) {
        bool is_strong = line[at] == '*' && at + 1 < size && line[at + 1] == '*' && look != LOOK_SQL_NAME;
        bool is_code = line[at] == '`' && look != LOOK_STRONG;
        if (!is_strong && !is_code)
            continue;
        document_add_bytes(document, look, line + from, at - from);
        look = look != LOOK_PLAIN ? LOOK_PLAIN : is_strong ? LOOK_STRONG : LOOK_SQL_NAME;
        at += is_strong;
        from = at + 1;
    }
    if (from < size)
        document_add_bytes(document, look, line + from, size - from);
}

void highlight_markdown(struct document *document, const char *text)
{
    while (*text) {
        size_t size = strcspn(text, "\n");
        markdown_line(document, text, size);
        document_end_line(document);
        text += size + (text[size] == '\n');
    }
}
