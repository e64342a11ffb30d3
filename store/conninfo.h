/* A connection string, a URI (SQLAlchemy's too) or key=value, becomes libpq's keywords and values. libpq's own error
 * texts quote the string with its password, so they are never used: what is wrong is found here, and said without a
 * part of it. */
#ifndef STORE_CONNINFO_H
#define STORE_CONNINFO_H

#include <talloc.h>

#include "store/base.h"
#include "store/error.h"

/* Constant once made. */
struct conninfo {
    size_t count;
    const char **keywords, **values; /* NULL-terminated; values not empty */
    const char **notices;            /* NULL-terminated: parameters that were dropped */
    size_t notice_count;
};

/* What libpq takes where a string says nothing: PG* variables, the service of PGSERVICE, compiled defaults. "" where
 * there is none. */
struct conninfo_defaults {
    const char *host, *port, *database, *user, *password;
};

/* Whether a word is a connection string rather than a name. */
bool conninfo_is_string(const char *text);

/* Owner: `owner`. Errors: ERROR_USAGE; no part of the string is quoted but its scheme and names of known keywords. */
struct conninfo *conninfo_parse(TALLOC_CTX *owner, const char *text, struct error *error) NODISCARD;

/* The value of a keyword, or NULL. The lists may be NULL. */
const char *conninfo_get(const char *const *keywords, const char *const *values, const char *keyword);

/* Owner: `owner`. Source: PQconndefaults. */
struct conninfo_defaults *conninfo_defaults(TALLOC_CTX *owner);

#endif
