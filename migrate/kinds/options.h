/* Storage options of tables, columns, indexes: one text, "fillfactor=70, toast.autovacuum_enabled=false", sorted by
 * key. For kinds. */
#ifndef MIGRATE_KINDS_OPTIONS_H
#define MIGRATE_KINDS_OPTIONS_H

#include "migrate/kind.h"

/* As WITH and SET take them: "fillfactor='70', ..."; "" for NULL. Owner: `owner`. */
const char *options_list(TALLOC_CTX *owner, const char *options);

/* Writes "TARGET SET (...)" and "TARGET RESET (...)": what turns one text into the other. `target`: "ALTER INDEX
 * app.i". */
void options_change(struct emission *emission, const char *target, const char *from, const char *to);

#endif
