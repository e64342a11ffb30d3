/* What indexes and constraints that have one share: options, tablespace, and that their table may name them as its
 * REPLICA IDENTITY or CLUSTER ON. For the kinds index, primary_key, unique, exclusion. */
#ifndef MIGRATE_KINDS_INDEXED_H
#define MIGRATE_KINDS_INDEXED_H

#include "migrate/kind.h"

/* The fields of those names, and index_name (see index.sql). */
struct indexed {
    const char *options, *tablespace, *replica_identity, *is_clustered;
};

/* "USING btree (a) WHERE (b > 0)" with what stands before WHERE put in; `tablespace`: "TABLESPACE" or "USING INDEX
 * TABLESPACE". Owner: `owner`. */
const char *indexed_definition(TALLOC_CTX *owner, const char *definition, const struct indexed *values,
                               const char *tablespace_words);

/* `index`: its name with schema. */
void indexed_alter_options(struct emission *emission, const char *index, const char *from, const char *to);
void indexed_alter_tablespace(struct emission *emission, const char *index, const char *to);

/* Whether the table's words about it take statements of their own. */
bool indexed_is_named(const struct indexed *values);

/* Writes these behind its creation. */
void indexed_finish(struct emission *emission, const struct object *object, const struct indexed *values);

/* Behind its drop: a table whose REPLICA IDENTITY it was gets the one that it has in TO. */
void indexed_leave(struct emission *emission, const struct object *object, const struct indexed *values);

/* The table names it now, or no longer. Objects of TO. */
void indexed_alter_replica_identity(struct emission *emission, const struct object *to, const char *value);
void indexed_alter_clustered(struct emission *emission, const struct object *to, const char *value);

#endif
