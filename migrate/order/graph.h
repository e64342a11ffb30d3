/* A graph of nodes with keys, put in order: who must come first does, and else the smallest key. Knows nothing of
 * schemas. */
#ifndef MIGRATE_ORDER_GRAPH_H
#define MIGRATE_ORDER_GRAPH_H

#include <talloc.h>

#include "store/base.h"

struct graph; /* opaque */

/* Owner: `owner`. */
struct graph *graph_new(TALLOC_CTX *owner);

/* Returns the node's number, from 0. */
size_t graph_add_node(struct graph *graph, uint64_t key);

/* `before` comes before `after`; an edge of a node to itself is none. */
void graph_add_edge(struct graph *graph, size_t before, size_t after);

size_t graph_node_count(const struct graph *graph);

/* The nodes in order (owner: the graph); *sorted gets their number, which is less than that of the nodes where there is
 * a circle. */
const size_t *graph_sort(struct graph *graph, size_t *sorted);

/* After graph_sort: whether a node stands in a circle, or between two. */
bool graph_is_in_circle(const struct graph *graph, size_t node);

/* After graph_sort: goes on as if nothing had to come before this node. */
void graph_force(struct graph *graph, size_t node);

/* The direct predecessors of a node; sorted graphs only. */
const size_t *graph_predecessors(const struct graph *graph, size_t node, size_t *count);

#endif
