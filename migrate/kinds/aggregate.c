/* Aggregates: known by the types of their arguments. CREATE OR REPLACE changes all but what they return, their
 * arguments and their sort (plain, ordered set, hypothetical set). */
#include "migrate/kind.h"

extern const char sql_aggregate[];

struct aggregate_object {
    struct object base;
    const char *arguments, *hypothetical, *state_function, *state_type, *state_space, *final_function, *final_extra,
        *final_modify, *combine_function, *serial_function, *deserial_function, *initial, *moving_state_function,
        *moving_inverse_function, *moving_state_type, *moving_state_space, *moving_final_function, *moving_final_extra,
        *moving_final_modify, *moving_initial, *sort_operator, *parallel;
    const char *signature, *path, *returns;
};

static const struct aggregate_object *aggregate_of(const struct object *object)
{
    return (const struct aggregate_object *)object;
}

static const char *phrase(TALLOC_CTX *owner, const struct object *object)
{
    return talloc_asprintf(owner, "AGGREGATE %s", aggregate_of(object)->signature);
}

/* An option and its value; or, of those that are a word alone, the word where `value` is true. */
static char *add_option(char *text, const char *name, const char *value)
{
    return value ? talloc_asprintf_append(text, ",\n    %s = %s", name, value) : text;
}

static char *add_word(char *text, const char *word, const char *is_set)
{
    return kind_is_true(is_set) ? talloc_asprintf_append(text, ",\n    %s", word) : text;
}

static char *add_moving(char *text, const struct aggregate_object *aggregate)
{
    text = add_option(text, "MSFUNC", aggregate->moving_state_function);
    text = add_option(text, "MINVFUNC", aggregate->moving_inverse_function);
    text = add_option(text, "MSTYPE", aggregate->moving_state_type);
    text = add_option(text, "MSSPACE", aggregate->moving_state_space);
    text = add_option(text, "MFINALFUNC", aggregate->moving_final_function);
    text = add_word(text, "MFINALFUNC_EXTRA", aggregate->moving_final_extra);
    text = add_option(text, "MFINALFUNC_MODIFY", aggregate->moving_final_modify);
    return add_option(text, "MINITCOND", aggregate->moving_initial);
}

static void write_aggregate(struct emission *emission, const struct object *object, const char *verb)
{
    const struct aggregate_object *aggregate = aggregate_of(object);
    char *text =
        talloc_asprintf(emission_memory(emission), "%s AGGREGATE %s(%s) (\n    SFUNC = %s,\n    STYPE = %s", verb,
                        aggregate->path, aggregate->arguments, aggregate->state_function, aggregate->state_type);
    text = add_option(text, "SSPACE", aggregate->state_space);
    text = add_option(text, "FINALFUNC", aggregate->final_function);
    text = add_word(text, "FINALFUNC_EXTRA", aggregate->final_extra);
    text = add_option(text, "FINALFUNC_MODIFY", aggregate->final_modify);
    text = add_option(text, "COMBINEFUNC", aggregate->combine_function);
    text = add_option(text, "SERIALFUNC", aggregate->serial_function);
    text = add_option(text, "DESERIALFUNC", aggregate->deserial_function);
    text = add_option(text, "INITCOND", aggregate->initial);
    text = add_moving(text, aggregate);
    text = add_option(text, "SORTOP", aggregate->sort_operator);
    text = add_option(text, "PARALLEL", strcmp(aggregate->parallel, "unsafe") != 0 ? aggregate->parallel : NULL);
    text = add_word(text, "HYPOTHETICAL", aggregate->hypothetical);
    emit(emission, EMIT_PLAIN, "%s\n)", text);
}

static void create(struct emission *emission, const struct object *object)
{
    write_aggregate(emission, object, "CREATE");
}

static void alter(struct emission *emission, const struct object *from UNUSED, const struct object *to)
{
    write_aggregate(emission, to, "CREATE OR REPLACE");
}

static bool returns_other(const struct object *from, const struct object *to)
{
    return !kind_same_text(aggregate_of(from)->returns, aggregate_of(to)->returns);
}

/* One of its functions, its operator or a type: all are in what the catalog says it needs. */
static bool is_disturbed(const struct object *object UNUSED, const struct object *cause UNUSED) { return true; }

#define ALTERED(member, how_severe)                                                                                    \
    FIELD(struct aggregate_object, member, .role = FIELD_ALTER, .severity = how_severe, .must_replace = returns_other, \
          .alter = alter)

static const struct field fields[] = {
    FIELD(struct aggregate_object, arguments, .role = FIELD_REPLACE, .severity = SEVERITY_BREAKING),
    FIELD(struct aggregate_object, hypothetical, .role = FIELD_REPLACE, .severity = SEVERITY_BREAKING),
    ALTERED(state_function, SEVERITY_BEHAVIOURAL),
    ALTERED(state_type, SEVERITY_BEHAVIOURAL),
    ALTERED(state_space, SEVERITY_PERFORMANCE),
    ALTERED(final_function, SEVERITY_BEHAVIOURAL),
    ALTERED(final_extra, SEVERITY_BEHAVIOURAL),
    ALTERED(final_modify, SEVERITY_BEHAVIOURAL),
    ALTERED(combine_function, SEVERITY_PERFORMANCE),
    ALTERED(serial_function, SEVERITY_PERFORMANCE),
    ALTERED(deserial_function, SEVERITY_PERFORMANCE),
    ALTERED(initial, SEVERITY_BEHAVIOURAL),
    ALTERED(moving_state_function, SEVERITY_PERFORMANCE),
    ALTERED(moving_inverse_function, SEVERITY_PERFORMANCE),
    ALTERED(moving_state_type, SEVERITY_PERFORMANCE),
    ALTERED(moving_state_space, SEVERITY_PERFORMANCE),
    ALTERED(moving_final_function, SEVERITY_BEHAVIOURAL),
    ALTERED(moving_final_extra, SEVERITY_BEHAVIOURAL),
    ALTERED(moving_final_modify, SEVERITY_BEHAVIOURAL),
    ALTERED(moving_initial, SEVERITY_BEHAVIOURAL),
    ALTERED(sort_operator, SEVERITY_PERFORMANCE),
    ALTERED(parallel, SEVERITY_PERFORMANCE),
    FIELD(struct aggregate_object, signature, .role = FIELD_FACT),
    FIELD(struct aggregate_object, path, .role = FIELD_FACT),
    FIELD(struct aggregate_object, returns, .role = FIELD_FACT),
};

const struct kind kind_aggregate = {
    .name = "aggregate",
    .title = "aggregate",
    .noun = "AGGREGATE",
    .queries = (const struct kind_query[]){{120000, sql_aggregate}, {0, NULL}},
    .size_bytes = sizeof(struct aggregate_object),
    .fields = fields,
    .field_count = countof(fields),
    .spaces = SPACE_ROUTINE,
    .phrase = phrase,
    .create = create,
    .is_disturbed = is_disturbed,
};
