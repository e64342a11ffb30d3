/* See cast.h. Source: the documentation of CREATE CAST: any type goes to a string type by assignment and comes from one
 * explicitly, arrays as their elements do. */
#include "migrate/emit/cast.h"

/* "timestamp(3) without time zone[]" -> "timestamp without time zone", and whether it is an array. */
static char *bare(TALLOC_CTX *owner, const char *type, bool *is_array)
{
    char *result = talloc_strdup(owner, type);
    size_t size = strlen(result);
    *is_array = size > 2 && !strcmp(result + size - 2, "[]");
    if (*is_array)
        result[size - 2] = '\0';
    char *quote = strrchr(result, '"'), *open = strchr(quote ? quote : result, '(');
    char *close = open ? strchr(open, ')') : NULL;
    if (close)
        memmove(open, close + 1, strlen(close + 1) + 1);
    return result;
}

static bool is_string(const char *type)
{
    static const char *const types[] = {"text", "character varying", "character", "name", "\"char\""};
    for (size_t i = 0; i < countof(types); i++)
        if (!strcmp(type, types[i]))
            return true;
    return false;
}

static enum emission_cast find_bare(const struct snapshot *snapshot, const char *from, const char *to)
{
    for (size_t i = 0; i < snapshot->cast_count; i++) {
        const struct snapshot_cast *cast = &snapshot->casts[i];
        if (!strcmp(cast->from, from) && !strcmp(cast->to, to))
            return cast->is_assignment ? CAST_ASSIGNMENT : CAST_EXPLICIT;
    }
    if (is_string(to))
        return CAST_ASSIGNMENT;
    return is_string(from) ? CAST_EXPLICIT : CAST_NONE;
}

enum emission_cast cast_find(const struct snapshot *snapshot, const char *from, const char *to)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    bool is_from_array, is_to_array;
    const char *one = bare(memory, from, &is_from_array), *other = bare(memory, to, &is_to_array);
    enum emission_cast result = CAST_NONE;
    if (is_from_array != is_to_array)
        result = is_string(other) && !is_to_array   ? CAST_ASSIGNMENT
                 : is_string(one) && !is_from_array ? CAST_EXPLICIT
                                                    : CAST_NONE;
    else
        result = !strcmp(one, other) ? CAST_ASSIGNMENT : find_bare(snapshot, one, other);
    talloc_free(memory);
    return result;
}
