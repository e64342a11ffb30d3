/* Runs a text of SQL statement by statement, as psql does with a file, on a plain libpq connection. No failure of a
 * cmocka test here: callers run in threads of their own. */
#ifndef TESTS_LIB_SQL_RUN_H
#define TESTS_LIB_SQL_RUN_H

#include <libpq-fe.h>
#include <talloc.h>

#include "store/base.h"

struct sql_failure {
    const char *sqlstate, *message, *statement; /* owner: as given */
};

/* Runs until a statement fails; COPY data are sent. What psql's \restrict guards is passed over; a CREATE ROLE of a
 * role that is there, too. A transaction that is left open by a failure is rolled back. Owner: `owner`, of the
 * failure's texts. */
bool sql_run(TALLOC_CTX *owner, PGconn *connection, const char *sql, struct sql_failure *failure) NODISCARD;

#endif
