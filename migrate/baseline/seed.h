/* The seed of the ledger that an init script leaves, beside the files on disk. */
#ifndef MIGRATE_BASELINE_SEED_H
#define MIGRATE_BASELINE_SEED_H

#include "migrate/baseline.h"

/* Reads the ledger of the init script's database. Owner: `owner`. Errors: ERROR_SETTINGS, the server's; a ledger that
 * is not there, or cannot be read, is the seed's `problem`. */
bool seed_read(TALLOC_CTX *owner, struct connection *connection, const struct settings *settings,
               const struct directory *directory, struct baseline_seed *seed, struct error *error) NODISCARD;

bool seed_differs(const struct baseline_seed *seed);

#endif
