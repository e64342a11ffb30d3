/* A plan as a file: made by `plan --out`, reviewed, and applied exactly as it is, or refused with what has changed. It
 * holds the terms of the plan (plan.h) and how they were chosen; no secrets. What is in it is only compared, never run.
 */
#ifndef MIGRATE_PLAN_FILE_H
#define MIGRATE_PLAN_FILE_H

#include <talloc.h>

#include "migrate/plan.h"
#include "store/base.h"
#include "store/error.h"

struct plan_file {
    const char *path;
    const char *fingerprint, *terms;
    struct plan_selection selection;
    const char *const *touched; /* lines of touched.h, NULL-terminated */
};

/* Writes the plan; an older plan of that name is replaced, any other file is left alone. Errors: ERROR_FILE. */
bool plan_file_write(const char *path, const struct plan *plan, const struct plan_selection *selection,
                     struct error *error) NODISCARD;

/* Reads one. Owner: `owner`. Errors: ERROR_FILE with the place: absent, not a regular file, too large, no plan, cut
 * short, of another format, changed by hand. */
struct plan_file *plan_file_read(TALLOC_CTX *owner, const char *path, struct error *error) NODISCARD;

/* Whether `now`, made with the file's selection and bound to the same relations, is the plan that was written. Errors:
 * ERROR_STALE_PLAN that names what has changed. */
bool plan_file_holds(const struct plan_file *file, const struct plan *now, struct error *error) NODISCARD;

#endif
