/* A replay on its way: a database, a connection into it, files and scripts that are run one after the other. Private to
 * migrate/replay and migrate/blame. */
#ifndef MIGRATE_REPLAY_BUILD_H
#define MIGRATE_REPLAY_BUILD_H

#include <talloc.h>

#include "migrate/ledger.h"
#include "migrate/replay.h"

/* Asked while a file is run; see struct scratch_run. */
struct build_hooks {
    bool (*after)(void *argument, struct connection *connection, size_t statement, struct error *error);
    bool (*before_commit)(void *argument, struct connection *connection, struct error *error);
    void *argument;
};

struct build {
    struct scratch *scratch;
    struct replay *replay; /* its database: set by the caller */
    const struct replay_options *options;
    struct connection *connection; /* into the database, or NULL; owner: the replay */
    struct ledger *ledger;         /* of migrations, once connected */
    struct error *error;
};

/* A replay without a database. Owner: `owner`. */
struct build build_new(TALLOC_CTX *owner, struct scratch *scratch, const struct replay_options *options,
                       struct error *error);

/* Connects where that has not been done, as for a script. */
bool build_connect(struct build *build) NODISCARD;

/* The same for migrations: with the ledger. */
bool build_open(struct build *build) NODISCARD;

/* Closes the connection; the database stays. */
void build_close(struct build *build);

/* Runs a migration with its ledger row. hooks: or NULL. */
bool build_run_file(struct build *build, const struct migration_file *file, const struct build_hooks *hooks) NODISCARD;

/* Tells the listener. */
void build_tell(const struct build *build, size_t done, size_t total, const char *name);

#endif
