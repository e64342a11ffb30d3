/* Grants and default privileges: what the one does to the other. */
#ifndef MIGRATE_KINDS_PRIVILEGES_H
#define MIGRATE_KINDS_PRIVILEGES_H

#include "migrate/kind.h"

struct grant_object {
    struct object base;
    const char *value;      /* "INSERT, SELECT*"; NULL: nothing, where there is something by default */
    const char *by_default; /* what it may do without any grant */
    const char *target;     /* "TABLE app.t" */
    const char *column;     /* quoted; or NULL */
    const char *grantee;    /* quoted; OWNER, PUBLIC */
};

struct default_privilege_object {
    struct object base;
    const char *value, *by_default;    /* as of grants */
    const char *place, *role, *target; /* "FOR ROLE app IN SCHEMA app" or NULL, "app" or NULL, "TABLES" */
    const char *grantee;               /* quoted; OWNER: the role that makes the objects; PUBLIC */
};

/* What default privileges of FROM make of a new object is made as it is wanted: of struct kind. */
void default_privilege_adjust(struct emission *emission, const struct object *made);

/* Writes statements for what one grantee holds. */
struct privilege_statements;
void grant_write(struct emission *emission, const struct grant_object *grant,
                 const struct privilege_statements *statements);

#endif
