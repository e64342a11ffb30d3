/* See plan.h. */
#include "migrate/plan.h"

#include "migrate/step.h"
#include "store/digest.h"

#define PLAN_FORMAT 3 /* goes into the fingerprint: a plan of another format is another plan */

/* A question that not every role may ask: its refusal is no failure, and the answer "". A lost connection is one. */
static bool ask(TALLOC_CTX *owner, struct connection *connection, const char *sql, const char **answer,
                struct error *error)
{
    struct error *refusal = error_new(NULL);
    struct result *result = connection_query(owner, connection, NO_PARAMETERS, refusal, sql);
    const char *value = result ? result_value(result) : NULL;
    *answer = value ? value : "";
    bool ok = result || !(refusal->is_connection_lost || refusal->code == ERROR_CANCELLED);
    if (!ok)
        error_copy(error, refusal);
    talloc_free(refusal);
    return ok;
}

bool plan_read_target(TALLOC_CTX *owner, struct connection *connection, struct plan_target *target, struct error *error)
{
    struct plan_target read = {.server_version = connection_server_version(connection)};
    const char *timeline;
    struct result *result = connection_query(owner, connection, NO_PARAMETERS, error,
                                             "SELECT pg_catalog.current_database()::text, session_user::text");
    if (!result)
        return false;
    read.database = result_cell(result, 0, 0);
    read.role = result_cell(result, 0, 1);
    if (!ask(owner, connection, "SELECT system_identifier::text FROM pg_catalog.pg_control_system()",
             &read.system_identifier, error) ||
        !ask(owner, connection, "SELECT timeline_id::text FROM pg_catalog.pg_control_checkpoint()", &timeline, error))
        return false;
    read.timeline = strtoll(timeline, NULL, 10);
    *target = read;
    return true;
}

static bool parse_version(const char *text, int64_t *number)
{
    size_t digits = strspn(text, "0123456789");
    if (digits == 0 || digits > 18 || text[digits])
        return false;
    *number = strtoll(text, NULL, 10);
    return true;
}

static bool find_version(const struct status *status, const char *text, const struct migration **migration,
                         struct error *error)
{
    int64_t number;
    *migration = parse_version(text, &number) ? status_find(status, number) : NULL;
    if (*migration)
        return true;
    error_set(error, ERROR_USAGE, "there is no migration \"%s\"", text);
    return error_hint(error, "`pgdeck status` lists the versions.");
}

static bool is_selected(const struct plan_selection *selection, const struct migration *migration, int64_t to)
{
    if (!selection->only)
        return to < 0 || migration->number <= to;
    for (size_t i = 0; selection->only[i]; i++) {
        int64_t number;
        if (parse_version(selection->only[i], &number) && number == migration->number)
            return true;
    }
    return false;
}

static bool check_selection(const struct status *status, const struct plan_selection *selection, int64_t *to,
                            struct error *error)
{
    const struct migration *migration;
    *to = -1;
    if (selection->to) {
        if (!find_version(status, selection->to, &migration, error))
            return false;
        *to = migration->number;
    }
    for (size_t i = 0; selection->only && selection->only[i]; i++) {
        if (!find_version(status, selection->only[i], &migration, error))
            return false;
        if (migration->state == MIGRATION_APPLIED || migration->state == MIGRATION_CHANGED) {
            error_set(error, ERROR_USAGE, "migration %s is applied already", migration->version);
            return error_hint(error, "Leave it out of --only.");
        }
    }
    return true;
}

static bool refuse(struct error *error, const struct migration *migration, const char *what, const char *hint)
{
    error_set(error, ERROR_REFUSED, "migration %s %s", migration->version, what);
    if (migration->file)
        error_place(error, migration->file->path, 1, 0);
    char *text = talloc_strdup(NULL, "");
    /* The hint names the version where it says %s. */
    for (const char *place; (place = strstr(hint, "%s")); hint = place + 2)
        text = talloc_asprintf_append(text, "%.*s%s", (int)(place - hint), hint, migration->version);
    error_hint(error, "%s%s", text, hint);
    talloc_free(text);
    return false;
}

/* The finished steps must stand in the file as they were run; the others may have been mended since. */
static bool check_resume(const struct migration *migration, size_t *first_statement, struct error *error)
{
    static const char settle[] =
        "Put the file back as it was; or finish by hand and say so: `pgdeck mark %s --applied "
        "--reason TEXT`, or `pgdeck mark %s --pending --reason TEXT` to have all of it run again.";
    if (!migration->file)
        return refuse(error, migration, "stopped midway and its file is gone", settle);
    if (migration->file->is_transactional)
        return refuse(error, migration, "stopped midway and is no longer marked no-transaction", settle);
    size_t count, done = 0;
    struct step *steps = step_list(NULL, migration->file, &count);
    *first_statement = 0;
    bool ok = true;
    for (size_t i = 0; i < migration->step_count && ok; i++) {
        const struct journal_step *journal = &migration->steps[i];
        if (!journal->is_done)
            continue;
        ok = done < count && steps[done].number == journal->step && journal->statement_hash &&
             !strcmp(steps[done].hash, journal->statement_hash);
        done++;
    }
    if (ok)
        *first_statement = done < count ? (size_t)steps[done].number - 1 : migration->file->statements.count;
    talloc_free(steps);
    return ok || refuse(error, migration, "stopped midway and its finished statements were changed since", settle);
}

static bool check_states(const struct status *status, const struct plan_selection *selection, int64_t to,
                         struct error *error)
{
    for (size_t i = 0; i < status->count; i++) {
        const struct migration *migration = &status->migrations[i];
        switch (migration->state) {
        case MIGRATION_APPLIED:
        case MIGRATION_PENDING:
        case MIGRATION_INCOMPLETE:
            break;
        case MIGRATION_CHANGED:
            return refuse(error, migration, "was changed after it was applied",
                          "Put the file back as it was and write a new migration for the change; or accept it: "
                          "`pgdeck mark %s --accept --reason TEXT`.");
        case MIGRATION_MISSING:
            return refuse(
                error, migration, "is in the ledger and has no file",
                "Bring the file back; or take it out of the ledger: `pgdeck mark %s --pending --reason TEXT`.");
        case MIGRATION_OUT_OF_ORDER:
            if (selection->order == ORDER_STRICT && is_selected(selection, migration, to))
                return refuse(error, migration, "is pending below the highest applied version",
                              "Give it a version above it; or run it all the same: `pgdeck apply --out-of-order`.");
            break;
        case MIGRATION_STATE_COUNT:
            break;
        }
    }
    return true;
}

static bool is_runnable(const struct migration *migration)
{
    return migration->state == MIGRATION_PENDING || migration->state == MIGRATION_OUT_OF_ORDER ||
           migration->state == MIGRATION_INCOMPLETE;
}

static bool add_step(struct plan *plan, const struct migration *migration, const struct settings *settings,
                     struct error *error)
{
    const struct migration_file *file = migration->file;
    struct plan_step step = {.file = file, .migration = migration};
    step.is_resume = migration->state == MIGRATION_INCOMPLETE;
    if (step.is_resume && !check_resume(migration, &step.first_statement, error))
        return false;
    step.has_ladder =
        file->lock_timeout_ms < 0 && settings_value(settings, SETTING_lock_timeout)->layer == LAYER_DEFAULT;
    step.lock_timeout_ms = file->lock_timeout_ms >= 0
                               ? file->lock_timeout_ms
                               : settings_number(settings, step.has_ladder ? SETTING_lock_most : SETTING_lock_timeout);
    step.statement_timeout_ms = file->statement_timeout_ms >= 0 ? file->statement_timeout_ms
                                                                : settings_number(settings, SETTING_statement_timeout);
    plan->statement_count += file->statements.count - step.first_statement;
    plan->steps[plan->count++] = step;
    return true;
}

static void set_terms(struct plan *plan, const char *terms)
{
    plan->terms = terms;
    plan->fingerprint = digest_sha256(plan, terms, strlen(terms));
    plan->id = talloc_strndup(plan, plan->fingerprint, 12);
}

static void add_fingerprint(struct plan *plan, const struct settings *settings, const char *const *allow)
{
    const struct status *status = plan->status;
    char *text = talloc_asprintf(plan,
                                 "pgdeck plan %d\nserver %s %lld\ndatabase %s\nrole %s\nledger %s\nsetting-role %s\n"
                                 "setting-search_path %s\nsetting-idle_timeout %lld\n",
                                 PLAN_FORMAT, plan->target.system_identifier, (long long)plan->target.timeline,
                                 plan->target.database, plan->target.role, status->ledger->table,
                                 settings_text(settings, SETTING_role), settings_text(settings, SETTING_search_path),
                                 (long long)settings_number(settings, SETTING_idle_timeout));
    for (size_t i = 0; i < status->count; i++)
        if (status->migrations[i].row)
            text = talloc_asprintf_append_buffer(
                text, "applied %s %s\n", status->migrations[i].row->version,
                status->migrations[i].row->checksum ? status->migrations[i].row->checksum : "-");
    for (size_t i = 0; i < plan->count; i++) {
        const struct plan_step *step = &plan->steps[i];
        text =
            talloc_asprintf_append_buffer(text, "step %s %s %zu %lld%s %lld\n", step->file->version,
                                          step->file->checksum, step->first_statement, (long long)step->lock_timeout_ms,
                                          step->has_ladder ? " retried" : "", (long long)step->statement_timeout_ms);
        for (size_t j = 0; j < step->file->allowance_count; j++)
            text = talloc_asprintf_append_buffer(text, "allow %s\n", step->file->allowances[j].hazard);
    }
    for (size_t i = 0; allow && allow[i]; i++)
        text = talloc_asprintf_append_buffer(text, "acknowledged %s\n", allow[i]);
    set_terms(plan, text);
}

static bool add_steps(struct plan *plan, const struct settings *settings, const struct plan_selection *selection,
                      struct error *error)
{
    const struct status *status = plan->status;
    int64_t to;
    if (!check_selection(status, selection, &to, error) || !check_states(status, selection, to, error))
        return false;
    for (size_t i = 0; i < status->count; i++) {
        const struct migration *migration = &status->migrations[i];
        if (!is_runnable(migration))
            continue;
        if (!is_selected(selection, migration, to))
            plan->remaining++;
        else if (!migration->file && !check_resume(migration, &(size_t){0}, error))
            return false;
        else if (!add_step(plan, migration, settings, error))
            return false;
    }
    return plan->count == 0 || ledger_require_writable(status->ledger, error);
}

struct plan *plan_build(TALLOC_CTX *owner, const struct status *status, const struct settings *settings,
                        const struct plan_target *target, const struct plan_selection *selection, struct error *error)
{
    struct plan *plan = talloc_zero(owner, struct plan);
    plan->status = status;
    plan->target = *target;
    plan->creates_ledger = status->ledger->shape == LEDGER_ABSENT || !status->ledger->has_journal;
    plan->steps = talloc_zero_array(plan, struct plan_step, (unsigned)status->count + 1);
    if (!add_steps(plan, settings, selection, error)) {
        talloc_free(plan);
        return NULL;
    }
    add_fingerprint(plan, settings, selection->allow);
    return plan;
}

static const struct plan_step *find_step(const struct plan *plan, int64_t number)
{
    for (size_t i = 0; i < plan->count; i++)
        if (plan->steps[i].file->number == number)
            return &plan->steps[i];
    return NULL;
}

void plan_bind_touched(struct plan *plan, const char *const *lines)
{
    char *text = talloc_strdup(NULL, "");
    for (size_t i = 0; lines[i]; i++)
        text = talloc_asprintf_append_buffer(text, "%s\n", lines[i]);
    const char *digest = digest_sha256(text, text, strlen(text));
    plan->touched = lines;
    set_terms(plan, talloc_asprintf(plan, "%stouched %s\n", plan->terms, digest));
    talloc_free(text);
}

bool plan_is_part_of(const struct plan *now, const struct plan *before)
{
    if (strcmp(now->target.system_identifier, before->target.system_identifier) != 0 ||
        now->target.timeline != before->target.timeline || strcmp(now->target.database, before->target.database) != 0)
        return false;
    for (size_t i = 0; i < now->count; i++) {
        const struct plan_step *step = find_step(before, now->steps[i].file->number);
        if (!step || strcmp(step->file->checksum, now->steps[i].file->checksum) != 0 ||
            step->first_statement != now->steps[i].first_statement)
            return false;
    }
    return true;
}
