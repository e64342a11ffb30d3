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
    const char *revoked; /* what a REVOKE names, as a list; NULL: there is none */
};

/* from, to: lists, or NULL. object: "TABLE app.t", "TABLES". column: quoted, of privileges on a column; else NULL. What
 * was given with grant option is revoked with CASCADE: what others have by it goes, too. Owner: `owner`. */
struct privilege_statements privileges_change(TALLOC_CTX *owner, const char *object, const char *column,
                                              const char *from, const char *to);

#endif
