/* The steps of a file that runs outside a transaction: each one is atomic, recorded and counted by its first statement.
 */
#ifndef MIGRATE_STEP_H
#define MIGRATE_STEP_H

#include <talloc.h>

#include "migrate/file.h"
#include "store/base.h"

enum step_kind {
    STEP_STATEMENT,  /* one statement that can run in a transaction: runs with its journal row */
    STEP_BLOCK,      /* BEGIN ... COMMIT of the file's own: one transaction, with its journal row */
    STEP_AUTOCOMMIT, /* what cannot run in a transaction: intent, statement, check, result */
};

struct step {
    enum step_kind kind;
    int number;          /* of its first statement in the file, from 1: the journal's "step" */
    size_t first, count; /* statements to run: for a block without its BEGIN and COMMIT */
    const char *begin;   /* of a block: its own BEGIN, so that its isolation level holds; not terminated */
    size_t begin_size_bytes;
    const char *hash; /* sha256: of the statement, or of all hashes of the block */
};

/* The steps of a non-transactional file, in order. Owner: `owner`. The file has been checked: its blocks are whole. */
struct step *step_list(TALLOC_CTX *owner, const struct migration_file *file, size_t *count);

#endif
