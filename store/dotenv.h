/* The variables of a .env file. Nothing is expanded or executed, and no value ever stands in an error. */
#ifndef STORE_DOTENV_H
#define STORE_DOTENV_H

#include <talloc.h>

#include "store/base.h"
#include "store/error.h"

struct dotenv_entry {
    const char *name, *value; /* valid UTF-8 */
    int line;                 /* from 1 */
};

struct dotenv {
    size_t count;
    const struct dotenv_entry *entries; /* in the order of the file */
};

/* Reads NAME=VALUE lines: optional `export`, '...' as it is, "..." with \n \t \r \" \\ \$ \`, quotes may go over lines;
 * # begins a comment at the start of a line or after a space. Owner: `owner`. Errors: ERROR_SETTINGS with file and
 * line. */
struct dotenv *dotenv_parse(TALLOC_CTX *owner, const char *shown, const char *bytes, size_t size_bytes,
                            struct error *error) NODISCARD;

/* The last entry of that name, or NULL. */
const struct dotenv_entry *dotenv_find(const struct dotenv *dotenv, const char *name);

#endif
