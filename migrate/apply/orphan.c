/* What a killed run has left at work: its backend goes on with a statement, even with a COMMIT, until it finds the
 * client gone. Nothing is decided before that has ended, or a step that it commits in the end would be run a second
 * time. */
#include "migrate/apply/run.h"

#include "store/clock.h"

#define ORPHAN_WAIT_MS                                                                                                 \
    15000 /* a server from 14 on notices a dead client within 2 s of a statement; older ones may not */
#define ORPHAN_POLL_MS 100

/* The backends of the plan's versions: those of the work connections, which are named after them. NULL: none. */
static bool find_orphans(TALLOC_CTX *owner, struct run *run, const char *versions, const char **pids,
                         struct error *error)
{
    struct result *result = connection_query(
        owner, run->lock, PARAMETERS(versions), error,
        "SELECT pg_catalog.string_agg(a.pid::text, ', ' ORDER BY a.pid) FROM pg_catalog.pg_stat_activity a"
        " WHERE a.datname = pg_catalog.current_database() AND a.application_name LIKE 'pgdeck:%:%'"
        " AND pg_catalog.split_part(a.application_name, ':', 3) = ANY ($1::text[])");
    if (!result)
        return false;
    *pids = result_value(result);
    return true;
}

static bool wait_for_orphans(TALLOC_CTX *memory, struct run *run, const char *versions, struct error *error)
{
    int64_t end_ms = clock_monotonic_ms() + ORPHAN_WAIT_MS;
    for (bool is_told = false;; is_told = true) {
        const char *pids;
        if (!find_orphans(memory, run, versions, &pids, error))
            return false;
        if (!pids)
            return true;
        if (!is_told)
            run_emit(run, APPLY_WARNING, "an earlier run's statement has not ended on the server yet; waiting", 0);
        if (clock_monotonic_ms() >= end_ms) {
            error_set(error, ERROR_REFUSED, "an earlier run's statement still runs on the server: pid %s", pids);
            return error_hint(
                error, "Wait until it has ended, or end it (SELECT pg_terminate_backend(pid)); then apply again.");
        }
        if (!cancel_sleep(run->options->cancel, ORPHAN_POLL_MS))
            return error_set(error, ERROR_CANCELLED, "cancelled while waiting for an earlier run's statement");
    }
}

bool run_wait_for_orphans(struct run *run, const struct plan *plan, struct error *error)
{
    if (plan->count == 0)
        return true;
    TALLOC_CTX *memory = talloc_new(NULL);
    char *versions = talloc_strdup(memory, "{");
    for (size_t i = 0; i < plan->count; i++)
        versions = talloc_asprintf_append_buffer(versions, "%s%s", i ? "," : "", plan->steps[i].file->version);
    versions = talloc_strdup_append_buffer(versions, "}");
    bool ok = wait_for_orphans(memory, run, versions, error);
    talloc_free(memory);
    return ok;
}
