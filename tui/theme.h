/* The console's looks: what a piece of the screen is for (its role), and how that is shown in colour and without.
 * Knows no terminal. Roles never carry meaning alone: whatever they mark is said in words or letters too. */
#ifndef TUI_THEME_H
#define TUI_THEME_H

#include "store/base.h"

enum look {
    LOOK_PLAIN,
    LOOK_DIM,
    LOOK_STRONG,
    LOOK_GOOD,
    LOOK_NOTE,
    LOOK_WARN,
    LOOK_BAD,
    LOOK_HEAD, /* headings of columns */
    LOOK_KEY,  /* the key in a footer or help */
    LOOK_RULE, /* lines between panes */
    LOOK_TAB,
    LOOK_TAB_HERE,
    LOOK_CURSOR,
    LOOK_MATCH, /* what a search found */
    LOOK_OLD,   /* words that the old side alone has */
    LOOK_NEW,   /* words that the new side alone has */
    LOOK_MESSAGE_WARN,
    LOOK_MESSAGE_BAD,
    LOOK_DIALOG,
    LOOK_DANGER, /* the frame of what may lose data, or touches a guarded target */
    LOOK_FIELD,
    LOOK_SQL_KEYWORD,
    LOOK_SQL_STRING,
    LOOK_SQL_COMMENT,
    LOOK_SQL_NUMBER,
    LOOK_SQL_NAME,     /* a quoted identifier */
    LOOK_TARGET_PLAIN, /* the top line, by the target's colour */
    LOOK_TARGET_RED,
    LOOK_TARGET_YELLOW,
    LOOK_TARGET_GREEN,
    LOOK_TARGET_BLUE,
    LOOK_TARGET_MAGENTA,
    LOOK_TARGET_CYAN,
    LOOK_COUNT
};

enum theme_attribute { THEME_BOLD = 1, THEME_DIM = 2, THEME_REVERSE = 4, THEME_UNDERLINE = 8 };

/* Colours are those of the 16-colour palette; -1 is the terminal's own. */
struct theme_look {
    int foreground, background;
    unsigned attributes;      /* with colour */
    unsigned mono_attributes; /* without */
};

const struct theme_look *theme_look(enum look look);

/* The top line's look for a target's colour ("red"), or LOOK_TARGET_PLAIN. */
enum look theme_target(const char *colour);

enum glyph {
    GLYPH_APPLIED,
    GLYPH_PENDING,
    GLYPH_OUT_OF_ORDER,
    GLYPH_CHANGED,
    GLYPH_MISSING,
    GLYPH_INCOMPLETE,
    GLYPH_CRUMB,
    GLYPH_DOT,
    GLYPH_RULE,
    GLYPH_UPRIGHT,
    GLYPH_ASCENDING,
    GLYPH_DESCENDING,
    GLYPH_ELLIPSIS,
    GLYPH_DONE,
    GLYPH_RUNNING,
    GLYPH_FAILED,
    GLYPH_TOP_LEFT,
    GLYPH_TOP_RIGHT,
    GLYPH_BOTTOM_LEFT,
    GLYPH_BOTTOM_RIGHT,
    GLYPH_DASH,
    GLYPH_BAR_FULL,
    GLYPH_BAR_EMPTY,
    GLYPH_OPEN,   /* a node of a tree whose parts are shown */
    GLYPH_FOLDED, /* one whose parts are not */
    GLYPH_ARROW,
    GLYPH_COUNT
};

/* One column wide; ASCII where the locale is not UTF-8. */
const char *theme_glyph(enum glyph glyph);

#endif
