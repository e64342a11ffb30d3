/* Renames: what differs in nothing but its name. Without them a constraint that kept an old table's name would be
 * dropped and made anew, and a sequence would begin again. */
#include "migrate/diff/parts.h"

/* Of one kind, what is on one side only. */
struct candidates {
    struct diff_item **items;
    size_t count;
};

static bool has_same_ground(const struct object *from, const struct object *to)
{
    return kind_same_text(from->parent, to->parent) && (from->parent || kind_same_text(from->schema, to->schema));
}

static bool is_same_but_for_name(const struct object *from, const struct object *to)
{
    const struct kind *kind = from->kind;
    if (!has_same_ground(from, to))
        return false;
    for (size_t i = 0; i < kind->field_count; i++)
        if (kind->fields[i].role != FIELD_NOTE && field_differs(&kind->fields[i], from, to))
            return false;
    return true;
}

static struct diff_item *only_match(const struct candidates *candidates, const struct diff_item *item, bool is_from)
{
    struct diff_item *found = NULL;
    for (size_t i = 0; i < candidates->count; i++) {
        struct diff_item *other = candidates->items[i];
        bool is_match = is_from ? other->to && !other->from && is_same_but_for_name(item->from, other->to)
                                : other->from && !other->to && is_same_but_for_name(other->from, item->to);
        if (is_match && found)
            return NULL;
        if (is_match)
            found = other;
    }
    return found;
}

static void join_renamed(struct diff_item *from, struct diff_item *to)
{
    from->to = to->to;
    from->is_renamed = true;
    to->to = NULL; /* has no object left: taken out at the end */
}

/* Parts of what was renamed have another identity, too. */
static void join_parts(struct diff *diff, const struct object *from, const struct object *to)
{
    for (size_t i = 0; i < diff->item_count; i++) {
        struct diff_item *item = &diff->items[i];
        if (!item->from || item->to || item->from->parent_object != from)
            continue;
        for (size_t j = 0; j < diff->item_count; j++) {
            struct diff_item *other = &diff->items[j];
            if (!other->to || other->from || other->to->parent_object != to || other->to->kind != item->from->kind)
                continue;
            if (item->from->kind->facet_attribute || !strcmp(item->from->name, other->to->name)) {
                item->to = other->to;
                other->to = NULL;
                break;
            }
        }
    }
}

static void find_in_kind(struct diff *diff, const struct candidates *candidates)
{
    for (size_t i = 0; i < candidates->count; i++) {
        struct diff_item *item = candidates->items[i];
        if (!item->from || item->to)
            continue;
        struct diff_item *match = only_match(candidates, item, true);
        if (!match || only_match(candidates, match, false) != item)
            continue;
        const struct object *to = match->to;
        join_renamed(item, match);
        join_parts(diff, item->from, to);
    }
}

static void take_out_empty(struct diff *diff)
{
    size_t kept = 0;
    for (size_t i = 0; i < diff->item_count; i++)
        if (diff->items[i].from || diff->items[i].to)
            diff->items[kept++] = diff->items[i];
    diff->item_count = kept;
}

void diff_find_renames(struct diff *diff)
{
    struct candidates candidates = {talloc_zero_size(NULL, (diff->item_count + 1) * sizeof(struct diff_item *)), 0};
    if (!candidates.items)
        abort();
    for (size_t id = 0, i = 0; id < KIND_COUNT; id++) {
        candidates.count = 0;
        for (; i < diff->item_count; i++) {
            struct diff_item *item = &diff->items[i];
            const struct object *object = item->from ? item->from : item->to;
            if (!object)
                continue;
            if (object->kind != kinds[id])
                break;
            if (kinds[id]->rename && item->is_covered && !(item->from && item->to))
                candidates.items[candidates.count++] = item;
        }
        find_in_kind(diff, &candidates);
    }
    take_out_empty(diff);
    talloc_free(candidates.items);
}
