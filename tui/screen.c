/* See screen.h. */
#include "tui/screen.h"

static const struct screen_row rows[] = {
#define SCREEN(id, number, title, maker, text) [SCREEN_##id] = {number, title, maker, text},
#include "tui/screens.def"
#undef SCREEN
};
_Static_assert(countof(rows) == SCREEN_COUNT, "every screen has its row");

const struct screen_row *screen_row(enum screen_id id) { return &rows[id]; }
