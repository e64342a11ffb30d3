/* See options.h. */
#include "migrate/kinds/options.h"

#include "store/sql.h"

/* One "key=value". */
struct option {
    const char *key, *value;
    size_t key_bytes, value_bytes;
};

/* Takes the next one from the text; false at its end. */
static bool next_option(const char **text, struct option *option)
{
    const char *start = *text;
    if (!start || !*start)
        return false;
    const char *end = strstr(start, ", "), *equals = strchr(start, '=');
    size_t bytes = end ? (size_t)(end - start) : strlen(start);
    size_t key_bytes = equals && equals < start + bytes ? (size_t)(equals - start) : bytes;
    size_t skipped = key_bytes < bytes ? key_bytes + 1 : bytes;
    *option = (struct option){start, start + skipped, key_bytes, bytes - skipped};
    *text = end ? end + 2 : NULL;
    return true;
}

static bool has_option(const char *text, const struct option *wanted, bool with_value)
{
    for (struct option option; next_option(&text, &option);) {
        if (option.key_bytes != wanted->key_bytes || memcmp(option.key, wanted->key, wanted->key_bytes) != 0)
            continue;
        return !with_value ||
               (option.value_bytes == wanted->value_bytes && !memcmp(option.value, wanted->value, wanted->value_bytes));
    }
    return false;
}

static char *add(char *list, const struct option *option)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    char *value = talloc_strndup(memory, option->value, option->value_bytes);
    char *result = talloc_asprintf_append(list, "%s%.*s=%s", *list ? ", " : "", (int)option->key_bytes, option->key,
                                          sql_literal(memory, value));
    talloc_free(memory);
    return result;
}

const char *options_list(TALLOC_CTX *owner, const char *options)
{
    char *result = talloc_strdup(owner, "");
    for (struct option option; next_option(&options, &option);)
        result = add(result, &option);
    return result;
}

void options_change(struct emission *emission, const char *target, const char *from, const char *to)
{
    TALLOC_CTX *memory = emission_memory(emission);
    char *set = talloc_strdup(memory, ""), *reset = talloc_strdup(memory, "");
    struct option option;
    for (const char *text = to; next_option(&text, &option);)
        if (!has_option(from, &option, true))
            set = add(set, &option);
    for (const char *text = from; next_option(&text, &option);)
        if (!has_option(to, &option, false))
            reset = talloc_asprintf_append(reset, "%s%.*s", *reset ? ", " : "", (int)option.key_bytes, option.key);
    if (*reset)
        emit(emission, EMIT_PLAIN, "%s RESET (%s)", target, reset);
    if (*set)
        emit(emission, EMIT_PLAIN, "%s SET (%s)", target, set);
}
