/* Rewrite rules on tables and views. */
#include "migrate/kind.h"

extern const char sql_rule[];

struct rule_object {
    struct object base;
    const char *event, *definition; /* "INSERT", "WHERE (new.id > 0) DO INSTEAD NOTHING" */
    const char *enabled;            /* as ALTER TABLE says it: "ENABLE REPLICA" */
};

static const struct rule_object *as_rule(const struct object *object) { return (const struct rule_object *)object; }

static const char *phrase(TALLOC_CTX *owner, const struct object *object)
{
    return talloc_asprintf(owner, "RULE %s ON %s", object->name, object->parent);
}

/* The server refuses what would reach into its actions. */
static bool is_disturbed(const struct object *object, const struct object *cause)
{
    return cause != object->parent_object;
}

static void write_rule(struct emission *emission, const char *verb, const struct object *object)
{
    const struct rule_object *rule = as_rule(object);
    emit(emission, EMIT_PLAIN, "%s RULE %s AS\nON %s TO %s %s", verb, object->name, rule->event, object->parent,
         rule->definition);
}

static void alter_rule(struct emission *emission, const struct object *from UNUSED, const struct object *to)
{
    write_rule(emission, "CREATE OR REPLACE", to);
}

static void alter_enabled(struct emission *emission, const struct object *from UNUSED, const struct object *to)
{
    emit(emission, EMIT_PLAIN, "ALTER TABLE %s %s RULE %s", to->parent, as_rule(to)->enabled, to->name);
}

static void create(struct emission *emission, const struct object *object)
{
    write_rule(emission, "CREATE", object);
    if (strcmp(as_rule(object)->enabled, "ENABLE") != 0)
        alter_enabled(emission, NULL, object);
}

static void rename_rule(struct emission *emission, const struct object *from, const struct object *to)
{
    emit(emission, EMIT_PLAIN, "ALTER RULE %s ON %s RENAME TO %s", from->name, from->parent, to->name);
}

static const struct field fields[] = {
    FIELD(struct rule_object, event, .role = FIELD_ALTER, .severity = SEVERITY_BEHAVIOURAL, .alter = alter_rule),
    FIELD(struct rule_object, definition, .role = FIELD_ALTER, .severity = SEVERITY_BEHAVIOURAL,
          .text = FIELD_EXPRESSION, .alter = alter_rule),
    FIELD(struct rule_object, enabled, .role = FIELD_ALTER, .severity = SEVERITY_BEHAVIOURAL, .alter = alter_enabled),
};

const struct kind kind_rule = {
    .name = "rule",
    .title = "rule",
    .noun = "RULE",
    .queries = (const struct kind_query[]){{120000, sql_rule}, {0, NULL}},
    .size_bytes = sizeof(struct rule_object),
    .fields = fields,
    .field_count = countof(fields),
    .phrase = phrase,
    .create = create,
    .rename = rename_rule,
    .is_disturbed = is_disturbed,
};
