/* See help.h. Text is made as one string first, so that tests and the console can have it too. */
#include "tui/help.h"

#include "store/version.h"

#define COLUMNS 80
#define LABEL_COLUMNS 26 /* where the text beside an option begins */

const struct help_exit_status help_exit_statuses[] = {
    {"0", "Done; or: nothing found, equal."},
    {"1", "Findings: the sources differ, or \"status --exit-code\" found work to do."},
    {"2", "Wrong usage, settings or project files."},
    {"3", "The database cannot be reached."},
    {"4",
     "Refused by a guard: a confirmation is missing, the target is read-only, the plan is no longer true, another run "
     "holds the lock, a lock was not granted in time."},
    {"5", "The server refused, and everything was rolled back."},
    {"6", "A migration stopped midway and is recorded as incomplete, or its outcome is unknown."},
    {"70", "A defect of pgdeck's own."},
    {"128+n", "Ended by signal n, after rolling back or recording what stands."},
};
const size_t help_exit_status_count = countof(help_exit_statuses);

/* Appends the words of `text`, folded at COLUMNS; the first line goes on at column `at`, further ones begin at
 * `indent`. */
static char *append_folded(char *buffer, const char *text, size_t at, size_t indent)
{
    bool is_line_start = true;
    while (*text) {
        size_t length = strcspn(text, " ");
        if (!is_line_start && at + 1 + length > COLUMNS) {
            buffer = talloc_asprintf_append_buffer(buffer, "\n%*s", (int)indent, "");
            at = indent;
            is_line_start = true;
        }
        buffer = talloc_asprintf_append_buffer(buffer, "%s%.*s", is_line_start ? "" : " ", (int)length, text);
        at += length + (is_line_start ? 0 : 1);
        is_line_start = false;
        text += length;
        text += strspn(text, " ");
    }
    return talloc_strdup_append_buffer(buffer, "\n");
}

/* "  label     text", the text on lines of its own where the label is too long. */
static char *append_row(char *buffer, const char *label, const char *text, size_t column)
{
    size_t length = 2 + strlen(label);
    buffer = talloc_asprintf_append_buffer(buffer, "  %s", label);
    if (length + 2 > column)
        buffer = talloc_asprintf_append_buffer(buffer, "\n%*s", (int)column, "");
    else
        buffer = talloc_asprintf_append_buffer(buffer, "%*s", (int)(column - length), "");
    return append_folded(buffer, text, column, column);
}

char *help_option(TALLOC_CTX *owner, const struct option *option)
{
    char *text = option->letter ? talloc_asprintf(owner, "-%c, --%s", option->letter, option->name)
                                : talloc_asprintf(owner, "--%s", option->name);
    if (option->value)
        text = talloc_asprintf_append_buffer(text, " %s%s", option->value, option->arity == OPTION_LIST ? "..." : "");
    return text;
}

char *help_words(TALLOC_CTX *owner, const char *words)
{
    char *text = talloc_strdup(owner, "");
    for (; *words; words++)
        text = *words == '|' ? talloc_strdup_append_buffer(text, ", ") : talloc_strndup_append_buffer(text, words, 1);
    return text;
}

static char *append_options(char *buffer, const struct option *options, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char *label = help_option(NULL, &options[i]);
        char *text = options[i].words
                         ? talloc_asprintf(label, "%s One of %s.", options[i].text, help_words(label, options[i].words))
                         : talloc_strdup(label, options[i].text);
        buffer = append_row(buffer, label, text, LABEL_COLUMNS);
        talloc_free(label);
    }
    return buffer;
}

char *help_synopsis(TALLOC_CTX *owner, const struct command *command)
{
    return talloc_asprintf(owner, "%s%s%s%s", command->name, command->option_count ? " [OPTION]..." : "",
                           command->operands.name ? " " : "", command->operands.name ? command->operands.name : "");
}

char *help_usage(TALLOC_CTX *owner)
{
    char *text = talloc_strdup(owner, "usage: pgdeck [GLOBAL OPTION]... COMMAND [OPTION]... [ARGUMENT]...\n"
                                      "Without a command the console starts, which needs a terminal.\n"
                                      "Commands: ");
    size_t indent = strlen("Commands: ");
    char *names = talloc_strdup(text, "");
    for (size_t i = 0; commands[i]; i++)
        names = talloc_asprintf_append_buffer(names, "%s%s", i ? ", " : "", commands[i]->name);
    text = append_folded(text, names, indent, indent);
    return talloc_strdup_append_buffer(text, "\"pgdeck help\" and \"pgdeck help COMMAND\" say more.\n");
}

char *help_overview(TALLOC_CTX *owner)
{
    char *text = talloc_strdup(owner, "pgdeck - a control deck for the schema of a PostgreSQL database\n\n"
                                      "usage: pgdeck [GLOBAL OPTION]... [COMMAND [OPTION]... [ARGUMENT]...]\n\n"
                                      "Without a command, on a terminal, the console starts.\n\nCommands:\n");
    for (size_t i = 0; commands[i]; i++)
        text = append_row(text, commands[i]->name, commands[i]->summary, 14);
    text = talloc_strdup_append_buffer(text, "\nGlobal options:\n");
    text = append_options(text, global_options, global_option_count);
    text = talloc_strdup_append_buffer(text, "\nExit status:\n");
    for (size_t i = 0; i < help_exit_status_count; i++)
        text = append_row(text, help_exit_statuses[i].status, help_exit_statuses[i].text, 10);
    text = talloc_strdup_append_buffer(text, "\n");
    return append_folded(
        text, "\"pgdeck help COMMAND\" says more about a command; \"man pgdeck\" has settings and environment.", 0, 0);
}

static char *append_paragraphs(char *buffer, const char *text)
{
    while (*text) {
        const char *end = strstr(text, "\n\n");
        size_t length = end ? (size_t)(end - text) : strlen(text);
        char *paragraph = talloc_strndup(NULL, text, length);
        buffer = append_folded(buffer, paragraph, 0, 0);
        talloc_free(paragraph);
        text += length;
        if (end) {
            buffer = talloc_strdup_append_buffer(buffer, "\n");
            text += 2;
        }
    }
    return buffer;
}

char *help_of_command(TALLOC_CTX *owner, const struct command *command)
{
    char *text = talloc_asprintf(owner, "pgdeck %s - ", command->name);
    text = append_folded(text, command->summary, strlen(text), 4);
    char *synopsis = help_synopsis(text, command);
    text = talloc_asprintf_append_buffer(text, "\nusage: pgdeck [GLOBAL OPTION]... %s\n\n", synopsis);
    text = append_paragraphs(text, command->description);
    if (command->operands.name) {
        text = talloc_strdup_append_buffer(text, "\nArguments:\n");
        text = append_row(text, command->operands.name, command->operands.text, LABEL_COLUMNS);
    }
    if (command->option_count) {
        text = talloc_strdup_append_buffer(text, "\nOptions:\n");
        text = append_options(text, command->options, command->option_count);
    }
    for (size_t i = 0; command->examples && command->examples[i]; i++)
        text = talloc_asprintf_append_buffer(text, "%s  %s\n", i ? "" : "\nExamples:\n", command->examples[i]);
    return talloc_strdup_append_buffer(text, "\nGlobal options (\"pgdeck help\" has them) may stand anywhere.\n");
}

static json_t *option_json(const struct option *option)
{
    char letter[] = {option->letter, '\0'};
    return json_pack("{s:s, s:o, s:o, s:b, s:o, s:s}", "name", option->name, "letter",
                     option->letter ? json_string(letter) : json_null(), "value", printer_json_text(option->value),
                     "repeats", option->arity == OPTION_VALUES || option->arity == OPTION_LIST, "words",
                     printer_json_text(option->words), "text", option->text);
}

static json_t *options_json(const struct option *options, size_t count)
{
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(array, option_json(&options[i]));
    return array;
}

static json_t *command_json(const struct command *command)
{
    char *synopsis = help_synopsis(NULL, command);
    json_t *json =
        json_pack("{s:s, s:s, s:s, s:s, s:b, s:o}", "name", command->name, "summary", command->summary, "synopsis",
                  synopsis, "description", command->description, "writes_target", command_may_write(command), "options",
                  options_json(command->options, command->option_count));
    talloc_free(synopsis);
    return json;
}

void help_print(TALLOC_CTX *owner, struct printer *printer, const struct command *command)
{
    if (printer_format(printer) == PRINTER_TEXT) {
        printer_block(printer, command ? help_of_command(owner, command) : help_overview(owner));
        return;
    }
    json_t *described = json_array();
    for (size_t i = 0; commands[i]; i++)
        if (!command || command == commands[i])
            json_array_append_new(described, command_json(commands[i]));
    printer_document(printer, json_pack("{s:o, s:o}", "commands", described, "global_options",
                                        options_json(global_options, global_option_count)));
}

void help_print_version(struct printer *printer)
{
    int libpq = version_libpq();
    char *text = talloc_asprintf(NULL, "%d.%d", libpq / 10000, libpq % 10000);
    printer_document(printer, json_pack("{s:s, s:s}", "version", PGDECK_VERSION, "libpq", text));
    printer_line(printer, ROLE_PLAIN, "pgdeck %s (libpq %s)", PGDECK_VERSION, text);
    talloc_free(text);
}
