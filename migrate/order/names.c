/* See names.h. */
#include "migrate/order/names.h"

enum { SPACES = 6 };

struct entry {
    unsigned space;
    const char *scope, *name; /* of a schema, a table; or "" */
    size_t node;
};

struct names {
    struct entry *entries;
    size_t count, room;
    size_t *found;
    size_t found_room;
};

struct names *names_new(TALLOC_CTX *owner)
{
    struct names *names = talloc_zero(owner, struct names);
    if (!names)
        abort();
    return names;
}

static struct entry entry_of(const struct object *object, unsigned space, size_t node)
{
    switch (space) {
    case SPACE_RELATION:
    case SPACE_TYPE:
        return (struct entry){space, object->schema ? object->schema : "", object->name, node};
    case SPACE_COLUMN:
    case SPACE_CONSTRAINT:
        return (struct entry){space, object->parent ? object->parent : "", object->name, node};
    default:
        return (struct entry){space, "", object->identity, node};
    }
}

static void add_entry(struct names *names, struct entry entry)
{
    if (names->count == names->room) {
        names->room = names->room ? 2 * names->room : 64;
        names->entries = talloc_realloc_size(names, names->entries, names->room * sizeof *names->entries);
        if (!names->entries)
            abort();
    }
    names->entries[names->count++] = entry;
}

void names_add(struct names *names, const struct object *object, size_t node)
{
    for (unsigned bit = 0; bit < SPACES; bit++)
        if (object->kind->spaces >> bit & 1)
            add_entry(names, entry_of(object, 1U << bit, node));
}

/* Length of the schema's part of an identity, quoted or not, and its dot. */
static size_t schema_length(const char *identity)
{
    size_t i = 0;
    bool is_quoted = false;
    for (; identity[i] && (is_quoted || identity[i] != '.'); i++)
        is_quoted ^= identity[i] == '"';
    return i + 1;
}

void names_add_relation(struct names *names, const struct object *object, const char *identity, size_t node)
{
    const char *name = talloc_strdup(names, identity + schema_length(identity));
    add_entry(names, (struct entry){SPACE_RELATION, object->schema ? object->schema : "", name, node});
}

static int compare(const void *one, const void *other)
{
    const struct entry *a = one, *b = other;
    int order = (a->space > b->space) - (a->space < b->space);
    order = order ? order : strcmp(a->scope, b->scope);
    return order ? order : strcmp(a->name, b->name);
}

void names_sort(struct names *names)
{
    if (names->count)
        qsort(names->entries, names->count, sizeof *names->entries, compare);
}

static void add_found(struct names *names, size_t node, size_t *count)
{
    if (*count == names->found_room) {
        names->found_room = names->found_room ? 2 * names->found_room : 16;
        names->found = talloc_realloc_size(names, names->found, names->found_room * sizeof *names->found);
        if (!names->found)
            abort();
    }
    names->found[(*count)++] = node;
}

const size_t *names_find(struct names *names, const struct object *object, size_t *count)
{
    *count = 0;
    for (unsigned bit = 0; bit < SPACES && names->count; bit++) {
        if (!(object->kind->spaces >> bit & 1))
            continue;
        struct entry key = entry_of(object, 1U << bit, 0);
        size_t low = 0, high = names->count;
        while (low < high) {
            size_t middle = low + (high - low) / 2;
            if (compare(&names->entries[middle], &key) < 0)
                low = middle + 1;
            else
                high = middle;
        }
        for (; low < names->count && !compare(&names->entries[low], &key); low++)
            add_found(names, names->entries[low].node, count);
    }
    return names->found;
}
