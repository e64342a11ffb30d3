/* What can be done in the console by a key: the rows of actions.def. Key map, footer, help screen and manual follow
 * from it. */
#ifndef TUI_ACTION_H
#define TUI_ACTION_H

#include <talloc.h>

#include "store/base.h"

/* Where an action is at home: a view has some of these. */
enum action_place {
    AT_LIST = 1,
    AT_PAGER = 2,
    AT_PANES = 4,
    AT_STATUS = 8,
    AT_MIGRATIONS = 16,
    AT_JOURNAL = 32,
    AT_PLAN = 64,
    AT_RESULT = 128,
    AT_RUN = 256,
    AT_TREE = 512,
    AT_DIFF = 1024,
    AT_SOURCE = 2048,     /* a file at one of its lines */
    AT_DIFFERENCE = 4096, /* one difference on a page */
    AT_ENTITIES = 8192,
    AT_GRID = 16384,
    AT_ROW = 32768, /* one row as a form */
    AT_ACTIVITY = 65536,
    AT_RULES = 131072,
    ANYWHERE = 262143,
};

enum action {
#define ACTION(id, where, keys, label, command, text) ACTION_##id,
#include "tui/actions.def"
#undef ACTION
    ACTION_COUNT,
    ACTION_NONE = -1
};

struct action_row {
    unsigned where;
    const char *keys;    /* names, separated by blanks */
    const char *label;   /* in the footer, or "" */
    const char *command; /* or NULL */
    const char *text;    /* one sentence */
};

const struct action_row *action_row(enum action action);

/* The action of a key in a view that has the places `where`, or ACTION_NONE. */
enum action action_of_key(int key, unsigned where);

/* An action that the key has in another view, or ACTION_NONE: for telling where it works. */
enum action action_elsewhere(int key);

/* The first of its keys, as a name: "A". `space` must hold INPUT_NAME_BYTES. Returns `space`. */
const char *action_key(enum action action, char *space);

/* Where an action is at home, for a person: "in Migrations (2)". */
const char *action_home(enum action action);

#endif
