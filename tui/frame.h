/* The picture: top line, tabs, crumbs, view, message line, footer. Made anew at each turn; the terminal sends what
 * changed. */
#ifndef TUI_FRAME_H
#define TUI_FRAME_H

#include "tui/console.h"

enum { FRAME_LEAST_ROWS = 10, FRAME_LEAST_COLUMNS = 60, FRAME_WIDE_COLUMNS = 120 };

/* Draws and sends one picture. */
void frame_draw(struct console *console);

#endif
