/* What a baseline found, in words: where, what, and what to do. */
#ifndef MIGRATE_BASELINE_FINDINGS_H
#define MIGRATE_BASELINE_FINDINGS_H

#include "migrate/baseline.h"

/* Fills in baseline->findings from seed, tables and sequences. */
void findings_write(struct baseline *baseline, const struct script *script, const struct directory *directory);

#endif
