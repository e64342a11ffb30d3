/* See manual.h. */
#include "tui/manual.h"

#include <errno.h>

#include "migrate/hazard.h"
#include "store/settings.h"
#include "tui/action.h"
#include "tui/help.h"

static char *append_line(char *buffer, const char *text, size_t length)
{
    if (*text == '.' || *text == '\'')
        buffer = talloc_strdup_append_buffer(buffer, "\\&");
    for (size_t i = 0; i < length; i++)
        buffer = text[i] == '\\' ? talloc_strdup_append_buffer(buffer, "\\e")
                                 : talloc_strndup_append_buffer(buffer, &text[i], 1);
    return talloc_strdup_append_buffer(buffer, "\n");
}

/* Appends text of ours as mdoc text, each sentence on a line of its own, as mdoc wants it. */
static char *append_text(char *buffer, const char *text)
{
    for (const char *end; (end = strstr(text, ". ")); text = end + 2)
        buffer = append_line(buffer, text, (size_t)(end - text) + 1);
    return append_line(buffer, text, strlen(text));
}

/* A word as a macro's argument. */
static char *append_argument(char *buffer, const char *word)
{
    buffer = talloc_strdup_append_buffer(buffer, "\"");
    for (; *word; word++) {
        if (*word == '"')
            buffer = talloc_strdup_append_buffer(buffer, "\\(dq");
        else if (*word == '\\')
            buffer = talloc_strdup_append_buffer(buffer, "\\e");
        else
            buffer = talloc_strndup_append_buffer(buffer, word, 1);
    }
    return talloc_strdup_append_buffer(buffer, "\"");
}

static char *append_option(char *buffer, const struct option *option)
{
    buffer = talloc_strdup_append_buffer(buffer, ".It ");
    if (option->letter)
        buffer = talloc_asprintf_append_buffer(buffer, "Fl %c , ", option->letter);
    buffer = talloc_asprintf_append_buffer(buffer, "Fl \\-%s", option->name);
    if (option->value)
        buffer = talloc_asprintf_append_buffer(buffer, " Ar %s%s", option->value,
                                               option->arity == OPTION_LIST ? " ..." : "");
    buffer = append_text(talloc_strdup_append_buffer(buffer, "\n"), option->text);
    if (!option->words)
        return buffer;
    char *words = help_words(NULL, option->words);
    buffer = talloc_asprintf_append_buffer(buffer, "One of %s.\n", words);
    talloc_free(words);
    return buffer;
}

static char *append_options(char *buffer, const struct option *options, size_t count)
{
    if (!count)
        return buffer;
    buffer = talloc_strdup_append_buffer(buffer, ".Bl -tag -width Ds\n");
    for (size_t i = 0; i < count; i++)
        buffer = append_option(buffer, &options[i]);
    return talloc_strdup_append_buffer(buffer, ".El\n");
}

static char *append_paragraphs(char *buffer, const char *text)
{
    for (const char *end; (end = strstr(text, "\n\n")); text = end + 2) {
        char *paragraph = talloc_strndup(NULL, text, (size_t)(end - text));
        buffer = append_text(buffer, paragraph);
        buffer = talloc_strdup_append_buffer(buffer, ".Pp\n");
        talloc_free(paragraph);
    }
    return append_text(buffer, text);
}

static char *append_command(char *buffer, const struct command *command)
{
    char *synopsis = help_synopsis(NULL, command);
    buffer = talloc_strdup_append_buffer(buffer, ".Ss ");
    buffer = append_argument(buffer, synopsis);
    talloc_free(synopsis);
    buffer = talloc_strdup_append_buffer(buffer, "\n");
    buffer = append_text(buffer, command->summary);
    buffer = talloc_strdup_append_buffer(buffer, ".Pp\n");
    buffer = append_paragraphs(buffer, command->description);
    buffer = append_options(buffer, command->options, command->option_count);
    if (!command->examples)
        return buffer;
    buffer = talloc_strdup_append_buffer(buffer, ".Bd -literal -offset indent\n");
    for (size_t i = 0; command->examples[i]; i++)
        buffer = append_line(buffer, command->examples[i], strlen(command->examples[i]));
    return talloc_strdup_append_buffer(buffer, ".Ed\n");
}

static char *commands_table(char *buffer)
{
    for (size_t i = 0; commands[i]; i++)
        buffer = append_command(buffer, commands[i]);
    return buffer;
}

static char *options_table(char *buffer) { return append_options(buffer, global_options, global_option_count); }

static char *settings_rows(char *buffer)
{
    buffer = talloc_strdup_append_buffer(buffer, ".Bl -tag -width Ds\n");
    for (size_t i = 0; i < SETTING_COUNT; i++) {
        const struct setting *setting = &settings_table[i];
        buffer = talloc_asprintf_append_buffer(buffer, ".It Va %s\n", setting->name);
        buffer = append_text(buffer, setting->text);
        if (setting->type == SETTING_CHOICE)
            buffer = talloc_asprintf_append_buffer(buffer, "One of %s.\n", setting->unit);
        if (*setting->value)
            buffer = talloc_asprintf_append_buffer(buffer, "Default: %s.\n", setting->value);
        if (setting->variable)
            buffer = talloc_asprintf_append_buffer(buffer, "Environment: %s.\n", setting->variable);
        if (setting->option)
            buffer = talloc_asprintf_append_buffer(buffer, "Option: %s.\n", setting->option);
    }
    return talloc_strdup_append_buffer(buffer, ".El\n");
}

static char *exit_table(char *buffer)
{
    buffer = talloc_strdup_append_buffer(buffer, ".Bl -tag -width 128+n -compact\n");
    for (size_t i = 0; i < help_exit_status_count; i++) {
        buffer = talloc_asprintf_append_buffer(buffer, ".It %s\n", help_exit_statuses[i].status);
        buffer = append_text(buffer, help_exit_statuses[i].text);
    }
    return talloc_strdup_append_buffer(buffer, ".El\n");
}

static char *errors_table(char *buffer)
{
    buffer = talloc_strdup_append_buffer(buffer, ".Bl -tag -width unknown_outcome\n");
    for (size_t i = 1; i < ERROR_COUNT; i++) {
        const struct error_kind *kind = error_kind((enum error_code)i);
        buffer = talloc_asprintf_append_buffer(buffer, ".It %s\n", kind->name);
        buffer = append_text(buffer, kind->text);
        buffer = talloc_asprintf_append_buffer(buffer, "Exit status %d.\n", kind->exit_status);
    }
    return talloc_strdup_append_buffer(buffer, ".El\n");
}

static char *hazards_table(char *buffer)
{
    buffer = talloc_strdup_append_buffer(buffer, ".Bl -tag -width protection-dropped\n");
    for (size_t i = 0; i < HAZARD_COUNT; i++) {
        buffer = talloc_asprintf_append_buffer(buffer, ".It Cm %s\n", hazard_kinds[i].id);
        buffer = append_text(buffer, hazard_kinds[i].what);
        buffer = talloc_asprintf_append_buffer(buffer, "Danger: %s.\n", hazard_danger_name(hazard_kinds[i].danger));
    }
    return talloc_strdup_append_buffer(buffer, ".El\n");
}

static char *keys_table(char *buffer)
{
    buffer = talloc_strdup_append_buffer(buffer, ".Bl -tag -width Ds -compact\n");
    for (int i = 0; i < ACTION_COUNT; i++) {
        const struct action_row *row = action_row((enum action)i);
        buffer = append_argument(talloc_strdup_append_buffer(buffer, ".It "), row->keys);
        buffer = append_text(talloc_strdup_append_buffer(buffer, "\n"), row->text);
    }
    return talloc_strdup_append_buffer(buffer, ".El\n");
}

static const struct {
    const char *name;
    char *(*append)(char *buffer);
} tables[] = {
    {"commands", commands_table}, {"options", options_table}, {"settings", settings_rows}, {"exit", exit_table},
    {"errors", errors_table},     {"keys", keys_table},       {"hazards", hazards_table},
};

char *manual_table(TALLOC_CTX *owner, const char *name)
{
    for (size_t i = 0; i < countof(tables); i++)
        if (!strcmp(tables[i].name, name))
            return tables[i].append(talloc_strdup(owner, ""));
    return NULL;
}

/* The name in a line `.\" @NAME@`; NULL where it is none. */
static char *marker_name(TALLOC_CTX *owner, const char *line)
{
    static const char start[] = ".\\\" @";
    if (strncmp(line, start, sizeof start - 1) != 0)
        return NULL;
    const char *name = line + sizeof start - 1;
    size_t length = strcspn(name, "@\n");
    return name[length] == '@' ? talloc_strndup(owner, name, length) : NULL;
}

static bool write_table(TALLOC_CTX *scratch, const char *name, FILE *to, struct error *error)
{
    char *table = manual_table(scratch, name);
    if (!table)
        return error_set(error, ERROR_USAGE, "there is no table \"%s\" for the manual", name);
    fputs(table, to);
    return true;
}

bool manual_fill(FILE *from, FILE *to, struct error *error)
{
    char *line = NULL;
    size_t room = 0;
    bool is_filled = true;
    TALLOC_CTX *scratch = talloc_new(NULL);
    while (is_filled && getline(&line, &room, from) >= 0) {
        char *name = marker_name(scratch, line);
        if (name)
            is_filled = write_table(scratch, name, to, error);
        else
            fputs(line, to);
    }
    if (is_filled && (ferror(from) || fflush(to) == EOF || ferror(to)))
        is_filled = error_set(error, ERROR_FILE, "the manual cannot be written: %s", strerror(errno));
    free(line);
    talloc_free(scratch);
    return is_filled;
}
