/* See arguments.h. One pass over the words; nothing is looked up twice and nothing is guessed: an abbreviated option is
 * unknown, so that a later option never changes what a script means. */
#include "tui/arguments.h"

#include "store/suggest.h"

struct given {
    const struct option *option;
    const char **values; /* NULL-terminated */
    size_t count;
};

struct arguments {
    struct given *given; /* one for each option that was given */
    size_t given_count;
    const char **operands; /* NULL-terminated */
    size_t operand_count;
};

struct table {
    const struct option *options;
    size_t count;
};

struct parser {
    struct arguments *arguments;
    struct table tables[2]; /* the command's, the global ones */
    const struct operands *operands;
    const char *const *words;
    size_t next; /* the word to look at */
    struct error *error;
};

const struct option *arguments_find(const struct option *options, size_t count, const char *name, size_t length)
{
    for (size_t i = 0; i < count; i++)
        if (strlen(options[i].name) == length && !memcmp(options[i].name, name, length))
            return &options[i];
    return NULL;
}

const struct option *arguments_find_letter(const struct option *options, size_t count, char letter)
{
    for (size_t i = 0; i < count; i++)
        if (options[i].letter && options[i].letter == letter)
            return &options[i];
    return NULL;
}

const char *const *arguments_split_words(TALLOC_CTX *owner, const char *words)
{
    size_t count = 1;
    for (const char *at = words; *at; at++)
        count += *at == '|';
    const char **list = talloc_zero_array(owner, const char *, (unsigned)count + 1);
    for (size_t i = 0; i < count; i++) {
        size_t length = strcspn(words, "|");
        list[i] = talloc_strndup(list, words, length);
        words += length + 1;
    }
    return list;
}

bool arguments_is_listed(const char *words, const char *word)
{
    size_t length = strlen(word);
    for (;;) {
        size_t here = strcspn(words, "|");
        if (here == length && !memcmp(words, word, length))
            return true;
        if (!words[here])
            return false;
        words += here + 1;
    }
}

static bool is_option_word(const char *word) { return word[0] == '-' && word[1]; }

/* Appends to a NULL-terminated array. */
static void append(TALLOC_CTX *owner, const char ***list, size_t *count, const char *text)
{
    *list = talloc_realloc(owner, *list, const char *, (unsigned)*count + 2);
    if (!*list)
        abort();
    (*list)[(*count)++] = text;
    (*list)[*count] = NULL;
}

static struct given *given_find(const struct arguments *arguments, const char *name)
{
    for (size_t i = 0; i < arguments->given_count; i++)
        if (!strcmp(arguments->given[i].option->name, name))
            return &arguments->given[i];
    return NULL;
}

static struct given *given_of(struct arguments *arguments, const struct option *option)
{
    struct given *found = given_find(arguments, option->name);
    if (found)
        return found;
    arguments->given = talloc_realloc(arguments, arguments->given, struct given, (unsigned)arguments->given_count + 1);
    if (!arguments->given)
        abort();
    arguments->given[arguments->given_count] = (struct given){.option = option};
    return &arguments->given[arguments->given_count++];
}

static void hint_nearest(struct error *error, const char *word, const char *const *candidates, const char *prefix)
{
    const char *nearest = suggest_nearest(word, candidates);
    if (nearest)
        error_hint(error, "Did you mean %s%s?", prefix, nearest);
}

/* Whether a value is one of the words of a table's row; any value is where it names none. */
static bool check_words(const char *what, const char *words, const char *value, struct error *error)
{
    if (!words || arguments_is_listed(words, value))
        return true;
    TALLOC_CTX *scratch = talloc_new(NULL);
    error_set(error, ERROR_USAGE, "%s is \"%s\", but must be one of %s", what, value, words);
    hint_nearest(error, value, arguments_split_words(scratch, words), "");
    talloc_free(scratch);
    return false;
}

static bool take_value(struct parser *parser, struct given *given, const char *shown, const char *value)
{
    if (!check_words(shown, given->option->words, value, parser->error))
        return false;
    append(parser->arguments, &given->values, &given->count, value);
    return true;
}

/* Takes an option that was met as `shown`; `attached` is what stood in the same word behind it, or NULL. */
static bool take_option(struct parser *parser, const struct option *option, const char *shown, const char *attached)
{
    struct given *given = given_of(parser->arguments, option);
    bool is_list = option->arity == OPTION_LIST;
    if (option->arity == OPTION_FLAG)
        return !attached || error_set(parser->error, ERROR_USAGE, "%s takes no value", shown);
    const char *value = attached ? attached : parser->words[parser->next];
    if (!value || (is_list && !attached && is_option_word(value)))
        return error_set(parser->error, ERROR_USAGE, "%s needs a value: %s", shown, option->value);
    if (!attached)
        parser->next++;
    if (!take_value(parser, given, shown, value))
        return false;
    while (is_list && parser->words[parser->next] && !is_option_word(parser->words[parser->next]))
        if (!take_value(parser, given, shown, parser->words[parser->next++]))
            return false;
    return true;
}

static bool refuse_unknown(struct parser *parser, const char *name)
{
    const char **names = NULL;
    size_t count = 0;
    TALLOC_CTX *scratch = talloc_new(NULL);
    for (size_t i = 0; i < countof(parser->tables); i++)
        for (size_t k = 0; k < parser->tables[i].count; k++)
            append(scratch, &names, &count, parser->tables[i].options[k].name);
    error_set(parser->error, ERROR_USAGE, "unknown option --%s", name);
    if (names)
        hint_nearest(parser->error, name, names, "--");
    talloc_free(scratch);
    return false;
}

static bool take_long(struct parser *parser, const char *word)
{
    size_t length = strcspn(word + 2, "=");
    const char *attached = word[2 + length] ? word + 2 + length + 1 : NULL;
    char *name = talloc_strndup(parser->arguments, word + 2, length);
    const struct option *option = NULL;
    for (size_t i = 0; !option && i < countof(parser->tables); i++)
        option = arguments_find(parser->tables[i].options, parser->tables[i].count, name, length);
    bool taken = option ? take_option(parser, option, talloc_asprintf(name, "--%s", name), attached)
                        : refuse_unknown(parser, name);
    talloc_free(name);
    return taken;
}

/* -q, -qv, -dTARGET, -d TARGET. */
static bool take_letters(struct parser *parser, const char *word)
{
    for (const char *letter = word + 1; *letter; letter++) {
        const struct option *option = NULL;
        for (size_t i = 0; !option && i < countof(parser->tables); i++)
            option = arguments_find_letter(parser->tables[i].options, parser->tables[i].count, *letter);
        if (!option)
            return error_set(parser->error, ERROR_USAGE, "unknown option -%c in \"%s\"", *letter, word);
        char shown[] = {'-', *letter, '\0'};
        bool has_rest = option->arity != OPTION_FLAG && letter[1];
        if (!take_option(parser, option, shown, has_rest ? letter + 1 : NULL))
            return false;
        if (has_rest)
            break;
    }
    return true;
}

static bool take_operand(struct parser *parser, const char *word)
{
    const struct operands *operands = parser->operands;
    struct arguments *arguments = parser->arguments;
    if (operands->most >= 0 && arguments->operand_count >= (size_t)operands->most)
        return error_set(parser->error, ERROR_USAGE, "one word too many: \"%s\"", word);
    if (!check_words(operands->name, operands->words, word, parser->error))
        return false;
    append(arguments, &arguments->operands, &arguments->operand_count, word);
    return true;
}

static bool take_words(struct parser *parser)
{
    bool options_ended = false;
    while (parser->words[parser->next]) {
        const char *word = parser->words[parser->next++];
        bool taken = true;
        if (options_ended || !is_option_word(word))
            taken = take_operand(parser, word);
        else if (!strcmp(word, "--"))
            options_ended = true;
        else
            taken = word[1] == '-' ? take_long(parser, word) : take_letters(parser, word);
        if (!taken)
            return false;
    }
    return true;
}

static bool require_operands(struct parser *parser)
{
    const struct operands *operands = parser->operands;
    if (parser->arguments->operand_count >= (size_t)operands->least || given_find(parser->arguments, "help"))
        return true;
    error_set(parser->error, ERROR_USAGE, "%s is missing", operands->name);
    if (operands->words)
        error_hint(parser->error, "It is one of %s.", operands->words);
    return false;
}

struct arguments *arguments_parse(TALLOC_CTX *owner, const struct option *globals, size_t global_count,
                                  const struct option *options, size_t option_count, const struct operands *operands,
                                  const char *const *words, struct error *error)
{
    struct arguments *arguments = talloc_zero(owner, struct arguments);
    if (!arguments)
        abort();
    struct parser parser = {
        .arguments = arguments,
        .tables = {{options, option_count}, {globals, global_count}},
        .operands = operands,
        .words = words,
        .error = error,
    };
    if (take_words(&parser) && require_operands(&parser))
        return arguments;
    talloc_free(arguments);
    return NULL;
}

/* How many words an option word and its value take. */
static size_t option_span(const struct option *options, size_t count, const char *word)
{
    if (word[1] == '-') {
        const struct option *option = arguments_find(options, count, word + 2, strlen(word + 2));
        return option && option->arity != OPTION_FLAG ? 2 : 1;
    }
    for (const char *letter = word + 1; *letter; letter++) {
        const struct option *option = arguments_find_letter(options, count, *letter);
        if (option && option->arity != OPTION_FLAG)
            return letter[1] ? 1 : 2;
    }
    return 1;
}

size_t arguments_first_operand(const struct option *options, size_t count, const char *const *words)
{
    size_t i = 0;
    while (words[i] && is_option_word(words[i]) && strcmp(words[i], "--") != 0)
        for (size_t span = option_span(options, count, words[i]); span && words[i]; span--)
            i++;
    return i;
}

bool arguments_has(const struct arguments *arguments, const char *name) { return given_find(arguments, name) != NULL; }

const char *arguments_value(const struct arguments *arguments, const char *name)
{
    const struct given *given = given_find(arguments, name);
    return given && given->count ? given->values[given->count - 1] : NULL;
}

const char *const *arguments_values(const struct arguments *arguments, const char *name)
{
    const struct given *given = given_find(arguments, name);
    return given ? given->values : NULL;
}

const char *const *arguments_operands(const struct arguments *arguments, size_t *count)
{
    static const char *const none[] = {NULL};
    if (count)
        *count = arguments->operand_count;
    return arguments->operands ? arguments->operands : none;
}
