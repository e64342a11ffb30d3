/* Tables, as other kinds need to know them. */
#ifndef MIGRATE_KINDS_TABLE_H
#define MIGRATE_KINDS_TABLE_H

#include "migrate/kind.h"

/* See table.sql. */
struct table_object {
    struct object base;
    const char *persistence, *partition_key, *of_type, *access_method, *tablespace, *options, *replica_identity;
    const char *row_security, *forced_row_security, *column_order;
};

/* See inheritance.sql. */
struct inheritance_object {
    struct object base;
    const char *parents, *parent_tables, *bound, *own_constraints, *own_indexes;
};

#endif
