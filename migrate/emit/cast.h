/* Which types turn into which, by the catalog's casts and the rules that stand in no catalog. */
#ifndef MIGRATE_EMIT_CAST_H
#define MIGRATE_EMIT_CAST_H

#include "migrate/kind.h"
#include "migrate/snapshot.h"

/* Types as format_type prints them; modifiers are passed over. */
enum emission_cast cast_find(const struct snapshot *snapshot, const char *from, const char *to);

#endif
