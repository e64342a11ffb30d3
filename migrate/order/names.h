/* Names that become free, and who waits for them (kind.h, spaces). */
#ifndef MIGRATE_ORDER_NAMES_H
#define MIGRATE_ORDER_NAMES_H

#include "migrate/kind.h"

struct names; /* opaque */

struct names *names_new(TALLOC_CTX *owner);

/* The object's names become free behind this node. */
void names_add(struct names *names, const struct object *object, size_t node);

/* The same for the relation of this identity, in the schema of the object. */
void names_add_relation(struct names *names, const struct object *object, const char *identity, size_t node);

void names_sort(struct names *names);

/* The nodes behind which a name that the object takes becomes free. Valid until the next call. */
const size_t *names_find(struct names *names, const struct object *object, size_t *count);

#endif
