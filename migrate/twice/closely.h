/* The second run of a file, statement by statement, with a snapshot behind each that has written to the catalog: what
 * it has changed in the end, and which statement did it. Only for files of which something is suspected. Private to
 * migrate/twice. */
#ifndef MIGRATE_TWICE_CLOSELY_H
#define MIGRATE_TWICE_CLOSELY_H

#include <talloc.h>

#include "migrate/snapshot.h"
#include "migrate/twice/findings.h"
#include "migrate/twice/look.h"
#include "store/base.h"

/* What stood behind a statement. */
struct close_step {
    size_t statement;
    const struct snapshot *snapshot; /* NULL: as behind the step before */
    const struct look_files *files;  /* likewise */
    struct look_state state;
    struct look_sequences sequences;
};

struct close_refusal {
    size_t statement;
    const char *sqlstate, *message;
};

/* What is judged. */
struct close_evidence {
    const struct migration_file *file;
    const struct snapshot *snapshot; /* before the second run; NULL: the catalog is the same, and was not read */
    struct look_files files;
    struct look_state state;
    struct look_sequences sequences;
    struct close_step *steps;
    size_t step_count;
    struct close_refusal *refusals;
    size_t refusal_count;
};

/* Adds what differs between before and the last step, each at the statement that did it. Pure. */
void closely_judge(const struct close_evidence *evidence, struct findings *findings);

#endif
