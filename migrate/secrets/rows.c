/* Passwords in rows: INSERT INTO users (name, password) VALUES ('a', 'secret'). See scan.h. */
#include <ctype.h>
#include <strings.h>

#include "migrate/secrets/scan.h"

enum { NAME_BYTES = 200, COLUMNS_MOST = 64 };

static const char *skip_spaces(const struct scan *scan, const char *at)
{
    while (at < scan->end && isspace((unsigned char)*at))
        at++;
    return at;
}

static bool is_word_byte(char c) { return isalnum((unsigned char)c) || c == '_'; }

/* Behind a word of SQL, and the blanks behind it; NULL: another one stands there. */
static const char *pass_word(const struct scan *scan, const char *at, const char *word)
{
    size_t length = strlen(word);
    if ((size_t)(scan->end - at) <= length || strncasecmp(at, word, length) != 0 || is_word_byte(at[length]))
        return NULL;
    return skip_spaces(scan, at + length);
}

/* Behind a literal that begins here; the end of the text where it is not closed. */
static const char *pass_literal(const struct scan *scan, const char *at)
{
    for (at++; at < scan->end; at++)
        if (*at == '\'') {
            if (at + 1 >= scan->end || at[1] != '\'')
                return at + 1;
            at++;
        }
    return at;
}

/* Behind an item of a list: at the comma or bracket that ends it, or the end of the text. */
static const char *pass_item(const struct scan *scan, const char *at)
{
    for (int depth = 0; at < scan->end; at++) {
        if (*at == '\'')
            at = pass_literal(scan, at) - 1;
        else if (*at == '(')
            depth++;
        else if (depth == 0 && (*at == ',' || *at == ')'))
            return at;
        else if (*at == ')')
            depth--;
        else if (*at == ';' && depth == 0)
            return scan->end;
    }
    return scan->end;
}

static struct scan_value trimmed(const char *start, const char *end)
{
    while (start < end && (isspace((unsigned char)*start) || *start == '"'))
        start++;
    while (end > start && (isspace((unsigned char)end[-1]) || end[-1] == '"'))
        end--;
    return (struct scan_value){start, end};
}

static bool holds_password(struct scan_value name)
{
    static const char *const endings[] = {"password", "passwd", "passphrase", "secret", "api_key", "apikey"};
    for (size_t i = 0; i < countof(endings); i++) {
        size_t length = strlen(endings[i]);
        if (name.end - name.start >= (ptrdiff_t)length && !strncasecmp(name.end - length, endings[i], length))
            return true;
    }
    return false;
}

static void look_at_value(struct scan *scan, struct scan_value item, struct scan_value name)
{
    if (item.end - item.start < 3 || *item.start != '\'' || pass_literal(scan, item.start) != item.end)
        return;
    const struct scan_value value = {item.start + 1, item.end - 1};
    if (value_is_random(value, 6) && value_is_secret(scan, value, (struct scan_value){0}))
        scan_add(scan, value, "a row holds a password", name);
}

/* The rows behind VALUES, each as long as the list of names. Returns where they end. */
static const char *look_at_rows(struct scan *scan, const char *at, const struct scan_value *names, size_t count)
{
    while (at < scan->end && *at == '(') {
        const char *end = at;
        for (size_t i = 0; end < scan->end && (i == 0 || *end == ','); i++) {
            const char *start = end + 1;
            end = pass_item(scan, start);
            if (i < count && names[i].start)
                look_at_value(scan, trimmed(start, end), names[i]);
        }
        at = skip_spaces(scan, end < scan->end ? end + 1 : end);
        if (at >= scan->end || *at != ',')
            break;
        at = skip_spaces(scan, at + 1);
    }
    return at;
}

/* From behind INTO. Returns where reading goes on. */
static const char *look_at_insert(struct scan *scan, const char *at)
{
    struct scan_value names[COLUMNS_MOST] = {{0}};
    size_t count = 0;
    const char *open = at;
    while (open < scan->end && open - at < NAME_BYTES && *open != '(' && *open != ';')
        open++;
    if (open >= scan->end || *open != '(')
        return at;
    for (at = open; at < scan->end && (count == 0 || *at == ',') && count < COLUMNS_MOST; count++) {
        const char *end = pass_item(scan, at + 1);
        const struct scan_value name = trimmed(at + 1, end);
        names[count] = holds_password(name) ? name : (struct scan_value){0};
        at = end;
    }
    const char *values = at < scan->end ? pass_word(scan, skip_spaces(scan, at + 1), "VALUES") : NULL;
    return values ? look_at_rows(scan, values, names, count) : at;
}

void scan_rows(struct scan *scan)
{
    if (scan->kind != SCAN_SQL)
        return;
    for (const char *at = scan->text; at < scan->end; at++) {
        bool begins_word = at == scan->text || !is_word_byte(at[-1]);
        const char *into = begins_word && (*at == 'I' || *at == 'i') ? pass_word(scan, at, "INSERT") : NULL;
        into = into && into < scan->end ? pass_word(scan, into, "INTO") : NULL;
        if (into)
            at = look_at_insert(scan, into) - 1;
    }
}
