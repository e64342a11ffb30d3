/* See leaks.h. */
#include "migrate/guard/leaks.h"

#include "migrate/guard/timeout.h"
#include "migrate/lexer.h"

#define WORDS_READ 6 /* TEMPORARY stands among the first: CREATE GLOBAL TEMPORARY TABLE */

extern const char sql_leaks[];

static bool makes_temporary(const struct statement *statement)
{
    struct lexer lexer = {statement->text, statement->text + statement->size_bytes};
    struct token token;
    for (int i = 0; i < WORDS_READ; i++) {
        lexer_next(&lexer, &token);
        if (token_is(&token, "TEMP") || token_is(&token, "TEMPORARY"))
            return true;
        if (token.kind == TOKEN_END)
            return false;
    }
    return false;
}

bool leaks_may_be(const struct migration_file *file)
{
    for (size_t i = 0; i < file->statements.count; i++)
        if (timeout_may_be_set(&file->statements.items[i]) || makes_temporary(&file->statements.items[i]))
            return true;
    return false;
}

static char *list(TALLOC_CTX *owner, const struct result *result)
{
    char *text = NULL;
    for (size_t i = 0; i < result_row_count(result); i++) {
        const char *what = result_cell(result, i, 0), *name = result_cell(result, i, 1);
        text = text ? talloc_strdup_append(text, "; ") : talloc_strdup(owner, "");
        text = strcmp(what, "setting") == 0 ? talloc_strdup_append(text, name)
                                            : talloc_asprintf_append(text, "%s %s", what, name);
    }
    return text;
}

char *leaks_ask(TALLOC_CTX *owner, struct connection *connection, const char *search_path, int64_t statement_timeout_ms)
{
    struct error *ignored = error_new(NULL);
    const char *timeout = talloc_asprintf(ignored, "%lld", (long long)statement_timeout_ms);
    struct result *result = connection_query(ignored, connection, PARAMETERS(search_path, timeout), ignored, sql_leaks);
    char *text = result ? list(owner, result) : NULL;
    talloc_free(ignored);
    return text;
}
