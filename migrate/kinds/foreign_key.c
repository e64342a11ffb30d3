/* Foreign keys. */
#include "migrate/kinds/constraint.h"

extern const char sql_foreign_key[];

static void alter_deferrable(struct emission *emission, const struct object *from, const struct object *to)
{
    (void)from;
    emit(emission, EMIT_PLAIN, "ALTER TABLE %s ALTER CONSTRAINT %s %s", to->parent, to->name,
         ((const struct constraint_object *)to)->deferrable);
}

static void alter_enforced(struct emission *emission, const struct object *from, const struct object *to)
{
    (void)from;
    bool is_enforced = kind_is_true(((const struct constraint_object *)to)->enforced);
    emit(emission, EMIT_PLAIN, "ALTER TABLE %s ALTER CONSTRAINT %s %s", to->parent, to->name,
         is_enforced ? "ENFORCED" : "NOT ENFORCED");
}

/* A key is compared with another: neither may change its type alone. */
static bool is_disturbed(const struct object *object, const struct object *cause)
{
    (void)object;
    (void)cause;
    return true;
}

static const struct field fields[] = {
    FIELD(struct constraint_object, definition, .role = FIELD_REPLACE, .severity = SEVERITY_BEHAVIOURAL),
    FIELD(struct constraint_object, deferrable, .role = FIELD_ALTER, .severity = SEVERITY_BEHAVIOURAL,
          .alter = alter_deferrable),
    FIELD(struct constraint_object, enforced, .role = FIELD_ALTER, .severity = SEVERITY_BEHAVIOURAL,
          .alter = alter_enforced),
    FIELD(struct constraint_object, validated, .role = FIELD_ALTER, .severity = SEVERITY_BEHAVIOURAL,
          .must_replace = constraint_must_replace_validated, .alter = constraint_alter_validated),
};

const struct kind kind_foreign_key = {
    .name = "foreign_key",
    .title = "foreign key",
    .noun = "CONSTRAINT",
    .queries = (const struct kind_query[]){{120000, sql_foreign_key}, {0, NULL}},
    .size_bytes = sizeof(struct constraint_object),
    .fields = fields,
    .field_count = countof(fields),
    .spaces = SPACE_CONSTRAINT,
    .severity = SEVERITY_BEHAVIOURAL,
    .phrase = constraint_phrase,
    .create = constraint_create,
    .clause = constraint_clause,
    .drop = constraint_drop,
    .rename = constraint_rename,
    .is_disturbed = is_disturbed,
};
