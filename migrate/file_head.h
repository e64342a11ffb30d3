/* The head of a migration file: its leading "--" lines, of which those that begin with "pgdeck:" say how it is run. */
#ifndef MIGRATE_FILE_HEAD_H
#define MIGRATE_FILE_HEAD_H

#include "migrate/file.h"

/* Fills is_transactional, the timeouts and the allowances of a file whose path, text and statements are known; owner of
 * what is made: the file.
 * Errors: ERROR_PROJECT with place: an unknown, wrong or repeated word; a "-- pgdeck:" line behind the head, where it
 * would do nothing. */
bool file_head_read(struct migration_file *file, struct error *error) NODISCARD;

#endif
