/* See facts.h. Facts and objects are both sorted, so that a look at a snapshot takes one walk over both. */
#include "migrate/blame/facts.h"

#include "store/digest.h"

static int compare_facts(const void *one, const void *other)
{
    const struct fact *a = one, *b = other;
    int order = (a->kind > b->kind) - (a->kind < b->kind);
    order = order ? order : strcmp(a->identity, b->identity);
    return order ? order : (a->change > b->change) - (a->change < b->change);
}

static struct fact fact_of(TALLOC_CTX *owner, struct change *change, enum blame_side side)
{
    const struct object *ours = side == BLAME_FROM ? change->from_object : change->to_object;
    const struct object *theirs = side == BLAME_FROM ? change->to_object : change->from_object;
    const struct object *object = ours ? ours : theirs;
    struct fact fact = {.change = change, .kind = kind_id(object->kind), .identity = object->identity};
    if (change->field) { /* of a facet that one side lacks, too */
        fact.what = FACT_FIELD;
        fact.field = change->field;
    } else if (ours && theirs && change->action != CHANGE_RENAME) {
        fact.what = FACT_COMMENT; /* the only attribute that is no field */
    }
    char *text = talloc_asprintf(NULL, "%s\n%d\n%s\n%s", object->kind->name, (int)fact.what,
                                 fact.field ? fact.field->name : "", object->identity);
    fact.digest = digest_sha256(owner, text, strlen(text));
    talloc_free(text);
    return fact;
}

struct facts *facts_of(TALLOC_CTX *owner, const struct diff *diff, enum blame_side side)
{
    struct facts *facts = talloc_zero(owner, struct facts);
    facts->items = talloc_zero_size(facts, (diff->change_count + 1) * sizeof *facts->items);
    if (!facts->items)
        abort();
    for (size_t i = 0; i < diff->change_count; i++) {
        struct fact fact = fact_of(facts, &diff->changes[i], side);
        facts->kinds[fact.kind] = true;
        facts->items[facts->count++] = fact;
    }
    qsort(facts->items, facts->count, sizeof *facts->items, compare_facts);
    return facts;
}

/* ---- states ---- */

static const char *value_of(const struct fact *fact, const struct object *object)
{
    switch (fact->what) {
    case FACT_EXISTENCE:
        return "";
    case FACT_FIELD:
        return field_value(object, fact->field);
    case FACT_COMMENT:
        break;
    }
    return object->comment;
}

/* A state is NULL, "-" for a value that is NULL, or "=" and the value. */
static bool is_state(const struct fact *fact, const struct object *object)
{
    if (!object || !fact->state)
        return !object && !fact->state;
    const char *value = value_of(fact, object);
    return value ? *fact->state == '=' && !strcmp(fact->state + 1, value) : *fact->state == '-';
}

static void take_on(struct facts *facts, struct fact *fact, const struct object *object)
{
    const char *value = object ? value_of(fact, object) : NULL;
    const char *old = fact->state;
    fact->state = object ? talloc_asprintf(facts, "%s%s", value ? "=" : "-", value ? value : "") : NULL;
    if (old)
        talloc_free((void *)(uintptr_t)old);
}

/* Goes over the objects of a snapshot, which are in the order of the facts. */
struct walk {
    const struct snapshot *snapshot;
    size_t at;
};

static const struct object *find_next(struct walk *walk, const struct fact *fact)
{
    const struct snapshot *snapshot = walk->snapshot;
    if (walk->at < snapshot->first[fact->kind])
        walk->at = snapshot->first[fact->kind];
    int order = 1;
    for (; walk->at < snapshot->first[fact->kind + 1]; walk->at++) {
        order = strcmp(snapshot->objects[walk->at]->identity, fact->identity);
        if (order >= 0)
            break;
    }
    return order == 0 ? snapshot->objects[walk->at] : NULL;
}

bool facts_differ(const struct facts *facts, const struct snapshot *snapshot)
{
    struct walk walk = {.snapshot = snapshot};
    for (size_t i = 0; i < facts->count; i++)
        if (!is_state(&facts->items[i], find_next(&walk, &facts->items[i])))
            return true;
    return false;
}

void facts_update(struct facts *facts, const struct snapshot *snapshot, const char *place)
{
    struct walk walk = {.snapshot = snapshot};
    for (size_t i = 0; i < facts->count; i++) {
        struct fact *fact = &facts->items[i];
        const struct object *object = find_next(&walk, fact);
        if (is_state(fact, object))
            continue;
        take_on(facts, fact, object);
        fact->blame = place ? talloc_strdup(facts, place) : NULL;
    }
}

void facts_settle(struct facts *facts, const struct diff *diff)
{
    size_t left = 0;
    for (size_t i = 0; i < facts->count; i++) {
        struct fact *fact = &facts->items[i];
        if (fact->blame)
            fact->change->blame = *fact->blame ? talloc_strdup(diff, fact->blame) : NULL;
        else
            facts->items[left++] = *fact;
    }
    facts->count = left;
}
