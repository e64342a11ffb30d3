/* The parts of each object of a snapshot, in the catalog's order. */
#ifndef MIGRATE_EMIT_CHILDREN_H
#define MIGRATE_EMIT_CHILDREN_H

#include "migrate/kind.h"
#include "migrate/snapshot.h"

struct children; /* opaque */

/* Owner: `owner`. */
struct children *children_new(TALLOC_CTX *owner, const struct snapshot *snapshot);

/* Those of one kind that `is_wanted` takes (NULL: all); by class_id, object_id, sub_id. NULL-terminated. Owner:
 * `owner`. */
const struct object *const *children_of(TALLOC_CTX *owner, const struct children *children, const struct object *parent,
                                        enum kind_id kind,
                                        bool (*is_wanted)(void *argument, const struct object *child), void *argument);

#endif
