/* See blocking.h. A depth-first walk along the blockers finds how far each node is from what holds it up; an edge that
 * leads back into the walk closes a circle and is not followed. */
#include "store/activity/blocking.h"

enum walk { WALK_NEW, WALK_GOING_ON, WALK_DONE };

struct places {
    size_t *items;
    size_t count;
};

struct maker {
    const struct blocking_node *nodes;
    size_t count;
    enum walk *walks;
    size_t *levels;         /* steps from what holds it up */
    size_t *parents;        /* NO_PARENT: none */
    struct places *waiting; /* of each node: who waits for it directly */
    struct blocking_tree *tree;
};

#define NO_PARENT SIZE_MAX

/* Nodes are taken in order: a double is the last one that was put there. */
static void turn_round(struct maker *maker)
{
    for (size_t node = 0; node < maker->count; node++)
        for (size_t i = 0; i < maker->nodes[node].blocker_count; i++) {
            size_t blocker = maker->nodes[node].blockers[i];
            struct places *places = &maker->waiting[blocker];
            if (blocker == node || (places->count > 0 && places->items[places->count - 1] == node))
                continue;
            places->items = talloc_realloc(maker->waiting, places->items, size_t, (unsigned)places->count + 1);
            places->items[places->count++] = node;
        }
}

static bool is_better_parent(const struct maker *maker, size_t blocker, size_t parent)
{
    if (parent == NO_PARENT || maker->levels[blocker] != maker->levels[parent])
        return parent == NO_PARENT || maker->levels[blocker] > maker->levels[parent];
    return blocker < parent;
}

/* The blocker with the highest level becomes the parent, the first of several. */
static void level(struct maker *maker, size_t node)
{
    maker->walks[node] = WALK_GOING_ON;
    for (size_t i = 0; i < maker->nodes[node].blocker_count; i++) {
        size_t blocker = maker->nodes[node].blockers[i];
        if (blocker == node)
            continue;
        if (maker->walks[blocker] == WALK_NEW)
            level(maker, blocker);
        if (maker->walks[blocker] == WALK_DONE && is_better_parent(maker, blocker, maker->parents[node]))
            maker->parents[node] = blocker;
    }
    maker->levels[node] = maker->parents[node] == NO_PARENT ? 0 : maker->levels[maker->parents[node]] + 1;
    maker->walks[node] = WALK_DONE;
}

static bool is_above(const struct maker *maker, size_t node, size_t above)
{
    while (node != NO_PARENT && node != above)
        node = maker->parents[node];
    return node == above;
}

/* Where a circle was entered, a node may be left without a parent though there is one that leads out of the circle. */
static void adopt(struct maker *maker, size_t node)
{
    for (size_t i = 0; i < maker->nodes[node].blocker_count && maker->parents[node] == NO_PARENT; i++) {
        size_t blocker = maker->nodes[node].blockers[i];
        if (!is_above(maker, blocker, node))
            maker->parents[node] = blocker;
    }
}

/* Counts whom a node holds up, all the way down. `seen` and `queue` have room for all nodes. */
static void count_behind(struct maker *maker, size_t node, bool *seen, size_t *queue)
{
    size_t first = 0, last = 0;
    memset(seen, 0, maker->count * sizeof *seen);
    queue[last++] = node;
    while (first < last) {
        const struct places *waiting = &maker->waiting[queue[first++]];
        for (size_t i = 0; i < waiting->count; i++)
            if (!seen[waiting->items[i]]) {
                seen[waiting->items[i]] = true;
                queue[last++] = waiting->items[i];
                if (waiting->items[i] == node)
                    last--; /* it was here already */
            }
    }
    maker->tree->in_circle[node] = seen[node];
    maker->tree->behind[node] = last - 1;
}

static void add_row(struct maker *maker, size_t node, int depth, enum blocking_mention mention)
{
    struct blocking_tree *tree = maker->tree;
    tree->rows = talloc_realloc(tree, tree->rows, struct blocking_row, (unsigned)tree->count + 1);
    tree->rows[tree->count++] =
        (struct blocking_row){node, depth < BLOCKING_DEEPEST ? depth : BLOCKING_DEEPEST, mention};
}

static void add_in_full(struct maker *maker, size_t node, int depth)
{
    const struct places *waiting = &maker->waiting[node];
    add_row(maker, node, depth, BLOCKING_IN_FULL);
    for (size_t i = 0; i < waiting->count; i++) {
        size_t who = waiting->items[i];
        if (maker->parents[who] == node)
            add_in_full(maker, who, depth + 1);
        else if (!is_above(maker, who, node))
            add_row(maker, who, depth + 1, BLOCKING_AGAIN);
    }
}

/* Roots, those with the longest queue first; few, so that looking for the next one is cheap. */
static void add_roots(struct maker *maker)
{
    struct places roots = {talloc_array(maker, size_t, (unsigned)maker->count + 1), 0};
    for (size_t i = 0; i < maker->count; i++)
        if (maker->parents[i] == NO_PARENT && maker->waiting[i].count > 0)
            roots.items[roots.count++] = i;
    for (size_t done = 0; done < roots.count; done++) {
        size_t best = done;
        for (size_t i = done + 1; i < roots.count; i++)
            if (maker->tree->behind[roots.items[i]] > maker->tree->behind[roots.items[best]])
                best = i;
        size_t node = roots.items[best];
        memmove(&roots.items[done + 1], &roots.items[done], (best - done) * sizeof *roots.items);
        roots.items[done] = node;
        add_in_full(maker, node, 0);
    }
}

struct blocking_tree *blocking_tree_make(TALLOC_CTX *owner, const struct blocking_node *nodes, size_t count)
{
    struct maker *maker = talloc_zero(NULL, struct maker);
    unsigned room = (unsigned)count + 1;
    maker->nodes = nodes;
    maker->count = count;
    maker->walks = talloc_zero_array(maker, enum walk, room);
    maker->levels = talloc_zero_array(maker, size_t, room);
    maker->parents = talloc_array(maker, size_t, room);
    maker->waiting = talloc_zero_array(maker, struct places, room);
    maker->tree = talloc_zero(owner, struct blocking_tree);
    maker->tree->behind = talloc_zero_array(maker->tree, size_t, room);
    maker->tree->in_circle = talloc_zero_array(maker->tree, bool, room);
    bool *seen = talloc_zero_array(maker, bool, room);
    size_t *queue = talloc_array(maker, size_t, room);
    for (size_t i = 0; i < count; i++)
        maker->parents[i] = NO_PARENT;
    turn_round(maker);
    for (size_t i = 0; i < count; i++)
        if (maker->walks[i] == WALK_NEW)
            level(maker, i);
    for (size_t i = 0; i < count; i++)
        adopt(maker, i);
    for (size_t i = 0; i < count; i++)
        if (maker->waiting[i].count > 0)
            count_behind(maker, i, seen, queue);
    add_roots(maker);
    struct blocking_tree *tree = maker->tree;
    talloc_free(maker);
    return tree;
}
