/* The screen Migrations: every migration with its state; beside or under the list what is known of the one under the
 * cursor. */
#ifndef TUI_SCREENS_MIGRATIONS_H
#define TUI_SCREENS_MIGRATIONS_H

#include "tui/console.h"
#include "tui/screens/locks.h"
#include "tui/widgets/document.h"

enum migration_tab { TAB_SQL, TAB_LOCKS, TAB_NOTES, TAB_JOURNAL, TAB_COUNT };

extern const char *const migration_tab_names[TAB_COUNT];

/* What a tab says about a migration; what is laid out fits into `columns`. Owner: `owner`. */
struct document *migration_document(TALLOC_CTX *owner, const struct survey *survey, const struct locks *locks,
                                    const struct migration *migration, enum migration_tab tab, int columns);

/* Lines about a journal's rows of a version or a run. */
void migration_add_event(struct document *document, const struct journal_row *row);

#endif
