/* See text.h. */
#include "migrate/snapshot/text.h"

#include "migrate/parts.h"
#include "store/digest.h"

/* ---- what the program knows ---- */

/* Kinds, their fields and their queries: a text of another program is not understood. */
static char *knowledge(TALLOC_CTX *owner)
{
    char *text = talloc_strdup(NULL, "pgdeck snapshot 1\n");
    for (size_t id = 0; id < KIND_COUNT; id++) {
        const struct kind *kind = kinds[id];
        text = talloc_asprintf_append_buffer(text, "%s %zu\n", kind->name, kind->size_bytes);
        for (size_t i = 0; i < kind->field_count; i++)
            text = talloc_asprintf_append_buffer(text, "%s %zu\n", kind->fields[i].name, kind->fields[i].offset);
        for (const struct kind_query *query = kind->queries; query->sql; query++)
            text = talloc_strdup_append_buffer(text, query->sql);
    }
    char *digest = digest_sha256(owner, text, strlen(text));
    talloc_free(text);
    return digest;
}

/* ---- writing ---- */

static void put_counts(struct parts_writer *writer, const struct snapshot_count *counts, size_t count)
{
    parts_put_number(writer, (int64_t)count);
    for (size_t i = 0; i < count; i++) {
        parts_put(writer, counts[i].what);
        parts_put_number(writer, counts[i].count);
        parts_put(writer, counts[i].example);
    }
}

static void put_object(struct parts_writer *writer, const struct object *object)
{
    parts_put(writer, object->identity);
    parts_put(writer, object->name);
    parts_put(writer, object->parent);
    parts_put(writer, object->schema);
    parts_put(writer, object->comment);
    parts_put_number(writer, object->class_id);
    parts_put_number(writer, object->object_id);
    parts_put_number(writer, object->sub_id);
    parts_put_number(writer, object->parent_object ? (int64_t)object->parent_object->position : -1);
    for (size_t i = 0; i < object->kind->field_count; i++)
        parts_put(writer, field_value(object, &object->kind->fields[i]));
}

char *snapshot_to_text(TALLOC_CTX *owner, const struct snapshot *snapshot)
{
    struct parts_writer writer = {0};
    char *known = knowledge(NULL);
    parts_put(&writer, known);
    talloc_free(known);
    parts_put_number(&writer, snapshot->server_version);
    put_counts(&writer, snapshot->left_out, snapshot->left_out_count);
    put_counts(&writer, snapshot->not_modelled, snapshot->not_modelled_count);
    parts_put_number(&writer, (int64_t)snapshot->cast_count);
    for (size_t i = 0; i < snapshot->cast_count; i++) {
        parts_put(&writer, snapshot->casts[i].from);
        parts_put(&writer, snapshot->casts[i].to);
        parts_put_number(&writer, snapshot->casts[i].is_assignment);
    }
    for (size_t id = 0; id < KIND_COUNT; id++)
        parts_put_number(&writer, (int64_t)(snapshot->first[id + 1] - snapshot->first[id]));
    for (size_t i = 0; i < snapshot->count; i++)
        put_object(&writer, snapshot->objects[i]);
    parts_put_number(&writer, (int64_t)snapshot->dependency_count);
    for (size_t i = 0; i < snapshot->dependency_count; i++) {
        parts_put_number(&writer, (int64_t)snapshot->dependencies[i].dependent);
        parts_put_number(&writer, (int64_t)snapshot->dependencies[i].referenced);
        parts_put_number(&writer, snapshot->dependencies[i].type);
    }
    return parts_text(owner, &writer);
}

/* ---- reading ---- */

static void *array_of(TALLOC_CTX *owner, size_t count, size_t size_bytes)
{
    void *array = talloc_zero_size(owner, (count + 1) * size_bytes);
    if (!array)
        abort();
    return array;
}

static const struct snapshot_count *get_counts(struct parts_reader *reader, TALLOC_CTX *owner, size_t *count)
{
    *count = parts_get_count(reader);
    struct snapshot_count *counts = array_of(owner, *count, sizeof *counts);
    for (size_t i = 0; i < *count; i++) {
        counts[i].what = parts_get(reader);
        counts[i].count = parts_get_number(reader);
        counts[i].example = parts_get(reader);
    }
    return counts;
}

static void get_casts(struct parts_reader *reader, struct snapshot *snapshot)
{
    snapshot->cast_count = parts_get_count(reader);
    snapshot->casts = array_of(snapshot, snapshot->cast_count, sizeof *snapshot->casts);
    for (size_t i = 0; i < snapshot->cast_count; i++) {
        snapshot->casts[i].from = parts_get(reader);
        snapshot->casts[i].to = parts_get(reader);
        snapshot->casts[i].is_assignment = parts_get_number(reader) != 0;
    }
}

/* Parents may stand behind: their places are kept until all are there. */
static void get_object(struct parts_reader *reader, struct object *object, int64_t *parent)
{
    object->identity = parts_get(reader);
    object->name = parts_get(reader);
    object->parent = parts_get(reader);
    object->schema = parts_get(reader);
    object->comment = parts_get(reader);
    object->class_id = parts_get_number(reader);
    object->object_id = parts_get_number(reader);
    object->sub_id = parts_get_number(reader);
    *parent = parts_get_number(reader);
    for (size_t i = 0; i < object->kind->field_count; i++) {
        const char *value = parts_get(reader);
        memcpy((char *)object + object->kind->fields[i].offset, &value, sizeof value);
    }
}

static void get_objects(struct parts_reader *reader, struct snapshot *snapshot)
{
    for (size_t id = 0; id < KIND_COUNT; id++)
        snapshot->first[id + 1] = snapshot->first[id] + parts_get_count(reader);
    snapshot->count = reader->is_broken ? 0 : snapshot->first[KIND_COUNT];
    snapshot->objects = array_of(snapshot, snapshot->count, sizeof *snapshot->objects);
    int64_t *parents = array_of(snapshot, snapshot->count, sizeof *parents);
    for (size_t id = 0; id < KIND_COUNT && snapshot->count; id++) {
        size_t first = snapshot->first[id], count = snapshot->first[id + 1] - first;
        char *items = array_of(snapshot, count, kinds[id]->size_bytes);
        for (size_t i = 0; i < count; i++) {
            struct object *object = (struct object *)(void *)(items + i * kinds[id]->size_bytes);
            object->kind = kinds[id];
            snapshot->objects[first + i] = object;
            get_object(reader, object, &parents[first + i]);
        }
    }
    for (size_t i = 0; i < snapshot->count; i++)
        if (parents[i] >= 0 && parents[i] < (int64_t)snapshot->count)
            snapshot->objects[i]->parent_object = snapshot->objects[parents[i]];
    talloc_free(parents);
    snapshot_number(snapshot);
}

static void get_dependencies(struct parts_reader *reader, struct snapshot *snapshot)
{
    snapshot->dependency_count = parts_get_count(reader);
    snapshot->dependencies = array_of(snapshot, snapshot->dependency_count, sizeof *snapshot->dependencies);
    for (size_t i = 0; i < snapshot->dependency_count; i++) {
        struct dependency *dependency = &snapshot->dependencies[i];
        dependency->dependent = (size_t)parts_get_number(reader);
        dependency->referenced = (size_t)parts_get_number(reader);
        dependency->type = parts_get_number(reader) == DEPENDS_NORMAL ? DEPENDS_NORMAL : DEPENDS_AUTO;
        if (dependency->dependent >= snapshot->count || dependency->referenced >= snapshot->count)
            reader->is_broken = true;
    }
}

struct snapshot *snapshot_from_text(TALLOC_CTX *owner, const char *text)
{
    struct snapshot *snapshot = snapshot_empty(owner, 0);
    struct parts_reader reader = parts_reader_of(talloc_strdup(snapshot, text));
    const char *known = parts_get(&reader);
    bool is_known = known && !strcmp(known, knowledge(snapshot));
    if (is_known) {
        snapshot->server_version = (int)parts_get_number(&reader);
        snapshot->left_out = get_counts(&reader, snapshot, &snapshot->left_out_count);
        snapshot->not_modelled = get_counts(&reader, snapshot, &snapshot->not_modelled_count);
        get_casts(&reader, snapshot);
        get_objects(&reader, snapshot);
        get_dependencies(&reader, snapshot);
    }
    if (!is_known || !parts_is_whole(&reader))
        TALLOC_FREE(snapshot);
    return snapshot;
}
