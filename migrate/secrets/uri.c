/* Passwords of connection strings: "://user:password@host", and keywords with values. See scan.h. */
#include <ctype.h>
#include <strings.h>

#include "migrate/secrets/scan.h"

enum { TOKEN_BYTES = 600, NEIGHBOUR_BYTES = 200 };

static bool ends_token(char c) { return isspace((unsigned char)c) || (c && strchr("\"'`<>|\\^", c)); }

/* What is given within <...> or {...} may hold blanks and quotes. */
static const char *token_end(const struct scan *scan, const char *at)
{
    const char *start = at;
    char closing = '\0';
    for (; at < scan->end && *at != '\n' && at - start < TOKEN_BYTES; at++) {
        if (closing)
            closing = *at == closing ? '\0' : closing;
        else if (*at == '<' || *at == '{')
            closing = *at == '<' ? '>' : '}';
        else if (ends_token(*at))
            break;
    }
    return at;
}

static const char *last_at_sign(const char *start, const char *end)
{
    while (end > start && end[-1] != '@')
        end--;
    return end > start ? end - 1 : NULL;
}

/* The @ before the host. A password may hold / ? # as they are; then what follows its user's colon is no port. */
static const char *find_at_sign(const char *start, const char *colon, const char *end)
{
    const char *authority = start;
    while (authority < end && !strchr("/?#", *authority))
        authority++;
    const char *sign = last_at_sign(start, authority);
    if (sign)
        return sign;
    const char *port = colon + 1;
    while (port < authority && isdigit((unsigned char)*port))
        port++;
    return port == authority ? NULL : last_at_sign(authority, end);
}

static void look_at_uri(struct scan *scan, const char *start)
{
    const char *end = token_end(scan, start), *colon = start;
    while (colon < end && !strchr(":@/?#", *colon))
        colon++;
    if (colon == end || *colon != ':')
        return;
    const char *sign = find_at_sign(start, colon, end);
    if (!sign || sign <= colon)
        return;
    const struct scan_value password = {colon + 1, sign}, user = {start, colon};
    if (value_is_secret(scan, password, user))
        scan_add(scan, password, "a connection URI holds a password", (struct scan_value){0});
}

void scan_uris(struct scan *scan)
{
    const char *at = scan->text;
    while ((at = memmem(at, (size_t)(scan->end - at), "://", 3))) {
        at += 3;
        if (at > scan->text + 3 && isalnum((unsigned char)at[-4]))
            look_at_uri(scan, at);
    }
}

/* ---- keywords and values ---- */

static bool is_word_byte(char c) { return isalnum((unsigned char)c) || c == '_'; }

/* Whether one of libpq's other keywords, or of ODBC's, stands near in the same string: between arguments of a function
 * there are commas and brackets. */
static bool has_neighbour(const struct scan *scan, const char *key, const char *value_end)
{
    static const char *const words[] = {"host=", "hostaddr=", "dbname=",  "user=",     "port=",    "server=",
                                        "uid=",  "database=", "user id=", "username=", "service=", "sslmode="};
    const char *from = key, *to = value_end;
    while (from > scan->text && key - from < NEIGHBOUR_BYTES && !strchr("\n,()", from[-1]))
        from--;
    while (to < scan->end && to - value_end < NEIGHBOUR_BYTES && !strchr("\n,()", *to))
        to++;
    const struct scan_value around = {from, to};
    for (size_t i = 0; i < countof(words); i++)
        if (value_holds(around, words[i]))
            return true;
    return false;
}

/* The end of a value that begins at `at`; *opening gets how many bytes its quote takes. */
static const char *conninfo_end(const struct scan *scan, const char *at, size_t *opening)
{
    const char *end = scan->end - at > TOKEN_BYTES ? at + TOKEN_BYTES : scan->end;
    bool is_doubled = end - at > 2 && at[0] == '\'' && at[1] == '\''; /* within a string of SQL */
    *opening = is_doubled ? 2 : *at == '\'' ? 1 : 0;
    if (*at == '\\' && end - at > 1 && at[1] == '\'')
        *opening = 2;
    if (!*opening) {
        while (at < end && !ends_token(*at) && !strchr("&;)", *at))
            at++;
        return at;
    }
    for (at += *opening; at < end && *at != '\n' && *at != '\''; at++)
        if (*at == '\\' && end - at > 1 && at[1] != '\n') {
            if (at[1] == '\'' && *opening == 2)
                break;
            at++;
        }
    return at;
}

static void look_at_conninfo(struct scan *scan, const char *key, const char *value)
{
    size_t opening;
    if (value >= scan->end)
        return;
    const char *end = conninfo_end(scan, value, &opening);
    const struct scan_value password = {value + opening <= end ? value + opening : end, end};
    const char *query = key > scan->text ? key - 1 : key;
    bool is_query = *query == '?' || *query == '&';
    if (value_is_secret(scan, password, (struct scan_value){0}) && (is_query || has_neighbour(scan, key, end)))
        scan_add(scan, password, "a connection string holds a password", (struct scan_value){0});
}

void scan_conninfo(struct scan *scan)
{
    static const char *const keys[] = {"password", "sslpassword", "pwd"};
    const char *at = scan->text;
    while ((at = memchr(at, '=', (size_t)(scan->end - at)))) {
        for (size_t i = 0; i < countof(keys); i++) {
            size_t length = strlen(keys[i]);
            const char *key = at - length;
            if (at - scan->text >= (ptrdiff_t)length && !strncasecmp(key, keys[i], length) &&
                (key == scan->text || !is_word_byte(key[-1])))
                look_at_conninfo(scan, key, at + 1);
        }
        at++;
    }
}
