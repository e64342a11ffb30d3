/* PASSWORD 'literal' of SQL, wherever SQL stands: roles, user mappings, within strings of other languages. See scan.h.
 */
#include <ctype.h>
#include <strings.h>

#include "migrate/secrets/scan.h"

enum { LOOK_BACK_BYTES = 400, VALUE_BYTES = 1000 };

static bool is_word_byte(char c) { return isalnum((unsigned char)c) || c == '_' || (c & 0x80); }

static bool is_word_at(const struct scan *scan, const char *at, const char *word)
{
    size_t length = strlen(word);
    return (size_t)(scan->end - at) >= length && !strncasecmp(at, word, length) &&
           (at == scan->text || !is_word_byte(at[-1])) && (at + length == scan->end || !is_word_byte(at[length]));
}

/* Whether a statement about roles or servers goes before, so that the word is SQL's and no prose. */
static bool is_in_statement(const struct scan *scan, const char *at)
{
    static const char *const words[] = {"role", "user", "group", "mapping", "options", "encrypted", "with", "login"};
    for (const char *back = at; back > scan->text && at - back < LOOK_BACK_BYTES && back[-1] != ';';) {
        back--;
        for (size_t i = 0; i < countof(words); i++)
            if (is_word_at(scan, back, words[i]))
                return true;
    }
    return false;
}

/* $$value$$ or $tag$value$tag$. */
static bool take_dollars(const struct scan *scan, const char *at, struct scan_value *value)
{
    const char *tag = at + 1;
    while (tag < scan->end && is_word_byte(*tag))
        tag++;
    if (tag >= scan->end || *tag != '$')
        return false;
    size_t size = (size_t)(tag + 1 - at);
    size_t left = (size_t)(scan->end - tag - 1);
    const char *close = memmem(tag + 1, left < VALUE_BYTES ? left : VALUE_BYTES, at, size);
    if (!close)
        return false;
    *value = (struct scan_value){tag + 1, close};
    return true;
}

/* 'value'; ''value'' within a string; \'value\' within one of another language. Three quotes end the string first: what
 * follows is an expression. */
static bool take_quoted(const struct scan *scan, const char *at, struct scan_value *value)
{
    bool is_escaped = *at == '\\';
    const char *start = at + (is_escaped ? 1 : 0);
    size_t quotes = 0;
    while (start < scan->end && *start == '\'') {
        quotes++;
        start++;
    }
    if (quotes == 0 || quotes == 3)
        return false;
    const char *end = start;
    while (end < scan->end && *end != '\'' && *end != '\n' && end - start < VALUE_BYTES)
        end++;
    if (is_escaped && end > start && end[-1] == '\\')
        end--;
    /* Two quotes without a third: empty, unless something that fits into a literal follows at once. */
    if (quotes == 2 && (end == scan->end || *end != '\'' || !is_word_byte(*start)))
        return false;
    *value = (struct scan_value){start, end};
    return true;
}

static void look_behind(struct scan *scan, const char *word, const char *at)
{
    const char *start = at;
    while (at < scan->end && isspace((unsigned char)*at))
        at++;
    if (at == start || at >= scan->end)
        return;
    if (strchr("EeNn", *at) && at + 1 < scan->end && at[1] == '\'')
        at++;
    else if (strchr("Uu", *at) && scan->end - at > 2 && at[1] == '&')
        at += 2;
    struct scan_value value;
    bool ok = *at == '$' ? take_dollars(scan, at, &value) : take_quoted(scan, at, &value);
    if (ok && value_is_secret(scan, value, (struct scan_value){0}) && is_in_statement(scan, word))
        scan_add(scan, value, "a PASSWORD clause holds a password", (struct scan_value){0});
}

void scan_clauses(struct scan *scan)
{
    static const char word[] = "password";
    for (const char *at = scan->text; at < scan->end; at++)
        if ((*at == 'p' || *at == 'P') && is_word_at(scan, at, word))
            look_behind(scan, at, at + strlen(word));
}
