/* See terminal.h. Input is not read by curses: keys are decoded by input.c, and readline wants the bytes as they came.
 */
#include "tui/terminal.h"

#include <curses.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <openssl/evp.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <term.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

#undef columns /* a capability, to term.h */
#undef lines

#include "store/text.h"
#include "tui/crash.h"

/* Bytes of a text that can matter for one column: enough for a wide character with several marks on it. */
enum { BYTES_A_COLUMN = 16, CLIPBOARD_LIMIT_BYTES = 74994 /* what xterm takes */ };

struct terminal {
    enum terminal_device device;
    SCREEN *screen;
    FILE *in, *out; /* of TERMINAL_NOWHERE */
    int fd;         /* where the bytes go, or -1 */
    attr_t attributes[LOOK_COUNT];
    short pairs[LOOK_COUNT];
    struct termios modes; /* as they were */
    const char *paste_on, *paste_off, *show_cursor;
    int error_fd, held_fd; /* standard error as it was; what was written to it meanwhile */
    int cursor_row, cursor_column;
    bool is_released;
};

static void send_bytes(struct terminal *terminal, const char *bytes, size_t size_bytes)
{
    while (terminal->fd >= 0 && size_bytes > 0) {
        ssize_t written = write(terminal->fd, bytes, size_bytes);
        if (written < 0 && errno != EINTR)
            return;
        if (written > 0) {
            bytes += written;
            size_bytes -= (size_t)written;
        }
    }
}

static void send_text(struct terminal *terminal, const char *text)
{
    if (text)
        send_bytes(terminal, text, strlen(text));
}

/* ---- opening and closing ---- */

/* Libraries write to standard error; on a screen that would be rubbish. */
static void hold_errors(struct terminal *terminal)
{
    terminal->error_fd = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
    terminal->held_fd = memfd_create("pgdeck-stderr", MFD_CLOEXEC);
    if (terminal->error_fd >= 0 && terminal->held_fd >= 0)
        dup2(terminal->held_fd, STDERR_FILENO);
}

static void let_errors_go(struct terminal *terminal)
{
    if (terminal->error_fd < 0 || terminal->held_fd < 0)
        return;
    dup2(terminal->error_fd, STDERR_FILENO);
    char bytes[4096];
    ssize_t size;
    for (off_t at = 0; (size = pread(terminal->held_fd, bytes, sizeof bytes, at)) > 0; at += size) {
        char *clean = text_sanitise(terminal, bytes, (size_t)size, TEXT_KEEP_NEWLINES);
        ssize_t written UNUSED = write(STDERR_FILENO, clean, strlen(clean));
        talloc_free(clean);
    }
    close(terminal->held_fd);
    close(terminal->error_fd);
}

/* The cursor once more: where leaving the screen restores a saved cursor, some restore that it was hidden. */
static void give_back(struct terminal *terminal)
{
    send_text(terminal, terminal->paste_off);
    endwin();
    send_text(terminal, terminal->show_cursor);
}

static int destroy(struct terminal *terminal)
{
    crash_disarm();
    if (!terminal->is_released)
        give_back(terminal);
    delscreen(terminal->screen);
    if (terminal->in)
        fclose(terminal->in);
    if (terminal->out)
        fclose(terminal->out);
    if (terminal->device == TERMINAL_TTY) {
        tcsetattr(STDIN_FILENO, TCSADRAIN, &terminal->modes);
        let_errors_go(terminal);
    }
    return 0;
}

static const char *capability(const char *name)
{
    char *found = tigetstr(name);
    return found && found != (char *)-1 ? found : NULL;
}

/* The bytes that give the terminal back, for a crash: no library can be called then. */
static void prepare_crash(struct terminal *terminal)
{
    char reset[512] = "";
    const char *parts[] = {terminal->paste_off, capability("sgr0"),  capability("op"),
                           capability("rmkx"),  capability("rmcup"), terminal->show_cursor};
    size_t used = 0;
    for (size_t i = 0; i < countof(parts); i++) {
        size_t size = parts[i] ? strlen(parts[i]) : 0;
        if (used + size < sizeof reset)
            memcpy(reset + used, parts[i] ? parts[i] : "", size);
        used += used + size < sizeof reset ? size : 0;
    }
    crash_arm(terminal->fd, terminal->error_fd >= 0 ? terminal->error_fd : STDERR_FILENO, reset, used,
              &terminal->modes);
}

static attr_t curses_attributes(unsigned attributes)
{
    return (attributes & THEME_BOLD ? A_BOLD : 0) | (attributes & THEME_DIM ? A_DIM : 0) |
           (attributes & THEME_REVERSE ? A_REVERSE : 0) | (attributes & THEME_UNDERLINE ? A_UNDERLINE : 0);
}

static void prepare_looks(struct terminal *terminal, enum terminal_colours colours)
{
    bool is_coloured = colours == TERMINAL_COLOURED && has_colors() && start_color() == OK && COLORS >= 8;
    if (is_coloured)
        use_default_colors();
    for (int i = 0; i < LOOK_COUNT; i++) {
        const struct theme_look *look = theme_look((enum look)i);
        bool has_pair = is_coloured && (look->foreground >= 0 || look->background >= 0) && i + 1 < COLOR_PAIRS;
        terminal->pairs[i] = has_pair ? (short)(i + 1) : 0;
        if (has_pair)
            init_pair((short)(i + 1), (short)look->foreground, (short)look->background);
        terminal->attributes[i] = curses_attributes(is_coloured ? look->attributes : look->mono_attributes);
    }
}

/* Asked first, because a newterm that fails leaves memory behind. */
static bool is_described(const char *type)
{
    int outcome;
    if (setupterm(type, STDOUT_FILENO, &outcome) != OK)
        return false;
    del_curterm(cur_term);
    return true;
}

/* newterm for the terminal's own type, or for the nearest that is known here. */
static const char *make_screen(struct terminal *terminal, const char *type)
{
    const char *const types[] = {type && *type ? type : NULL, "xterm-256color", "xterm", "vt100"};
    for (size_t i = 0; i < countof(types); i++) {
        if (!types[i] || !is_described(types[i]))
            continue;
        terminal->screen =
            newterm(types[i], terminal->out ? terminal->out : stdout, terminal->in ? terminal->in : stdin);
        if (terminal->screen)
            return types[i];
    }
    return NULL;
}

static bool open_device(struct terminal *terminal, const struct terminal_options *options, struct error *error)
{
    terminal->fd = terminal->error_fd = terminal->held_fd = -1;
    terminal->device = options->device;
    if (options->device == TERMINAL_TTY) {
        terminal->fd = STDOUT_FILENO;
        if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO) || tcgetattr(STDIN_FILENO, &terminal->modes) < 0) {
            error_set(error, ERROR_USAGE, "the console needs a terminal");
            return error_hint(
                error, "Without one use the commands, for example: pgdeck status. They are listed by: pgdeck help.");
        }
        return true;
    }
    terminal->in = fopen("/dev/null", "re");
    terminal->out = fopen("/dev/null", "we");
    use_env(FALSE);
    return (terminal->in && terminal->out) || error_set(error, ERROR_FILE, "cannot open /dev/null");
}

static void set_modes(struct terminal *terminal)
{
    set_escdelay(25);
    raw();
    noecho();
    nonl();
    typeahead(-1);
    leaveok(stdscr, FALSE);
    intrflush(stdscr, FALSE);
    curs_set(0);
    terminal->paste_on = capability("BE");
    terminal->paste_off = capability("BD");
    terminal->show_cursor = capability("cnorm");
}

struct terminal *terminal_open(TALLOC_CTX *owner, const struct terminal_options *options, const char **warning,
                               struct error *error)
{
    if (options->device == TERMINAL_TTY && options->type && strcmp(options->type, "dumb") == 0) {
        error_set(error, ERROR_USAGE, "a dumb terminal cannot show the console");
        error_hint(error,
                   "Use the scripted mode, for example: pgdeck status. The commands are listed by: pgdeck help.");
        return NULL;
    }
    struct terminal *terminal = talloc_zero(owner, struct terminal);
    const char *type = open_device(terminal, options, error) ? make_screen(terminal, options->type) : NULL;
    if (!type) {
        if (!error_is_set(error))
            error_set(error, ERROR_USAGE, "no description of this terminal was found (TERM=%s)",
                      options->type ? options->type : "");
        talloc_free(terminal);
        return NULL;
    }
    if (options->type && strcmp(type, options->type) != 0)
        *warning = talloc_asprintf(terminal, "the terminal type %s is not known here; using %s", options->type, type);
    set_modes(terminal);
    prepare_looks(terminal, options->colours);
    if (options->device == TERMINAL_TTY) {
        hold_errors(terminal);
        prepare_crash(terminal);
        send_text(terminal, terminal->paste_on);
        terminal_measure(terminal);
    } else {
        terminal_resize(terminal, options->rows, options->columns);
    }
    talloc_set_destructor(terminal, destroy);
    return terminal;
}

/* ---- size ---- */

int terminal_input(const struct terminal *terminal) { return terminal->device == TERMINAL_TTY ? STDIN_FILENO : -1; }

int terminal_rows(const struct terminal *terminal UNUSED) { return getmaxy(stdscr); }

int terminal_columns(const struct terminal *terminal UNUSED) { return getmaxx(stdscr); }

void terminal_resize(struct terminal *terminal UNUSED, int rows, int columns)
{
    rows = rows < 1 ? 1 : rows > 1000 ? 1000 : rows;
    columns = columns < 1 ? 1 : columns > 2000 ? 2000 : columns;
    if (rows != getmaxy(stdscr) || columns != getmaxx(stdscr))
        resizeterm(rows, columns);
}

void terminal_measure(struct terminal *terminal)
{
    struct winsize size;
    if (terminal->fd >= 0 && ioctl(terminal->fd, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 && size.ws_col > 0)
        terminal_resize(terminal, size.ws_row, size.ws_col);
}

/* ---- drawing ---- */

void terminal_begin(struct terminal *terminal)
{
    terminal->cursor_row = -1;
    erase();
}

static void use_look(const struct terminal *terminal, enum look look)
{
    attr_set(terminal->attributes[look], terminal->pairs[look], NULL);
}

/* As wide characters; what the locale cannot write becomes a question mark. Returns how many. */
static int widen(const char *text, wchar_t *wide, int room)
{
    size_t size = strlen(text);
    int count = 0;
    for (size_t at = 0; at < size && count < room;) {
        uint32_t character = '?';
        int length = text_character(text + at, size - at, &character);
        mbstate_t state = {0};
        char bytes[MB_LEN_MAX];
        if (character > 0x7e && wcrtomb(bytes, (wchar_t)character, &state) == (size_t)-1)
            character = '?';
        wide[count++] = (wchar_t)character;
        at += length ? (size_t)length : 1;
    }
    return count;
}

int terminal_put_bytes(struct terminal *terminal, int row, int column, int columns, enum look look, const char *text,
                       size_t size_bytes)
{
    int room = getmaxx(stdscr) - column;
    columns = columns < room ? columns : room;
    if (row < 0 || row >= getmaxy(stdscr) || column < 0 || columns <= 0 || !text)
        return 0;
    size_t most = (size_t)columns * BYTES_A_COLUMN + BYTES_A_COLUMN;
    char *clean = text_sanitise(terminal, text, size_bytes < most ? size_bytes : most, TEXT_ONE_LINE);
    int width = text_width(clean);
    if (width > columns || size_bytes > most) {
        char *fitted = text_fit(terminal, clean, columns);
        talloc_free(clean);
        clean = fitted;
        width = columns;
    }
    int room_wide = (int)strlen(clean);
    wchar_t *wide = talloc_array(terminal, wchar_t, (unsigned)room_wide + 1);
    int count = widen(clean, wide, room_wide);
    use_look(terminal, look);
    mvaddnwstr(row, column, wide, count);
    talloc_free(wide);
    talloc_free(clean);
    return width;
}

int terminal_put(struct terminal *terminal, int row, int column, int columns, enum look look, const char *text)
{
    return text ? terminal_put_bytes(terminal, row, column, columns, look, text, strlen(text)) : 0;
}

void terminal_fill(struct terminal *terminal, int row, int column, int columns, enum look look)
{
    int room = getmaxx(stdscr) - column;
    columns = columns < room ? columns : room;
    if (row < 0 || row >= getmaxy(stdscr) || column < 0 || columns <= 0)
        return;
    use_look(terminal, look);
    for (int i = 0; i < columns; i++)
        mvaddch(row, column + i, ' ');
}

void terminal_rule(struct terminal *terminal, int row, int column, int columns, enum look look, enum glyph glyph)
{
    for (int i = 0; i < columns; i++)
        terminal_put(terminal, row, column + i, 1, look, theme_glyph(glyph));
}

void terminal_cursor(struct terminal *terminal, int row, int column)
{
    terminal->cursor_row = row;
    terminal->cursor_column = column;
}

void terminal_end(struct terminal *terminal)
{
    bool is_shown = terminal->cursor_row >= 0 && terminal->cursor_row < getmaxy(stdscr) &&
                    terminal->cursor_column < getmaxx(stdscr);
    curs_set(is_shown);
    leaveok(stdscr, !is_shown);
    if (is_shown)
        move(terminal->cursor_row, terminal->cursor_column);
    wnoutrefresh(stdscr);
    doupdate();
}

void terminal_repaint(struct terminal *terminal UNUSED) { clearok(curscr, TRUE); }

void terminal_release(struct terminal *terminal)
{
    def_prog_mode();
    give_back(terminal);
    terminal->is_released = true;
    crash_disarm();
}

void terminal_retake(struct terminal *terminal)
{
    terminal->is_released = false;
    reset_prog_mode();
    prepare_crash(terminal);
    send_text(terminal, terminal->paste_on);
    terminal_measure(terminal);
    clearok(curscr, TRUE);
}

/* ---- other ---- */

static void become_program(const struct terminal *terminal, const char *const *words)
{
    size_t count = 0;
    while (words[count])
        count++;
    char **arguments = talloc_zero_array(NULL, char *, (unsigned)count + 1);
    for (size_t i = 0; i < count; i++)
        arguments[i] = talloc_strdup(arguments, words[i]);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    struct sigaction usual = {.sa_handler = SIG_DFL};
    sigaction(SIGPIPE, &usual, NULL);
    if (terminal->error_fd >= 0)
        dup2(terminal->error_fd, STDERR_FILENO);
    execvp(arguments[0], arguments);
    _exit(127);
}

int terminal_lend(struct terminal *terminal, const char *const *words)
{
    if (terminal->device != TERMINAL_TTY)
        return -1;
    terminal_release(terminal);
    int status = 0;
    pid_t pid = fork();
    if (pid == 0)
        become_program(terminal, words);
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    terminal_retake(terminal);
    return pid < 0 || !WIFEXITED(status) || WEXITSTATUS(status) == 127 ? -1 : WEXITSTATUS(status);
}

void terminal_copy(struct terminal *terminal, const char *text, size_t size_bytes)
{
    size_bytes = size_bytes < CLIPBOARD_LIMIT_BYTES ? size_bytes : CLIPBOARD_LIMIT_BYTES;
    unsigned char *encoded = talloc_array(terminal, unsigned char, (unsigned)(4 * ((size_bytes + 2) / 3) + 1));
    int size = EVP_EncodeBlock(encoded, (const unsigned char *)text, (int)size_bytes);
    send_text(terminal, "\033]52;c;");
    send_bytes(terminal, (const char *)encoded, (size_t)size);
    send_text(terminal, "\007");
    talloc_free(encoded);
}

void terminal_title(struct terminal *terminal, const char *title)
{
    char *sequence = talloc_asprintf(terminal, "\033]2;%s\007", title);
    send_text(terminal, sequence);
    talloc_free(sequence);
}

static char *row_text(TALLOC_CTX *owner, int row)
{
    char *line = talloc_strdup(owner, "");
    for (int column = 0; column < getmaxx(stdscr);) {
        cchar_t cell;
        wchar_t wide[CCHARW_MAX + 1] = {0};
        attr_t attributes;
        short pair;
        char bytes[(CCHARW_MAX + 1) * MB_LEN_MAX];
        bool has_text =
            mvin_wch(row, column, &cell) != ERR && getcchar(&cell, wide, &attributes, &pair, NULL) != ERR && wide[0];
        size_t size = has_text ? wcstombs(bytes, wide, sizeof bytes - 1) : (size_t)-1;
        line = talloc_strndup_append_buffer(line, size == (size_t)-1 ? " " : bytes, size == (size_t)-1 ? 1 : size);
        int width = has_text ? wcwidth(wide[0]) : 1;
        column += width > 1 ? width : 1;
    }
    size_t end = strlen(line);
    while (end > 0 && line[end - 1] == ' ')
        end--;
    line[end] = '\0';
    return line;
}

char *terminal_text(TALLOC_CTX *owner, struct terminal *terminal)
{
    char *text = talloc_strdup(owner, "");
    for (int row = 0; row < getmaxy(stdscr); row++) {
        char *line = row_text(terminal, row);
        text = talloc_asprintf_append_buffer(text, "%s\n", line);
        talloc_free(line);
    }
    return text;
}
