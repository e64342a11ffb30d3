/* What people and other code see of a statement: its words, a line for a list, a name for messages, the place of
 * a server's cursor. Declared in statement.h. */
#include "migrate/lexer.h"
#include "migrate/statement.h"
#include "migrate/statement_kind.h"

static struct lexer lexer_of(const struct statement *statement)
{
    return (struct lexer){.at = statement->text, .end = statement->text + statement->size_bytes};
}

static char *word_of(TALLOC_CTX *owner, const struct token *token)
{
    char *word = talloc_strndup(owner, token->text, token->size_bytes);
    if (token->kind == TOKEN_WORD)
        for (char *c = word; *c; c++)
            if (*c >= 'a' && *c <= 'z')
                *c = (char)(*c - ('a' - 'A'));
    return word;
}

size_t statement_words(TALLOC_CTX *owner, const struct statement *statement, const char **words, size_t most)
{
    struct lexer lexer = lexer_of(statement);
    struct token token;
    size_t count = 0;
    for (; count < most; count++) {
        lexer_next(&lexer, &token);
        if (token.kind == TOKEN_END)
            break;
        words[count] = word_of(owner, &token);
    }
    return count;
}

static bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

/* Appends up to `room` bytes, runs of white space as one blank. Returns how many. */
static size_t append_flat(char *to, size_t room, const char *from, size_t size_bytes)
{
    size_t count = 0;
    for (size_t i = 0; i < size_bytes && count < room; i++)
        if (!is_space(from[i]))
            to[count++] = from[i];
        else if (i + 1 == size_bytes || !is_space(from[i + 1]))
            to[count++] = ' ';
    return count;
}

char *statement_summary(TALLOC_CTX *owner, const struct statement *statement, size_t columns)
{
    struct lexer lexer = lexer_of(statement);
    struct token token;
    /* A character more than is asked for tells whether the cut falls between characters; a blank between tokens at
     * most. */
    size_t room = statement->size_bytes * 2 < columns ? statement->size_bytes * 2 : columns;
    char *line = talloc_size(owner, room + 2);
    size_t size = 0;
    for (const char *end = statement->text; size <= room; end = lexer.at) {
        lexer_next(&lexer, &token);
        if (token.kind == TOKEN_END)
            break;
        if (token.text > end)
            line[size++] = ' ';
        size += append_flat(line + size, room + 1 - size, token.text, token.size_bytes);
    }
    if (size > room) {
        for (size = room; size > 0 && (line[size] & 0xC0) == 0x80;)
            size--;
    }
    line[size] = '\0';
    return line;
}

void statement_locate(const struct statement *statement, long position, int *line, int *column)
{
    *line = statement->line;
    *column = statement->column;
    for (size_t i = 0; i < statement->size_bytes && position > 1; i++) {
        bool is_last_byte = i + 1 == statement->size_bytes || (statement->text[i + 1] & 0xC0) != 0x80;
        if (!is_last_byte)
            continue;
        position--;
        *column = statement->text[i] == '\n' ? 1 : *column + 1;
        *line += statement->text[i] == '\n';
    }
}

/* Words that belong to a statement's name and not to what it is about. */
static bool is_keyword(const struct token *token)
{
    static const char *const keywords[] = {
        "ABORT",
        "ADD",
        "AGGREGATE",
        "ALL",
        "ALTER",
        "ANALYZE",
        "AND",
        "AS",
        "BEGIN",
        "CALL",
        "CAST",
        "CHAIN",
        "CHARACTERISTICS",
        "CLUSTER",
        "COLLATION",
        "COLUMN",
        "COMMENT",
        "COMMIT",
        "CONCURRENTLY",
        "CONSTRAINT",
        "CONSTRAINTS",
        "COPY",
        "CREATE",
        "DATABASE",
        "DEFAULT",
        "DELETE",
        "DISCARD",
        "DO",
        "DOMAIN",
        "DROP",
        "END",
        "EVENT",
        "EXECUTE",
        "EXPLAIN",
        "EXTENSION",
        "FOREIGN",
        "FROM",
        "FULL",
        "FUNCTION",
        "GRANT",
        "INDEX",
        "INSERT",
        "INTO",
        "LANGUAGE",
        "LOCAL",
        "LOCK",
        "MATERIALIZED",
        "MERGE",
        "NO",
        "ON",
        "OPERATOR",
        "OR",
        "OWNED",
        "POLICY",
        "PREPARE",
        "PREPARED",
        "PRIVILEGES",
        "PROCEDURE",
        "PUBLICATION",
        "REASSIGN",
        "REFRESH",
        "REINDEX",
        "RELEASE",
        "REPLACE",
        "RESET",
        "REVOKE",
        "ROLE",
        "ROLLBACK",
        "RULE",
        "SAVEPOINT",
        "SCHEMA",
        "SELECT",
        "SEQUENCE",
        "SERVER",
        "SESSION",
        "SET",
        "START",
        "STATISTICS",
        "SUBSCRIPTION",
        "SYSTEM",
        "TABLE",
        "TABLESPACE",
        "TEMP",
        "TEMPORARY",
        "TO",
        "TRANSACTION",
        "TRANSACTION_DEFERRABLE",
        "TRANSACTION_ISOLATION",
        "TRANSACTION_READ_ONLY",
        "TRIGGER",
        "TRUNCATE",
        "TYPE",
        "UNIQUE",
        "UNLOGGED",
        "UPDATE",
        "USER",
        "VACUUM",
        "VALUES",
        "VIEW",
        "WITH",
        "WORK",
        "WRAPPER",
    };
    for (size_t i = 0; i < countof(keywords); i++)
        if (token_is(token, keywords[i]))
            return true;
    return false;
}

char *statement_name(TALLOC_CTX *owner, const struct statement *statement)
{
    const char *known;
    (void)statement_kind_of(statement->text, statement->size_bytes, &known);
    if (known)
        return talloc_strdup(owner, known);
    struct lexer lexer = lexer_of(statement);
    struct token token;
    lexer_next(&lexer, &token);
    char *name = word_of(owner, &token);
    for (lexer_next(&lexer, &token); is_keyword(&token); lexer_next(&lexer, &token)) {
        char *word = word_of(NULL, &token);
        name = talloc_asprintf_append(name, " %s", word);
        talloc_free(word);
    }
    return name;
}
