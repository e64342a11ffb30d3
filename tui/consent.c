/* See consent.h. */
#include "tui/consent.h"

#include <ctype.h>

const char *consent_refusal(const struct console *console)
{
    if (!console->is_target_open)
        return "The target is not open yet: r tries again.";
    if (console->deck->guard != GUARD_READ_ONLY)
        return console->write_task ? "A run is going on: wait for its end, or cancel it with ^C." : NULL;
    if (console->deck->options.access == ACCESS_READ_ONLY)
        return "Nothing is written: pgdeck was started with --read-only. Start it without, to change something.";
    return "Nothing is written: the target's guard level is read-only. See pgdeck.yaml.";
}

void consent_ask(struct console *console, const struct confirmation *confirmation, const char *verb,
                 dialog_answer_fn on_answer, void *argument)
{
    const struct deck *deck = console->deck;
    bool is_severe = confirmation->database && (confirmation->loss != LOSES_NOTHING || deck->guard != GUARD_OPEN);
    bool has_lines = confirmation->lines && *confirmation->lines;
    struct document *lines = has_lines ? document_new(console) : NULL;
    for (const char *const *line = confirmation->lines; line && *line; line++)
        document_line(lines, LOOK_PLAIN, "%s", *line);
    TALLOC_CTX *memory = talloc_new(NULL);
    const char *question = confirmation->question;
    struct dialog_options options = {
        .title = talloc_asprintf(memory, "%s%s", deck->target->name,
                                 confirmation->loss == LOSES_DATA   ? ": this loses data"
                                 : confirmation->loss == LOSES_WORK ? ": a session's work is lost"
                                 : is_severe                        ? ": a guarded target"
                                                                    : ""),
        .question = talloc_asprintf(memory, "%c%s?", toupper((unsigned char)question[0]), question + 1),
        .verb = verb,
        .name = is_severe ? confirmation->database : NULL,
        .lines = lines,
        .mood = is_severe ? DIALOG_DANGEROUS : DIALOG_CALM,
        .on_answer = on_answer,
        .argument = argument,
    };
    dialog_open(console, &options);
    talloc_free(memory);
}
