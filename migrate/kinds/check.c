/* CHECK constraints of tables. One that a parent has, too, is made before the parent's and dropped behind it
 * (depend.sql). */
#include "migrate/kinds/constraint.h"

extern const char sql_check[];

/* A parent's change of name reaches its heirs. */
static void rename_check(struct emission *emission, const struct object *from, const struct object *to)
{
    if (!kind_is_true(((const struct constraint_object *)to)->is_inherited))
        constraint_rename(emission, from, to);
}

static bool is_disturbed(const struct object *object, const struct object *cause)
{
    (void)object;
    (void)cause;
    return true;
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
    .drop = constraint_drop,
    .rename = rename_check,
    .is_disturbed = is_disturbed,
};
