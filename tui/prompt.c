/* See prompt.h. Readline keeps its state in variables of the process and calls back without an argument: so does this
 * file. */
#include "tui/prompt.h"

#include <errno.h>
#include <fcntl.h>
#include <readline/history.h>
#include <readline/readline.h>
#include <unistd.h>

#include "store/redact.h"
#include "store/text.h"
#include "tui/input.h"
#include "tui/widgets/field.h"

enum { HISTORY_LINES = 1000 };

struct prompt {
    struct prompt_options options;
    char *history;
    const unsigned char *bytes; /* what is being fed */
    size_t count;
    bool is_open;
    FILE *nowhere; /* what readline writes by itself */
};

static struct prompt *current;

static int next_byte(FILE *stream UNUSED)
{
    if (current->count == 0)
        return EOF;
    current->count--;
    return *current->bytes++;
}

static int has_byte(void) { return current->count > 0; }

static void draw_nothing(void) {}

static char *copy_for_readline(const char *text)
{
    char *copy = strdup(text);
    if (!copy)
        abort();
    return copy;
}

/* Readline wants malloc'ed words: first what they have in common, then each. */
static char **complete(const char *word, int start, int end UNUSED)
{
    rl_attempted_completion_over = 1;
    TALLOC_CTX *memory = talloc_new(NULL);
    char *line = talloc_strndup(memory, rl_line_buffer, (size_t)start);
    const char *const *found = current->options.complete(current->options.argument, memory, line, word);
    size_t count = 0;
    while (found && found[count])
        count++;
    char **matches = count ? calloc(count + 2, sizeof *matches) : NULL;
    if (matches) {
        size_t common = strlen(found[0]);
        for (size_t i = 1; i < count; i++)
            for (size_t j = 0; j < common; j++)
                if (found[i][j] != found[0][j])
                    common = j;
        char *shared = talloc_strndup(memory, found[0], common);
        matches[0] = copy_for_readline(shared);
        for (size_t i = 0; i < count && count > 1; i++)
            matches[i + 1] = copy_for_readline(found[i]);
    }
    talloc_free(memory);
    return matches;
}

static void show_matches(char **matches, int count, int longest UNUSED)
{
    char *text = talloc_strdup(current, "");
    for (int i = 1; i <= count; i++)
        text = talloc_asprintf_append_buffer(text, "%s%s", i > 1 ? "  " : "", matches[i]);
    current->options.on_matches(current->options.argument, text);
    talloc_free(text);
}

static bool is_secret(const char *line)
{
    char *redacted = redact_patterns(NULL, line);
    bool differs = strcmp(redacted, line) != 0 || strcasestr(line, "password");
    talloc_free(redacted);
    return differs;
}

/* A history that cannot be written is no reason to stop anybody. */
static void remember(const char *line)
{
    HIST_ENTRY *last = history_length > 0 ? history_get(history_base + history_length - 1) : NULL;
    if (!*line || is_secret(line) || (last && strcmp(last->line, line) == 0))
        return;
    add_history(line);
    if (!current->history)
        return;
    int fd = open(current->history, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return;
    char *entry = talloc_asprintf(current, "%s\n", line);
    ssize_t written UNUSED = write(fd, entry, strlen(entry));
    talloc_free(entry);
    close(fd);
}

static void end_line(const char *line)
{
    current->is_open = false;
    rl_callback_handler_remove();
    current->options.on_line(current->options.argument, line);
}

static void on_line(char *line)
{
    if (line)
        remember(line);
    end_line(line);
    free(line);
}

static int destroy(struct prompt *prompt)
{
    if (prompt->is_open)
        rl_callback_handler_remove();
    if (prompt->nowhere)
        fclose(prompt->nowhere);
    current = NULL;
    return 0;
}

/* Readline must leave terminal, signals and environment alone: the console has them. */
static void configure(struct prompt *prompt)
{
    rl_readline_name = "pgdeck";
    rl_outstream = prompt->nowhere;
    rl_catch_signals = rl_catch_sigwinch = 0;
    rl_change_environment = 0;
    rl_prep_term_function = NULL;
    rl_deprep_term_function = NULL;
    rl_getc_function = next_byte;
    rl_input_available_hook = has_byte;
    rl_redisplay_function = draw_nothing;
    rl_attempted_completion_function = complete;
    rl_completion_display_matches_hook = show_matches;
    rl_completion_query_items = 0;
    rl_completer_word_break_characters = " ";
    rl_completer_quote_characters = "";
    rl_sort_completion_matches = 0;
    rl_variable_bind("enable-bracketed-paste", "off");
    rl_variable_bind("bell-style", "none");
    rl_variable_bind("show-all-if-ambiguous", "on");
}

/* Keeps the file at its limit; it grows by a line at a time. */
static void load_history(const char *path)
{
    using_history();
    clear_history();
    stifle_history(HISTORY_LINES);
    if (!path || read_history(path) != 0)
        return;
    history_truncate_file(path, HISTORY_LINES);
    using_history();
}

struct prompt *prompt_new(TALLOC_CTX *owner, const struct prompt_options *options)
{
    struct prompt *prompt = talloc_zero(owner, struct prompt);
    prompt->options = *options;
    prompt->history = options->history ? talloc_strdup(prompt, options->history) : NULL;
    prompt->nowhere = fopen("/dev/null", "we");
    current = prompt;
    configure(prompt);
    load_history(prompt->history);
    talloc_set_destructor(prompt, destroy);
    return prompt;
}

void prompt_open(struct prompt *prompt, const char *text)
{
    prompt->is_open = true;
    rl_callback_handler_install(":", on_line);
    rl_insert_text(text);
}

bool prompt_is_open(const struct prompt *prompt) { return prompt->is_open; }

void prompt_close(struct prompt *prompt)
{
    if (!prompt->is_open)
        return;
    rl_callback_handler_remove();
    rl_free_line_state();
    rl_replace_line("", 1);
    rl_callback_sigcleanup();
    prompt->is_open = false;
    prompt->options.on_line(prompt->options.argument, NULL);
}

void prompt_feed(struct prompt *prompt, const unsigned char *bytes, size_t count)
{
    prompt->bytes = bytes;
    prompt->count = count;
    while (prompt->count > 0 && prompt->is_open)
        rl_callback_read_char();
    prompt->count = 0;
}

void prompt_paste(struct prompt *prompt UNUSED, int key)
{
    unsigned char bytes[9] = {0};
    if (key == INPUT_ENTER || key == INPUT_TAB)
        key = INPUT_SPACE;
    if (key < INPUT_SPACE || key >= INPUT_UP || text_is_hostile((uint32_t)key))
        return;
    bytes[input_encode(key, bytes)] = '\0';
    rl_insert_text((const char *)bytes);
}

void prompt_draw(const struct prompt *prompt UNUSED, struct terminal *terminal, struct area area)
{
    field_draw(terminal, area, ":", rl_line_buffer, (size_t)rl_point);
}
