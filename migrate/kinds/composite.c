/* Composite types: their attributes in order, and the attributes' comments.
 *
 * ADD ATTRIBUTE and DROP ATTRIBUTE are always allowed, also while columns hold values of the type: old values get NULL
 * at the end, or lose what was dropped. ALTER ATTRIBUTE ... TYPE is refused while a column holds any, in whatever
 * wrapping (array, domain, range, another composite), and no command moves an attribute. So: what only drops attributes
 * and adds others at the end is done in place; anything else makes the type anew beside the old one, and columns are
 * brought over. */
#include "migrate/kinds/composite.h"

#include "migrate/kind_list.h"

extern const char sql_composite[];

static const struct composite_object *composite_of(const struct object *object)
{
    return (const struct composite_object *)object;
}

/* Whether an attribute of this name is in the list. */
static bool is_kept(const struct kind_list *list, const char *item)
{
    const char *name = kind_list_name(list->items, item);
    return kind_list_find(list, name) < list->count;
}

static bool drops_any(const struct kind_list *old, const struct kind_list *new)
{
    for (size_t i = 0; i < old->count; i++)
        if (!is_kept(new, old->items[i]))
            return true;
    return false;
}

/* Whether the new list is what is left of the old one, as it was, and then others. */
static bool is_in_place(const struct kind_list *old, const struct kind_list *new)
{
    size_t met = 0;
    for (size_t i = 0; i < old->count; i++) {
        if (!is_kept(new, old->items[i]))
            continue;
        if (met == new->count || strcmp(new->items[met], old->items[i]) != 0)
            return false;
        met++;
    }
    return true;
}

static bool ask_lists(bool (*question)(const struct kind_list *, const struct kind_list *), const struct object *from,
                      const struct object *to)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    struct kind_list old = kind_list_split(memory, composite_of(from)->attributes);
    struct kind_list new = kind_list_split(memory, composite_of(to)->attributes);
    bool result = question(&old, &new);
    talloc_free(memory);
    return result;
}

static bool must_replace(const struct object *from, const struct object *to)
{
    return !ask_lists(is_in_place, from, to);
}

/* What reads an attribute (a view, a body in SQL) holds it. */
static bool disturbs(const struct object *from, const struct object *to)
{
    return kind_is_true(composite_of(from)->is_read) && ask_lists(drops_any, from, to);
}

static void alter_attributes(struct emission *emission, const struct object *from, const struct object *to)
{
    TALLOC_CTX *memory = emission_memory(emission);
    struct kind_list old = kind_list_split(memory, composite_of(from)->attributes);
    struct kind_list new = kind_list_split(memory, composite_of(to)->attributes);
    for (size_t i = 0; i < old.count; i++)
        if (!is_kept(&new, old.items[i]))
            emit(emission, EMIT_LOSES_DATA, "ALTER TYPE %s DROP ATTRIBUTE %s", to->identity,
                 kind_list_name(memory, old.items[i]));
    for (size_t i = 0; i < new.count; i++)
        if (!is_kept(&old, new.items[i]))
            emit(emission, EMIT_PLAIN, "ALTER TYPE %s ADD ATTRIBUTE %s", to->identity, new.items[i]);
}

static void comment_attribute(struct emission *emission, const struct object *object, const char *name,
                              const char *literal)
{
    emit(emission, EMIT_PLAIN, "COMMENT ON COLUMN %s.%s IS %s", object->identity, name, literal);
}

/* Those of `comments` that are not among the old ones. */
static void add_comments(struct emission *emission, const struct object *object, const struct kind_list *comments,
                         const struct kind_list *old)
{
    for (size_t i = 0; i < comments->count; i++) {
        const char *name = kind_list_name(emission_memory(emission), comments->items[i]);
        size_t same = kind_list_find(old, name);
        if (same == old->count || strcmp(old->items[same], comments->items[i]) != 0)
            comment_attribute(emission, object, name, comments->items[i] + strlen(name) + 1);
    }
}

static void alter_comments(struct emission *emission, const struct object *from, const struct object *to)
{
    TALLOC_CTX *memory = emission_memory(emission);
    struct kind_list attributes = kind_list_split(memory, composite_of(to)->attributes);
    struct kind_list old = kind_list_split(memory, composite_of(from)->attribute_comments);
    struct kind_list new = kind_list_split(memory, composite_of(to)->attribute_comments);
    for (size_t i = 0; i < old.count; i++)
        if (!is_kept(&new, old.items[i]) && is_kept(&attributes, old.items[i]))
            comment_attribute(emission, to, kind_list_name(memory, old.items[i]), "NULL");
    add_comments(emission, to, &new, &old);
}

static void create(struct emission *emission, const struct object *object)
{
    const struct composite_object *composite = composite_of(object);
    struct kind_list list = kind_list_split(emission_memory(emission), composite->attributes);
    char *text = talloc_asprintf(list.items, "CREATE TYPE %s AS (", object->identity);
    for (size_t i = 0; i < list.count; i++)
        text = talloc_asprintf_append(text, "%s\n    %s", i ? "," : "", list.items[i]);
    emit(emission, EMIT_PLAIN, "%s%s)", text, list.count ? "\n" : "");
    struct kind_list comments = kind_list_split(list.items, composite->attribute_comments);
    add_comments(emission, object, &comments, &(struct kind_list){0});
}

static void move_aside(struct emission *emission, const struct object *object, const char *aside)
{
    const struct object *new = emission_counterpart(emission, object);
    emit(emission, new &&ask_lists(drops_any, object, new) ? EMIT_LOSES_DATA : EMIT_PLAIN, "ALTER TYPE %s RENAME TO %s",
         object->identity, aside);
}

/* The type of an attribute is made anew. */
static bool is_disturbed(const struct object *object UNUSED, const struct object *cause UNUSED) { return true; }

static const struct field fields[] = {
    FIELD(struct composite_object, attributes, .role = FIELD_ALTER, .severity = SEVERITY_BREAKING,
          .must_replace = must_replace, .disturbs = disturbs, .alter = alter_attributes),
    FIELD(struct composite_object, attribute_comments, .role = FIELD_ALTER, .severity = SEVERITY_COSMETIC,
          .alter = alter_comments),
    FIELD(struct composite_object, is_read, .role = FIELD_FACT),
};

const struct kind kind_composite = {
    .name = "composite",
    .title = "composite type",
    .noun = "TYPE",
    .queries = (const struct kind_query[]){{120000, sql_composite}, {0, NULL}},
    .size_bytes = sizeof(struct composite_object),
    .fields = fields,
    .field_count = countof(fields),
    .spaces = SPACE_TYPE,
    .create = create,
    .move_aside = move_aside,
    .is_disturbed = is_disturbed,
};
