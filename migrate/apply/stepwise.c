/* A file outside a transaction: step by step, so that after a kill at any point it is known which steps stand. What can
 * run in a transaction does, together with its journal row; what cannot gets an intent before and a result after, and
 * the catalog is asked in between. The ledger row comes with the last step. See docs/architecture.md, "Applying". */
#include "migrate/apply/advice.h"
#include "migrate/apply/aftermath.h"
#include "migrate/apply/check.h"
#include "migrate/apply/file.h"
#include "migrate/apply/guard.h"
#include "migrate/step.h"
#include "store/clock.h"
#include "store/transaction.h"

/* One file on its way. */
struct progress {
    struct run *run;
    TALLOC_CTX *memory;
    struct step *steps;
    size_t count;
    size_t done;              /* steps that stand: the first `done` */
    const char *ledger_state; /* what the ledger held before the first step */
    int attempts;             /* the most that a step has needed */
};

static const struct statement *statement_of(const struct progress *progress, const struct step *step)
{
    return &progress->run->step->file->statements.items[step->first];
}

static bool is_last(const struct progress *progress, const struct step *step)
{
    return step == &progress->steps[progress->count - 1];
}

static const char *version_of(const struct progress *progress) { return progress->run->step->file->version; }

/* The words for the person who has to answer what no program can. */
static void hint_mark(struct progress *progress, struct error *error, const char *question)
{
    const char *version = version_of(progress);
    advice_give(
        progress->run, error,
        "%s If all of the file stands, say `pgdeck mark %s --applied --reason TEXT`; to have all of it run again, "
        "`pgdeck mark %s --pending --reason TEXT`.",
        question, version, version);
}

/* What stands of a file that stopped at a step; `left` as of fail_step. */
static void say_what_stands(const struct progress *progress, const struct step *step, const char *left,
                            struct error *error)
{
    const char *version = version_of(progress);
    char *before = step->number == 2 ? talloc_strdup(progress->memory, "statement 1 stands; ")
                   : step->number > 2
                       ? talloc_asprintf(progress->memory, "statements 1 to %d stand; ", step->number - 1)
                       : talloc_strdup(progress->memory, "");
    if (strcmp(left, "unknown") == 0)
        error_stands(error, "of %s: %swhether statement %d took effect is not known; the ledger has no row of it",
                     version, before, step->number);
    else
        error_stands(error, "of %s: %s%s of statement %d; the ledger has no row of it", version, before, left,
                     step->number);
}

/* Turns the failure of a step into what it means for the file: with steps that stand, the file is incomplete. `left`:
 * what stands of the step, "nothing", "unknown", or in words. */
static bool fail_step(struct progress *progress, const struct step *step, const char *left, struct error *error)
{
    struct run *run = progress->run;
    run_drop_work(run);
    file_record_failure(run, step->number, error, left);
    file_explain_timeout(run, error);
    bool stands = progress->done > 0 || strcmp(left, "nothing") != 0;
    if (stands || error->code == ERROR_UNKNOWN_OUTCOME)
        say_what_stands(progress, step, left, error);
    if (!stands || error->code == ERROR_UNKNOWN_OUTCOME)
        return false;
    advice_by_kind(run, error, ADVICE_RESUME);
    error->code = ERROR_INCOMPLETE;
    return error_prefix(error, "migration %s stopped at statement %d of %zu; what ran before it stands",
                        version_of(progress), step->number, run->step->file->statements.count);
}

/* What the ledger holds, as one text. Its counters cannot be asked for: they mean nothing across transactions, and a
 * block that sets its isolation lets no query come before its first statement. */
static struct query ledger_state_query(const struct progress *progress, TALLOC_CTX *owner)
{
    const struct ledger *ledger = progress->run->ledger;
    char *row = talloc_asprintf(owner, "pg_catalog.concat_ws(' ', l.tableoid, l.version%s)",
                                ledger->has_checksum ? ", l.checksum" : "");
    return (struct query){.sql =
                              talloc_asprintf(owner,
                                              "SELECT pg_catalog.md5(pg_catalog.concat(pg_catalog.string_agg(%s, E'\\n'"
                                              " ORDER BY %s COLLATE \"C\"))) FROM %s AS l",
                                              row, row, ledger->table)};
}

static bool note_ledger(struct progress *progress, struct error *error)
{
    struct query query = ledger_state_query(progress, progress->memory);
    struct result *result = connection_query(progress->memory, progress->run->work, NO_PARAMETERS, error, query.sql);
    if (result)
        progress->ledger_state = result_value(result);
    return result != NULL;
}

/* Role and search path are the run's again. */
static bool check_ledger(const struct progress *progress, const struct step *step, TALLOC_CTX *memory,
                         struct error *error)
{
    struct run *run = progress->run;
    struct result *result =
        connection_query(memory, run->work, NO_PARAMETERS, error, ledger_state_query(progress, memory).sql);
    if (result ? strcmp(result_value(result), progress->ledger_state) == 0 : !error_is_sqlstate(error, "42"))
        return result != NULL;
    error_set(error, ERROR_REFUSED, "it changed the ledger %s%s", run->ledger->table,
              step->kind == STEP_AUTOCOMMIT ? "" : ", which is rolled back");
    run_place_error(run, step->first, error);
    return error_hint(error,
                      "The ledger is pgdeck's: take the statement out, or name another table with the setting ledger.");
}

/* The row of step_done, and with the last step the ledger row: in the transaction that runs on the work connection. */
static bool record_done(struct progress *progress, const struct step *step, const char *transaction_id,
                        struct error *error)
{
    struct run *run = progress->run;
    TALLOC_CTX *memory = talloc_new(progress->memory);
    struct journal_record record = {
        .event = JOURNAL_STEP_DONE,
        .version = version_of(progress),
        .step = step->number,
        .checksum = run->step->file->checksum,
        .statement_hash = step->hash,
        .transaction_id = transaction_id,
    };
    struct query journal = journal_query(memory, run->ledger, &run->actor, &record);
    /* Temporary objects are gone with the session: a resume must know that there were some. */
    char *sql = talloc_strdup(memory, journal.sql);
    const char *place = strstr(sql, "$11::jsonb");
    journal.sql = talloc_asprintf(
        memory,
        "%.*sCASE WHEN EXISTS (SELECT FROM pg_catalog.pg_class t WHERE t.relnamespace = pg_catalog.pg_my_temp_schema())"
        " OR EXISTS (SELECT FROM pg_catalog.pg_proc p WHERE p.pronamespace = pg_catalog.pg_my_temp_schema())"
        " THEN pg_catalog.jsonb_build_object('temporary', true) ELSE %s END%s",
        (int)(place - sql), sql, "$11::jsonb", place + strlen("$11::jsonb"));
    struct query restore = run_restore_query(memory, run, RESTORE_LOCAL);
    bool ok = connection_pipeline(memory, run->work, &restore, 1, NULL, error) &&
              check_ledger(progress, step, memory, error) &&
              connection_pipeline(memory, run->work, &journal, 1, NULL, error);
    const char *ignored;
    if (ok && is_last(progress, step)) {
        int64_t duration_ms = clock_monotonic_ms() - run->file_started_ms;
        ok = file_begin(memory, run, FILE_TRANSACTION_RUNS, &ignored, error) &&
             file_close(run, ignored, duration_ms, error);
    }
    talloc_free(memory);
    return ok;
}

static bool begin_step(struct progress *progress, const struct step *step, const char **transaction_id,
                       struct error *error)
{
    struct run *run = progress->run;
    const char *begin = step->begin ? talloc_strndup(progress->memory, step->begin, step->begin_size_bytes) : "BEGIN";
    char *is_held = run_lock_is_held_sql(progress->memory, run);
    if (!file_hold_wait(run, step->first, error) || !connection_execute(run->work, NO_PARAMETERS, error, begin))
        return false;
    /* A statement of the file may set the isolation first thing: nothing that takes a snapshot may come before it. */
    for (size_t i = 0; i < step->count; i++) {
        size_t index = step->first + i;
        if (!file_run_statement(run, index, error) || (i + 1 < step->count && !file_hold_wait(run, index, error)))
            return false;
    }
    run->statement = 0;
    struct result *result =
        connection_query(progress->memory, run->work, NO_PARAMETERS, error,
                         talloc_asprintf(progress->memory, "SELECT pg_catalog.txid_current()::text, %s", is_held));
    if (!result)
        return false;
    *transaction_id = result_cell(result, 0, 0);
    if (result_cell(result, 0, 1)[0] == 't')
        return true;
    return error_set(error, ERROR_LOCKED, "the migration lock was lost while the file ran");
}

/* How an attempt at a step has ended. */
enum attempt_end {
    ATTEMPT_DONE,
    ATTEMPT_FAILED,  /* told, and recorded */
    ATTEMPT_NOTHING, /* rolled back, the session is as it was: there may be another one */
    ATTEMPT_OUTSIDE, /* rolled back: the server says that the statement cannot run in a transaction after all */
};

static enum attempt_end fail_attempt(struct progress *progress, const struct step *step, const char *left,
                                     struct error *error)
{
    (void)!fail_step(progress, step, left, error);
    return ATTEMPT_FAILED;
}

/* Steps that run in a transaction: all of it or nothing, with the record of it. */
static enum attempt_end attempt_transaction(struct progress *progress, const struct step *step, struct error *error)
{
    struct run *run = progress->run;
    const char *transaction_id = NULL;
    guard_begin(run, WATCH_BREAKS);
    bool ok = begin_step(progress, step, &transaction_id, error) && record_done(progress, step, transaction_id, error);
    guard_end(run); /* nothing stops a COMMIT */
    if (ok) {
        bool last = is_last(progress, step);
        if (file_commit(run, last ? version_of(progress) : NULL, transaction_id, error))
            return ATTEMPT_DONE;
        if (!error->file)
            run_place_error(run, (size_t)step->number - 1, error);
        return fail_attempt(progress, step, error->code == ERROR_UNKNOWN_OUTCOME ? "unknown" : "nothing", error);
    }
    guard_explain(run, error);
    transaction_rollback(run->work);
    if (connection_state(run->work) != STATE_IDLE)
        return fail_attempt(progress, step, "nothing", error);
    bool is_refused = error_is_sqlstate(error, "25001") || error_is_sqlstate(error, "2D000");
    return is_refused && step->kind == STEP_STATEMENT && !step->begin ? ATTEMPT_OUTSIDE : ATTEMPT_NOTHING;
}

static bool record_intent(struct progress *progress, const struct step *step, const char *before, struct error *error)
{
    json_t *detail = json_pack("{s:s}", "before", before);
    struct journal_record record = {
        .event = JOURNAL_STEP_INTENDED,
        .version = version_of(progress),
        .step = step->number,
        .checksum = progress->run->step->file->checksum,
        .statement_hash = step->hash,
        .detail = detail,
    };
    bool ok = run_record(progress->run, &record, error);
    json_decref(detail);
    return ok;
}

/* The result of a step that ran outside a transaction: a transaction of its own. */
static bool record_result(struct progress *progress, const struct step *step, struct error *error)
{
    struct run *run = progress->run;
    const char *transaction_id = NULL;
    connection_set_cancel(run->work, NULL); /* the work is done: what is left is to say so */
    struct result *result = NULL;
    bool ok = transaction_begin(run->work, TRANSACTION_READ_WRITE, error);
    if (ok)
        result = connection_query(progress->memory, run->work, NO_PARAMETERS, error,
                                  "SELECT pg_catalog.txid_current()::text");
    ok = result != NULL;
    if (ok) {
        transaction_id = result_value(result);
        ok = record_done(progress, step, transaction_id, error) &&
             file_commit(run, is_last(progress, step) ? version_of(progress) : NULL, transaction_id, error);
    }
    if (run->work && connection_state(run->work) != STATE_LOST)
        connection_set_cancel(run->work, run->options->cancel);
    return ok;
}

/* A CONCURRENTLY waits for old transactions by its nature; a lock timeout would only leave an invalid index behind. */
static bool set_lock_timeout(struct run *run, const struct step *step, struct error *error)
{
    const struct statement *statement = &run->step->file->statements.items[step->first];
    if (run->step->file->lock_timeout_ms >= 0 || check_may_repeat(statement))
        return file_hold_wait(run, step->first, error);
    run->held_wait_ms = 0;
    return connection_execute(run->work, NO_PARAMETERS, error, "SET lock_timeout = 0");
}

static bool stuck(struct progress *progress, const struct step *step, const struct check *check, struct error *error)
{
    error_set(error, ERROR_STATEMENT, "%s, and was so before statement %d: the statement passed over it", check->what,
              step->number);
    run_place_error(progress->run, step->first, error);
    error_hint(error, "Drop the index (DROP INDEX CONCURRENTLY) and run `pgdeck apply` again.");
    return fail_step(progress, step, "nothing", error);
}

/* The server refused the statement, or it was cancelled: what has it left? Where the connection is gone nobody can be
 * asked now; the intent stands, and the next apply looks. */
static bool fail_autocommit(struct progress *progress, const struct step *step, const char *before, struct error *error)
{
    struct run *run = progress->run;
    if (error->is_connection_lost || connection_state(run->work) != STATE_IDLE) {
        error->code = ERROR_INCOMPLETE;
        error_prefix(error, "migration %s stopped inside statement %d, and how that ended is not known yet",
                     version_of(progress), step->number);
        advice_give(run, error,
                    "When the server is back run `pgdeck apply` again: it looks at what stands and goes on.");
        say_what_stands(progress, step, "unknown", error);
        run_drop_work(run);
        file_record_failure(run, step->number, error, "unknown");
        return false;
    }
    struct error *ignored = error_new(progress->memory);
    struct check check;
    connection_set_cancel(run->work, NULL);
    bool is_known = check_after(progress->memory, run->work, statement_of(progress, step), before, &check, ignored);
    if (!is_known || check.outcome == CHECK_UNKNOWN) {
        hint_mark(progress, error, "Look whether the statement took effect.");
        return fail_step(progress, step, "unknown", error);
    }
    if (check.outcome == CHECK_LEFTOVER) {
        if (check.repair && !check.completes)
            error_hint(error, "The next apply drops it (%s) and runs the statement again.", check.repair);
        return fail_step(progress, step, check.what, error);
    }
    /* An index that was valid before is no work of ours; anything else that stands now only lacks its record. */
    bool stands = check.outcome == CHECK_DONE && strcmp(before, "valid") != 0;
    return fail_step(progress, step, stands ? "all of it" : "nothing", error);
}

/* What got no lock has done nothing: asked of the catalog all the same. */
static bool has_done_nothing(struct progress *progress, const struct step *step, const char *before)
{
    struct run *run = progress->run;
    struct error *ignored = error_new(progress->memory);
    struct check check;
    return check_may_repeat(statement_of(progress, step)) && connection_state(run->work) == STATE_IDLE &&
           check_after(progress->memory, run->work, statement_of(progress, step), before, &check, ignored) &&
           check.outcome == CHECK_NOTHING;
}

/* The statement has run: its effect is looked at and recorded. */
static bool finish_autocommit(struct progress *progress, const struct step *step, const char *before,
                              struct error *error)
{
    struct run *run = progress->run;
    struct check check;
    run->statement = 0;
    if (!check_after(progress->memory, run->work, statement_of(progress, step), before, &check, error))
        return fail_autocommit(progress, step, before, error);
    if (check.outcome == CHECK_STUCK)
        return stuck(progress, step, &check, error);
    if (check.outcome == CHECK_LEFTOVER) {
        error_set(error, ERROR_STATEMENT, "the server reported success, but %s", check.what);
        run_place_error(run, step->first, error);
        return fail_step(progress, step, check.what, error);
    }
    return record_result(progress, step, error) || fail_autocommit(progress, step, before, error);
}

static enum attempt_end attempt_autocommit(struct progress *progress, const struct step *step, struct error *error)
{
    struct run *run = progress->run;
    const struct statement *statement = statement_of(progress, step);
    const char *before;
    if (!check_before(progress->memory, run->work, statement, &before, error) ||
        !record_intent(progress, step, before, error))
        return fail_attempt(progress, step, "nothing", error);
    bool has_run = set_lock_timeout(run, step, error);
    /* A CONCURRENTLY that is stopped leaves an invalid index, and nobody who reads or writes waits behind it. */
    guard_begin(run, check_may_repeat(statement) ? WATCH_BREAKS : WATCH_LOOKS);
    has_run = has_run && file_run_statement(run, step->first, error);
    guard_end(run);
    if (has_run)
        return finish_autocommit(progress, step, before, error) ? ATTEMPT_DONE : ATTEMPT_FAILED;
    guard_explain(run, error);
    if (has_done_nothing(progress, step, before))
        return ATTEMPT_NOTHING;
    (void)!fail_autocommit(progress, step, before, error);
    return ATTEMPT_FAILED;
}

/* From the first attempt at a step to the last. The session goes on: it has what the finished steps have set. */
static bool run_step(struct progress *progress, const struct step *step, struct error *error)
{
    struct run *run = progress->run;
    struct ladder ladder = ladder_of(run->step, run->options->settings);
    bool is_outside = step->kind == STEP_AUTOCOMMIT;
    for (;;) {
        run->attempt = ladder.attempt;
        run->lock_wait_ms = ladder_wait_ms(&ladder);
        run->is_advised = false;
        run->attempt_ms = clock_monotonic_ms();
        progress->attempts = ladder.attempt > progress->attempts ? ladder.attempt : progress->attempts;
        enum attempt_end end = (is_outside ? attempt_autocommit : attempt_transaction)(progress, step, error);
        if (end == ATTEMPT_OUTSIDE)
            is_outside = true;
        else if (end != ATTEMPT_NOTHING)
            return end == ATTEMPT_DONE;
        else if (!file_tries_again(run, &ladder, step->number, error))
            return fail_step(progress, step, "nothing", error);
        error_clear(error);
    }
}

static const struct journal_step *journal_of(const struct progress *progress, int number)
{
    const struct migration *migration = progress->run->step->migration;
    for (size_t i = 0; i < migration->step_count; i++)
        if (migration->steps[i].step == number)
            return &migration->steps[i];
    return NULL;
}

/* A SET outlives the block it stands in; a SET LOCAL among them does nothing here but make the server warn. */
static bool repeat_settings(struct run *run, const struct step *step, struct error *error)
{
    for (size_t i = step->first; i < step->first + step->count; i++)
        if (run->step->file->statements.items[i].kind == STATEMENT_SET && !file_run_statement(run, i, error))
            return false;
    return true;
}

/* The session of the finished steps is gone: their settings are made again; temporary objects cannot be. */
static bool restore_session(struct progress *progress, struct error *error)
{
    struct run *run = progress->run;
    for (size_t i = 0; i < progress->done; i++) {
        const struct step *step = &progress->steps[i];
        const struct journal_step *journal = journal_of(progress, step->number);
        if (i + 1 == progress->done && progress->done < progress->count && journal && journal->has_temporary) {
            error_set(error, ERROR_INCOMPLETE,
                      "migration %s cannot be resumed: its finished statements made temporary objects, "
                      "which are gone with their session",
                      version_of(progress));
            run_place_error(run, step->first, error);
            hint_mark(progress, error, "Finish the file by hand.");
            return false;
        }
        if (!repeat_settings(run, step, error))
            return fail_step(progress, step, "nothing", error);
    }
    run->statement = 0;
    return true;
}

static bool repair(struct progress *progress, const struct step *step, const struct check *check, struct error *error)
{
    char *text = talloc_asprintf(progress->memory, "%s; running %s", check->what, check->repair);
    run_emit(progress->run, APPLY_WARNING, text, 0);
    if (connection_execute(progress->run->work, NO_PARAMETERS, error, check->repair))
        return true;
    run_place_error(progress->run, step->first, error);
    return fail_step(progress, step, check->what, error);
}

/* The step that was begun and has no result: what stands decides whether it is run. *is_done: it stands. */
static bool settle_intended(struct progress *progress, const struct step *step, const struct journal_step *journal,
                            bool *is_done, struct error *error)
{
    struct check check;
    *is_done = false;
    if (!check_after(progress->memory, progress->run->work, statement_of(progress, step), journal->before, &check,
                     error))
        return fail_step(progress, step, "unknown", error);
    switch (check.outcome) {
    case CHECK_DONE:
        *is_done = true;
        return true;
    case CHECK_NOTHING:
        return true;
    case CHECK_LEFTOVER:
        *is_done = check.completes;
        return repair(progress, step, &check, error);
    case CHECK_STUCK:
        return stuck(progress, step, &check, error);
    case CHECK_UNKNOWN:
        break;
    }
    error_set(error, ERROR_UNKNOWN_OUTCOME,
              "whether statement %d of migration %s took effect is not known: it was begun, and its "
              "end was not recorded",
              step->number, version_of(progress));
    run_place_error(progress->run, step->first, error);
    hint_mark(progress, error, "Look whether it took effect.");
    return false;
}

static bool resume(struct progress *progress, struct error *error)
{
    if (!restore_session(progress, error))
        return false;
    if (progress->done == progress->count)
        return true;
    const struct step *step = &progress->steps[progress->done];
    const struct journal_step *journal = journal_of(progress, step->number);
    bool is_done = false;
    /* An intent for other bytes: the statement was mended; what the old one left is the person's, as the plan has said.
     */
    if (!journal || journal->is_done)
        return true;
    if (!journal->statement_hash || strcmp(journal->statement_hash, step->hash) != 0) {
        error_set(error, ERROR_UNKNOWN_OUTCOME, "statement %d of migration %s was changed after it was begun",
                  step->number, version_of(progress));
        run_place_error(progress->run, step->first, error);
        hint_mark(progress, error, "Look what the old statement left.");
        return false;
    }
    if (!settle_intended(progress, step, journal, &is_done, error))
        return false;
    if (is_done && !record_result(progress, step, error))
        return fail_autocommit(progress, step, journal->before, error);
    progress->done += is_done ? 1 : 0;
    return true;
}

/* All steps stand, and only the ledger row is missing (the rest of the file was taken out by hand). */
static bool close_finished(struct progress *progress, struct error *error)
{
    const char *transaction_id;
    struct run *run = progress->run;
    return transaction_begin(run->work, TRANSACTION_READ_WRITE, error) &&
           file_begin(progress->memory, run, FILE_TRANSACTION_RUNS, &transaction_id, error) &&
           file_close(run, transaction_id, clock_monotonic_ms() - run->file_started_ms, error) &&
           file_commit(run, version_of(progress), transaction_id, error);
}

static bool run_steps(struct progress *progress, struct error *error)
{
    struct run *run = progress->run;
    if (run->step->is_resume) {
        size_t before = progress->done;
        if (!resume(progress, error))
            return false;
        if (progress->done == progress->count)
            return before != progress->done || close_finished(progress, error);
    }
    while (progress->done < progress->count) {
        if (!run_step(progress, &progress->steps[progress->done], error))
            return false;
        progress->done++;
        if (progress->done < progress->count && connection_state(run->work) == STATE_LOST) {
            error_set(error, ERROR_CONNECTION, "the connection was lost");
            error->is_connection_lost = true;
            return fail_step(progress, &progress->steps[progress->done], "nothing", error);
        }
    }
    return true;
}

bool stepwise_apply(struct run *run, int *attempts, struct error *error)
{
    struct journal_record started = {
        .event = JOURNAL_STARTED,
        .version = run->step->file->version,
        .checksum = run->step->file->checksum,
    };
    struct progress progress = {.run = run, .memory = talloc_new(run), .attempts = 1};
    const struct ladder ladder = ladder_of(run->step, run->options->settings);
    run->lock_wait_ms = ladder_wait_ms(&ladder);
    run->is_overruled = false;
    progress.steps = step_list(progress.memory, run->step->file, &progress.count);
    while (progress.done < progress.count &&
           (size_t)progress.steps[progress.done].number - 1 < run->step->first_statement)
        progress.done++;
    aftermath_look(run);
    bool ok = run_record(run, &started, error) && run_prepare_work(run, run->step, error) &&
              note_ledger(&progress, error) && run_steps(&progress, error);
    if (!ok || (run->work && connection_state(run->work) == STATE_LOST))
        run_drop_work(run);
    *attempts = progress.attempts;
    run->attempt = 0;
    run->lock_wait_ms = 0;
    talloc_free(progress.memory);
    return ok;
}
