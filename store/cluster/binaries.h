/* Where the server's programs are (postgres, initdb) and of which version. Executes nothing of a server but
 * `postgres --version`. */
#ifndef STORE_CLUSTER_BINARIES_H
#define STORE_CLUSTER_BINARIES_H

#include <talloc.h>

#include "store/base.h"
#include "store/error.h"

/* Programs of one version. */
struct binaries {
    const char *folder;
    int major;
};

/* Where to look. */
struct binaries_places {
    const char *asked;           /* the setting server_binaries: only there; "" or NULL: everywhere below */
    const char *const *patterns; /* globs of folders, NULL-terminated */
    const char *path;            /* the variable PATH, or NULL: for pg_config, and as a last resort */
};

/* The folders that packages use. */
extern const char *const binaries_patterns[];

/* Every version found, newest first; PATH counts only where the patterns match nothing. Owner: `owner`.
 * Errors: ERROR_CLUSTER naming the folder that was asked for, or the package to install. */
struct binaries *binaries_find(TALLOC_CTX *owner, const struct binaries_places *places, size_t *count,
                               struct error *error) NODISCARD;

/* "15.20", as the programs themselves say. Owner: `owner`. Errors: ERROR_CLUSTER. Blocks for some milliseconds. */
char *binaries_version(TALLOC_CTX *owner, const char *folder, struct error *error) NODISCARD;

#endif
