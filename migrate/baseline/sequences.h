/* How far the sequences of a database have counted, and the column that each feeds. */
#ifndef MIGRATE_BASELINE_SEQUENCES_H
#define MIGRATE_BASELINE_SEQUENCES_H

#include <talloc.h>

#include "migrate/snapshot.h"
#include "store/base.h"
#include "store/connection.h"
#include "store/error.h"

struct sequence_state {
    const char *identity; /* as PostgreSQL quotes it */
    int64_t oid, start, increment;
    int64_t table_oid; /* of the column that it feeds; 0: none */
    const char *table_identity, *column_quoted;
    int64_t last_value;
    bool is_called; /* the next value is the one behind last_value, else last_value itself */
};

struct sequence_set {
    struct sequence_state *items; /* by identity (bytes) */
    size_t count;
};

/* Owner: `owner`. Blocks. Errors: the server's. */
struct sequence_set *sequences_read(TALLOC_CTX *owner, struct connection *connection, struct error *error) NODISCARD;

/* Keeps those of the snapshot of the same database, and those of its tables' identity columns. */
void sequences_keep(struct sequence_set *set, const struct snapshot *snapshot);

const struct sequence_state *sequences_find(const struct sequence_set *set, const char *identity);

/* The value that it gives next; limits and cycles are not looked at. */
int64_t sequences_next(const struct sequence_state *state);

/* Whether no value was taken and it was not set. */
bool sequences_is_fresh(const struct sequence_state *state);

#endif
