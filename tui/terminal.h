/* The screen: a grid of cells on a terminal, of which only what changed is sent. The only file with curses behind it.
 * All text goes through the sanitiser here, so that no caller can forget it. Used by the thread that opened it. */
#ifndef TUI_TERMINAL_H
#define TUI_TERMINAL_H

#include <talloc.h>

#include "store/base.h"
#include "store/error.h"
#include "tui/theme.h"

enum terminal_device {
    TERMINAL_TTY /* standard input and output */,
    TERMINAL_NOWHERE /* a screen that is only remembered */
};
enum terminal_colours { TERMINAL_COLOURED, TERMINAL_MONO };

struct terminal_options {
    const char *type; /* TERM; NULL or unknown: the nearest that works */
    enum terminal_device device;
    enum terminal_colours colours;
    int rows, columns; /* of TERMINAL_NOWHERE */
};

struct terminal;

/* Takes the terminal over; standard error is held back until it is given back. Owner: `owner`, which gives it back.
 * *warning (may stay NULL; owner: the terminal) says what had to be done without.
 * Errors: ERROR_USAGE for a terminal that cannot show a screen. */
struct terminal *terminal_open(TALLOC_CTX *owner, const struct terminal_options *options, const char **warning,
                               struct error *error) NODISCARD;

/* The descriptor that keys come from; -1 without a terminal. */
int terminal_input(const struct terminal *terminal);

int terminal_rows(const struct terminal *terminal);
int terminal_columns(const struct terminal *terminal);

/* Asks the terminal for its size and takes it. */
void terminal_measure(struct terminal *terminal);

/* Takes a size, for a screen that is only remembered. At least 1x1. */
void terminal_resize(struct terminal *terminal, int rows, int columns);

/* A new picture begins: all blank, no cursor. */
void terminal_begin(struct terminal *terminal);

/* Puts text, sanitised and cut to `columns`; what lies outside of the screen is dropped. Returns the columns it took.
 */
int terminal_put(struct terminal *terminal, int row, int column, int columns, enum look look, const char *text);

/* The same for a part of a text. */
int terminal_put_bytes(struct terminal *terminal, int row, int column, int columns, enum look look, const char *text,
                       size_t size_bytes);

/* Blanks a stretch of a row. */
void terminal_fill(struct terminal *terminal, int row, int column, int columns, enum look look);

/* Repeats a sign along a row. */
void terminal_rule(struct terminal *terminal, int row, int column, int columns, enum look look, enum glyph glyph);

/* Shows the cursor at a cell of this picture. */
void terminal_cursor(struct terminal *terminal, int row, int column);

/* Sends what changed. */
void terminal_end(struct terminal *terminal);

/* The next picture is sent whole. */
void terminal_repaint(struct terminal *terminal);

/* Gives the terminal back for a while (an editor, ^Z), and takes it again. */
void terminal_release(struct terminal *terminal);
void terminal_retake(struct terminal *terminal);

/* Gives the terminal to a program until it ends; words: name (found by PATH) and arguments. Returns its exit status; -1
 * when it could not be run. Blocks. */
int terminal_lend(struct terminal *terminal, const char *const *words);

/* Hands a text to the terminal's clipboard (OSC 52). */
void terminal_copy(struct terminal *terminal, const char *text, size_t size_bytes);

/* Sets the window's title: for tests, which wait for it. `title` must be plain ASCII. */
void terminal_title(struct terminal *terminal, const char *title);

/* The last picture as text, a line a row, without trailing blanks. Owner: `owner`. */
char *terminal_text(TALLOC_CTX *owner, struct terminal *terminal);

#endif
