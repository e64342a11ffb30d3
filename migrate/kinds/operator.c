/* Operators. Their commutators and negators name each other: PostgreSQL makes a shell of one that is named before it is
 * made, and lets a pair know of each other again when one comes back. */
#include "migrate/kind.h"

extern const char sql_operator[];

struct operator_object {
    struct object base;
    const char *procedure;
    const char *commutator, *negator;
    const char *restriction, *join_estimator;
    const char *hashes, *merges;
    const char *left_type, *right_type, *called;
};

static const struct operator_object *as_operator(const struct object *object)
{
    return (const struct operator_object *)object;
}

static const char *phrase(TALLOC_CTX *owner, const struct object *object)
{
    const struct operator_object *operator= as_operator(object);
    return talloc_asprintf(owner, "OPERATOR %s (%s, %s)", operator->called, operator->left_type, operator->right_type);
}

static char *add_part(char *text, const char *word, const char *value)
{
    return value ? talloc_asprintf_append(text, ",\n    %s = %s", word, value) : text;
}

static char *add_type(char *text, const char *word, const char *type)
{
    return strcmp(type, "NONE") != 0 ? add_part(text, word, type) : text;
}

static void create(struct emission *emission, const struct object *object)
{
    const struct operator_object *operator= as_operator(object);
    char *text = talloc_asprintf(emission_memory(emission),
                                 "CREATE OPERATOR %s (\n    FUNCTION = %s", operator->called, operator->procedure);
    text = add_type(text, "LEFTARG", operator->left_type);
    text = add_type(text, "RIGHTARG", operator->right_type);
    text = add_part(text, "COMMUTATOR", operator->commutator);
    text = add_part(text, "NEGATOR", operator->negator);
    text = add_part(text, "RESTRICT", operator->restriction);
    text = add_part(text, "JOIN", operator->join_estimator);
    if (kind_is_true(operator->hashes))
        text = talloc_strdup_append(text, ",\n    HASHES");
    if (kind_is_true(operator->merges))
        text = talloc_strdup_append(text, ",\n    MERGES");
    emit(emission, EMIT_PLAIN, "%s\n)", text);
}

static void alter_estimators(struct emission *emission, const struct object *from UNUSED, const struct object *to)
{
    const struct operator_object *operator= as_operator(to);
    emit(emission, EMIT_PLAIN, "ALTER %s SET (RESTRICT = %s, JOIN = %s)", phrase(emission_memory(emission), to),
         operator->restriction ? operator->restriction : "NONE",
         operator->join_estimator ? operator->join_estimator : "NONE");
}

/* Its function or a type. */
static bool is_disturbed(const struct object *object UNUSED, const struct object *cause UNUSED) { return true; }

#define REPLACE(member) FIELD(struct operator_object, member, .role = FIELD_REPLACE, .severity = SEVERITY_BEHAVIOURAL)

static const struct field fields[] = {
    REPLACE(procedure),
    REPLACE(commutator),
    REPLACE(negator),
    FIELD(struct operator_object, restriction, .role = FIELD_ALTER, .severity = SEVERITY_PERFORMANCE,
          .alter = alter_estimators),
    FIELD(struct operator_object, join_estimator, .role = FIELD_ALTER, .severity = SEVERITY_PERFORMANCE,
          .alter = alter_estimators),
    REPLACE(hashes),
    REPLACE(merges),
    FIELD(struct operator_object, left_type, .role = FIELD_FACT),
    FIELD(struct operator_object, right_type, .role = FIELD_FACT),
    FIELD(struct operator_object, called, .role = FIELD_FACT),
};

const struct kind kind_operator = {
    .name = "operator",
    .title = "operator",
    .noun = "OPERATOR",
    .queries = (const struct kind_query[]){{120000, sql_operator}, {0, NULL}},
    .size_bytes = sizeof(struct operator_object),
    .fields = fields,
    .field_count = countof(fields),
    .severity = SEVERITY_BREAKING,
    .phrase = phrase,
    .create = create,
    .is_disturbed = is_disturbed,
};
