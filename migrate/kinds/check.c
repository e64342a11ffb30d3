/* CHECK constraints of tables. A parent's comes and goes with the parent's on its heirs. */
#include "migrate/kinds/constraint.h"
#include "migrate/kinds/heirs.h"

extern const char sql_check[];

/* An inherited one goes behind its parent's. */
static void drop(struct emission *emission, const struct object *object)
{
    const struct constraint_object *check = (const struct constraint_object *)object;
    if (kind_is_true(check->is_inherited) && !emission_counterpart(emission, object))
        return;
    constraint_drop(emission, object);
    heirs_drop(emission, object);
}

static bool is_disturbed(const struct object *object, const struct object *cause)
{
    (void)cause;
    return !kind_is_true(((const struct constraint_object *)object)->is_inherited);
}

static const struct field fields[] = {
    FIELD(struct constraint_object, definition, .role = FIELD_REPLACE, .severity = SEVERITY_BEHAVIOURAL,
          .text = FIELD_EXPRESSION),
    FIELD(struct constraint_object, no_inherit, .role = FIELD_REPLACE, .severity = SEVERITY_BEHAVIOURAL),
    FIELD(struct constraint_object, enforced, .role = FIELD_REPLACE, .severity = SEVERITY_BEHAVIOURAL),
    FIELD(struct constraint_object, validated, .role = FIELD_ALTER, .severity = SEVERITY_BEHAVIOURAL,
          .must_replace = constraint_must_replace_validated, .alter = constraint_alter_validated),
    FIELD(struct constraint_object, is_inherited, .role = FIELD_FACT),
};

const struct kind kind_check = {
    .name = "check",
    .title = "check constraint",
    .noun = "CONSTRAINT",
    .queries = (const struct kind_query[]){{120000, sql_check}, {0, NULL}},
    .size_bytes = sizeof(struct constraint_object),
    .fields = fields,
    .field_count = countof(fields),
    .spaces = SPACE_CONSTRAINT,
    .severity = SEVERITY_BEHAVIOURAL,
    .phrase = constraint_phrase,
    .create = constraint_create,
    .clause = constraint_clause,
    .drop = drop,
    .rename = constraint_rename,
    .is_disturbed = is_disturbed,
};
