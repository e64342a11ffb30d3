/* The card of a failure: what stands now, and the safe next step; what happened, and who was involved, the error says
 * already. Private to migrate/apply. */
#ifndef MIGRATE_APPLY_ADVICE_H
#define MIGRATE_APPLY_ADVICE_H

#include "migrate/apply/run.h"

/* Puts the next step behind a hint of the server's, and marks the error as advised: nothing is added any more. Returns
 * false. */
bool advice_give(struct run *run, struct error *error, const char *format, ...) PRINTF_LIKE(3, 4);

/* The same by what happened (SQLSTATE, else code) where nothing better was said. RESUME: what is finished stays. */
enum advice_tail { ADVICE_AGAIN, ADVICE_RESUME };
void advice_by_kind(struct run *run, struct error *error, enum advice_tail tail);

/* The failed run: sets error->stands, and the next step where there is none. */
void advice_conclude(struct run *run, struct error *error);

#endif
