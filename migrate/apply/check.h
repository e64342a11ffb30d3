/* What a statement outside a transaction has left behind: asked of the catalog, not of the answer that may be lost.
 * Private to migrate/apply and migrate/twice. */
#ifndef MIGRATE_APPLY_CHECK_H
#define MIGRATE_APPLY_CHECK_H

#include <talloc.h>

#include "migrate/statement.h"
#include "store/base.h"
#include "store/connection.h"
#include "store/error.h"

enum check_outcome {
    CHECK_DONE,     /* what the statement wants stands */
    CHECK_NOTHING,  /* nothing of it stands, or it may be repeated without harm */
    CHECK_LEFTOVER, /* part of it stands; `repair` takes it away (or completes it: `completes`) */
    CHECK_STUCK,    /* something invalid stood there before the statement: not ours to take away */
    CHECK_UNKNOWN,  /* nobody can tell but a person */
};

struct check {
    enum check_outcome outcome;
    const char *what;   /* "index app.x is invalid" */
    const char *repair; /* one statement, or NULL */
    bool completes;     /* the repair is the rest of the statement */
};

/* What stands before the statement is run, as a short text for the journal ("absent", "valid", ...). Owner: `owner`.
 * The connection must have the settings (search_path, role) that the statement runs under. */
bool check_before(TALLOC_CTX *owner, struct connection *connection, const struct statement *statement,
                  const char **before, struct error *error) NODISCARD;

/* What stands now. `before` as recorded, or NULL where it is not known. Owner: `owner`. */
bool check_after(TALLOC_CTX *owner, struct connection *connection, const struct statement *statement,
                 const char *before, struct check *check, struct error *error) NODISCARD;

/* Whether a statement outside a transaction locks like any other and may be run again when it got no lock: VACUUM FULL,
 * CLUSTER, REINDEX. What is CONCURRENTLY, and a plain VACUUM, wait by their nature, and nobody who reads or writes
 * waits behind them; of any other (CALL) a part may stand. */
bool check_may_repeat(const struct statement *statement);

#endif
