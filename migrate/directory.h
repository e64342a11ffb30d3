/* The folder of migration files: all of them, in order, or the first thing that is wrong with it. */
#ifndef MIGRATE_DIRECTORY_H
#define MIGRATE_DIRECTORY_H

#include <talloc.h>

#include "migrate/file.h"
#include "store/base.h"
#include "store/error.h"
#include "store/settings.h"

struct directory_finding {
    const char *message, *file, *hint; /* file may be NULL */
    int line;
};

struct directory {
    const char *path;  /* absolute */
    const char *shown; /* relative to the project */
    bool exists;
    struct migration_file **files; /* by version, ascending */
    size_t count;
    size_t down_count; /* .down.sql files that were left out */
    /* Not errors: gaps between counters, names that are not the house style. Findings of migration.name. */
    struct directory_finding *findings;
    size_t finding_count;
};

/* Reads all files. A folder that is absent is an empty one (exists = false). Owner: `owner`.
 * Errors: ERROR_PROJECT, ERROR_FILE with place: a bad name, two files of one version (both are named; 1 and 001 are one
 * version), a defect of a file. The first in the order of names. */
struct directory *directory_read(TALLOC_CTX *owner, const struct settings *settings, struct error *error) NODISCARD;

/* The same, but keeps going: every error becomes an entry of `errors` (owner: `owner`), so that check can report all of
 * them. */
struct directory_errors {
    struct error **items;
    size_t count;
};
struct directory *directory_survey(TALLOC_CTX *owner, const struct settings *settings, struct directory_errors *errors);

/* The file of a version (compared as an integer), or NULL. */
struct migration_file *directory_find(const struct directory *directory, int64_t number);

/* The version that the next file takes: the highest plus one, as wide as the widest counter (three digits at least); a
 * timestamp where the highest is one. */
char *directory_next_version(TALLOC_CTX *owner, const struct directory *directory, int64_t wall_us);

/* Whether a version reads as a timestamp (8 digits of a date at least) and not as a counter: gaps between such mean
 * nothing. */
bool directory_is_timestamp(int64_t number);

#endif
