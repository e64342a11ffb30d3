/* The order of a script: what is done to which object, ordered by the real dependencies of both sides. Pure. */
#ifndef MIGRATE_ORDER_H
#define MIGRATE_ORDER_H

#include <talloc.h>

#include "migrate/diff.h"
#include "store/base.h"

enum step_kind {
    STEP_HOLLOW, /* a stand-in takes its place, so that what it needs can go before it */
    STEP_DROP,
    STEP_RENAME,
    STEP_ASIDE, /* a type that is made anew gets another name */
    STEP_STUB,  /* a stand-in, of which others are made */
    STEP_CREATE,
    STEP_ALTER,
    STEP_DROP_ASIDE, /* and goes when nothing needs it any more */
};

struct step {
    enum step_kind kind;
    size_t item; /* in diff->items */
};

/* KIND: what nothing forces elsewhere stands by kind. TABLE: by the table that it is part of, to be read. */
enum order_reading { ORDER_BY_KIND, ORDER_BY_TABLE };

struct order {
    struct step *steps; /* in the order to take them */
    size_t count;
    const bool *is_inline; /* by item: its CREATE is a clause of its parent's */
    const bool *has_stub;  /* by item */
};

/* Owner: `owner`. The diff must outlive it. */
struct order *order_make(TALLOC_CTX *owner, const struct diff *diff, enum order_reading reading);

#endif
