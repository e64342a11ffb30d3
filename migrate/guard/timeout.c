/* See timeout.h. */
#include "migrate/guard/timeout.h"

#include <strings.h>

const char timeout_overrule_sql[] = "SELECT b.value, pg_catalog.set_config('lock_timeout', $1, false)"
                                    " FROM (SELECT pg_catalog.current_setting('lock_timeout') AS value OFFSET 0) AS b";

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
