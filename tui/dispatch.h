/* From keys to deeds: who takes a key (command line, field, dialog, view, console), and what the console's own actions
 * do. */
#ifndef TUI_DISPATCH_H
#define TUI_DISPATCH_H

#include "tui/console.h"

/* Takes one key; `bytes` is how it came. */
void dispatch_key(struct console *console, int key, const unsigned char *bytes, size_t count);

#endif
