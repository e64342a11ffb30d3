/* The help screen: the keys of the view in front first, then all others, made of actions.def; searchable. */
#ifndef TUI_SCREENS_HELP_H
#define TUI_SCREENS_HELP_H

#include "tui/console.h"

void help_open(struct console *console);

#endif
