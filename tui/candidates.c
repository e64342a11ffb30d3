/* See candidates.h. */
#include "tui/candidates.h"

#include "tui/command.h"
#include "tui/console.h"
#include "tui/runner.h"

struct found {
    const char **words;
    size_t count;
};

static void add(struct found *found, const char *word, const char *typed)
{
    if (strncmp(word, typed, strlen(typed)) != 0)
        return;
    found->words = talloc_realloc(talloc_parent(found->words), found->words, const char *, (unsigned)found->count + 2);
    found->words[found->count++] = talloc_strdup(found->words, word);
    found->words[found->count] = NULL;
}

static void add_commands(struct found *found, const char *typed)
{
    for (size_t i = 0; commands[i]; i++)
        if (strcmp(commands[i]->name, "console") != 0)
            add(found, commands[i]->name, typed);
}

static void add_options(struct found *found, const struct option *options, size_t count, const char *typed)
{
    for (size_t i = 0; i < count; i++) {
        char *word = talloc_asprintf(found->words, "--%s", options[i].name);
        add(found, word, typed);
        talloc_free(word);
    }
}

static void add_values(struct found *found, const struct console *console, enum option_kind kind, const char *words,
                       const char *typed)
{
    for (const char *at = words; kind == KIND_WORDS && at && *at;) {
        size_t size = strcspn(at, "|");
        char *word = talloc_strndup(found->words, at, size);
        add(found, word, typed);
        talloc_free(word);
        at += size + (at[size] == '|');
    }
    for (size_t i = 0; kind == KIND_VERSION && console->survey && i < console->survey->status->count; i++)
        add(found, console->survey->status->migrations[i].version, typed);
    if (kind == KIND_COMMAND)
        add_commands(found, typed);
}

/* The option that the word before belongs to, if it takes a value. */
static const struct option *open_option(const struct command *command, const char *last)
{
    for (size_t i = 0; i < command->option_count && strncmp(last, "--", 2) == 0; i++)
        if (strcmp(command->options[i].name, last + 2) == 0 && command->options[i].arity != OPTION_FLAG)
            return &command->options[i];
    return NULL;
}

const char *const *candidates_find(void *argument, TALLOC_CTX *owner, const char *line, const char *word)
{
    const struct console *console = argument;
    struct found found = {.words = talloc_zero_array(owner, const char *, 1)};
    size_t count = 0;
    const char *const *words = runner_split(owner, line, &count);
    if (words && count == 0) {
        add_commands(&found, word);
        add(&found, "messages", word);
        add(&found, "quit", word);
        add(&found, "screen", word);
        return found.words;
    }
    const struct command *command = words ? command_find(words[0]) : NULL;
    if (!command)
        return found.words;
    const struct option *option = open_option(command, words[count - 1]);
    if (option)
        add_values(&found, console, option->kind, option->words, word);
    else if (*word == '-')
        add_options(&found, command->options, command->option_count, word);
    else
        add_values(&found, console, command->operands.kind, command->operands.words, word);
    return found.words;
}
