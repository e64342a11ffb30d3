/* A statement that failed in scratch, without the part that it failed for. Only words are looked at; what comes of it
 * the server judges. Each function returns NULL where it has nothing to take away. Owner of the texts: `owner`. */
#ifndef MIGRATE_SCRATCH_REWRITE_H
#define MIGRATE_SCRATCH_REWRITE_H

#include <talloc.h>

#include "migrate/statement.h"

/* TABLESPACE x, of a statement that makes something; of ALTER ... SET TABLESPACE nothing is left: "". */
char *rewrite_without_tablespace(TALLOC_CTX *owner, const struct statement *statement);

/* CREATE or ALTER FUNCTION ... LEAKPROOF: NOT LEAKPROOF. */
char *rewrite_without_leakproof(TALLOC_CTX *owner, const struct statement *statement);

/* DO: role statements of its body become NULL statements. */
char *rewrite_without_roles(TALLOC_CTX *owner, const struct statement *statement);

/* SET SESSION AUTHORIZATION x: SET ROLE x, which is as much as a plain session can do. */
char *rewrite_as_role(TALLOC_CTX *owner, const struct statement *statement);

#endif
