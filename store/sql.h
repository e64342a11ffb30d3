/* All quoting. Values travel as parameters; what cannot (names, literals in generated text) comes from here. */
#ifndef STORE_SQL_H
#define STORE_SQL_H

#include <talloc.h>

#include "store/base.h"
#include "store/error.h"

/* "name" quoted always, quotes doubled. Owner: `owner`. */
char *sql_identifier(TALLOC_CTX *owner, const char *name);

/* schema.name, both quoted; name alone where schema is NULL or "". Owner: `owner`. */
char *sql_qualified(TALLOC_CTX *owner, const char *schema, const char *name);

/* 'text' quoted, E'' where it holds a backslash. Owner: `owner`. */
char *sql_literal(TALLOC_CTX *owner, const char *text);

/* Splits "schema.table" as PostgreSQL reads it: parts may be quoted, unquoted ones are folded to lower case,
 * blanks around parts are passed over; a part has 1 to 63 bytes.
 * *schema gets NULL where there is none. Owner: `owner`. Errors: ERROR_SETTINGS. */
bool sql_parse_qualified(TALLOC_CTX *owner, const char *text, const char **schema, const char **name,
                         struct error *error) NODISCARD;

#endif
