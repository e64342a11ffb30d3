/* Who is whose parent, and what depends on what: pg_depend's addresses brought to objects of a snapshot. */
#ifndef MIGRATE_SNAPSHOT_LINKS_H
#define MIGRATE_SNAPSHOT_LINKS_H

#include "migrate/snapshot.h"

/* A row of depend.sql. */
struct link_edge {
    int64_t class_id, object_id, sub_id, to_class_id, to_object_id, to_sub_id;
    const char *type;
};

struct link_edge *links_bind(struct result *result, size_t *count, struct error *error) NODISCARD;

/* Sets parent_object. The objects are sorted. */
void links_find_parents(struct snapshot *snapshot);

/* Sets the snapshot's dependencies. What is no object leads to what it is a part of: a view's rule to the view, an
 * array type to its elements' type, a member of an extension to the extension. A child depends on its parent, too. */
void links_find_dependencies(struct snapshot *snapshot, const struct link_edge *edges, size_t count);

#endif
