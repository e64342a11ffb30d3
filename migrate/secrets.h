/* Credentials that stand in a project's files: found by the shapes in which they usually do (connection strings,
 * PASSWORD clauses, assignments, keys, tokens), told from what only looks like one (variables, placeholders, masks).
 * What was found is never part of an answer. docs/secrets.md says what counts. */
#ifndef MIGRATE_SECRETS_H
#define MIGRATE_SECRETS_H

#include <talloc.h>

#include "store/base.h"
#include "store/cancel.h"
#include "store/error.h"
#include "store/git.h"
#include "store/settings.h"

struct secrets_finding {
    int line;            /* where the secret begins; from 1 */
    const char *message; /* "a connection URI holds a password": what it is, never the secret */
    const char *object;  /* the name that it is given to: "POSTGRES_PASSWORD"; or NULL */
};

struct secrets_findings {
    struct secrets_finding *items; /* by line */
    size_t count;
};

/* Looks at one text. path: its name decides how it is read: "docs/setup.md". `text` is NUL-terminated behind its
 * size_bytes and may hold any bytes. Owner of what *findings gets: `owner`. Linear in the text. */
void secrets_scan(TALLOC_CTX *owner, const char *path, const char *text, size_t size_bytes,
                  struct secrets_findings *findings);

/* What to do about findings of a file. */
const char *secrets_hint(const char *path);

/* A project's text files, one after the other. */
struct secrets_walk {
    const struct settings *settings;
    const struct git_names *names; /* what git would commit, or what changed; NULL: the folder is walked, without hidden
                                      .env files, what programs put there, and links */
    struct cancel *cancel;         /* or NULL */
    void (*on_file)(void *listener, const char *path, const struct secrets_findings *findings);
    void *listener;
};

/* Calls on_file for each file that was looked at. *left_out gets how many were not: larger than a megabyte (SQL: than
 * the setting file_size), no text, not readable, links that leave the project. Blocks. Errors: ERROR_CANCELLED. */
bool secrets_look(const struct secrets_walk *walk, size_t *left_out, struct error *error) NODISCARD;

#endif
