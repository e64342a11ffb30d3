/* See completion.h. Reads a half-written command line with the same tables as arguments.c, and never fails: where it
 * understands nothing it offers nothing. */
#include "tui/completion.h"

#include "migrate/directory.h"
#include "store/text.h"
#include "tui/command.h"

/* Where the walk over the words before the cursor has come to. */
struct walk {
    const struct command *command; /* NULL: its word has not come yet */
    const struct option *awaiting; /* the option whose value is next; of OPTION_LIST also after its first */
    bool is_value_required;        /* `awaiting` has no value yet */
    bool options_ended;
    bool is_lost; /* behind a word that is no command */
    size_t operands;
};

/* What a terminal would act on, or what would break the lines of the answer, is not offered. */
static bool is_fit(const char *word)
{
    char *clean = text_sanitise(NULL, word, strlen(word), TEXT_ONE_LINE);
    bool is_same = !strcmp(clean, word);
    talloc_free(clean);
    return is_same;
}

static void add(struct completion *completion, const char *word, const char *text)
{
    if (strncmp(word, completion->prefix, strlen(completion->prefix)) != 0 || !is_fit(word) || !is_fit(text))
        return;
    unsigned room = (unsigned)completion->count + 2;
    completion->words = talloc_realloc(completion, completion->words, const char *, room);
    completion->texts = talloc_realloc(completion, completion->texts, const char *, room);
    completion->words[completion->count] = talloc_strdup(completion->words, word);
    completion->texts[completion->count++] = text;
    completion->words[completion->count] = completion->texts[completion->count] = NULL;
}

static void add_commands(struct completion *completion)
{
    for (size_t i = 0; commands[i]; i++)
        add(completion, commands[i]->name, commands[i]->summary);
}

static void add_options(struct completion *completion, const struct option *options, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char *name = talloc_asprintf(completion, "--%s", options[i].name);
        add(completion, name, options[i].text);
        talloc_free(name);
    }
}

static void add_kind(struct completion *completion, enum option_kind kind, const char *words)
{
    completion->kind = kind;
    if (kind == KIND_COMMAND)
        add_commands(completion);
    if (kind == KIND_TARGET)
        add(completion, "embedded", "the private cluster");
    const char *const *list = words ? arguments_split_words(completion, words) : NULL;
    for (size_t i = 0; list && list[i]; i++)
        add(completion, list[i], "");
}

static const struct option *find_option(const struct walk *walk, const char *name, size_t length)
{
    const struct option *option =
        walk->command ? arguments_find(walk->command->options, walk->command->option_count, name, length) : NULL;
    return option ? option : arguments_find(global_options, global_option_count, name, length);
}

static const struct option *find_letter(const struct walk *walk, char letter)
{
    const struct option *option =
        walk->command ? arguments_find_letter(walk->command->options, walk->command->option_count, letter) : NULL;
    return option ? option : arguments_find_letter(global_options, global_option_count, letter);
}

static void await(struct walk *walk, const struct option *option, bool has_value)
{
    bool takes_more = option && option->arity != OPTION_FLAG && (!has_value || option->arity == OPTION_LIST);
    walk->awaiting = takes_more ? option : NULL;
    walk->is_value_required = takes_more && !has_value;
}

static void walk_letters(struct walk *walk, const char *word)
{
    for (const char *letter = word + 1; *letter; letter++) {
        const struct option *option = find_letter(walk, *letter);
        if (option && option->arity != OPTION_FLAG) {
            await(walk, option, letter[1] != '\0');
            return;
        }
    }
    walk->awaiting = NULL;
}

static void walk_operand(struct walk *walk, const char *word)
{
    if (walk->awaiting && walk->awaiting->arity == OPTION_LIST)
        return;
    if (walk->command)
        walk->operands++;
    else
        walk->is_lost = !(walk->command = command_find(word));
}

/* Takes a word that stands before the cursor. */
static void walk_word(struct walk *walk, const char *word)
{
    if (!strcmp(word, "=") && walk->is_value_required)
        return;
    if (walk->is_value_required)
        await(walk, walk->awaiting, true);
    else if (walk->options_ended || word[0] != '-' || !word[1])
        walk_operand(walk, word);
    else if (!strcmp(word, "--"))
        *walk = (struct walk){
            .command = walk->command, .operands = walk->operands, .is_lost = walk->is_lost, .options_ended = true};
    else if (word[1] == '-')
        await(walk, find_option(walk, word + 2, strcspn(word + 2, "=")), strchr(word, '=') != NULL);
    else
        walk_letters(walk, word);
}

static void offer(struct completion *completion, const struct walk *walk)
{
    const char *word = completion->prefix;
    bool is_option = !walk->options_ended && word[0] == '-';
    const char *equals = is_option && word[1] == '-' ? strchr(word, '=') : NULL;
    if (equals) {
        const struct option *option = find_option(walk, word + 2, (size_t)(equals - word) - 2);
        completion->prefix = equals + 1;
        if (option && option->arity != OPTION_FLAG)
            add_kind(completion, option->kind, option->words);
        return;
    }
    if (walk->awaiting && (walk->is_value_required || !is_option)) {
        add_kind(completion, walk->awaiting->kind, walk->awaiting->words);
        return;
    }
    if (is_option) {
        if (walk->command)
            add_options(completion, walk->command->options, walk->command->option_count);
        add_options(completion, global_options, global_option_count);
    } else if (!walk->command) {
        if (!walk->is_lost)
            add_commands(completion);
    } else if (walk->command->operands.most < 0 || walk->operands < (size_t)walk->command->operands.most) {
        add_kind(completion, walk->command->operands.kind, walk->command->operands.words);
    }
}

struct completion *completion_find(TALLOC_CTX *owner, const char *const *words)
{
    struct completion *completion = talloc_zero(owner, struct completion);
    completion->words = talloc_zero_array(completion, const char *, 1);
    completion->texts = talloc_zero_array(completion, const char *, 1);
    completion->prefix = "";
    struct walk walk = {0};
    for (; *words; words++)
        if (words[1])
            walk_word(&walk, *words);
        else
            completion->prefix = !strcmp(*words, "=") && walk.is_value_required ? "" : *words;
    completion->prefix = talloc_strdup(completion, completion->prefix);
    offer(completion, &walk);
    return completion;
}

void completion_add_project(struct completion *completion, const struct settings *settings)
{
    size_t count;
    const struct settings_target *targets = settings_targets(settings, &count);
    for (size_t i = 0; completion->kind == KIND_TARGET && i < count; i++)
        add(completion, targets[i].name, targets[i].guard ? targets[i].guard : "");
    if (completion->kind != KIND_VERSION)
        return;
    struct directory_errors errors = {0};
    struct directory *directory = directory_survey(completion, settings, &errors);
    for (size_t i = 0; directory && i < directory->count; i++)
        add(completion, directory->files[i]->version, directory->files[i]->description);
}

char *completion_answer(TALLOC_CTX *owner, const struct completion *completion)
{
    const char *kind = completion->kind == KIND_FILE ? "files" : completion->kind == KIND_FOLDER ? "folders" : "words";
    char *text = talloc_asprintf(owner, "%s\n", kind);
    for (size_t i = 0; i < completion->count; i++)
        text = talloc_asprintf_append_buffer(text, "%s\t%s\n", completion->words[i], completion->texts[i]);
    return text;
}
