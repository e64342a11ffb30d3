/* What a migration touches: the objects that are others behind it than before it, seen by snapshots along the replay.
 * Private to migrate/audit. */
#ifndef MIGRATE_AUDIT_TRACES_H
#define MIGRATE_AUDIT_TRACES_H

#include <talloc.h>

#include "migrate/compare.h"
#include "migrate/directory.h"
#include "migrate/scratch.h"

struct traces {
    const struct object **objects; /* made or changed: as they are behind it; dropped: as they were */
    size_t count;
};

/* Of the file at an index. Owner: `owner`. Blocks. Errors: replay_migrations'. */
bool traces_read(TALLOC_CTX *owner, struct scratch *scratch, const struct directory *directory, size_t index,
                 const struct settings *settings, struct cancel *cancel, struct traces *touched,
                 struct error *error) NODISCARD;

/* Whether an identity of any kind is among them. */
bool traces_has_identity(const struct traces *touched, const char *identity);

/* Which changes of a comparison are of touched objects, or of what they are a part of and came or went with; true is
 * set in `is_of` (by change), nothing else is. */
void traces_match(const struct traces *touched, const struct diff *diff, bool *is_of);

#endif
