/* Facts as JSON, and what was measured before. Private to migrate/trace; facts_json is migrate/facts_json.h's. */
#ifndef MIGRATE_TRACE_MEMO_H
#define MIGRATE_TRACE_MEMO_H

#include "migrate/plan.h"
#include "migrate/trace/copy.h"

/* Sets the facts of all steps where they are known under this key; false where they are not. */
bool memo_find(const struct copy *copy, const char *key, struct plan *plan);

/* Keeps them. What cannot be kept is measured again. */
void memo_put(const struct copy *copy, const char *key, const struct plan *plan);

#endif
