/* The house rules as the console knows them: asked in the background when a person wants it, the newest report kept
 * until there is another. */
#ifndef TUI_HOUSE_H
#define TUI_HOUSE_H

#include "migrate/rules.h"
#include "store/base.h"
#include "store/error.h"
#include "tui/deck.h"
#include "tui/loop.h"

struct house;

/* Owner: `owner`. */
struct house *house_new(TALLOC_CTX *owner, struct loop *loop, struct deck *deck);

/* Asks all rules, in the background. no_target: why the target cannot be asked; NULL: it is open. Errors:
 * ERROR_INTERNAL; nothing where it is asking already. */
bool house_ask(struct house *house, const char *no_target, struct error *error) NODISCARD;

/* Asks to stop; false where nothing is being asked. */
bool house_cancel(struct house *house);
bool house_is_asking(const struct house *house);

/* How a rule stands: from the newest report, or while they are being asked from what is known already. */
enum house_state { HOUSE_UNKNOWN, HOUSE_ASKING, HOUSE_HOLDS, HOUSE_BROKEN, HOUSE_WARNS, HOUSE_SKIPPED };
struct house_light {
    enum house_state state;
    size_t findings;
};
const struct house_light *house_light(const struct house *house, enum rule_id rule);

/* The newest report, or NULL; lives until the next one is there. */
const struct rules_report *house_report(const struct house *house);

/* Why the newest attempt came to no report; NULL: it did. */
const char *house_problem(const struct house *house);

/* Files or target were changed: the report is of before. */
void house_forget(struct house *house);
bool house_is_stale(const struct house *house);

/* "4/18 migration.idempotent: 012_x.sql" of what is being asked, or "". Borrowed until the next change. */
const char *house_doing(const struct house *house);

/* Grows with every change, so that who shows it knows when to draw anew. */
unsigned long house_revision(const struct house *house);

#endif
