/* The dry run: all pending files in one transaction on the target, a savepoint each, rolled back at the end. Private to
 * migrate/apply. */
#ifndef MIGRATE_APPLY_REHEARSE_H
#define MIGRATE_APPLY_REHEARSE_H

#include "migrate/apply/run.h"

/* Runs the files of the plan; fills in run->result (applied: rehearsed). False when a file failed: the error names the
 * place. */
bool rehearse(struct run *run, const struct plan *plan, struct error *error) NODISCARD;

#endif
