/* A transactional file: BEGIN, ledger row first (its primary key is the fence that a second runner meets), statements
 * one by one, closing checks, COMMIT. See docs/architecture.md, "Applying". */
#include "migrate/apply/file.h"

#include "migrate/apply/advice.h"
#include "migrate/apply/guard.h"
#include "migrate/guard/lockset.h"
#include "migrate/guard/skips.h"
#include "migrate/guard/timeout.h"
#include "migrate/lexer.h"
#include "store/clock.h"
#include "store/sql.h"
#include "store/text.h"
#include "store/transaction.h"

/* What the ledger row's statements tell about the transaction. */
struct transaction_facts {
    const char *transaction_id;
    int64_t inserted, updated, deleted; /* rows of the ledger that this session has written and not yet reported */
    int64_t journal_file;               /* of the journal: another one was made, emptied or taken away; 0: none */
    int64_t journal_changes; /* rows of the journal that this session has changed or deleted and not yet reported */
    int64_t table_oid;       /* where the row stands: another table may have taken the name */
};

static const struct column fact_columns[] = {
    COLUMN(struct transaction_facts, transaction_id),  COLUMN(struct transaction_facts, inserted),
    COLUMN(struct transaction_facts, updated),         COLUMN(struct transaction_facts, deleted),
    COLUMN(struct transaction_facts, table_oid),       COLUMN(struct transaction_facts, journal_file),
    COLUMN(struct transaction_facts, journal_changes),
};

/* The columns of the facts, for RETURNING. Only differences of the counters inside a transaction mean something: the
 * server reports them when it pleases, though never inside one. */
static char *facts_list(TALLOC_CTX *owner, const struct run *run)
{
    long long ledger = run->ledger->oid, journal = run->ledger->journal_oid;
    return talloc_asprintf(
        owner,
        "pg_catalog.txid_current()::text AS transaction_id,"
        " pg_catalog.pg_stat_get_xact_tuples_inserted(%lld::oid) AS inserted,"
        " pg_catalog.pg_stat_get_xact_tuples_updated(%lld::oid) AS updated,"
        " pg_catalog.pg_stat_get_xact_tuples_deleted(%lld::oid) AS deleted, tableoid::bigint AS table_oid,"
        " coalesce(pg_catalog.pg_relation_filenode(pg_catalog.to_regclass(%s))::bigint, 0) AS journal_file,"
        " pg_catalog.pg_stat_get_xact_tuples_updated(%lld::oid)"
        " + pg_catalog.pg_stat_get_xact_tuples_deleted(%lld::oid) AS journal_changes",
        ledger, ledger, ledger, sql_literal(owner, run->ledger->journal), journal, journal);
}

static bool lost_lock(struct error *error)
{
    return error_set(error, ERROR_LOCKED, "the migration lock was lost while the file ran; it is rolled back");
}

bool file_begin(TALLOC_CTX *owner, struct run *run, enum file_transaction transaction, const char **transaction_id,
                struct error *error)
{
    const struct migration_file *file = run->step->file;
    struct ledger_row row = {
        .version = file->version,
        .description = file->description,
        .checksum = file->checksum,
        .duration_ms = INTEGER_NULL,
        .run = run->actor.run,
    };
    TALLOC_CTX *memory = talloc_new(owner);
    struct query queries[RUN_PREPARATION_MOST + 2];
    size_t count = 0, failed = 0;
    if (transaction == FILE_TRANSACTION_NEW) {
        count = run_preparation(memory, run, run->step, queries);
        queries[count++] = (struct query){.sql = "BEGIN"};
    }
    queries[count++] = ledger_insert_query(memory, run->ledger, &row, facts_list(memory, run));
    if (!connection_pipeline(memory, run->work, queries, count, &failed, error)) {
        if (failed + 1 == count && ledger_is_fenced(error)) {
            error_set(error, ERROR_STALE_PLAN, "version %s is in the ledger already", file->version);
            error_hint(error, "Another run applied it meanwhile; run `pgdeck status`.");
        } else if (failed + 1 == count && !error->is_connection_lost) {
            error_prefix(error, "cannot write the ledger row of %s", file->version);
        }
        talloc_free(memory);
        return false;
    }
    if (result_row_count(queries[count - 1].result) != 1) {
        error_set(error, ERROR_REFUSED, "the ledger %s did not take the row of %s", run->ledger->table, file->version);
        talloc_free(memory);
        return error_hint(error, "A trigger, a rule or a policy on it keeps rows out: take that away.");
    }
    struct transaction_facts facts;
    bool ok = result_bind_one(queries[count - 1].result, fact_columns, countof(fact_columns), &facts, error);
    if (ok) {
        *transaction_id = talloc_strdup(owner, facts.transaction_id);
        run->counters = (struct ledger_counters){facts.inserted,  facts.updated,      facts.deleted,
                                                 facts.table_oid, facts.journal_file, facts.journal_changes};
    }
    talloc_free(memory);
    /* pg_locks is asked with the closing checks, where it counts; here only what can be seen from this side. */
    return ok && (connection_is_alive(run->lock) || lost_lock(error));
}

static bool tampered(struct run *run, const char *table, struct error *error)
{
    error_set(error, ERROR_REFUSED, "migration %s changed the %s %s; it is rolled back", run->step->file->version,
              table == run->ledger->table ? "ledger" : "journal", table);
    run_place_error(run, run->step->file->statements.count, error);
    return error_hint(
        error,
        "Ledger and journal are pgdeck's: take the statement out, or name other tables with the setting ledger.");
}

static bool check_facts(struct run *run, const struct transaction_facts *facts, const char *transaction_id,
                        struct error *error)
{
    const struct ledger_counters *before = &run->counters;
    int64_t updates = run->ledger->has_duration_ms ? 1 : 0; /* our own, of the duration */
    if (strcmp(facts->transaction_id, transaction_id) != 0) {
        error_set(error, ERROR_REFUSED, "migration %s ended the transaction it was run in", run->step->file->version);
        return error_hint(error, "Look at what stands: part of the file may have been committed by itself.");
    }
    bool is_counted = before->inserted > 0; /* not so where track_counts is off */
    if (facts->journal_file != before->journal_file || facts->journal_changes != before->journal_changes)
        return tampered(run, run->ledger->journal, error);
    if (facts->table_oid != before->table_oid)
        return tampered(run, run->ledger->table, error);
    if (is_counted && (facts->inserted != before->inserted || facts->updated != before->updated + updates ||
                       facts->deleted != before->deleted))
        return tampered(run, run->ledger->table, error);
    return true;
}

/* Asks the lock's own session whether it still holds the lock, while the work connection does the rest: a zero divides
 * where it does not. What was posted to the journal is answered with it: a file that cannot be recorded is not applied.
 */
static bool ask_for_lock(struct run *run, struct error *error)
{
    char *held = run_lock_is_held_sql(NULL, run);
    char *sql = talloc_asprintf(held, "SELECT 1 / (%s)::integer", held);
    bool ok = connection_post(run->lock, &(struct query){.sql = sql}, error) || lost_lock(error);
    talloc_free(held);
    return ok;
}

static bool hear_of_lock(struct run *run, struct error *error)
{
    if (connection_settle(run->lock, error))
        return true;
    if (error->is_connection_lost || error_is_sqlstate(error, "22012"))
        return lost_lock(error);
    return error_prefix(error, "the journal cannot be written");
}

/* A SET LOCAL ROLE ends with the transaction. */
static bool sets_role(const struct migration_file *file)
{
    for (size_t i = 0; i < file->statements.count; i++) {
        const struct statement *statement = &file->statements.items[i];
        struct lexer lexer = {statement->text, statement->text + statement->size_bytes};
        struct token first, second;
        lexer_next(&lexer, &first);
        lexer_next(&lexer, &second);
        if (token_is(&first, "SET") && (token_is(&second, "ROLE") || token_is(&second, "SESSION")))
            return true;
    }
    return false;
}

static void note_role(struct run *run, const struct result *restored)
{
    const char *role = result_cell(restored, 0, 2), *own = settings_text(run->options->settings, SETTING_role);
    *run->left_role = '\0';
    if (role && strcmp(role, *own ? own : run->session_role) != 0 && sets_role(run->step->file))
        text_append(run->left_role, sizeof run->left_role, role);
}

/* What IF NOT EXISTS passed over. */
static bool judge_skips(struct run *run, const struct skip *skips, size_t count, struct result *found,
                        struct error *error)
{
    if (!found || skips_judge(run->work, skips, count, found, error))
        return true;
    if (error->statement > 0)
        run_place_error(run, (size_t)error->statement - 1, error);
    return false;
}

bool file_close(struct run *run, const char *transaction_id, int64_t duration_ms, struct error *error)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    size_t skip_count, failed = 0;
    const struct skip *skips = skips_of(memory, &run->step->file->statements, &skip_count);
    struct query queries[3] = {
        run_restore_query(memory, run, RESTORE_SESSION),
        ledger_close_query(memory, run->ledger, run->step->file->version, duration_ms, facts_list(memory, run)),
        skips_query(memory, skips, skip_count),
    };
    bool ok = ask_for_lock(run, error) &&
              connection_pipeline(memory, run->work, queries, skip_count > 0 ? 3 : 2, &failed, error);
    if (ok && !judge_skips(run, skips, skip_count, queries[2].result, error)) {
        ok = false;
    } else if (ok && result_row_count(queries[1].result) != 1) {
        ok = tampered(run, run->ledger->table, error);
    } else if (ok) {
        struct transaction_facts facts;
        note_role(run, queries[0].result);
        ok = result_bind_one(queries[1].result, fact_columns, countof(fact_columns), &facts, error) &&
             check_facts(run, &facts, transaction_id, error) && hear_of_lock(run, error);
    } else if (!ok && failed == 1 && error_is_sqlstate(error, "42")) {
        /* The table or its columns are gone, or no longer ours. */
        tampered(run, run->ledger->table, error);
    }
    talloc_free(memory);
    return ok;
}

bool file_commit(struct run *run, const char *version, const char *transaction_id, struct error *error)
{
    run_emit(run, APPLY_COMMITTING, NULL, 0);
    connection_set_cancel(run->work, NULL);
    if (transaction_commit(run->work, error)) {
        connection_set_cancel(run->work, run->options->cancel);
        return true;
    }
    if (error->code != ERROR_UNKNOWN_OUTCOME) {
        if (connection_state(run->work) != STATE_LOST)
            connection_set_cancel(run->work, run->options->cancel);
        return false;
    }
    run_emit(run, APPLY_WARNING, "the connection was lost during COMMIT; looking for its outcome", 0);
    const char *file = !run->step                           ? "the change"
                       : !run->step->file->is_transactional ? "this step"
                                                            : run->step->file->version;
    switch (run_find_outcome(run, version, transaction_id)) {
    case OUTCOME_COMMITTED:
        error_clear(error);
        run_emit(run, APPLY_WARNING, "it was committed", 0);
        return true;
    case OUTCOME_ROLLED_BACK:
        error_set(error, ERROR_CONNECTION, "the connection was lost during COMMIT; %s was rolled back", file);
        error->is_connection_lost = true;
        return error_hint(error, "Run `pgdeck apply` again.");
    case OUTCOME_UNKNOWN:
        error_set(error, ERROR_UNKNOWN_OUTCOME,
                  "the connection was lost during COMMIT; whether %s was committed is not known", file);
        error->is_connection_lost = true;
        return error_hint(error,
                          "When the server is back, `pgdeck status` tells: in the ledger means committed. pgdeck never "
                          "runs it again unasked.");
    }
    return false;
}

bool file_run_statement(struct run *run, size_t index, struct error *error)
{
    const struct statement *statement = &run->step->file->statements.items[index];
    TALLOC_CTX *memory = talloc_new(NULL);
    run->statement = (int)index + 1;
    run_emit(run, APPLY_STATEMENT, run->options->on_event ? statement_summary(memory, statement, 400) : NULL, 0);
    int64_t started_ms = clock_monotonic_ms();
    run->is_wait_suspect = run->is_wait_suspect || timeout_may_be_set(statement);
    const char *tag = "", *text = talloc_strndup(memory, statement->text, statement->size_bytes);
    bool ok = connection_run(memory, run->work, text, statement->copy_data, statement->copy_size_bytes, &tag, error);
    if (ok)
        run_emit(run, APPLY_STATEMENT_DONE, tag, clock_monotonic_ms() - started_ms);
    else
        run_place_error(run, index, error);
    talloc_free(memory);
    return ok;
}

void file_explain_timeout(struct run *run, struct error *error)
{
    if (!error_is_sqlstate(error, "57014") || run->seen.stop != STOP_NONE || cancel_is_requested(run->options->cancel))
        return;
    advice_give(
        run, error,
        "Not pgdeck cancelled it: its statement_timeout (%lld ms; 0: none) ran out, or somebody on the server did it. The head "
        "line -- pgdeck: statement-timeout 10min gives the file more time. Then run `pgdeck apply` again.",
        (long long)run->step->statement_timeout_ms);
}

/* A lost connection before COMMIT was sent is no riddle: nothing was committed. */
static void explain_failure(struct run *run, struct error *error)
{
    if (error->is_connection_lost && error->code == ERROR_CONNECTION)
        error_prefix(error, "the connection was lost before COMMIT: nothing of %s was applied",
                     run->step->file->version);
    file_explain_timeout(run, error);
}

/* What cannot be locked beforehand (a right that the statement itself does not need, a table that another copy had) is
 * left to the statements. */
static bool lock_beforehand(struct run *run, const struct lockset *set, TALLOC_CTX *memory, struct error *error)
{
    struct query *queries = talloc_zero_array(memory, struct query, (unsigned)set->count + 2);
    queries[0].sql = "SAVEPOINT pgdeck_locks";
    for (size_t i = 0; i < set->count; i++)
        queries[i + 1].sql = set->statements[i];
    queries[set->count + 1].sql = "RELEASE SAVEPOINT pgdeck_locks";
    if (connection_pipeline(memory, run->work, queries, set->count + 2, NULL, error))
        return true;
    if (!error_is_sqlstate(error, "42")) {
        run_place_error(run, set->at, error);
        return false;
    }
    error_clear(error);
    return connection_execute(run->work, NO_PARAMETERS, error, "ROLLBACK TO SAVEPOINT pgdeck_locks") &&
           connection_execute(run->work, NO_PARAMETERS, error, "RELEASE SAVEPOINT pgdeck_locks");
}

static bool run_in_transaction(struct run *run, TALLOC_CTX *memory, const char **transaction_id, struct error *error)
{
    const struct migration_file *file = run->step->file;
    run->statement = 0;
    if (!run_open_work(run, error))
        return false;
    guard_begin(run, WATCH_BREAKS);
    if (!file_begin(memory, run, FILE_TRANSACTION_NEW, transaction_id, error))
        return false;
    const struct lockset set = lockset_of(memory, run->step);
    for (size_t i = 0; i < file->statements.count; i++) {
        if (set.count > 0 && i == set.at && !lock_beforehand(run, &set, memory, error))
            return false;
        bool is_last = i + 1 == file->statements.count;
        if (!file_run_statement(run, i, error) || (!is_last && !file_hold_wait(run, i, error)))
            return false;
    }
    run->statement = 0;
    return file_close(run, *transaction_id, clock_monotonic_ms() - run->file_started_ms, error);
}

bool transactional_attempt(struct run *run, struct error *error)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    const char *transaction_id = NULL, *version = run->step->file->version;
    bool was_sent = false;
    bool ok = run_in_transaction(run, memory, &transaction_id, error);
    guard_end(run); /* nothing stops a COMMIT */
    if (ok) {
        was_sent = true;
        ok = file_commit(run, version, transaction_id, error);
        if (!ok && !error->file)
            error_place(error, run->step->file->path, 0, 0);
        if (ok)
            guard_tell_leaks(run, *run->left_role ? run->left_role : NULL);
    }
    if (!ok || (run->work && connection_state(run->work) == STATE_LOST))
        run_drop_work(run);
    if (!ok)
        guard_explain(run, error);
    if (!ok && !was_sent)
        explain_failure(run, error);
    talloc_free(memory);
    return ok;
}

void file_record_failure(struct run *run, int step, const struct error *error, const char *left)
{
    bool is_interruption = error->code == ERROR_CANCELLED && cancel_is_requested(run->options->cancel);
    json_t *detail = json_object();
    if (*error->sqlstate)
        json_object_set_new(detail, "sqlstate", json_string(error->sqlstate));
    json_object_set_new(detail, "message", json_string(error->message ? error->message : ""));
    if (error->line > 0)
        json_object_set_new(detail, "line", json_integer(error->line));
    if (left)
        json_object_set_new(detail, "left", json_string(left));
    if (run->attempt > 0)
        json_object_set_new(detail, "attempt", json_integer(run->attempt));
    if (*run->seen.look.blocked && error->code == ERROR_LOCK_TIMEOUT)
        json_object_set_new(detail, "blocked", json_string(run->seen.look.blocked));
    struct journal_record record = {
        .event = JOURNAL_FAILED,
        .version = run->step->file->version,
        .step = step > 0 ? step : error->statement,
        .checksum = run->step->file->checksum,
        .detail = detail,
    };
    run_record_anyway(run, &record);
    if (is_interruption) {
        record.event = JOURNAL_INTERRUPTED;
        run_record_anyway(run, &record);
    }
    json_decref(detail);
}
