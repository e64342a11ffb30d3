/* See diff.h. Here: joining the two snapshots, and comparing fields. The rest is in diff/, see diff/parts.h. */
#include "migrate/diff.h"

#include "migrate/diff/parts.h"

/* ---- joining ---- */

static void add_item(struct diff *diff, const struct object *from, const struct object *to,
                     const struct diff_options *options)
{
    const struct kind *kind = (from ? from : to)->kind;
    diff->items[diff->item_count++] =
        (struct diff_item){.from = from, .to = to, .is_covered = diff_covers(options, kind)};
}

static void join_kind(struct diff *diff, size_t id, const struct diff_options *options)
{
    const struct snapshot *from = diff->from, *to = diff->to;
    size_t i = from->first[id], j = to->first[id];
    while (i < from->first[id + 1] || j < to->first[id + 1]) {
        const struct object *one = i < from->first[id + 1] ? from->objects[i] : NULL;
        const struct object *other = j < to->first[id + 1] ? to->objects[j] : NULL;
        int order = !one ? 1 : !other ? -1 : strcmp(one->identity, other->identity);
        if (order == 0 && !kind_same_text(one->parent, other->parent)) {
            add_item(diff, one, NULL, options); /* an index of this name on another table */
            add_item(diff, NULL, other, options);
        } else {
            add_item(diff, order <= 0 ? one : NULL, order >= 0 ? other : NULL, options);
        }
        i += order <= 0;
        j += order >= 0;
    }
}

static void number_items(struct diff *diff)
{
    for (size_t i = 0; i < diff->item_count; i++) {
        if (diff->items[i].from)
            diff->item_of_from[diff->items[i].from->position] = i;
        if (diff->items[i].to)
            diff->item_of_to[diff->items[i].to->position] = i;
    }
}

static void *take_array(TALLOC_CTX *owner, size_t count, size_t size_bytes)
{
    void *array = talloc_zero_size(owner, (count + 1) * size_bytes);
    if (!array)
        abort();
    return array;
}

static void join(struct diff *diff, const struct diff_options *options)
{
    size_t most = diff->from->count + diff->to->count;
    diff->items = take_array(diff, most, sizeof *diff->items);
    diff->item_of_from = take_array(diff, diff->from->count, sizeof *diff->item_of_from);
    diff->item_of_to = take_array(diff, diff->to->count, sizeof *diff->item_of_to);
    for (size_t id = 0; id < KIND_COUNT; id++)
        join_kind(diff, id, options);
    number_items(diff);
    diff_find_renames(diff);
    number_items(diff);
}

/* ---- fields ---- */

static void add_note(struct diff *diff, const struct object *object, const struct field *field, const char *from,
                     const char *to)
{
    struct diff_note *notes = talloc_realloc_size(diff, diff->notes, (diff->note_count + 1) * sizeof *diff->notes);
    if (!notes)
        abort();
    diff->notes = notes;
    notes[diff->note_count++] = (struct diff_note){
        .name = object->identity,
        .text = talloc_asprintf(diff, "%s: %s, %s", field->name, from ? from : "none", to ? to : "none"),
    };
}

static bool is_settled(const struct diff_options *options, const struct diff_item *item, const struct field *field)
{
    for (size_t i = 0; i < options->settled_count; i++)
        if (options->settled[i].from == item->from && options->settled[i].field == field)
            return true;
    return false;
}

static bool is_commented(const struct diff *diff, const struct kind *kind)
{
    return diff->commented >> kind_id(kind) & 1;
}

static void compare_item(struct diff *diff, struct diff_item *item, const struct diff_options *options)
{
    const struct kind *kind = item->from->kind;
    for (size_t i = 0; i < kind->field_count; i++) {
        const struct field *field = &kind->fields[i];
        if (!field_differs(field, item->from, item->to) || is_settled(options, item, field))
            continue;
        if (field->role == FIELD_NOTE)
            add_note(diff, item->to, field, field_value(item->from, field), field_value(item->to, field));
        else
            item->changed |= UINT64_C(1) << i;
    }
    if (is_commented(diff, kind) && !kind_same_text(item->from->comment, item->to->comment))
        item->changed |= DIFF_COMMENT_BIT;
}

void diff_compare_fields(struct diff *diff, const struct diff_options *options)
{
    for (size_t i = 0; i < diff->item_count; i++) {
        struct diff_item *item = &diff->items[i];
        if (item->from && item->to && item->is_covered)
            compare_item(diff, item, options);
    }
}

/* ---- asked by others ---- */

bool diff_covers(const struct diff_options *options, const struct kind *kind)
{
    if (kind->compared == KIND_PRIVILEGES && options->privileges == PRIVILEGES_LEFT_OUT)
        return false;
    if (options->covered && !(*options->covered >> kind_id(kind) & 1))
        return false;
    return true;
}

static bool has_object(const struct snapshot *snapshot, const struct object *object)
{
    return object->position < snapshot->count && snapshot->objects[object->position] == object;
}

const struct diff_item *diff_item_of(const struct diff *diff, const struct object *object)
{
    if (!object)
        return NULL;
    return &diff->items[has_object(diff->from, object) ? diff->item_of_from[object->position]
                                                       : diff->item_of_to[object->position]];
}

const char *diff_comment_of(const struct diff *diff, const struct object *object)
{
    const struct diff_item *item = diff_item_of(diff, object);
    return item->from && item->to && !is_commented(diff, object->kind) ? item->from->comment : object->comment;
}

const struct object *diff_item_result(const struct diff_item *item) { return item->is_covered ? item->to : item->from; }

static bool goes(const struct diff_item *item)
{
    return item->fate == FATE_DROP || (item->fate == FATE_REPLACE && !item->is_moved_aside);
}

static bool comes(const struct diff_item *item) { return item->fate == FATE_CREATE || item->fate == FATE_REPLACE; }

bool diff_goes_along(const struct diff *diff, const struct diff_item *item)
{
    const struct object *ground = item->from ? diff->ground_from[item->from->position] : NULL;
    return ground && goes(diff_item_of(diff, ground));
}

bool diff_comes_along(const struct diff *diff, const struct diff_item *item)
{
    const struct object *result = diff_item_result(item);
    const struct object *ground = !result              ? NULL
                                  : result == item->to ? diff->ground_to[result->position]
                                                       : diff->ground_from[result->position];
    return ground && comes(diff_item_of(diff, ground));
}

const char *change_action_name(enum change_action action)
{
    static const char *const names[] = {
        [CHANGE_CREATE] = "create",   [CHANGE_DROP] = "drop",     [CHANGE_ALTER] = "alter",
        [CHANGE_REPLACE] = "replace", [CHANGE_RENAME] = "rename",
    };
    return names[action];
}

const char *severity_name(enum severity severity)
{
    static const char *const names[] = {
        [SEVERITY_BREAKING] = "breaking",
        [SEVERITY_BEHAVIOURAL] = "behavioural",
        [SEVERITY_PERFORMANCE] = "performance",
        [SEVERITY_COSMETIC] = "cosmetic",
    };
    return names[severity];
}

/* ---- making ---- */

/* An owned sequence goes with its owner: the facet that says so depends on both. */
static void find_grounds(const struct snapshot *snapshot, const struct object **grounds)
{
    for (size_t i = 0; i < snapshot->count; i++)
        grounds[i] = snapshot->objects[i]->parent_object;
    for (size_t i = 0; i < snapshot->dependency_count; i++) {
        const struct dependency *dependency = &snapshot->dependencies[i];
        const struct object *facet = snapshot->objects[dependency->dependent];
        const struct object *other = snapshot->objects[dependency->referenced];
        const struct object *owned = facet->parent_object;
        if (facet->kind->facet_attribute && dependency->type == DEPENDS_AUTO && owned && owned != other &&
            !owned->parent)
            grounds[owned->position] = other;
    }
}

/* Parts of what is on one side only are spoken of with it, also where their kind is left out. */
static void cover_parts(struct diff *diff)
{
    for (size_t i = 0; i < diff->item_count; i++) {
        struct diff_item *item = &diff->items[i];
        const struct object *object = item->from ? item->from : item->to;
        if (item->is_covered || (item->from && item->to) || object->kind->compared == KIND_PRIVILEGES)
            continue;
        const struct diff_item *parent = diff_item_of(diff, object->parent_object);
        item->is_covered = parent && parent->is_covered && !(parent->from && parent->to);
    }
}

struct diff *diff_make(TALLOC_CTX *owner, const struct snapshot *from, const struct snapshot *to,
                       const struct diff_options *options)
{
    struct diff *diff = talloc_zero(owner, struct diff);
    if (!diff)
        abort();
    diff->from = from;
    diff->to = to;
    diff->commented = options->commented ? *options->commented : UINT64_MAX;
    join(diff, options);
    diff->ground_from = take_array(diff, from->count, sizeof *diff->ground_from);
    diff->ground_to = take_array(diff, to->count, sizeof *diff->ground_to);
    find_grounds(from, diff->ground_from);
    find_grounds(to, diff->ground_to);
    cover_parts(diff);
    diff_compare_fields(diff, options);
    diff_decide_fates(diff);
    diff_list_changes(diff, options);
    return diff;
}
