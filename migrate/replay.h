/* A scratch database with a schema in it: migrations replayed, a script run, from a cache where that was done before.
 * The cache knows a state by the hash chain of the bytes that made it, so that after adding one file only that file is
 * run. It is bounded, shared by processes, and gone with the cluster or another version of the server. */
#ifndef MIGRATE_REPLAY_H
#define MIGRATE_REPLAY_H

#include <talloc.h>

#include "migrate/directory.h"
#include "migrate/file.h"
#include "migrate/scratch.h"
#include "store/base.h"
#include "store/error.h"

/* Told while it is built, from the building thread. `done` of `total` files or statements; name: what is run now. */
typedef void (*replay_progress_fn)(void *listener, size_t done, size_t total, const char *name);

struct replay_options {
    struct cancel *cancel;          /* or NULL */
    replay_progress_fn on_progress; /* or NULL */
    void *listener;
    /* FRESH: everything is run (it may still be put into the cache). TWIN, of migrations: cached, too, but never the
     * same run as CACHED's: values that the two have differently are others each time. */
    enum { REPLAY_CACHED, REPLAY_FRESH, REPLAY_TWIN } cache;
};

struct replay {
    struct scratch_database *database; /* to be read only: it may be the cache's own. scratch_copy for more */
    const char *key;                   /* hash chain, hex */
    size_t run_count;                  /* files or statements that really ran; the rest came from the cache */
    struct scratch_findings findings;  /* of all files, those from the cache too */
};

/* The first `count` files in order (directory->count: all), each in its own transaction unless its head says otherwise,
 * as apply does, with the ledger table made beforehand and each file's row in it. Owner: `owner`. Errors: the server's,
 * with file, line and column; scratch_create's. */
struct replay *replay_migrations(TALLOC_CTX *owner, struct scratch *scratch, const struct directory *directory,
                                 size_t count, const struct replay_options *options, struct error *error) NODISCARD;

/* A script (init script, .sql source, DDL of models), in a database of its own, as psql would run it. */
struct replay *replay_script(TALLOC_CTX *owner, struct scratch *scratch, const struct script *script,
                             const struct replay_options *options, struct error *error) NODISCARD;

#endif
