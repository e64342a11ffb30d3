/* See console.h: life of the console, and what views ask of it. */
#include "tui/console.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "store/clock.h"
#include "store/disk.h"
#include "tui/candidates.h"
#include "tui/dispatch.h"
#include "tui/frame.h"
#include "tui/input.h"
#include "tui/house.h"
#include "tui/parity.h"
#include "tui/playback.h"
#include "tui/runner.h"

enum { ESCAPE_MS = 25, TICK_MS = 250, RECONNECT_MS = 3000, SCRIPT_ROWS = 24, SCRIPT_COLUMNS = 80 };

/* ---- saying ---- */

void console_say(struct console *console, enum message_kind kind, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *text = talloc_vasprintf(console, format, arguments);
    va_end(arguments);
    messages_add(console->messages, kind, text);
    talloc_free(text);
}

void console_say_error(struct console *console, const struct error *error)
{
    enum message_kind kind = error->code == ERROR_CANCELLED ? MESSAGE_WARNING : MESSAGE_ERROR;
    console_say(console, kind, "%s%s%s", error->message, error->hint ? ". " : "", error->hint ? error->hint : "");
}

const char *console_variable(const struct console *console, const char *name)
{
    size_t size = strlen(name);
    for (const char *const *at = console->deck->options.environment; at && *at; at++)
        if (strncmp(*at, name, size) == 0 && (*at)[size] == '=')
            return *at + size + 1;
    return NULL;
}

/* ---- views ---- */

struct view *console_front(const struct console *console)
{
    return console->page_count > 0 ? console->pages[console->page_count - 1] : console->screens[console->here];
}

void console_open(struct console *console, struct view *page)
{
    if (console->page_count == CONSOLE_PAGES) {
        talloc_free(page);
        console_say(console, MESSAGE_WARNING, "Too many pages are open: q closes one.");
        return;
    }
    console->pages[console->page_count++] = page;
}

void console_close(struct console *console)
{
    if (console->page_count > 0)
        talloc_free(console->pages[--console->page_count]);
}

/* A page that shows a run stays in front until the run has ended. */
static bool may_leave(struct console *console)
{
    if (!console->write_task)
        return true;
    console_say(console, MESSAGE_WARNING, "%s is running: this page stays until its end. ^C cancels it.",
                console->write_name);
    return false;
}

void console_go(struct console *console, enum screen_id screen)
{
    if (!may_leave(console))
        return;
    while (console->page_count > 0)
        console_close(console);
    if (!console->screens[screen])
        console->screens[screen] = screen_row(screen)->maker(console);
    if (screen != console->here) {
        console->before = console->here;
        console->here = screen;
    }
    if (console->screens[screen]->class->shown)
        console->screens[screen]->class->shown(console->screens[screen]);
}

void console_open_dialog(struct console *console, struct view *dialog)
{
    console_close_dialog(console);
    console->dialog = dialog;
}

void console_close_dialog(struct console *console)
{
    talloc_free(console->dialog);
    console->dialog = NULL;
}

void console_ask(struct console *console, struct view *asker, const char *prompt, const char *text)
{
    console->asker = asker;
    console->ask_prompt = prompt;
    field_set(&console->field, text);
}

void console_prompt(struct console *console, const char *text) { prompt_open(console->prompt, text); }

void console_quit(struct console *console)
{
    if (may_leave(console))
        console->is_over = true;
}

/* ---- the survey ---- */

static void tell_views(struct console *console)
{
    for (int i = 0; i < SCREEN_COUNT; i++)
        if (console->screens[i] && console->screens[i]->class->refreshed)
            console->screens[i]->class->refreshed(console->screens[i]);
    for (size_t i = 0; i < console->page_count; i++)
        if (console->pages[i]->class->refreshed)
            console->pages[i]->class->refreshed(console->pages[i]);
}

/* A server that went away may come back: tried until it does. */
static void on_reconnect_time(void *argument)
{
    struct console *console = argument;
    if (console->problem->code == ERROR_CONNECTION)
        console_refresh(console);
}

static void on_survey(void *argument, struct task *task, bool succeeded, const struct error *error)
{
    struct console *console = argument;
    struct task *old = console->survey_task;
    console->refreshing = NULL;
    if (!console->is_target_open && console->deck->pool) {
        console->is_target_open = true;
        for (const char *const *notice = console->deck->target->notices; notice && *notice; notice++)
            console_say(console, MESSAGE_NOTE, "%s", *notice);
    }
    error_clear(console->problem);
    if (succeeded) {
        console->survey_task = talloc_steal(console, task);
        console->survey = task_result(task);
    } else {
        error_copy(console->problem, error);
        console_say_error(console, error);
        messages_clear(console->messages); /* it stands on the screen until an attempt succeeds */
        if (error->code == ERROR_CONNECTION)
            loop_after(console->loop, RECONNECT_MS, on_reconnect_time, console);
    }
    tell_views(console);
    if (succeeded)
        talloc_free(old); /* after the views have let go of it */
}

void console_refresh(struct console *console)
{
    if (console->refreshing || (!console->is_target_open && console->command_task))
        return;
    struct task_options options = {.name = "survey", .run = survey_run, .argument = console->deck};
    struct error *error = error_new(console);
    console->refreshing = loop_start(console->loop, &options, on_survey, console, error);
    if (!console->refreshing)
        console_say_error(console, error);
    talloc_free(error);
}

/* ---- input ---- */

static void on_escape_time(void *argument);

static void take_keys(struct console *console, size_t (*decode)(const unsigned char *, size_t, int *))
{
    unsigned char bytes[CONSOLE_INPUT_BYTES];
    size_t count = console->input_count, at = 0;
    memcpy(bytes, console->input, count);
    console->input_count = 0; /* what a key does may feed more */
    while (at < count && !console->is_over) {
        int key = INPUT_NONE;
        size_t taken = decode(bytes + at, count - at, &key);
        if (taken == 0)
            break;
        dispatch_key(console, key, bytes + at, taken);
        at += taken;
        console->consumed += taken;
    }
    memmove(console->input + (count - at), console->input, console->input_count);
    memcpy(console->input, bytes + at, count - at);
    console->input_count += count - at;
    if (console->input_count > 0)
        loop_after(console->loop, ESCAPE_MS, on_escape_time, console);
}

static size_t settle(const unsigned char *bytes, size_t count, int *key) { return input_settle(bytes, count, key); }

static void on_escape_time(void *argument) { take_keys(argument, settle); }

void console_feed(struct console *console, const unsigned char *bytes, size_t count)
{
    loop_forget(console->loop, on_escape_time, console);
    while (count > 0) {
        size_t room = sizeof console->input - console->input_count, part = count < room ? count : room;
        memcpy(console->input + console->input_count, bytes, part);
        console->input_count += part;
        bytes += part;
        count -= part;
        take_keys(console, input_decode);
        if (console->input_count == sizeof console->input)
            take_keys(console, settle); /* a sequence without an end */
    }
}

static void end_by(struct console *console, int signal_number)
{
    console->is_over = true;
    console->ended_by = signal_number;
    if (console->write_task)
        task_cancel(console->write_task);
}

static void on_input(void *argument)
{
    struct console *console = argument;
    unsigned char bytes[1024];
    ssize_t size = read(terminal_input(console->terminal), bytes, sizeof bytes);
    if (size > 0)
        console_feed(console, bytes, (size_t)size);
    else if (size == 0 || (errno != EINTR && errno != EAGAIN))
        end_by(console, SIGHUP);
}

/* ---- signals ---- */

void console_suspend(struct console *console)
{
    if (console->write_task) {
        console_say(console, MESSAGE_WARNING, "%s is running: suspended, it would hold its locks. ^C cancels it.",
                    console->write_name);
        return;
    }
    if (terminal_input(console->terminal) < 0)
        return;
    struct sigaction usual = {.sa_handler = SIG_DFL}, ours;
    terminal_release(console->terminal);
    sigaction(SIGTSTP, &usual, &ours);
    raise(SIGTSTP);
    sigaction(SIGTSTP, &ours, NULL);
    terminal_retake(console->terminal);
}

static void on_signal(void *argument, int signal_number)
{
    static const unsigned char interrupt[] = {INPUT_CONTROL('c')};
    struct console *console = argument;
    switch (signal_number) {
    case SIGWINCH:
        terminal_measure(console->terminal);
        break;
    case SIGTSTP:
        console_suspend(console);
        break;
    case SIGCONT:
        terminal_repaint(console->terminal);
        break;
    case SIGINT:
        dispatch_key(console, INPUT_CONTROL('c'), interrupt, 1);
        break;
    default:
        end_by(console, signal_number);
    }
}

/* ---- running ---- */

static void on_minute(void *argument)
{
    struct console *console = argument;
    int64_t into_minute_ms = clock_wall_us() / 1000 % 60000;
    loop_after(console->loop, (int)(60000 - into_minute_ms) + 200, on_minute, console);
}

static void on_tick(void *argument UNUSED) {}

static void show(struct console *console)
{
    frame_draw(console);
    /* What runs shows its time. */
    if (console->write_task || console->command_task)
        loop_after(console->loop, TICK_MS, on_tick, console);
    if (console->is_sync_wanted) {
        char title[64];
        snprintf(title, sizeof title, "sync:%lu:%s", console->consumed, loop_is_busy(console->loop) ? "busy" : "idle");
        terminal_title(console->terminal, title);
    }
}

static bool run(struct console *console, struct error *error)
{
    console->here = SCREEN_STATUS;
    console->before = SCREEN_MIGRATIONS;
    console_go(console, SCREEN_STATUS);
    on_minute(console);
    console_refresh(console);
    while (!console->is_over) {
        show(console);
        if (console->playback && !playback_play(console->playback, console, error))
            return false;
        if (console->is_over)
            break;
        if (!loop_turn(console->loop))
            return error_set(error, ERROR_INTERNAL, "cannot wait for input");
    }
    return true;
}

/* ---- opening ---- */

/* $XDG_STATE_HOME/pgdeck/history; NULL where no home is known. */
static const char *history_path(struct console *console)
{
    const char *state = console_variable(console, "XDG_STATE_HOME"), *home = console_variable(console, "HOME");
    char *folder = NULL;
    if (state && *state == '/')
        folder = talloc_asprintf(console, "%s/pgdeck", state);
    else if (home && *home == '/')
        folder = talloc_asprintf(console, "%s/.local/state/pgdeck", home);
    struct error *ignored = error_new(console);
    bool is_made = folder && disk_make_folders(folder, ignored);
    talloc_free(ignored);
    return is_made ? talloc_asprintf(console, "%s/history", folder) : NULL;
}

static enum terminal_colours wanted_colours(const struct console *console)
{
    const char *no_color = console_variable(console, "NO_COLOR");
    const struct setting_value *colour = settings_value(console->deck->settings, SETTING_color);
    if (colour && strcmp(colour->text, "auto") != 0)
        return strcmp(colour->text, "never") == 0 ? TERMINAL_MONO : TERMINAL_COLOURED;
    return no_color && *no_color ? TERMINAL_MONO : TERMINAL_COLOURED;
}

static bool open_terminal(struct console *console, struct error *error)
{
    bool is_nowhere = console->playback && (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO));
    const char *rows = console_variable(console, "LINES"), *columns = console_variable(console, "COLUMNS");
    struct terminal_options options = {
        .type = is_nowhere ? "xterm-256color" : console_variable(console, "TERM"),
        .device = is_nowhere ? TERMINAL_NOWHERE : TERMINAL_TTY,
        .colours = wanted_colours(console),
        .rows = rows ? (int)strtol(rows, NULL, 10) : SCRIPT_ROWS,
        .columns = columns ? (int)strtol(columns, NULL, 10) : SCRIPT_COLUMNS,
    };
    const char *warning = NULL;
    console->terminal = terminal_open(console, &options, &warning, error);
    if (warning)
        console_say(console, MESSAGE_WARNING, "%s", warning);
    return console->terminal != NULL;
}

void console_forget(struct console *console)
{
    parity_forget(console->parity);
    house_forget(console->house);
}

static bool set_up(struct console *console, const struct console_options *options, struct error *error)
{
    console->messages = messages_new(console);
    console->problem = error_new(console);
    console->is_target_open = console->deck->pool != NULL;
    console->is_sync_wanted = console_variable(console, "PGDECK_TEST_SYNC") != NULL;
    if (options->script && !(console->playback = playback_read(console, options->script, error)))
        return false;
    console->loop = loop_new(console, error);
    if (!console->loop || !open_terminal(console, error))
        return false;
    console->parity = parity_new(console, console->loop, console->deck);
    console->house = house_new(console, console->loop, console->deck);
    struct prompt_options prompt = {
        .history = history_path(console),
        .on_line = runner_on_line,
        .on_matches = runner_on_matches,
        .complete = candidates_find,
        .argument = console,
    };
    console->prompt = prompt_new(console, &prompt);
    loop_take_signals(console->loop, on_signal, console);
    loop_set_input(console->loop, terminal_input(console->terminal), on_input, console);
    return true;
}

static void close_views(struct console *console)
{
    console_close_dialog(console);
    while (console->page_count > 0)
        console_close(console);
    for (int i = 0; i < SCREEN_COUNT; i++)
        talloc_free(console->screens[i]);
}

bool console_main(struct deck *deck, const struct console_options *options, int *status, struct error *error)
{
    struct console *console = talloc_zero(NULL, struct console);
    console->deck = deck;
    bool succeeded = set_up(console, options, error) && run(console, error);
    if (succeeded)
        *status = console->ended_by ? 128 + console->ended_by : console->status;
    /* The terminal is given back before the tasks are waited for, which may take a moment; the views go when nothing
     * works for them any more. */
    talloc_free(console->terminal);
    if (console->loop)
        loop_stop(console->loop);
    close_views(console);
    TALLOC_FREE(console->parity);
    TALLOC_FREE(console->house);
    talloc_free(console->loop);
    talloc_free(console);
    return succeeded;
}
