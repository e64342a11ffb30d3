/* The manual's tables, made of the .def tables: man/pgdeck.1 marks the places, the build fills them in. */
#ifndef TUI_MANUAL_H
#define TUI_MANUAL_H

#include <stdio.h>
#include <talloc.h>

#include "store/base.h"
#include "store/error.h"

/* First arguments of pgdeck by which the build asks: `pgdeck --generate manual < man/pgdeck.1 > build/man/pgdeck.1`. */
#define MANUAL_WORD "--generate"

/* Copies mdoc, and behind each marker (a comment `.\" @NAME@`) writes the table of that name.
 * Errors: ERROR_FILE (a stream), ERROR_USAGE (an unknown marker). */
bool manual_fill(FILE *from, FILE *to, struct error *error) NODISCARD;

/* The table of a marker's name as mdoc, or NULL. Owner: `owner`. */
char *manual_table(TALLOC_CTX *owner, const char *name);

#endif
