/* Looking at what a transaction has done: first whether it has written at all, then digests of what it wrote in the
 * catalog and in tables, which cost a scan and no snapshot. The same digests behind its ROLLBACK say what stood there
 * before, and so need no look in advance. Private to migrate/twice. */
#ifndef MIGRATE_TWICE_LOOK_H
#define MIGRATE_TWICE_LOOK_H

#include <talloc.h>

#include "store/base.h"
#include "store/connection.h"
#include "store/error.h"

/* What a transaction that is to be looked at begins with: it notes what had been written before. */
extern const struct query look_first;

/* A table or sequence that the transaction may have written to, or a system table that it has. */
struct look_relation {
    int64_t oid;
    const char *kind, *name; /* pg_class.relkind, of system tables c; qualified and quoted */
    int64_t xid;
};

struct look_glance {
    int64_t xid; /* of the transaction; -1: it has written nothing */
    struct look_relation *relations;
    size_t count;
};

/* One query. Owner: `owner`. */
bool look_glance(TALLOC_CTX *owner, struct connection *connection, struct look_glance *glance,
                 struct error *error) NODISCARD;

/* The same behind the last statement of a transaction that will be rolled back: deferred constraints speak first, and
 * the session's own role and an empty search_path are left behind. */
bool look_last(TALLOC_CTX *owner, struct connection *connection, struct look_glance *glance,
               struct error *error) NODISCARD;

/* Only the sequences; whatever the session's role and search_path are. */
bool look_touched(TALLOC_CTX *owner, struct connection *connection, struct look_glance *glance,
                  struct error *error) NODISCARD;

/* All sequences, or all tables and sequences, as if each had been touched, by nobody. Owner: `owner`. */
#define LOOK_SEQUENCES "{S}"
#define LOOK_EVERYTHING "{r,S}"
bool look_all(TALLOC_CTX *owner, struct connection *connection, const char *kinds, struct look_glance *glance,
              struct error *error) NODISCARD;

struct look_sequence {
    int64_t oid;
    const char *name;
    int64_t last_value;
    bool is_called;
};
struct look_sequences {
    struct look_sequence *items; /* by oid */
    size_t count;
};

/* The sequences of a glance as they stand now. Owner: `owner`. */
bool look_sequences(TALLOC_CTX *owner, struct connection *connection, const struct look_glance *glance,
                    struct look_sequences *sequences, struct error *error) NODISCARD;

const struct look_sequence *look_find_sequence(const struct look_sequences *sequences, int64_t oid);

/* The rows of a table, in any order. */
struct look_rows {
    int64_t oid;
    const char *name;
    int64_t total;
    const char *digest;
};

struct look_state {
    const char *catalog; /* number of rows and digest of the new ones, a line for each system table */
    struct look_rows *tables;
    size_t table_count;
};

/* WITHIN: in the transaction: what it has written. BEHIND: after its ROLLBACK: what it had written over. The two are
 * equal where nothing has changed; new oids of what holds no rows are passed over. */
enum look_side { LOOK_WITHIN, LOOK_BEHIND };

/* Owner: `owner`. */
bool look_state(TALLOC_CTX *owner, struct connection *connection, const struct look_glance *glance, enum look_side side,
                struct look_state *state, struct error *error) NODISCARD;

const struct look_rows *look_find_rows(const struct look_state *state, int64_t oid);

/* Whether catalog and rows are equal. */
bool look_is_same(const struct look_state *one, const struct look_state *other);

/* The files of all tables. */
struct look_file {
    int64_t oid;
    const char *name;
    int64_t file;
};
struct look_files {
    struct look_file *items; /* by oid */
    size_t count;
};
bool look_files(TALLOC_CTX *owner, struct connection *connection, struct look_files *files,
                struct error *error) NODISCARD;
const struct look_file *look_find_file(const struct look_files *files, int64_t oid);

/* Around looks inside a file's transaction: as the session's own role, with an empty search_path, and back again. */
bool look_begin(struct connection *connection, struct error *error) NODISCARD;
bool look_end(struct connection *connection, struct error *error) NODISCARD;

#endif
