/* Scratch databases: disposable ones in the private scratch cluster, or on a server that the user names. Everything
 * that pgdeck compares or tries out is built here, never on a target. SQL of files runs as a plain owner; superuser
 * only for what the design's short list allows (../docs/architecture.md, "Scratch"). Roles that files name are made
 * beforehand; statements that would reach beyond the database are recorded and not run. */
#ifndef MIGRATE_SCRATCH_H
#define MIGRATE_SCRATCH_H

#include <talloc.h>

#include "migrate/statement.h"
#include "store/base.h"
#include "store/cancel.h"
#include "store/connection.h"
#include "store/error.h"
#include "store/settings.h"
#include "store/target.h"

struct scratch; /* opaque: the server, held while this lives; used by one thread: a second thread opens its own */
struct scratch_database; /* opaque: dropped (or given back to the cache) when freed */

/* Opens the server; makes and starts the private cluster if need be. major: of the target it is compared with, 0 if
 * there is none; programs of that version are taken where they are installed. Owner: `owner`. Blocks. Errors:
 * ERROR_CLUSTER, ERROR_CONNECTION (the setting `scratch`), ERROR_CANCELLED. */
struct scratch *scratch_open(TALLOC_CTX *owner, const struct settings *settings, int major, struct cancel *cancel,
                             struct error *error) NODISCARD;

/* 150018 for 15.18. */
int scratch_server_version(const struct scratch *scratch);

/* What it means that the server's major version is not the one asked for; NULL where it is, or none was asked for. */
const char *scratch_version_note(const struct scratch *scratch);

/* An empty database of one's own, writable. Under 50 ms when the server is warm: a spare stands ready. Owner: `owner`.
 */
struct scratch_database *scratch_create(TALLOC_CTX *owner, struct scratch *scratch, struct cancel *cancel,
                                        struct error *error) NODISCARD;

/* A private, writable copy of a database (of one from the cache, too), to which no connection may be open.
 * Owner: `owner`. Errors: ERROR_REFUSED where somebody goes on reading it. */
struct scratch_database *scratch_copy(TALLOC_CTX *owner, struct scratch_database *database, struct cancel *cancel,
                                      struct error *error) NODISCARD;

/* Whom a connection is of. OWNER: SQL of files runs as it. READER: reads all rows, whatever policies say, where the
 * server's administrator is a superuser; else the owner. There is no superuser: whoever so much as reads a table whose
 * maker it does not trust runs that one's functions (the planner, those of an index). */
enum scratch_role { SCRATCH_OWNER, SCRATCH_READER };

/* A connection into it, with the settings of a session (search_path empty, dates in ISO, UTC, jit off). Owner: `owner`;
 * must be freed before the database. */
struct connection *scratch_connect(TALLOC_CTX *owner, struct scratch_database *database, enum scratch_role role,
                                   struct cancel *cancel, struct error *error) NODISCARD;

/* A target that leads into a database of one's own as its plain owner, for other code and other processes, as long as
 * the database lives. Owner: `owner`. */
struct target *scratch_target(TALLOC_CTX *owner, const struct scratch_database *database);

/* Something that could not be done as written, or was passed over, with its place. */
struct scratch_finding {
    const char *file;
    int line;
    const char *sqlstate; /* "" where no server said it */
    const char *message, *hint;
    enum {
        SCRATCH_FAILED, /* could not run here, e.g. an extension that is not installed, or what needs one that failed */
        SCRATCH_SKIPPED /* reaches beyond the database: roles, tablespaces, ALTER SYSTEM ... */
    } what;
};
struct scratch_findings {
    const struct scratch_finding *items; /* in the order of the statements */
    size_t count;
};

/* How statements are run. */
struct scratch_run {
    const char *file; /* as shown in errors and findings */
    const struct statement_list *statements;
    enum {
        RUN_ONE_TRANSACTION,
        RUN_EACH
    } transaction;             /* RUN_EACH: as psql does, each on its own, BEGIN … COMMIT honoured */
    const struct query *first; /* run before the first statement, in its transaction; or NULL */
    /* After each statement that ran, with its index; false stops the run with the error it sets. Or NULL. */
    bool (*after)(void *argument, struct connection *connection, size_t statement, struct error *error);
    /* Of RUN_ONE_TRANSACTION with `after`: a statement has failed for a reason of its own, and is undone; true: the run
     * goes on behind it. Or NULL. */
    bool (*refused)(void *argument, size_t statement, const struct error *failure);
    /* Of RUN_ONE_TRANSACTION, behind the last statement and in its transaction; false: it is rolled back. Or NULL. */
    bool (*before_commit)(void *argument, struct connection *connection, struct error *error);
    void *argument;
};

/* Runs them on a connection from scratch_connect(SCRATCH_OWNER). Before the first one role and search_path of the
 * settings are set; the session is reset behind the last. *findings grows; its memory belongs to `owner`. Errors: of
 * the first statement that fails for a reason of its own, with file, line and column; the transaction is rolled back
 * then. */
bool scratch_run(TALLOC_CTX *owner, struct scratch_database *database, struct connection *connection,
                 const struct scratch_run *run, struct scratch_findings *findings, struct error *error) NODISCARD;

/* Makes plain roles of these names (NULL-terminated) where they are missing, the owner a member of each. For scripts
 * that come from a live catalog. */
bool scratch_make_roles(struct scratch *scratch, const char *const *names, struct error *error) NODISCARD;

/* The same for the roles that statements name. scratch_run does it by itself. */
bool scratch_make_named_roles(struct scratch *scratch, const struct statement_list *statements,
                              struct error *error) NODISCARD;

#endif
