/* What a snapshot leaves out although its queries found it: members of extensions, pgdeck's own tables, what `ignore`
 * names, and what is part of any of these. Counted, with an example. */
#ifndef MIGRATE_SNAPSHOT_PROVENANCE_H
#define MIGRATE_SNAPSHOT_PROVENANCE_H

#include "migrate/snapshot.h"
#include "migrate/snapshot/links.h"

/* Takes them out of the snapshot and adds to its left_out. settings: NULL: nothing is ignored, no table is pgdeck's. */
void provenance_leave_out(struct snapshot *snapshot, const struct settings *settings, const struct link_edge *edges,
                          size_t count);

#endif
