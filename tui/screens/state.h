/* The states of migrations as the console shows them: sign, word, look. */
#ifndef TUI_SCREENS_STATE_H
#define TUI_SCREENS_STATE_H

#include "migrate/status.h"
#include "tui/theme.h"

struct state_row {
    enum glyph glyph;
    const char *word;
    enum look look;
    const char *advice; /* what to do about it; NULL: nothing */
};

const struct state_row *state_row(enum migration_state state);

/* "✔ applied". Owner: `owner`. */
const char *state_text(TALLOC_CTX *owner, enum migration_state state);

/* "incomplete 1 · pending 2 · applied 12": the states that occur, the worst first. Owner: `owner`. */
char *state_counts(TALLOC_CTX *owner, const struct status *status);

#endif
