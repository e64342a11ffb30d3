/* Relations by their names. For store/entity.c and store/entity/find.c only. */
#ifndef STORE_ENTITY_FIND_H
#define STORE_ENTITY_FIND_H

#include "store/entity.h"

/* A row of entity_find.sql. */
struct found_row {
    const char *schema, *name, *kind, *comment;
    int64_t oid, rows_estimate, size_bytes;
    bool is_system, has_children;
};

/* Opens what was found. Owner: `owner`. Errors: the server's. */
struct entity *find_open(TALLOC_CTX *owner, struct connection *connection, const struct model *model,
                         const struct found_row *found, struct error *error) NODISCARD;

#endif
