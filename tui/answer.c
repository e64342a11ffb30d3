/* See answer.h. */
#include "tui/answer.h"

#include <inttypes.h>

#include "store/result.h"

static const char *known(const char *text) { return text && *text ? text : NULL; }

bool answer_target_read(TALLOC_CTX *owner, const struct deck *deck, struct session *session,
                        struct answer_target *target, struct error *error)
{
    const struct target *from = deck->target;
    *target = (struct answer_target){
        .name = from->name,
        .host = known(from->host),
        .port = known(from->port),
        .database = known(from->database),
        .user = known(connection_parameter(session->connection, "session_authorization")),
        .guard = guard_name(deck->guard),
        .server_version = known(connection_parameter(session->connection, "server_version")),
    };
    if (target->database && target->user && target->server_version)
        return true;
    struct session_facts *facts = session_test_connection(owner, session, error);
    if (!facts)
        return false;
    target->database = facts->database;
    target->user = facts->session_role;
    target->server_version = facts->server_version;
    return true;
}

json_t *answer_port_json(const char *port)
{
    if (!port || !*port)
        return json_null();
    char *end;
    long number = strtol(port, &end, 10);
    return *end ? printer_json_text(port) : json_integer(number);
}

json_t *answer_target_json(const struct answer_target *target)
{
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "name", printer_json_text(target->name), "host",
                     printer_json_text(target->host), "port", answer_port_json(target->port), "database",
                     printer_json_text(target->database), "user", printer_json_text(target->user), "guard",
                     printer_json_text(target->guard), "server_version", printer_json_text(target->server_version));
}

char *answer_target_text(TALLOC_CTX *owner, const struct answer_target *target)
{
    /* "15.18 (Debian ...)": the number is enough for a line. */
    const char *version = target->server_version ? target->server_version : "?";
    return talloc_asprintf(owner, "%s  %s@%s%s%s/%s  PostgreSQL %.*s  %s", target->name,
                           target->user ? target->user : "", target->host ? target->host : "", target->port ? ":" : "",
                           target->port ? target->port : "", target->database ? target->database : "",
                           (int)strcspn(version, " "), version, target->guard);
}

char *answer_duration(TALLOC_CTX *owner, int64_t milliseconds)
{
    if (milliseconds == INTEGER_NULL)
        return talloc_strdup(owner, "");
    if (milliseconds < 1000)
        return talloc_asprintf(owner, "%" PRId64 " ms", milliseconds);
    int64_t seconds = milliseconds / 1000;
    if (seconds < 60)
        return talloc_asprintf(owner, "%" PRId64 ".%" PRId64 " s", seconds, milliseconds % 1000 / 100);
    if (seconds < 3600)
        return talloc_asprintf(owner, "%" PRId64 " min %02" PRId64 " s", seconds / 60, seconds % 60);
    return talloc_asprintf(owner, "%" PRId64 " h %02" PRId64 " min", seconds / 3600, seconds / 60 % 60);
}

char *answer_count(TALLOC_CTX *owner, size_t count, const char *thing)
{
    return talloc_asprintf(owner, "%zu %s%s", count, thing, count == 1 ? "" : "s");
}

char *answer_integer(TALLOC_CTX *owner, int64_t number)
{
    return number == INTEGER_NULL ? talloc_strdup(owner, "") : talloc_asprintf(owner, "%" PRId64, number);
}

/* Length of a plain lower-case name in quotes at `text`, without them; 0 where it needs its quotes. */
static size_t plain_name(const char *text)
{
    if (*text != '"' || !strchr("abcdefghijklmnopqrstuvwxyz_", text[1]))
        return 0;
    size_t length = strspn(text + 1, "abcdefghijklmnopqrstuvwxyz0123456789_");
    return text[1 + length] == '"' && (text[2 + length] == '.' || !text[2 + length]) ? length : 0;
}

char *answer_object(TALLOC_CTX *owner, const char *quoted)
{
    char *text = talloc_strdup(owner, "");
    while (*quoted) {
        size_t length = plain_name(quoted);
        if (length) {
            text =
                talloc_asprintf_append_buffer(text, "%.*s%s", (int)length, quoted + 1, quoted[2 + length] ? "." : "");
            quoted += length + 2 + (quoted[2 + length] ? 1 : 0);
            continue;
        }
        /* A name that keeps its quotes: up to the quote that is not doubled. */
        const char *end = quoted + 1;
        while (*end && (*end != '"' || end[1] == '"'))
            end += *end == '"' ? 2 : 1;
        end += strspn(end, "\"");
        end += *end == '.' ? 1 : 0;
        text = talloc_strndup_append_buffer(text, quoted, (size_t)(end - quoted));
        quoted = end;
    }
    return text;
}
