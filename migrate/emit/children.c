/* See children.h. */
#include "migrate/emit/children.h"

struct children {
    const struct object **items; /* by parent, kind, address */
    size_t count;
};

static int compare_numbers(int64_t one, int64_t other) { return (one > other) - (one < other); }

static int compare(const void *one, const void *other)
{
    const struct object *a = *(const struct object *const *)one, *b = *(const struct object *const *)other;
    int order = compare_numbers((int64_t)a->parent_object->position, (int64_t)b->parent_object->position);
    order = order ? order : compare_numbers((int64_t)kind_id(a->kind), (int64_t)kind_id(b->kind));
    order = order ? order : compare_numbers(a->class_id, b->class_id);
    order = order ? order : compare_numbers(a->object_id, b->object_id);
    return order ? order : compare_numbers(a->sub_id, b->sub_id);
}

struct children *children_new(TALLOC_CTX *owner, const struct snapshot *snapshot)
{
    struct children *children = talloc_zero(owner, struct children);
    children->items = talloc_zero_size(children, (snapshot->count + 1) * sizeof *children->items);
    if (!children->items)
        abort();
    for (size_t i = 0; i < snapshot->count; i++)
        if (snapshot->objects[i]->parent_object)
            children->items[children->count++] = snapshot->objects[i];
    if (children->count)
        qsort(children->items, children->count, sizeof *children->items, compare);
    return children;
}

static size_t find_first(const struct children *children, const struct object *parent)
{
    size_t low = 0, high = children->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (children->items[middle]->parent_object->position < parent->position)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const struct object *const *children_of(TALLOC_CTX *owner, const struct children *children, const struct object *parent,
                                        enum kind_id kind,
                                        bool (*is_wanted)(void *argument, const struct object *child), void *argument)
{
    size_t first = find_first(children, parent), end = first, count = 0;
    while (end < children->count && children->items[end]->parent_object == parent)
        end++;
    const struct object **result = talloc_zero_size(owner, (end - first + 1) * sizeof *result);
    if (!result)
        abort();
    for (size_t i = first; i < end; i++)
        if (children->items[i]->kind == kinds[kind] && (!is_wanted || is_wanted(argument, children->items[i])))
            result[count++] = children->items[i];
    return result;
}
