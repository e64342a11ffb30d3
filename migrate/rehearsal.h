/* A rehearsal: what is pending is applied to a disposable copy of the target's schema, by the same protocol as on the
 * target, and the project's own tests run against it. The target is only read. (The dry run, which runs on the target
 * itself and rolls back, is migrate/apply/rehearse.h.)
 *
 * The copy is made as for measuring (migrate/trace.h): the applied files replayed where the live schema agrees with
 * that, else the script of the live catalog; without a target an empty database. It holds the target's ledger rows, and
 * of other rows only those that migrations insert. Files run as a plain owner; a transactional file that needs more
 * (an extension, a role) is run again as scratch databases have it (migrate/scratch.h), and that is told. */
#ifndef MIGRATE_REHEARSAL_H
#define MIGRATE_REHEARSAL_H

#include <talloc.h>

#include "migrate/apply.h"
#include "migrate/directory.h"
#include "store/base.h"
#include "store/pool.h"

struct rehearsal_file {
    const char *version, *file;
    int64_t duration_ms;
    enum { REHEARSED_AS_APPLIED, REHEARSED_AS_REPLAYED } how; /* REPLAYED: it needs more than a plain owner may */
};

/* test_connection of the copy. */
struct rehearsal_ping {
    const char *problem; /* why it did not answer; or NULL */
    int64_t round_trip_us;
};

/* Constant once made; whole as far as it came. */
struct rehearsal {
    const char *source;          /* what the copy is made of: "migrations", "live", "empty" */
    const char *reason;          /* why it is not the better one; or NULL */
    const char *const *warnings; /* NULL-terminated */
    const char *server_version;  /* of the server that holds the copy: "15.18" */
    size_t applied_before;       /* versions in the ledger of the copy when it began */
    struct rehearsal_file *files;
    size_t file_count;
    size_t remaining;                    /* pending ones that were not applied */
    const char *failed_version;          /* the migration that failed; or NULL */
    struct rehearsal_ping before, after; /* the apply */
    const char *command;                 /* the tests as one line; NULL: there was none, or it did not come to that */
    int exit_status, signal_number;
    int64_t duration_ms; /* of the tests */
    const char *tail;    /* the end of what they wrote; without secrets */
    enum { REHEARSAL_HELD, REHEARSAL_TESTS_FAILED } verdict;
};

enum rehearsal_step { REHEARSAL_COPYING, REHEARSAL_APPLYING, REHEARSAL_TESTING };

/* What is heard on the way, on the calling thread (on_event: apply.h's). Each may be NULL. */
struct rehearsal_listener {
    void (*on_step)(void *argument, enum rehearsal_step step);
    void (*on_event)(void *argument, const struct apply_event *event);
    void (*on_line)(void *argument, const char *line); /* of the tests' output */
    void *argument;
};

struct rehearsal_options {
    const struct settings *settings;
    const struct directory *directory;
    struct pool *pool; /* to the target; NULL: there is none, an empty database is rehearsed on */
    struct log *log;
    const char *const *environment; /* NULL-terminated */
    const char *const *command;     /* the tests, NULL-terminated; NULL: none */
    struct plan_selection selection;
    const char *application, *person, *host; /* as apply_options has them */
    struct cancel *cancel;
    struct rehearsal_listener listener;
};

/* Rehearses. *rehearsal is set also on failure, but for an early one (owner: `owner`); the copy is gone by then.
 * Blocks. Errors: the target's; scratch_open's; plan_build's refusals; those of the first migration that fails, with
 * its place (ERROR_STATEMENT where it stopped midway, too: nothing of it stands anywhere); ERROR_PROJECT (the tests
 * cannot be started), ERROR_CANCELLED. */
bool rehearsal_run(TALLOC_CTX *owner, const struct rehearsal_options *options, const struct rehearsal **rehearsal,
                   struct error *error) NODISCARD;

#endif
