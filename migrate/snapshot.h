/* A snapshot: the schema of a database as the catalog tells it at one moment: objects by kind, what depends on what,
 * what was left out and why. One query a kind, all in one pipeline of one REPEATABLE READ READ ONLY transaction. */
#ifndef MIGRATE_SNAPSHOT_H
#define MIGRATE_SNAPSHOT_H

#include <talloc.h>

#include "migrate/kind.h"
#include "store/base.h"
#include "store/connection.h"
#include "store/error.h"
#include "store/settings.h"

/* `dependent` cannot be without `referenced`. Positions in snapshot->objects. */
struct dependency {
    size_t dependent, referenced;
    enum { DEPENDS_NORMAL, DEPENDS_AUTO } type; /* AUTO: it goes when the referenced one goes */
};

/* How many objects were left out for one reason, or are of a kind that pgdeck does not model. */
struct snapshot_count {
    const char *what; /* "extension members", "operator class" ... */
    int64_t count;
    const char *example; /* the identity of one, or NULL */
};

/* A cast of pg_cast: from, to as format_type prints types. */
struct snapshot_cast {
    const char *from, *to;
    bool is_assignment;
};

/* Constant once taken. Texts lie in the server's results, which it owns. */
struct snapshot {
    int server_version;
    struct object **objects; /* by kind, then identity (bytes) */
    size_t count;
    size_t first[KIND_COUNT + 1];    /* objects of kind k: [first[k], first[k + 1]) */
    struct dependency *dependencies; /* by dependent */
    size_t dependency_count;
    const struct snapshot_count *left_out; /* by provenance, and by `ignore` */
    size_t left_out_count;
    const struct snapshot_count *not_modelled;
    size_t not_modelled_count;
    struct snapshot_cast *casts; /* by from, to */
    size_t cast_count;
};

struct snapshot_options {
    const struct settings *settings; /* for `ignore` and the ledger's name; NULL: nothing is ignored */
    const bool *only;                /* by kind_id: which kinds are read, and no dependencies; NULL: all */
};

/* Takes it. Owner: `owner`. Blocks. Retries once when DDL of others gets in between (the catalog's functions look at
 * what is newest, not at the snapshot). Where a transaction is open on the connection, it shows what that sees, and
 * leaves it as it was. Errors: the server's. */
struct snapshot *snapshot_take(TALLOC_CTX *owner, struct connection *connection, const struct snapshot_options *options,
                               struct error *error) NODISCARD;

/* The object of an identity, or NULL. */
struct object *snapshot_find(const struct snapshot *snapshot, enum kind_id kind, const char *identity);

/* The dependencies of one object: [first, first + count) of snapshot->dependencies. */
struct dependency_range {
    const struct dependency *items;
    size_t count;
};
struct dependency_range snapshot_dependencies(const struct snapshot *snapshot, const struct object *object);

/* The other way round: positions of what depends on each object. Owner: `owner`. */
struct dependents {
    const size_t *first; /* by position, and one more */
    const struct dependency **items;
};
struct dependents snapshot_dependents(TALLOC_CTX *owner, const struct snapshot *snapshot);

/* Sets the objects' positions anew, after some were taken out. */
void snapshot_number(struct snapshot *snapshot);

/* A snapshot of those objects for which `is_kept` (by position) says so, and what they cannot be made without: what
 * they depend on, parents with their columns. Owner: `owner`; `snapshot` must outlive it. */
struct snapshot *snapshot_subset(TALLOC_CTX *owner, const struct snapshot *snapshot, const bool *is_kept);

/* A snapshot without any object, as of an empty database of that version. Owner: `owner`. */
struct snapshot *snapshot_empty(TALLOC_CTX *owner, int server_version);

#endif
