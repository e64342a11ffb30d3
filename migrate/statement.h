/* Splits SQL text into statements as psql and the server's own lexer would: quotes, E'' escapes, dollar quotes,
 * nested comments, parentheses, BEGIN ATOMIC bodies, COPY ... FROM stdin data. Knows words, never grammar: what
 * is wrong inside a statement is the server's to say. */
#ifndef MIGRATE_STATEMENT_H
#define MIGRATE_STATEMENT_H

#include <talloc.h>

#include "store/base.h"
#include "store/error.h"

/* What a statement begins with, as far as pgdeck must know. */
enum statement_kind {
    STATEMENT_OTHER,
    STATEMENT_BEGIN,           /* BEGIN, START TRANSACTION */
    STATEMENT_COMMIT,          /* COMMIT, END; without AND CHAIN */
    STATEMENT_ROLLBACK,        /* ROLLBACK, ABORT; without TO SAVEPOINT, without AND CHAIN */
    STATEMENT_CHAIN,           /* COMMIT or ROLLBACK ... AND CHAIN */
    STATEMENT_PREPARED,        /* PREPARE TRANSACTION, COMMIT PREPARED, ROLLBACK PREPARED */
    STATEMENT_SET_TRANSACTION, /* SET [LOCAL|SESSION] TRANSACTION, SET SESSION CHARACTERISTICS, SET [LOCAL|SESSION]
                                  transaction_isolation|... */
    STATEMENT_SAVEPOINT,       /* SAVEPOINT, RELEASE, ROLLBACK TO */
    STATEMENT_SET,             /* SET, RESET, DISCARD of anything else; set_config() is not known here */
    STATEMENT_COPY_STDIN,      /* COPY ... FROM stdin: data may follow */
    STATEMENT_CONCURRENTLY,    /* CREATE/DROP INDEX, REINDEX ... CONCURRENTLY; ALTER TABLE ... DETACH PARTITION ...
                                  CONCURRENTLY. Not REFRESH MATERIALIZED VIEW CONCURRENTLY */
    STATEMENT_NO_TRANSACTION,  /* VACUUM, CREATE/DROP DATABASE, CREATE/DROP TABLESPACE, ALTER SYSTEM, ALTER DATABASE ...
                                  SET TABLESPACE, REINDEX DATABASE|SYSTEM|SCHEMA, CLUSTER without a table,
                                  CREATE/DROP/ALTER SUBSCRIPTION that must, ... */
};

/* Pointers into the text that was split: it must outlive them. Lines and columns from 1; columns in characters. */
struct statement {
    const char *text;  /* from its first word; comments before it are left out */
    size_t size_bytes; /* without the semicolon and what follows it */
    int line, column;  /* of its first word */
    enum statement_kind kind;
    const char *copy_data; /* COPY ... FROM stdin: what follows up to the line \. , or NULL */
    size_t copy_size_bytes;
};

enum statement_metas {
    METAS_REFUSED,
    METAS_RESTRICT_PASSED
}; /* \restrict and \unrestrict of pg_dump are passed over in an init script or .sql source */

struct statement_list {
    struct statement *items;
    size_t count;
};

/* Splits. Empty statements are left out; a last one without its semicolon counts. `file` names the text in errors.
 * Owner: `owner`. Errors: ERROR_PROJECT with file, line, column of the START of what is wrong: an unterminated quote,
 * dollar quote, comment or COPY data, a psql meta-command. */
bool statement_split(TALLOC_CTX *owner, const char *file, const char *text, size_t size_bytes,
                     enum statement_metas metas, struct statement_list *list, struct error *error) NODISCARD;

/* sha256, hex, of the text (and of the COPY data behind a NUL): what the journal knows a statement by. Owner: `owner`.
 */
char *statement_hash(TALLOC_CTX *owner, const struct statement *statement);

/* For people: the statement's words on one line, comments left out, cut to `columns` bytes at a character. Owner:
 * `owner`. */
char *statement_summary(TALLOC_CTX *owner, const struct statement *statement, size_t columns);

/* The line and column (from 1) of a server's cursor position (characters from 1) in a statement. */
void statement_locate(const struct statement *statement, long position, int *line, int *column);

/* The words of a statement, upper case, comments left out, for code that asks about its shape: returns how many of at
 * most `most` were found. A word is an unquoted identifier or keyword; quoted names come as they are, in quotes; any
 * other token as one word. Owner: `owner`. */
size_t statement_words(TALLOC_CTX *owner, const struct statement *statement, const char **words, size_t most);

/* The name for messages: "COMMIT AND CHAIN", "VACUUM" ...: the first words of the statement. Owner: `owner`. */
char *statement_name(TALLOC_CTX *owner, const struct statement *statement);

#endif
