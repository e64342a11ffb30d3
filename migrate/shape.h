/* What relations look like: their columns, constraints, indexes, triggers, policies and rules, each as one text. Not
 * rows, sizes, owners or grants. */
#ifndef MIGRATE_SHAPE_H
#define MIGRATE_SHAPE_H

#include <talloc.h>

#include "store/base.h"
#include "store/connection.h"
#include "store/error.h"

struct shape_item {
    const char *relation; /* schema-qualified, quoted as the server prints it */
    const char *kind;     /* "relation", "column", "constraint", "index", "trigger", "policy", "rule" */
    const char *name;     /* "" of a relation */
    const char *text;     /* what it is */
};

/* By relation, kind and name, each once; by bytes. */
struct shape {
    struct shape_item *items;
    size_t count;
};

/* Reads the relations of these names (NULL-terminated), or all (NULL); one that is not there has no items. The
 * session's search_path must be empty. Owner: `owner`. Blocks. Errors: the server's. */
bool shape_read(TALLOC_CTX *owner, struct connection *connection, const char *const *relations, struct shape *shape,
                struct error *error) NODISCARD;

/* Those of one relation: *first is the index of the first; returns how many. */
size_t shape_find(const struct shape *shape, const char *relation, size_t *first);

/* A difference in words, "column note of public.orders is text, not integer", for each item that is not the same; `now`
 * beside `wanted`, of one relation. At most `most`; returns how many there are. Owner of the texts: `owner`. */
size_t shape_differences(TALLOC_CTX *owner, const struct shape *wanted, const struct shape *now, const char *relation,
                         const char **texts, size_t most);

#endif
