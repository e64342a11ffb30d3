/* The rows of a database that was built in scratch: which tables have some, what their columns are, what makes a row
 * known, and the values as PostgreSQL writes them. Read whole up to a limit, counted beyond. */
#ifndef MIGRATE_BASELINE_ROWS_H
#define MIGRATE_BASELINE_ROWS_H

#include <talloc.h>

#include "migrate/snapshot.h"
#include "store/base.h"
#include "store/connection.h"
#include "store/error.h"

struct row_column {
    const char *name;     /* as in the catalog */
    const char *quoted;   /* as SQL has it */
    const char *type;     /* with modifiers */
    const char *base;     /* of a domain what it is made of; without modifiers */
    const char *category; /* pg_type's: "N" for numbers ... */
    int64_t size;         /* n of varchar(n), char(n); or INTEGER_NULL */
    int64_t number;       /* attnum */
    bool is_generated;
    bool is_always; /* GENERATED ALWAYS AS IDENTITY */
    int64_t oid;    /* of the table */

    /* Set by rows_read_fillings. */
    bool has_default;
    bool is_filled; /* where nothing is said, with something that may be another each time */
};

/* Columns of which no two rows have the same values, places in the table's columns. A NULL among them makes nothing
 * known. */
struct row_key {
    size_t *columns;
    size_t count;
};

struct row_table {
    const char *identity; /* as PostgreSQL quotes it */
    int64_t oid;
    bool is_partitioned;
    struct row_column *columns;
    size_t column_count;
    struct row_key *keys; /* the primary key first */
    size_t key_count;
    int64_t total;            /* all rows that it has */
    const char *const *cells; /* row * column_count + column, in the order in which rows lie there; NULL: more than the
                                 limit */
    size_t count;             /* of the rows in `cells` */
};

struct row_set {
    struct row_table *tables; /* those that have rows; by identity (bytes) */
    size_t count;
};

/* limit: the most rows of a table that are read. Blocks. Owner: `owner`. Errors: the server's. */
struct row_set *rows_read(TALLOC_CTX *owner, struct connection *connection, int64_t limit,
                          struct error *error) NODISCARD;

/* Leaves out the tables that the snapshot of the same database does not have: ledger and journal, members of
 * extensions, what is ignored. */
void rows_keep(struct row_set *set, const struct snapshot *snapshot);

/* Finds out what fills the columns where nothing is said. Errors: the server's. */
bool rows_read_fillings(struct row_set *set, struct connection *connection, struct error *error) NODISCARD;

/* The table of an identity, or NULL: it has no rows. */
const struct row_table *rows_find(const struct row_set *set, const char *identity);

/* The column of a name, or NULL. */
const struct row_column *rows_column(const struct row_table *table, const char *name);

/* A value; NULL for SQL's NULL. */
const char *rows_cell(const struct row_table *table, size_t row, size_t column);

#endif
