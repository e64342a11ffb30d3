/* What git knows of the project's folder: which files it would commit, which have changed since a revision. Runs git
 * without a shell, and so that no setting of the repository makes it run another program: no hooks, filters, external
 * diffs, monitors or transports, and no variable GIT_* of the environment but pgdeck's own. Reads only. */
#ifndef STORE_GIT_H
#define STORE_GIT_H

#include <talloc.h>

#include "store/base.h"
#include "store/cancel.h"
#include "store/error.h"

struct git; /* opaque */

struct git_options {
    const char *directory;          /* the project's; absolute */
    const char *const *environment; /* the person's, for PATH and HOME: "NAME=value", NULL-terminated */
    struct cancel *cancel;          /* or NULL */
};

/* Paths relative to the project's folder ("../x" beside it); by name, each once. */
struct git_names {
    const char **items;
    size_t count;
};

/* Asks whether there is a repository. Owner: `owner`; `options->environment` and `cancel` must outlive it. Blocks, as
 * all of these. Errors: ERROR_PROJECT: there is one, and git will not read it (another user's; damaged);
 * ERROR_CANCELLED. */
struct git *git_open(TALLOC_CTX *owner, const struct git_options *options, struct error *error) NODISCARD;

/* Why git knows nothing of the folder, for a person: no repository, no program; NULL: it does. */
const char *git_absence(const struct git *git);

/* The full name of the commit that a revision (branch, tag, "HEAD~3") names. Owner: `owner`. Errors: ERROR_USAGE: there
 * is no repository, or git does not know the revision, with what to do in a shallow clone; ERROR_PROJECT. */
char *git_commit(TALLOC_CTX *owner, struct git *git, const char *revision, struct error *error) NODISCARD;

/* Where HEAD and the revision parted: the full name of a commit. Owner: `owner`. Errors: as git_commit; ERROR_USAGE:
 * the two share no history. */
char *git_base(TALLOC_CTX *owner, struct git *git, const char *revision, struct error *error) NODISCARD;

/* The bytes that a file of the project had in a commit (its full name); NUL-terminated behind *size_bytes. NULL with no
 * error set: it was not there. Owner: `owner`. Errors: ERROR_PROJECT, ERROR_CANCELLED. */
char *git_read(TALLOC_CTX *owner, struct git *git, const char *commit, const char *path, size_t *size_bytes,
               struct error *error) NODISCARD;

/* What a pull request against the revision would change: names that differ between where HEAD and the revision parted
 * and the files as they lie there, deleted ones included, and files that git neither tracks nor ignores. Owner:
 * `owner`. Errors: as git_commit; ERROR_USAGE: the two share no history. */
struct git_names *git_changed(TALLOC_CTX *owner, struct git *git, const char *revision, struct error *error) NODISCARD;

/* The project's files that git tracks, or would with `git add .`; none outside its folder. Owner: `owner`. Errors:
 * ERROR_USAGE: there is no repository; ERROR_PROJECT. */
struct git_names *git_files(TALLOC_CTX *owner, struct git *git, struct error *error) NODISCARD;

/* Whether a path of the project ("./docs//x.md" too) is among them. */
bool git_names_has(const struct git_names *names, const char *path);

/* Whether the path or anything below it is. */
bool git_names_has_below(const struct git_names *names, const char *path);

#endif
