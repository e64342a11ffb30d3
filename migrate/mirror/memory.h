/* What was read from a scratch database that never changes is kept as a note, and not read again. */
#ifndef MIGRATE_MIRROR_MEMORY_H
#define MIGRATE_MIRROR_MEMORY_H

#include "migrate/mirror.h"

/* The snapshot of the mirror's database as it was read before; NULL: it was not. Owner: the mirror. */
struct snapshot *memory_recall(struct mirror *mirror, const struct settings *settings);

void memory_keep(struct mirror *mirror, const struct settings *settings);

#endif
