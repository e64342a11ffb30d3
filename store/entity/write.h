/* Writes of one row, with what goes along: transaction, statements, commit, and the row read again. A failure leaves
 * the database as it was and carries SQLSTATE, constraint, table and column up. Rehearsed, all of it runs and is rolled
 * back: what it would touch is measured, triggers and cascades of the server included. */
#ifndef STORE_ENTITY_WRITE_H
#define STORE_ENTITY_WRITE_H

#include "store/entity/page.h"
#include "store/session.h"
#include "store/snowflake.h"

enum entity_write {
    WRITE_ADD,
    WRITE_EDIT,
    WRITE_REMOVE,  /* marks the row as deleted, and those that relationships cascade to */
    WRITE_DELETE,  /* deletes it, and those */
    WRITE_RESTORE, /* takes the mark back; where it is a time, of what was deleted with it, too */
};

struct entity_value {
    const struct entity_column *column;
    const char *text; /* NULL: SQL's NULL */
    enum { VALUE_GIVEN, VALUE_DEFAULT } source;
};

struct entity_change {
    enum entity_write what;
    const char *const *key;            /* the key's values in its order; NULL for ADD */
    const char *version;               /* as the row was read: it must still be that; NULL: whatever it is */
    const struct entity_value *values; /* of ADD and EDIT */
    size_t value_count;
    struct snowflake *snowflake; /* for ADD */
    int lock_timeout_ms;         /* how long to wait for somebody else's lock; 0: as the session has it */
    enum { CHANGE_FOR_REAL, CHANGE_REHEARSED } mode;
};

/* Rows of a table that the transaction touched. */
struct entity_effect {
    const char *schema, *table;
    int64_t inserted, updated, deleted;
    const char *root; /* of a partition: the oid of the whole, in which a row that moves is deleted and inserted */
};

struct entity_outcome {
    const struct entity_effect *effects; /* by schema and table */
    size_t effect_count;
    const char *const *statements; /* as they ran, with their values; NULL-terminated */
    const char *const *key;        /* of the row, in the key's order */
    struct entity_row row;         /* read again after the commit; result NULL: it is gone, or rehearsed */
    const char *transaction;       /* its id, where it was carried out */
};

/* Whether rows are gone that nothing took the place of; also where the server counts nothing (track_counts off) a
 * deletion is one. */
bool entity_outcome_loses_rows(const struct entity_outcome *outcome, const struct entity_change *change);

/* Reads "COLUMN=VALUE". Owner: `owner`. Errors: ERROR_USAGE: no such column, one that cannot be written. */
bool entity_value_parse(TALLOC_CTX *owner, const struct entity *entity, const char *text, struct entity_value *value,
                        struct error *error) NODISCARD;

/* Makes the values that the models generate and nobody gave, so that what was rehearsed is what is carried out. Owner
 * of the values: `owner`. Errors: snowflake_next's. */
bool entity_change_generate(TALLOC_CTX *owner, const struct entity *entity, struct entity_change *change,
                            struct error *error) NODISCARD;

/* Why a column cannot be written, for a person; NULL: it can. */
const char *entity_column_refusal(const struct entity_column *column);

/* The same as an error: ERROR_USAGE. */
bool entity_column_is_writable(const struct entity *entity, const struct entity_column *column,
                               struct error *error) NODISCARD;

/* Reads a key as people write it: its values with commas between them; one that holds a comma or a quote stands in
 * double quotes, quotes in it doubled. Returns the values in the key's order. Owner: `owner`. Errors: ERROR_USAGE. */
const char *const *entity_key_parse(TALLOC_CTX *owner, const struct entity *entity, const char *text,
                                    struct error *error) NODISCARD;

/* The other way round. Owner: `owner`. */
char *entity_key_text(TALLOC_CTX *owner, const char *const *values, size_t count);

/* Reads one row whole, deleted or not; row->result stays NULL where there is none. Owner: `owner`. */
bool entity_get(TALLOC_CTX *owner, struct connection *connection, const struct entity *entity, const char *const *key,
                struct entity_row *row, struct error *error) NODISCARD;

/* Carries a change out, or rehearses it. model: NULL: nothing is declared. attempts: how often a transaction is run
 * that the server asks to be run again. Owner: `owner`. Errors: ERROR_REFUSED (the relation cannot be written);
 * ERROR_STALE_PLAN (the row was changed, or is gone); ERROR_USAGE; the server's; ERROR_UNKNOWN_OUTCOME when the
 * connection was lost at COMMIT. */
struct entity_outcome *entity_write(TALLOC_CTX *owner, struct connection *connection, const struct model *model,
                                    const struct entity *entity, const struct entity_change *change, int attempts,
                                    struct error *error) NODISCARD;

/* The same in a session, told truly also when the connection is lost at COMMIT: then the server is asked on a new one,
 * which the session has from then on, what became of the transaction (by its id, and by the row). Errors: as above;
 * ERROR_CONNECTION: nothing was changed; ERROR_UNKNOWN_OUTCOME only where that could not be found out. */
struct entity_outcome *entity_write_surely(TALLOC_CTX *owner, struct session *session, const struct model *model,
                                           const struct entity *entity, const struct entity_change *change,
                                           int attempts, struct error *error) NODISCARD;

#endif
