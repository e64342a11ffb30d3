/* From a libpq failure to an error: the server's fields where it sent any, else libpq's own text with the secrets taken
 * out. */
#include "store/connection/private.h"

#define TEXT_MOST_BYTES (64 * 1024)
#define TAIL_BYTES 4096 /* more than any password takes, however it is spelled */

char *failure_text(TALLOC_CTX *owner, const struct connection *connection, const char *text)
{
    if (strnlen(text, TEXT_MOST_BYTES + 1) <= TEXT_MOST_BYTES)
        return target_redact(owner, connection->target, text);
    /* The cut may go through a secret: then its first half stands in the tail, which is dropped after redaction. */
    char *head = talloc_strndup(NULL, text, TEXT_MOST_BYTES);
    char *redacted = target_redact(head, connection->target, head);
    size_t size = strlen(redacted);
    size = size > TAIL_BYTES ? size - TAIL_BYTES : 0;
    while (size > 0 && ((unsigned char)redacted[size] & 0xC0) == 0x80)
        size--;
    char *cut = talloc_asprintf(owner, "%.*s ...", (int)size, redacted);
    talloc_free(head);
    return cut;
}

static const char *field(struct error *error, const struct connection *connection, const PGresult *pg, int code)
{
    const char *text = PQresultErrorField(pg, code);
    return text ? failure_text(error, connection, text) : NULL;
}

/* libpq ends its texts with a newline and has some in between; ours have none. */
static char *own_words(TALLOC_CTX *owner, const struct connection *connection)
{
    char *text =
        failure_text(owner, connection, connection->reason ? connection->reason : PQerrorMessage(connection->pg));
    size_t size = strlen(text);
    while (size > 0 && (text[size - 1] == '\n' || text[size - 1] == ' '))
        text[--size] = '\0';
    for (char *c = text; *c; c++)
        if (*c == '\n' || *c == '\t')
            *c = ' ';
    return text;
}

static bool is_fatal(const PGresult *pg)
{
    const char *severity = PQresultErrorField(pg, PG_DIAG_SEVERITY_NONLOCALIZED);
    return severity && (!strcmp(severity, "FATAL") || !strcmp(severity, "PANIC"));
}

static void set_fields(struct error *error, const struct connection *connection, const PGresult *pg,
                       const char *sqlstate)
{
    const char *position = PQresultErrorField(pg, PG_DIAG_STATEMENT_POSITION);
    char *message = failure_text(NULL, connection, PQresultErrorField(pg, PG_DIAG_MESSAGE_PRIMARY));
    error_set(error, error_code_of_sqlstate(sqlstate), "%s", message);
    talloc_free(message);
    snprintf(error->sqlstate, sizeof error->sqlstate, "%s", sqlstate);
    error->detail = field(error, connection, pg, PG_DIAG_MESSAGE_DETAIL);
    error->hint = field(error, connection, pg, PG_DIAG_MESSAGE_HINT);
    error->context = field(error, connection, pg, PG_DIAG_CONTEXT);
    error->schema = field(error, connection, pg, PG_DIAG_SCHEMA_NAME);
    error->table = field(error, connection, pg, PG_DIAG_TABLE_NAME);
    error->column_name = field(error, connection, pg, PG_DIAG_COLUMN_NAME);
    error->constraint = field(error, connection, pg, PG_DIAG_CONSTRAINT_NAME);
    error->position = position ? strtol(position, NULL, 10) : 0;
}

bool failure_lost(struct error *error)
{
    error_set(error, ERROR_CONNECTION, "the connection to the server is lost");
    error->is_connection_lost = true;
    return error_hint(error, "Run `pgdeck ping`, then `pgdeck status` to see what stands.");
}

bool failure_set(struct error *error, struct connection *connection, const PGresult *pg)
{
    const char *sqlstate = pg ? PQresultErrorField(pg, PG_DIAG_SQLSTATE) : NULL;
    bool is_lost = PQstatus(connection->pg) == CONNECTION_BAD || (pg && is_fatal(pg));
    if (sqlstate && PQresultErrorField(pg, PG_DIAG_MESSAGE_PRIMARY)) {
        set_fields(error, connection, pg, sqlstate);
    } else {
        char *words = own_words(NULL, connection);
        error_set(error, is_lost ? ERROR_CONNECTION : ERROR_INTERNAL, "%s", *words ? words : "the server said nothing");
        talloc_free(words);
    }
    if (!is_lost && error->code == ERROR_CONNECTION)
        error->code = ERROR_STATEMENT; /* a statement may raise any SQLSTATE: only a lost connection is one */
    if (is_lost) {
        error->code = ERROR_CONNECTION;
        error->is_connection_lost = true;
        connection_abandon(connection);
    }
    return false;
}
