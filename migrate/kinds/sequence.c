/* Sequences, those of serial columns too (whose ownership is the facet sequence_owner). Where a sequence stands is no
 * part of the schema: it is never compared, and kept unless it lies outside of new bounds. */
#include "migrate/kinds/sequence.h"

#include "store/sql.h"

extern const char sql_sequence[];

static const struct sequence_object *sequence_of(const struct object *object)
{
    return (const struct sequence_object *)object;
}

static int64_t number(const char *text) { return strtoll(text, NULL, 10); }

static void create(struct emission *emission, const struct object *object)
{
    const struct sequence_object *sequence = sequence_of(object);
    char *text = talloc_asprintf(emission_memory(emission), "CREATE %sSEQUENCE %s",
                                 kind_is_true(sequence->is_unlogged) ? "UNLOGGED " : "", object->identity);
    if (strcmp(sequence->type, "bigint") != 0)
        text = talloc_asprintf_append(text, " AS %s", sequence->type);
    if (number(sequence->increment) != 1)
        text = talloc_asprintf_append(text, " INCREMENT BY %s", sequence->increment);
    if (sequence->minimum)
        text = talloc_asprintf_append(text, " MINVALUE %s", sequence->minimum);
    if (sequence->maximum)
        text = talloc_asprintf_append(text, " MAXVALUE %s", sequence->maximum);
    if (sequence->start)
        text = talloc_asprintf_append(text, " START WITH %s", sequence->start);
    if (number(sequence->cache) != 1)
        text = talloc_asprintf_append(text, " CACHE %s", sequence->cache);
    emit(emission, EMIT_PLAIN, "%s%s", text, kind_is_true(sequence->cycle) ? " CYCLE" : "");
}

/* ---- altering ---- */

static const char *smaller(const char *one, const char *other) { return number(one) < number(other) ? one : other; }
static const char *larger(const char *one, const char *other) { return number(one) > number(other) ? one : other; }

static const char *wider_type(const struct sequence_object *one, const struct sequence_object *other)
{
    static const char *const types[] = {"bigint", "integer", "smallint"};
    for (size_t i = 0; i < countof(types); i++)
        if (!strcmp(one->type, types[i]) || !strcmp(other->type, types[i]))
            return types[i];
    return other->type;
}

/* The server refuses bounds that the present value lies outside of. Where they close in, they are first opened as far
 * as both sides reach, and a value that would lie outside is moved to the nearer bound, from where it is given out. */
static void close_in(struct emission *emission, const struct object *object, const struct sequence_object *old,
                     const struct sequence_object *new)
{
    const char *low = new->minimum_value, *high = new->maximum_value;
    emit(emission, EMIT_PLAIN, "ALTER SEQUENCE %s AS %s MINVALUE %s MAXVALUE %s", object->identity,
         wider_type(old, new), smaller(old->minimum_value, low), larger(old->maximum_value, high));
    emit(
        emission, EMIT_PLAIN,
        "SELECT pg_catalog.setval(%s::pg_catalog.regclass, CASE WHEN last_value < %s THEN %s WHEN last_value > %s THEN "
        "%s ELSE last_value END, is_called AND last_value BETWEEN %s AND %s) FROM %s",
        sql_literal(emission_memory(emission), object->identity), low, low, high, high, low, high, object->identity);
}

static void alter(struct emission *emission, const struct object *from, const struct object *to)
{
    const struct sequence_object *old = sequence_of(from), *new = sequence_of(to);
    if (number(new->minimum_value) > number(old->minimum_value) ||
        number(new->maximum_value) < number(old->maximum_value))
        close_in(emission, to, old, new);
    emit(emission, EMIT_PLAIN,
         "ALTER SEQUENCE %s AS %s INCREMENT BY %s MINVALUE %s MAXVALUE %s START WITH %s CACHE %s %s", to->identity,
         new->type, new->increment, new->minimum_value, new->maximum_value, new->start_value, new->cache,
         kind_is_true(new->cycle) ? "CYCLE" : "NO CYCLE");
}

static void alter_persistence(struct emission *emission, const struct object *from UNUSED, const struct object *to)
{
    emit(emission, EMIT_PLAIN, "ALTER SEQUENCE %s SET %s", to->identity,
         kind_is_true(sequence_of(to)->is_unlogged) ? "UNLOGGED" : "LOGGED");
}

static void rename_sequence(struct emission *emission, const struct object *from, const struct object *to)
{
    emit(emission, EMIT_PLAIN, "ALTER SEQUENCE %s RENAME TO %s", from->identity, to->name);
}

#define ALTERED(member, how_severe)                                                                                    \
    FIELD(struct sequence_object, member, .role = FIELD_ALTER, .severity = how_severe, .alter = alter)

static const struct field fields[] = {
    ALTERED(type, SEVERITY_BREAKING),
    ALTERED(increment, SEVERITY_BEHAVIOURAL),
    ALTERED(minimum, SEVERITY_BEHAVIOURAL),
    ALTERED(maximum, SEVERITY_BEHAVIOURAL),
    ALTERED(start, SEVERITY_BEHAVIOURAL),
    ALTERED(cache, SEVERITY_PERFORMANCE),
    ALTERED(cycle, SEVERITY_BEHAVIOURAL),
    FIELD(struct sequence_object, persistence, .role = FIELD_ALTER, .severity = SEVERITY_BEHAVIOURAL,
          .alter = alter_persistence),
    FIELD(struct sequence_object, minimum_value, .role = FIELD_FACT),
    FIELD(struct sequence_object, maximum_value, .role = FIELD_FACT),
    FIELD(struct sequence_object, start_value, .role = FIELD_FACT),
    FIELD(struct sequence_object, is_unlogged, .role = FIELD_FACT),
};

const struct kind kind_sequence = {
    .name = "sequence",
    .title = "sequence",
    .noun = "SEQUENCE",
    .queries = (const struct kind_query[]){{120000, sql_sequence}, {0, NULL}},
    .size_bytes = sizeof(struct sequence_object),
    .fields = fields,
    .field_count = countof(fields),
    .spaces = SPACE_RELATION,
    .create = create,
    .rename = rename_sequence,
};
