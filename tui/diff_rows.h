/* The differences of two mirrors as the rows of a tree: groups, objects, attributes. Pure. */
#ifndef TUI_DIFF_ROWS_H
#define TUI_DIFF_ROWS_H

#include <talloc.h>

#include "migrate/diff.h"
#include "store/base.h"
#include "tui/theme.h"
#include "tui/widgets/tree.h"

/* What the groups are, and so the order. */
enum diff_grouping { GROUPED_BY_KIND, GROUPED_BY_SEVERITY, GROUPED_BY_FILE, GROUPING_COUNT };
enum diff_direction { DIFF_ASCENDING, DIFF_DESCENDING }; /* of the groups */

struct diff_row {
    int depth;            /* 0: a group */
    const char *identity; /* of a difference the same in every grouping */
    const char *text;
    size_t first, end;           /* its differences: in `order` */
    const struct change *change; /* of a row that stands for one; else NULL */
};

/* Constant once made. */
struct diff_rows {
    const struct diff *diff;
    const struct change **order;
    struct diff_row *items;
    size_t count;
};

/* Owner: `owner`. The diff must outlive it. */
struct diff_rows *diff_rows_make(TALLOC_CTX *owner, const struct diff *diff, enum diff_grouping grouping,
                                 enum diff_direction direction);

/* For a tree of struct diff_rows. */
extern const struct tree_source diff_rows_source;

/* The heading of the first column: "BY KIND ▲". Owner: `owner`. */
const char *diff_rows_heading(TALLOC_CTX *owner, enum diff_grouping grouping, enum diff_direction direction);

struct diff_severity {
    enum glyph glyph;
    const char *word;
    enum look look;
};
const struct diff_severity *diff_severity(enum severity severity);

/* '+' create, '-' drop, '~' alter and replace, '>' rename; '!' where closing it loses data. */
char diff_action_sign(const struct change *change);

/* The severities that occur, the worst first: "breaking 2 · cosmetic 1"; or "3 differences: ✗2 ·1". Owner: `owner`. */
enum diff_brevity { DIFF_IN_WORDS, DIFF_IN_SIGNS };
char *diff_severity_counts(TALLOC_CTX *owner, const struct diff *diff, enum diff_brevity brevity);

/* Takes "FILE:LINE" apart. False for NULL and anything else. Owner of *file: `owner`. */
bool diff_blame_place(TALLOC_CTX *owner, const char *blame, const char **file, int *line);

#endif
