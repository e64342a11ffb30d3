/* What becomes of each object: first by its own differences; then those that cannot stay where they are while something
 * that they depend on is changed, from one to the next. */
#include "migrate/diff/parts.h"

/* ---- by its own differences ---- */

static bool must_replace(const struct diff_item *item)
{
    const struct kind *kind = item->from->kind;
    for (size_t i = 0; i < kind->field_count; i++) {
        const struct field *field = &kind->fields[i];
        if (!(item->changed >> i & 1))
            continue;
        if (field->role == FIELD_REPLACE || (field->must_replace && field->must_replace(item->from, item->to)))
            return true;
    }
    return false;
}

static void replace(struct diff_item *item)
{
    item->fate = FATE_REPLACE;
    item->is_moved_aside = item->from->kind->move_aside != NULL;
}

static void decide_alone(struct diff_item *item)
{
    if (!item->is_covered)
        item->fate = FATE_KEEP;
    else if (!item->to)
        item->fate = FATE_DROP;
    else if (!item->from)
        item->fate = FATE_CREATE;
    else if (must_replace(item))
        replace(item);
    else if (item->changed)
        item->fate = FATE_ALTER;
    else
        item->fate = item->is_renamed ? FATE_RENAME : FATE_KEEP;
}

/* ---- from one to the next ---- */

/* Objects of FROM whose dependents have to be looked at. */
struct spread {
    struct diff *diff;
    struct dependents dependents;
    size_t *queue; /* positions */
    size_t count;
    bool *is_queued;
};

static bool goes(const struct diff_item *item)
{
    return item->fate == FATE_DROP || (item->fate == FATE_REPLACE && !item->is_moved_aside);
}

static bool is_disturbance(const struct diff_item *item)
{
    if (item->fate == FATE_DROP || item->fate == FATE_REPLACE || item->is_brought_over)
        return true;
    if (item->fate != FATE_ALTER)
        return false;
    const struct kind *kind = item->from->kind;
    for (size_t i = 0; i < kind->field_count; i++)
        if (item->changed >> i & 1 && kind->fields[i].disturbs && kind->fields[i].disturbs(item->from, item->to))
            return true;
    return false;
}

static void queue(struct spread *spread, const struct diff_item *item)
{
    if (!item->from || spread->is_queued[item->from->position] || !is_disturbance(item))
        return;
    spread->is_queued[item->from->position] = true;
    spread->queue[spread->count++] = item->from->position;
}

static bool brings_over(const struct kind *kind)
{
    for (size_t i = 0; i < kind->field_count; i++)
        if (kind->fields[i].brings_over)
            return true;
    return false;
}

static bool stays(const struct diff_item *item)
{
    return item->fate == FATE_KEEP || item->fate == FATE_ALTER || item->fate == FATE_RENAME;
}

/* One that is left while `cause` is changed. */
static void reach(struct spread *spread, struct diff_item *item, const struct diff_item *cause,
                  const struct dependency *dependency)
{
    const struct object *object = item->from;
    if (!stays(item))
        return;
    if (cause->is_moved_aside && brings_over(object->kind)) {
        if (item->fate == FATE_KEEP)
            item->fate = FATE_ALTER;
        item->is_brought_over = true;
    } else if (cause->fate == FATE_DROP && dependency->type == DEPENDS_AUTO && !item->is_covered) {
        item->fate = FATE_DROP; /* nobody asked for it, but it cannot outlive what it belongs to */
    } else if ((goes(cause) && dependency->type == DEPENDS_AUTO) ||
               (cause->fate == FATE_REPLACE && object->parent_object == cause->from) ||
               (object->kind->is_disturbed && object->kind->is_disturbed(object, cause->from))) {
        replace(item);
    }
    queue(spread, item);
}

static void spread_from(struct spread *spread, size_t position)
{
    const struct diff *diff = spread->diff;
    const struct diff_item *cause = &diff->items[diff->item_of_from[position]];
    for (size_t i = spread->dependents.first[position]; i < spread->dependents.first[position + 1]; i++) {
        const struct dependency *dependency = spread->dependents.items[i];
        reach(spread, &diff->items[diff->item_of_from[dependency->dependent]], cause, dependency);
    }
}

void diff_decide_fates(struct diff *diff)
{
    struct spread spread = {.diff = diff};
    TALLOC_CTX *memory = talloc_new(NULL);
    spread.dependents = snapshot_dependents(memory, diff->from);
    spread.queue = talloc_zero_size(memory, (diff->from->count + 1) * sizeof *spread.queue);
    spread.is_queued = talloc_zero_size(memory, (diff->from->count + 1) * sizeof *spread.is_queued);
    if (!spread.queue || !spread.is_queued)
        abort();
    for (size_t i = 0; i < diff->item_count; i++)
        decide_alone(&diff->items[i]);
    for (size_t i = 0; i < diff->item_count; i++)
        queue(&spread, &diff->items[i]);
    for (size_t i = 0; i < spread.count; i++)
        spread_from(&spread, spread.queue[i]);
    talloc_free(memory);
}
