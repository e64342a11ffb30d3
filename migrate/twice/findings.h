/* What was found about one file. Private to migrate/twice. */
#ifndef MIGRATE_TWICE_FINDINGS_H
#define MIGRATE_TWICE_FINDINGS_H

#include <talloc.h>

#include "migrate/file.h"
#include "migrate/twice.h"
#include "store/base.h"
#include "store/error.h"

/* A growing list; its memory belongs to `owner`. */
struct findings {
    TALLOC_CTX *owner;
    struct twice_finding *items;
    size_t count;
};

/* Adds one about a statement (its index), with the hint for it. Texts are copied; object may be NULL. */
void findings_add(struct findings *findings, const struct migration_file *file, size_t statement, enum twice_what what,
                  const char *object, const char *message);

/* Adds the server's refusal. */
void findings_add_refusal(struct findings *findings, const struct migration_file *file, size_t statement,
                          const char *sqlstate, const char *message);

/* Adds the failure of the first run, at the place that it names. */
void findings_add_failure(struct findings *findings, const struct migration_file *file, const struct error *failure);

/* Adds a copy. */
void findings_copy(struct findings *findings, const struct twice_finding *finding);

/* Whether there is one of this sort about this statement. */
bool findings_has(const struct findings *findings, const struct migration_file *file, size_t statement,
                  enum twice_what what);

/* By statement, and in the order in which they were found, from `first` on. */
void findings_sort(struct findings *findings, size_t first);

#endif
