/* See mark.h. Ledger and journal are written in one transaction on the lock connection. */
#include "migrate/mark.h"

#include "migrate/apply/run.h"
#include "store/transaction.h"

static bool is_allowed(enum mark_action action, enum migration_state state)
{
    switch (action) {
    case MARK_APPLIED:
        return state == MIGRATION_PENDING || state == MIGRATION_OUT_OF_ORDER || state == MIGRATION_INCOMPLETE;
    case MARK_PENDING:
        return state == MIGRATION_APPLIED || state == MIGRATION_CHANGED || state == MIGRATION_MISSING ||
               state == MIGRATION_INCOMPLETE;
    case MARK_ACCEPT:
        return state == MIGRATION_CHANGED;
    }
    return false;
}

static bool refuse(enum mark_action action, const struct migration *migration, struct error *error)
{
    static const char *const words[] = {
        [MARK_APPLIED] = "marked as applied", [MARK_PENDING] = "marked as pending", [MARK_ACCEPT] = "accepted"};
    error_set(error, ERROR_USAGE, "migration %s is %s: it cannot be %s", migration->version,
              migration_state_name(migration->state), words[action]);
    return error_hint(error,
                      "--applied takes what is pending or incomplete, --pending what is applied, changed, missing or "
                      "incomplete, --accept what is changed.");
}

/* By its spelling first: the ledger may hold what is no integer, or one version in two spellings. */
static const struct migration *find(const struct status *status, const char *version, struct error *error)
{
    size_t digits = strspn(version, "0123456789");
    const struct migration *migration =
        digits > 0 && digits <= 18 && !version[digits] ? status_find(status, strtoll(version, NULL, 10)) : NULL;
    for (size_t i = 0; i < status->count; i++)
        if (!strcmp(status->migrations[i].version, version))
            migration = &status->migrations[i];
    if (!migration) {
        error_set(error, ERROR_USAGE, "there is no migration \"%s\"", version);
        error_hint(error, "`pgdeck status` lists the versions.");
    }
    return migration;
}

static bool add_change(struct mark_result *result, const struct status *status, const struct mark_request *request,
                       const char *version, struct error *error)
{
    const struct migration *migration = find(status, version, error);
    if (!migration)
        return false;
    if (!is_allowed(request->action, migration->state))
        return refuse(request->action, migration, error);
    if (request->action == MARK_APPLIED && !migration->file) {
        error_set(error, ERROR_USAGE, "migration %s has no file: it cannot be marked as applied", version);
        return error_hint(error, "Bring the file back, or mark it as pending.");
    }
    for (size_t i = 0; i < result->count; i++) {
        if (!strcmp(result->changes[i].version, migration->version))
            return error_set(error, ERROR_USAGE, "migration %s is named twice", migration->version);
    }
    result->changes[result->count++] =
        (struct mark_change){talloc_strdup(result, migration->version), migration->state,
                             request->action == MARK_PENDING ? MIGRATION_PENDING : MIGRATION_APPLIED};
    return true;
}

struct mark_result *mark_check(TALLOC_CTX *owner, const struct status *status, const struct mark_request *request,
                               struct error *error)
{
    size_t count = 0;
    while (request->versions[count])
        count++;
    struct mark_result *result = talloc_zero(owner, struct mark_result);
    result->changes = talloc_zero_array(result, struct mark_change, (unsigned)count + 1);
    bool ok = ledger_require_writable(status->ledger, error);
    if (ok && (count == 0 || !request->reason || !request->reason[strspn(request->reason, " \t\r\n")])) {
        ok = error_set(error, ERROR_USAGE, count == 0 ? "no version was named" : "the reason is empty");
        error_hint(error, "Say `pgdeck mark V... --applied|--pending|--accept --reason TEXT`.");
    }
    for (size_t i = 0; ok && i < count; i++)
        ok = add_change(result, status, request, request->versions[i], error);
    if (!ok)
        TALLOC_FREE(result);
    return result;
}

struct marking {
    struct run *run;
    const struct status *status;
    const struct mark_request *request;
    const struct mark_result *result;
};

static bool change_ledger(struct connection *connection, const struct marking *marking,
                          const struct migration *migration, struct error *error)
{
    const struct ledger *ledger = marking->run->ledger;
    switch (marking->request->action) {
    case MARK_APPLIED:
        return ledger_insert(connection, ledger,
                             &(struct ledger_row){.version = migration->version,
                                                  .description = migration->description,
                                                  .checksum = migration->file->checksum,
                                                  .duration_ms = INTEGER_NULL,
                                                  .run = marking->run->actor.run},
                             error);
    case MARK_PENDING:
        return !migration->row || ledger_delete(connection, ledger, migration->row->version, error);
    case MARK_ACCEPT:
        return ledger_set_checksum(connection, ledger, migration->row->version, migration->file->checksum, error);
    }
    return false;
}

static bool record_change(struct connection *connection, const struct marking *marking,
                          const struct migration *migration, struct error *error)
{
    static const char *const names[] = {
        [MARK_APPLIED] = "applied", [MARK_PENDING] = "pending", [MARK_ACCEPT] = "accept"};
    enum mark_action action = marking->request->action;
    bool is_resolved = action == MARK_PENDING && migration->state == MIGRATION_INCOMPLETE;
    json_t *detail = json_pack("{s:s, s:s, s:s}", "action", names[action], "reason", marking->request->reason, "before",
                               migration_state_name(migration->state));
    struct journal_record record = {
        .event = action == MARK_ACCEPT ? JOURNAL_ACCEPTED
                 : is_resolved         ? JOURNAL_RESOLVED
                                       : JOURNAL_MARKED,
        .version = migration->version,
        .checksum = migration->file && action != MARK_PENDING ? migration->file->checksum : NULL,
        .detail = detail,
    };
    bool ok = detail ? journal_write(connection, marking->run->ledger, &marking->run->actor, &record, error)
                     : error_set(error, ERROR_USAGE, "the reason is not valid UTF-8");
    json_decref(detail);
    return ok;
}

static bool mark_all(struct connection *connection, void *argument, struct error *error)
{
    const struct marking *marking = argument;
    const struct journal_actor *actor = &marking->run->actor;
    const struct ledger *ledger = marking->run->ledger;
    bool ok = journal_write(connection, ledger, actor, &(struct journal_record){.event = JOURNAL_RUN_STARTED}, error);
    for (size_t i = 0; ok && i < marking->result->count; i++) {
        const struct migration *migration = find(marking->status, marking->result->changes[i].version, error);
        ok = migration && change_ledger(connection, marking, migration, error) &&
             record_change(connection, marking, migration, error);
    }
    if (!ok)
        return false;
    json_t *detail = json_pack("{s:s}", "outcome", "done");
    ok = journal_write(connection, ledger, actor,
                       &(struct journal_record){.event = JOURNAL_RUN_FINISHED, .detail = detail}, error);
    json_decref(detail);
    return ok;
}

struct mark_result *mark_run(TALLOC_CTX *owner, const struct directory *directory, const struct mark_request *request,
                             const struct apply_options *options, struct error *error)
{
    struct run *run = run_new(NULL, options);
    struct mark_result *result = NULL;
    struct transaction_options transaction = {TRANSACTION_READ_WRITE, 1};
    bool ok = run_take_lock(run, error);
    struct status *status = ok ? status_read(run, run->lock, directory, options->settings, error) : NULL;
    if (status)
        result = mark_check(owner, status, request, error);
    struct marking marking = {run, status, request, result};
    ok = result && run_make_ledger(run, error) && transaction_run(run->lock, &transaction, mark_all, &marking, error);
    if (ok)
        result->run = talloc_strdup(result, run->actor.run);
    else
        TALLOC_FREE(result);
    if (options->log && result)
        log_write(options->log, LOG_LEVEL_INFO, "mark",
                  json_pack("{s:s, s:i, s:s}", "run", result->run, "versions", (int)result->count, "reason",
                            request->reason));
    run_close(run);
    talloc_free(run);
    return result;
}
