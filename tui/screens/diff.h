/* The screen Diff: two mirrors, a tree of their differences; beside or under it what is known of the one under the
 * cursor. Its parts: diff.c keys and picture, diff_cards.c what stands where there is no tree, diff_detail.c the pane,
 * diff_picker.c the choice of mirrors. */
#ifndef TUI_SCREENS_DIFF_H
#define TUI_SCREENS_DIFF_H

#include "tui/mirrors.h"
#include "tui/console.h"
#include "tui/diff_rows.h"
#include "tui/widgets/document.h"
#include "tui/widgets/pager.h"

/* Goes to the screen and compares. */
void diff_screen_open(struct console *console, enum mirror_kind from, enum mirror_kind to);

/* ---- between its parts ---- */

enum diff_tab { DIFF_TAB_CHANGE, DIFF_TAB_SCRIPT, DIFF_TAB_NOTES, DIFF_TAB_COUNT };
extern const char *const diff_tab_names[DIFF_TAB_COUNT];

/* What a tab says. row: under the cursor, or NULL. columns: that there are for a line. Owner: `owner`. */
struct diff_subject {
    const struct compared *compared;
    const struct diff_rows *rows;
    const struct diff_row *row;
    int columns;
    enum diff_extent { DIFF_IN_SHORT, DIFF_IN_FULL } extent;
    enum diff_layout { DIFF_FITTING, DIFF_ABOVE } layout; /* of old and new: as in sidebyside.h */
};
struct document *diff_document(TALLOC_CTX *owner, const struct diff_subject *subject, enum diff_tab tab);

/* The statements that close a row's differences, with their semicolons; "" where others close them too. Owner: `owner`.
 */
char *diff_row_sql(TALLOC_CTX *owner, const struct diff_rows *rows, const struct diff_row *row);

/* How many remarks the Notes tab has. */
size_t diff_note_count(const struct compared *compared);

/* What stands where there is no tree. Owner: `owner`. */
struct document *diff_start_card(TALLOC_CTX *owner, const struct console *console, enum mirror_kind from,
                                 enum mirror_kind to);
struct document *diff_equal_card(TALLOC_CTX *owner, const struct compared *compared);
struct document *diff_error_card(TALLOC_CTX *owner, const struct console *console, const struct error *error,
                                 enum mirror_kind from, enum mirror_kind to);

/* What is known of the building of a side. */
struct diff_progress {
    enum mirror_kind from, to;
    struct mirror_progress sides[MIRRORS_COUNT]; /* by mirror */
    int64_t start_ms;
};
void diff_draw_progress(const struct diff_progress *progress, struct terminal *terminal, struct area area);

/* What a mirror is, for a person: "migrations (14 files)". Owner: `owner`. */
const char *diff_mirror_text(TALLOC_CTX *owner, const struct console *console, enum mirror_kind kind);

/* Opens the picker; on_picked gets the choice, after the picker was closed. */
typedef void (*diff_picked_fn)(void *argument, enum mirror_kind from, enum mirror_kind to);
void diff_picker_open(struct console *console, enum mirror_kind from, enum mirror_kind to, diff_picked_fn on_picked,
                      void *argument);

#endif
