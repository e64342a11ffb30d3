/* Running statements: sending, waiting, collecting. One loop serves single statements, COPY and pipelines. */
#include "store/connection/private.h"

#include <poll.h>
#include <strings.h>

#define COPY_CHUNK_BYTES (64 * 1024)
#define POSTED_MOST 16 /* their answers fit in any socket's buffer */

/* What came back for one statement. */
struct answer {
    PGresult *last;        /* the last result without an error */
    PGresult *failure;     /* the first one with an error */
    bool has_refused_copy; /* the server wanted data and none were announced */
    bool has_dropped_copy; /* the server sent COPY data, which were thrown away */
};

static void clear_answer(struct answer *answer)
{
    PQclear(answer->last);
    PQclear(answer->failure);
    *answer = (struct answer){0};
}

static bool is_failure(const PGresult *pg)
{
    ExecStatusType status = PQresultStatus(pg);
    return status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE || status == PGRES_NONFATAL_ERROR;
}

static bool flush(struct connection *connection)
{
    int left;
    while ((left = PQflush(connection->pg)) > 0) {
        /* The server may be unable to take more before we have read what it says. */
        if (!wait_for_server(connection, POLLIN | POLLOUT) || !PQconsumeInput(connection->pg))
            return false;
    }
    return left == 0;
}

static PGresult *next_result(struct connection *connection)
{
    while (PQisBusy(connection->pg))
        if (!wait_for_server(connection, POLLIN) || !PQconsumeInput(connection->pg))
            break;
    return PQgetResult(connection->pg);
}

static bool put_copy_data(struct connection *connection, const char *data, size_t size_bytes)
{
    while (size_bytes > 0) {
        size_t chunk = size_bytes < COPY_CHUNK_BYTES ? size_bytes : COPY_CHUNK_BYTES;
        if (PQputCopyData(connection->pg, data, (int)chunk) != 1 || !flush(connection))
            return false;
        data += chunk;
        size_bytes -= chunk;
        if (cancel_is_requested(connection->cancel))
            return PQputCopyEnd(connection->pg, "cancelled by pgdeck") == 1 && flush(connection);
    }
    return PQputCopyEnd(connection->pg, NULL) == 1 && flush(connection);
}

/* The server waits for data: give it what the file holds, or end the COPY with an error where nothing was announced. */
static bool serve_copy_in(struct connection *connection, const char *data, size_t size_bytes)
{
    if (data)
        return put_copy_data(connection, data, size_bytes);
    return PQputCopyEnd(connection->pg, "no data was given for it") == 1 && flush(connection);
}

static void give_up(struct connection *connection, const char *reason)
{
    connection->reason = reason;
    connection_abandon(connection);
}

static void drain_copy_out(struct connection *connection)
{
    for (;;) {
        char *data = NULL;
        int size = PQgetCopyData(connection->pg, &data, 1);
        PQfreemem(data);
        if (size < 0)
            return;
        if (size == 0 && (!wait_for_server(connection, POLLIN) || !PQconsumeInput(connection->pg)))
            return;
    }
}

static void keep(struct answer *answer, PGresult *pg)
{
    PGresult **place = is_failure(pg) ? &answer->failure : &answer->last;
    if (is_failure(pg) && answer->failure) {
        PQclear(pg);
        return;
    }
    PQclear(*place);
    *place = pg;
}

/* Collects all results of the statement that was sent last, up to the NULL that ends them. */
static void collect(struct connection *connection, const char *copy_data, size_t copy_size_bytes, struct answer *answer)
{
    for (PGresult *pg; (pg = next_result(connection));) {
        ExecStatusType status = PQresultStatus(pg);
        keep(answer, pg);
        if (status == PGRES_COPY_IN) {
            answer->has_refused_copy = !copy_data;
            /* What was sent of the data must not be sent a second time. */
            if (!serve_copy_in(connection, copy_data, copy_size_bytes) && PQstatus(connection->pg) == CONNECTION_OK)
                give_up(connection, "the data of a COPY could not be sent");
        } else if (status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH) {
            answer->has_dropped_copy = true;
            drain_copy_out(connection);
        }
        if (PQstatus(connection->pg) == CONNECTION_BAD)
            break;
    }
}

/* Decides what a collected answer means. On success *pg is the caller's. */
static bool judge(struct connection *connection, struct answer *answer, PGresult **pg, struct error *error)
{
    bool broke = !answer->failure && (PQstatus(connection->pg) == CONNECTION_BAD || !answer->last);
    if (answer->failure || broke) {
        failure_set(error, connection, answer->failure);
        if (broke && !error->is_connection_lost) {
            connection_abandon(connection);
            failure_lost(error);
        }
        if (answer->has_refused_copy && error->code == ERROR_CANCELLED)
            error->code = ERROR_STATEMENT; /* the server calls every COPY that the client ends a cancelled one */
        clear_answer(answer);
        return false;
    }
    *pg = answer->last;
    return true;
}

static bool take_posted(struct connection *connection, struct error *error);

static bool may_send(struct connection *connection, struct error *error)
{
    if (!connection->pg)
        return failure_lost(error);
    if (connection->posted_count > 0 && !take_posted(connection, error))
        return false;
    if (cancel_is_requested(connection->cancel))
        return error_set(error, ERROR_CANCELLED, "cancelled before the statement was sent");
    return true;
}

static bool send_one(struct connection *connection, const char *sql, struct parameters parameters)
{
    return PQsendQueryParams(connection->pg, sql, parameters.count, NULL, parameters.values, NULL, NULL, 0) == 1;
}

/* Ends a statement: the canceller first, so that it cannot hit the next one. */
static bool settle(struct connection *connection, bool ok, struct error *error)
{
    if (!connection->pg || wait_for_canceller(connection))
        return ok;
    if (ok)
        failure_lost(error);
    error->is_connection_lost = true;
    connection_abandon(connection);
    return false;
}

static bool run(struct connection *connection, const char *sql, struct parameters parameters, PGresult **pg,
                struct error *error)
{
    if (!may_send(connection, error))
        return false;
    if (!send_one(connection, sql, parameters) || !flush(connection)) {
        failure_set(error, connection, NULL);
        return settle(connection, false, error);
    }
    struct answer answer = {0};
    collect(connection, NULL, 0, &answer);
    bool ok = settle(connection, judge(connection, &answer, pg, error), error);
    if (ok && answer.has_dropped_copy)
        return error_set(error, ERROR_STATEMENT,
                         "COPY to the client is not possible here; what it sent was thrown away");
    return ok;
}

struct result *connection_query(TALLOC_CTX *owner, struct connection *connection, struct parameters parameters,
                                struct error *error, const char *sql)
{
    PGresult *pg = NULL;
    bool ok = run(connection, sql, parameters, &pg, error);
    if (!ok) {
        PQclear(pg);
        return NULL;
    }
    return result_wrap(owner, pg);
}

bool connection_execute(struct connection *connection, struct parameters parameters, struct error *error,
                        const char *sql)
{
    PGresult *pg = NULL;
    bool ok = run(connection, sql, parameters, &pg, error);
    PQclear(pg);
    return ok;
}

/* Returns whether on_row wanted all of them. */
static bool tell_rows(struct connection *connection, row_fn on_row, void *listener, struct answer *answer,
                      size_t *count, struct error *error)
{
    bool is_wanted = true;
    *count = 0;
    for (PGresult *pg; (pg = next_result(connection));) {
        if (PQresultStatus(pg) != PGRES_SINGLE_TUPLE) {
            keep(answer, pg);
            if (PQstatus(connection->pg) == CONNECTION_BAD)
                break;
            continue;
        }
        ++*count;
        struct result *row = result_wrap(NULL, pg);
        is_wanted = is_wanted && on_row(listener, row, error);
        talloc_free(row);
    }
    return is_wanted;
}

bool connection_stream(struct connection *connection, struct parameters parameters, row_fn on_row, void *listener,
                       size_t *count, struct error *error, const char *sql)
{
    if (!may_send(connection, error))
        return false;
    bool is_sent = send_one(connection, sql, parameters);
    connection->has_single_rows = is_sent && PQsetSingleRowMode(connection->pg);
    if (!is_sent || !flush(connection)) {
        failure_set(error, connection, NULL);
        return settle(connection, false, error);
    }
    struct answer answer = {0};
    bool is_wanted = tell_rows(connection, on_row, listener, &answer, count, error);
    PGresult *pg = NULL;
    bool ok = settle(connection, judge(connection, &answer, &pg, error), error);
    PQclear(pg);
    return ok && (is_wanted || !error_is_set(error));
}

/* Whether a statement of a file is one that is there to return rows, of which there may be more than memory holds. */
static bool returns_rows(const char *sql)
{
    static const char *const words[] = {"SELECT", "VALUES", "TABLE", "WITH", "FETCH", "EXECUTE", "("};
    for (size_t i = 0; i < countof(words); i++)
        if (!strncasecmp(sql, words[i], strlen(words[i])))
            return true;
    return false;
}

/* libpq keeps the mode for the first statement of a pipeline that follows: only a plain statement resets it. */
static bool leave_single_rows(struct connection *connection, struct error *error)
{
    if (!connection->has_single_rows)
        return true;
    connection->has_single_rows = false;
    return connection_execute(connection, NO_PARAMETERS, error, "");
}

bool connection_run(TALLOC_CTX *owner, struct connection *connection, const char *sql, const char *copy_data,
                    size_t copy_size_bytes, const char **tag, struct error *error)
{
    if (!may_send(connection, error))
        return false;
    bool is_sent = send_one(connection, sql, NO_PARAMETERS);
    connection->has_single_rows = is_sent && returns_rows(sql) && PQsetSingleRowMode(connection->pg);
    if (!is_sent || !flush(connection)) {
        failure_set(error, connection, NULL);
        return settle(connection, false, error);
    }
    struct answer answer = {0};
    collect(connection, copy_data, copy_size_bytes, &answer);
    PGresult *pg = NULL;
    bool ok = settle(connection, judge(connection, &answer, &pg, error), error);
    if (ok)
        *tag = talloc_strdup(owner, PQcmdStatus(pg));
    PQclear(pg);
    return ok;
}

static bool send_pipeline(struct connection *connection, const struct query *queries, size_t count)
{
    if (!PQenterPipelineMode(connection->pg))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!send_one(connection, queries[i].sql, queries[i].parameters))
            return false;
    return PQpipelineSync(connection->pg) && flush(connection);
}

/* The results of one statement of a pipeline end with a NULL, too; those passed over after a failure have a result that
 * says so. */
static bool collect_one(TALLOC_CTX *owner, struct connection *connection, struct query *query, PGresult **failure)
{
    bool ok = true;
    for (PGresult *pg; (pg = next_result(connection));) {
        if (PQresultStatus(pg) == PGRES_TUPLES_OK || PQresultStatus(pg) == PGRES_COMMAND_OK ||
            PQresultStatus(pg) == PGRES_EMPTY_QUERY) {
            talloc_free(query->result);
            query->result = result_wrap(owner, pg);
            continue;
        }
        ok = false;
        if (PQresultStatus(pg) == PGRES_COPY_IN || PQresultStatus(pg) == PGRES_COPY_OUT)
            give_up(connection,
                    "COPY is not possible among statements that are sent together"); /* libpq has no way out */
        if (is_failure(pg) && !*failure)
            *failure = pg;
        else
            PQclear(pg);
        if (PQstatus(connection->pg) == CONNECTION_BAD)
            break;
    }
    return ok && query->result;
}

/* Reads up to the answer to the sync, behind which the connection is in step again. */
static void collect_sync(struct connection *connection)
{
    for (int nulls = 0; nulls < 2 && PQstatus(connection->pg) == CONNECTION_OK;) {
        PGresult *pg = next_result(connection);
        bool is_sync = pg && PQresultStatus(pg) == PGRES_PIPELINE_SYNC;
        nulls = pg ? 0 : nulls + 1;
        PQclear(pg);
        if (is_sync)
            return;
    }
}

/* Ends a pipeline whose results were collected up to the sync. */
static bool end_pipeline(struct connection *connection, bool succeeded, PGresult *failure, struct error *error)
{
    bool is_in_step = PQstatus(connection->pg) == CONNECTION_OK && PQexitPipelineMode(connection->pg);
    if (succeeded && is_in_step)
        return true;
    failure_set(error, connection, failure);
    if (connection->pg && (!is_in_step || !failure)) {
        connection_abandon(connection);
        error->is_connection_lost = true;
    }
    return false;
}

bool connection_pipeline(TALLOC_CTX *owner, struct connection *connection, struct query *queries, size_t count,
                         size_t *failed, struct error *error)
{
    if (!may_send(connection, error) || !leave_single_rows(connection, error))
        return false;
    if (!send_pipeline(connection, queries, count)) {
        failure_set(error, connection, NULL);
        connection_abandon(connection);
        error->is_connection_lost = true;
        return false;
    }
    PGresult *failure = NULL;
    size_t first_failed = count;
    for (size_t i = 0; i < count; i++)
        queries[i].result = NULL;
    for (size_t i = 0; i < count && PQstatus(connection->pg) == CONNECTION_OK; i++)
        if (!collect_one(owner, connection, &queries[i], &failure) && first_failed == count)
            first_failed = i;
    collect_sync(connection);
    bool ok = end_pipeline(connection, first_failed == count, failure, error);
    if (!ok && failed)
        *failed = first_failed;
    PQclear(failure);
    return settle(connection, ok, error);
}

bool connection_post(struct connection *connection, const struct query *query, struct error *error)
{
    /* Behind one that is still unanswered it may be sent without waiting, but not without end: somebody has to read. */
    bool is_behind = connection->pg && connection->posted_count > 0 && connection->posted_count < POSTED_MOST;
    if (!is_behind && (!may_send(connection, error) || !leave_single_rows(connection, error)))
        return false;
    if (send_pipeline(connection, query, 1)) {
        connection->posted_count++;
        return true;
    }
    failure_set(error, connection, NULL);
    connection_abandon(connection);
    error->is_connection_lost = true;
    return false;
}

static bool take_posted(struct connection *connection, struct error *error)
{
    PGresult *failure = NULL;
    TALLOC_CTX *memory = talloc_new(NULL);
    bool ok = true;
    for (; connection->posted_count > 0; connection->posted_count--) {
        struct query query = {0};
        ok = collect_one(memory, connection, &query, &failure) && ok;
        collect_sync(connection);
    }
    ok = end_pipeline(connection, ok, failure, error);
    PQclear(failure);
    talloc_free(memory);
    return settle(connection, ok, error);
}

bool connection_settle(struct connection *connection, struct error *error)
{
    if (!connection->pg)
        return failure_lost(error);
    return connection->posted_count == 0 || take_posted(connection, error);
}
