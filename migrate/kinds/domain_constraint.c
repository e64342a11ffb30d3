/* Checks of domains: the expression, and whether it was tested against what columns held (NOT VALID). */
#include "migrate/kind.h"

extern const char sql_domain_constraint[];

struct domain_constraint_object {
    struct object base;
    const char *definition, *validated;
};

static const struct domain_constraint_object *constraint_of(const struct object *object)
{
    return (const struct domain_constraint_object *)object;
}

static const char *phrase(TALLOC_CTX *owner, const struct object *object)
{
    return talloc_asprintf(owner, "CONSTRAINT %s ON DOMAIN %s", object->name, object->parent);
}

static void create(struct emission *emission, const struct object *object)
{
    const struct domain_constraint_object *constraint = constraint_of(object);
    emit(emission, EMIT_PLAIN, "ALTER DOMAIN %s ADD CONSTRAINT %s %s%s", object->parent, object->name,
         constraint->definition, kind_is_true(constraint->validated) ? "" : " NOT VALID");
}

/* CREATE DOMAIN takes no NOT VALID. */
static const char *clause(TALLOC_CTX *owner, const struct object *object)
{
    const struct domain_constraint_object *constraint = constraint_of(object);
    if (!kind_is_true(constraint->validated))
        return NULL;
    return talloc_asprintf(owner, "CONSTRAINT %s %s", object->name, constraint->definition);
}

static void drop(struct emission *emission, const struct object *object)
{
    emit(emission, EMIT_PLAIN, "ALTER DOMAIN %s DROP CONSTRAINT %s", object->parent, object->name);
}

static void rename_constraint(struct emission *emission, const struct object *from, const struct object *to)
{
    emit(emission, EMIT_PLAIN, "ALTER DOMAIN %s RENAME CONSTRAINT %s TO %s", to->parent, from->name, to->name);
}

/* What was valid cannot be made doubtful again. */
static bool was_valid(const struct object *from, const struct object *to UNUSED)
{
    return kind_is_true(constraint_of(from)->validated);
}

static void validate(struct emission *emission, const struct object *from UNUSED, const struct object *to)
{
    emit(emission, EMIT_PLAIN, "ALTER DOMAIN %s VALIDATE CONSTRAINT %s", to->parent, to->name);
}

/* It calls a function that is made anew. (Its domain made anew takes it along.) */
static bool is_disturbed(const struct object *object UNUSED, const struct object *cause UNUSED) { return true; }

static const struct field fields[] = {
    FIELD(struct domain_constraint_object, definition, .role = FIELD_REPLACE, .severity = SEVERITY_BREAKING,
          .text = FIELD_EXPRESSION),
    FIELD(struct domain_constraint_object, validated, .role = FIELD_ALTER, .severity = SEVERITY_BEHAVIOURAL,
          .must_replace = was_valid, .alter = validate),
};

const struct kind kind_domain_constraint = {
    .name = "domain_constraint",
    .title = "check of a domain",
    .noun = "CONSTRAINT",
    .queries = (const struct kind_query[]){{120000, sql_domain_constraint}, {0, NULL}},
    .size_bytes = sizeof(struct domain_constraint_object),
    .fields = fields,
    .field_count = countof(fields),
    .spaces = SPACE_CONSTRAINT,
    .phrase = phrase,
    .create = create,
    .clause = clause,
    .drop = drop,
    .rename = rename_constraint,
    .is_disturbed = is_disturbed,
};
