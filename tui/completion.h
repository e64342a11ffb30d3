/* Completion, made of the tables: one engine for the shells (their scripts ask pgdeck itself) and for the console's
 * command line. */
#ifndef TUI_COMPLETION_H
#define TUI_COMPLETION_H

#include <talloc.h>

#include "store/base.h"
#include "store/settings.h"
#include "tui/arguments.h"

/* What may stand where the cursor is. */
struct completion {
    enum option_kind kind; /* KIND_FILE, KIND_FOLDER: the asker completes paths itself; KIND_TARGET, KIND_VERSION:
                              completion_add_project has more */
    const char *prefix;    /* what is there of the word (or, of --name=VALUE, of the value) */
    const char **words;    /* candidates that begin with the prefix, in the order of the tables; NULL-terminated */
    const char **texts;    /* what each one is; "" where that says itself */
    size_t count;
};

/* `words`: those after the program's name up to the cursor, NULL-terminated; the last is the one under the cursor (""
 * for a new one).
 * "=" as a word of its own (bash splits there) counts as part of the option before it. Needs no project. Owner:
 * `owner`. */
struct completion *completion_find(TALLOC_CTX *owner, const char *const *words);

/* Adds names of targets or versions of migration files, if that is what may stand there. What cannot be read adds
 * nothing. */
void completion_add_project(struct completion *completion, const struct settings *settings);

/* The script for a shell ("bash", "zsh", "fish"), or NULL. */
const char *completion_script(const char *shell);

/* First argument of pgdeck by which the scripts ask: a first line "words", "files" or "folders", then WORD<TAB>TEXT
 * lines. */
#define COMPLETION_WORD "--complete"

/* The answer in that form. Owner: `owner`. */
char *completion_answer(TALLOC_CTX *owner, const struct completion *completion);

#endif
