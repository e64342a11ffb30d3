/* What turns one list of privileges into another: "INSERT, SELECT*", where * stands for WITH GRANT OPTION. */
#ifndef MIGRATE_KIND_PRIVILEGES_H
#define MIGRATE_KIND_PRIVILEGES_H

#include <talloc.h>

#include "store/base.h"

/* A statement: before, who, behind. */
struct privilege_statement {
    const char *before, *behind; /* "REVOKE SELECT ON TABLE app.t FROM ", " CASCADE" */
};

struct privilege_statements {
    struct privilege_statement items[4];
    size_t count;
    const char *
        revoked; /* the privileges that a REVOKE names, or takes the option from, as a list; NULL: there is no REVOKE */
    bool is_cascade; /* a REVOKE takes away what others have by it */
};

/* from, to: lists, or NULL. object: "TABLE app.t", "TABLES". column: quoted, of privileges on a column; else NULL. What
 * was held with grant option is revoked with CASCADE. Owner: `owner`. */
struct privilege_statements privileges_change(TALLOC_CTX *owner, const char *object, const char *column,
                                              const char *from, const char *to);

/* The items of a list whose privileges stand in another, too, whatever their options; NULL: there are none. Owner:
 * `owner`. */
const char *privileges_common(TALLOC_CTX *owner, const char *list, const char *other);

/* All items of one list, and those of another whose privileges do not stand in it. Owner: `owner`. */
const char *privileges_union(TALLOC_CTX *owner, const char *list, const char *other);

#endif
