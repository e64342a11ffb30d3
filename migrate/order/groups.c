/* See groups.h. Groups are walked by kind and name, each behind those that it needs: what tables refer to stands right
 * before them, and a ring of tables stays together. */
#include "migrate/order/groups.h"

struct group_edge {
    size_t dependent, referenced; /* items that are roots */
};

struct walk {
    const struct group_edge *edges; /* by dependent */
    size_t edge_count;
    size_t *place; /* by item */
    size_t count;  /* of those that have their place */
    enum { GROUP_NEW, GROUP_OPEN, GROUP_DONE } * state;
    size_t *stack, *next; /* open groups, and the edge that each looks at next */
    size_t depth;
};

static void *array_of(TALLOC_CTX *owner, size_t count, size_t size_bytes)
{
    void *array = talloc_zero_size(owner, (count + 1) * size_bytes);
    if (!array)
        abort();
    return array;
}

static const struct object *ground_of(const struct diff *diff, const struct object *object, bool is_to)
{
    return is_to ? diff->ground_to[object->position] : diff->ground_from[object->position];
}

size_t groups_root(const struct diff *diff, size_t item)
{
    bool is_to = diff->items[item].to != NULL;
    const struct object *object = is_to ? diff->items[item].to : diff->items[item].from;
    for (const struct object *ground; (ground = ground_of(diff, object, is_to)) != NULL;)
        object = ground;
    return is_to ? diff->item_of_to[object->position] : diff->item_of_from[object->position];
}

static int compare_edges(const void *one, const void *other)
{
    const struct group_edge *a = one, *b = other;
    int order = (a->dependent > b->dependent) - (a->dependent < b->dependent);
    return order ? order : (a->referenced > b->referenced) - (a->referenced < b->referenced);
}

static struct group_edge *gather(TALLOC_CTX *owner, const struct diff *diff, const size_t *roots)
{
    struct group_edge *edges = array_of(owner, diff->to->dependency_count, sizeof *edges);
    for (size_t i = 0; i < diff->to->dependency_count; i++) {
        const struct dependency *dependency = &diff->to->dependencies[i];
        edges[i] = (struct group_edge){roots[diff->item_of_to[dependency->dependent]],
                                       roots[diff->item_of_to[dependency->referenced]]};
    }
    if (diff->to->dependency_count)
        qsort(edges, diff->to->dependency_count, sizeof *edges, compare_edges);
    return edges;
}

static size_t first_edge(const struct walk *walk, size_t dependent)
{
    size_t low = 0, high = walk->edge_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (walk->edges[middle].dependent < dependent)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void enter(struct walk *walk, size_t group)
{
    walk->state[group] = GROUP_OPEN;
    walk->stack[walk->depth] = group;
    walk->next[walk->depth++] = first_edge(walk, group);
}

/* A group that is open already is a ring's: it comes behind, and what ties the ring is made apart. */
static void visit(struct walk *walk, size_t root)
{
    if (walk->state[root] != GROUP_NEW)
        return;
    enter(walk, root);
    while (walk->depth) {
        size_t group = walk->stack[walk->depth - 1], *next = &walk->next[walk->depth - 1];
        if (*next < walk->edge_count && walk->edges[*next].dependent == group) {
            size_t needed = walk->edges[(*next)++].referenced;
            if (walk->state[needed] == GROUP_NEW)
                enter(walk, needed);
            continue;
        }
        walk->state[group] = GROUP_DONE;
        walk->place[group] = walk->count++;
        walk->depth--;
    }
}

const size_t *groups_places(TALLOC_CTX *owner, const struct diff *diff)
{
    size_t count = diff->item_count;
    size_t *places = array_of(owner, count, sizeof *places), *roots = array_of(owner, count, sizeof *roots);
    for (size_t i = 0; i < count; i++)
        roots[i] = groups_root(diff, i);
    struct walk walk = {
        .edges = gather(roots, diff, roots),
        .edge_count = diff->to->dependency_count,
        .place = array_of(roots, count, sizeof *walk.place),
        .state = array_of(roots, count, sizeof *walk.state),
        .stack = array_of(roots, count, sizeof *walk.stack),
        .next = array_of(roots, count, sizeof *walk.next),
    };
    for (size_t i = 0; i < count; i++)
        if (roots[i] == i)
            visit(&walk, i);
    for (size_t i = 0; i < count; i++)
        places[i] = walk.place[roots[i]];
    talloc_free(roots);
    return places;
}
