/* One run of a plan: lock, a fresh look, the files in order, and an end that is recorded. What happens inside a file is
 * migrate/apply/. See apply.h. */
#include "migrate/apply.h"

#include "migrate/apply/advice.h"
#include "migrate/apply/aftermath.h"
#include "migrate/apply/file.h"
#include "migrate/apply/guard.h"
#include "migrate/apply/rehearse.h"
#include "migrate/apply/run.h"
#include "migrate/preflight.h"
#include "migrate/touched.h"
#include "store/clock.h"

static struct apply_result *new_result(TALLOC_CTX *owner, const struct run *run, const struct plan *plan)
{
    struct apply_result *result = talloc_zero(owner, struct apply_result);
    result->mode = run->options->mode;
    result->applied = talloc_zero_array(result, struct apply_applied, (unsigned)plan->count + 1);
    result->remaining = plan->count;
    return result;
}

/* --only without the versions that another run has applied meanwhile; only for those who confirmed without looking. */
static struct plan_selection rest_of_selection(TALLOC_CTX *owner, const struct apply_options *options,
                                               const struct status *status)
{
    struct plan_selection selection = options->selection;
    if (!selection.only || options->strictness == APPLY_EXACT)
        return selection;
    size_t count = 0, kept = 0;
    while (selection.only[count])
        count++;
    const char **only = talloc_zero_array(owner, const char *, (unsigned)count + 1);
    for (size_t i = 0; i < count; i++) {
        const struct migration *migration = status_find(status, strtoll(selection.only[i], NULL, 10));
        if (!migration || migration->state != MIGRATION_APPLIED)
            only[kept++] = selection.only[i];
    }
    selection.only = only;
    return selection;
}

/* What was shown was measured on relations that looked in a certain way. */
static bool bind_again(struct run *run, struct plan *now, const struct plan *plan, struct error *error)
{
    if (!plan->touched || now->count == 0)
        return true;
    const char *const *lines = touched_again(now, run->lock, plan->touched, error);
    if (lines)
        plan_bind_touched(now, lines);
    return lines;
}

/* What is true now that nobody else can change it: the plan made anew must be the one that was confirmed, or a rest of
 * it. */
static struct plan *plan_again(struct run *run, const struct plan *plan, struct error *error)
{
    const struct apply_options *options = run->options;
    struct plan_target target = {0};
    /* A file that is another one by now was not shown; where nobody was shown any, what was read is what runs. */
    const struct directory *directory =
        options->strictness == APPLY_EXACT ? directory_read(run, options->settings, error) : plan->status->directory;
    struct status *status = directory ? status_read(run, run->lock, directory, options->settings, error) : NULL;
    if (!status || !plan_read_target(run, run->lock, &target, error))
        return NULL;
    struct plan_selection selection = rest_of_selection(run, options, status);
    struct plan *now = plan_build(run, status, options->settings, &target, &selection, error);
    /* The selection was good when the plan was made: --only names what is applied by now. */
    if (!now && error->code != ERROR_USAGE)
        return NULL;
    if (now && options->strictness == APPLY_EXACT && !bind_again(run, now, plan, error))
        return NULL;
    if (now && (options->strictness == APPLY_EXACT ? !strcmp(now->fingerprint, plan->fingerprint)
                                                   : plan_is_part_of(now, plan)))
        return now;
    const char *relation = now && now->touched ? touched_difference(plan->touched, now->touched) : NULL;
    if (relation)
        error_set(error, ERROR_STALE_PLAN,
                  "what was planned is no longer true: %s is not as it was when it was planned", relation);
    else
        error_set(error, ERROR_STALE_PLAN,
                  "what was planned is no longer true: the ledger, a file or the target has changed since");
    error_hint(error, "Nothing was run. Run `pgdeck plan` and look again.");
    return NULL;
}

static bool record_start(struct run *run, const struct plan *plan, struct error *error)
{
    json_t *detail = json_pack("{s:s, s:i}", "plan", plan->fingerprint, "files", (int)plan->count);
    struct journal_record record = {.event = JOURNAL_RUN_STARTED, .detail = detail};
    bool ok = run_record(run, &record, error);
    json_decref(detail);
    return ok;
}

/* A record that cannot be written after the COMMIT is no failure of the file: the ledger has it. But the run ends
 * there. */
static bool record_applied(struct run *run, const struct apply_applied *applied, struct error *error)
{
    json_t *detail = json_pack("{s:I, s:o}", "duration_ms", (json_int_t)applied->duration_ms, "schema",
                               expected_verdict_json(applied->schema));
    struct journal_record record = {
        .event = JOURNAL_APPLIED,
        .durability = JOURNAL_RELAXED,
        .version = run->step->file->version,
        .checksum = run->step->file->checksum,
        .detail = detail,
    };
    bool ok = run->lock && run_record(run, &record, error);
    json_decref(detail);
    return ok;
}

static void warn_of_down_part(struct run *run)
{
    int line = file_down_line(run->step->file);
    if (line == 0)
        return;
    char *text = talloc_asprintf(NULL,
                                 "line %d begins another tool's way back; to pgdeck it is a comment, and what stands "
                                 "behind it is run too: take it out of the file",
                                 line);
    run_emit(run, APPLY_WARNING, text, 0);
    talloc_free(text);
}

static bool apply_file(struct run *run, struct error *error)
{
    struct apply_result *result = run->result;
    const struct migration_file *file = run->step->file;
    int attempts = 1;
    run->statement = 0;
    run->file_started_ms = clock_monotonic_ms();
    run->is_advised = false;
    run_emit(run, APPLY_FILE_STARTED, NULL, 0);
    if (file->statements.count == 0)
        run_emit(run, APPLY_WARNING, "the file holds no statement: it is applied, and does nothing", 0);
    warn_of_down_part(run);
    bool is_stepwise = !file->is_transactional && file->statements.count > 0;
    aftermath_begin(run);
    if (!(is_stepwise ? stepwise_apply(run, &attempts, error) : transactional_apply(run, &attempts, error))) {
        if (!error->file)
            error_place(error, file->path, 0, 0);
        result->failed_version = talloc_strdup(result, file->version);
        result->failed_statement = error->statement;
        result->failed_line = error->line;
        run_emit(run, APPLY_FILE_FAILED, error->message, 0);
        return false;
    }
    int64_t duration_ms = clock_monotonic_ms() - run->file_started_ms;
    struct apply_applied *applied = &result->applied[result->applied_count++];
    *applied = (struct apply_applied){talloc_strdup(result, file->version), duration_ms, attempts, NULL};
    result->remaining--;
    run->statement = 0;
    run_emit(run, APPLY_FILE_DONE, NULL, duration_ms);
    applied->schema = aftermath_end(run, result);
    if (record_applied(run, applied, error))
        return true;
    if (!error_is_set(error))
        error_set(error, ERROR_CONNECTION, "the connection that holds the migration lock was lost");
    error_prefix(error, "%s is applied, but the run cannot go on", file->version);
    if (!error->hint)
        error_hint(error, "Run `pgdeck apply` again for the rest.");
    return false;
}

/* A cancel between two files ends the run there; what was applied stands. */
static bool is_stopped(struct run *run, struct error *error)
{
    if (!cancel_is_requested(run->options->cancel))
        return false;
    error_set(error, ERROR_CANCELLED, "cancelled before %s was begun", run->step->file->version);
    error_hint(error, "Run `pgdeck apply` again for the rest.");
    return true;
}

/* What was measured of the next files was measured behind what this one was to make. */
static bool stops_behind(const struct run *run, const struct plan *plan, size_t index, struct error *error)
{
    const struct apply_applied *applied = &run->result->applied[run->result->applied_count - 1];
    if (index + 1 == plan->count || !applied->schema || applied->schema->state != VERDICT_DIFFERS)
        return false;
    error_set(error, ERROR_STALE_PLAN,
              "%s is applied, but the schema is not what the plan expected: %s; %s was not begun", applied->version,
              applied->schema->differences[0], plan->steps[index + 1].file->version);
    error_hint(error,
               "What is applied stands. Look at the difference; `pgdeck plan` measures the rest anew, on what stands "
               "now, and `pgdeck apply` goes on with it.");
    return true;
}

static bool apply_files(struct run *run, const struct plan *plan, struct error *error)
{
    for (size_t i = 0; i < plan->count; i++) {
        run->step = &plan->steps[i];
        run->file_index = (int)i + 1;
        if (is_stopped(run, error) || !apply_file(run, error) || stops_behind(run, plan, i, error))
            return false;
    }
    return true;
}

static const char *outcome_name(bool ok, const struct run *run, const struct error *error)
{
    if (ok)
        return "done";
    if (cancel_is_requested(run->options->cancel))
        return "interrupted";
    return error->code == ERROR_STALE_PLAN || error->code == ERROR_REFUSED ? "refused" : "failed";
}

/* What was measured for the plan that was shown holds for the same files now. */
static void keep_facts(struct plan *now, const struct plan *plan)
{
    for (size_t i = 0; i < now->count; i++)
        for (size_t j = 0; j < plan->count; j++)
            if (strcmp(now->steps[i].file->checksum, plan->steps[j].file->checksum) == 0 &&
                now->steps[i].file->number == plan->steps[j].file->number) {
                now->steps[i].facts = plan->steps[j].facts;
                now->steps[i].expected = plan->steps[j].expected;
                now->steps[i].hazards = plan->steps[j].hazards;
            }
}

/* Under the lock, before anything is begun. Who is in the way of a lock is no reason to refuse: the run waits for them
 * in short waits. */
static bool fly_before(struct run *run, const struct plan *plan, struct error *error)
{
    if (plan->count == 0)
        return true;
    struct preflight *preflight = preflight_look(run, run->lock, plan, run->options->settings, error);
    if (!preflight || !preflight_allows(preflight, error))
        return false;
    for (size_t i = 0; i < preflight->blocker_count; i++) {
        char *text = preflight_describe(preflight, &preflight->blockers[i]);
        run_emit(run, APPLY_WARNING, talloc_asprintf(text, "in the way now: %s", text), 0);
    }
    for (size_t i = 0; i < preflight->finding_count; i++)
        run_emit(run, APPLY_WARNING, preflight->findings[i].message, 0);
    talloc_free(preflight);
    return true;
}

static bool apply_for_real(struct run *run, const struct plan *plan, struct error *error)
{
    if (plan->count == 0)
        return true;
    if (!run_make_ledger(run, error) || !record_start(run, plan, error))
        return false;
    run->result->run = talloc_strdup(run->result, run->actor.run);
    run_emit(run, APPLY_RUN_STARTED, run->actor.run, 0);
    bool ok = apply_files(run, plan, error);
    run->step = NULL;
    run_record_finish(run, outcome_name(ok, run, error));
    return ok;
}

static void log_run(const struct run *run, bool ok, const struct error *error)
{
    const struct apply_result *result = run->result;
    json_t *versions = json_array();
    for (size_t i = 0; i < result->applied_count; i++)
        json_array_append_new(versions, json_string(result->applied[i].version));
    json_t *fields = json_pack("{s:s, s:s, s:o, s:I}", "run", run->actor.run, "mode",
                               result->mode == APPLY_DRY_RUN ? "dry run" : "apply", "applied", versions, "remaining",
                               (json_int_t)result->remaining);
    json_object_set_new(fields, "outcome", json_string(ok ? "done" : error_kind(error->code)->name));
    if (result->failed_version)
        json_object_set_new(fields, "failed", json_string(result->failed_version));
    log_write(run->options->log, ok ? LOG_LEVEL_INFO : LOG_LEVEL_ERROR, "apply", fields);
}

/* After the run as before it: what is applied stands, but a target that no longer answers is no success. */
static bool test_after(struct run *run, bool ok, struct error *error)
{
    struct error *ignored = error_new(NULL);
    bool answers = (!ok && error->is_connection_lost) || run_test_connection(run, "after", ok ? error : ignored);
    talloc_free(ignored);
    if (!ok || answers)
        return ok;
    error_prefix(error, "everything planned is applied, but the target no longer answers");
    return error_hint(error, "Look at the server, then run `pgdeck status`.");
}

bool apply_run(TALLOC_CTX *owner, const struct plan *plan, const struct apply_options *options,
               struct apply_result **result, struct error *error)
{
    struct run *run = run_new(NULL, options);
    run->result = *result = new_result(owner, run, plan);
    run->file_count = (int)plan->count;
    bool ok = run_take_lock(run, error) && run_test_connection(run, "before", error) &&
              run_wait_for_orphans(run, plan, error);
    struct plan *now = ok ? plan_again(run, plan, error) : NULL;
    ok = now != NULL;
    if (ok) {
        run->file_count = (int)now->count;
        run->result->remaining = now->count;
        keep_facts(now, plan);
        guard_start(run, now);
        ok = fly_before(run, now, error) &&
             (options->mode == APPLY_DRY_RUN ? rehearse(run, now, error) : apply_for_real(run, now, error));
        if (!ok && options->mode == APPLY_DRY_RUN && run->step && !run->result->failed_version) {
            run->result->failed_version = talloc_strdup(run->result, run->step->file->version);
            run->result->failed_statement = error->statement;
            run->result->failed_line = error->line;
        }
        ok = test_after(run, ok, error);
    }
    if (!ok)
        advice_conclude(run, error);
    if (options->log)
        log_run(run, ok, error);
    run_close(run);
    talloc_free(run);
    return ok;
}
