/* See array.h. */
#include "migrate/emit/array.h"

#include <string.h>

#include "migrate/lexer.h"

#define OPEN "(ARRAY["
#define ELEMENT_TYPE "::character varying"
#define CLOSE "])::text[]"

static bool starts(const char *text, const char *prefix) { return !strncmp(text, prefix, strlen(prefix)); }

/* The "]" of an array whose first element is a varchar constant and that is cast to text[]; NULL: it is no such thing.
 */
static const char *find_end(const char *open, const char *end)
{
    struct lexer lexer = {.at = open + strlen(OPEN), .end = end};
    struct token token;
    lexer_next(&lexer, &token);
    if (token.kind != TOKEN_STRING || !starts(lexer.at, ELEMENT_TYPE))
        return NULL;
    for (int depth = 0; token.kind != TOKEN_END; lexer_next(&lexer, &token)) {
        if (token_is_symbol(&token, ']') && depth == 0)
            return starts(token.text, CLOSE) ? token.text : NULL;
        depth += token_is_symbol(&token, '(') || token_is_symbol(&token, '[');
        depth -= token_is_symbol(&token, ')') || token_is_symbol(&token, ']');
    }
    return NULL;
}

const char *array_keep_casts(TALLOC_CTX *owner, const char *sql)
{
    if (!strstr(sql, OPEN "'"))
        return sql;
    const char *end = sql + strlen(sql), *copied = sql;
    char *result = talloc_strdup(owner, "");
    struct lexer lexer = {.at = sql, .end = end};
    struct token token;
    for (lexer_next(&lexer, &token); token.kind != TOKEN_END; lexer_next(&lexer, &token)) {
        const char *close = starts(token.text, OPEN) ? find_end(token.text, end) : NULL;
        if (!close)
            continue;
        result = talloc_asprintf_append_buffer(result, "%.*s(%.*s])::character varying[]", (int)(token.text - copied),
                                               copied, (int)(close - token.text), token.text);
        copied = close + 1;
        lexer.at = copied;
    }
    return talloc_strdup_append_buffer(result, copied);
}
