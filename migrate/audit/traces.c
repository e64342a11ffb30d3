/* See traces.h. */
#include "migrate/audit/traces.h"

#include "migrate/mirror/memory.h"
#include "migrate/replay.h"

static bool read_catalog(struct mirror *mirror, const struct settings *settings, struct cancel *cancel,
                         struct error *error)
{
    const struct snapshot_options reading = {.settings = settings};
    struct connection *connection = scratch_connect(mirror, mirror->replay->database, SCRATCH_OWNER, cancel, error);
    mirror->snapshot = connection ? snapshot_take(mirror, connection, &reading, error) : NULL;
    talloc_free(connection);
    return mirror->snapshot;
}

/* The snapshot behind the first `count` files, remembered as that of the mirror "migrations" is. Owner: `owner`. */
static const struct snapshot *look(TALLOC_CTX *owner, struct scratch *scratch, const struct directory *directory,
                                   size_t count, const struct settings *settings, struct cancel *cancel,
                                   struct error *error)
{
    const struct replay_options replaying = {.cancel = cancel};
    struct mirror *mirror = talloc_zero(owner, struct mirror);
    if (!mirror)
        abort();
    struct replay *replay = replay_migrations(mirror, scratch, directory, count, &replaying, error);
    mirror->scratch = scratch;
    mirror->replay = replay;
    mirror->snapshot = replay ? memory_recall(mirror, settings) : NULL;
    if (replay && !mirror->snapshot && read_catalog(mirror, settings, cancel, error))
        memory_keep(mirror, settings);
    talloc_free(replay);
    return mirror->snapshot;
}

/* What is only made anew because another object is has not changed. */
static bool is_other(const struct diff_item *item)
{
    return !item->from || !item->to || item->changed || item->is_renamed;
}

bool traces_read(TALLOC_CTX *owner, struct scratch *scratch, const struct directory *directory, size_t index,
                 const struct settings *settings, struct cancel *cancel, struct traces *touched, struct error *error)
{
    const struct diff_options everything = {.privileges = PRIVILEGES_COMPARED};
    const struct snapshot *before = look(owner, scratch, directory, index, settings, cancel, error);
    const struct snapshot *after = before ? look(owner, scratch, directory, index + 1, settings, cancel, error) : NULL;
    if (!after)
        return false;
    struct diff *diff = diff_make(owner, before, after, &everything);
    touched->objects = talloc_array(owner, const struct object *, (unsigned)diff->item_count + 1);
    touched->count = 0;
    for (size_t i = 0; i < diff->item_count; i++)
        if (is_other(&diff->items[i]))
            touched->objects[touched->count++] = diff->items[i].to ? diff->items[i].to : diff->items[i].from;
    return true;
}

bool traces_has_identity(const struct traces *touched, const char *identity)
{
    for (size_t i = 0; i < touched->count; i++)
        if (!strcmp(touched->objects[i]->identity, identity))
            return true;
    return false;
}

static bool is_same(const struct object *one, const struct object *other)
{
    return one && one->kind == other->kind && !strcmp(one->identity, other->identity);
}

static bool is_touched(const struct traces *touched, const struct diff_item *item)
{
    for (size_t i = 0; i < touched->count; i++)
        if (is_same(item->from, touched->objects[i]) || is_same(item->to, touched->objects[i]))
            return true;
    return false;
}

/* What is on one side only is told with the whole that is there as little; NULL: it stands for itself. */
static const struct diff_item *whole_of(const struct diff *diff, const struct diff_item *item)
{
    if (item->from && item->to)
        return NULL;
    const struct object *ground =
        item->to ? diff->ground_to[item->to->position] : diff->ground_from[item->from->position];
    const struct diff_item *whole = diff_item_of(diff, ground);
    return whole && !whole->from == !item->from && !whole->to == !item->to ? whole : NULL;
}

void traces_match(const struct traces *touched, const struct diff *diff, bool *is_of)
{
    bool *is_met = talloc_zero_array(NULL, bool, (unsigned)diff->item_count + 1);
    for (size_t i = 0; i < diff->item_count; i++) {
        if (!is_touched(touched, &diff->items[i]))
            continue;
        for (const struct diff_item *item = &diff->items[i]; item; item = whole_of(diff, item))
            is_met[item - diff->items] = true;
    }
    for (size_t i = 0; i < diff->change_count; i++)
        is_of[i] |= is_met[diff->changes[i].item];
    talloc_free(is_met);
}
