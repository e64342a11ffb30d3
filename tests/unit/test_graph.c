/* The order of a graph: what must come first does, else the smallest key; circles are found. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "migrate/order/graph.h"

static struct graph *graph_of(const uint64_t *keys, size_t count)
{
    struct graph *graph = graph_new(NULL);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(graph_add_node(graph, keys[i]), i);
    return graph;
}

static void assert_order(struct graph *graph, const size_t *expected, size_t count)
{
    size_t sorted;
    const size_t *order = graph_sort(graph, &sorted);
    assert_int_equal(sorted, count);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(order[i], expected[i]);
    talloc_free(graph);
}

static void test_graph_without_edges_is_ordered_by_key(void **state)
{
    (void)state;
    assert_order(graph_of((const uint64_t[]){30, 10, 20}, 3), (const size_t[]){1, 2, 0}, 3);
}

static void test_graph_equal_keys_keep_the_order_of_the_nodes(void **state)
{
    (void)state;
    assert_order(graph_of((const uint64_t[]){5, 5, 5}, 3), (const size_t[]){0, 1, 2}, 3);
}

static void test_graph_edge_disturbs_the_keys_least(void **state)
{
    (void)state;
    struct graph *graph = graph_of((const uint64_t[]){1, 2, 3, 4}, 4);
    graph_add_edge(graph, 2, 0); /* 0 waits for 2; 1 does not */
    graph_add_edge(graph, 2, 0); /* an edge twice is one */
    graph_add_edge(graph, 3, 3); /* and to oneself none */
    assert_order(graph, (const size_t[]){1, 2, 0, 3}, 4);
}

static void test_graph_empty_is_sorted(void **state)
{
    (void)state;
    assert_order(graph_of(NULL, 0), NULL, 0);
}

/* 0 -> 1 -> 2 -> 1, 2 -> 3: the circle is 1 and 2; 3 only waits. */
static struct graph *graph_with_circle(void)
{
    struct graph *graph = graph_of((const uint64_t[]){1, 2, 3, 4}, 4);
    graph_add_edge(graph, 0, 1);
    graph_add_edge(graph, 1, 2);
    graph_add_edge(graph, 2, 1);
    graph_add_edge(graph, 2, 3);
    return graph;
}

static void test_graph_circle_is_told_from_what_waits_for_it(void **state)
{
    (void)state;
    struct graph *graph = graph_with_circle();
    size_t sorted;
    (void)graph_sort(graph, &sorted);
    assert_int_equal(sorted, 1);
    assert_false(graph_is_in_circle(graph, 0));
    assert_true(graph_is_in_circle(graph, 1));
    assert_true(graph_is_in_circle(graph, 2));
    assert_false(graph_is_in_circle(graph, 3));
    talloc_free(graph);
}

static void test_graph_forced_node_breaks_the_circle(void **state)
{
    (void)state;
    struct graph *graph = graph_with_circle();
    size_t sorted;
    (void)graph_sort(graph, &sorted);
    graph_force(graph, 2);
    assert_order(graph, (const size_t[]){0, 2, 1, 3}, 4);
}

static void test_graph_knows_predecessors(void **state)
{
    (void)state;
    struct graph *graph = graph_with_circle();
    size_t sorted, count;
    (void)graph_sort(graph, &sorted);
    const size_t *before = graph_predecessors(graph, 1, &count);
    assert_int_equal(count, 2);
    assert_int_equal(before[0] + before[1], 2); /* 0 and 2 */
    talloc_free(graph);
}

/* A long chain against the keys, in one pass. */
static void test_graph_of_many_nodes_is_sorted(void **state)
{
    (void)state;
    enum { COUNT = 50000 };
    struct graph *graph = graph_new(NULL);
    for (size_t i = 0; i < COUNT; i++)
        (void)graph_add_node(graph, i);
    for (size_t i = 1; i < COUNT; i++)
        graph_add_edge(graph, i, i - 1);
    size_t sorted;
    const size_t *order = graph_sort(graph, &sorted);
    assert_int_equal(sorted, COUNT);
    assert_int_equal(order[0], COUNT - 1);
    assert_int_equal(order[COUNT - 1], 0);
    talloc_free(graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_graph_without_edges_is_ordered_by_key),
        cmocka_unit_test(test_graph_equal_keys_keep_the_order_of_the_nodes),
        cmocka_unit_test(test_graph_edge_disturbs_the_keys_least),
        cmocka_unit_test(test_graph_empty_is_sorted),
        cmocka_unit_test(test_graph_circle_is_told_from_what_waits_for_it),
        cmocka_unit_test(test_graph_forced_node_breaks_the_circle),
        cmocka_unit_test(test_graph_knows_predecessors),
        cmocka_unit_test(test_graph_of_many_nodes_is_sorted),
    };
    return cmocka_run_group_tests_name("graph", tests, NULL, NULL);
}
