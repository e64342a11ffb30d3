/* See terminal.h. The emulator is libvterm. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/lib/terminal.h"

#include <errno.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <vterm.h>

#include "tests/lib/program.h"

/* The title's type differs: a whole string in libvterm 0.1, a fragment since 0.2. */
static void take_title(struct test_terminal *terminal, const VTermValue *value)
{
#if VTERM_VERSION_MAJOR > 0 || VTERM_VERSION_MINOR > 1
    if (value->string.initial)
        terminal->title[0] = '\0';
    size_t used = strlen(terminal->title);
    snprintf(terminal->title + used, sizeof terminal->title - used, "%.*s", (int)value->string.len, value->string.str);
#else
    snprintf(terminal->title, sizeof terminal->title, "%s", value->string);
#endif
}

static int on_property(VTermProp property, VTermValue *value, void *user)
{
    struct test_terminal *terminal = user;
    switch ((int)property) {
    case VTERM_PROP_TITLE:
        take_title(terminal, value);
        break;
    case VTERM_PROP_ALTSCREEN:
        terminal->is_alternate = value->boolean;
        break;
    case VTERM_PROP_CURSORVISIBLE:
        terminal->is_cursor_shown = value->boolean;
        break;
    case VTERM_PROP_MOUSE:
        terminal->mouse = value->number;
        break;
    default:
        break;
    }
    return 1;
}

static int on_bell(void *user)
{
    ((struct test_terminal *)user)->bells++;
    return 1;
}

static void send_bytes(struct test_terminal *terminal, const char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t written = write(terminal->fd, bytes, size);
        if (written < 0 && errno != EINTR)
            fail_msg("cannot type: %s", strerror(errno));
        if (written > 0) {
            bytes += written;
            size -= (size_t)written;
        }
    }
}

/* The terminal's own answers are input too. */
static void on_output(const char *bytes, size_t size, void *user)
{
    struct test_terminal *terminal = user;
    terminal->sent += size;
    send_bytes(terminal, bytes, size);
}

static const VTermScreenCallbacks callbacks = {.settermprop = on_property, .bell = on_bell};

/* ---- starting ---- */

static char **make_environment(TALLOC_CTX *owner, const struct test_terminal_options *options)
{
    size_t count = 0, at = 0;
    while (options->environment && options->environment[count])
        count++;
    char **environment = talloc_zero_array(owner, char *, (unsigned)count + 9);
    environment[at++] = talloc_asprintf(environment, "HOME=%s", options->home);
    environment[at++] = talloc_asprintf(environment, "XDG_STATE_HOME=%s/state", options->home);
    environment[at++] = talloc_asprintf(environment, "TERM=%s", options->term ? options->term : "xterm-256color");
    environment[at++] = talloc_asprintf(environment, "LC_ALL=%s", options->locale ? options->locale : "C.UTF-8");
    environment[at++] = talloc_strdup(environment, "PATH=/usr/bin:/bin");
    environment[at++] = talloc_strdup(environment, "PGDECK_TEST_SYNC=1");
    for (size_t i = 0; i < count; i++)
        environment[at++] = talloc_strdup(environment, options->environment[i]);
    environment[at++] = talloc_strdup(environment, "PGDECK_MEASURE=never"); /* as in program.c */
    return environment;
}

static char **make_arguments(TALLOC_CTX *owner, const struct test_terminal_options *options)
{
    size_t count = 0;
    while (options->arguments && options->arguments[count])
        count++;
    char **arguments = talloc_zero_array(owner, char *, (unsigned)count + 2);
    arguments[0] = talloc_strdup(arguments, "pgdeck");
    for (size_t i = 0; i < count; i++)
        arguments[i + 1] = talloc_strdup(arguments, options->arguments[i]);
    return arguments;
}

/* Waits for a job's change; a stopped one goes on when a line is typed. */
static void be_shell(pid_t job)
{
    signal(SIGTTOU, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    for (;;) {
        int status = 0;
        if (waitpid(job, &status, WUNTRACED) < 0 && errno != EINTR)
            _exit(125);
        if (WIFEXITED(status) || WIFSIGNALED(status))
            _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
        if (!WIFSTOPPED(status))
            continue;
        static const char words[] = "job stopped\r\n";
        ssize_t done = write(STDOUT_FILENO, words, sizeof words - 1);
        tcsetpgrp(STDIN_FILENO, getpid());
        char line[16];
        done = read(STDIN_FILENO, line, sizeof line);
        tcsetpgrp(STDIN_FILENO, job);
        kill(-job, SIGCONT);
        (void)done;
    }
}

static void become_program(const struct test_terminal_options *options, const char *path)
{
    char **arguments = make_arguments(NULL, options), **environment = make_environment(NULL, options);
    if (options->parent == TERMINAL_IN_SHELL) {
        pid_t job = fork();
        if (job < 0)
            _exit(124);
        setpgid(job, job);
        if (job > 0) {
            signal(SIGTTOU, SIG_IGN);
            tcsetpgrp(STDIN_FILENO, job);
            be_shell(job);
        }
        signal(SIGTTOU, SIG_IGN);
        tcsetpgrp(STDIN_FILENO, getpid());
        signal(SIGTTOU, SIG_DFL);
    }
    execve(path, arguments, environment);
    _exit(127);
}

static int destroy(struct test_terminal *terminal)
{
    if (!terminal->has_ended) {
        kill(terminal->pid, SIGKILL);
        waitpid(terminal->pid, NULL, 0);
    }
    close(terminal->fd);
    vterm_free(terminal->vt);
    return 0;
}

struct test_terminal *test_terminal_start(TALLOC_CTX *owner, const struct test_terminal_options *options)
{
    struct test_terminal *terminal = talloc_zero(owner, struct test_terminal);
    terminal->rows = options->rows ? options->rows : 24;
    terminal->columns = options->columns ? options->columns : 80;
    terminal->is_cursor_shown = 1;
    terminal->vt = vterm_new(terminal->rows, terminal->columns);
    vterm_set_utf8(terminal->vt, 1);
    terminal->screen = vterm_obtain_screen(terminal->vt);
    vterm_screen_set_callbacks(terminal->screen, &callbacks, terminal);
    vterm_screen_enable_altscreen(terminal->screen, 1);
    vterm_output_set_callback(terminal->vt, on_output, terminal);
    vterm_screen_reset(terminal->screen, 1);
    struct winsize size = {.ws_row = (unsigned short)terminal->rows, .ws_col = (unsigned short)terminal->columns};
    const char *path = program_path();
    terminal->pid = forkpty(&terminal->fd, NULL, NULL, &size);
    if (terminal->pid < 0)
        fail_msg("forkpty: %s", strerror(errno));
    if (terminal->pid == 0)
        become_program(options, path);
    talloc_set_destructor(terminal, destroy);
    return terminal;
}

/* ---- reading ---- */

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* False at the end of the program. */
static bool pump(struct test_terminal *terminal, int timeout_ms)
{
    struct pollfd ready = {terminal->fd, POLLIN, 0};
    char bytes[8192];
    if (poll(&ready, 1, timeout_ms) <= 0)
        return true;
    ssize_t size = read(terminal->fd, bytes, sizeof bytes);
    if (size <= 0)
        return false;
    terminal->received =
        talloc_realloc(terminal, terminal->received, char, (unsigned)(terminal->received_bytes + (size_t)size));
    memcpy(terminal->received + terminal->received_bytes, bytes, (size_t)size);
    terminal->received_bytes += (size_t)size;
    vterm_input_write(terminal->vt, bytes, (size_t)size);
    vterm_screen_flush_damage(terminal->screen);
    return true;
}

void test_terminal_read(struct test_terminal *terminal, int timeout_ms)
{
    int64_t end_ms = now_ms() + timeout_ms;
    while (now_ms() < end_ms && pump(terminal, (int)(end_ms - now_ms())))
        ;
}

const char *test_terminal_row(struct test_terminal *terminal, int row)
{
    char text[8192];
    VTermRect rectangle = {row, row + 1, 0, terminal->columns};
    size_t size = vterm_screen_get_text(terminal->screen, text, sizeof text - 1, rectangle);
    while (size > 0 && text[size - 1] == ' ')
        size--;
    return talloc_strndup(terminal, text, size);
}

bool test_terminal_shows(struct test_terminal *terminal, const char *text)
{
    for (int row = 0; row < terminal->rows; row++)
        if (strstr(test_terminal_row(terminal, row), text))
            return true;
    return false;
}

static void give_up(struct test_terminal *terminal, const char *wanted)
{
    for (int row = 0; row < terminal->rows; row++)
        print_error("%2d|%s\n", row, test_terminal_row(terminal, row));
    fail_msg("the terminal never came to \"%s\"; title \"%s\"", wanted, terminal->title);
}

void test_terminal_assert(struct test_terminal *terminal, const char *text)
{
    if (!test_terminal_shows(terminal, text))
        give_up(terminal, text);
}

void test_terminal_wait(struct test_terminal *terminal, const char *text)
{
    int64_t end_ms = now_ms() + TERMINAL_PATIENCE_MS;
    while (!test_terminal_shows(terminal, text))
        if (now_ms() > end_ms || !pump(terminal, 50))
            give_up(terminal, text);
}

void test_terminal_wait_gone(struct test_terminal *terminal, const char *text)
{
    int64_t end_ms = now_ms() + TERMINAL_PATIENCE_MS;
    while (test_terminal_shows(terminal, text))
        if (now_ms() > end_ms || !pump(terminal, 50))
            give_up(terminal, text);
}

void test_terminal_wait_title(struct test_terminal *terminal, const char *title)
{
    int64_t end_ms = now_ms() + TERMINAL_PATIENCE_MS;
    while (strcmp(terminal->title, title) != 0)
        if (now_ms() > end_ms || !pump(terminal, 50))
            give_up(terminal, title);
}

void test_terminal_settle(struct test_terminal *terminal)
{
    char title[64];
    snprintf(title, sizeof title, "sync:%lu:idle", terminal->sent);
    test_terminal_wait_title(terminal, title);
}

/* ---- doing ---- */

void test_terminal_type(struct test_terminal *terminal, const char *keys)
{
    size_t size = strlen(keys);
    terminal->sent += size;
    send_bytes(terminal, keys, size);
}

void test_terminal_type_above(struct test_terminal *terminal, const char *line)
{
    send_bytes(terminal, line, strlen(line));
}

void test_terminal_do(struct test_terminal *terminal, const char *keys)
{
    test_terminal_type(terminal, keys);
    test_terminal_settle(terminal);
}

bool test_terminal_is_reverse(struct test_terminal *terminal, int row, int column)
{
    VTermScreenCell cell = {0};
    vterm_screen_get_cell(terminal->screen, (VTermPos){row, column}, &cell);
    return cell.attrs.reverse;
}

void test_terminal_resize(struct test_terminal *terminal, int rows, int columns)
{
    struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns};
    terminal->rows = rows;
    terminal->columns = columns;
    vterm_set_size(terminal->vt, rows, columns);
    ioctl(terminal->fd, TIOCSWINSZ, &size);
}

int test_terminal_end(struct test_terminal *terminal)
{
    int64_t end_ms = now_ms() + TERMINAL_PATIENCE_MS;
    int status = 0;
    while (pump(terminal, 50))
        if (now_ms() > end_ms)
            give_up(terminal, "its end");
    while (waitpid(terminal->pid, &status, 0) < 0 && errno == EINTR)
        ;
    terminal->has_ended = true;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
