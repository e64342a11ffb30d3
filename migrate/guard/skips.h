/* Statements that pass over what exists already (IF NOT EXISTS) and say nothing: found in the file, judged by the
 * catalog. What existed before and is invalid, something else, or of another shape is a failure, not a success. */
#ifndef MIGRATE_GUARD_SKIPS_H
#define MIGRATE_GUARD_SKIPS_H

#include <talloc.h>

#include "migrate/statement.h"
#include "store/base.h"
#include "store/connection.h"
#include "store/error.h"

enum skip_kind { SKIP_INDEX, SKIP_TABLE, SKIP_COLUMNS, SKIP_SEQUENCE };

/* Names as to_regclass takes them. */
struct skip {
    enum skip_kind kind;
    size_t statement;    /* index in the file */
    const char *name;    /* of the index, or the table */
    const char *table;   /* of an index; else the same as `name` */
    const char *columns; /* of a table or columns: "id bigint, note text"; "" where they are not listed */
    const char
        *index; /* what stands behind an index's table: "USING btree (id) WHERE ..."; the options of a sequence */
    bool is_unique;
};

/* The statements of a file that may pass over something: CREATE INDEX, CREATE TABLE, CREATE SEQUENCE and ALTER TABLE
 * ... ADD COLUMN with IF NOT EXISTS. Owner: `owner`. */
struct skip *skips_of(TALLOC_CTX *owner, const struct statement_list *statements, size_t *count);

/* The query that tells which of them found something that is older than the transaction it is asked in. Owner:
 * `owner`. */
struct query skips_query(TALLOC_CTX *owner, const struct skip *skips, size_t count);

/* Judges what the query has found, in the same transaction; leaves nothing behind. Errors: ERROR_STATEMENT with
 * error->statement (from 1) and the way out; those of the connection. */
bool skips_judge(struct connection *connection, const struct skip *skips, size_t count, struct result *found,
                 struct error *error) NODISCARD;

#endif
