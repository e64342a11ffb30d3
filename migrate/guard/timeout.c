/* See timeout.h. */
#include "migrate/guard/timeout.h"

#include <strings.h>

static bool contains(const struct statement *statement, const char *word)
{
    size_t size = strlen(word);
    for (size_t at = 0; at + size <= statement->size_bytes; at++)
        if (strncasecmp(statement->text + at, word, size) == 0)
            return true;
    return false;
}

bool timeout_may_be_set(const struct statement *statement)
{
    static const char *const runs_code[] = {"DO", "CALL", "SELECT", "WITH", "EXECUTE", "VALUES"};
    if (statement->kind == STATEMENT_SET || statement->kind == STATEMENT_SAVEPOINT)
        return true;
    for (size_t i = 0; i < countof(runs_code); i++)
        if (strncasecmp(statement->text, runs_code[i], strlen(runs_code[i])) == 0)
            return true;
    return contains(statement, "lock_timeout") || contains(statement, "set_config");
}

/* The server spells what we held, too: "400ms", "5s". */
bool timeout_hold(TALLOC_CTX *owner, struct connection *connection, int64_t held_ms, int64_t wait_ms, const char **was,
                  const char **is, struct error *error)
{
    struct query queries[] = {
        {.sql = "SHOW lock_timeout"}, {.sql = talloc_asprintf(owner, "SET lock_timeout = %lld", (long long)held_ms)},
        {.sql = "SHOW lock_timeout"}, {.sql = talloc_asprintf(owner, "SET lock_timeout = %lld", (long long)wait_ms)},
        {.sql = "SHOW lock_timeout"},
    };
    if (!connection_pipeline(owner, connection, queries, countof(queries), NULL, error))
        return false;
    const char *before = result_value(queries[0].result);
    *was = strcmp(before, result_value(queries[2].result)) != 0 ? before : NULL;
    *is = result_value(queries[4].result);
    return true;
}
