/* The console: one process's screens, what they know, and what goes on. Opened by the command "console". Views talk to
 * it through the functions below; what it draws is frame.c's, which key does what is dispatch.c's. */
#ifndef TUI_CONSOLE_H
#define TUI_CONSOLE_H

#include "store/base.h"
#include "store/error.h"
#include "tui/deck.h"
#include "tui/loop.h"
#include "tui/messages.h"
#include "tui/prompt.h"
#include "tui/screen.h"
#include "tui/survey.h"
#include "tui/terminal.h"
#include "tui/widgets/field.h"

enum { CONSOLE_PAGES = 16, CONSOLE_INPUT_BYTES = 4096, CONSOLE_REST_MS = 80 };

struct house;
struct parity;
struct playback;

struct console {
    struct deck *deck;
    struct loop *loop;
    struct terminal *terminal;
    struct messages *messages;

    struct view *screens[SCREEN_COUNT]; /* made when first shown */
    enum screen_id here, before;
    struct view *pages[CONSOLE_PAGES]; /* over the screen */
    size_t page_count;
    struct view *dialog; /* over everything, or NULL */

    struct view *asker; /* who opened the field, or NULL */
    const char *ask_prompt;
    struct text_field field;
    struct prompt *prompt; /* the command line */

    const struct survey *survey; /* the newest whole one, or NULL; belongs to survey_task */
    struct task *survey_task;
    struct task *refreshing; /* or NULL */
    struct error *problem;   /* why the newest attempt failed; not set: it did not */
    bool is_target_open;     /* then deck->target, guard and pool are constant */
    bool is_auto_refreshing;

    struct task *write_task; /* a run or a command that may hold a transaction, or NULL */
    const char *write_name;
    struct task *command_task; /* a command of the command line, or NULL */
    struct task *compare_task; /* what the Diff screen has compared or made, or NULL */
    struct task *measure_task; /* what the Migrations screen measures, or NULL */
    struct parity *parity;
    struct house *house;

    unsigned char input[CONSOLE_INPUT_BYTES];
    size_t input_count;
    unsigned long consumed; /* bytes */
    bool is_pasting, was_paste_dropped;
    bool is_sync_wanted;       /* PGDECK_TEST_SYNC */
    struct playback *playback; /* or NULL */

    bool is_over;
    int status;
    int ended_by; /* signal, or 0 */
};

/* How a console is opened. */
struct console_options {
    const char *script; /* --script FILE, or NULL */
};

/* Runs the console until it is quit. The project must be open. *status gets the exit status.
 * Errors: ERROR_USAGE (no terminal, a bad script), ERROR_FILE. */
bool console_main(struct deck *deck, const struct console_options *options, int *status, struct error *error) NODISCARD;

/* ---- for views ---- */

/* Says something on the message line. */
void console_say(struct console *console, enum message_kind kind, const char *format, ...) PRINTF_LIKE(3, 4);

/* Says an error: message, and its hint. */
void console_say_error(struct console *console, const struct error *error);

/* Puts a page over the view; it then belongs to the console. */
void console_open(struct console *console, struct view *page);

/* Closes the page on top. */
void console_close(struct console *console);

/* The view that is in front, dialogs not counted. */
struct view *console_front(const struct console *console);

/* Goes to a screen; pages over the old one are closed. */
void console_go(struct console *console, enum screen_id screen);

/* Shows a dialog until dialog_close. */
void console_open_dialog(struct console *console, struct view *dialog);
void console_close_dialog(struct console *console);

/* Opens a one-line field for a view (class->typed). `prompt` must be constant. */
void console_ask(struct console *console, struct view *asker, const char *prompt, const char *text);

/* Opens the command line with a text already in it. */
void console_prompt(struct console *console, const char *text);

/* Reads project and target again, in the background. */
void console_refresh(struct console *console);

/* Files or target were changed: what was found out by comparing and checking is of before. */
void console_forget(struct console *console);

/* The value of a variable of the environment that the program was started with, or NULL. */
const char *console_variable(const struct console *console, const char *name);

/* Suspends the program, unless a run is going on. */
void console_suspend(struct console *console);

/* Quits, or says why not. */
void console_quit(struct console *console);

/* Takes keys as bytes: from the terminal, or from a script. */
void console_feed(struct console *console, const unsigned char *bytes, size_t count);

/* Runs a command line of the prompt or of a script. */
void console_command(struct console *console, const char *line);

#endif
