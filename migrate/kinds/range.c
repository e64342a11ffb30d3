/* Range types: nothing of them can be altered; a new one is made beside the old one, and columns are brought over. */
#include "migrate/kind.h"

extern const char sql_range[], sql_range_12[];

struct range_object {
    struct object base;
    const char *subtype, *subtype_opclass, *collation, *canonical, *subtype_diff;
    const char *multirange_name; /* NULL: the one that PostgreSQL chose */
    const char *multirange;      /* always, but before 14 */
};

static const struct range_object *range_of(const struct object *object) { return (const struct range_object *)object; }

static void create(struct emission *emission, const struct object *object)
{
    const struct range_object *range = range_of(object);
    const struct {
        const char *name, *value;
    } options[] = {
        {"SUBTYPE_OPCLASS", range->subtype_opclass},
        {"COLLATION", range->collation},
        {"CANONICAL", range->canonical},
        {"SUBTYPE_DIFF", range->subtype_diff},
        {"MULTIRANGE_TYPE_NAME", range->multirange_name},
    };
    char *text = talloc_asprintf(emission_memory(emission), "CREATE TYPE %s AS RANGE (SUBTYPE = %s", object->identity,
                                 range->subtype);
    for (size_t i = 0; i < countof(options); i++)
        if (options[i].value)
            text = talloc_asprintf_append(text, ", %s = %s", options[i].name, options[i].value);
    emit(emission, EMIT_PLAIN, "%s)", text);
}

/* A canonical function takes the type that it makes canonical: it is made upon a shell, which CREATE TYPE then fills.
 */
static void create_stub(struct emission *emission, const struct object *object)
{
    emit(emission, EMIT_PLAIN, "CREATE TYPE %s", object->identity);
}

/* The functions that build its values keep their names when the type gets another one, and would be in the way of the
 * new type's; so would its multirange type and the function that builds an empty one. */
static void move_aside(struct emission *emission, const struct object *object, const char *aside)
{
    const struct range_object *range = range_of(object);
    const char *identity = object->identity, *subtype = range->subtype;
    emit(emission, EMIT_PLAIN, "ALTER FUNCTION %s(%s, %s) RENAME TO %s", identity, subtype, subtype, aside);
    emit(emission, EMIT_PLAIN, "ALTER FUNCTION %s(%s, %s, text) RENAME TO %s", identity, subtype, subtype, aside);
    emit(emission, EMIT_PLAIN, "ALTER TYPE %s RENAME TO %s", identity, aside);
    if (!range->multirange)
        return;
    const char *multirange_aside =
        talloc_asprintf(emission_memory(emission), "%.*s_multi\"", (int)strlen(aside) - 1, aside);
    emit(emission, EMIT_PLAIN, "ALTER FUNCTION %s() RENAME TO %s", range->multirange, multirange_aside);
    emit(emission, EMIT_PLAIN, "ALTER TYPE %s RENAME TO %s", range->multirange, multirange_aside);
}

/* Its subtype, or one of its functions. */
static bool is_disturbed(const struct object *object UNUSED, const struct object *cause UNUSED) { return true; }

static const struct field fields[] = {
    FIELD(struct range_object, subtype, .role = FIELD_REPLACE, .severity = SEVERITY_BREAKING),
    FIELD(struct range_object, subtype_opclass, .role = FIELD_REPLACE, .severity = SEVERITY_BEHAVIOURAL),
    FIELD(struct range_object, collation, .role = FIELD_REPLACE, .severity = SEVERITY_BEHAVIOURAL),
    FIELD(struct range_object, canonical, .role = FIELD_REPLACE, .severity = SEVERITY_BEHAVIOURAL),
    FIELD(struct range_object, subtype_diff, .role = FIELD_REPLACE, .severity = SEVERITY_PERFORMANCE),
    FIELD(struct range_object, multirange_name, .role = FIELD_REPLACE, .severity = SEVERITY_BREAKING),
    FIELD(struct range_object, multirange, .role = FIELD_FACT),
};

const struct kind kind_range = {
    .name = "range",
    .title = "range type",
    .noun = "TYPE",
    .queries = (const struct kind_query[]){{140000, sql_range}, {120000, sql_range_12}, {0, NULL}},
    .size_bytes = sizeof(struct range_object),
    .fields = fields,
    .field_count = countof(fields),
    .spaces = SPACE_TYPE,
    .create = create,
    .create_stub = create_stub,
    .move_aside = move_aside,
    .is_disturbed = is_disturbed,
};
