/* Domains: base type, collation, default, NOT NULL. Their checks are objects of their own (domain_constraint). Another
 * base type or collation means a new domain beside the old one; columns are brought over. */
#include "migrate/kind.h"

extern const char sql_domain[];

struct domain_object {
    struct object base;
    const char *type, *collation, *default_, *not_null;
};

static const struct domain_object *domain_of(const struct object *object)
{
    return (const struct domain_object *)object;
}

static void alter_default(struct emission *emission, const struct object *from UNUSED, const struct object *to)
{
    if (domain_of(to)->default_)
        emit(emission, EMIT_PLAIN, "ALTER DOMAIN %s SET DEFAULT %s", to->identity, domain_of(to)->default_);
    else
        emit(emission, EMIT_PLAIN, "ALTER DOMAIN %s DROP DEFAULT", to->identity);
}

static void alter_not_null(struct emission *emission, const struct object *from UNUSED, const struct object *to)
{
    emit(emission, EMIT_PLAIN, "ALTER DOMAIN %s %s NOT NULL", to->identity,
         kind_is_true(domain_of(to)->not_null) ? "SET" : "DROP");
}

static void create(struct emission *emission, const struct object *object)
{
    const struct domain_object *domain = domain_of(object);
    char *text = talloc_asprintf(emission_memory(emission), "CREATE DOMAIN %s AS %s", object->identity, domain->type);
    if (domain->collation)
        text = talloc_asprintf_append(text, " COLLATE %s", domain->collation);
    if (domain->default_)
        text = talloc_asprintf_append(text, " DEFAULT %s", domain->default_);
    if (kind_is_true(domain->not_null))
        text = talloc_asprintf_append(text, " NOT NULL");
    const struct object *const *check = emission_children(emission, object, KIND_domain_constraint);
    for (; *check; check++)
        text = talloc_asprintf_append(text, "\n    %s", (*check)->kind->clause(text, *check));
    emit(emission, EMIT_PLAIN, "%s", text);
}

static void move_aside(struct emission *emission, const struct object *object, const char *aside)
{
    emit(emission, EMIT_PLAIN, "ALTER DOMAIN %s RENAME TO %s", object->identity, aside);
}

/* Its base type, or a function that its default calls: either holds the old one as long as this domain is there. */
static bool is_disturbed(const struct object *object UNUSED, const struct object *cause UNUSED) { return true; }

static const struct field fields[] = {
    FIELD(struct domain_object, type, .role = FIELD_REPLACE, .severity = SEVERITY_BREAKING),
    FIELD(struct domain_object, collation, .role = FIELD_REPLACE, .severity = SEVERITY_BEHAVIOURAL),
    {
        .name = "default",
        .offset = offsetof(struct domain_object, default_),
        .role = FIELD_ALTER,
        .severity = SEVERITY_BEHAVIOURAL,
        .text = FIELD_EXPRESSION,
        .alter = alter_default,
    },
    FIELD(struct domain_object, not_null, .role = FIELD_ALTER, .severity = SEVERITY_BREAKING, .alter = alter_not_null),
};

const struct kind kind_domain = {
    .name = "domain",
    .title = "domain",
    .noun = "DOMAIN",
    .queries = (const struct kind_query[]){{120000, sql_domain}, {0, NULL}},
    .size_bytes = sizeof(struct domain_object),
    .fields = fields,
    .field_count = countof(fields),
    .spaces = SPACE_TYPE,
    .create = create,
    .move_aside = move_aside,
    .is_disturbed = is_disturbed,
};
