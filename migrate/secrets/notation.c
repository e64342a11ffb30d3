/* How a value is given to a name: signs, quotes, and what ends a value without quotes. See assignment.h. */
#include <ctype.h>
#include <strings.h>

#include "migrate/secrets/assignment.h"

enum { VALUE_BYTES = 1000, TYPE_BYTES = 40, FUNCTION_BYTES = 40, MADE_UP_BYTES = 20, COLUMN_BYTES = 120 };

/* Where reading stands. */
struct reading {
    const struct scan *scan;
    const char *at;
};

static char peek(const struct reading *reading, size_t ahead)
{
    return (size_t)(reading->scan->end - reading->at) > ahead ? reading->at[ahead] : '\0';
}

static void skip_blanks(struct reading *reading)
{
    while (peek(reading, 0) == ' ' || peek(reading, 0) == '\t')
        reading->at++;
}

static void skip_spaces(struct reading *reading)
{
    while (isspace((unsigned char)peek(reading, 0)))
        reading->at++;
}

static bool is_quote(char c) { return c == '"' || c == '\'' || c == '`'; }

/* A quote, of a string within a string too. */
static bool skip_quote(struct reading *reading)
{
    size_t size = peek(reading, 0) == '\\' && is_quote(peek(reading, 1)) ? 2 : is_quote(peek(reading, 0)) ? 1 : 0;
    reading->at += size;
    return size > 0;
}

static bool skip_word(struct reading *reading, const char *word)
{
    size_t length = strlen(word);
    if ((size_t)(reading->scan->end - reading->at) < length || strncasecmp(reading->at, word, length) != 0)
        return false;
    reading->at += length;
    return true;
}

static char before(const struct scan *scan, const char *at) { return at > scan->text ? at[-1] : '\0'; }

/* ---- signs ---- */

/* "password: str =" of a language with types. */
static void skip_type(struct reading *reading)
{
    static const char types[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.[]|?<> ";
    size_t blanks = peek(reading, 0) == ' ' ? 1 : 0, size = blanks;
    while (size < TYPE_BYTES && peek(reading, size) && strchr(types, peek(reading, size)))
        size++;
    if (isalpha((unsigned char)peek(reading, blanks)) && peek(reading, size) == '=' && peek(reading, size + 1) != '=')
        reading->at += size + 1;
}

static bool read_sign(struct reading *reading, struct assignment *assignment)
{
    char sign = peek(reading, 0), next = peek(reading, 1);
    if (sign == '?' && next == '=' && reading->scan->kind == SCAN_SHELL)
        reading->at++;
    sign = peek(reading, 0);
    next = peek(reading, 1);
    if (sign == '=' && next != '=' && next != '~') {
        reading->at += next == '>' ? 2 : 1;
        assignment->sign = SIGN_EQUALS;
        return true;
    }
    if (sign != ':' || next == ':' || next == '?' || next == '+')
        return false;
    reading->at += next == '=' || next == '-' ? 2 : 1;
    assignment->sign = next == '=' ? SIGN_EQUALS : SIGN_COLON;
    if (reading->scan->kind == SCAN_CODE)
        skip_type(reading);
    return true;
}

/* The name is an argument, what follows the value: getenv("X", "value"), set_config('x', 'value', true). */
static bool read_argument(struct reading *reading, const struct assignment *assignment)
{
    static const char *const functions[] = {"getenv", "env", "get", "set_config", "setenv", "putenv", "setdefault"};
    const struct scan *scan = reading->scan;
    const char *open = assignment->name.start;
    if (!is_quote(before(scan, open)) || before(scan, open - 1) != '(' || peek(reading, 0) != ',')
        return false;
    const struct scan_value call = {open - 2 - scan->text > FUNCTION_BYTES ? open - 2 - FUNCTION_BYTES : scan->text,
                                    open - 2};
    for (size_t i = 0; i < countof(functions); i++) {
        size_t length = strlen(functions[i]);
        if (call.end - call.start >= (ptrdiff_t)length && !strncasecmp(call.end - length, functions[i], length)) {
            reading->at++;
            return true;
        }
    }
    return false;
}

/* "password text NOT NULL DEFAULT 'value'" of a column, and "password: {type: text, default: "'value'"}" of a model. */
static bool read_column(const struct scan *scan, struct assignment *assignment)
{
    static const char word[] = "default";
    const char *stops = scan->kind == SCAN_SQL ? ",;\n" : "}\n", *at = assignment->name.end;
    const char *end = scan->end - at > COLUMN_BYTES ? at + COLUMN_BYTES : scan->end;
    if (scan->kind != SCAN_SQL && scan->kind != SCAN_YAML)
        return false;
    for (; (size_t)(end - at) > sizeof word && !strchr(stops, *at); at++) {
        if ((*at != 'd' && *at != 'D') || strncasecmp(at, word, sizeof word - 1) != 0)
            continue;
        struct reading reading = {scan, at + sizeof word - 1};
        while (peek(&reading, 0) && strchr(" \t:\"", peek(&reading, 0)))
            reading.at++;
        if (reading.at >= end || *reading.at != '\'')
            return false;
        const char *close = memchr(reading.at + 1, '\'', (size_t)(end - reading.at - 1));
        assignment->value = (struct scan_value){reading.at + 1, close ? close : reading.at + 1};
        return close && value_is_random(assignment->value, 6);
    }
    return false;
}

/* "('smtp_password', 'value')": a row of settings. */
static bool read_row(struct reading *reading, const struct assignment *assignment)
{
    const struct scan *scan = reading->scan;
    const char *open = assignment->name.start;
    bool has_more = memchr(open, '_', (size_t)(assignment->name.end - open)) ||
                    memchr(open, '.', (size_t)(assignment->name.end - open));
    if (scan->kind != SCAN_SQL || !has_more || before(scan, open) != '\'' || before(scan, open - 1) != '(' ||
        peek(reading, 0) != ',')
        return false;
    reading->at++;
    return true;
}

/* "name: X" with "value: ..." behind it, of containers and clusters. */
static bool read_pair(struct reading *reading, const struct assignment *assignment)
{
    const struct scan_value line = scan_line(reading->scan, assignment->name.start);
    const struct scan_value head = {line.start, assignment->name.start};
    if ((reading->scan->kind != SCAN_YAML && reading->scan->kind != SCAN_JSON) ||
        (!value_holds(head, "name") && !value_holds(head, "key")))
        return false;
    if (peek(reading, 0) == ',')
        reading->at++;
    skip_spaces(reading);
    (void)skip_quote(reading);
    if (!skip_word(reading, "value"))
        return false;
    (void)skip_quote(reading);
    skip_blanks(reading);
    return skip_word(reading, ":");
}

static bool is_env_of_docker(const struct reading *reading, const struct assignment *assignment)
{
    const struct scan_value line = scan_line(reading->scan, assignment->name.start);
    return reading->scan->kind == SCAN_DOCKER && line.end - line.start > 4 && !strncasecmp(line.start, "ENV ", 4) &&
           reading->at > assignment->name.end && peek(reading, 0) != '=';
}

/* "SET app.jwt_secret TO 'value'". */
static bool read_to(struct reading *reading)
{
    return reading->scan->kind == SCAN_SQL && skip_word(reading, "TO ") && (skip_spaces(reading), true);
}

/* ---- values ---- */

static bool read_quoted(struct reading *reading, struct assignment *assignment)
{
    static const char prefixes[] = "fFbBrRuUeEnN@";
    size_t ahead = 0;
    while (ahead < 2 && peek(reading, ahead) && strchr(prefixes, peek(reading, ahead)))
        ahead++;
    bool is_escaped = peek(reading, ahead) == '\\' && is_quote(peek(reading, ahead + 1));
    char quote = peek(reading, ahead + is_escaped);
    if (!is_quote(quote))
        return false;
    const char *start = reading->at + ahead + is_escaped + 1, *end = start;
    for (; end < reading->scan->end && *end != '\n' && end - start < VALUE_BYTES; end++) {
        bool is_last = *end == quote && !(end + 1 < reading->scan->end && end[1] == quote && end > start);
        if (is_last || (is_escaped && *end == '\\'))
            break;
        if (*end == quote || (*end == '\\' && end + 1 < reading->scan->end && end[1] != '\n'))
            end++;
    }
    if (end >= reading->scan->end || (*end != quote && *end != '\\'))
        return false; /* it is not closed: no string */
    assignment->value = (struct scan_value){start, end};
    assignment->form = FORM_QUOTED;
    return true;
}

static const char *line_end(const struct reading *reading)
{
    const char *end = scan_line(reading->scan, reading->at).end;
    for (const char *at = reading->at + 1; at < end; at++)
        if (*at == '#' && (at[-1] == ' ' || at[-1] == '\t')) {
            end = at;
            break;
        }
    while (end > reading->at && isspace((unsigned char)end[-1]))
        end--;
    return end;
}

static const char *word_end(const struct reading *reading, const char *stops)
{
    const char *at = reading->at;
    while (at < reading->scan->end && at - reading->at < VALUE_BYTES && !isspace((unsigned char)*at) && *at &&
           !strchr(stops, *at))
        at++;
    return at;
}

static bool holds_blank(struct scan_value value)
{
    return memchr(value.start, ' ', (size_t)(value.end - value.start)) != NULL;
}

static bool is_in_braces(const struct reading *reading, const struct assignment *assignment)
{
    const struct scan_value line = scan_line(reading->scan, assignment->name.start);
    return memchr(line.start, '{', (size_t)(assignment->name.start - line.start)) != NULL;
}

/* NAME=value without a blank beside the sign, as shells and lists of environments have it. */
static bool read_shell_word(const struct reading *reading, struct assignment *assignment)
{
    if (assignment->sign != SIGN_EQUALS || reading->at != assignment->name.end + 1)
        return false;
    assignment->value.end = word_end(reading, "\"'`;|)<>");
    return true;
}

/* "Password: s3cret" at the end of a line of prose; what is long and made up anywhere, as in a header of a request. */
static bool read_last_word(struct reading *reading, struct assignment *assignment)
{
    skip_blanks(reading);
    assignment->value = (struct scan_value){reading->at, word_end(reading, "`\"'|<>")};
    return assignment->sign == SIGN_COLON &&
           (line_end(reading) <= assignment->value.end + 1 || value_is_random(assignment->value, MADE_UP_BYTES));
}

static bool read_yaml(struct reading *reading, struct assignment *assignment)
{
    if (assignment->sign == SIGN_EQUALS)
        return read_shell_word(reading, assignment);
    skip_blanks(reading);
    char first = peek(reading, 0);
    assignment->value = (struct scan_value){reading->at, is_in_braces(reading, assignment) ? word_end(reading, ",}")
                                                                                           : line_end(reading)};
    return first && !strchr("*&|>!{[", first) && !holds_blank(assignment->value);
}

/* In code only what stands in a string for a program's environment: "PGPASSWORD=x psql". */
static bool read_in_code(const struct reading *reading, struct assignment *assignment)
{
    const struct scan_value line = scan_line(reading->scan, assignment->name.start);
    bool is_in_string = false;
    for (const char *at = line.start; at < assignment->name.start; at++) {
        is_in_string |= is_quote(*at);
        if (at >= assignment->name.start - 1 && *at == '(')
            return false;
    }
    for (const char *at = assignment->name.start; at < assignment->name.end; at++)
        if (islower((unsigned char)*at))
            return false;
    return is_in_string && read_shell_word(reading, assignment) &&
           !memchr(assignment->value.start, '(', (size_t)(assignment->value.end - assignment->value.start));
}

static bool read_bare(struct reading *reading, struct assignment *assignment)
{
    assignment->form = FORM_BARE;
    assignment->value.start = reading->at;
    switch (reading->scan->kind) {
    case SCAN_ENV:
    case SCAN_INI:
        skip_blanks(reading);
        assignment->value = (struct scan_value){reading->at, line_end(reading)};
        return (reading->scan->kind == SCAN_ENV && assignment->sign == SIGN_EQUALS) || !holds_blank(assignment->value);
    case SCAN_YAML:
        return read_yaml(reading, assignment);
    case SCAN_SHELL:
    case SCAN_DOCKER:
        if (reading->scan->kind == SCAN_SHELL && assignment->sign == SIGN_EQUALS)
            skip_blanks(reading);
        if (assignment->sign == SIGN_COLON)
            skip_blanks(reading);
        assignment->value = (struct scan_value){reading->at, word_end(reading, "\"'`;|)<>&")};
        return assignment->sign == SIGN_EQUALS || value_is_random(assignment->value, MADE_UP_BYTES);
    case SCAN_PROSE:
    case SCAN_OTHER:
        return read_shell_word(reading, assignment) || read_last_word(reading, assignment);
    case SCAN_CODE:
        return read_in_code(reading, assignment);
    case SCAN_SQL:
    case SCAN_JSON:
    case SCAN_PGPASS:
    case SCAN_NETRC:
        return false;
    }
    return false;
}

/* "${NAME:-value}": what a shell takes where the variable is not set. */
static bool read_default(struct reading *reading, struct assignment *assignment)
{
    const char *name = assignment->name.start;
    if (before(reading->scan, name) != '{' || before(reading->scan, name - 1) != '$')
        return false;
    bool has_default =
        peek(reading, 0) == ':' ? strchr("-=", peek(reading, 1)) && peek(reading, 1) : peek(reading, 0) == '-';
    if (!has_default)
        return true; /* a variable, and no value */
    reading->at += peek(reading, 0) == ':' ? 2 : 1;
    (void)skip_quote(reading);
    assignment->value = (struct scan_value){reading->at, word_end(reading, "}\"'")};
    return true;
}

bool assignment_read(const struct scan *scan, struct assignment *assignment)
{
    struct reading reading = {scan, assignment->name.end};
    assignment->value = (struct scan_value){scan->end, scan->end};
    assignment->sign = SIGN_OTHER;
    assignment->form = FORM_QUOTED;
    if (read_default(&reading, assignment) || read_column(scan, assignment))
        return true;
    (void)skip_quote(&reading);
    if (peek(&reading, 0) == ']')
        reading.at++;
    skip_blanks(&reading);
    bool is_env = is_env_of_docker(&reading, assignment);
    const char *sign = reading.at;
    if (!is_env && !read_sign(&reading, assignment) && !read_argument(&reading, assignment) &&
        !read_row(&reading, assignment) && !read_to(&reading)) {
        reading.at = sign;
        if (!read_pair(&reading, assignment))
            return false;
        assignment->sign = SIGN_COLON;
    }
    assignment->sign = is_env ? SIGN_EQUALS : assignment->sign;
    const char *behind = reading.at;
    skip_blanks(&reading);
    if (read_quoted(&reading, assignment))
        return true;
    reading.at = behind;
    return read_bare(&reading, assignment);
}
