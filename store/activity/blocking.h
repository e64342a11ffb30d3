/* Who waits for whom, as a picture: a forest with what blocks above what it blocks. Pure: numbers in, rows out. Circles
 * (a deadlock that the server has not found yet, or readings of different moments) and several blockers are no special
 * case for who draws it. */
#ifndef STORE_ACTIVITY_BLOCKING_H
#define STORE_ACTIVITY_BLOCKING_H

#include <talloc.h>

#include "store/base.h"

/* What may block and be blocked. Numbers of others are places in the same array. */
struct blocking_node {
    const size_t *blockers; /* direct; its own number and doubles count nothing */
    size_t blocker_count;
};

enum blocking_mention {
    BLOCKING_IN_FULL, /* each node that blocks or is blocked has one such row */
    BLOCKING_AGAIN    /* it stands in full under another blocker; without what waits behind it */
};

struct blocking_row {
    size_t node;
    int depth; /* from 0, at most one more than that of the row before; at most BLOCKING_DEEPEST */
    enum blocking_mention mention;
};

/* A long queue goes on at this depth, row under row. */
enum { BLOCKING_DEEPEST = 12 };

struct blocking_tree {
    struct blocking_row *rows; /* depth first; who holds up the most comes first */
    size_t count;
    size_t *behind;  /* of each node: how many wait for it, directly or not, itself not counted */
    bool *in_circle; /* of each node: it waits for itself by way of others */
};

/* A node stands under the blocker that is the farthest from what holds everything up, so that a queue is a chain; under
 * blockers that are not above it there, it is mentioned again: also where a circle closes. Nodes that neither block nor
 * wait have no row. Siblings keep the order of the nodes. Owner: `owner`. */
struct blocking_tree *blocking_tree_make(TALLOC_CTX *owner, const struct blocking_node *nodes, size_t count);

#endif
