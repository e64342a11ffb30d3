/* A part of a snapshot that can be made by itself. */
#include "migrate/snapshot.h"

struct subset {
    const struct snapshot *whole;
    bool *is_kept;
    size_t *queue, count;
    struct object **copies; /* by position in the whole */
};

static void keep(struct subset *subset, const struct object *object)
{
    if (!object || subset->is_kept[object->position])
        return;
    subset->is_kept[object->position] = true;
    subset->queue[subset->count++] = object->position;
}

static void keep_columns(struct subset *subset, const struct object *parent)
{
    for (size_t i = 0; i < subset->whole->count; i++) {
        const struct object *object = subset->whole->objects[i];
        if (object->parent_object == parent && object->kind->spaces & SPACE_COLUMN)
            keep(subset, object);
    }
}

static void close_over(struct subset *subset)
{
    const struct snapshot *whole = subset->whole;
    for (size_t at = 0; at < subset->count; at++) {
        const struct object *object = whole->objects[subset->queue[at]];
        keep(subset, object->parent_object);
        if (object->kind->spaces & SPACE_RELATION && !object->parent_object)
            keep_columns(subset, object);
        struct dependency_range range = snapshot_dependencies(whole, object);
        for (size_t i = 0; i < range.count; i++)
            keep(subset, whole->objects[range.items[i].referenced]);
    }
}

static void copy_objects(struct subset *subset, struct snapshot *result)
{
    const struct snapshot *whole = subset->whole;
    for (size_t id = 0; id < KIND_COUNT; id++) {
        result->first[id] = result->count;
        for (size_t i = whole->first[id]; i < whole->first[id + 1]; i++) {
            if (!subset->is_kept[i])
                continue;
            struct object *copy = talloc_memdup(result, whole->objects[i], kinds[id]->size_bytes);
            if (!copy)
                abort();
            subset->copies[i] = result->objects[result->count++] = copy;
        }
    }
    result->first[KIND_COUNT] = result->count;
    snapshot_number(result);
    for (size_t i = 0; i < result->count; i++) {
        struct object *copy = result->objects[i];
        copy->parent_object = copy->parent_object ? subset->copies[copy->parent_object->position] : NULL;
    }
}

/* Positions keep their order, so the dependencies do, too. */
static void copy_dependencies(const struct subset *subset, struct snapshot *result)
{
    for (size_t i = 0; i < subset->whole->dependency_count; i++) {
        const struct dependency *dependency = &subset->whole->dependencies[i];
        const struct object *dependent = subset->copies[dependency->dependent];
        const struct object *referenced = subset->copies[dependency->referenced];
        if (dependent && referenced)
            result->dependencies[result->dependency_count++] =
                (struct dependency){dependent->position, referenced->position, dependency->type};
    }
}

static void *array_of(TALLOC_CTX *owner, size_t count, size_t size_bytes)
{
    void *array = talloc_zero_size(owner, (count + 1) * size_bytes);
    if (!array)
        abort();
    return array;
}

struct snapshot *snapshot_subset(TALLOC_CTX *owner, const struct snapshot *snapshot, const bool *is_kept)
{
    struct snapshot *result = snapshot_empty(owner, snapshot->server_version);
    TALLOC_CTX *memory = talloc_new(NULL);
    struct subset subset = {
        .whole = snapshot,
        .is_kept = array_of(memory, snapshot->count, sizeof *subset.is_kept),
        .queue = array_of(memory, snapshot->count, sizeof *subset.queue),
        .copies = array_of(memory, snapshot->count, sizeof(struct object *)),
    };
    for (size_t i = 0; i < snapshot->count; i++)
        if (is_kept[i])
            keep(&subset, snapshot->objects[i]);
    close_over(&subset);
    result->objects = array_of(result, subset.count, sizeof(struct object *));
    result->dependencies = array_of(result, snapshot->dependency_count, sizeof *result->dependencies);
    result->casts = snapshot->casts;
    result->cast_count = snapshot->cast_count;
    copy_objects(&subset, result);
    copy_dependencies(&subset, result);
    talloc_free(memory);
    return result;
}
