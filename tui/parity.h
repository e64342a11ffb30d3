/* Parity: whether the four mirrors say the same, pair by pair. Asked in the background when a person asks for it; a
 * comparison of the Diff screen is noted too. */
#ifndef TUI_PARITY_H
#define TUI_PARITY_H

#include "migrate/mirror.h"
#include "store/base.h"
#include "store/error.h"
#include "tui/deck.h"
#include "tui/loop.h"

enum { PARITY_PAIRS = 6 };

enum parity_state { PARITY_UNASKED, PARITY_ASKING, PARITY_EQUAL, PARITY_DIFFERS, PARITY_FAILED };

struct parity_pair {
    enum mirror_kind from, to; /* from < to */
    enum parity_state state;
    size_t differences;
    const char *reason; /* of FAILED: why it cannot be asked; else NULL */
};

struct parity;

/* Owner: `owner`. */
struct parity *parity_new(TALLOC_CTX *owner, struct loop *loop, const struct deck *deck);

/* The pairs in the order of the grid: by from, then to. */
const struct parity_pair *parity_pair(const struct parity *parity, size_t index);

/* The index of a pair, whichever side is which. */
size_t parity_index(enum mirror_kind one, enum mirror_kind other);

/* Asks all pairs, one after the other, in the background; the private cluster's target need not be open for those
 * without live. Errors: ERROR_INTERNAL; nothing where it is asking already. */
bool parity_ask(struct parity *parity, struct error *error) NODISCARD;

/* Asks to stop; false where nothing is being asked. */
bool parity_cancel(struct parity *parity);
bool parity_is_asking(const struct parity *parity);

/* Takes what a comparison made elsewhere has shown. `error`: why it could not be made; NULL: it was made. */
void parity_note(struct parity *parity, enum mirror_kind one, enum mirror_kind other, size_t differences,
                 const struct error *error);

/* Forgets what is known, because files or target were changed. */
void parity_forget(struct parity *parity);

/* Grows with every change, so that who shows it knows when to draw anew. */
unsigned long parity_revision(const struct parity *parity);

/* The pair that is being asked, or NULL; and what is being done for it: "migrations: 012_x.sql, 12 of 14", or "".
 * Borrowed until the next change. */
const struct parity_pair *parity_asked(const struct parity *parity);
const char *parity_doing(const struct parity *parity);

#endif
