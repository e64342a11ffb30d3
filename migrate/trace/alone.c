/* Measuring without a target: one file in a scratch database that stands already. See ../trace.h. */
#include "migrate/hazard.h"
#include "migrate/trace.h"
#include "migrate/trace/run.h"

static const char *const session_values[] = {"30s", "0", "0"};

struct plan *trace_file(TALLOC_CTX *owner, const struct migration_file *file, struct scratch_database *database,
                        struct cancel *cancel, struct error *error)
{
    const struct query session = {
        .sql = "SELECT pg_catalog.set_config('statement_timeout', $1, false), "
               "pg_catalog.set_config('max_parallel_maintenance_workers', $2, false), "
               "pg_catalog.set_config('max_parallel_workers_per_gather', $3, false)",
        .parameters = {countof(session_values), session_values},
    };
    struct plan *plan = talloc_zero(owner, struct plan);
    struct connection *connection = scratch_connect(plan, database, SCRATCH_OWNER, cancel, error);
    const struct trace_copy copy = {database, connection, &session};
    struct hazard_sizes sizes;
    struct facts *facts;
    enum trace_end end;
    plan->steps = talloc_zero(plan, struct plan_step);
    plan->count = 1;
    plan->steps[0] = (struct plan_step){.file = file};
    bool ok = connection && hazard_read_sizes(plan, connection, &sizes, error) &&
              trace_run(plan, &copy, &plan->steps[0], &facts, &end, error);
    if (ok) {
        plan->steps[0].facts = facts;
        hazard_judge(plan, &sizes, NULL);
    }
    talloc_free(connection);
    if (ok)
        return plan;
    talloc_free(plan);
    return NULL;
}
