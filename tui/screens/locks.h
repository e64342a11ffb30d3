/* What the migrations that are still to run lock, rewrite, drop and risk: measured in scratch, in the background, once
 * somebody looks, and kept until files or ledger change. For the screen Migrations. */
#ifndef TUI_SCREENS_LOCKS_H
#define TUI_SCREENS_LOCKS_H

#include "migrate/status.h"
#include "tui/console.h"
#include "tui/widgets/document.h"

struct locks;

/* on_news is called when more is known, or the measuring has got on. Owner: `owner`. */
struct locks *locks_new(TALLOC_CTX *owner, struct console *console, loop_fn on_news, void *argument);

/* Starts to measure unless it is known, being measured, or was refused. Never waits. */
void locks_want(struct locks *locks);

/* The console's survey is new: what was measured for other files or another ledger is dropped. */
void locks_follow(struct locks *locks);

/* Lets go of what is known, so that it is measured again when it is wanted; what is being measured goes on. */
void locks_forget(struct locks *locks);

/* Whether a migration's facts are still to come. */
bool locks_is_coming(const struct locks *locks, const struct migration *migration);

/* The strongest lock of a migration: "AccessExclusive", "-" (none), "unknown"; "" where it is not measured yet. Owner:
 * `owner`. */
const char *locks_strongest(TALLOC_CTX *owner, const struct locks *locks, const struct migration *migration);

/* An order for it: what is not measured or not known first, then none, then the weakest. */
int locks_rank(const struct locks *locks, const struct migration *migration);

/* What is known of a migration, or why nothing is; to fit into `columns`. */
void locks_add(struct document *document, const struct locks *locks, const struct migration *migration, int columns);

#endif
