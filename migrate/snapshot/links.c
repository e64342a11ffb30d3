/* See links.h. Sorted arrays and binary search: an address is three numbers, of which there are tens of thousands. */
#include "migrate/snapshot/links.h"

enum { CHAIN_MOST = 8 }; /* a toast table's index to its table is the longest chain of parts, three */

struct link_edge *links_bind(struct result *result, size_t *count, struct error *error)
{
    static const struct column columns[] = {
        COLUMN(struct link_edge, class_id),     COLUMN(struct link_edge, object_id),
        COLUMN(struct link_edge, sub_id),       COLUMN(struct link_edge, to_class_id),
        COLUMN(struct link_edge, to_object_id), COLUMN(struct link_edge, to_sub_id),
        COLUMN(struct link_edge, type),
    };
    return result_bind(result, columns, countof(columns), sizeof(struct link_edge), count, error);
}

/* ---- parents ---- */

static const struct object *find_parent(const struct snapshot *snapshot, const char *identity)
{
    for (size_t id = 0; id < KIND_COUNT; id++) {
        if (kinds[id]->spaces == SPACE_NONE || kinds[id]->spaces == SPACE_CONSTRAINT)
            continue;
        const struct object *found = snapshot_find(snapshot, (enum kind_id)id, identity);
        if (found)
            return found;
    }
    return NULL;
}

void links_find_parents(struct snapshot *snapshot)
{
    const struct object *last = NULL; /* children of one parent stand together */
    for (size_t i = 0; i < snapshot->count; i++) {
        struct object *object = snapshot->objects[i];
        if (!object->parent)
            continue;
        if (!last || strcmp(last->identity, object->parent) != 0)
            last = find_parent(snapshot, object->parent);
        object->parent_object = last;
    }
}

/* ---- addresses ---- */

struct address {
    int64_t class_id, object_id, sub_id;
    const struct object *object;  /* that it is of; or NULL: */
    const struct link_edge *part; /* the edge to what it is a part of */
};

struct addresses {
    struct address *items;
    size_t count;
};

static int compare_numbers(int64_t one, int64_t other) { return (one > other) - (one < other); }

static int compare_addresses(const void *one, const void *other)
{
    const struct address *a = one, *b = other;
    int order = compare_numbers(a->class_id, b->class_id);
    order = order ? order : compare_numbers(a->object_id, b->object_id);
    order = order ? order : compare_numbers(a->sub_id, b->sub_id);
    return order ? order : (a->object == NULL) - (b->object == NULL); /* objects before parts */
}

static bool is_part(const struct link_edge *edge) { return *edge->type == 'i' || *edge->type == 'e'; }

static struct addresses gather(TALLOC_CTX *owner, const struct snapshot *snapshot, const struct link_edge *edges,
                               size_t count)
{
    struct addresses addresses = {talloc_zero_size(owner, (snapshot->count + count + 1) * sizeof(struct address)), 0};
    if (!addresses.items)
        abort();
    for (size_t i = 0; i < snapshot->count; i++) {
        const struct object *object = snapshot->objects[i];
        addresses.items[addresses.count++] =
            (struct address){object->class_id, object->object_id, object->sub_id, object, NULL};
    }
    for (size_t i = 0; i < count; i++)
        if (is_part(&edges[i]))
            addresses.items[addresses.count++] =
                (struct address){edges[i].class_id, edges[i].object_id, edges[i].sub_id, NULL, &edges[i]};
    qsort(addresses.items, addresses.count, sizeof *addresses.items, compare_addresses);
    return addresses;
}

/* The first entry of an address: an object where there is one. */
static const struct address *look_up(const struct addresses *addresses, int64_t class_id, int64_t object_id,
                                     int64_t sub_id)
{
    const struct address key = {class_id, object_id, sub_id, NULL, NULL};
    size_t low = 0, high = addresses->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        struct address probe = addresses->items[middle];
        probe.object = NULL;
        if (compare_addresses(&probe, &key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == addresses->count)
        return NULL;
    const struct address *found = &addresses->items[low];
    bool is_equal = found->class_id == class_id && found->object_id == object_id && found->sub_id == sub_id;
    return is_equal ? found : NULL;
}

/* The object that an address belongs to, by way of what it is a part of; NULL: none of ours. */
static const struct object *resolve(const struct addresses *addresses, int64_t class_id, int64_t object_id,
                                    int64_t sub_id)
{
    for (int i = 0; i < CHAIN_MOST; i++) {
        const struct address *found = look_up(addresses, class_id, object_id, sub_id);
        if (!found && sub_id)
            found = look_up(addresses, class_id, object_id, sub_id = 0);
        if (!found || found->object)
            return found ? found->object : NULL;
        class_id = found->part->to_class_id;
        object_id = found->part->to_object_id;
        sub_id = found->part->to_sub_id;
    }
    return NULL;
}

/* ---- dependencies ---- */

static int compare_dependencies(const void *one, const void *other)
{
    const struct dependency *a = one, *b = other;
    int order = (a->dependent > b->dependent) - (a->dependent < b->dependent);
    order = order ? order : (a->referenced > b->referenced) - (a->referenced < b->referenced);
    return order ? order : (int)b->type - (int)a->type; /* AUTO first: it stays */
}

static void sort_out(struct snapshot *snapshot)
{
    struct dependency *all = snapshot->dependencies;
    size_t kept = 0;
    qsort(all, snapshot->dependency_count, sizeof *all, compare_dependencies);
    for (size_t i = 0; i < snapshot->dependency_count; i++)
        if (!kept || all[kept - 1].dependent != all[i].dependent || all[kept - 1].referenced != all[i].referenced)
            all[kept++] = all[i];
    snapshot->dependency_count = kept;
}

void links_find_dependencies(struct snapshot *snapshot, const struct link_edge *edges, size_t count)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    struct addresses addresses = gather(memory, snapshot, edges, count);
    struct dependency *found =
        talloc_zero_size(snapshot, (count + snapshot->count + 1) * sizeof *snapshot->dependencies);
    if (!found)
        abort();
    snapshot->dependencies = found;
    for (size_t i = 0; i < count; i++) {
        const struct link_edge *edge = &edges[i];
        const struct object *one = resolve(&addresses, edge->class_id, edge->object_id, edge->sub_id);
        const struct object *other =
            one ? resolve(&addresses, edge->to_class_id, edge->to_object_id, edge->to_sub_id) : NULL;
        if (other && other != one)
            found[snapshot->dependency_count++] =
                (struct dependency){one->position, other->position, *edge->type == 'n' ? DEPENDS_NORMAL : DEPENDS_AUTO};
    }
    for (size_t i = 0; i < snapshot->count; i++) {
        const struct object *object = snapshot->objects[i];
        if (object->parent_object)
            found[snapshot->dependency_count++] = (struct dependency){i, object->parent_object->position, DEPENDS_AUTO};
    }
    sort_out(snapshot);
    talloc_free(memory);
}

/* ---- asked by others ---- */

struct dependency_range snapshot_dependencies(const struct snapshot *snapshot, const struct object *object)
{
    const struct dependency *all = snapshot->dependencies;
    size_t low = 0, high = snapshot->dependency_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (all[middle].dependent < object->position)
            low = middle + 1;
        else
            high = middle;
    }
    struct dependency_range range = {all + low, 0};
    while (low + range.count < snapshot->dependency_count && range.items[range.count].dependent == object->position)
        range.count++;
    return range;
}

struct dependents snapshot_dependents(TALLOC_CTX *owner, const struct snapshot *snapshot)
{
    size_t *first = talloc_zero_size(owner, (snapshot->count + 2) * sizeof *first);
    const struct dependency **items = talloc_zero_size(owner, (snapshot->dependency_count + 1) * sizeof *items);
    if (!first || !items)
        abort();
    /* Counted one place up, so that filling in leaves each start where it belongs. */
    for (size_t i = 0; i < snapshot->dependency_count; i++)
        first[snapshot->dependencies[i].referenced + 2]++;
    for (size_t i = 2; i < snapshot->count + 2; i++)
        first[i] += first[i - 1];
    for (size_t i = 0; i < snapshot->dependency_count; i++)
        items[first[snapshot->dependencies[i].referenced + 1]++] = &snapshot->dependencies[i];
    return (struct dependents){first, items};
}
