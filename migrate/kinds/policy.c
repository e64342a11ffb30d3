/* Policies of row security. That it is enabled at all is the table's own. */
#include "migrate/kind.h"

extern const char sql_policy[];

struct policy_object {
    struct object base;
    const char *command, *permissive, *roles;
    const char *using_expression, *check_expression;
};

static const struct policy_object *as_policy(const struct object *object)
{
    return (const struct policy_object *)object;
}

static const char *phrase(TALLOC_CTX *owner, const struct object *object)
{
    return talloc_asprintf(owner, "POLICY %s ON %s", object->name, object->parent);
}

/* By a column or a function of its expressions. */
static bool is_disturbed(const struct object *object, const struct object *cause)
{
    return cause != object->parent_object;
}

/* ALTER POLICY sets a clause, and cannot take one away. */
static bool has_no_using(const struct object *from UNUSED, const struct object *to)
{
    return !as_policy(to)->using_expression;
}

static bool has_no_check(const struct object *from UNUSED, const struct object *to)
{
    return !as_policy(to)->check_expression;
}

/* " WORD (expression)" where the expression is there and is another than before. */
static const char *clause(TALLOC_CTX *owner, const char *word, const char *before, const char *expression)
{
    return !expression || kind_same_text(before, expression) ? ""
                                                             : talloc_asprintf(owner, " %s (%s)", word, expression);
}

/* Of roles and both expressions. */
static void alter(struct emission *emission, const struct object *from, const struct object *to)
{
    const struct policy_object *old = as_policy(from), *new = as_policy(to);
    TALLOC_CTX *memory = emission_memory(emission);
    bool has_same_roles = kind_same_text(old->roles, new->roles);
    emit(emission, EMIT_PLAIN, "ALTER %s%s%s%s%s", kind_phrase(memory, to), has_same_roles ? "" : " TO ",
         has_same_roles ? "" : new->roles, clause(memory, "USING", old->using_expression, new->using_expression),
         clause(memory, "WITH CHECK", old->check_expression, new->check_expression));
}

static void create(struct emission *emission, const struct object *object)
{
    const struct policy_object *policy = as_policy(object);
    TALLOC_CTX *memory = emission_memory(emission);
    bool is_for_all = !strcmp(policy->command, "ALL"), is_to_all = !strcmp(policy->roles, "PUBLIC");
    emit(emission, EMIT_PLAIN, "CREATE %s%s%s%s%s%s%s%s", kind_phrase(memory, object),
         kind_is_true(policy->permissive) ? "" : " AS RESTRICTIVE", is_for_all ? "" : " FOR ",
         is_for_all ? "" : policy->command, is_to_all ? "" : " TO ", is_to_all ? "" : policy->roles,
         clause(memory, "USING", NULL, policy->using_expression),
         clause(memory, "WITH CHECK", NULL, policy->check_expression));
}

static void rename_policy(struct emission *emission, const struct object *from, const struct object *to)
{
    emit(emission, EMIT_PLAIN, "ALTER POLICY %s ON %s RENAME TO %s", from->name, from->parent, to->name);
}

static const struct field fields[] = {
    FIELD(struct policy_object, command, .role = FIELD_REPLACE, .severity = SEVERITY_BEHAVIOURAL),
    FIELD(struct policy_object, permissive, .role = FIELD_REPLACE, .severity = SEVERITY_BEHAVIOURAL),
    FIELD(struct policy_object, roles, .role = FIELD_ALTER, .severity = SEVERITY_BEHAVIOURAL, .alter = alter),
    FIELD(struct policy_object, using_expression, .role = FIELD_ALTER, .severity = SEVERITY_BEHAVIOURAL,
          .text = FIELD_EXPRESSION, .must_replace = has_no_using, .alter = alter),
    FIELD(struct policy_object, check_expression, .role = FIELD_ALTER, .severity = SEVERITY_BEHAVIOURAL,
          .text = FIELD_EXPRESSION, .must_replace = has_no_check, .alter = alter),
};

const struct kind kind_policy = {
    .name = "policy",
    .title = "policy",
    .noun = "POLICY",
    .queries = (const struct kind_query[]){{120000, sql_policy}, {0, NULL}},
    .size_bytes = sizeof(struct policy_object),
    .fields = fields,
    .field_count = countof(fields),
    .phrase = phrase,
    .create = create,
    .rename = rename_policy,
    .is_disturbed = is_disturbed,
};
