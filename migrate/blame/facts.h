/* Facts: what the differences are of, on the side of the migrations: whether an object is there, what an attribute's
 * value is. Their states are compared from one snapshot to the next. Pure. Private to migrate/blame. */
#ifndef MIGRATE_BLAME_FACTS_H
#define MIGRATE_BLAME_FACTS_H

#include <talloc.h>

#include "migrate/blame.h"
#include "migrate/diff.h"

struct fact {
    struct change *change;
    enum kind_id kind;
    const char *identity;
    enum { FACT_EXISTENCE, FACT_FIELD, FACT_COMMENT } what;
    const struct field *field; /* of FIELD */
    const char *digest;        /* names it: hexadecimal */
    const char *state;         /* in the last snapshot; NULL: the object is not there */
    const char *blame;         /* where the state last changed; NULL: it has not */
};

struct facts {
    struct fact *items; /* by kind, identity */
    size_t count;
    bool kinds[KIND_COUNT]; /* which they are of: for snapshot_options.only */
};

/* The facts of a diff's changes. Owner: `owner`. */
struct facts *facts_of(TALLOC_CTX *owner, const struct diff *diff, enum blame_side side);

/* Whether any state in the snapshot is another than the last. */
bool facts_differ(const struct facts *facts, const struct snapshot *snapshot);

/* Takes on the states in the snapshot. Those that are others than the last are blamed on `place` (NULL: on nobody). */
void facts_update(struct facts *facts, const struct snapshot *snapshot, const char *place);

/* Takes out the facts whose blame is known, and writes it into their changes. */
void facts_settle(struct facts *facts, const struct diff *diff);

#endif
