/* Domains: base type, collation, NOT NULL. Their defaults and checks are objects of their own (domain_default,
 * domain_constraint). Another base type or collation means a new domain beside the old one; columns are brought over.
 * So does what the server has to test against values that columns hold inside of something else, such as an array, for
 * it refuses to look there. */
#include "migrate/kind.h"

extern const char sql_domain[];

struct domain_object {
    struct object base;
    const char *type, *collation, *not_null;
    const char *checks; /* those that values were tested against, a line each; told by domain_constraint */
    const char *is_nested, *base_has_default;
};

static const struct domain_object *domain_of(const struct object *object)
{
    return (const struct domain_object *)object;
}

static void alter_not_null(struct emission *emission, const struct object *from UNUSED, const struct object *to)
{
    emit(emission, EMIT_PLAIN, "ALTER DOMAIN %s %s NOT NULL", to->identity,
         kind_is_true(domain_of(to)->not_null) ? "SET" : "DROP");
}

static bool tests_more(const struct object *from, const struct object *to)
{
    return kind_is_true(domain_of(from)->is_nested) && kind_is_true(domain_of(to)->not_null);
}

/* Whether `checks` has this line. */
static bool has_check(const char *checks, const char *line, size_t length)
{
    for (const char *at = checks; at && *at; at += strcspn(at, "\n") + (at[strcspn(at, "\n")] == '\n'))
        if (strcspn(at, "\n") == length && !memcmp(at, line, length))
            return true;
    return false;
}

static bool checks_more(const struct object *from, const struct object *to)
{
    if (!kind_is_true(domain_of(from)->is_nested))
        return false;
    const char *line = domain_of(to)->checks;
    while (line && *line) {
        size_t length = strcspn(line, "\n");
        if (!has_check(domain_of(from)->checks, line, length))
            return true;
        line += length + (line[length] == '\n');
    }
    return false;
}

static bool always(const struct object *from UNUSED, const struct object *to UNUSED) { return true; }

static char *add_clauses(char *text, struct emission *emission, const struct object *object, enum kind_id kind,
                         const char *separator)
{
    const struct object *const *child = emission_children(emission, object, kind);
    for (; *child; child++)
        text = talloc_asprintf_append(text, "%s%s", separator, (*child)->kind->clause(text, *child));
    return text;
}

static void create(struct emission *emission, const struct object *object)
{
    const struct domain_object *domain = domain_of(object);
    char *text = talloc_asprintf(emission_memory(emission), "CREATE DOMAIN %s AS %s", object->identity, domain->type);
    if (domain->collation)
        text = talloc_asprintf_append(text, " COLLATE %s", domain->collation);
    size_t length = strlen(text);
    text = add_clauses(text, emission, object, KIND_domain_default, " ");
    bool takes_default = kind_is_true(domain->base_has_default) && strlen(text) == length;
    if (kind_is_true(domain->not_null))
        text = talloc_asprintf_append(text, " NOT NULL");
    text = add_clauses(text, emission, object, KIND_domain_constraint, "\n    ");
    emit(emission, EMIT_PLAIN, "%s", text);
    if (takes_default)
        emit(emission, EMIT_PLAIN, "ALTER DOMAIN %s DROP DEFAULT", object->identity);
}

static void move_aside(struct emission *emission, const struct object *object, const char *aside)
{
    emit(emission, EMIT_PLAIN, "ALTER DOMAIN %s RENAME TO %s", object->identity, aside);
}

/* Its base type. */
static bool is_disturbed(const struct object *object UNUSED, const struct object *cause UNUSED) { return true; }

static const struct field fields[] = {
    FIELD(struct domain_object, type, .role = FIELD_REPLACE, .severity = SEVERITY_BREAKING),
    FIELD(struct domain_object, collation, .role = FIELD_REPLACE, .severity = SEVERITY_BEHAVIOURAL),
    FIELD(struct domain_object, not_null, .role = FIELD_ALTER, .severity = SEVERITY_BREAKING,
          .must_replace = tests_more, .alter = alter_not_null),
    FIELD(struct domain_object, checks, .role = FIELD_ALTER, .is_echo = always, .must_replace = checks_more),
    FIELD(struct domain_object, is_nested, .role = FIELD_FACT),
    FIELD(struct domain_object, base_has_default, .role = FIELD_FACT),
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
