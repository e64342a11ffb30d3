/* Values that are others at each replay and the same in several places: an id that a function made, and the rows that
 * refer to it. The places that refer ask for it by what its row is known by; where that cannot be, all of them get one
 * value made of their place. Pure. */
#ifndef MIGRATE_BASELINE_LINKS_H
#define MIGRATE_BASELINE_LINKS_H

#include "migrate/baseline/plan.h"

/* Fills in texts and levels of the plans. */
void links_find(struct data_plan *plans, size_t count);

#endif
