/* The rows that migrations leave, as INSERT statements: one for each table, in the order in which the tables are made,
 * so that what a row refers to is there before it; a row by its key; values exact. What is another value at each replay
 * is written as what yields it. Pure. */
#ifndef MIGRATE_BASELINE_DATA_H
#define MIGRATE_BASELINE_DATA_H

#include "migrate/baseline/rows.h"
#include "migrate/baseline/volatility.h"

struct data_source {
    const struct row_set *rows;
    const struct volatility *volatility; /* of `rows` */
    const char *const *tables;           /* identities of all tables, as they are made; NULL-terminated */
    const char *role; /* that ran the migrations: its name among the values means whoever runs the script */
    int server_version;
};

struct data_script {
    const char *const *statements; /* with comments above, without semicolons; NULL-terminated */
    const char *const *warnings;   /* values that stand in the script as one replay left them; NULL-terminated */
};

/* Owner: `owner`. */
struct data_script *data_write(TALLOC_CTX *owner, const struct data_source *source);

#endif
