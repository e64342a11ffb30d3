/* The tokens of SQL text as the server's scanner cuts them (standard_conforming_strings = on): enough to know
 * where a quote, a comment, a word or a parenthesis begins and ends. It keeps no copy and knows no grammar.
 * Source: PostgreSQL's scan.l; where versions differ (numbers such as 0x1F, 1_000), the newest. */
#ifndef MIGRATE_LEXER_H
#define MIGRATE_LEXER_H

#include "store/base.h"

enum token_kind {
    TOKEN_END,
    TOKEN_WORD,   /* an unquoted identifier or keyword */
    TOKEN_QUOTED, /* "..." or U&"..." */
    TOKEN_STRING, /* '...' with any prefix, $tag$...$tag$ */
    TOKEN_NUMBER,
    TOKEN_PARAMETER,    /* $1 */
    TOKEN_OPERATOR,     /* a run of operator characters, up to where a comment begins */
    TOKEN_SYMBOL,       /* any other byte, alone */
    TOKEN_BACKSLASH,    /* outside quotes: psql's, never the server's */
    TOKEN_COMMENT,      /* only from lexer_next_or_comment */
    TOKEN_UNTERMINATED, /* starts at the quote or comment that has no end; `open` names it */
};

struct token {
    enum token_kind kind;
    const char *text; /* in the text that is read */
    size_t size_bytes;
    const char *open; /* of TOKEN_UNTERMINATED: what is open, for a person */
};

/* Where reading goes on. Set `at` and `end` to begin. */
struct lexer {
    const char *at, *end;
};

/* The next token; comments are passed over. TOKEN_END at the end, and again. */
void lexer_next(struct lexer *lexer, struct token *token);

/* The same, but a comment is a token. */
void lexer_next_or_comment(struct lexer *lexer, struct token *token);

/* Whether the token is this unquoted word; `word` is upper case. */
bool token_is(const struct token *token, const char *word);

/* Whether the token is this one character. */
bool token_is_symbol(const struct token *token, char symbol);

/* Whether the bytes are the word but for the case of ASCII letters; `word` is upper case. */
bool lexer_is_word(const char *text, size_t size_bytes, const char *word);

#endif
