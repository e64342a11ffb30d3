/* Runs the statements of one file in a scratch copy, each watched, and leaves the copy as the file leaves the target.
 * Private to migrate/trace. */
#ifndef MIGRATE_TRACE_RUN_H
#define MIGRATE_TRACE_RUN_H

#include "migrate/plan.h"
#include "migrate/scratch.h"
#include "migrate/trace/parts.h"

struct trace_copy {
    struct scratch_database *database;
    struct connection *connection; /* of the owner */
    const struct query *session;   /* what sets the target's session up */
};

/* How a file has ended. WHOLE: the copy is as the file leaves it. AS_ONE: it runs in its one transaction alone; its
 * facts are known, but the copy is not to be gone on with. FAILED: it does not run. */
enum trace_end { END_WHOLE, END_AS_ONE, END_FAILED };

/* Facts of the step's statements, by their index in the file: *facts is as long as the file has statements. What could
 * not be measured is FACTS_UNKNOWN with its reason. Owner of them: `owner`. Errors: ERROR_CANCELLED. */
bool trace_run(TALLOC_CTX *owner, const struct trace_copy *copy, const struct plan_step *step, struct facts **facts,
               enum trace_end *end, struct error *error) NODISCARD;

/* Runs a file as it is, unwatched. */
bool trace_pass(TALLOC_CTX *owner, const struct trace_copy *copy, const struct migration_file *file,
                struct error *error) NODISCARD;

/* Facts that say why there are none. */
void trace_unknown(TALLOC_CTX *owner, struct facts *facts, const char *reason);

#endif
