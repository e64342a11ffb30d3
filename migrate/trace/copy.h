/* A scratch database with the schema that the target has now. Private to migrate/trace and migrate/rehearsal. */
#ifndef MIGRATE_TRACE_COPY_H
#define MIGRATE_TRACE_COPY_H

#include "migrate/directory.h"
#include "migrate/scratch.h"
#include "migrate/snapshot.h"
#include "migrate/status.h"
#include "migrate/trace.h"

struct copy {
    struct scratch *scratch;
    const struct snapshot *live; /* the target's; NULL: it is a replay itself */
    const char *key;             /* of all that the copy is made of; hex */
    size_t applied_count;        /* files from the first that make it; SIZE_MAX: not the first ones */
    struct trace *trace;         /* source, reason and warnings go there */
    struct scratch_database *database;
    struct connection *connection; /* of the owner, the ledger made */
};

/* Reads the target's schema and opens scratch; the copy itself is not made. Errors: the target's only, and
 * ERROR_CANCELLED; where scratch cannot be opened copy->scratch is NULL and the trace says why. Owner: `owner`. */
bool copy_open(TALLOC_CTX *owner, struct copy *copy, const struct plan *plan, struct connection *target,
               const struct trace_options *options, struct error *error) NODISCARD;

/* Makes it. copy->database NULL: it could not be made, the trace says why. Errors: ERROR_CANCELLED. */
bool copy_make(TALLOC_CTX *owner, struct copy *copy, const struct trace_options *options,
               struct error *error) NODISCARD;

#endif
