/* Filters: from a person's words and back. */
#include "store/entity/page.h"

#include <strings.h>

struct word {
    const char *text;
    enum filter_operator operator;
};

/* Longer ones first, so that none is taken for its beginning. */
static const struct word words[] = {
    {"!=", FILTER_UNEQUAL}, {"<>", FILTER_UNEQUAL}, {"<=", FILTER_LESS_EQUAL}, {">=", FILTER_GREATER_EQUAL},
    {"=", FILTER_EQUAL},    {"<", FILTER_LESS},     {">", FILTER_GREATER},     {"~", FILTER_MATCH},
};

static const char *skip_blanks(const char *text) { return text + strspn(text, " \t"); }

/* A word of letters, whatever their case, that ends where it ends; returns what follows, or NULL. */
static const char *take_word(const char *text, const char *word)
{
    text = skip_blanks(text);
    size_t size = strlen(word);
    if (strncasecmp(text, word, size) != 0 || (text[size] && !strchr(" \t", text[size])))
        return NULL;
    return text + size;
}

static bool take_null(const char *text, struct entity_filter *filter)
{
    const char *rest = take_word(text, "is");
    const char *not = rest ? take_word(rest, "not") : NULL;
    const char *end = rest ? take_word(not ? not : rest, "null") : NULL;
    if (!end || *skip_blanks(end))
        return false;
    filter->operator= not? FILTER_NOT_NULL : FILTER_NULL;
    return true;
}

/* What follows the operator is the value as it stands, but for one blank. */
static bool take_comparison(TALLOC_CTX *owner, const char *text, struct entity_filter *filter)
{
    text = skip_blanks(text);
    for (size_t i = 0; i < countof(words); i++) {
        size_t size = strlen(words[i].text);
        if (strncmp(text, words[i].text, size) != 0)
            continue;
        filter->operator= words[i].operator;
        filter->value = talloc_strdup(owner, text + size + (text[size] == ' '));
        return true;
    }
    return false;
}

/* The column whose name stands at the start, plain or in double quotes; the longest that leaves an operator behind. */
static const struct entity_column *take_column(const struct entity *entity, const char *text, const char **rest)
{
    const struct entity_column *found = NULL;
    bool is_quoted = *text == '"';
    text += is_quoted;
    for (size_t i = 0; i < entity->column_count; i++) {
        size_t size = strlen(entity->columns[i].name);
        if (strncmp(text, entity->columns[i].name, size) != 0 || (is_quoted && text[size] != '"') ||
            (!is_quoted && !strchr(" \t=!<>~", text[size])) || !text[size])
            continue;
        if (found && strlen(found->name) > size)
            continue;
        found = &entity->columns[i];
        *rest = text + size + is_quoted;
    }
    return found;
}

static bool refuse_column(const struct entity *entity, const char *text, struct error *error)
{
    char *word = talloc_strndup(NULL, text, strcspn(text, " \t=!<>~"));
    entity_column_unknown(entity, word, error);
    talloc_free(word);
    return false;
}

bool entity_filter_parse(TALLOC_CTX *owner, const struct entity *entity, const char *text, struct entity_filter *filter,
                         struct error *error)
{
    const char *rest = NULL;
    struct entity_filter parsed = {.column = take_column(entity, skip_blanks(text), &rest)};
    if (!parsed.column)
        return refuse_column(entity, skip_blanks(text), error);
    if (!take_null(rest, &parsed) && !take_comparison(owner, rest, &parsed)) {
        error_set(error, ERROR_USAGE, "\"%s\" is no condition", text);
        return error_hint(error, "Write COLUMN, one of = != < <= > >= ~, and a value; or COLUMN is null, is not null.");
    }
    *filter = parsed;
    return true;
}

const char *entity_operator_name(enum filter_operator operator)
{
    static const char *const names[] = {
        [FILTER_EQUAL] = "=",       [FILTER_UNEQUAL] = "<>",   [FILTER_LESS] = "<",
        [FILTER_LESS_EQUAL] = "<=", [FILTER_GREATER] = ">",    [FILTER_GREATER_EQUAL] = ">=",
        [FILTER_MATCH] = "~",       [FILTER_NULL] = "is null", [FILTER_NOT_NULL] = "is not null",
    };
    return names[operator];
}

char *entity_filter_text(TALLOC_CTX *owner, const struct entity_filter *filter)
{
    return talloc_asprintf(owner, "%s %s%s%s", filter->column->name, entity_operator_name(filter->operator),
                           filter->value ? " " : "", filter->value ? filter->value : "");
}
