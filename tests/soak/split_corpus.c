/* Splits every .sql file of a folder and compares with PostgreSQL's own parser (libpg_query): the same statements
 * at the same bytes. `make soak SPLIT_CORPUS=DIR`. Not a unit test: the corpus is whatever SQL is at hand.
 *
 * Where the parser takes a whole file, the cuts must be the same. Where it does not (another version's syntax), each
 * of our statements is parsed alone: it must be one statement, or none that it knows. */
#include <fcntl.h>
#include <ftw.h>
#include <pg_query.h>

#include "migrate/file_text.h"
#include "migrate/lexer.h"
#include "migrate/statement.h"
#include "store/disk.h"

/* The walk of nftw(3) takes no argument: its sums stand here. */
static struct {
    size_t files, whole_files, refused_files, statements, compared, alone, not_parsed, different;
} sum;

enum { FILE_BYTES_MOST = 1 << 28 };

/* Overwrites what only psql and CREATE EXTENSION know, so that places stay: \commands to the end of the line, and
 * @extschema@. */
static void blank_commands(char *text, size_t size_bytes)
{
    struct lexer lexer = {.at = text, .end = text + size_bytes};
    struct token token;
    static const char schema[] = "@extschema@";
    for (char *at = text; (at = strstr(at, schema));)
        at[0] = at[sizeof schema - 2] = 'x';
    do {
        lexer_next(&lexer, &token);
        if (token.kind == TOKEN_BACKSLASH)
            for (char *at = text + (token.text - text); *at && *at != '\n'; at++)
                *at = ' ';
    } while (token.kind != TOKEN_END && token.kind != TOKEN_UNTERMINATED);
}

/* The parser would read COPY's data as SQL. */
static void blank_copy_data(char *text, const struct statement_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->items[i].copy_data)
            memset(text + (list->items[i].copy_data - text), ' ', list->items[i].copy_size_bytes + 2);
}

static void differ(const char *path, const struct statement *statement, const char *why)
{
    sum.different++;
    printf("%s:%d:%d: %s\n", path, statement->line, statement->column, why);
}

/* The parser's cut holds the space and comments before a statement: takes them off, and those behind. */
static void trim(const char **at, size_t *size_bytes)
{
    struct lexer lexer = {.at = *at, .end = *at + *size_bytes};
    struct token token;
    const char *first = NULL, *last = *at;
    for (lexer_next(&lexer, &token); token.kind != TOKEN_END; lexer_next(&lexer, &token)) {
        first = first ? first : token.text;
        last = lexer.at;
    }
    *at = first ? first : *at;
    *size_bytes = (size_t)(last - *at);
}

static void compare_whole(const char *path, const char *text, const struct statement_list *list,
                          const PgQuerySplitResult *parsed)
{
    sum.whole_files++;
    for (size_t i = 0; i < list->count && i < (size_t)parsed->n_stmts; i++) {
        const char *at = text + parsed->stmts[i]->stmt_location;
        size_t size = (size_t)parsed->stmts[i]->stmt_len;
        trim(&at, &size);
        sum.compared++;
        if (at != list->items[i].text || size != list->items[i].size_bytes) {
            differ(path, &list->items[i], "the parser cuts elsewhere");
            return;
        }
    }
    if (list->count != (size_t)parsed->n_stmts && list->count)
        differ(path, &list->items[list->count - 1], "the parser counts otherwise");
}

static void compare_alone(const char *path, const struct statement_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        char *text = talloc_strndup(NULL, list->items[i].text, list->items[i].size_bytes);
        PgQuerySplitResult parsed = pg_query_split_with_parser(text);
        if (parsed.error) {
            sum.not_parsed++;
            printf("%s:%d:%d: unknown to the parser: %s\n", path, list->items[i].line, list->items[i].column,
                   parsed.error->message);
        } else if (parsed.n_stmts == 1)
            sum.alone++;
        else
            differ(path, &list->items[i], "the parser sees more than one statement");
        pg_query_free_split_result(parsed);
        talloc_free(text);
    }
}

static void compare(TALLOC_CTX *owner, const char *path, char *text, size_t size_bytes)
{
    struct statement_list list;
    struct error *error = error_new(owner);
    if (!statement_split(owner, path, text, size_bytes, METAS_RESTRICT_PASSED, &list, error)) {
        sum.refused_files++;
        printf("%s:%d:%d: refused: %s\n", path, error->line, error->column, error->message);
        return;
    }
    sum.statements += list.count;
    blank_copy_data(text, &list);
    PgQuerySplitResult parsed = pg_query_split_with_parser(text);
    if (parsed.error)
        compare_alone(path, &list);
    else
        compare_whole(path, text, &list, &parsed);
    pg_query_free_split_result(parsed);
}

static int visit(const char *path, const struct stat *status UNUSED, int kind, struct FTW *walk UNUSED)
{
    size_t length = strlen(path);
    if (kind != FTW_F || length < 4 || strcmp(path + length - 4, ".sql") != 0)
        return 0;
    TALLOC_CTX *owner = talloc_new(NULL);
    struct error *error = error_new(owner);
    char *bytes;
    const char *clean;
    size_t size_bytes;
    sum.files++;
    if (disk_read(owner, AT_FDCWD, path, path, FILE_BYTES_MOST, &bytes, &size_bytes, error) &&
        file_text_clean(bytes, path, &clean, &size_bytes, error)) {
        char *text = bytes + (clean - bytes);
        blank_commands(text, size_bytes);
        compare(owner, path, text, size_bytes);
    } else {
        sum.refused_files++;
        printf("%s:%d:%d: refused: %s\n", path, error->line, error->column, error->message);
    }
    talloc_free(owner);
    return 0;
}

int main(int count, char **arguments)
{
    if (count < 2) {
        fprintf(stderr, "usage: split_corpus FOLDER...\n");
        return 2;
    }
    for (int i = 1; i < count; i++)
        if (nftw(arguments[i], visit, 32, FTW_PHYS) != 0) {
            fprintf(stderr, "%s: cannot be read\n", arguments[i]);
            return 2;
        }
    printf("%zu files, %zu statements; %zu files parsed whole (%zu statements at the same bytes), statements alone: "
           "%zu one, "
           "%zu unknown to the parser; %zu files refused, %zu differences\n",
           sum.files, sum.statements, sum.whole_files, sum.compared, sum.alone, sum.not_parsed, sum.refused_files,
           sum.different);
    return sum.different > 0 || sum.files == 0;
}
