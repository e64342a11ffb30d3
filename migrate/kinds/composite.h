/* Composite types: how columns that hold values of one are brought over when it is made anew. For the kinds composite,
 * column. */
#ifndef MIGRATE_KINDS_COMPOSITE_H
#define MIGRATE_KINDS_COMPOSITE_H

#include "migrate/kind.h"

struct composite_object {
    struct object base;
    const char *attributes;         /* name type [COLLATE ...], separated by commas; NULL: none */
    const char *attribute_comments; /* name 'comment', separated by commas; NULL: none */
    const char *is_read;            /* whether anything depends on a single attribute */
};

/* " USING ..." for a column of TO whose type, or what that is made of, is a composite whose attributes stand in another
 * order or number than before: a text of the old type would put them in the wrong places, so they go by name. NULL: it
 * is no such type. Writes what the expression needs; composite_using_end, behind the ALTER, takes it away. Owner: the
 * emission. */
const char *composite_using(struct emission *emission, const struct object *column, const char *type);
void composite_using_end(struct emission *emission, const struct object *column, const char *type);

#endif
