/* See theme.h. No foreground is set that is unreadable on white or on black: yellow stands only on its own black. */
#include "tui/theme.h"

#include "store/text.h"

enum { OWN = -1, BLACK, RED, GREEN, YELLOW, BLUE, MAGENTA, CYAN, WHITE };

static const struct theme_look looks[] = {
    [LOOK_PLAIN] = {OWN, OWN, 0, 0},
    [LOOK_DIM] = {OWN, OWN, THEME_DIM, THEME_DIM},
    [LOOK_STRONG] = {OWN, OWN, THEME_BOLD, THEME_BOLD},
    [LOOK_GOOD] = {GREEN, OWN, 0, 0},
    [LOOK_NOTE] = {CYAN, OWN, THEME_BOLD, THEME_BOLD},
    [LOOK_WARN] = {MAGENTA, OWN, THEME_BOLD, THEME_BOLD},
    [LOOK_BAD] = {RED, OWN, THEME_BOLD, THEME_BOLD | THEME_UNDERLINE},
    [LOOK_HEAD] = {OWN, OWN, THEME_BOLD, THEME_BOLD},
    [LOOK_KEY] = {OWN, OWN, THEME_BOLD, THEME_BOLD},
    [LOOK_RULE] = {OWN, OWN, THEME_DIM, 0},
    [LOOK_TAB] = {OWN, OWN, 0, 0},
    [LOOK_TAB_HERE] = {OWN, OWN, THEME_BOLD | THEME_UNDERLINE, THEME_BOLD | THEME_UNDERLINE},
    [LOOK_CURSOR] = {OWN, OWN, THEME_REVERSE, THEME_REVERSE},
    [LOOK_MATCH] = {BLACK, YELLOW, 0, THEME_REVERSE},
    [LOOK_OLD] = {RED, OWN, THEME_BOLD | THEME_UNDERLINE, THEME_BOLD | THEME_UNDERLINE},
    [LOOK_NEW] = {GREEN, OWN, THEME_BOLD | THEME_UNDERLINE, THEME_BOLD | THEME_UNDERLINE},
    [LOOK_MESSAGE_WARN] = {BLACK, YELLOW, 0, THEME_BOLD},
    [LOOK_MESSAGE_BAD] = {WHITE, RED, THEME_BOLD, THEME_REVERSE | THEME_BOLD},
    [LOOK_DIALOG] = {OWN, OWN, THEME_BOLD, THEME_BOLD},
    [LOOK_DANGER] = {RED, OWN, THEME_BOLD | THEME_REVERSE, THEME_BOLD | THEME_REVERSE},
    [LOOK_FIELD] = {OWN, OWN, THEME_UNDERLINE, THEME_UNDERLINE},
    [LOOK_SQL_KEYWORD] = {OWN, OWN, THEME_BOLD, THEME_BOLD},
    [LOOK_SQL_STRING] = {GREEN, OWN, 0, 0},
    [LOOK_SQL_COMMENT] = {OWN, OWN, THEME_DIM, THEME_DIM},
    [LOOK_SQL_NUMBER] = {CYAN, OWN, 0, 0},
    [LOOK_SQL_NAME] = {MAGENTA, OWN, 0, 0},
    [LOOK_TARGET_PLAIN] = {OWN, OWN, THEME_REVERSE, THEME_REVERSE},
    [LOOK_TARGET_RED] = {WHITE, RED, THEME_BOLD, THEME_REVERSE | THEME_BOLD},
    [LOOK_TARGET_YELLOW] = {BLACK, YELLOW, 0, THEME_REVERSE},
    [LOOK_TARGET_GREEN] = {BLACK, GREEN, 0, THEME_REVERSE},
    [LOOK_TARGET_BLUE] = {WHITE, BLUE, THEME_BOLD, THEME_REVERSE},
    [LOOK_TARGET_MAGENTA] = {WHITE, MAGENTA, THEME_BOLD, THEME_REVERSE},
    [LOOK_TARGET_CYAN] = {BLACK, CYAN, 0, THEME_REVERSE},
};
_Static_assert(countof(looks) == LOOK_COUNT, "a look for each role");

static const struct {
    const char *wide, *ascii;
} glyphs[] = {
    [GLYPH_APPLIED] = {"✔", "+"},     [GLYPH_PENDING] = {"●", "*"},      [GLYPH_OUT_OF_ORDER] = {"▲", "^"},
    [GLYPH_CHANGED] = {"≠", "#"},     [GLYPH_MISSING] = {"✗", "-"},      [GLYPH_INCOMPLETE] = {"◐", "!"},
    [GLYPH_CRUMB] = {"›", ">"},       [GLYPH_DOT] = {"·", "-"},          [GLYPH_RULE] = {"─", "-"},
    [GLYPH_UPRIGHT] = {"│", "|"},     [GLYPH_ASCENDING] = {"▲", "^"},    [GLYPH_DESCENDING] = {"▼", "v"},
    [GLYPH_ELLIPSIS] = {"…", "~"},    [GLYPH_DONE] = {"✔", "+"},         [GLYPH_RUNNING] = {"▶", ">"},
    [GLYPH_FAILED] = {"✗", "!"},      [GLYPH_TOP_LEFT] = {"┌", "+"},     [GLYPH_TOP_RIGHT] = {"┐", "+"},
    [GLYPH_BOTTOM_LEFT] = {"└", "+"}, [GLYPH_BOTTOM_RIGHT] = {"┘", "+"}, [GLYPH_DASH] = {"–", "-"},
    [GLYPH_BAR_FULL] = {"█", "#"},    [GLYPH_BAR_EMPTY] = {"░", "."},    [GLYPH_OPEN] = {"▾", "-"},
    [GLYPH_FOLDED] = {"▸", "+"},      [GLYPH_ARROW] = {"→", ">"},
};
_Static_assert(countof(glyphs) == GLYPH_COUNT, "a sign for each glyph");

const struct theme_look *theme_look(enum look look) { return &looks[look]; }

enum look theme_target(const char *colour)
{
    static const struct {
        const char *name;
        enum look look;
    } colours[] = {
        {"red", LOOK_TARGET_RED},   {"yellow", LOOK_TARGET_YELLOW},   {"green", LOOK_TARGET_GREEN},
        {"blue", LOOK_TARGET_BLUE}, {"magenta", LOOK_TARGET_MAGENTA}, {"cyan", LOOK_TARGET_CYAN},
    };
    for (size_t i = 0; colour && i < countof(colours); i++)
        if (strcmp(colours[i].name, colour) == 0)
            return colours[i].look;
    return LOOK_TARGET_PLAIN;
}

const char *theme_glyph(enum glyph glyph) { return text_locale_is_utf8() ? glyphs[glyph].wide : glyphs[glyph].ascii; }
