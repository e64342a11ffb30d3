/* See graph.h. Kahn's algorithm with a heap of what is ready. */
#include "migrate/order/graph.h"

struct edge {
    size_t before, after;
};

struct graph {
    uint64_t *keys;
    size_t count, room;
    struct edge *edges;
    size_t edge_count, edge_room;

    /* Set by graph_sort. */
    size_t *next_first, *next;         /* successors of n: next[next_first[n]] ... */
    size_t *previous_first, *previous; /* predecessors, likewise */
    size_t *waiting;                   /* how many predecessors are not sorted yet */
    size_t *sorted, sorted_count;
    bool *is_sorted, *is_in_circle;
    size_t *heap, heap_count;
};

struct graph *graph_new(TALLOC_CTX *owner)
{
    struct graph *graph = talloc_zero(owner, struct graph);
    if (!graph)
        abort();
    return graph;
}

static void *grown(struct graph *graph, void *array, size_t *room, size_t size_bytes)
{
    *room = *room ? 2 * *room : 256;
    array = talloc_realloc_size(graph, array, *room * size_bytes);
    if (!array)
        abort();
    return array;
}

size_t graph_add_node(struct graph *graph, uint64_t key)
{
    if (graph->count == graph->room)
        graph->keys = grown(graph, graph->keys, &graph->room, sizeof *graph->keys);
    graph->keys[graph->count] = key;
    return graph->count++;
}

void graph_add_edge(struct graph *graph, size_t before, size_t after)
{
    if (before == after)
        return;
    if (graph->edge_count == graph->edge_room)
        graph->edges = grown(graph, graph->edges, &graph->edge_room, sizeof *graph->edges);
    graph->edges[graph->edge_count++] = (struct edge){before, after};
}

size_t graph_node_count(const struct graph *graph) { return graph->count; }

/* ---- the heap ---- */

static bool is_less(const struct graph *graph, size_t one, size_t other)
{
    uint64_t a = graph->keys[one], b = graph->keys[other];
    return a != b ? a < b : one < other;
}

static void swap(size_t *one, size_t *other)
{
    size_t kept = *one;
    *one = *other;
    *other = kept;
}

static void push(struct graph *graph, size_t node)
{
    size_t at = graph->heap_count++;
    graph->heap[at] = node;
    for (; at && is_less(graph, graph->heap[at], graph->heap[(at - 1) / 2]); at = (at - 1) / 2)
        swap(&graph->heap[at], &graph->heap[(at - 1) / 2]);
}

static size_t pop(struct graph *graph)
{
    size_t result = graph->heap[0], at = 0;
    graph->heap[0] = graph->heap[--graph->heap_count];
    for (;;) {
        size_t least = at;
        for (size_t child = 2 * at + 1; child <= 2 * at + 2 && child < graph->heap_count; child++)
            if (is_less(graph, graph->heap[child], graph->heap[least]))
                least = child;
        if (least == at)
            return result;
        swap(&graph->heap[at], &graph->heap[least]);
        at = least;
    }
}

/* ---- sorting ---- */

static void *array_of(struct graph *graph, size_t count, size_t size_bytes)
{
    void *array = talloc_zero_size(graph, (count + 2) * size_bytes);
    if (!array)
        abort();
    return array;
}

/* Neighbours in one direction, by counting. */
static void link(struct graph *graph, size_t **first, size_t **items, size_t (*near)(const struct edge *),
                 size_t (*far)(const struct edge *))
{
    *first = array_of(graph, graph->count, sizeof **first);
    *items = array_of(graph, graph->edge_count, sizeof **items);
    for (size_t i = 0; i < graph->edge_count; i++)
        (*first)[near(&graph->edges[i]) + 1]++;
    for (size_t i = 1; i <= graph->count; i++)
        (*first)[i] += (*first)[i - 1];
    size_t *at = array_of(graph, graph->count, sizeof *at);
    memcpy(at, *first, (graph->count + 1) * sizeof *at);
    for (size_t i = 0; i < graph->edge_count; i++)
        (*items)[at[near(&graph->edges[i])]++] = far(&graph->edges[i]);
    talloc_free(at);
}

static size_t before_of(const struct edge *edge) { return edge->before; }
static size_t after_of(const struct edge *edge) { return edge->after; }

static void prepare(struct graph *graph)
{
    link(graph, &graph->next_first, &graph->next, before_of, after_of);
    link(graph, &graph->previous_first, &graph->previous, after_of, before_of);
    graph->waiting = array_of(graph, graph->count, sizeof *graph->waiting);
    graph->sorted = array_of(graph, graph->count, sizeof *graph->sorted);
    graph->heap = array_of(graph, graph->count, sizeof *graph->heap);
    graph->is_sorted = array_of(graph, graph->count, sizeof *graph->is_sorted);
    graph->is_in_circle = array_of(graph, graph->count, sizeof *graph->is_in_circle);
    for (size_t i = 0; i < graph->count; i++) {
        graph->waiting[i] = graph->previous_first[i + 1] - graph->previous_first[i];
        if (!graph->waiting[i])
            push(graph, i);
    }
}

static void run(struct graph *graph)
{
    while (graph->heap_count) {
        size_t node = pop(graph);
        if (graph->is_sorted[node])
            continue;
        graph->is_sorted[node] = true;
        graph->sorted[graph->sorted_count++] = node;
        for (size_t i = graph->next_first[node]; i < graph->next_first[node + 1]; i++)
            if (!--graph->waiting[graph->next[i]] && !graph->is_sorted[graph->next[i]])
                push(graph, graph->next[i]);
    }
}

/* What is left waits for a circle or stands in one: those that nobody left waits for are taken away until none is. */
static void find_circles(struct graph *graph)
{
    size_t *successors = array_of(graph, graph->count, sizeof *successors);
    size_t *queue = array_of(graph, graph->count, sizeof *queue), count = 0;
    for (size_t node = 0; node < graph->count; node++) {
        graph->is_in_circle[node] = !graph->is_sorted[node];
        for (size_t i = graph->next_first[node]; i < graph->next_first[node + 1]; i++)
            successors[node] += !graph->is_sorted[graph->next[i]];
        if (graph->is_in_circle[node] && !successors[node])
            queue[count++] = node;
    }
    for (size_t at = 0; at < count; at++) {
        size_t node = queue[at];
        graph->is_in_circle[node] = false;
        for (size_t i = graph->previous_first[node]; i < graph->previous_first[node + 1]; i++) {
            size_t previous = graph->previous[i];
            if (!graph->is_sorted[previous] && !--successors[previous])
                queue[count++] = previous;
        }
    }
    talloc_free(successors);
    talloc_free(queue);
}

const size_t *graph_sort(struct graph *graph, size_t *sorted)
{
    if (!graph->sorted)
        prepare(graph);
    run(graph);
    if (graph->sorted_count < graph->count)
        find_circles(graph);
    *sorted = graph->sorted_count;
    return graph->sorted;
}

bool graph_is_in_circle(const struct graph *graph, size_t node) { return graph->is_in_circle[node]; }

void graph_force(struct graph *graph, size_t node) { push(graph, node); }

const size_t *graph_predecessors(const struct graph *graph, size_t node, size_t *count)
{
    *count = graph->previous_first[node + 1] - graph->previous_first[node];
    return graph->previous + graph->previous_first[node];
}
