/* UNIQUE constraints. */
#include "migrate/kinds/constraint.h"

extern const char sql_unique[];

static const struct field fields[] = {
    FIELD(struct constraint_object, definition, .role = FIELD_REPLACE, .severity = SEVERITY_BEHAVIOURAL),
    FIELD(struct constraint_object, deferrable, .role = FIELD_REPLACE, .severity = SEVERITY_BEHAVIOURAL),
    FIELD(struct constraint_object, options, .role = FIELD_ALTER, .severity = SEVERITY_PERFORMANCE,
          .alter = constraint_alter_options),
    FIELD(struct constraint_object, tablespace, .role = FIELD_ALTER, .severity = SEVERITY_PERFORMANCE,
          .alter = constraint_alter_tablespace),
    FIELD(struct constraint_object, replica_identity, .role = FIELD_ALTER, .severity = SEVERITY_BEHAVIOURAL,
          .alter = constraint_alter_replica_identity),
    FIELD(struct constraint_object, is_clustered, .role = FIELD_ALTER, .severity = SEVERITY_PERFORMANCE,
          .alter = constraint_alter_clustered),
    FIELD(struct constraint_object, index_name, .role = FIELD_FACT),
    FIELD(struct constraint_object, twin, .role = FIELD_FACT),
};

const struct kind kind_unique = {
    .name = "unique",
    .title = "unique constraint",
    .noun = "CONSTRAINT",
    .queries = (const struct kind_query[]){{120000, sql_unique}, {0, NULL}},
    .size_bytes = sizeof(struct constraint_object),
    .fields = fields,
    .field_count = countof(fields),
    .spaces = SPACE_CONSTRAINT | SPACE_RELATION,
    .severity = SEVERITY_BEHAVIOURAL,
    .phrase = constraint_phrase,
    .create = constraint_create,
    .clause = constraint_clause,
    .drop = constraint_drop,
    .rename = constraint_rename,
    .is_disturbed = constraint_is_disturbed,
};
