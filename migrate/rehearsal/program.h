/* Runs a project's own tests: a program in a process group of its own, its output told line by line as it comes, the
 * end of it kept. Nothing of the group outlives the call. Safe in a program with threads. */
#ifndef MIGRATE_REHEARSAL_PROGRAM_H
#define MIGRATE_REHEARSAL_PROGRAM_H

#include <talloc.h>

#include "store/base.h"
#include "store/cancel.h"
#include "store/error.h"
#include "store/settings.h"
#include "store/target.h"

/* A line of either output, without its end; long ones come in pieces. On the calling thread. */
typedef void (*program_line_fn)(void *listener, const char *line);

struct rehearsal_program {
    const char *const *words;       /* program and arguments, NULL-terminated; the program is looked for in PATH */
    const char *directory;          /* where it runs */
    const char *const *environment; /* "NAME=value", NULL-terminated */
    struct cancel *cancel;          /* or NULL: asks it to end (SIGINT, SIGTERM), and ends it */
    program_line_fn on_line;
    void *listener;
};

struct rehearsal_outcome {
    int exit_status;   /* 128+n where signal n ended it */
    int signal_number; /* or 0 */
    int64_t duration_ms;
    const char *tail; /* the last lines that it wrote, at most 4 kB; "" where it wrote nothing */
};

/* Its standard input is empty. Owner of the tail: `owner`. Blocks until it has ended: there is no limit of time. What
 * it has left running in its group is ended then. Errors: ERROR_PROJECT (it cannot be started); ERROR_CANCELLED. */
bool program_run(TALLOC_CTX *owner, const struct rehearsal_program *program, struct rehearsal_outcome *outcome,
                 struct error *error) NODISCARD;

/* The environment of the tests: what is given, without anything that leads to another database (libpq's variables,
 * DATABASE_URL, DATABASE__URL, PGDECK_TARGET), and with DATABASE__URL, DATABASE_URL, PGHOST, PGPORT, PGUSER,
 * PGDATABASE, PGPASSWORD of `target`. DATABASE__URL and DATABASE_URL keep the scheme that the project gives them
 * ("postgresql+asyncpg"), there or in .env. NULL-terminated. Owner: `owner`. */
const char *const *program_environment(TALLOC_CTX *owner, const struct settings *settings,
                                       const char *const *environment, const struct target *target);

#endif
