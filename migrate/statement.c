/* Splitting: see statement.h. Tokens come from the lexer; here they become statements, with the data of COPY and
 * the places of what is wrong. What a statement is, is statement_kind.c's to say. */
#include "migrate/statement.h"

#include "migrate/lexer.h"
#include "migrate/statement_kind.h"
#include "store/digest.h"

/* Memory is bounded: a file of 16 MB may hold 8 million times "a;". A power of two times the first room. */
enum { STATEMENTS_MOST = 8 << 17 };

struct splitter {
    const char *file;
    enum statement_metas metas;
    struct error *error;
    struct lexer lexer;
    struct token token, before; /* the current token, and the one before it in the statement */
    const char *text;
    /* A place that moves forward only, so that all places together cost one pass. */
    const char *mark;
    int line, column;
    /* The statement that is being read; start is NULL between statements. */
    const char *start, *end;
    const char *inner;  /* where the statement, or the one inside its body, begins */
    size_t parentheses; /* open ones */
    size_t bodies;      /* open BEGIN ATOMIC bodies */
    struct statement_list list;
    size_t capacity;
};

static size_t characters(const char *at, const char *end)
{
    size_t count = 0;
    for (; at < end; at++)
        count += (*at & 0xC0) != 0x80;
    return count;
}

/* The place of `at`, which is never before the place that was asked for last. */
static void locate(struct splitter *splitter, const char *at, int *line, int *column)
{
    const char *newline;
    while ((newline = memchr(splitter->mark, '\n', (size_t)(at - splitter->mark)))) {
        splitter->mark = newline + 1;
        splitter->line++;
        splitter->column = 1;
    }
    splitter->column += (int)characters(splitter->mark, at);
    splitter->mark = at;
    *line = splitter->line;
    *column = splitter->column;
}

static bool place(struct splitter *splitter, const char *at)
{
    int line, column;
    locate(splitter, at, &line, &column);
    return error_place(splitter->error, splitter->file, line, column);
}

static bool refuse_unterminated(struct splitter *splitter)
{
    error_set(splitter->error, ERROR_PROJECT, "unterminated %s", splitter->token.open);
    error_hint(splitter->error, "It begins here and the file ends before it does: close it.");
    return place(splitter, splitter->token.text);
}

static const char *line_end(const char *at, const char *end)
{
    const char *newline = memchr(at, '\n', (size_t)(end - at));
    return newline ? newline : end;
}

static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v'; }

/* \restrict and \unrestrict, alone on a line between statements. Passes over the line. */
static bool take_restrict(struct splitter *splitter)
{
    static const char *const words[] = {"\\restrict", "\\unrestrict"};
    const char *at = splitter->token.text, *end = splitter->lexer.end;
    for (const char *before = at; before > splitter->text && before[-1] != '\n'; before--)
        if (!is_blank(before[-1]))
            return false;
    for (size_t i = 0; i < countof(words); i++) {
        size_t size = strlen(words[i]);
        if ((size_t)(end - at) < size || memcmp(at, words[i], size) != 0)
            continue;
        if (at + size < end && !is_blank(at[size]) && at[size] != '\n')
            continue;
        splitter->lexer.at = line_end(at, end);
        return true;
    }
    return false;
}

static bool take_backslash(struct splitter *splitter)
{
    if (splitter->metas == METAS_RESTRICT_PASSED && !splitter->start && take_restrict(splitter))
        return true;
    const char *at = splitter->token.text, *word_end = at + 1, *end = splitter->lexer.end;
    while (word_end < end && word_end - at < 20 && *word_end > ' ' && *word_end < 127)
        word_end++;
    error_set(splitter->error, ERROR_PROJECT, "psql command \"%.*s\"", (int)(word_end - at), at);
    error_hint(splitter->error, "Take it out: the file is sent to the server, which knows no psql commands.");
    return place(splitter, at);
}

/* Only blanks and a comment may stand between COPY's semicolon and the end of its line; psql would take anything else
 * after the data. */
static bool check_copy_line(struct splitter *splitter, const char *end)
{
    struct lexer rest = {.at = splitter->lexer.at, .end = end};
    struct token token;
    do
        lexer_next_or_comment(&rest, &token);
    while (token.kind == TOKEN_COMMENT);
    if (token.kind == TOKEN_END)
        return true;
    error_set(splitter->error, ERROR_PROJECT, "the line of COPY ... FROM stdin goes on after its semicolon");
    error_hint(splitter->error,
               "Its data begin on the next line: move the rest of this line behind the line \\. that ends them.");
    return place(splitter, token.text);
}

/* Reads the data up to the line "\.". */
static bool take_copy_data(struct splitter *splitter, struct statement *statement)
{
    const char *end = splitter->lexer.end, *data = line_end(splitter->lexer.at, end);
    if (!check_copy_line(splitter, data))
        return false;
    data += data < end;
    for (const char *line = data; line < end;) {
        const char *stop = line_end(line, end);
        size_t size = (size_t)(stop - line);
        size -= size > 0 && line[size - 1] == '\r';
        if (size == 2 && memcmp(line, "\\.", 2) == 0) {
            statement->copy_data = data;
            statement->copy_size_bytes = (size_t)(line - data);
            splitter->lexer.at = stop;
            return true;
        }
        line = stop + (stop < end);
    }
    error_set(splitter->error, ERROR_PROJECT, "the data of COPY ... FROM stdin have no end");
    error_hint(splitter->error, "Put a line with nothing but \\. behind them.");
    return error_place(splitter->error, splitter->file, statement->line, statement->column);
}

static bool make_room(struct splitter *splitter)
{
    if (splitter->list.count < splitter->capacity)
        return true;
    if (splitter->list.count >= STATEMENTS_MOST) {
        error_set(splitter->error, ERROR_PROJECT, "more than %d statements", STATEMENTS_MOST);
        error_hint(splitter->error, "Split the file, or load rows with COPY.");
        return place(splitter, splitter->start);
    }
    splitter->capacity = splitter->capacity ? splitter->capacity * 2 : 8;
    splitter->list.items =
        talloc_realloc_size(NULL, splitter->list.items, splitter->capacity * sizeof(struct statement));
    if (!splitter->list.items)
        abort();
    return true;
}

/* The statement that was read is complete. */
static bool finish(struct splitter *splitter)
{
    if (!make_room(splitter))
        return false;
    struct statement *statement = &splitter->list.items[splitter->list.count++];
    *statement = (struct statement){.text = splitter->start, .size_bytes = (size_t)(splitter->end - splitter->start)};
    locate(splitter, splitter->start, &statement->line, &statement->column);
    statement->kind = statement_kind_of(statement->text, statement->size_bytes, NULL);
    splitter->start = NULL;
    return statement->kind != STATEMENT_COPY_STDIN || take_copy_data(splitter, statement);
}

/* Whether the words at `at` are CREATE [OR REPLACE] FUNCTION|PROCEDURE. */
static bool is_routine(const char *at, const char *end)
{
    struct lexer lexer = {.at = at, .end = end};
    struct token token;
    lexer_next(&lexer, &token);
    if (!token_is(&token, "CREATE"))
        return false;
    lexer_next(&lexer, &token);
    if (token_is(&token, "OR")) {
        lexer_next(&lexer, &token);
        if (!token_is(&token, "REPLACE"))
            return false;
        lexer_next(&lexer, &token);
    }
    return token_is(&token, "FUNCTION") || token_is(&token, "PROCEDURE");
}

/* BEGIN directly before ATOMIC opens the body of a routine. The END that closes it stands where a statement would:
 * directly behind a semicolon or ATOMIC; that of a CASE, and a column named "end", never do. */
static void follow_body(struct splitter *splitter)
{
    const struct token *token = &splitter->token, *before = &splitter->before;
    if (token_is(token, "ATOMIC") && token_is(before, "BEGIN") && is_routine(splitter->inner, splitter->lexer.end)) {
        splitter->bodies++;
        splitter->inner = splitter->lexer.at;
    } else if (splitter->bodies > 0 && token_is(token, "END") &&
               (token_is_symbol(before, ';') || token_is(before, "ATOMIC"))) {
        splitter->bodies--;
    }
}

static void take_token(struct splitter *splitter)
{
    const struct token *token = &splitter->token;
    if (!splitter->start) {
        splitter->start = splitter->inner = token->text;
        splitter->parentheses = splitter->bodies = 0;
        splitter->before = (struct token){.kind = TOKEN_END};
    }
    if (token->kind == TOKEN_WORD) {
        if (splitter->parentheses == 0)
            follow_body(splitter);
    } else if (token_is_symbol(token, '(')) {
        splitter->parentheses++;
    } else if (token_is_symbol(token, ')')) {
        splitter->parentheses -= splitter->parentheses > 0;
    } else if (token_is_symbol(token, ';')) {
        splitter->inner = splitter->lexer.at;
    }
    splitter->end = splitter->lexer.at;
    splitter->before = *token;
}

static bool split(struct splitter *splitter)
{
    for (;;) {
        lexer_next(&splitter->lexer, &splitter->token);
        switch (splitter->token.kind) {
        case TOKEN_END:
            return !splitter->start || finish(splitter);
        case TOKEN_UNTERMINATED:
            return refuse_unterminated(splitter);
        case TOKEN_BACKSLASH:
            if (!take_backslash(splitter))
                return false;
            break;
        case TOKEN_SYMBOL:
            if (*splitter->token.text == ';' &&
                (!splitter->start || (splitter->parentheses == 0 && splitter->bodies == 0))) {
                if (splitter->start && !finish(splitter))
                    return false;
                break;
            }
            take_token(splitter);
            break;
        case TOKEN_WORD:
        case TOKEN_QUOTED:
        case TOKEN_STRING:
        case TOKEN_NUMBER:
        case TOKEN_PARAMETER:
        case TOKEN_OPERATOR:
        case TOKEN_COMMENT:
            take_token(splitter);
            break;
        }
    }
}

char *statement_hash(TALLOC_CTX *owner, const struct statement *statement)
{
    if (!statement->copy_data)
        return digest_sha256(owner, statement->text, statement->size_bytes);
    size_t size = statement->size_bytes + 1 + statement->copy_size_bytes;
    char *bytes = talloc_size(NULL, size);
    if (!bytes)
        abort();
    memcpy(bytes, statement->text, statement->size_bytes);
    bytes[statement->size_bytes] = '\0';
    memcpy(bytes + statement->size_bytes + 1, statement->copy_data, statement->copy_size_bytes);
    char *hash = digest_sha256(owner, bytes, size);
    talloc_free(bytes);
    return hash;
}

bool statement_split(TALLOC_CTX *owner, const char *file, const char *text, size_t size_bytes,
                     enum statement_metas metas, struct statement_list *list, struct error *error)
{
    struct splitter splitter = {
        .file = file,
        .metas = metas,
        .error = error,
        .lexer = {.at = text, .end = text + size_bytes},
        .text = text,
        .mark = text,
        .line = 1,
        .column = 1,
    };
    if (!split(&splitter)) {
        talloc_free(splitter.list.items);
        return false;
    }
    *list = splitter.list;
    talloc_steal(owner, list->items);
    return true;
}
