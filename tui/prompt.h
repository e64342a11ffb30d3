/* The command line: readline behind its callback interface, which never touches the terminal. The only file with
 * readline symbols. History lies in the user's state folder. There is one prompt in a process, for readline has one. */
#ifndef TUI_PROMPT_H
#define TUI_PROMPT_H

#include <talloc.h>

#include "store/base.h"
#include "tui/screen.h"

struct prompt;

/* Takes a line that was entered, or NULL when the line was given up. */
typedef void (*prompt_line_fn)(void *argument, const char *line);

/* Says what completion found: the words, when there are several. */
typedef void (*prompt_matches_fn)(void *argument, const char *matches);

/* The words that may stand in place of the one that is being typed: `line` is the command line up to the word, `word`
 * what is typed of it. Returns a NULL-terminated array, owner `owner`. */
typedef const char *const *(*prompt_complete_fn)(void *argument, TALLOC_CTX *owner, const char *line, const char *word);

struct prompt_options {
    const char *history; /* file, or NULL */
    prompt_line_fn on_line;
    prompt_matches_fn on_matches;
    prompt_complete_fn complete;
    void *argument;
};

struct prompt *prompt_new(TALLOC_CTX *owner, const struct prompt_options *options);

/* Opens the line with a text in it. */
void prompt_open(struct prompt *prompt, const char *text);
bool prompt_is_open(const struct prompt *prompt);

/* Gives the line up. */
void prompt_close(struct prompt *prompt);

/* Takes the bytes of one key as the terminal sent them. */
void prompt_feed(struct prompt *prompt, const unsigned char *bytes, size_t count);

/* Takes a character of a paste: it is inserted and never acts. */
void prompt_paste(struct prompt *prompt, int key);

/* Draws the line and the cursor into one row. */
void prompt_draw(const struct prompt *prompt, struct terminal *terminal, struct area area);

#endif
