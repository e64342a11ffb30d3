/* --script FILE: a console played from a file, for tests and demonstrations; with a terminal or without. The grammar
 * stands in docs/console.md. */
#ifndef TUI_PLAYBACK_H
#define TUI_PLAYBACK_H

#include <talloc.h>

#include "store/base.h"
#include "store/error.h"

struct console;
struct playback;

/* Reads and checks all of it. Owner: `owner`. Errors: ERROR_USAGE with the line; ERROR_FILE. */
struct playback *playback_read(TALLOC_CTX *owner, const char *path, struct error *error) NODISCARD;

/* Plays what can be played now; a wait ends the turn until the console is idle. After the last step the console is
 * over. Errors: a screen that cannot be saved. */
bool playback_play(struct playback *playback, struct console *console, struct error *error) NODISCARD;

#endif
