/* See emit.h. Here: the walk over the steps, and what kinds write to. The text is in emit/text.c, casts in emit/cast.c.
 */
#include "migrate/emit.h"

#include <stdarg.h>

#include "migrate/emit/array.h"
#include "migrate/emit/cast.h"
#include "migrate/emit/children.h"
#include "store/digest.h"
#include "store/sql.h"

struct emission {
    struct emit_script *script;
    struct diff *diff;
    const struct order *order;
    struct children *from_children, *to_children;
    struct dependents from_dependents, dependents; /* of FROM, of TO */
    size_t room;
    /* Where it stands. */
    enum step_kind step;
    const struct diff_item *item;
    const struct field *field;
};

/* ---- what kinds call ---- */

void emit(struct emission *emission, unsigned traits, const char *format, ...)
{
    struct emit_script *script = emission->script;
    if (script->count == emission->room) {
        emission->room = emission->room ? 2 * emission->room : 64;
        script->statements =
            talloc_realloc_size(script, script->statements, emission->room * sizeof *script->statements);
        if (!script->statements)
            abort();
    }
    va_list arguments;
    va_start(arguments, format);
    const char *sql = talloc_vasprintf(script, format, arguments);
    script->statements[script->count++] = (struct emit_statement){
        .sql = array_keep_casts(script, sql),
        .traits = traits,
        .step = emission->step,
        .item = emission->item,
        .field = emission->field,
    };
    va_end(arguments);
    if (traits & EMIT_OUTSIDE)
        script->transaction = SCRIPT_SPLIT;
    if (traits & EMIT_LOSES_DATA)
        script->loses_data = true;
}

TALLOC_CTX *emission_memory(struct emission *emission) { return emission->script; }

int emission_server_version(const struct emission *emission) { return emission->diff->from->server_version; }

enum emission_cast emission_cast(const struct emission *emission, const char *from_type, const char *to_type)
{
    return cast_find(emission->diff->to, from_type, to_type);
}

static bool is_of(const struct snapshot *snapshot, const struct object *object)
{
    return object->position < snapshot->count && snapshot->objects[object->position] == object;
}

const struct object *const *emission_all_children(struct emission *emission, const struct object *object,
                                                  enum kind_id kind)
{
    struct children *children = is_of(emission->diff->from, object) ? emission->from_children : emission->to_children;
    return children_of(emission->script, children, object, kind, NULL, NULL);
}

/* Whether a CREATE takes a child in: what has no step of its own. */
static bool is_taken_in(void *argument, const struct object *child)
{
    const struct emission *emission = argument;
    const struct diff_item *item = diff_item_of(emission->diff, child);
    if (diff_item_result(item) != child)
        return false;
    return child->kind->spaces & SPACE_COLUMN || emission->order->is_inline[item - emission->diff->items];
}

const struct object *const *emission_children(struct emission *emission, const struct object *object, enum kind_id kind)
{
    struct children *children = is_of(emission->diff->from, object) ? emission->from_children : emission->to_children;
    return children_of(emission->script, children, object, kind, is_taken_in, emission);
}

const struct object *emission_find(struct emission *emission, const struct object *beside, enum kind_id kind,
                                   const char *identity)
{
    const struct diff *diff = emission->diff;
    return snapshot_find(is_of(diff->from, beside) ? diff->from : diff->to, kind, identity);
}

const struct object *const *emission_dependents(struct emission *emission, const struct object *object,
                                                enum kind_id kind)
{
    bool is_from = is_of(emission->diff->from, object);
    const struct snapshot *snapshot = is_from ? emission->diff->from : emission->diff->to;
    const struct dependents *all = is_from ? &emission->from_dependents : &emission->dependents;
    size_t first = all->first[object->position], end = all->first[object->position + 1], count = 0;
    const struct object **result = talloc_zero_size(emission->script, (end - first + 1) * sizeof *result);
    if (!result)
        abort();
    for (size_t i = first; i < end; i++) {
        const struct object *dependent = snapshot->objects[all->items[i]->dependent];
        if (dependent->kind == kinds[kind])
            result[count++] = dependent;
    }
    return result;
}

const struct object *const *emission_from_objects(struct emission *emission, enum kind_id kind)
{
    const struct snapshot *from = emission->diff->from;
    size_t first = from->first[kind], count = from->first[kind + 1] - first;
    const struct object **result = talloc_zero_size(emission->script, (count + 1) * sizeof *result);
    if (!result)
        abort();
    for (size_t i = 0; i < count; i++)
        result[i] = from->objects[first + i];
    return result;
}

bool emission_is_compared(const struct emission *emission, const struct object *object)
{
    return diff_item_of(emission->diff, object)->is_covered;
}

bool emission_is_new(const struct emission *emission, const struct object *object)
{
    enum fate fate = diff_item_of(emission->diff, object)->fate;
    return fate == FATE_CREATE || fate == FATE_REPLACE;
}

bool emission_has_stub(const struct emission *emission, const struct object *object)
{
    return emission->order->has_stub[diff_item_of(emission->diff, object) - emission->diff->items];
}

const struct object *emission_counterpart(const struct emission *emission, const struct object *object)
{
    const struct diff_item *item = diff_item_of(emission->diff, object);
    return item->to == object ? item->from : item->to;
}

bool emission_is_used(const struct emission *emission, const struct object *object)
{
    const struct diff *diff = emission->diff;
    for (size_t i = emission->dependents.first[object->position]; i < emission->dependents.first[object->position + 1];
         i++) {
        const struct diff_item *item = &diff->items[diff->item_of_to[emission->dependents.items[i]->dependent]];
        if (item->fate == FATE_CREATE || item->fate == FATE_REPLACE || item->fate == FATE_ALTER)
            return true;
    }
    return false;
}

/* ---- steps ---- */

static void emit_comment(struct emission *emission, const struct object *object)
{
    TALLOC_CTX *memory = emission_memory(emission);
    const char *comment = diff_comment_of(emission->diff, object);
    emit(emission, EMIT_PLAIN, "COMMENT ON %s IS %s", kind_phrase(memory, object),
         comment ? sql_literal(memory, comment) : "NULL");
}

/* Of an object that was made, and of the parts that came with it. */
static void emit_comments(struct emission *emission, const struct object *object)
{
    if (diff_comment_of(emission->diff, object))
        emit_comment(emission, object);
    for (size_t id = 0; id < KIND_COUNT; id++) {
        if (!kinds[id]->clause && !(kinds[id]->spaces & SPACE_COLUMN))
            continue;
        const struct object *const *children = emission_children(emission, object, (enum kind_id)id);
        for (size_t i = 0; children[i]; i++)
            emit_comments(emission, children[i]);
    }
}

static void emit_create(struct emission *emission, const struct object *object)
{
    if (object->kind->create)
        object->kind->create(emission, object);
    if (object->kind->spaces & SPACE_ROUTINE)
        emission->script->has_routines = true;
    emit_comments(emission, object);
    for (size_t id = 0; id < KIND_COUNT; id++)
        if (kinds[id]->adjust)
            kinds[id]->adjust(emission, object);
}

static void emit_drop(struct emission *emission, const struct diff_item *item, const struct object *object)
{
    bool loses_rows = object->kind->rows == DROP_LOSES_ROWS && item->fate != FATE_REPLACE;
    if (object->kind->drop && item->from == object)
        object->kind->drop(emission, object);
    else
        emit(emission, loses_rows ? EMIT_LOSES_DATA : EMIT_PLAIN, "DROP %s",
             kind_phrase(emission_memory(emission), object));
}

/* The object under another name. */
static struct object *renamed(TALLOC_CTX *owner, const struct object *object, const char *identity, const char *name)
{
    struct object *copy = talloc_memdup(owner, object, object->kind->size_bytes);
    if (!copy)
        abort();
    copy->identity = identity;
    copy->name = name;
    return copy;
}

/* A name that is free and says what it was: cut at a character, for a name has 63 bytes. */
static const char *aside_name(TALLOC_CTX *owner, const struct object *object)
{
    enum { STEM_BYTES = 44 };
    const char *stem = object->name + (*object->name == '"');
    size_t size = strcspn(stem, "\"");
    for (size = size > STEM_BYTES ? STEM_BYTES : size; size && (stem[size] & 0xC0) == 0x80;)
        size--;
    unsigned digits = (unsigned)digest_key(object->identity, strlen(object->identity)) & 0xFFFFFF;
    return sql_identifier(owner, talloc_asprintf(owner, "%.*s_old_%06x", (int)size, stem, digits));
}

static const char *aside_identity(TALLOC_CTX *owner, const struct object *object)
{
    size_t prefix = strlen(object->identity) - strlen(object->name);
    return talloc_asprintf(owner, "%.*s%s", (int)prefix, object->identity, aside_name(owner, object));
}

static void emit_alter(struct emission *emission, const struct diff_item *item)
{
    const struct kind *kind = item->from->kind;
    const struct object *from = item->is_renamed
                                    ? renamed(emission_memory(emission), item->from, item->to->identity, item->to->name)
                                    : item->from;
    const struct object *to = item->is_covered ? item->to : item->from;
    for (size_t i = 0; i < kind->field_count; i++) {
        const struct field *field = &kind->fields[i];
        bool is_due = item->changed >> i & 1 || (item->is_brought_over && field->brings_over);
        for (size_t j = 0; j < i && is_due; j++)
            is_due = !(item->changed >> j & 1) || kind->fields[j].alter != field->alter;
        if (!is_due || !field->alter)
            continue;
        emission->field = field;
        field->alter(emission, from, to);
    }
    emission->field = NULL;
    if (item->changed && kind->spaces & SPACE_ROUTINE)
        emission->script->has_routines = true;
    if (item->changed & DIFF_COMMENT_BIT)
        emit_comment(emission, item->to);
}

static void emit_step(struct emission *emission, const struct step *step)
{
    TALLOC_CTX *memory = emission_memory(emission);
    const struct diff_item *item = &emission->diff->items[step->item];
    const struct object *result = diff_item_result(item);
    emission->step = step->kind;
    emission->item = item;
    emission->field = NULL;
    switch (step->kind) {
    case STEP_HOLLOW:
        item->from->kind->create_stub(emission, item->from);
        return;
    case STEP_DROP:
        emit_drop(emission, item, item->from);
        return;
    case STEP_RENAME:
        item->from->kind->rename(emission, item->from, item->to);
        return;
    case STEP_ASIDE:
        item->from->kind->move_aside(emission, item->from, aside_name(memory, item->from));
        return;
    case STEP_STUB:
        result->kind->create_stub(emission, result);
        return;
    case STEP_CREATE:
        emit_create(emission, result);
        return;
    case STEP_ALTER:
        emit_alter(emission, item);
        return;
    case STEP_DROP_ASIDE:
        emit_drop(emission, item,
                  renamed(memory, item->from, aside_identity(memory, item->from), aside_name(memory, item->from)));
        return;
    }
}

/* ---- what closes which difference ---- */

static bool closes(const struct change *change, const struct emit_statement *statement)
{
    bool is_facet = change->kind != (change->from_object ? change->from_object : change->to_object)->kind;
    if (change->action == CHANGE_RENAME)
        return statement->step == STEP_RENAME;
    if (change->action == CHANGE_ALTER && statement->step == STEP_ALTER)
        return is_facet || statement->field == change->field;
    return statement->step != STEP_RENAME;
}

/* The statements of each item: those of item i are [first[i], first[i + 1]) of the result. */
static const size_t *by_item(TALLOC_CTX *owner, const struct emission *emission, size_t **first)
{
    const struct emit_script *script = emission->script;
    size_t *result = talloc_zero_size(owner, (script->count + 1) * sizeof *result);
    *first = talloc_zero_size(owner, (emission->diff->item_count + 2) * sizeof **first);
    if (!result || !*first)
        abort();
    /* Counted one place up, so that filling in leaves each start where it belongs. */
    for (size_t i = 0; i < script->count; i++)
        (*first)[script->statements[i].item - emission->diff->items + 2]++;
    for (size_t i = 2; i < emission->diff->item_count + 2; i++)
        (*first)[i] += (*first)[i - 1];
    for (size_t i = 0; i < script->count; i++)
        result[(*first)[script->statements[i].item - emission->diff->items + 1]++] = i;
    return result;
}

static void attach(struct emission *emission)
{
    struct diff *diff = emission->diff;
    TALLOC_CTX *memory = talloc_new(NULL);
    size_t *first;
    const size_t *statements = by_item(memory, emission, &first);
    for (size_t i = 0; i < diff->change_count; i++) {
        struct change *change = &diff->changes[i];
        size_t begin = first[change->item], end = first[change->item + 1], count = 0;
        const char **sql = talloc_zero_size(diff, (end - begin + 1) * sizeof *sql);
        if (!sql)
            abort();
        for (size_t j = begin; j < end; j++) {
            const struct emit_statement *statement = &emission->script->statements[statements[j]];
            if (!closes(change, statement))
                continue;
            sql[count++] = statement->sql;
            if (statement->traits & EMIT_LOSES_DATA)
                change->loss = CHANGE_LOSES_DATA;
        }
        change->sql = sql;
    }
    talloc_free(memory);
}

struct emit_script *emit_script(TALLOC_CTX *owner, struct diff *diff, enum order_reading reading)
{
    struct emit_script *script = talloc_zero(owner, struct emit_script);
    TALLOC_CTX *memory = talloc_new(NULL);
    struct emission emission = {
        .script = script,
        .diff = diff,
        .order = order_make(memory, diff, reading),
        .from_children = children_new(memory, diff->from),
        .to_children = children_new(memory, diff->to),
        .from_dependents = snapshot_dependents(memory, diff->from),
        .dependents = snapshot_dependents(memory, diff->to),
    };
    for (size_t i = 0; i < emission.order->count; i++)
        emit_step(&emission, &emission.order->steps[i]);
    attach(&emission);
    talloc_free(memory);
    return script;
}
