/* The scripted confirmation: an option that says it beforehand, or a question on the terminal; never a guess. The
 * console has a dialog of its own for the same grades. */
#include <ctype.h>
#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "store/redact.h"
#include "tui/command.h"

#define ANSWER_BYTES 1024 /* more than any database's name (63 bytes) */

enum grade { GRADE_YES, GRADE_NAME };

static enum grade grade_of(const struct command_context *context, const struct confirmation *confirmation)
{
    if (confirmation->loss != LOSES_NOTHING && confirmation->database)
        return GRADE_NAME;
    return confirmation->database && context->deck->guard != GUARD_OPEN ? GRADE_NAME : GRADE_YES;
}

/* Waits for a line of the standard input, or the cancel. Its newline is cut off. */
static bool read_answer(struct cancel *cancel, char *answer, size_t size_bytes, struct error *error)
{
    size_t length = 0;
    struct pollfd waits[] = {{.fd = STDIN_FILENO, .events = POLLIN},
                             {.fd = cancel ? cancel->fd : -1, .events = POLLIN}};
    for (;;) {
        int ready = poll(waits, countof(waits), -1);
        if (cancel_is_requested(cancel))
            return error_set(error, ERROR_CANCELLED, "cancelled before anything was done");
        if (ready < 0 && errno == EINTR)
            continue;
        char byte;
        ssize_t got = read(STDIN_FILENO, &byte, 1);
        if (got < 0 && (errno == EINTR || errno == EAGAIN))
            continue;
        if (got <= 0)
            return error_set(error, ERROR_CONFIRMATION, "the question was not answered; nothing was done");
        if (byte == '\n')
            break;
        if (length + 1 < size_bytes)
            answer[length++] = byte;
    }
    answer[length] = '\0';
    return true;
}

static bool is_yes(const char *answer)
{
    return !strcmp(answer, "y") || !strcmp(answer, "Y") || !strcmp(answer, "yes");
}

static bool ask(struct command_context *context, const struct confirmation *confirmation, enum grade grade,
                struct error *error)
{
    struct printer *printer = context->printer;
    char answer[ANSWER_BYTES];
    const char *question = confirmation->question;
    for (const char *const *line = confirmation->lines; line && *line; line++)
        printer_shown(printer, "%s", *line);
    if (grade == GRADE_YES)
        printer_prompt(printer, "%c%s? [y/N]", toupper((unsigned char)question[0]), question + 1);
    else
        printer_prompt(printer, "%c%s? Type the name of the database, %s:", toupper((unsigned char)question[0]),
                       question + 1, confirmation->database);
    if (!read_answer(context->cancel, answer, sizeof answer, error)) {
        printer_shown(printer, "%s", ""); /* the error begins on a line of its own */
        return false;
    }
    bool is_confirmed = grade == GRADE_YES ? is_yes(answer) : !strcmp(answer, confirmation->database);
    if (is_confirmed) {
        context->answer = ANSWER_GIVEN;
        return true;
    }
    if (grade == GRADE_YES)
        return error_set(error, ERROR_CONFIRMATION, "not confirmed; nothing was done");
    return error_set(error, ERROR_CONFIRMATION, "\"%s\" is not the name of the database; nothing was done", answer);
}

static bool needs_quotes(const char *word)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./:=@,+%-";
    return !*word || strspn(word, plain) != strlen(word);
}

static char *append_word(char *line, const char *word)
{
    if (!needs_quotes(word))
        return talloc_asprintf_append_buffer(line, " %s", word);
    line = talloc_strdup_append_buffer(line, " '");
    for (; *word; word++)
        line = talloc_strndup_append_buffer(line, *word == '\'' ? "'\\''" : word, *word == '\'' ? 4 : 1);
    return talloc_strdup_append_buffer(line, "'");
}

/* A word of the command line without what is secret in it. */
static const char *without_secrets(TALLOC_CTX *owner, const struct deck *deck, const char *word)
{
    const char *text = deck->target ? target_redact(owner, deck->target, word) : word;
    return redact_patterns(owner, text);
}

/* The command line that would be confirmed, for a shell; secrets are left out. */
static char *repeat_with(TALLOC_CTX *owner, const struct command_context *context, const char *option,
                         const char *value)
{
    char *line = talloc_strdup(owner, "pgdeck");
    const char *const *word = context->words;
    for (; *word && strcmp(*word, "--") != 0; word++) {
        bool takes_next = !strcmp(*word, "--confirm") && word[1];
        if (!takes_next && strcmp(*word, "--yes") != 0 && strncmp(*word, "--confirm=", 10) != 0)
            line = append_word(line, without_secrets(line, context->deck, *word));
        word += takes_next;
    }
    line = append_word(line, option);
    if (value)
        line = append_word(line, value);
    for (; *word; word++)
        line = append_word(line, *word);
    return line;
}

static bool refuse(const struct command_context *context, const struct confirmation *confirmation, enum grade grade,
                   struct error *error)
{
    TALLOC_CTX *scratch = talloc_new(NULL);
    bool by_name = grade == GRADE_NAME;
    error_set(error, ERROR_CONFIRMATION, "%s: this has to be confirmed, and there is no terminal to ask on",
              confirmation->question);
    if (by_name && arguments_has(context->arguments, "yes"))
        error_detail(error, "--yes is not enough here: %s.",
                     confirmation->loss == LOSES_DATA   ? "data would be lost"
                     : confirmation->loss == LOSES_WORK ? "what the session has not committed would be lost"
                                                        : "the target's guard level is \"confirm\"");
    error_hint(error, "Repeat it as: %s",
               repeat_with(scratch, context, by_name ? "--confirm" : "--yes", by_name ? confirmation->database : NULL));
    talloc_free(scratch);
    return false;
}

bool command_confirm_script(struct command_context *context, const struct confirmation *confirmation,
                            struct error *error)
{
    enum grade grade = grade_of(context, confirmation);
    const char *name = arguments_value(context->arguments, "confirm");
    if (name && confirmation->database) {
        if (!strcmp(name, confirmation->database))
            return true;
        error_set(error, ERROR_CONFIRMATION,
                  "--confirm names \"%s\", but the target's database is \"%s\"; nothing was done", name,
                  confirmation->database);
        return error_hint(error, "Look whether this is the target that you mean.");
    }
    if (grade == GRADE_YES && arguments_has(context->arguments, "yes"))
        return true;
    if (context->person == PERSON_PRESENT)
        return ask(context, confirmation, grade, error);
    return refuse(context, confirmation, grade, error);
}
