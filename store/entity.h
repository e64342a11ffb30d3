/* Entities: the relations of a database with what the models declare of them, and the one generic store through which
 * their rows are read and written. Where nothing is declared, the catalog says what there is: keys, foreign keys both
 * ways, a column named is_deleted or deleted_at. Values travel as the server's texts and come back exactly. */
#ifndef STORE_ENTITY_H
#define STORE_ENTITY_H

#include <talloc.h>

#include "store/base.h"
#include "store/connection.h"
#include "store/error.h"
#include "store/model.h"

enum entity_kind { ENTITY_TABLE, ENTITY_PARTITIONED, ENTITY_VIEW, ENTITY_MATERIALIZED, ENTITY_FOREIGN };

/* "table", "view" ... */
const char *entity_kind_name(enum entity_kind kind);

/* A line of the list. */
struct entity_summary {
    const char *schema, *table; /* as in the catalog */
    const char *name;           /* of the declared entity; else the table's, with its schema where that is not public */
    enum entity_kind kind;
    int64_t rows_estimate; /* the planner's; -1: it has never counted */
    int64_t size_bytes; /* with indexes and toast; of very many tables, and of a locked one, as the planner knows it */
    int64_t column_count;
    const char *comment; /* the model's description, else the table's; or NULL */
    bool is_declared;
};

struct entity_column {
    const char *name, *type; /* the type as format_type prints it */
    const char *base;        /* the type below all domains, without its length or precision */
    bool is_nullable;
    int64_t key; /* its place in the key, from 1; 0: no part of it */
    bool has_default;
    const char *default_value; /* SQL text; or NULL */
    bool is_generated;
    const char *identity;     /* "", "a" always, "d" by default */
    const char *order_schema; /* where < and the like are for the type; NULL: it has no order */
    bool needs_type;          /* its operators take others, too: a value must be told its type */
    bool is_bounded;          /* its texts are short: never cut */
    bool is_leading;          /* an index begins with it: sorting by it costs what a page costs */
    const char *labels;       /* of an enumerated type, a line each; or NULL */
    const char *comment;      /* or NULL */
    enum model_generate generate;
};

struct entity_relationship {
    const char *name;
    const char *schema, *table; /* where it leads */
    enum model_kind kind;
    const char *const *here, *const *there; /* columns, pair by pair */
    size_t column_count;
    enum { ENTITY_KEY_HERE, ENTITY_KEY_THERE } holder;
    unsigned cascade; /* bits of enum model_cascade; inferred ones have none */
    enum model_soft_delete soft_delete;
    /* SQL: whether a row of the other's is deleted, "behind" being its name; where the inverse hides the rows behind
     * such a one. NULL: nothing is hidden. */
    const char *hidden_behind;
    bool is_declared;
};

/* Constant once opened. */
struct entity {
    const char *name, *schema, *table;
    const char *qualified; /* schema.table, quoted for SQL */
    enum entity_kind kind;
    int64_t oid, rows_estimate, size_bytes;
    bool has_children; /* tables inherit from it: their rows are its own, too, and its key does not hold among all */
    const char *comment;
    const struct entity_column *columns;
    size_t column_count;
    const struct entity_column **key;          /* in the key's order */
    size_t key_count;                          /* 0: rows cannot be told apart */
    struct entity_relationship *relationships; /* declared ones first, by name */
    size_t relationship_count;
    const struct entity_column *soft_delete; /* or NULL */
    enum { SOFT_DELETE_FLAG, SOFT_DELETE_TIME } soft_delete_kind;
    const struct entity_column *label; /* what a list shows for a row; or NULL */
    const char *read_only;             /* why no row of it can be written, for a person; or NULL */
};

/* All of them, by schema and table. model: NULL: nothing is declared. Owner: `owner`. Errors: the server's. */
struct entity_summary *entity_list(TALLOC_CTX *owner, struct connection *connection, const struct model *model,
                                   size_t *count, struct error *error) NODISCARD;

/* The one that a word names: a declared entity's name, a table's (in public, else the only one of that name), or
 * schema.table, exactly or as PostgreSQL reads it. Owner: `owner`; the model's texts must outlive it. Errors:
 * ERROR_USAGE with a hint where there is none, or several; the server's. */
struct entity *entity_open(TALLOC_CTX *owner, struct connection *connection, const struct model *model,
                           const char *word, struct error *error) NODISCARD;

/* The same by exact names. */
struct entity *entity_open_table(TALLOC_CTX *owner, struct connection *connection, const struct model *model,
                                 const char *schema, const char *table, struct error *error) NODISCARD;

/* Whether its rows can be written at all. Errors: ERROR_REFUSED with the reason. */
bool entity_is_writable(const struct entity *entity, struct error *error) NODISCARD;

/* A column, a relationship of a name, or NULL. */
const struct entity_column *entity_column_find(const struct entity *entity, const char *name);
const struct entity_relationship *entity_relationship_find(const struct entity *entity, const char *name);

/* Sets ERROR_USAGE: there is no such column, did you mean ...; returns false. */
bool entity_column_unknown(const struct entity *entity, const char *name, struct error *error);

#endif
