/* A terminal for tests: a pseudo-terminal with an emulator behind it, and a program in it. No sleeps: the program says,
 * in the window's title, how many bytes of input it has consumed and whether it is idle (PGDECK_TEST_SYNC). A failure
 * ends the test. */
#ifndef TESTS_LIB_TERMINAL_H
#define TESTS_LIB_TERMINAL_H

#include <sys/types.h>
#include <talloc.h>

#include "store/base.h"

enum { TERMINAL_PATIENCE_MS = 20000 };

struct test_terminal_options {
    int rows, columns;                                 /* 0: 24 and 80 */
    const char *term;                                  /* NULL: xterm-256color */
    const char *locale;                                /* NULL: C.UTF-8 */
    const char *home;                                  /* HOME and XDG_STATE_HOME */
    const char *const *environment;                    /* more "NAME=value", NULL-terminated, or NULL */
    const char *const *arguments;                      /* without the program's name */
    enum { TERMINAL_ALONE, TERMINAL_IN_SHELL } parent; /* IN_SHELL: somebody who does job control stands above it */
};

struct test_terminal {
    struct VTerm *vt;
    struct VTermScreen *screen;
    int fd;
    pid_t pid; /* of the program; of what stands above it with TERMINAL_IN_SHELL */
    int rows, columns;
    unsigned long sent; /* bytes that the program is to consume */
    char *received;     /* all bytes that came */
    size_t received_bytes;
    char title[256];
    int is_alternate, is_cursor_shown, mouse, bells;
    bool has_ended;
};

/* Starts pgdeck in it. Owner: `owner`; freeing it kills what still runs. */
struct test_terminal *test_terminal_start(TALLOC_CTX *owner, const struct test_terminal_options *options);

/* Types: the program gets these bytes. */
void test_terminal_type(struct test_terminal *terminal, const char *keys);

/* Types something that is not for the program: a line for the shell above it. */
void test_terminal_type_above(struct test_terminal *terminal, const char *line);

/* Waits until everything that was typed is consumed and the program is idle. */
void test_terminal_settle(struct test_terminal *terminal);

/* Types, then settles. */
void test_terminal_do(struct test_terminal *terminal, const char *keys);

/* Waits until the screen shows, or no longer shows, a text. */
void test_terminal_wait(struct test_terminal *terminal, const char *text);
void test_terminal_wait_gone(struct test_terminal *terminal, const char *text);

/* Waits until the title starts with a text: "sync:12:busy". */
void test_terminal_wait_title(struct test_terminal *terminal, const char *title);

/* Whether any row holds the text, and one row; the text lives until the terminal is freed. */
bool test_terminal_shows(struct test_terminal *terminal, const char *text);
const char *test_terminal_row(struct test_terminal *terminal, int row);

/* Fails the test, with the screen, unless it shows the text. */
void test_terminal_assert(struct test_terminal *terminal, const char *text);

/* Whether a cell is shown in reverse. */
bool test_terminal_is_reverse(struct test_terminal *terminal, int row, int column);

void test_terminal_resize(struct test_terminal *terminal, int rows, int columns);

/* Reads what comes within timeout_ms at most. */
void test_terminal_read(struct test_terminal *terminal, int timeout_ms);

/* Waits for its end. Returns the exit status, 128+n where signal n ended it. */
int test_terminal_end(struct test_terminal *terminal);

#endif
