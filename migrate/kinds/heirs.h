/* The tables that inherit from a table, partitions too. ALTER TABLE on the parent reaches them, and overrides what they
 * have of their own. For the kinds of tables. */
#ifndef MIGRATE_KINDS_HEIRS_H
#define MIGRATE_KINDS_HEIRS_H

#include "migrate/kind.h"

/* Whether a table of either side that has parents (or a type) keeps them untouched. */
bool heirs_are_linked(struct emission *emission, const struct object *table);

/* Behind a change of a parent's column: sets again what heirs have of their own. */
enum heirs_value { HEIRS_NOT_NULL, HEIRS_STORAGE, HEIRS_COMPRESSION, HEIRS_DEFAULT };
void heirs_restore(struct emission *emission, const struct object *column, enum heirs_value value);

#endif
