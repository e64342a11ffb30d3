/* Blame: the file and statement of the migrations that last set a fact. Found by snapshots along a replay, so that a
 * fact that was set by EXECUTE or CASCADE is blamed rightly: after each file, and after each statement of the files
 * that changed something. What was found is remembered: the next time only new files are run. */
#ifndef MIGRATE_BLAME_H
#define MIGRATE_BLAME_H

#include "migrate/diff.h"
#include "migrate/directory.h"
#include "migrate/replay.h"

enum blame_side { BLAME_FROM, BLAME_TO }; /* which side of the diff the migrations are */

/* Fills in `blame` of the diff's changes ("migrations/003_x.sql:12", relative to the project); of a fact that no file
 * ever set it stays NULL: an object that the migrations have never had. An object that they dropped is blamed on the
 * drop. Owner of the texts: the diff. Blocks. Errors: as replay_migrations. */
bool blame_fill(struct diff *diff, enum blame_side side, struct scratch *scratch, const struct directory *directory,
                const struct settings *settings, const struct replay_options *options, struct error *error) NODISCARD;

#endif
