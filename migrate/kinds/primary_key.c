/* Primary keys. That their columns are NOT NULL is told of the columns. */
#include "migrate/kinds/constraint.h"

extern const char sql_primary_key[];

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
};

const struct kind kind_primary_key = {
    .name = "primary_key",
    .title = "primary key",
    .noun = "CONSTRAINT",
    .queries = (const struct kind_query[]){{120000, sql_primary_key}, {0, NULL}},
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
