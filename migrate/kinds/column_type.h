/* From one type of a column to another: what the values go through, and what they lose on the way. For the kind column.
 */
#ifndef MIGRATE_KINDS_COLUMN_TYPE_H
#define MIGRATE_KINDS_COLUMN_TYPE_H

#include "migrate/kind.h"

/* What stands after TYPE ... : " USING c::text::app.mood", or "" where the server finds its way by itself. Never cuts
 * silently: a modifier that is too short makes the server refuse. Objects: the column on both sides, whose domains are
 * looked for there; types as format_type prints them. Owner: the emission. */
const char *column_type_using(struct emission *emission, const struct object *from, const char *from_type,
                              const struct object *to, const char *to_type);

/* The same where a type of the same name was made anew. */
const char *column_type_using_text(struct emission *emission, const char *column, const char *type);

/* Whether values may be rounded or cut without an error. */
bool column_type_loses(struct emission *emission, const struct object *from, const char *from_type,
                       const struct object *to, const char *to_type);

#endif
