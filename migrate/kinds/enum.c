/* Enumerated types: their labels in order. Labels can only be added; a type that loses some, or orders them anew, is
 * made anew beside the old one and columns are brought over. A label that got another name looks like one that went and
 * one that came: nothing in the catalog tells them apart. */
#include "migrate/kind.h"
#include "migrate/kind_list.h"

extern const char sql_enum[];

struct enum_object {
    struct object base;
    const char *labels; /* literals, separated by commas; NULL: none */
};

static struct kind_list labels_of(TALLOC_CTX *owner, const struct object *object)
{
    return kind_list_split(owner, ((const struct enum_object *)object)->labels);
}

/* Whether the old labels are among the new ones, in the same order. */
static bool only_adds(const struct kind_list *old, const struct kind_list *new)
{
    size_t met = 0;
    for (size_t i = 0; i < new->count &&met < old->count; i++)
        met += !strcmp(new->items[i], old->items[met]);
    return met == old->count;
}

static bool must_replace(const struct object *from, const struct object *to)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    struct kind_list old = labels_of(memory, from), new = labels_of(memory, to);
    bool result = !only_adds(&old, &new);
    talloc_free(memory);
    return result;
}

/* A new label may be used only when it is committed, where anything that the script makes or changes might use it. */
static void add_labels(struct emission *emission, const struct object *from, const struct object *to)
{
    TALLOC_CTX *memory = emission_memory(emission);
    struct kind_list old = labels_of(memory, from), new = labels_of(memory, to);
    unsigned traits = emission_is_used(emission, to) ? EMIT_OUTSIDE : EMIT_PLAIN;
    size_t met = 0;
    for (size_t i = 0; i < new.count; i++) {
        if (met < old.count && !strcmp(new.items[i], old.items[met]))
            met++;
        else if (met == old.count)
            emit(emission, traits, "ALTER TYPE %s ADD VALUE %s", to->identity, new.items[i]);
        else if (i)
            emit(emission, traits, "ALTER TYPE %s ADD VALUE %s AFTER %s", to->identity, new.items[i], new.items[i - 1]);
        else
            emit(emission, traits, "ALTER TYPE %s ADD VALUE %s BEFORE %s", to->identity, new.items[i], old.items[0]);
    }
}

static void create(struct emission *emission, const struct object *object)
{
    const char *labels = ((const struct enum_object *)object)->labels;
    emit(emission, EMIT_PLAIN, "CREATE TYPE %s AS ENUM (%s)", object->identity, labels ? labels : "");
}

static void move_aside(struct emission *emission, const struct object *object, const char *aside)
{
    emit(emission, EMIT_PLAIN, "ALTER TYPE %s RENAME TO %s", object->identity, aside);
}

static const struct field fields[] = {
    FIELD(struct enum_object, labels, .role = FIELD_ALTER, .severity = SEVERITY_BREAKING, .must_replace = must_replace,
          .alter = add_labels),
};

const struct kind kind_enum = {
    .name = "enum",
    .title = "enumerated type",
    .noun = "TYPE",
    .queries = (const struct kind_query[]){{120000, sql_enum}, {0, NULL}},
    .size_bytes = sizeof(struct enum_object),
    .fields = fields,
    .field_count = countof(fields),
    .spaces = SPACE_TYPE,
    .create = create,
    .move_aside = move_aside,
};
