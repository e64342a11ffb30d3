/* See settings_value.h. */
#include "store/settings_value.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <strings.h>

#include "store/suggest.h"

struct unit {
    const char *name;
    int64_t factor;
};

/* Ascending; the first is the base unit. */
static const struct unit durations[] = {
    {"ms", 1}, {"s", 1000}, {"min", 60000}, {"m", 60000}, {"h", 3600000}, {"d", 86400000},
};
static const struct unit sizes[] = {
    {"B", 1}, {"kB", 1 << 10}, {"MB", 1 << 20}, {"GB", 1 << 30}, {"TB", (int64_t)1 << 40}};

/* Reads digits (after a sign, where `least` is below zero); *end is what follows. */
static bool parse_digits(const char *text, int64_t *number, const char **end)
{
    while (isspace((unsigned char)*text))
        text++;
    if (!isdigit((unsigned char)text[*text == '-']))
        return false;
    char *stop;
    errno = 0;
    *number = strtoll(text, &stop, 10);
    while (isspace((unsigned char)*stop))
        stop++;
    *end = stop;
    return errno == 0;
}

static bool parse_with_unit(const char *text, const struct unit *units, size_t count, int64_t *number)
{
    const char *end;
    int64_t digits, factor = 0;
    if (!parse_digits(text, &digits, &end) || digits < 0)
        return false;
    size_t length = strlen(end);
    while (length > 0 && isspace((unsigned char)end[length - 1]))
        length--;
    if (length == 0)
        factor = units[0].factor;
    for (size_t i = 0; i < count && factor == 0; i++)
        if (strlen(units[i].name) == length && !strncasecmp(units[i].name, end, length))
            factor = units[i].factor;
    int64_t product;
    if (factor == 0 || __builtin_mul_overflow(digits, factor, &product))
        return false;
    *number = product;
    return true;
}

bool settings_parse_duration(const char *text, int64_t *milliseconds)
{
    return parse_with_unit(text, durations, countof(durations), milliseconds);
}

bool settings_parse_size(const char *text, int64_t *size_bytes)
{
    return parse_with_unit(text, sizes, countof(sizes), size_bytes);
}

static bool parse_integer(const char *text, int64_t *number)
{
    const char *end;
    int64_t digits;
    if (!parse_digits(text, &digits, &end) || *end)
        return false;
    *number = digits;
    return true;
}

static bool parse_flag(const char *text, int64_t *number)
{
    static const char *const words[] = {"off", "on", "false", "true", "no", "yes", "0", "1"};
    for (size_t i = 0; i < countof(words); i++) {
        if (!strcasecmp(text, words[i])) {
            *number = (int64_t)i % 2;
            return true;
        }
    }
    return false;
}

/* The words of a|b|c, NULL-terminated. */
static const char *const *split_words(TALLOC_CTX *owner, const char *words)
{
    size_t count = 0;
    const char **list = talloc_zero_size(owner, (strlen(words) + 2) * sizeof *list);
    while (*words) {
        size_t length = strcspn(words, "|");
        list[count++] = talloc_strndup(list, words, length);
        words += length + (words[length] == '|');
    }
    return list;
}

static bool parse_choice(const struct setting *setting, const char *text, int64_t *number)
{
    const char *const *words = split_words(NULL, setting->unit);
    bool is_found = false;
    for (size_t i = 0; words[i] && !is_found; i++) {
        is_found = !strcmp(words[i], text);
        if (is_found)
            *number = (int64_t)i;
    }
    talloc_free((void *)(uintptr_t)words);
    return is_found;
}

/* A number in its largest unit that leaves no rest. Owner: `owner`. */
static char *format_number(TALLOC_CTX *owner, enum setting_type type, int64_t number)
{
    if (type != SETTING_DURATION && type != SETTING_SIZE)
        return talloc_asprintf(owner, "%" PRId64, number);
    const struct unit *units = type == SETTING_DURATION ? durations : sizes;
    size_t best = 0, count = type == SETTING_DURATION ? countof(durations) : countof(sizes);
    for (size_t i = 1; i < count; i++)
        if (number >= units[i].factor && number % units[i].factor == 0 && units[i].factor > units[best].factor)
            best = i;
    return talloc_asprintf(owner, "%" PRId64 "%s", number / units[best].factor, units[best].name);
}

static bool refuse_form(const struct setting *setting, const char *shown, struct error *error)
{
    static const struct {
        const char *what, *hint;
    } forms[] = {
        [SETTING_TEXT] = {"text", ""},
        [SETTING_INTEGER] = {"whole number", "Write digits only."},
        [SETTING_DURATION] = {"duration", "Write a number with ms, s, min, h or d, such as 5s."},
        [SETTING_SIZE] = {"size", "Write a number with B, kB, MB or GB, such as 8MB."},
        [SETTING_FLAG] = {"on or off", "Write on or off."},
        [SETTING_CHOICE] = {"word of the list", ""},
    };
    error_set(error, ERROR_SETTINGS, "%s: %s is no %s", setting->name, shown, forms[setting->type].what);
    return error_hint(error, "%s", forms[setting->type].hint);
}

static bool refuse_choice(const struct setting *setting, const char *text, const char *shown,
                          enum value_display display, struct error *error)
{
    const char *const *words = split_words(error, setting->unit);
    char *list = talloc_strdup(error, "");
    for (size_t i = 0; words[i]; i++)
        list = talloc_asprintf_append(list, "%s%s", i ? ", " : "", words[i]);
    const char *nearest = display == VALUE_SHOWN ? suggest_nearest(text, words) : NULL;
    char *hint = nearest ? talloc_asprintf(NULL, "Did you mean %s?", nearest) : NULL;
    error_set(error, ERROR_SETTINGS, "%s: %s is none of %s", setting->name, shown, list);
    if (hint)
        error_hint(error, "%s", hint);
    talloc_free(hint);
    return false;
}

static bool refuse_range(const struct setting *setting, const char *shown, struct error *error)
{
    char *least = format_number(error, setting->type, setting->minimum);
    char *most = format_number(error, setting->type, setting->maximum);
    error_set(error, ERROR_SETTINGS, "%s: %s is out of range: %s to %s", setting->name, shown, least, most);
    return false;
}

/* The value for a message: quoted where it may be, and not endless. */
static char *show(TALLOC_CTX *owner, const char *text, enum value_display display)
{
    bool is_short = strlen(text) <= 80;
    return display == VALUE_SHOWN && is_short ? talloc_asprintf(owner, "\"%s\"", text)
                                              : talloc_strdup(owner, "the value");
}

static bool parse(const struct setting *setting, const char *text, int64_t *number)
{
    switch (setting->type) {
    case SETTING_TEXT:
        *number = 0;
        return true;
    case SETTING_INTEGER:
        return parse_integer(text, number);
    case SETTING_DURATION:
        return settings_parse_duration(text, number);
    case SETTING_SIZE:
        return settings_parse_size(text, number);
    case SETTING_FLAG:
        return parse_flag(text, number);
    case SETTING_CHOICE:
        return parse_choice(setting, text, number);
    }
    return false;
}

bool settings_value_parse(const struct setting *setting, const char *text, enum value_display display, int64_t *number,
                          struct error *error)
{
    int64_t parsed = 0;
    bool is_number =
        setting->type == SETTING_INTEGER || setting->type == SETTING_DURATION || setting->type == SETTING_SIZE;
    bool is_parsed = parse(setting, text, &parsed);
    bool is_in_range = !is_number || (parsed >= setting->minimum && parsed <= setting->maximum);
    if (is_parsed && is_in_range) {
        *number = parsed;
        return true;
    }
    char *shown = show(NULL, text, setting->secrecy == SETTING_SECRET ? VALUE_HIDDEN : display);
    if (is_parsed)
        refuse_range(setting, shown, error);
    else if (setting->type == SETTING_CHOICE)
        refuse_choice(setting, text, shown, display, error);
    else
        refuse_form(setting, shown, error);
    talloc_free(shown);
    return false;
}
