/* What the statements of a migration file may be: transaction control and statements that need no transaction,
 * refused or paired before anything runs. */
#ifndef MIGRATE_FILE_RULES_H
#define MIGRATE_FILE_RULES_H

#include "migrate/file.h"

/* Source: ledger.md, apply protocol 3 and 4. Errors: ERROR_PROJECT with the place and number of the statement. */
bool file_rules_check(TALLOC_CTX *scratch, const struct migration_file *file, struct error *error) NODISCARD;

#endif
