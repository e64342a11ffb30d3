/* Finds the statements of skips.h by their tokens. What is not of a known shape is left out: it is not judged. */
#include "migrate/guard/skips.h"

#include "migrate/lexer.h"

struct reader {
    TALLOC_CTX *owner;
    struct lexer lexer;
    struct token token; /* at hand */
};

static void next(struct reader *reader) { lexer_next(&reader->lexer, &reader->token); }

static bool take(struct reader *reader, const char *word)
{
    if (!token_is(&reader->token, word))
        return false;
    next(reader);
    return true;
}

static bool take_words(struct reader *reader, const char *const *words)
{
    for (size_t i = 0; words[i]; i++)
        if (!take(reader, words[i]))
            return false;
    return true;
}

/* Not U&"...", which to_regclass does not read. */
static bool is_name(const struct token *token)
{
    return token->kind == TOKEN_WORD || (token->kind == TOKEN_QUOTED && *token->text == '"');
}

/* "name" or "schema . name"; to_regclass folds it as the statement did. NULL: there is none. */
static char *take_name(struct reader *reader)
{
    char *name = talloc_strdup(reader->owner, "");
    while (is_name(&reader->token)) {
        name = talloc_strndup_append(name, reader->token.text, reader->token.size_bytes);
        next(reader);
        if (!token_is_symbol(&reader->token, '.'))
            return name;
        name = talloc_strdup_append(name, ".");
        next(reader);
    }
    return NULL;
}

static const char *const if_not_exists[] = {"IF", "NOT", "EXISTS", NULL};

static bool read_index(struct reader *reader, struct skip *skip, const struct statement *statement)
{
    skip->kind = SKIP_INDEX;
    skip->is_unique = take(reader, "UNIQUE");
    if (!take(reader, "INDEX"))
        return false;
    take(reader, "CONCURRENTLY");
    if (!take_words(reader, if_not_exists) || !(skip->name = take_name(reader)) || !take(reader, "ON"))
        return false;
    take(reader, "ONLY");
    if (!(skip->table = take_name(reader)))
        return false;
    skip->index = talloc_strndup(reader->owner, reader->token.text,
                                 (size_t)(statement->text + statement->size_bytes - reader->token.text));
    return reader->token.kind != TOKEN_END;
}

/* Words behind which a column's type has ended. */
static bool ends_type(const struct token *token)
{
    static const char *const words[] = {"COLLATE", "CONSTRAINT",  "NOT",     "NULL",       "CHECK",
                                        "DEFAULT", "UNIQUE",      "PRIMARY", "REFERENCES", "GENERATED",
                                        "STORAGE", "COMPRESSION", "OPTIONS", "DEFERRABLE", "INITIALLY"};
    for (size_t i = 0; i < countof(words); i++)
        if (token_is(token, words[i]))
            return true;
    return false;
}

static bool begins_constraint(const struct token *token)
{
    static const char *const words[] = {"CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN", "EXCLUDE", "LIKE"};
    for (size_t i = 0; i < countof(words); i++)
        if (token_is(token, words[i]))
            return true;
    return false;
}

/* Goes to the comma, or the closing parenthesis, that ends the item; *type_end gets where its name and type end. */
static void pass_item(struct reader *reader, const char **type_end)
{
    int depth = 0;
    *type_end = NULL;
    const char *end = reader->token.text;
    for (bool is_first = true; reader->token.kind != TOKEN_END; is_first = false) {
        if (depth == 0 && (token_is_symbol(&reader->token, ',') || token_is_symbol(&reader->token, ')')))
            break;
        if (depth == 0 && !is_first && !*type_end && ends_type(&reader->token))
            *type_end = end;
        depth += token_is_symbol(&reader->token, '(') - token_is_symbol(&reader->token, ')');
        end = reader->token.text + reader->token.size_bytes;
        next(reader);
    }
    if (!*type_end)
        *type_end = end;
}

static void add_column(char **columns, const char *from, const char *to)
{
    *columns = talloc_asprintf_append(*columns, "%s%.*s", **columns ? ", " : "", (int)(to - from), from);
}

static bool read_table(struct reader *reader, struct skip *skip)
{
    skip->kind = SKIP_TABLE;
    if (!take_words(reader, if_not_exists) || !(skip->name = take_name(reader)))
        return false;
    skip->table = skip->name;
    char *columns = talloc_strdup(reader->owner, "");
    if (token_is_symbol(&reader->token, '(')) {
        do {
            next(reader);
            const char *from = reader->token.text, *to;
            bool is_column = is_name(&reader->token) && !begins_constraint(&reader->token);
            pass_item(reader, &to);
            if (is_column)
                add_column(&columns, from, to);
        } while (token_is_symbol(&reader->token, ','));
    }
    /* CREATE TABLE x (a, b) AS ... lists no types. */
    for (; reader->token.kind != TOKEN_END; next(reader))
        if (token_is(&reader->token, "AS"))
            *columns = '\0';
    skip->columns = columns;
    return true;
}

/* Whom it belongs to makes it no other sequence. */
static bool read_sequence(struct reader *reader, struct skip *skip)
{
    skip->kind = SKIP_SEQUENCE;
    if (!take_words(reader, if_not_exists) || !(skip->name = take_name(reader)))
        return false;
    skip->table = skip->name;
    const char *from = reader->token.text, *to = from;
    for (; reader->token.kind != TOKEN_END && !token_is(&reader->token, "OWNED"); next(reader))
        to = reader->token.text + reader->token.size_bytes;
    skip->index = talloc_strndup(reader->owner, from, (size_t)(to - from));
    return true;
}

/* ALTER TABLE [IF EXISTS] [ONLY] name action, action ...: those that add a column if it does not exist. */
static bool read_columns(struct reader *reader, struct skip *skip)
{
    static const char *const if_exists[] = {"IF", "EXISTS", NULL};
    skip->kind = SKIP_COLUMNS;
    if (token_is(&reader->token, "IF") && !take_words(reader, if_exists))
        return false;
    take(reader, "ONLY");
    if (!(skip->name = take_name(reader)))
        return false;
    skip->table = skip->name;
    char *columns = talloc_strdup(reader->owner, "");
    for (;; next(reader)) {
        const char *from, *to;
        bool adds = take(reader, "ADD");
        if (adds)
            take(reader, "COLUMN");
        adds = adds && take_words(reader, if_not_exists);
        from = reader->token.text;
        pass_item(reader, &to);
        if (adds)
            add_column(&columns, from, to);
        if (!token_is_symbol(&reader->token, ','))
            break;
    }
    skip->columns = columns;
    return *columns != '\0';
}

static bool read_statement(TALLOC_CTX *owner, const struct statement *statement, struct skip *skip)
{
    struct reader reader = {.owner = owner, .lexer = {statement->text, statement->text + statement->size_bytes}};
    next(&reader);
    if (take(&reader, "ALTER"))
        return take(&reader, "TABLE") && read_columns(&reader, skip);
    if (!take(&reader, "CREATE"))
        return false;
    take(&reader, "UNLOGGED");
    if (take(&reader, "TABLE"))
        return read_table(&reader, skip);
    if (take(&reader, "SEQUENCE"))
        return read_sequence(&reader, skip);
    return read_index(&reader, skip, statement);
}

struct skip *skips_of(TALLOC_CTX *owner, const struct statement_list *statements, size_t *count)
{
    struct skip *skips = NULL;
    *count = 0;
    for (size_t i = 0; i < statements->count; i++) {
        struct skip skip = {.statement = i};
        if (!read_statement(owner, &statements->items[i], &skip))
            continue;
        skips = talloc_realloc(owner, skips, struct skip, (unsigned)*count + 1);
        skips[(*count)++] = skip;
    }
    return skips;
}
