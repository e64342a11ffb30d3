/* Tables, as other kinds need to know them. */
#ifndef MIGRATE_KINDS_TABLE_H
#define MIGRATE_KINDS_TABLE_H

#include "migrate/kind.h"

/* See table.sql. */
struct table_object {
    struct object base;
    const char *persistence, *partition_key, *of_type, *access_method, *tablespace, *options, *replica_identity;
    const char *row_security, *forced_row_security, *column_order;
    const char *has_toast;
};

/* See inheritance.sql. */
struct inheritance_object {
    struct object base;
    const char *parents, *parent_tables, *bound, *own_constraints, *own_indexes;
};

/* Behind a column that may be the first that is stored apart: options of toast.* are lost on a table that has nothing
 * to keep them with. The table: of TO. */
void table_finish_toast(struct emission *emission, const struct object *table);

#endif
