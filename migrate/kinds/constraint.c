/* See constraint.h. */
#include "migrate/kinds/constraint.h"

#include "migrate/kinds/column.h"
#include "migrate/kinds/indexed.h"

static const struct constraint_object *as_constraint(const struct object *object)
{
    return (const struct constraint_object *)object;
}

static struct indexed indexed_of(const struct constraint_object *constraint)
{
    return (struct indexed){constraint->options, constraint->tablespace, constraint->replica_identity,
                            constraint->is_clustered};
}

const char *constraint_phrase(TALLOC_CTX *owner, const struct object *object)
{
    return talloc_asprintf(owner, "CONSTRAINT %s ON %s", object->name, object->parent);
}

static bool is_false(const char *value) { return kind_same_text(value, "false"); }

/* CONSTRAINT c CHECK (x > 0) NOT VALID */
static const char *full_definition(TALLOC_CTX *owner, const struct constraint_object *constraint)
{
    struct indexed indexed = indexed_of(constraint);
    char *text = talloc_asprintf(owner, "CONSTRAINT %s %s", constraint->base.name,
                                 indexed_definition(owner, constraint->definition, &indexed, "USING INDEX TABLESPACE"));
    if (kind_is_true(constraint->no_inherit))
        text = talloc_strdup_append(text, " NO INHERIT");
    if (constraint->deferrable && strcmp(constraint->deferrable, "NOT DEFERRABLE") != 0)
        text = talloc_asprintf_append(text, " %s", constraint->deferrable);
    if (is_false(constraint->enforced))
        text = talloc_strdup_append(text, " NOT ENFORCED");
    return is_false(constraint->validated) ? talloc_strdup_append(text, " NOT VALID") : text;
}

const char *constraint_clause(TALLOC_CTX *owner, const struct object *object)
{
    struct indexed indexed = indexed_of(as_constraint(object));
    if (is_false(as_constraint(object)->validated) || kind_is_true(as_constraint(object)->twin) ||
        indexed_is_named(&indexed))
        return NULL;
    return full_definition(owner, as_constraint(object));
}

void constraint_create(struct emission *emission, const struct object *object)
{
    struct indexed indexed = indexed_of(as_constraint(object));
    emit(emission, EMIT_PLAIN, "ALTER TABLE %s ADD %s", object->parent,
         full_definition(emission_memory(emission), as_constraint(object)));
    indexed_finish(emission, object, &indexed);
}

void constraint_drop(struct emission *emission, const struct object *object)
{
    struct indexed indexed = indexed_of(as_constraint(object));
    emit(emission, EMIT_PLAIN, "ALTER TABLE %s DROP CONSTRAINT %s", object->parent, object->name);
    indexed_leave(emission, object, &indexed);
}

void constraint_rename(struct emission *emission, const struct object *from, const struct object *to)
{
    emit(emission, EMIT_PLAIN, "ALTER TABLE %s RENAME CONSTRAINT %s TO %s", to->parent, from->name, to->name);
}

void constraint_alter_options(struct emission *emission, const struct object *from, const struct object *to)
{
    indexed_alter_options(emission, as_constraint(to)->index_name, as_constraint(from)->options,
                          as_constraint(to)->options);
}

void constraint_alter_tablespace(struct emission *emission, const struct object *from, const struct object *to)
{
    (void)from;
    indexed_alter_tablespace(emission, as_constraint(to)->index_name, as_constraint(to)->tablespace);
}

void constraint_alter_replica_identity(struct emission *emission, const struct object *from, const struct object *to)
{
    (void)from;
    indexed_alter_replica_identity(emission, to, as_constraint(to)->replica_identity);
}

void constraint_alter_clustered(struct emission *emission, const struct object *from, const struct object *to)
{
    (void)from;
    indexed_alter_clustered(emission, to, as_constraint(to)->is_clustered);
}

void constraint_alter_validated(struct emission *emission, const struct object *from, const struct object *to)
{
    (void)from;
    emit(emission, EMIT_PLAIN, "ALTER TABLE %s VALIDATE CONSTRAINT %s", to->parent, to->name);
}

bool constraint_must_replace_validated(const struct object *from, const struct object *to)
{
    (void)from;
    return is_false(as_constraint(to)->validated);
}

bool constraint_is_disturbed(const struct object *object, const struct object *cause)
{
    (void)object;
    return cause->kind != kinds[KIND_column] || ((const struct column_object *)cause)->generated;
}
