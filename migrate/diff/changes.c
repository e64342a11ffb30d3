/* The list of differences, as people and JSON see it. What comes or goes with what it is a part of is not told by
 * itself; facets are told as attributes of their parent. */
#include "migrate/diff/parts.h"

struct listing {
    struct diff *diff;
    const struct diff_options *options;
    size_t room;
};

static bool is_listed(const struct listing *listing, const struct kind *kind)
{
    const char *const *only = listing->options->only_kinds;
    if (!only)
        return true;
    while (*only && strcmp(*only, kind->name) != 0)
        only++;
    return *only != NULL;
}

static struct change *add(struct listing *listing, size_t item)
{
    struct diff *diff = listing->diff;
    if (diff->change_count == listing->room) {
        listing->room = listing->room ? 2 * listing->room : 64;
        diff->changes = talloc_realloc_size(diff, diff->changes, listing->room * sizeof *diff->changes);
        if (!diff->changes)
            abort();
    }
    struct change *change = &diff->changes[diff->change_count++];
    *change = (struct change){.item = item, .from_object = diff->items[item].from, .to_object = diff->items[item].to};
    const struct object *object = change->from_object ? change->from_object : change->to_object;
    change->kind = object->kind;
    change->name = object->identity;
    return change;
}

/* A facet's only value. */
static const struct field *facet_field(const struct kind *kind)
{
    for (size_t i = 0; i < kind->field_count; i++)
        if (kind->fields[i].role == FIELD_ALTER || kind->fields[i].role == FIELD_REPLACE)
            return &kind->fields[i];
    return NULL;
}

static void list_facet(struct listing *listing, size_t number)
{
    const struct diff_item *item = &listing->diff->items[number];
    const struct object *object = item->from ? item->from : item->to;
    const struct field *field = facet_field(object->kind);
    const struct object *parent = object->parent_object;
    const struct kind *kind = parent ? parent->kind : object->kind;
    bool is_echo = item->from && item->to && field && field->is_echo && field->is_echo(item->from, item->to);
    if (!field || is_echo || !(is_listed(listing, kind) || is_listed(listing, object->kind)))
        return;
    struct change *change = add(listing, number);
    change->action = CHANGE_ALTER;
    change->kind = kind;
    change->name = object->parent ? object->parent : object->identity;
    change->attribute = object->kind->facet_attribute;
    change->from = item->from ? field_value(item->from, field) : NULL;
    change->to = item->to ? field_value(item->to, field) : NULL;
    change->severity = field->severity;
    change->field = field;
}

static void list_whole(struct listing *listing, size_t number, enum change_action action)
{
    struct change *change = add(listing, number);
    change->action = action;
    change->severity = change->kind->severity;
}

static void list_rename(struct listing *listing, size_t number)
{
    struct change *change = add(listing, number);
    change->action = CHANGE_RENAME;
    change->attribute = "name";
    change->from = change->from_object->name;
    change->to = change->to_object->name;
    change->severity = SEVERITY_COSMETIC;
}

static void list_fields(struct listing *listing, size_t number)
{
    const struct diff_item item = listing->diff->items[number];
    const struct kind *kind = item.from->kind;
    for (size_t i = 0; i < kind->field_count; i++) {
        const struct field *field = &kind->fields[i];
        if (!(item.changed >> i & 1) || (field->is_echo && field->is_echo(item.from, item.to)))
            continue;
        struct change *change = add(listing, number);
        change->action = item.fate == FATE_REPLACE ? CHANGE_REPLACE : CHANGE_ALTER;
        change->attribute = field->name;
        change->from = field_value(item.from, field);
        change->to = field_value(item.to, field);
        change->severity = field->severity;
        change->field = field;
    }
    if (item.changed & DIFF_COMMENT_BIT) {
        struct change *change = add(listing, number);
        change->action = CHANGE_ALTER;
        change->attribute = "comment";
        change->from = item.from->comment;
        change->to = item.to->comment;
        change->severity = SEVERITY_COSMETIC;
    }
}

/* Whether an object that one side alone has is a part of another that the same side alone has. */
static bool is_part(const struct diff *diff, const struct diff_item *item)
{
    const struct object *object = item->from ? item->from : item->to;
    const struct object *ground = item->from ? diff->ground_from[object->position] : diff->ground_to[object->position];
    const struct diff_item *under = diff_item_of(diff, ground);
    return under && !(under->from && under->to);
}

static void list_item(struct listing *listing, size_t number)
{
    const struct diff_item *item = &listing->diff->items[number];
    const struct object *object = item->from ? item->from : item->to;
    bool is_one_sided = !item->from || !item->to;
    if (!item->is_covered || (is_one_sided && is_part(listing->diff, item)))
        return;
    if (is_one_sided && object->kind->is_implied && object->kind->is_implied(object))
        return;
    if (object->kind->facet_attribute) {
        if (is_one_sided || item->changed)
            list_facet(listing, number);
    } else if (is_listed(listing, object->kind)) {
        if (is_one_sided)
            list_whole(listing, number, item->from ? CHANGE_DROP : CHANGE_CREATE);
        if (item->is_renamed)
            list_rename(listing, number);
        if (!is_one_sided)
            list_fields(listing, number);
    }
}

/* By kind, name, attribute: items are in that order but for renames and facets. */
static int compare_changes(const void *one, const void *other)
{
    const struct change *a = one, *b = other;
    int order = (int)kind_id(a->kind) - (int)kind_id(b->kind);
    order = order ? order : strcmp(a->name, b->name);
    order = order ? order : strcmp(a->attribute ? a->attribute : "", b->attribute ? b->attribute : "");
    return order ? order : (a->item > b->item) - (a->item < b->item);
}

void diff_list_changes(struct diff *diff, const struct diff_options *options)
{
    struct listing listing = {.diff = diff, .options = options};
    for (size_t i = 0; i < diff->item_count; i++)
        list_item(&listing, i);
    if (diff->change_count)
        qsort(diff->changes, diff->change_count, sizeof *diff->changes, compare_changes);
}
