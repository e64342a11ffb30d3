/* See rehearse.h. Nothing is written that outlives the transaction: no journal, no ledger. */
#include "migrate/apply/rehearse.h"

#include "migrate/apply/file.h"
#include "migrate/apply/guard.h"
#include "store/clock.h"
#include "store/transaction.h"

/* How each file begins: what the session kept of the one before is gone, as it is in a real run (DISCARD ALL cannot run
 * in a transaction). */
static bool begin_file(struct run *run, struct error *error)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    const struct plan_step *step = run->step;
    const char *lock_ms = talloc_asprintf(memory, "%lld", (long long)run_lock_wait_ms(run, step));
    const char *statement_ms = talloc_asprintf(memory, "%lld", (long long)step->statement_timeout_ms);
    const char *path = settings_text(run->options->settings, SETTING_search_path);
    struct query queries[] = {
        {.sql = "SAVEPOINT pgdeck_file"},
        {.sql = "CLOSE ALL"},
        {.sql = "DEALLOCATE ALL"},
        {.sql = "DISCARD TEMP"},
        {.sql = "RESET ALL"},
        {.sql =
             "SELECT pg_catalog.set_config('lock_timeout', $1, true), pg_catalog.set_config('statement_timeout', $2, true),"
             " pg_catalog.set_config('search_path', coalesce(nullif($3, ''), pg_catalog.current_setting('search_path')), true)",
         .parameters = PARAMETERS(lock_ms, statement_ms, path)},
        run_restore_query(memory, run, RESTORE_SESSION),
    };
    bool ok = connection_pipeline(memory, run->work, queries, countof(queries), NULL, error);
    talloc_free(memory);
    return ok;
}

/* What COMMIT would find: deferred constraints are checked now, then those that are deferred by themselves are so
 * again. */
static bool check_constraints(struct run *run, struct error *error)
{
    struct result *result;
    if (!connection_execute(run->work, NO_PARAMETERS, error, "SET CONSTRAINTS ALL IMMEDIATE"))
        return false;
    result = connection_query(
        NULL, run->work, NO_PARAMETERS, error,
        "SELECT 'SET CONSTRAINTS ' || pg_catalog.string_agg(DISTINCT pg_catalog.format('%I.%I', n.nspname,"
        " c.conname), ', ') || ' DEFERRED' FROM pg_catalog.pg_constraint c"
        " JOIN pg_catalog.pg_namespace n ON n.oid = c.connamespace WHERE c.condeferred"
        " AND pg_catalog.has_schema_privilege(n.oid, 'USAGE')");
    if (!result)
        return false;
    bool ok = !result_value(result) || connection_execute(run->work, NO_PARAMETERS, error, result_value(result));
    talloc_free(result);
    return ok;
}

static bool run_file(struct run *run, struct error *error)
{
    const struct migration_file *file = run->step->file;
    run->statement = 0;
    run->file_started_ms = clock_monotonic_ms();
    run_emit(run, APPLY_FILE_STARTED, NULL, 0);
    if (!begin_file(run, error))
        return false;
    for (size_t i = 0; i < file->statements.count; i++)
        if (!file_run_statement(run, i, error))
            return false;
    run->statement = 0;
    if (!check_constraints(run, error)) {
        run_place_error(run, file->statements.count, error);
        return false;
    }
    return connection_execute(run->work, NO_PARAMETERS, error, "RELEASE SAVEPOINT pgdeck_file");
}

static void note_rehearsed(struct run *run)
{
    int64_t duration_ms = clock_monotonic_ms() - run->file_started_ms;
    struct apply_result *result = run->result;
    result->applied[result->applied_count++] =
        (struct apply_applied){talloc_strdup(result, run->step->file->version), duration_ms, 1, NULL};
    result->remaining--;
    run_emit(run, APPLY_FILE_DONE, NULL, duration_ms);
}

/* 55P04: a label of an enum cannot be used before the COMMIT that brings it. It is no failure where an earlier file of
 * this transaction has added one: that stands when the file is taken back. */
static bool is_unusable_label(struct run *run, const struct error *error)
{
    if (run->file_index == 1 || !error_is_sqlstate(error, "55P04"))
        return false;
    struct error *ignored = error_new(NULL);
    struct result *result = NULL;
    if (connection_execute(run->work, NO_PARAMETERS, ignored, "ROLLBACK TO SAVEPOINT pgdeck_file"))
        result = connection_query(ignored, run->work, NO_PARAMETERS, ignored,
                                  "SELECT EXISTS (SELECT FROM pg_catalog.pg_enum e WHERE pg_catalog.age(e.xmin) <= 0)");
    bool ok = result && result_value(result)[0] == 't';
    talloc_free(ignored);
    return ok;
}

static void note_not_rehearsed(struct run *run, const struct error *error)
{
    const char **versions = talloc_zero_array(run->result, const char *, 2);
    versions[0] = talloc_strdup(versions, run->step->file->version);
    run->result->not_rehearsed = versions;
    char *text = talloc_asprintf(NULL, "%s cannot be rehearsed behind the files before it (%s); the rest was not tried",
                                 run->step->file->version, error->message);
    run_emit(run, APPLY_WARNING, text, 0);
    talloc_free(text);
}

static bool rehearse_files(struct run *run, const struct plan *plan, struct error *error)
{
    for (size_t i = 0; i < plan->count; i++) {
        run->step = &plan->steps[i];
        run->file_index = (int)i + 1;
        if (!run->step->file->is_transactional) {
            run->result->stopped_at = talloc_strdup(run->result, run->step->file->version);
            return true;
        }
        if (run_file(run, error)) {
            note_rehearsed(run);
            continue;
        }
        if (!is_unusable_label(run, error)) {
            run_emit(run, APPLY_FILE_FAILED, error->message, 0);
            return false;
        }
        note_not_rehearsed(run, error);
        error_clear(error);
        return true;
    }
    return true;
}

bool rehearse(struct run *run, const struct plan *plan, struct error *error)
{
    if (plan->count == 0)
        return true;
    if (!plan->steps[0].file->is_transactional) {
        run->result->stopped_at = talloc_strdup(run->result, plan->steps[0].file->version);
        return true;
    }
    bool ok = run_prepare_work(run, &plan->steps[0], error);
    if (ok) {
        guard_begin(run, WATCH_BREAKS);
        ok = transaction_begin(run->work, TRANSACTION_READ_WRITE, error) && rehearse_files(run, plan, error);
        guard_end(run);
    }
    run_drop_work(run);
    if (!ok)
        guard_explain(run, error);
    return ok;
}
