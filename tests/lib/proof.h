/* The proof that a difference is right: two schemas with rows are built in databases of their own, read, compared, and
 * the script of each direction is run. Then the schemas must be equal to pgdeck and to pg_dump, and what both sides
 * have must still hold its rows. No failure of a cmocka test here: it may run in threads, each with its own memory. */
#ifndef TESTS_LIB_PROOF_H
#define TESTS_LIB_PROOF_H

#include <talloc.h>

#include "migrate/diff.h"
#include "store/base.h"
#include "tests/lib/workbench.h"

enum proof_direction { PROOF_FORWARD, PROOF_BACKWARD, PROOF_DIRECTIONS };

struct proof_case {
    const char *from, *to; /* SQL; a CREATE ROLE of a role that is there is passed over */
    int differences;       /* how many each direction must tell, or -1 */
    enum { PROOF_WITHOUT_PRIVILEGES, PROOF_WITH_PRIVILEGES } privileges;
    /* PROOF_ANEW: also builds both once more, as another role, under another search_path and database name. */
    enum { PROOF_ONCE, PROOF_ANEW } rebuild;
    const char *refused[PROOF_DIRECTIONS]; /* the SQLSTATE with which rows stop this script, or NULL */
    const char *const *lost;               /* as row_memory_compare takes it */
};

struct proof {
    char *report;                         /* NULL: it holds; else what is wrong, with the scripts */
    struct diff *diffs[PROOF_DIRECTIONS]; /* NULL where it did not come so far */
    char *scripts[PROOF_DIRECTIONS];
};

/* Runs it in the databases of the bench. Owner: `owner`. */
struct proof *proof_run(TALLOC_CTX *owner, struct workbench *bench, const struct proof_case *proof_case);

/* The differences one a line: "alter column app.t.a type: integer -> bigint". Owner: `owner`. */
char *proof_changes(TALLOC_CTX *owner, const struct diff *diff);

#endif
