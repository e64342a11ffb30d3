/* One migration file: its name, bytes, head lines and statements, read once and checked before anything runs;
 * what was read is what is run. */
#ifndef MIGRATE_FILE_H
#define MIGRATE_FILE_H

#include <talloc.h>

#include "migrate/statement.h"
#include "store/base.h"
#include "store/error.h"

/* An acknowledged hazard: "-- pgdeck: allow HAZARD because REASON". */
struct file_allowance {
    const char *hazard, *reason;
    int line;
};

struct migration_file {
    const char *path;        /* as shown to a person: relative to the project */
    const char *name;        /* the file's own name */
    const char *version;     /* as spelled: "007" */
    int64_t number;          /* the version as an integer: 7 */
    const char *description; /* "add_index" */
    const char *text;        /* LF-normalised, without BOM; NUL-terminated */
    size_t size_bytes;
    const char *checksum;                          /* sha256 of text, hex */
    bool is_transactional;                         /* no "-- pgdeck: no-transaction" in its head */
    int64_t lock_timeout_ms, statement_timeout_ms; /* of the head, or -1 */
    const struct file_allowance *allowances;
    size_t allowance_count;
    struct statement_list statements; /* none: a migration that does nothing */
};

/* Takes a name apart: digits{1,18}, "_", [A-Za-z0-9_.-]+, ".sql" or ".up.sql". False when it is none. *reason (not
 * NULL) says why, for a person. */
bool file_parse_name(TALLOC_CTX *owner, const char *name, const char **version, int64_t *number,
                     const char **description, const char **reason) NODISCARD;

/* Reads and checks a file. directory_fd: of the migrations' folder, for openat(2); root: the folder's real path, which
 * links must not leave. shown: the folder as shown in messages ("migrations"). Owner: `owner`. Errors: ERROR_PROJECT or
 * ERROR_FILE with file, line and column. */
struct migration_file *file_read(TALLOC_CTX *owner, int directory_fd, const char *root, const char *shown,
                                 const char *name, int64_t limit_bytes, struct error *error) NODISCARD;

/* The line at which another tool's way back begins ("-- migrate:down", "-- +goose Down", "-- +migrate Down"), or 0. To pgdeck it
 * is a comment: what stands behind it is run, and takes back what stands before it. */
int file_down_line(const struct migration_file *file);

/* Makes a file of a text (for tests, and for files that are not on a disk). Same checks, same errors. */
struct migration_file *file_parse(TALLOC_CTX *owner, const char *path, const char *name, const char *bytes,
                                  size_t size_bytes, struct error *error) NODISCARD;

/* Reads a .sql file that is no migration (init script, source): same byte checks and statements; \restrict passed over.
 */
struct script {
    const char *path, *text, *checksum;
    size_t size_bytes;
    struct statement_list statements;
};
struct script *script_read(TALLOC_CTX *owner, const char *path, const char *shown, int64_t limit_bytes,
                           struct error *error) NODISCARD;

#endif
