/* The seed of the ledger that an init script leaves, beside the files on disk. */
#ifndef MIGRATE_BASELINE_SEED_H
#define MIGRATE_BASELINE_SEED_H

#include "migrate/baseline.h"
#include "migrate/baseline/evidence.h"

/* What cannot be read is the seed's `problem`. Owner: `owner`; ledger and directory must outlive it. */
void seed_compare(TALLOC_CTX *owner, const struct evidence_ledger *ledger, const struct directory *directory,
                  struct baseline_seed *seed);

bool seed_differs(const struct baseline_seed *seed);

#endif
