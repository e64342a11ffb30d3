/* A mirror: one of the places where the schema is written down, brought to a snapshot: models, migrations, init script,
 * the live target, and besides a .sql file or any database. All but databases are built in scratch first. */
#ifndef MIGRATE_MIRROR_H
#define MIGRATE_MIRROR_H

#include <talloc.h>

#include "migrate/directory.h"
#include "migrate/models.h"
#include "migrate/replay.h"
#include "migrate/scratch.h"
#include "migrate/snapshot.h"
#include "store/base.h"
#include "store/cancel.h"
#include "store/error.h"
#include "store/session.h"
#include "store/settings.h"
#include "store/target.h"

enum mirror_kind { MIRROR_MODELS, MIRROR_MIGRATIONS, MIRROR_INIT, MIRROR_LIVE, MIRROR_FILE, MIRROR_DATABASE };

/* What was asked for. */
struct mirror_source {
    enum mirror_kind kind;
    const char *word;            /* as given: "live", "old.sql", a connection string (secrets taken out) */
    const char *path;            /* of a FILE, absolute or relative to the working directory; else NULL */
    const struct target *target; /* of LIVE and DATABASE; else NULL */
};

struct mirror_finding {
    const char *file; /* relative to the project */
    int line, column; /* 0: unknown */
    const char *message, *hint;
    enum { MIRROR_FAILED, MIRROR_SKIPPED } what; /* as in scratch.h */
};

struct mirror {
    const struct mirror_source *source;
    const struct snapshot *snapshot;
    struct scratch *scratch;           /* that it was built in; NULL: read directly */
    const struct replay *replay;       /* of what was built in scratch; else NULL */
    const struct directory *directory; /* of MIGRATIONS; else NULL */
    const struct models *models;       /* of MODELS; else NULL */
    uint64_t covered;   /* a bit for each kind that it speaks of; MODELS: what they declare; others: all */
    uint64_t commented; /* a bit for each kind whose comments it speaks of; likewise */
    const struct mirror_finding *findings;
    size_t finding_count;
    struct session *session; /* between mirror_open and mirror_read, of LIVE and DATABASE */
    TALLOC_CTX *servers;     /* owner of what holds servers: pool, cluster, scratch; NULL once released */
};

/* What happens, for a screen or a terminal. Plain data; may change threads. */
struct mirror_progress {
    enum mirror_kind kind;
    enum { MIRROR_WAITING, MIRROR_BUILDING, MIRROR_READING, MIRROR_DONE } step;
    size_t done, total; /* of BUILDING: files or statements */
    char name[96];      /* what is run now; cut to fit */
};
typedef void (*mirror_progress_fn)(void *listener, const struct mirror_progress *progress);

/* Told when the scratch database of a mirror stands, on the thread that builds it, before it is read. What is begun
 * here on other threads must end before the mirror does: let it be the owner. */
typedef bool (*mirror_built_fn)(void *argument, struct mirror *mirror, struct error *error);

struct mirror_options {
    const struct settings *settings;
    const char *const *environment; /* for a program that prints models */
    int major;                      /* of the server that it will be compared with; 0: any */
    enum { MIRROR_CACHED, MIRROR_FRESH } cache;
    struct cancel *cancel;
    mirror_progress_fn on_progress; /* called on the thread that builds; or NULL */
    void *listener;
    mirror_built_fn on_built; /* or NULL */
    void *built_argument;
};

/* Reads a word of the command line: models, migrations, init, live, a target's name, a connection string, a path that
 * ends in .sql. `target` is the one that "live" means; NULL: it may not be asked for. Owner: `owner`. Errors:
 * ERROR_USAGE. */
struct mirror_source *mirror_source_parse(TALLOC_CTX *owner, const struct settings *settings,
                                          const struct target *target, const char *word, struct error *error) NODISCARD;

/* Whether a word means the live target, so that a caller knows whether it needs one. */
bool mirror_source_is_live(const char *word);

/* "models", "live" ...; of others as given, secrets taken out. */
const char *mirror_source_name(const struct mirror_source *source);

/* Builds or reads it. Owner: `owner`. Blocks. Errors: the place of the first statement that fails for a reason of its
 * own; those of scratch, replay, models_read, snapshot_take. */
struct mirror *mirror_build(TALLOC_CTX *owner, const struct mirror_source *source, const struct mirror_options *options,
                            struct error *error) NODISCARD;

/* The same in two steps: the first connects to a database, so that another side can be built for its version of the
 * server; of other mirrors it does nothing. `source` must outlive the mirror. After a failure of the second the mirror
 * is only good for being freed. */
struct mirror *mirror_open(TALLOC_CTX *owner, const struct mirror_source *source, const struct mirror_options *options,
                           struct error *error) NODISCARD;
bool mirror_read(struct mirror *mirror, const struct mirror_options *options, struct error *error) NODISCARD;

/* Gives back the scratch database and the servers, on the thread that built it; what was read stays. `scratch` is NULL
 * and `replay` is not to be looked at afterwards. */
void mirror_release(struct mirror *mirror);

/* Whether it lies in a database, and is not built in scratch. */
bool mirror_is_database(const struct mirror_source *source);

#endif
