/* A command: one row of commands.def and one constant in commands/NAME.c. Dispatch, guard enforcement, help, manual,
 * completion and the console's ":" line follow from the row. */
#ifndef TUI_COMMAND_H
#define TUI_COMMAND_H

#include <talloc.h>

#include "store/base.h"
#include "store/cancel.h"
#include "store/error.h"
#include "tui/arguments.h"
#include "tui/deck.h"
#include "tui/printer.h"

/* What the dispatcher opens before the command runs. Each includes the ones before it. */
enum command_need { NEEDS_NOTHING, NEEDS_PROJECT, NEEDS_TARGET };

/* What the command may change, at most. LEDGER, DDL, ROWS and SESSIONS (of others) are writes to the target: the
 * dispatcher refuses them where the guard is read-only, and where the target was not named and nobody can be asked. */
enum command_effect {
    EFFECT_NONE,
    EFFECT_FILES,
    EFFECT_LOCAL,
    EFFECT_LEDGER,
    EFFECT_DDL,
    EFFECT_ROWS,
    EFFECT_SESSIONS
};

struct command_context;
typedef bool (*command_fn)(struct command_context *context, struct error *error);

/* What the table of options cannot say: options that need or exclude each other. Errors: ERROR_USAGE. */
typedef bool (*command_check_fn)(const struct arguments *arguments, struct error *error);

/* What is about to happen, for whoever has to say yes. */
struct confirmation {
    const char *question;     /* "apply 2 migrations (5 statements) to shop" */
    const char *const *lines; /* what is planned, a line each; NULL-terminated, or NULL; for the terminal */
    enum { LOSES_NOTHING, LOSES_WORK /* of a session, not committed */, LOSES_DATA } loss;
    const char
        *database; /* the database's name as the server tells it; NULL: no target is touched, only something local */
};

/* Asks at the grade that guard and loss demand. False with ERROR_CONFIRMATION when it is not given. Faces differ only
 * here. Sets context->answer to ANSWER_GIVEN when a person was shown the lines and said yes. */
typedef bool (*confirm_fn)(struct command_context *context, const struct confirmation *confirmation,
                           struct error *error);

/* What a command line needs besides its row: a comparison with the live target needs the target, one of two files does
 * not. */
typedef enum command_need (*command_need_fn)(const struct arguments *arguments);

/* What a command line changes besides: to look at sessions is nothing, to end one is something. */
typedef enum command_effect (*command_effect_fn)(const struct arguments *arguments);

struct command {
    const char *name;
    const char *summary;         /* one sentence */
    const char *description;     /* a paragraph or two, for help and manual; paragraphs are separated by \n\n */
    const char *const *examples; /* NULL-terminated, or NULL */
    const struct option *options;
    size_t option_count;
    struct operands operands;
    enum command_need needs;
    enum command_effect effect;
    command_fn run;
    command_check_fn check;           /* or NULL; before anything is opened */
    command_need_fn needs_besides;    /* or NULL; the greater of both counts */
    command_effect_fn effect_besides; /* or NULL; the greater of both counts */
};

struct command_context {
    TALLOC_CTX *memory;            /* lives for this call */
    const struct command *command; /* set by the dispatcher */
    struct arguments *arguments;   /* set by the dispatcher */
    const char *const *words;      /* set by the dispatcher: the command line as it was given */
    struct deck *deck;
    struct printer *printer;
    struct cancel *cancel;
    confirm_fn confirm;
    void *confirm_state;
    enum { FACE_SCRIPT, FACE_CONSOLE } face;
    enum { PERSON_ABSENT, PERSON_PRESENT } person; /* whether somebody can be asked; on the console always */
    enum { ANSWER_NONE, ANSWER_GIVEN } answer;     /* set by `confirm` */
    int status;                                    /* exit status on success: 0, or 1 for findings */
    const char *run;                               /* id of the run that the command made, for the log; or NULL */
    json_t *document; /* what a failed command still has to say in JSON; taken by the dispatcher */
};

/* A command line taken apart. */
struct command_line {
    const struct command *command; /* NULL: only global options were given */
    struct arguments *arguments;
};

#define COMMAND(name) extern const struct command command_##name;
#include "tui/commands.def"
#undef COMMAND

extern const struct command *const commands[]; /* in the order of commands.def; NULL-terminated */
extern const struct option global_options[];
extern const size_t global_option_count;

/* The command of a name, or NULL. */
const struct command *command_find(const char *name);

/* Takes a command line (without the program's name; NULL-terminated) apart: global options may stand on both sides of
 * the command. Owner: `owner`. Errors: ERROR_USAGE, with a hint; line->command is set then where its word was good. */
bool command_parse(TALLOC_CTX *owner, const char *const *words, struct command_line *line,
                   struct error *error) NODISCARD;

/* Whether an effect is a write to the target. */
bool command_effect_is_write(enum command_effect effect);

/* Whether a command writes to the target, with some arguments at least. */
bool command_may_write(const struct command *command);

/* Runs one command line in an open deck: opens what the row needs, enforces its effect against the guard, runs it, logs
 * it. Returns the exit status (128+n when a signal ended it); the answer and the error have gone to the printer. */
int command_run(struct command_context *context, const char *const *words);

/* The scripted confirmation: --yes, --confirm DATABASE, or a question on the terminal (cli.md, "Confirmation").
 * confirm_state: unused. Reads the answer from the standard input. */
bool command_confirm_script(struct command_context *context, const struct confirmation *confirmation,
                            struct error *error) NODISCARD;

#endif
