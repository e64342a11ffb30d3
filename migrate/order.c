/* See order.h. Each object has up to four nodes in a graph (graph.h); what goes or comes along with another shares its
 * node. Circles are broken by taking something apart (a foreign key that would go with its table is dropped before),
 * then the graph is made anew. */
#include "migrate/order.h"

#include "migrate/order/graph.h"
#include "migrate/order/groups.h"
#include "migrate/order/names.h"

#define NONE SIZE_MAX
enum { ROUNDS_MOST = 64 };

/* The nodes of an item. */
struct nodes {
    size_t hollow, drop, aside, rename, stub, create, alter; /* its own; NONE: it has none */
    size_t vanish; /* behind which the object of FROM is gone; NONE: it stays */
    size_t appear; /* behind which the object of TO is there */
};

struct ordering {
    const struct diff *diff;
    enum order_reading reading;
    struct graph *graph;
    struct nodes *nodes;   /* by item */
    struct step *steps;    /* by node */
    bool *is_apart;        /* by item: dropped by itself although it would go along */
    bool *has_stub;        /* by item */
    bool *is_hollowed;     /* by item */
    const uint64_t *ranks; /* by item */
};

static size_t item_number(const struct ordering *ordering, const struct diff_item *item)
{
    return (size_t)(item - ordering->diff->items);
}

/* ---- keys: what comes first where nothing is forced ---- */

enum phase { PHASE_DROP, PHASE_RENAME, PHASE_MAKE, PHASE_CLEAN };

static uint64_t step_key(const struct ordering *ordering, enum step_kind kind, size_t item)
{
    static const enum phase phases[] = {
        [STEP_HOLLOW] = PHASE_DROP,  [STEP_DROP] = PHASE_DROP,        [STEP_RENAME] = PHASE_RENAME,
        [STEP_ASIDE] = PHASE_RENAME, [STEP_STUB] = PHASE_MAKE,        [STEP_CREATE] = PHASE_MAKE,
        [STEP_ALTER] = PHASE_MAKE,   [STEP_DROP_ASIDE] = PHASE_CLEAN,
    };
    const uint64_t most = (UINT64_C(1) << 56) - 1;
    bool is_backwards = kind == STEP_DROP || kind == STEP_DROP_ASIDE;
    uint64_t rank = ordering->ranks[item];
    return (uint64_t)phases[kind] << 56 | (is_backwards ? most - rank : rank);
}

static size_t add_step(struct ordering *ordering, enum step_kind kind, size_t item)
{
    size_t node = graph_add_node(ordering->graph, step_key(ordering, kind, item));
    ordering->steps[node] = (struct step){kind, item};
    return node;
}

/* ---- nodes ---- */

/* What an object that vanishes would go with, or NULL. */
static const struct diff_item *goes_with(const struct ordering *ordering, const struct diff_item *item)
{
    const struct diff *diff = ordering->diff;
    const struct diff_item *ground = diff_item_of(diff, diff->ground_from[item->from->position]);
    if (!ground || ordering->is_apart[item_number(ordering, item)])
        return NULL;
    return ground->fate == FATE_DROP || ground->fate == FATE_REPLACE ? ground : NULL;
}

static void add_own_nodes(struct ordering *ordering, size_t number)
{
    const struct diff_item *item = &ordering->diff->items[number];
    struct nodes *nodes = &ordering->nodes[number];
    *nodes = (struct nodes){NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE};
    bool vanishes = item->fate == FATE_DROP || item->fate == FATE_REPLACE;
    bool is_aside = item->fate == FATE_REPLACE && item->is_moved_aside;
    if (is_aside) {
        nodes->aside = add_step(ordering, STEP_ASIDE, number);
        nodes->vanish = nodes->drop = add_step(ordering, STEP_DROP_ASIDE, number);
    } else if (vanishes && !goes_with(ordering, item)) {
        nodes->vanish = nodes->drop = add_step(ordering, STEP_DROP, number);
    }
    if (ordering->is_hollowed[number])
        nodes->hollow = add_step(ordering, STEP_HOLLOW, number);
    if (item->is_renamed && item->fate != FATE_REPLACE)
        nodes->rename = add_step(ordering, STEP_RENAME, number);
    if (item->fate == FATE_ALTER)
        nodes->alter = add_step(ordering, STEP_ALTER, number);
    if (ordering->has_stub[number])
        nodes->stub = add_step(ordering, STEP_STUB, number);
}

/* Whether it always comes as a part of its parent's CREATE. */
static bool is_always_part(const struct ordering *ordering, const struct diff_item *item)
{
    const struct object *result = diff_item_result(item);
    bool is_part_of_all = !result->kind->create || result->kind->spaces & SPACE_COLUMN;
    return is_part_of_all && result->parent_object && diff_comes_along(ordering->diff, item);
}

/* Grounds come before what stands on them: a parent's kind before a child's, but for what is owned. */
static size_t find_vanish(struct ordering *ordering, size_t number)
{
    struct nodes *nodes = &ordering->nodes[number];
    const struct diff_item *item = &ordering->diff->items[number];
    if (nodes->vanish == NONE && (item->fate == FATE_DROP || item->fate == FATE_REPLACE))
        nodes->vanish = find_vanish(ordering, item_number(ordering, goes_with(ordering, item)));
    return nodes->vanish;
}

static size_t find_appear(struct ordering *ordering, size_t number)
{
    struct nodes *nodes = &ordering->nodes[number];
    const struct diff_item *item = &ordering->diff->items[number];
    if (nodes->appear != NONE || (item->fate != FATE_CREATE && item->fate != FATE_REPLACE))
        return nodes->appear;
    if (is_always_part(ordering, item)) {
        const struct diff_item *parent = diff_item_of(ordering->diff, diff_item_result(item)->parent_object);
        nodes->appear = find_appear(ordering, item_number(ordering, parent));
    } else {
        nodes->appear = nodes->create = add_step(ordering, STEP_CREATE, number);
    }
    return nodes->appear;
}

static void add_nodes(struct ordering *ordering)
{
    size_t count = ordering->diff->item_count;
    for (size_t i = 0; i < count; i++)
        add_own_nodes(ordering, i);
    for (size_t i = 0; i < count; i++) {
        find_vanish(ordering, i);
        find_appear(ordering, i);
    }
}

/* ---- edges ---- */

static void add_edge(struct ordering *ordering, size_t before, size_t after)
{
    if (before != NONE && after != NONE)
        graph_add_edge(ordering->graph, before, after);
}

static bool is_drop(const struct ordering *ordering, size_t node)
{
    return node != NONE && ordering->steps[node].kind == STEP_DROP;
}

/* What a stand-in needs: the types of its columns, and its schema. */
static bool is_needed_by_stub(const struct object *referenced)
{
    unsigned spaces = referenced->kind->spaces;
    return spaces & (SPACE_TYPE | SPACE_SCHEMA) && !(spaces & SPACE_RELATION);
}

/* D needs R in FROM: D must be gone, or changed, before R goes; and gone before R is changed. */
static void add_backward(struct ordering *ordering, const struct nodes *d, const struct object *referenced,
                         const struct nodes *r)
{
    size_t lets_go = d->hollow != NONE && !is_needed_by_stub(referenced) ? d->hollow : d->vanish;
    add_edge(ordering, lets_go, r->vanish);
    add_edge(ordering, d->alter, r->vanish);
    add_edge(ordering, d->aside, r->aside); /* what moves it may name the type */
    if (is_drop(ordering, d->vanish)) {
        add_edge(ordering, lets_go, r->alter);
        add_edge(ordering, lets_go, r->aside); /* its name may hold the type's */
    }
}

/* D needs R in TO: R must be there, and as it will be, before D is made or changed. */
static void add_forward(struct ordering *ordering, const struct nodes *d, const struct nodes *r)
{
    size_t appear = r->stub != NONE ? r->stub : r->appear;
    const size_t before[] = {appear, r->alter, r->rename};
    for (size_t i = 0; i < countof(before); i++) {
        add_edge(ordering, before[i], d->appear);
        add_edge(ordering, before[i], d->alter);
    }
}

static void add_stub_edges(struct ordering *ordering, const struct nodes *d, const struct object *referenced,
                           const struct nodes *r)
{
    if (d->stub != NONE && is_needed_by_stub(referenced))
        add_edge(ordering, r->appear, d->stub);
}

static void add_dependencies_from(struct ordering *ordering)
{
    const struct diff *diff = ordering->diff;
    for (size_t i = 0; i < diff->from->dependency_count; i++) {
        const struct dependency *dependency = &diff->from->dependencies[i];
        size_t dependent = diff->item_of_from[dependency->dependent];
        const struct nodes *d = &ordering->nodes[dependent];
        const struct nodes *r = &ordering->nodes[diff->item_of_from[dependency->referenced]];
        add_backward(ordering, d, diff->from->objects[dependency->referenced], r);
        if (!diff->items[dependent].is_covered)
            add_forward(ordering, d, r);
    }
}

static void add_dependencies_to(struct ordering *ordering)
{
    const struct diff *diff = ordering->diff;
    for (size_t i = 0; i < diff->to->dependency_count; i++) {
        const struct dependency *dependency = &diff->to->dependencies[i];
        size_t dependent = diff->item_of_to[dependency->dependent];
        const struct nodes *d = &ordering->nodes[dependent];
        const struct nodes *r = &ordering->nodes[diff->item_of_to[dependency->referenced]];
        if (!diff->items[dependent].is_covered)
            continue;
        add_forward(ordering, d, r);
        add_stub_edges(ordering, d, diff->to->objects[dependency->referenced], r);
    }
}

/* Behind which the name of the object of FROM is free; what goes along with a type that is moved aside moves with it.
 */
static size_t find_freed(const struct ordering *ordering, const struct nodes *nodes)
{
    if (nodes->aside != NONE)
        return nodes->aside;
    if (nodes->rename != NONE)
        return nodes->rename;
    if (nodes->vanish != NONE && ordering->steps[nodes->vanish].kind == STEP_DROP_ASIDE)
        return ordering->nodes[ordering->steps[nodes->vanish].item].aside;
    return nodes->vanish;
}

static void add_own_edges(struct ordering *ordering)
{
    for (size_t i = 0; i < ordering->diff->item_count; i++) {
        const struct nodes *nodes = &ordering->nodes[i];
        size_t makes = nodes->stub != NONE ? nodes->stub : nodes->appear;
        if (nodes->aside != NONE) {
            add_edge(ordering, nodes->aside, makes);
            add_edge(ordering, nodes->appear, nodes->drop);
        } else {
            add_edge(ordering, find_freed(ordering, nodes), makes);
        }
        add_edge(ordering, nodes->hollow, nodes->vanish);
        add_edge(ordering, nodes->stub, nodes->create);
        add_edge(ordering, nodes->rename, nodes->alter);
    }
}

/* What comes and goes with an object that stays: free when that is altered. */
static void add_companion(const struct ordering *ordering, struct names *names, const struct diff_item *item,
                          const struct nodes *nodes)
{
    const struct object *from = item->from, *to = diff_item_result(item);
    const char *companion = from && from->kind->companion ? from->kind->companion(from) : NULL;
    size_t frees = nodes->alter != NONE ? nodes->alter : find_freed(ordering, nodes);
    if (companion && frees != NONE && !(to && kind_same_text(companion, to->kind->companion(to))))
        names_add_relation(names, from, companion, frees);
}

/* A name must be free before another object takes it. */
static void add_name_edges(struct ordering *ordering)
{
    const struct diff *diff = ordering->diff;
    struct names *names = names_new(ordering->graph);
    for (size_t i = 0; i < diff->item_count; i++) {
        const struct nodes *nodes = &ordering->nodes[i];
        size_t frees = find_freed(ordering, nodes);
        if (diff->items[i].from && frees != NONE)
            names_add(names, diff->items[i].from, frees);
        add_companion(ordering, names, &diff->items[i], nodes);
    }
    names_sort(names);
    for (size_t i = 0; i < diff->item_count; i++) {
        const struct nodes *nodes = &ordering->nodes[i];
        const struct object *result = diff_item_result(&diff->items[i]);
        size_t takes = nodes->stub != NONE ? nodes->stub : nodes->appear != NONE ? nodes->appear : nodes->rename;
        if (!result || takes == NONE)
            continue;
        size_t count;
        const size_t *found = names_find(names, result, &count);
        for (size_t j = 0; j < count; j++)
            add_edge(ordering, found[j], takes);
    }
}

static void build(struct ordering *ordering, TALLOC_CTX *owner)
{
    talloc_free(ordering->graph);
    ordering->graph = graph_new(owner);
    add_nodes(ordering);
    add_dependencies_from(ordering);
    add_dependencies_to(ordering);
    add_own_edges(ordering);
    add_name_edges(ordering);
}

/* ---- circles ---- */

static bool is_in_circle(const struct ordering *ordering, size_t node)
{
    return node != NONE && graph_is_in_circle(ordering->graph, node);
}

/* Whether it is one of those that tie their ground to something else in the circle. */
static bool ties(const struct ordering *ordering, size_t number)
{
    const struct diff *diff = ordering->diff;
    const struct diff_item *item = &diff->items[number];
    const struct nodes *nodes = &ordering->nodes[number];
    if (!item->from || nodes->drop != NONE || ordering->is_apart[number] || !is_in_circle(ordering, nodes->vanish))
        return false;
    struct dependency_range range = snapshot_dependencies(diff->from, item->from);
    for (size_t i = 0; i < range.count; i++) {
        size_t other = ordering->nodes[diff->item_of_from[range.items[i].referenced]].vanish;
        if (other != nodes->vanish && is_in_circle(ordering, other))
            return true;
    }
    return false;
}

/* Drops apart what would go along and ties a circle. Columns only when nothing else does. */
static bool take_apart(struct ordering *ordering, bool with_columns)
{
    bool result = false;
    for (size_t i = 0; i < ordering->diff->item_count; i++) {
        const struct object *from = ordering->diff->items[i].from;
        if (!from || (!with_columns && from->kind->spaces & SPACE_COLUMN) || !ties(ordering, i))
            continue;
        ordering->is_apart[i] = result = true;
    }
    return result;
}

static bool add_stubs(struct ordering *ordering)
{
    bool result = false;
    for (size_t i = 0; i < ordering->diff->item_count; i++) {
        const struct nodes *nodes = &ordering->nodes[i];
        const struct object *made = diff_item_result(&ordering->diff->items[i]);
        if (made && made->kind->create_stub && !ordering->has_stub[i] && nodes->create != NONE &&
            is_in_circle(ordering, nodes->create))
            ordering->has_stub[i] = result = true;
    }
    return result;
}

static bool hollow_out(struct ordering *ordering)
{
    bool result = false;
    for (size_t i = 0; i < ordering->diff->item_count; i++) {
        const struct object *from = ordering->diff->items[i].from;
        const struct nodes *nodes = &ordering->nodes[i];
        if (from && from->kind->create_stub && !ordering->is_hollowed[i] && is_drop(ordering, nodes->drop) &&
            is_in_circle(ordering, nodes->drop))
            ordering->is_hollowed[i] = result = true;
    }
    return result;
}

static void force_one(struct ordering *ordering)
{
    for (size_t node = 0; node < graph_node_count(ordering->graph); node++)
        if (graph_is_in_circle(ordering->graph, node)) {
            graph_force(ordering->graph, node);
            return;
        }
}

static const size_t *sort(struct ordering *ordering, TALLOC_CTX *owner, size_t *count)
{
    const size_t *sorted;
    build(ordering, owner);
    for (int round = 0;; round++) {
        sorted = graph_sort(ordering->graph, count);
        if (*count == graph_node_count(ordering->graph))
            return sorted;
        if (round < ROUNDS_MOST &&
            (take_apart(ordering, false) || add_stubs(ordering) || hollow_out(ordering) || take_apart(ordering, true)))
            build(ordering, owner);
        else
            force_one(ordering);
    }
}

/* ---- parts of a CREATE ---- */

/* Whether all that must come before it comes before its parent, too. */
static bool fits_parent(const struct ordering *ordering, const size_t *places, size_t node, size_t parent)
{
    size_t count;
    const size_t *before = graph_predecessors(ordering->graph, node, &count);
    for (size_t i = 0; i < count; i++)
        if (before[i] != parent && places[before[i]] > places[parent])
            return false;
    return true;
}

static void find_inline(struct ordering *ordering, const size_t *sorted, size_t count, bool *is_inline)
{
    size_t *places = talloc_zero_size(ordering->graph, (count + 1) * sizeof *places);
    if (!places)
        abort();
    for (size_t i = 0; i < count; i++)
        places[sorted[i]] = i;
    for (size_t i = 0; i < ordering->diff->item_count; i++) {
        const struct object *result = diff_item_result(&ordering->diff->items[i]);
        const struct nodes *nodes = &ordering->nodes[i];
        if (!result || nodes->create == NONE || !result->kind->clause || !result->parent_object)
            continue;
        const struct diff_item *parent = diff_item_of(ordering->diff, result->parent_object);
        size_t above = ordering->nodes[item_number(ordering, parent)].appear;
        if (above == NONE || !fits_parent(ordering, places, nodes->create, above))
            continue;
        is_inline[i] = result->kind->clause(ordering->graph, result) != NULL;
    }
}

/* ---- ranks ---- */

struct ranked {
    const struct ordering *ordering;
    size_t item;
    size_t group; /* ORDER_BY_TABLE: the place of what it is part of in the end; else 0 */
    size_t kind;
    size_t parent;  /* of a column: its table's item; else 0 */
    int64_t number; /* of a column; else 0 */
};

static int compare_sizes(size_t one, size_t other) { return (one > other) - (one < other); }

static int compare_ranked(const void *one, const void *other)
{
    const struct ranked *a = one, *b = other;
    int order = compare_sizes(a->group, b->group);
    order = order ? order : compare_sizes(a->kind, b->kind);
    order = order ? order : compare_sizes(a->parent, b->parent);
    order = order ? order : (a->number > b->number) - (a->number < b->number);
    return order ? order : compare_sizes(a->item, b->item);
}

static const uint64_t *make_ranks(TALLOC_CTX *owner, const struct ordering *ordering)
{
    size_t count = ordering->diff->item_count;
    uint64_t *ranks = talloc_zero_size(owner, (count + 1) * sizeof *ranks);
    struct ranked *all = talloc_zero_size(owner, (count + 1) * sizeof *all);
    const size_t *groups = ordering->reading == ORDER_BY_TABLE ? groups_places(owner, ordering->diff) : NULL;
    if (!ranks || !all)
        abort();
    for (size_t i = 0; i < count; i++) {
        const struct diff_item *item = &ordering->diff->items[i];
        const struct object *object = item->to ? item->to : item->from;
        bool is_column = object->kind->spaces & SPACE_COLUMN && object->parent_object;
        all[i] = (struct ranked){
            .item = i,
            .group = groups ? groups[i] : 0,
            .kind = kind_id(object->kind),
            .parent = is_column ? item_number(ordering, diff_item_of(ordering->diff, object->parent_object)) : 0,
            .number = is_column ? object->sub_id : 0,
        };
    }
    qsort(all, count, sizeof *all, compare_ranked);
    for (size_t i = 0; i < count; i++)
        ranks[all[i].item] = i;
    talloc_free(all);
    return ranks;
}

struct order *order_make(TALLOC_CTX *owner, const struct diff *diff, enum order_reading reading)
{
    struct order *order = talloc_zero(owner, struct order);
    TALLOC_CTX *memory = talloc_new(NULL);
    struct ordering ordering = {.diff = diff, .reading = reading};
    size_t count = diff->item_count + 1;
    bool *is_inline = talloc_zero_size(order, count * sizeof *is_inline);
    ordering.nodes = talloc_zero_size(memory, count * sizeof *ordering.nodes);
    ordering.steps = talloc_zero_size(memory, 7 * count * sizeof *ordering.steps);
    ordering.is_apart = talloc_zero_size(memory, count * sizeof *ordering.is_apart);
    ordering.has_stub = talloc_zero_size(order, count * sizeof *ordering.has_stub);
    ordering.is_hollowed = talloc_zero_size(memory, count * sizeof *ordering.is_hollowed);
    if (!ordering.is_hollowed || !is_inline || !ordering.nodes || !ordering.steps || !ordering.is_apart ||
        !ordering.has_stub)
        abort();
    ordering.ranks = make_ranks(memory, &ordering);
    const size_t *sorted = sort(&ordering, memory, &count);
    find_inline(&ordering, sorted, count, is_inline);
    order->steps = talloc_zero_size(order, (count + 1) * sizeof *order->steps);
    for (size_t i = 0; i < count; i++) {
        struct step step = ordering.steps[sorted[i]];
        if (step.kind != STEP_CREATE || !is_inline[step.item])
            order->steps[order->count++] = step;
    }
    order->is_inline = is_inline;
    order->has_stub = ordering.has_stub;
    talloc_free(memory);
    return order;
}
