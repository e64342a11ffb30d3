/* What a write is done with; shared by write.c, row_write.c, cascade.c, effects.c and outcome.c. For store/entity/
 * only. */
#ifndef STORE_ENTITY_WRITING_H
#define STORE_ENTITY_WRITING_H

#include "store/entity/query.h"
#include "store/entity/write.h"

struct writing {
    TALLOC_CTX *memory; /* of one attempt */
    struct connection *connection;
    const struct model *model;
    const struct entity *entity;
    const struct entity_change *change;
    const struct entity **opened; /* entities that cascades came to */
    size_t opened_count;
    const char **statements; /* as they ran; NULL-terminated */
    size_t statement_count;
};

/* Carries a change out, or rehearses it. Fills in the outcome but for the row, also where it fails: the key, and the
 * transaction's id. */
bool writing_carry_out(struct entity_outcome *outcome, struct connection *connection, const struct model *model,
                       const struct entity *entity, const struct entity_change *change, int attempts,
                       struct error *error) NODISCARD;

/* Reads the row again, after a commit. */
void writing_refresh(struct entity_outcome *outcome, struct connection *connection, const struct entity *entity,
                     const struct entity_change *change);

/* The row's own statements and what goes along; *result gets the row's key as writing_key_of takes it. */
bool writing_row(struct writing *writing, struct result **result, struct error *error) NODISCARD;

/* The key of a result's first row. Owner: `owner`. */
const char *const *writing_key_of(TALLOC_CTX *owner, const struct entity *entity, const struct result *result);

/* What the session's transactions have counted so far, by schema and table; *count gets how many. Owner: `owner`. */
struct entity_effect *effects_now(TALLOC_CTX *owner, struct connection *connection, size_t *count,
                                  struct error *error) NODISCARD;

/* Sets the outcome's effects: those since `before`. */
bool effects_since(struct entity_outcome *outcome, struct connection *connection, const struct entity_effect *before,
                   size_t before_count, struct error *error) NODISCARD;

/* Runs a statement and keeps it for people. Owner of the result: the attempt. */
struct result *writing_run(struct writing *writing, const struct query_text *query, struct error *error);

/* Adds " WHERE key = ..." of the change's row. */
void writing_add_key(struct query_text *query, const struct entity *entity, const char *const *key);

/* Adds "is_deleted = true" or "deleted_at = now()"; and what takes it back. */
void writing_add_mark(struct query_text *query, const struct entity *entity);
void writing_add_no_mark(struct query_text *query, const struct entity *entity);

/* Adds " AND NOT is_deleted", " AND is_deleted". */
void writing_add_is_alive(struct query_text *query, const struct entity *entity);
void writing_add_is_deleted(struct query_text *query, const struct entity *entity);

/* Adds " RETURNING" or "SELECT" lists: the key's columns, then for each relationship that cascades by this bit its
 * columns here. */
void cascade_add_columns(struct query_text *query, const struct entity *entity, unsigned bit);

/* Rows that were reached. */
struct cascade_batch {
    const struct entity *entity;
    const struct result *rows; /* as cascade_add_columns has it */
};

/* Marks what soft deletion cascades to, level by level, until nothing alive is left behind. */
bool cascade_mark(struct writing *writing, const struct cascade_batch *from, struct error *error) NODISCARD;

/* Takes the mark back from what was deleted at the same time. */
bool cascade_restore(struct writing *writing, const struct cascade_batch *from, const char *time,
                     struct error *error) NODISCARD;

/* Deletes what deletion cascades to, the farthest first. */
bool cascade_delete(struct writing *writing, const struct cascade_batch *from, struct error *error) NODISCARD;

#endif
