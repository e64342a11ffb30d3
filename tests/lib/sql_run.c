/* See sql_run.h. */
#include "tests/lib/sql_run.h"

#include <strings.h>

#include "migrate/statement.h"

static PGresult *run(PGconn *connection, const char *sql, const struct statement *statement)
{
    PGresult *result = PQexec(connection, sql);
    if (PQresultStatus(result) != PGRES_COPY_IN)
        return result;
    PQclear(result);
    if (statement->copy_size_bytes)
        PQputCopyData(connection, statement->copy_data, (int)statement->copy_size_bytes);
    PQputCopyEnd(connection, NULL);
    result = PQgetResult(connection);
    PQclear(PQgetResult(connection));
    return result;
}

/* Another database of the cluster, in another thread perhaps, has made the role. */
static bool is_role_there(const char *sql, const char *sqlstate)
{
    return !strncasecmp(sql, "CREATE ROLE", 11) && (!strcmp(sqlstate, "42710") || !strcmp(sqlstate, "23505"));
}

static bool run_statement(TALLOC_CTX *owner, PGconn *connection, const struct statement *statement,
                          struct sql_failure *failure)
{
    char *sql = talloc_strndup(NULL, statement->text, statement->size_bytes);
    PGresult *result = run(connection, sql, statement);
    ExecStatusType status = PQresultStatus(result);
    const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    sqlstate = sqlstate ? sqlstate : "";
    bool is_done = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || is_role_there(sql, sqlstate);
    if (!is_done)
        *failure = (struct sql_failure){talloc_strdup(owner, sqlstate),
                                        talloc_strdup(owner, PQresultErrorMessage(result)), talloc_strdup(owner, sql)};
    PQclear(result);
    talloc_free(sql);
    return is_done;
}

bool sql_run(TALLOC_CTX *owner, PGconn *connection, const char *sql, struct sql_failure *failure)
{
    struct statement_list list;
    struct error *error = error_new(owner);
    bool is_done = statement_split(owner, "text", sql, strlen(sql), METAS_RESTRICT_PASSED, &list, error);
    if (!is_done)
        *failure = (struct sql_failure){"", error->message, ""};
    for (size_t i = 0; is_done && i < list.count; i++)
        is_done = run_statement(owner, connection, &list.items[i], failure);
    if (PQtransactionStatus(connection) == PQTRANS_INERROR)
        PQclear(PQexec(connection, "ROLLBACK"));
    return is_done;
}
