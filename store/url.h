/* Connection URIs as they are written: for other programs, which take them from DATABASE__URL and the like. */
#ifndef STORE_URL_H
#define STORE_URL_H

#include <talloc.h>

#include "store/target.h"

/* Percent-encoded as the value of a parameter. Source: PostgreSQL, "Connection URIs". Owner: `owner`. */
char *url_encode(TALLOC_CTX *owner, const char *text);

/* The target as a URI, its password included: for no eye. scheme: "postgresql", "postgresql+asyncpg". A socket's folder
 * becomes the parameter host, as libpq and SQLAlchemy have it; the settings of a session (`options`,
 * `application_name`) are left out. Owner: `owner`. */
char *url_of_target(TALLOC_CTX *owner, const struct target *target, const char *scheme);

#endif
