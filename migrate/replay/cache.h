/* The cache of replayed states: databases of the registry that are known by the hash chain of what made them. Shared by
 * processes; bounded in number and bytes. Private to migrate/replay. */
#ifndef MIGRATE_REPLAY_CACHE_H
#define MIGRATE_REPLAY_CACHE_H

#include <talloc.h>

#include "migrate/directory.h"
#include "migrate/scratch/private.h"

/* Which run of the same files. */
enum cache_run { CACHE_FIRST, CACHE_TWIN };

/* The keys of the states after 0, 1 ... count files: count + 1. Owner: `owner`. */
const char **cache_migration_keys(TALLOC_CTX *owner, const struct scratch *scratch, const struct directory *directory,
                                  size_t count, enum cache_run run);

const char *cache_script_key(TALLOC_CTX *owner, const struct scratch *scratch, const struct script *script);

/* A state that was found, held until its database is freed. */
struct cached {
    struct scratch_database *database; /* NULL: there is none */
    size_t index;                      /* of its key */
    struct scratch_findings findings;
};

/* The last of the keys (of the first `count`) that there is a state for. Owner of what is found: `owner`. */
bool cache_find(TALLOC_CTX *owner, struct scratch *scratch, const char *const *keys, size_t count,
                struct cached *cached, struct error *error) NODISCARD;

/* Makes a state of a database that nobody is connected to; from now on it is to be read only. Where that cannot be, it
 * stays what it is. Then what is too much is given up. */
bool cache_publish(struct scratch_database *database, const char *key, const struct scratch_findings *findings,
                   struct error *error) NODISCARD;

/* The size of a database in bytes; 0 where it cannot be told. */
int64_t cache_size_bytes(struct scratch_database *database);

#endif
