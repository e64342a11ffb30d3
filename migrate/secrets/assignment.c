/* Values given to names that hold a secret: DB_PASSWORD=..., "api_key": "...", password: str = "...". See scan.h. */
#include <ctype.h>
#include <strings.h>

#include "migrate/secrets/assignment.h"

/* Nobody writes that many: a hostile text must not cost minutes. */
enum { KEY_BYTES = 100, NAMES_MOST = 50000, NEAR_BYTES = 200 };

/* Longer ones before their beginnings. */
static const struct secret_word {
    const char *word;
    enum { BOUNDARY_NONE, BOUNDARY_ANY, BOUNDARY_INNER } boundary; /* what must stand before it within the name */
    enum word_class class;
} words[] = {
    {"secret_key_base", BOUNDARY_ANY, WORD_KEY}, {"secret_access_key", BOUNDARY_ANY, WORD_KEY},
    {"secret_key", BOUNDARY_ANY, WORD_KEY},      {"secret-key", BOUNDARY_ANY, WORD_KEY},
    {"secretkey", BOUNDARY_ANY, WORD_KEY},       {"secret", BOUNDARY_ANY, WORD_KEY},
    {"signing_key", BOUNDARY_ANY, WORD_KEY},     {"passphrase", BOUNDARY_NONE, WORD_PASSWORD},
    {"password", BOUNDARY_NONE, WORD_PASSWORD},  {"passwd", BOUNDARY_NONE, WORD_PASSWORD},
    {"passwort", BOUNDARY_NONE, WORD_PASSWORD},  {"pass", BOUNDARY_INNER, WORD_PASSWORD},
    {"private_key", BOUNDARY_ANY, WORD_KEY},     {"pwd", BOUNDARY_INNER, WORD_PASSWORD},
    {"token", BOUNDARY_ANY, WORD_KEY},           {"api_key", BOUNDARY_ANY, WORD_KEY},
    {"api-key", BOUNDARY_ANY, WORD_KEY},         {"apikey", BOUNDARY_ANY, WORD_KEY},
    {"access_key", BOUNDARY_ANY, WORD_KEY},      {"access-key", BOUNDARY_ANY, WORD_KEY},
    {"accesskey", BOUNDARY_ANY, WORD_KEY},       {"account_key", BOUNDARY_ANY, WORD_KEY},
    {"accountkey", BOUNDARY_ANY, WORD_KEY},      {"auth_key", BOUNDARY_ANY, WORD_KEY},
    {"encryption_key", BOUNDARY_ANY, WORD_KEY},  {"master_key", BOUNDARY_ANY, WORD_KEY},
    {"credential", BOUNDARY_ANY, WORD_KEY},      {"credentials", BOUNDARY_ANY, WORD_KEY},
};

static bool is_name_byte(char c) { return isalnum((unsigned char)c) || c == '_' || c == '-' || c == '.'; }

static bool begins_part(const struct scan *scan, const char *at, const struct secret_word *word)
{
    char before = at > scan->text ? at[-1] : ' ';
    bool is_inner = before == '_' || before == '-' || before == '.' ||
                    (isupper((unsigned char)*at) && islower((unsigned char)before));
    if (word->boundary == BOUNDARY_INNER)
        return is_inner && before != '.';
    return is_inner || !isalnum((unsigned char)before) || word->boundary == BOUNDARY_NONE;
}

/* Where the name ends that the word is the last part of, but for a number; NULL: the name goes on. */
static const char *name_end(const struct scan *scan, const char *at)
{
    const char *end = at;
    if (end < scan->end && (*end == '_' || *end == '-') && end + 1 < scan->end && isdigit((unsigned char)end[1]))
        end++;
    while (end < scan->end && isdigit((unsigned char)*end))
        end++;
    if (end < scan->end && (isalnum((unsigned char)*end) || *end == '_'))
        return NULL;
    bool goes_on = end + 1 < scan->end && (*end == '-' || *end == '.') && isalnum((unsigned char)end[1]);
    return goes_on ? NULL : end;
}

static const struct secret_word *word_at(const struct scan *scan, const char *at, const char **end)
{
    for (size_t i = 0; i < countof(words); i++) {
        size_t length = strlen(words[i].word);
        if ((size_t)(scan->end - at) < length || strncasecmp(at, words[i].word, length) != 0 ||
            !begins_part(scan, at, &words[i]))
            continue;
        *end = name_end(scan, at + length);
        if (*end)
            return &words[i];
    }
    return NULL;
}

static const char *name_start(const struct scan *scan, const char *at)
{
    const char *start = at;
    while (start > scan->text && at - start < KEY_BYTES && is_name_byte(start[-1]))
        start--;
    while (*start == '-' || *start == '.')
        start++;
    return start;
}

static bool has_lower_case(struct scan_value name)
{
    for (const char *at = name.start; at < name.end; at++)
        if (islower((unsigned char)*at))
            return true;
    return false;
}

/* A line that says nothing to a program. */
static bool is_comment(const struct scan *scan, const char *at)
{
    struct scan_value line = scan_line(scan, at);
    while (line.start < line.end && isspace((unsigned char)*line.start))
        line.start++;
    size_t size = (size_t)(line.end - line.start);
    return size && (*line.start == '#' || *line.start == ';' ||
                    (size > 1 && (!strncmp(line.start, "--", 2) || !strncmp(line.start, "//", 2))));
}

/* Names that many things bear need a value that can be nothing else. */
static bool is_convincing(const struct scan *scan, const struct assignment *assignment)
{
    const struct scan_value value = assignment->value;
    bool is_bare = assignment->form == FORM_BARE;
    if (scan->kind == SCAN_SQL && !value_is_random(value, assignment->class == WORD_PASSWORD ? 6 : 8))
        return false;
    if (is_bare && is_comment(scan, value.start) && !value_is_random(value, 6))
        return false;
    if (is_bare && assignment->sign == SIGN_COLON && scan->kind != SCAN_YAML && !value_is_random(value, 6))
        return false;
    if (assignment->class == WORD_PASSWORD)
        return true;
    if (value_holds(value, "://") || value_is(value, "bearer"))
        return false;
    size_t least = has_lower_case(assignment->name) ? 8 : 6;
    bool is_long = !has_lower_case(assignment->name) && value.end - value.start >= 8;
    return is_long || value_is_random(value, least);
}

/* "POSTGRES_USER: app" beside "POSTGRES_PASSWORD: app": the user's own name. */
static bool is_user_nearby(const struct scan *scan, struct scan_value value)
{
    static const char name[] = "user";
    const char *from = value.start - scan->text > NEAR_BYTES ? value.start - NEAR_BYTES : scan->text;
    const char *to = scan->end - value.end > NEAR_BYTES ? value.end + NEAR_BYTES : scan->end;
    size_t size = (size_t)(value.end - value.start);
    for (const char *at = from; at + sizeof name + size <= to; at++) {
        if (strncasecmp(at, name, sizeof name - 1) != 0)
            continue;
        at += sizeof name - 1;
        at += (to - at > 4 && !strncasecmp(at, "name", 4)) ? 4 : 0;
        const char *given = at;
        while (given < to && strchr("\"' \t:=", *given))
            given++;
        if (given > at && (size_t)(to - given) >= size && !memcmp(given, value.start, size) &&
            !is_name_byte((size_t)(to - given) > size ? given[size] : ' '))
            return true;
    }
    return false;
}

static void look_at(struct scan *scan, struct assignment *assignment)
{
    if (!assignment_read(scan, assignment) || assignment->value.start >= assignment->value.end ||
        !value_is_secret(scan, assignment->value, (struct scan_value){0}) || !is_convincing(scan, assignment))
        return;
    if (scan->strictness == SCAN_LENIENT && is_user_nearby(scan, assignment->value))
        return;
    scan_add(scan, assignment->value, NULL, assignment->name);
}

void scan_assignments(struct scan *scan)
{
    size_t count = 0;
    for (const char *at = scan->text; at < scan->end && count < NAMES_MOST; at++) {
        const char *end;
        if (!*at || !strchr("aceampstACEAMPST", *at))
            continue;
        const struct secret_word *word = word_at(scan, at, &end);
        if (!word)
            continue;
        struct assignment assignment = {.name = {name_start(scan, at), end}, .class = word->class};
        look_at(scan, &assignment);
        at = end - 1;
        count++;
    }
}
