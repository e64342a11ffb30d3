/* What constraints of tables share. For the kinds primary_key, unique, check, exclusion, foreign_key. */
#ifndef MIGRATE_KINDS_CONSTRAINT_H
#define MIGRATE_KINDS_CONSTRAINT_H

#include "migrate/kind.h"

/* Each kind has those that its query names; the others are NULL. */
struct constraint_object {
    struct object base;
    const char *definition, *deferrable, *no_inherit, *validated, *enforced;
    const char *options, *tablespace, *replica_identity, *is_clustered;
    const char *index_name, *is_inherited, *twin;
};

const char *constraint_phrase(TALLOC_CTX *owner, const struct object *object);
void constraint_create(struct emission *emission, const struct object *object);
void constraint_drop(struct emission *emission, const struct object *object);
void constraint_rename(struct emission *emission, const struct object *from, const struct object *to);

/* NULL for what a CREATE TABLE cannot say: NOT VALID, where the table names the index, and two on the same columns, of
 * which it would make one. */
const char *constraint_clause(TALLOC_CTX *owner, const struct object *object);

void constraint_alter_options(struct emission *emission, const struct object *from, const struct object *to);
void constraint_alter_tablespace(struct emission *emission, const struct object *from, const struct object *to);
void constraint_alter_replica_identity(struct emission *emission, const struct object *from, const struct object *to);
void constraint_alter_clustered(struct emission *emission, const struct object *from, const struct object *to);
void constraint_alter_validated(struct emission *emission, const struct object *from, const struct object *to);

/* PostgreSQL can validate, but not forget it. */
bool constraint_must_replace_validated(const struct object *from, const struct object *to);

/* Of what has an index: PostgreSQL makes it anew itself when a column changes its type. */
bool constraint_is_disturbed(const struct object *object, const struct object *cause);

#endif
