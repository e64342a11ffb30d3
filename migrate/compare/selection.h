/* A comparison of some kinds only. */
#ifndef MIGRATE_COMPARE_SELECTION_H
#define MIGRATE_COMPARE_SELECTION_H

#include "migrate/emit.h"
#include "store/base.h"

/* Whether an object's differences are told under these kinds (names; NULL: all): a facet's with its parent's, too. */
bool selection_has(const char *const *only_kinds, const struct object *object);

/* Takes out of a script what closes differences of other kinds. What is made anew along the way stays: without it the
 * rest may be refused. */
void selection_cut(struct emit_script *script, const char *const *only_kinds);

#endif
