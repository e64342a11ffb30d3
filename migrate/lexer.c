/* See lexer.h. Every byte belongs to one class (a table), which decides where a token begins; what follows is
 * one function for each kind of token. */
#include "migrate/lexer.h"

enum byte_class { BYTE_OTHER = '.', BYTE_SPACE = 's', BYTE_LETTER = 'a', BYTE_DIGIT = '0', BYTE_OPERATOR = '+' };

static const char classes[257] = ".........sssss.................."
                                 "s+.+.++...++.+.+0000000000..++++"
                                 "+aaaaaaaaaaaaaaaaaaaaaaaaaa...+a"
                                 "+aaaaaaaaaaaaaaaaaaaaaaaaaa.+.+."
                                 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
                                 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
                                 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
                                 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

static inline enum byte_class class_of(char byte) { return (enum byte_class)classes[(unsigned char)byte]; }

static inline enum byte_class class_at(const char *at, const char *end)
{
    return at < end ? class_of(*at) : BYTE_OTHER;
}

static inline char byte_at(const char *at, const char *end) { return at < end ? *at : '\0'; }

static inline char upper(char c) { return c >= 'a' && c <= 'z' ? (char)(c - ('a' - 'A')) : c; }

static bool unterminated(struct lexer *lexer, struct token *token, const char *open)
{
    token->kind = TOKEN_UNTERMINATED;
    token->open = open;
    lexer->at = lexer->end;
    return false;
}

static const char *line_end(const char *at, const char *end)
{
    while (at < end && *at != '\n' && *at != '\r')
        at++;
    return at;
}

static bool block_comment(struct lexer *lexer, struct token *token)
{
    const char *at = lexer->at + 2;
    for (size_t depth = 1; depth > 0;) {
        if (lexer->end - at < 2)
            return unterminated(lexer, token, "comment");
        if (at[0] == '*' && at[1] == '/') {
            depth--;
            at += 2;
        } else if (at[0] == '/' && at[1] == '*') {
            depth++;
            at += 2;
        } else {
            at++;
        }
    }
    lexer->at = at;
    return true;
}

/* A literal goes on when the next one follows after white space with a line break in it, -- comments included.
 * Returns where that next quote stands, or NULL. */
static const char *continuation(const char *at, const char *end)
{
    bool has_newline = false;
    for (; at < end; at++) {
        if (*at == '-' && byte_at(at + 1, end) == '-')
            at = line_end(at, end);
        if (at == end || class_of(*at) != BYTE_SPACE)
            break;
        has_newline |= *at == '\n' || *at == '\r';
    }
    return has_newline && byte_at(at, end) == '\'' ? at : NULL;
}

/* From the opening quote at `at`. In E'' a backslash hides the next byte, and a continued literal keeps that. */
static bool escaped_string(struct lexer *lexer, struct token *token, const char *at)
{
    for (at++; at < lexer->end; at++) {
        if (*at == '\\' && at + 1 < lexer->end) {
            at++;
        } else if (*at == '\'') {
            if (byte_at(at + 1, lexer->end) == '\'') {
                at++;
                continue;
            }
            const char *next = continuation(at + 1, lexer->end);
            if (!next) {
                lexer->at = at + 1;
                return true;
            }
            at = next;
        }
    }
    return unterminated(lexer, token, "quoted string");
}

/* From the opening quote at `at`: a doubled one stands for itself. */
static bool quoted(struct lexer *lexer, struct token *token, const char *at, const char *open)
{
    const char quote = *at;
    while ((at = memchr(at + 1, quote, (size_t)(lexer->end - at - 1)))) {
        if (byte_at(at + 1, lexer->end) != quote) {
            lexer->at = at + 1;
            return true;
        }
        at++;
    }
    return unterminated(lexer, token, open);
}

/* At a $: a parameter, a dollar quote, or a symbol. */
static void dollar(struct lexer *lexer, struct token *token)
{
    const char *at = lexer->at + 1, *end = lexer->end;
    token->kind = TOKEN_PARAMETER;
    if (class_at(at, end) == BYTE_DIGIT) {
        while (class_at(at, end) == BYTE_DIGIT)
            at++;
        lexer->at = at;
        return;
    }
    token->kind = TOKEN_SYMBOL;
    while (class_at(at, end) == BYTE_LETTER || class_at(at, end) == BYTE_DIGIT)
        at++;
    if (byte_at(at, end) != '$') {
        lexer->at++;
        return;
    }
    at++;
    token->kind = TOKEN_STRING;
    size_t tag_bytes = (size_t)(at - lexer->at);
    const char *close = memmem(at, (size_t)(end - at), lexer->at, tag_bytes);
    if (close)
        lexer->at = close + tag_bytes;
    else
        unterminated(lexer, token, "dollar-quoted string");
}

static void word(struct lexer *lexer, struct token *token)
{
    const char *at = lexer->at, *end = lexer->end;
    char first = upper(*at), second = byte_at(at + 1, end);
    if (second == '\'' && (first == 'E' || first == 'B' || first == 'X' || first == 'N')) {
        token->kind = TOKEN_STRING;
        if (first == 'E')
            escaped_string(lexer, token, at + 1);
        else
            quoted(lexer, token, at + 1, "quoted string");
        return;
    }
    char third = byte_at(at + 2, end);
    if (first == 'U' && second == '&' && (third == '\'' || third == '"')) {
        token->kind = third == '"' ? TOKEN_QUOTED : TOKEN_STRING;
        quoted(lexer, token, at + 2, third == '"' ? "quoted name" : "quoted string");
        return;
    }
    token->kind = TOKEN_WORD;
    while (at < end && (class_of(*at) == BYTE_LETTER || class_of(*at) == BYTE_DIGIT || *at == '$'))
        at++;
    lexer->at = at;
}

static bool is_digit_of(char c, char base)
{
    c = upper(c);
    switch (base) {
    case 'X':
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F');
    case 'O':
        return c >= '0' && c <= '7';
    case 'B':
        return c == '0' || c == '1';
    default:
        return c >= '0' && c <= '9';
    }
}

/* Digits with single _ between them. */
static const char *digits(const char *at, const char *end, char base)
{
    while (at < end && (is_digit_of(*at, base) || (*at == '_' && at + 1 < end && is_digit_of(at[1], base))))
        at++;
    return at;
}

/* An exponent counts only with its digits; what follows a number may begin a word or a dollar quote. */
static void number(struct lexer *lexer)
{
    const char *at = lexer->at, *end = lexer->end;
    char base = upper(byte_at(at + 1, end));
    if (*at == '0' && (base == 'X' || base == 'O' || base == 'B') && digits(at + 2, end, base) > at + 2) {
        lexer->at = digits(at + 2, end, base);
        return;
    }
    at = digits(at, end, 'D');
    if (byte_at(at, end) == '.')
        at = digits(at + 1, end, 'D');
    if (upper(byte_at(at, end)) == 'E') {
        const char *exponent = at + 1;
        if (byte_at(exponent, end) == '+' || byte_at(exponent, end) == '-')
            exponent++;
        if (class_at(exponent, end) == BYTE_DIGIT)
            at = digits(exponent, end, 'D');
    }
    lexer->at = at;
}

static bool is_comment(const char *at, const char *end)
{
    return end - at >= 2 && ((at[0] == '-' && at[1] == '-') || (at[0] == '/' && at[1] == '*'));
}

static void operator_or_comment(struct lexer *lexer, struct token *token)
{
    token->kind = TOKEN_COMMENT;
    if (is_comment(lexer->at, lexer->end)) {
        if (*lexer->at == '/')
            block_comment(lexer, token);
        else
            lexer->at = line_end(lexer->at, lexer->end);
        return;
    }
    token->kind = TOKEN_OPERATOR;
    do
        lexer->at++;
    while (class_at(lexer->at, lexer->end) == BYTE_OPERATOR && !is_comment(lexer->at, lexer->end));
}

/* A token that begins with a byte of no class of its own. */
static void other(struct lexer *lexer, struct token *token)
{
    token->kind = TOKEN_STRING;
    switch (*lexer->at) {
    case '\'':
        quoted(lexer, token, lexer->at, "quoted string");
        return;
    case '"':
        token->kind = TOKEN_QUOTED;
        quoted(lexer, token, lexer->at, "quoted name");
        return;
    case '$':
        dollar(lexer, token);
        return;
    case '.':
        if (class_at(lexer->at + 1, lexer->end) == BYTE_DIGIT) {
            token->kind = TOKEN_NUMBER;
            number(lexer);
            return;
        }
        break;
    default:
        break;
    }
    token->kind = *lexer->at == '\\' ? TOKEN_BACKSLASH : TOKEN_SYMBOL;
    lexer->at++;
}

void lexer_next_or_comment(struct lexer *lexer, struct token *token)
{
    while (class_at(lexer->at, lexer->end) == BYTE_SPACE)
        lexer->at++;
    *token = (struct token){.kind = TOKEN_END, .text = lexer->at};
    if (lexer->at == lexer->end)
        return;
    switch (class_of(*lexer->at)) {
    case BYTE_LETTER:
        word(lexer, token);
        break;
    case BYTE_DIGIT:
        token->kind = TOKEN_NUMBER;
        number(lexer);
        break;
    case BYTE_OPERATOR:
        operator_or_comment(lexer, token);
        break;
    case BYTE_SPACE:
    case BYTE_OTHER:
        other(lexer, token);
        break;
    }
    token->size_bytes = (size_t)(lexer->at - token->text);
}

void lexer_next(struct lexer *lexer, struct token *token)
{
    do
        lexer_next_or_comment(lexer, token);
    while (token->kind == TOKEN_COMMENT);
}

bool lexer_is_word(const char *text, size_t size_bytes, const char *word)
{
    for (size_t i = 0; i < size_bytes; i++)
        if (!word[i] || upper(text[i]) != word[i])
            return false;
    return word[size_bytes] == '\0';
}

bool token_is(const struct token *token, const char *word)
{
    return token->kind == TOKEN_WORD && lexer_is_word(token->text, token->size_bytes, word);
}

bool token_is_symbol(const struct token *token, char symbol)
{
    return token->kind == TOKEN_SYMBOL && *token->text == symbol;
}
