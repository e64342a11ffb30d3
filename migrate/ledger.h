/* The ledger: the table of the versions that are applied now. Knows its own shape and the shapes that other
 * tools make; reads all of them, writes into those it can, alters none. */
#ifndef MIGRATE_LEDGER_H
#define MIGRATE_LEDGER_H

#include <talloc.h>

#include "store/base.h"
#include "store/connection.h"
#include "store/error.h"

enum ledger_shape {
    LEDGER_ABSENT,
    LEDGER_OWN,        /* has all columns of ours */
    LEDGER_LIST,       /* another tool's list of versions: written by its own columns */
    LEDGER_SINGLE_ROW, /* golang-migrate's and the like: one row that says where it stands; never written */
    LEDGER_UNFIT,      /* no column of versions, a view, columns that cannot be filled: never written */
};

/* Names are as in the catalog; `table` and `journal` are qualified and quoted for SQL and for people. */
struct ledger {
    const char *schema, *name;
    const char *table, *journal;
    enum ledger_shape shape;
    const char *problem; /* why it is never written, for a person; or NULL */
    bool has_schema, has_journal;
    bool has_description, has_checksum, has_applied_at, has_applied_by, has_duration_ms, has_run;
    int64_t oid, journal_oid; /* 0 when absent */
    const char *more_columns,
        *more_values; /* what a row gets beside parameters: ", inserted_at", ", pg_catalog.now()"; or "" */
};

/* One applied version. Absent texts are NULL, absent numbers INTEGER_NULL. */
struct ledger_row {
    const char *version; /* as spelled in the ledger */
    int64_t number;      /* as an integer; -1 when it is none */
    const char *description;
    const char *checksum;   /* NULL: adopted, never "changed" */
    const char *applied_at; /* RFC 3339 in UTC */
    const char *applied_by;
    int64_t duration_ms;
    const char *run;
};

/* Names as in the catalog, not quoted. */
struct ledger_names {
    const char *schema, *ledger, *journal;
};

/* What the setting ledger means; asks no server. Owner: `owner`. Errors: ERROR_SETTINGS. */
bool ledger_names(TALLOC_CTX *owner, const char *setting, struct ledger_names *names, struct error *error) NODISCARD;

/* The statement that makes the ledger, without its semicolon. `table`: its name as SQL has it. Owner: `owner`. */
char *ledger_ddl(TALLOC_CTX *owner, const char *table);

/* Looks at the catalog. `setting` is the setting ledger ("public.schema_migrations"; without a schema: public).
 * Owner: `owner`. Errors: ERROR_SETTINGS, query errors. */
struct ledger *ledger_find(TALLOC_CTX *owner, struct connection *connection, const char *setting,
                           struct error *error) NODISCARD;

/* All rows by version, ascending (those that are no integers last). Owner: `owner`. An absent ledger has none.
 * A ledger of shape LEDGER_UNFIT is an error (ERROR_REFUSED), for nothing is known then. */
bool ledger_read(TALLOC_CTX *owner, struct connection *connection, const struct ledger *ledger,
                 struct ledger_row **rows, size_t *count, struct error *error) NODISCARD;

/* Makes schema, ledger and journal where they are absent, in a transaction of its own. Call it under the migration
 * lock. */
bool ledger_create(struct connection *connection, struct ledger *ledger, struct error *error) NODISCARD;

/* Makes the journal where it is absent; in the transaction that runs. */
bool ledger_create_journal(struct connection *connection, struct ledger *ledger, struct error *error) NODISCARD;

/* The statement that writes a row, for a pipeline; `returning` (may be NULL) follows RETURNING. What does not fit the
 * table's columns is left out: the journal has it. duration_ms INTEGER_NULL: not known yet. Owner: `owner`. */
struct query ledger_insert_query(TALLOC_CTX *owner, const struct ledger *ledger, const struct ledger_row *row,
                                 const char *returning);

/* Writes a row. A version that is there already is ERROR_STALE_PLAN: the primary key is the fence against a second
 * runner. */
bool ledger_insert(struct connection *connection, const struct ledger *ledger, const struct ledger_row *row,
                   struct error *error) NODISCARD;

/* Whether an error of the insert means that the version is there already. */
bool ledger_is_fenced(const struct error *error);

/* The statement that sets a row's duration (where the table has none: that only looks at it), with RETURNING or a
 * column list of `returning`. It touches exactly one row, unless a file has tampered with the ledger. Owner: `owner`.
 */
struct query ledger_close_query(TALLOC_CTX *owner, const struct ledger *ledger, const char *version,
                                int64_t duration_ms, const char *returning);

bool ledger_set_checksum(struct connection *connection, const struct ledger *ledger, const char *version,
                         const char *checksum, struct error *error) NODISCARD;

bool ledger_delete(struct connection *connection, const struct ledger *ledger, const char *version,
                   struct error *error) NODISCARD;

/* Whether nothing but reading is possible; sets ERROR_REFUSED with the way out. */
bool ledger_require_writable(const struct ledger *ledger, struct error *error) NODISCARD;

#endif
