/* Columns of tables, as their table's CREATE needs them. For the kinds table, column, column_default. */
#ifndef MIGRATE_KINDS_COLUMN_H
#define MIGRATE_KINDS_COLUMN_H

#include "migrate/kind.h"

/* See column.sql. What is NULL in an inherited column because the parent has it, too, stands in the second group as
 * well. */
struct column_object {
    struct object base;
    const char *type, *collation, *nullable, *identity_kind, *identity_options, *generated, *storage, *compression;
    const char *statistics, *options;

    const char *all_nullable, *all_storage, *all_compression, *all_default;
    const char *origin, *is_local, *identity_settings, *identity_sequence;
};

/* Inherited, or of the type that its table is of: comes and goes with that. */
bool column_is_implied(const struct object *column);

/* Whether it comes from a parent table. */
bool column_is_inherited(const struct column_object *column);

/* "bigint GENERATED ALWAYS AS IDENTITY", "text DEFAULT 'x'::text NOT NULL". PART: what a parent has is left to it;
 * WHOLE: the parent is not there (yet). The default is the facet that the CREATE takes in. Owner: the emission. */
enum column_extent { COLUMN_PART, COLUMN_WHOLE };
const char *column_definition(struct emission *emission, const struct column_object *column, enum column_extent extent);

/* Writes what a CREATE TABLE or ADD COLUMN cannot say: storage, compression, statistics, options. */
void column_finish(struct emission *emission, const struct column_object *column);

/* Writes what an implied column, just made, has of its own: the above, NOT NULL, default, identity. */
void column_finish_implied(struct emission *emission, const struct column_object *column);

#endif
