/* See redact.h. */
#include "store/redact.h"

#include <ctype.h>
#include <strings.h>

enum { SHORT = 3 };

/* Copies `text` but for the spans that were marked; each becomes ***. */
struct copier {
    const char *text;
    char *out;
    size_t done, size; /* bytes of text dealt with, bytes of out written */
};

static struct copier copier_new(TALLOC_CTX *owner, const char *text)
{
    /* A span may be one byte and becomes three. */
    struct copier copier = {.text = text, .out = talloc_size(owner, 3 * strlen(text) + 1)};
    if (!copier.out)
        abort();
    return copier;
}

static void keep_until(struct copier *copier, size_t end)
{
    memcpy(copier->out + copier->size, copier->text + copier->done, end - copier->done);
    copier->size += end - copier->done;
    copier->done = end;
}

static void drop_span(struct copier *copier, size_t start, size_t end)
{
    if (end <= start)
        return;
    keep_until(copier, start);
    memcpy(copier->out + copier->size, "***", 3);
    copier->size += 3;
    copier->done = end;
}

static char *finish(struct copier *copier)
{
    keep_until(copier, strlen(copier->text));
    copier->out[copier->size] = '\0';
    return talloc_realloc_size(NULL, copier->out, copier->size + 1);
}

static int hex_value(char digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    if (digit >= 'a' && digit <= 'f')
        return digit - 'a' + 10;
    return digit >= 'A' && digit <= 'F' ? digit - 'A' + 10 : -1;
}

/* Bytes of `text` that spell the byte `wanted`, or 0. */
static size_t spelled(const char *text, char wanted)
{
    if (text[0] == '%' && hex_value(text[1]) >= 0 && hex_value(text[2]) >= 0 &&
        (char)(hex_value(text[1]) * 16 + hex_value(text[2])) == wanted)
        return 3;
    bool is_escapable = wanted == '\'' || wanted == '"' || wanted == '\\';
    if (is_escapable && text[1] == wanted && (text[0] == '\\' || text[0] == wanted))
        return 2;
    return text[0] == wanted ? 1 : 0;
}

static bool is_word(char byte) { return isalnum((unsigned char)byte) || byte == '_' || (byte & 0x80); }

/* Bytes of `text` that spell the secret, as it is or else by any mixture of spellings; 0 where it is none. */
static size_t spelled_length(const char *text, const char *secret)
{
    size_t length = strlen(secret), end = 0;
    if (!strncmp(text, secret, length))
        return length;
    for (; *secret; secret++) {
        size_t more = text[end] ? spelled(text + end, *secret) : 0;
        if (more == 0)
            return 0;
        end += more;
    }
    return end;
}

/* Length of the secret at text[at], or 0. */
static size_t match(const char *text, size_t at, const char *secret)
{
    if (text[at] != secret[0] && text[at] != '%' && text[at] != '\\')
        return 0;
    size_t length = spelled_length(text + at, secret);
    bool is_inside_a_word = (at > 0 && is_word(text[at - 1])) || is_word(text[at + length]);
    return strlen(secret) <= SHORT && is_inside_a_word ? 0 : length;
}

char *redact_secrets(TALLOC_CTX *owner, const char *text, const char *const *secrets)
{
    struct copier copier = copier_new(owner, text);
    size_t start = 0, end = 0; /* the span being marked: overlapping secrets become one */
    for (size_t at = 0; text[at]; at++) {
        for (size_t i = 0; secrets && secrets[i]; i++) {
            size_t length = secrets[i][0] ? match(text, at, secrets[i]) : 0;
            if (length == 0)
                continue;
            if (at > end || end == 0) {
                drop_span(&copier, start, end);
                start = at;
                end = at;
            }
            end = at + length > end ? at + length : end;
        }
    }
    drop_span(&copier, start, end);
    return finish(&copier);
}

static const char *const secret_words[] = {"password", "passwd", "passphrase", "pwd",
                                           "secret",   "token",  "api_key",    "apikey"};

bool redact_is_secret_key(const char *key)
{
    for (size_t i = 0; i < countof(secret_words); i++)
        if (strcasestr(key, secret_words[i]))
            return true;
    return false;
}

static size_t skip_spaces(const char *text, size_t at) { return at + strspn(text + at, " \t\r\n"); }

/* The end of the value that starts at `at`: quoted with ' or ", or up to what ends a word in a list of parameters. */
static size_t value_end(const char *text, size_t at)
{
    char quote = text[at];
    if (quote != '\'' && quote != '"')
        return at + strcspn(text + at, " \t\r\n&,;)");
    for (at++; text[at]; at++) {
        if (text[at] == '\\' && text[at + 1])
            at++;
        else if (text[at] == quote && text[at + 1] == quote)
            at++;
        else if (text[at] == quote)
            return at + 1;
    }
    return at;
}

/* A secret word at text[at]: `word" = value`, `word: value`, or SQL's `PASSWORD 'value'`. */
static void drop_assignment(struct copier *copier, size_t at, size_t word_length)
{
    const char *text = copier->text;
    size_t end = at + word_length;
    if (text[end] == '"' || text[end] == '\'')
        end++;
    size_t sign = skip_spaces(text, end);
    bool is_assigned = text[sign] == '=' || text[sign] == ':';
    size_t value = is_assigned ? skip_spaces(text, sign + 1) : sign;
    size_t opening = value;
    if (strchr("EeUuNn", text[opening]) && text[opening])
        opening += text[opening + 1] == '&' ? 2 : 1;
    bool is_dollar_quoted = text[value] == '$' && !isdigit((unsigned char)text[value + 1]);
    if (text[opening] == '\'' && (is_assigned || opening > at + word_length))
        value = opening;
    else if (!is_assigned && !is_dollar_quoted)
        return;
    if (text[value] == '\'' || text[value] == '"') {
        size_t last = value_end(text, value);
        size_t closing = last > value + 1 && text[last - 1] == text[value] ? last - 1 : last;
        drop_span(copier, value + 1, closing);
    } else {
        drop_span(copier, value, value_end(text, value));
    }
}

static void drop_assignments(struct copier *copier)
{
    const char *text = copier->text;
    for (size_t at = 0; text[at]; at++) {
        if (!isalpha((unsigned char)text[at]) || at < copier->done)
            continue;
        char first = (char)tolower((unsigned char)text[at]);
        for (size_t i = 0; i < countof(secret_words); i++) {
            size_t length = strlen(secret_words[i]);
            if (first == secret_words[i][0] && !strncasecmp(text + at, secret_words[i], length))
                drop_assignment(copier, at, length);
        }
    }
}

/* From the : after the user to the last @ of the token: a password may hold @ and / as they are. */
static void drop_passwords_of_uris(struct copier *copier)
{
    const char *text = copier->text;
    size_t token_end = 0;
    for (const char *found = strstr(text, "://"); found; found = strstr(found + 3, "://")) {
        size_t start = (size_t)(found - text) + 3;
        if (start < token_end)
            continue; /* looked at already: keeps this linear */
        token_end = start + strcspn(text + start, " \t\r\n");
        size_t colon = start + strcspn(text + start, ":@/ \t\r\n");
        size_t last = token_end;
        while (last > start && text[last - 1] != '@')
            last--;
        if (last > start && text[colon] == ':')
            drop_span(copier, colon + 1, last - 1);
    }
}

char *redact_patterns(TALLOC_CTX *owner, const char *text)
{
    struct copier uris = copier_new(owner, text);
    drop_passwords_of_uris(&uris);
    char *half = finish(&uris);
    struct copier assignments = copier_new(owner, half);
    drop_assignments(&assignments);
    char *whole = finish(&assignments);
    talloc_free(half);
    return whole;
}
