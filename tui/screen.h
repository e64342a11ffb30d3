/* Views: what fills the screen between the tabs and the message line. A screen is a view that stays (a row of
 * screens.def); a page is a view that lies over it until it is closed. */
#ifndef TUI_SCREEN_H
#define TUI_SCREEN_H

#include <talloc.h>

#include "store/base.h"
#include "tui/action.h"
#include "tui/terminal.h"

enum screen_id {
#define SCREEN(id, number, title, maker, text) SCREEN_##id,
#include "tui/screens.def"
#undef SCREEN
    SCREEN_COUNT
};

struct console;
struct view;

/* A rectangle of the screen, from 0. */
struct area {
    int row, column, rows, columns;
};

enum typing { TYPING_ON, TYPING_DONE, TYPING_GIVEN_UP };

struct view_class {
    unsigned where; /* places of action.h */

    /* Draws into the area. */
    void (*draw)(struct view *view, struct terminal *terminal, struct area area);

    /* Does an action of its places; false leaves it to the console. */
    bool (*act)(struct view *view, enum action action);

    /* Why an action cannot be done now, and the way out; NULL: it can. May be NULL. */
    const char *(*refusal)(struct view *view, enum action action);

    /* Takes any key before the actions do (dialogs); false leaves it. May be NULL. */
    bool (*key)(struct view *view, int key);

    /* Takes a character of a paste as text. NULL: pastes are discarded. */
    void (*paste)(struct view *view, int key);

    /* What stands right on the crumb line, and in the message line's right end. Owner: `owner`. May be NULL. */
    const char *(*summary)(struct view *view, TALLOC_CTX *owner);
    const char *(*position)(struct view *view, TALLOC_CTX *owner);

    /* What stands behind the screen's name on the crumb line. Owner: `owner`. May be NULL. */
    const char *(*crumb)(struct view *view, TALLOC_CTX *owner);

    /* The console's survey is new, or could not be made. May be NULL. */
    void (*refreshed)(struct view *view);

    /* A screen: it has come to the front. May be NULL. */
    void (*shown)(struct view *view);

    /* Takes the text of the field that it opened with console_ask. May be NULL. */
    void (*typed)(struct view *view, const char *text, enum typing typing);

    /* The footer of a view that takes keys itself; NULL: made from the actions. */
    const char *footer;
};

/* The first member of every view. */
struct view {
    const struct view_class *class;
    struct console *console;
};

typedef struct view *(*view_maker_fn)(struct console *console);

struct screen_row {
    int number;
    const char *title;
    view_maker_fn maker;
    const char *text;
};

const struct screen_row *screen_row(enum screen_id id);

struct view *status_view_new(struct console *console);
struct view *migrations_view_new(struct console *console);
struct view *entities_view_new(struct console *console);
struct view *diff_view_new(struct console *console);
struct view *activity_view_new(struct console *console);
struct view *journal_view_new(struct console *console);

#endif
