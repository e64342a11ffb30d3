/* Defaults of domains: a facet, for one goes and comes back while a function that it calls is made anew, and the domain
 * and the columns of it stay. */
#include "migrate/kind.h"

extern const char sql_domain_default[];

struct domain_default_object {
    struct object base;
    const char *expression;
};

static const char *clause(TALLOC_CTX *owner, const struct object *object)
{
    return talloc_asprintf(owner, "DEFAULT %s", ((const struct domain_default_object *)object)->expression);
}

static void create(struct emission *emission, const struct object *object)
{
    emit(emission, EMIT_PLAIN, "ALTER DOMAIN %s SET %s", object->parent, clause(emission_memory(emission), object));
}

static void alter(struct emission *emission, const struct object *from UNUSED, const struct object *to)
{
    create(emission, to);
}

static void drop(struct emission *emission, const struct object *object)
{
    emit(emission, EMIT_PLAIN, "ALTER DOMAIN %s DROP DEFAULT", object->parent);
}

/* What it calls. */
static bool is_disturbed(const struct object *object UNUSED, const struct object *cause UNUSED) { return true; }

static const struct field fields[] = {
    FIELD(struct domain_default_object, expression, .role = FIELD_ALTER, .severity = SEVERITY_BEHAVIOURAL,
          .text = FIELD_EXPRESSION, .alter = alter),
};

const struct kind kind_domain_default = {
    .name = "domain_default",
    .title = "default of a domain",
    .noun = "DEFAULT",
    .queries = (const struct kind_query[]){{120000, sql_domain_default}, {0, NULL}},
    .size_bytes = sizeof(struct domain_default_object),
    .fields = fields,
    .field_count = countof(fields),
    .severity = SEVERITY_BEHAVIOURAL,
    .create = create,
    .clause = clause,
    .drop = drop,
    .is_disturbed = is_disturbed,
    .facet_attribute = "default",
};
