/* What only looks like a secret: variables, masks, placeholders, names of types. See scan.h. */
#include <ctype.h>
#include <strings.h>

#include "migrate/secrets/scan.h"

/* Longer ones are judged by their beginnings, and nobody writes that many: a hostile text must not cost minutes. */
enum { JUDGED_BYTES = 200, JUDGED_MOST = 4000 };

static size_t size_of(struct scan_value value) { return (size_t)(value.end - value.start); }

bool value_is(struct scan_value value, const char *word)
{
    return size_of(value) == strlen(word) && !strncasecmp(value.start, word, size_of(value));
}

bool value_holds(struct scan_value value, const char *word)
{
    size_t length = strlen(word);
    char first = (char)tolower((unsigned char)*word);
    for (const char *at = value.start; (size_t)(value.end - at) >= length && at < value.end; at++)
        if (tolower((unsigned char)*at) == first && !strncasecmp(at, word, length))
            return true;
    return false;
}

static bool starts(struct scan_value value, const char *word)
{
    return size_of(value) >= strlen(word) && !strncasecmp(value.start, word, strlen(word));
}

static bool is_among(struct scan_value value, const char *const *words)
{
    for (; *words; words++)
        if (value_is(value, *words))
            return true;
    return false;
}

static bool holds_any(struct scan_value value, const char *const *words)
{
    for (; *words; words++)
        if (value_holds(value, *words))
            return true;
    return false;
}

static bool starts_any(struct scan_value value, const char *const *words)
{
    for (; *words; words++)
        if (starts(value, *words))
            return true;
    return false;
}

static bool is_identifier(const char *at, const char *end)
{
    if (at == end || isdigit((unsigned char)*at))
        return false;
    while (at < end && (isalnum((unsigned char)*at) || *at == '_'))
        at++;
    return at == end;
}

/* "{name}", "{0}", "{}": a field of a format, anywhere in the value. */
static bool holds_field(struct scan_value value)
{
    for (const char *at = value.start; at < value.end; at++) {
        if (*at != '{')
            continue;
        const char *end = at + 1;
        while (end < value.end && (isalnum((unsigned char)*end) || strchr("_.[]()!:'\"- ", *end)))
            end++;
        if (end < value.end && *end == '}')
            return true;
    }
    return false;
}

/* What a program, a shell or a template puts something else in the place of. */
static bool is_variable(struct scan_value value)
{
    static const char *const marks[] = {"${", "$(", "{{", "}}", "<%", "%(", "#{", NULL};
    static const char *const beginnings[] = {
        "env:",    "env(",      "vault:",     "!vault",   "!secret",    "!ref",        "!sub",
        "!getatt", "!env",      "!reference", "enc[",     "file:",      "/run/",       "/etc/",
        "/var/",   "/secrets/", "./",         "~/",       "os.environ", "process.env", "secrets.",
        "vars.",   "ref+",      "op://",      "arn:aws:", "awssecret",  "sops:",       NULL};
    char first = *value.start;
    if (holds_any(value, marks) || starts_any(value, beginnings) || holds_field(value))
        return true;
    if ((first == '$' || first == ':') && is_identifier(value.start + 1, value.end))
        return true;
    if (first == '%' && size_of(value) >= 2 && (size_of(value) <= 3 || value.end[-1] == '%'))
        return true;
    return first == '`' || first == '{' || value_is(value, "?") || value_is(value, "$1") || value_is(value, "$$") ||
           (first == '<' && memchr(value.start, '>', size_of(value))) || (first == '[' && value.end[-1] == ']');
}

/* "****", "xxx", "...": the same sign over and over, or a run of them within. */
static bool is_mask(struct scan_value value)
{
    static const char *const runs[] = {"***", "xxxx", "...", "\xE2\x80\xA6", "\xE2\x80\xA2", "____", "####", NULL};
    if (holds_any(value, runs))
        return true;
    if (!strchr("*xX.-_#?", *value.start))
        return false;
    for (const char *at = value.start; at < value.end; at++)
        if (*at != *value.start)
            return false;
    return true;
}

/* It says itself that something else belongs there. */
static bool is_placeholder(struct scan_value value)
{
    static const char *const parts[] = {
        "changeme",    "change-me",  "change_me",    "change this", "changethis", "change-this", "change_this",
        "placeholder", "example",    "replaceme",    "replace-",    "replace_",   "redacted",    "dummy",
        "not-a-real",  "notasecret", "not-a-secret", "your-",       "your_",      "your ",       "yourpass",
        "yoursecret",  "yourtoken",  "yourkey",      "insert-",     "insert_",    "-here",       "_here",
        " here",       "to be set",  "fake",         "sample",      NULL};
    static const char *const words[] = {"null",
                                        "none",
                                        "nil",
                                        "true",
                                        "false",
                                        "undefined",
                                        "to"
                                        "do",
                                        "tbd",
                                        "n/a",
                                        "unset",
                                        "unknown",
                                        "masked",
                                        "hidden",
                                        "removed",
                                        "generated",
                                        "required",
                                        "optional",
                                        "empty",
                                        "()",
                                        "''",
                                        "\"\"",
                                        "[]",
                                        "default",
                                        NULL};
    return is_among(value, words) || holds_any(value, parts);
}

/* A type, where others write a value. */
static bool is_type(struct scan_value value)
{
    static const char *const words[] = {"string",  "text",  "str",    "bytes",   "bytea", "citext",
                                        "integer", "int",   "bigint", "bool",    "char",  "boolean",
                                        "uuid",    "jsonb", "json",   "varchar", "any",   NULL};
    return is_among(value, words) || starts(value, "varchar(") || starts(value, "char(");
}

/* Known to everybody, so that they protect nothing: what images and examples come with. */
static bool is_well_known(struct scan_value value)
{
    static const char *const words[] = {"password",    "passwd",
                                        "passphrase",  "pass",
                                        "pwd",         "pw",
                                        "secret",      "token",
                                        "key",         "apikey",
                                        "api_key",     "api-key",
                                        "test",        "tests",
                                        "testing",     "guest",
                                        "user",        "username",
                                        "postgres",    "pgpass",
                                        "mypassword",  "demo",
                                        "mypass",      "mysecret",
                                        "my-secret",   "mysecretpassword",
                                        "postgresql",  "secretpassword",
                                        "my-password", "my_password",
                                        "db_password", "db-password",
                                        NULL};
    return is_among(value, words);
}

/* Words about a password: a label, a sentence. */
static bool is_prose(struct scan_value value)
{
    size_t blanks = 0;
    for (const char *at = value.start; at < value.end; at++)
        blanks += *at == ' ';
    return blanks && (value_holds(value, "password") || value_holds(value, "token") || value_holds(value, "secret") ||
                      (blanks > 2 && value.end[-1] == '.'));
}

bool value_is_secret(struct scan *scan, struct scan_value value, struct scan_value user)
{
    if (scan->judged++ > JUDGED_MOST)
        return false;
    while (value.start < value.end && isspace((unsigned char)*value.start))
        value.start++;
    if (value.end - value.start > JUDGED_BYTES)
        value.end = value.start + JUDGED_BYTES;
    while (value.end > value.start && isspace((unsigned char)value.end[-1]))
        value.end--;
    if (value.start == value.end || is_variable(value) || is_mask(value) || is_placeholder(value) || is_type(value) ||
        is_prose(value))
        return false;
    if (scan->strictness == SCAN_STRICT)
        return true;
    size_t blanks = 0;
    for (const char *at = value.start; at < value.end; at++)
        blanks += *at == ' ';
    if (size_of(value) - blanks <= 2)
        return false; /* "password=x", 'a b': it stands for any */
    bool is_user = user.start && size_of(user) == size_of(value) && !memcmp(user.start, value.start, size_of(user));
    return !is_user && !is_well_known(value);
}

bool value_is_random(struct scan_value value, size_t least)
{
    size_t letters = 0, digits = 0, signs = 0;
    for (const char *at = value.start; at < value.end; at++) {
        if (isspace((unsigned char)*at))
            return false;
        letters += isalpha((unsigned char)*at) != 0;
        digits += isdigit((unsigned char)*at) != 0;
        signs += ispunct((unsigned char)*at) && !strchr("_-.", *at);
    }
    return size_of(value) >= least && letters && (digits || signs);
}
