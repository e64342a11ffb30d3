/* Columns of tables, as their table's CREATE needs them. For the kinds table, column, column_default. */
#ifndef MIGRATE_KINDS_COLUMN_H
#define MIGRATE_KINDS_COLUMN_H

#include "migrate/kind.h"

/* See column.sql. */
struct column_object {
    struct object base;
    const char *type, *collation, *nullable, *identity_kind, *identity_options, *generated, *storage, *compression;
    const char *statistics, *options;

    const char *origin, *is_local, *own, *real_storage, *identity_settings, *identity_name;
    const char *sequence, *sequence_minimum, *sequence_maximum;
};

/* Whether it comes and goes with a parent table's, or with the type that its table is of. */
bool column_is_implied(const struct object *column);

/* Whether it comes from a parent table. */
bool column_is_inherited(const struct column_object *column);

/* Whether it has this attribute otherwise than a parent: "storage". */
bool column_owns(const struct column_object *column, const char *attribute);

/* "bigint GENERATED ALWAYS AS IDENTITY", "text DEFAULT 'x'::text NOT NULL". The default is the facet that the CREATE
 * takes in. Owner: the emission. */
const char *column_definition(struct emission *emission, const struct column_object *column);

/* Writes what a CREATE TABLE or ADD COLUMN cannot say: storage, compression, statistics, options. */
void column_finish(struct emission *emission, const struct column_object *column);

/* Writes what an implied column, just made, has of its own: the above, NOT NULL, default. */
void column_finish_implied(struct emission *emission, const struct column_object *column);

/* See column_default.sql. */
struct column_default_object {
    struct object base;
    const char *expression, *is_inherited;
};

#endif
