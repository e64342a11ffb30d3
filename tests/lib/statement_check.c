/* See statement_check.h. */
#include "tests/lib/statement_check.h"

#include "migrate/lexer.h"
#include "migrate/statement.h"

static const char *text_checked;
static size_t size_checked;

static void fail(const char *rule, int line)
{
    fprintf(stderr, "statement_check.c:%d: does not hold: %s\n---\n%.*s\n---\n", line, rule, (int)size_checked,
            text_checked);
    abort();
}

#define HOLDS(rule) ((rule) ? (void)0 : fail(#rule, __LINE__))

static void check_error(const struct error *error, size_t size_bytes)
{
    HOLDS(error->code == ERROR_PROJECT);
    HOLDS(error->message && error->hint);
    HOLDS(error->line >= 1 && (size_t)error->line <= size_bytes);
    HOLDS(error->column >= 1 && (size_t)error->column <= size_bytes);
}

/* Between statements stand semicolons, comments and lines that were passed over; nothing else. */
static void check_gap(const char *at, const char *end, enum statement_metas metas)
{
    struct lexer lexer = {.at = at, .end = end};
    struct token token;
    for (lexer_next(&lexer, &token); token.kind != TOKEN_END; lexer_next(&lexer, &token)) {
        if (metas == METAS_RESTRICT_PASSED && token.kind == TOKEN_BACKSLASH) {
            const char *newline = memchr(lexer.at, '\n', (size_t)(end - lexer.at));
            lexer.at = newline ? newline : end;
            continue;
        }
        HOLDS(token_is_symbol(&token, ';'));
    }
}

static void check_place(const char *bytes, const struct statement *statement)
{
    int line = 1, column = 1;
    for (const char *c = bytes; c < statement->text; c++) {
        column = *c == '\n' ? 1 : column + ((*c & 0xC0) != 0x80);
        line += *c == '\n';
    }
    HOLDS(statement->line == line && statement->column == column);
}

static void check_alone(TALLOC_CTX *owner, const struct statement *statement)
{
    struct statement_list list;
    struct error *error = error_new(owner);
    bool is_copy = statement->copy_data != NULL;
    HOLDS(is_copy == (statement->kind == STATEMENT_COPY_STDIN));
    char *text = talloc_strndup(owner, "", 0);
    text = talloc_realloc_size(owner, text, statement->size_bytes + 1);
    memcpy(text, statement->text, statement->size_bytes);
    if (is_copy)
        return;
    HOLDS(statement_split(owner, "alone", text, statement->size_bytes, METAS_REFUSED, &list, error));
    HOLDS(list.count == 1);
    HOLDS(list.items[0].text == text && list.items[0].size_bytes == statement->size_bytes);
    HOLDS(list.items[0].kind == statement->kind);
    HOLDS(!strcmp(statement_hash(list.items, &list.items[0]), statement_hash(list.items, statement)));
}

static void check_views(TALLOC_CTX *owner, const struct statement *statement)
{
    const char *words[4];
    int line, column;
    HOLDS(statement_words(owner, statement, words, countof(words)) >= 1);
    HOLDS(statement_name(owner, statement) != NULL);
    for (size_t columns = 0; columns < 20; columns += 7)
        HOLDS(strlen(statement_summary(owner, statement, columns)) <= columns);
    statement_locate(statement, 1, &line, &column);
    HOLDS(line == statement->line && column == statement->column);
    statement_locate(statement, (long)statement->size_bytes + 9, &line, &column);
    HOLDS(line >= statement->line);
}

static void check_list(TALLOC_CTX *owner, const char *bytes, size_t size_bytes, enum statement_metas metas,
                       const struct statement_list *list)
{
    const char *at = bytes;
    for (size_t i = 0; i < list->count; i++) {
        const struct statement *statement = &list->items[i];
        HOLDS(statement->text >= at && statement->size_bytes > 0);
        HOLDS(statement->text + statement->size_bytes <= bytes + size_bytes);
        HOLDS(strlen(statement_hash(owner, statement)) == 64);
        check_gap(at, statement->text, metas);
        check_place(bytes, statement);
        check_alone(owner, statement);
        check_views(owner, statement);
        at = statement->text + statement->size_bytes;
        if (statement->copy_data) {
            HOLDS(statement->copy_data > at && statement->copy_data[-1] == '\n');
            at = statement->copy_data + statement->copy_size_bytes;
            HOLDS(bytes + size_bytes - at >= 2 && !memcmp(at, "\\.", 2));
            at += 2;
        }
    }
    check_gap(at, bytes + size_bytes, metas);
}

void statement_check(const char *bytes, size_t size_bytes)
{
    text_checked = bytes;
    size_checked = size_bytes;
    for (enum statement_metas metas = METAS_REFUSED; metas <= METAS_RESTRICT_PASSED; metas++) {
        TALLOC_CTX *owner = talloc_new(NULL);
        struct statement_list list;
        struct error *error = error_new(owner);
        size_t before = talloc_total_blocks(owner);
        if (statement_split(owner, "checked", bytes, size_bytes, metas, &list, error)) {
            HOLDS(talloc_total_blocks(owner) == before + (list.count ? 1 : 0));
            check_list(owner, bytes, size_bytes, metas, &list);
        } else {
            check_error(error, size_bytes);
        }
        talloc_free(owner);
    }
}
