/* The script that turns the `from` side of a diff into its `to` side: pure. Ordered by real dependencies of both sides;
 * what exists on both sides keeps its rows, unless a statement says that it loses data. */
#ifndef MIGRATE_EMIT_H
#define MIGRATE_EMIT_H

#include <talloc.h>

#include "migrate/diff.h"
#include "migrate/order.h"
#include "store/base.h"

struct emit_statement {
    const char *sql;              /* without its semicolon */
    unsigned traits;              /* EMIT_... of kind.h */
    enum step_kind step;          /* what it is a part of */
    const struct diff_item *item; /* whose difference it closes, or that is made anew along the way */
    const struct field *field;    /* of STEP_ALTER: whose difference; NULL: the comment's */
};

struct emit_script {
    struct emit_statement *statements; /* in the order to run them */
    size_t count;
    enum { SCRIPT_TRANSACTIONAL, SCRIPT_SPLIT } transaction; /* SPLIT: some statements must run outside */
    bool loses_data;
    bool has_routines; /* their bodies must not be checked: what they use may come later */
};

/* Writes the script, and fills sql and loss of the diff's changes. Owner: `owner`. The diff must outlive it. */
struct emit_script *emit_script(TALLOC_CTX *owner, struct diff *diff, enum order_reading reading);

/* The script as a text that psql runs and that can be a migration file: a head line where it needs one, what loses data
 * marked with a comment, BEGIN and COMMIT around what belongs together where some of it must run outside. "" when there
 * is nothing to do. Owner: `owner`. */
char *emit_text(TALLOC_CTX *owner, const struct emit_script *script);

#endif
