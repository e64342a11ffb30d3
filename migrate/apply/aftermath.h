/* After a file: the relations that it touched, live, beside what the plan's measuring saw it make of them. Only read,
 * on the lock connection, which waits for nobody's lock longer than it may; a failure of it is no failure of the file.
 * Private to migrate/apply. */
#ifndef MIGRATE_APPLY_AFTERMATH_H
#define MIGRATE_APPLY_AFTERMATH_H

#include "migrate/apply/run.h"
#include "migrate/expected.h"

/* The file at hand is about to run. */
void aftermath_begin(struct run *run);

/* Looks at the relations before the file, again before each attempt: others may have changed them in between. */
void aftermath_look(struct run *run);

/* The file is applied: compares, and tells a difference. Owner: `owner`. */
const struct verdict *aftermath_end(struct run *run, TALLOC_CTX *owner);

#endif
