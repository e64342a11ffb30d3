/* Running statements in scratch, as a plain owner; what fails for want of rights gets the remedies that there are, and
 * what cannot be done here becomes a finding. */
#include "migrate/scratch/private.h"
#include "migrate/scratch/rewrite.h"
#include "migrate/scratch/rule.h"
#include "store/sql.h"
#include "store/transaction.h"

#define SAVEPOINT "pgdeck_scratch"

/* One scratch_run. */
struct runner {
    TALLOC_CTX *owner; /* of the findings */
    struct scratch *scratch;
    struct connection *connection;
    const struct scratch_run *run;
    struct scratch_findings *findings;
    /* BOLD: no savepoints; a transaction that would have needed one is begun anew CAREFULly. */
    enum { BOLD, CAREFUL } caution;
    bool needs_caution; /* what a bold run failed with might be cured */
    bool owners_fail;   /* a change of owner has failed before: the next one is helped at once */
};

/* A statement at hand. */
struct job {
    struct runner *runner;
    TALLOC_CTX *memory;
    const struct statement *statement;
    size_t index;
    struct rule rule;
};

/* ---- findings ---- */

static void add_finding(const struct job *job, int what, const char *sqlstate, const char *message, const char *hint)
{
    struct runner *runner = job->runner;
    struct scratch_findings *findings = runner->findings;
    struct scratch_finding *items = talloc_array(runner->owner, struct scratch_finding, (unsigned)findings->count + 1);
    if (findings->count)
        memcpy(items, findings->items, findings->count * sizeof *items);
    struct scratch_finding *finding = &items[findings->count++];
    *finding = (struct scratch_finding){.file = talloc_strdup(items, runner->run->file), .line = job->statement->line};
    finding->sqlstate = talloc_strdup(items, sqlstate);
    finding->message = talloc_strdup(items, message);
    finding->hint = hint ? talloc_strdup(items, hint) : NULL;
    if (what == SCRATCH_FAILED)
        finding->what = SCRATCH_FAILED;
    else
        finding->what = SCRATCH_SKIPPED;
    findings->items = items;
}

static bool has_failed_before(const struct runner *runner)
{
    for (size_t i = 0; i < runner->findings->count; i++)
        if (runner->findings->items[i].what == SCRATCH_FAILED)
            return true;
    return false;
}

static void skip(const struct job *job, const char *why)
{
    char *name = statement_name(job->memory, job->statement);
    add_finding(job, SCRATCH_SKIPPED, "", talloc_asprintf(job->memory, "%s is not run in scratch: %s", name, why),
                NULL);
}

/* ---- what a failure means ---- */

static bool is_one_of(const struct error *error, const char *const *codes)
{
    for (; *codes; codes++)
        if (error_is_sqlstate(error, *codes))
            return true;
    return false;
}

static bool is_want_of_rights(const struct error *error) { return error_is_sqlstate(error, "42501"); }

/* A CREATE EXTENSION that the file got wrong, wherever it runs: syntax, a duplicate, a schema that is not there. */
static const char *const extension_faults[] = {"42601", "42710", "3F000", "42P06", "25P02", "57", "08", NULL};
/* What is missing on this machine: files of the operating system, of text search. */
static const char *const machine_faults[] = {"58", "F0", NULL};
/* What fails when something that failed before is not there. */
static const char *const consequences[] = {"42704", "42883", "42P01", "42703", "3F000", "42830", "42P10", NULL};

static bool is_excused(const struct job *job, const struct error *error)
{
    if (error->is_connection_lost || error->code == ERROR_CANCELLED)
        return false;
    if (is_want_of_rights(error) || is_one_of(error, machine_faults))
        return true; /* another role on the target may be allowed to; another machine may have it */
    if (job->rule.excuse == EXCUSE_EXTENSION && !is_one_of(error, extension_faults))
        return true;
    return is_one_of(error, consequences) && has_failed_before(job->runner);
}

static void excuse(const struct job *job, const struct error *error)
{
    static const char *const rights =
        "SQL of files runs in scratch as a plain owner; on the target it may do more. What needs it is missing here.";
    static const char *const extension =
        "Install it for the scratch server (setting server_binaries), or expect what needs it to be missing here.";
    bool is_harmless = job->rule.excuse == EXCUSE_RIGHTS && is_want_of_rights(error);
    const char *hint = job->rule.excuse == EXCUSE_EXTENSION ? extension
                       : is_want_of_rights(error)           ? rights
                                                            : error->hint;
    add_finding(job, is_harmless ? SCRATCH_SKIPPED : SCRATCH_FAILED, error->sqlstate, error->message,
                is_harmless ? NULL : hint);
}

/* ---- remedies ---- */

static bool say(const struct job *job, struct error *error, const char *sql)
{
    return connection_execute(job->runner->connection, NO_PARAMETERS, error, sql);
}

static bool run_text(const struct job *job, const char *text, struct error *error)
{
    const char *tag;
    return connection_run(job->memory, job->runner->connection, text, job->statement->copy_data,
                          job->statement->copy_size_bytes, &tag, error);
}

static char *text_of(const struct job *job)
{
    return talloc_strndup(job->memory, job->statement->text, job->statement->size_bytes);
}

/* The server must read the text as the splitter did. */
static bool is_read_alike(const struct job *job)
{
    const struct connection *connection = job->runner->connection;
    return !strcmp(connection_parameter(connection, "standard_conforming_strings"), "on") &&
           !strcmp(connection_parameter(connection, "client_encoding"), "UTF8");
}

static bool run_as_superuser(const struct job *job, const char *text, struct error *error)
{
    const struct scratch *scratch = job->runner->scratch;
    return connection_execute(job->runner->connection,
                              PARAMETERS(scratch->token, text, job->rule.is_of_event_trigger ? "false" : "true"), error,
                              "SELECT pg_catalog.pgdeck_as_superuser($1, $2, $3)");
}

/* What a remedy did: what it says in `skipped` was left out of the statement. */
struct cure {
    const char *skipped;
};

/* The owner is a member of every role that a file takes on, so that it may do all that they may. */
static bool cure_role(const struct job *job, struct cure *cure UNUSED, struct error *error)
{
    struct connection *connection = job->runner->connection;
    struct result *role =
        connection_query(job->memory, connection, NO_PARAMETERS, error, "SELECT pg_catalog.current_setting('role')");
    if (!role || !strcmp(result_value(role), "none"))
        return false;
    return say(job, error, "SELECT pg_catalog.set_config('role', 'none', true)") &&
           run_text(job, text_of(job), error) &&
           connection_execute(connection, PARAMETERS(result_value(role)), error,
                              "SELECT pg_catalog.set_config('role', $1, true)");
}

/* A new owner must be allowed to create in the schema, which a plain role is not: as the schema's owner it is lent that
 * right for as long as the statement takes. %s: the role, as a literal; the statement, as a literal. */
static const char lend[] =
    "DO $pgdeck_lend$ DECLARE role name := %s; grants text[] := '{}'; sql text; BEGIN"
    " IF NOT pg_catalog.has_database_privilege(role, pg_catalog.current_database(), 'CREATE') THEN"
    " grants := ARRAY[pg_catalog.format('CREATE ON DATABASE %%I', pg_catalog.current_database())]; END IF;"
    " grants := pg_catalog.array_cat(grants, (SELECT pg_catalog.array_agg(pg_catalog.format('CREATE ON SCHEMA %%I',"
    " nspname)) FROM pg_catalog.pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'"
    " AND pg_catalog.pg_has_role(nspowner, 'USAGE')"
    " AND NOT pg_catalog.has_schema_privilege(role, oid, 'CREATE')));"
    " FOREACH sql IN ARRAY grants LOOP EXECUTE pg_catalog.format('GRANT %%s TO %%I', sql, role); END LOOP;"
    " EXECUTE %s;"
    " FOREACH sql IN ARRAY grants LOOP EXECUTE pg_catalog.format('REVOKE %%s FROM %%I', sql, role); END LOOP;"
    " END $pgdeck_lend$";

static bool cure_owner(const struct job *job, struct cure *cure UNUSED, struct error *error)
{
    const char **names = NULL;
    size_t count = 0;
    if (!job->rule.sets_owner)
        return false;
    role_names_add(job->memory, job->statement->text, job->statement->size_bytes, &names, &count);
    return count == 1 && say(job, error,
                             talloc_asprintf(job->memory, lend, sql_literal(job->memory, names[0]),
                                             sql_literal(job->memory, text_of(job))));
}

static bool cure_session(const struct job *job, struct cure *cure UNUSED, struct error *error)
{
    const char *text = rewrite_as_role(job->memory, job->statement);
    return text && run_text(job, text, error);
}

static bool cure_tablespace(const struct job *job, struct cure *cure, struct error *error)
{
    const char *text = rewrite_without_tablespace(job->memory, job->statement);
    cure->skipped = "TABLESPACE is left out in scratch: tablespaces belong to the whole server";
    return text && (!*text || run_text(job, text, error));
}

static bool cure_roles_inside(const struct job *job, struct cure *cure, struct error *error)
{
    const char *text = rewrite_without_roles(job->memory, job->statement);
    cure->skipped = "role statements inside of DO are left out in scratch: roles belong to the whole server";
    return text && run_text(job, text, error);
}

/* The function is made as the owner; as superuser only the one property is set, on a function of a plain role. In its
 * savepoint no newer transaction than the statement's own has touched pg_proc. */
static bool cure_leakproof(const struct job *job, struct cure *cure UNUSED, struct error *error)
{
    const char *text = rewrite_without_leakproof(job->memory, job->statement);
    if (!text || !job->runner->scratch->may_be_superuser || !run_text(job, text, error))
        return false;
    struct result *made = connection_query(
        job->memory, job->runner->connection, NO_PARAMETERS, error,
        "SELECT pg_catalog.format('ALTER FUNCTION %I.%I(%s) LEAKPROOF', n.nspname, p.proname,"
        " pg_catalog.pg_get_function_identity_arguments(p.oid)) FROM pg_catalog.pg_proc AS p"
        " JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) p.pronamespace"
        " JOIN pg_catalog.pg_roles AS r ON r.oid OPERATOR(pg_catalog.=) p.proowner WHERE NOT r.rolsuper"
        " ORDER BY pg_catalog.age(p.xmin) USING OPERATOR(pg_catalog.<) LIMIT 1");
    return made && result_row_count(made) == 1 && run_as_superuser(job, result_value(made), error);
}

static bool cure_superuser(const struct job *job, struct cure *cure UNUSED, struct error *error)
{
    return job->rule.may_be_superuser && job->runner->scratch->may_be_superuser && is_read_alike(job) &&
           run_as_superuser(job, text_of(job), error);
}

static const struct remedy {
    const char *sqlstate; /* of the failures that it is for */
    bool (*cure)(const struct job *job, struct cure *cure, struct error *error);
} remedies[] = {
    {"42501", cure_owner},        {"42501", cure_session},   {"42501", cure_role},       {"42501", cure_leakproof},
    {"42501", cure_roles_inside}, {"42501", cure_superuser}, {"42704", cure_tablespace},
};

/* In a savepoint, or in a transaction of its own. A remedy that does not work leaves nothing behind. */
static bool try_one(const struct job *job, const struct remedy *remedy, struct cure *cure, struct error *error)
{
    struct connection *connection = job->runner->connection;
    bool is_inside = connection_state(connection) == STATE_IN_TRANSACTION;
    if (!say(job, error, is_inside ? "SAVEPOINT " SAVEPOINT : "BEGIN"))
        return false;
    if (remedy->cure(job, cure, error) && connection_state(connection) == STATE_IN_TRANSACTION)
        return say(job, error, is_inside ? "RELEASE SAVEPOINT " SAVEPOINT : "COMMIT");
    if (connection_state(connection) == STATE_LOST || cancel_is_requested(connection_cancel(connection)))
        return false;
    error_clear(error);
    bool ok UNUSED = is_inside ? say(job, error, "ROLLBACK TO SAVEPOINT " SAVEPOINT) &&
                                     say(job, error, "RELEASE SAVEPOINT " SAVEPOINT)
                               : say(job, error, "ROLLBACK");
    return false;
}

/* Whether a remedy worked for what the statement failed with. */
static bool is_cured(const struct job *job, const struct error *failure)
{
    struct error *error = error_new(job->memory);
    for (size_t i = 0; i < countof(remedies); i++) {
        struct cure cure = {NULL};
        if (!error_is_sqlstate(failure, remedies[i].sqlstate))
            continue;
        if (try_one(job, &remedies[i], &cure, error)) {
            if (cure.skipped)
                add_finding(job, SCRATCH_SKIPPED, failure->sqlstate, cure.skipped, NULL);
            return true;
        }
        if (error_is_set(error))
            return false;
    }
    return false;
}

/* ---- statements ---- */

/* Names the place, from the server's position where there is one. */
static bool fail(const struct job *job, struct error *error)
{
    int line = job->statement->line, column = job->statement->column;
    if (error->position > 0)
        statement_locate(job->statement, error->position, &line, &column);
    error_place(error, job->runner->run->file, line, column);
    error->statement = (int)job->index + 1;
    return false;
}

/* Whether a savepoint can stand around it: not around what begins and ends transactions and savepoints. */
static bool takes_savepoint(const struct job *job)
{
    static const enum statement_kind kinds[] = {STATEMENT_BEGIN,          STATEMENT_COMMIT,   STATEMENT_ROLLBACK,
                                                STATEMENT_CHAIN,          STATEMENT_PREPARED, STATEMENT_SAVEPOINT,
                                                STATEMENT_SET_TRANSACTION};
    for (size_t i = 0; i < countof(kinds); i++)
        if (job->statement->kind == kinds[i])
            return false;
    return job->runner->caution == CAREFUL && connection_state(job->runner->connection) == STATE_IN_TRANSACTION;
}

static bool may_be_cured(const struct job *job, const struct error *error)
{
    return is_excused(job, error) || error_is_sqlstate(error, "42704");
}

enum outcome { RAN, PASSED_OVER, FAILED };

/* Behind a failure, with the transaction usable again. */
static enum outcome settle_failure(const struct job *job, struct error *error)
{
    struct cancel *cancel = connection_cancel(job->runner->connection);
    if (may_be_cured(job, error) && is_cured(job, error)) {
        job->runner->owners_fail = job->runner->owners_fail || job->rule.sets_owner;
        error_clear(error);
        return RAN;
    }
    if (cancel_is_requested(cancel) || connection_state(job->runner->connection) == STATE_LOST ||
        !is_excused(job, error)) {
        fail(job, error);
        return FAILED;
    }
    excuse(job, error);
    error_clear(error);
    return PASSED_OVER;
}

static bool roll_back_to_savepoint(const struct job *job, struct error *error)
{
    struct error *more = error_new(job->memory);
    if (say(job, more, "ROLLBACK TO SAVEPOINT " SAVEPOINT) && say(job, more, "RELEASE SAVEPOINT " SAVEPOINT))
        return true;
    error_copy(error, more);
    return fail(job, error);
}

static enum outcome run_statement(const struct job *job, struct error *error)
{
    struct connection *connection = job->runner->connection;
    bool has_savepoint = takes_savepoint(job);
    if (job->rule.skipped) {
        skip(job, job->rule.skipped);
        return PASSED_OVER;
    }
    if (job->rule.sets_owner && job->runner->owners_fail &&
        try_one(job, &(const struct remedy){"", cure_owner}, &(struct cure){NULL}, error))
        return RAN;
    if (has_savepoint && !say(job, error, "SAVEPOINT " SAVEPOINT)) {
        fail(job, error);
        return FAILED;
    }
    if (run_text(job, text_of(job), error)) {
        if (!has_savepoint || say(job, error, "RELEASE SAVEPOINT " SAVEPOINT))
            return RAN;
        fail(job, error);
        return FAILED;
    }
    if (connection_state(connection) == STATE_LOST || error->code == ERROR_CANCELLED) {
        fail(job, error);
        return FAILED;
    }
    if (has_savepoint && !roll_back_to_savepoint(job, error))
        return FAILED;
    if (connection_state(connection) != STATE_FAILED_TRANSACTION)
        return settle_failure(job, error);
    job->runner->needs_caution = job->runner->caution == BOLD && may_be_cured(job, error);
    fail(job, error);
    return FAILED;
}

/* The transaction can be gone on with: the savepoint has taken the statement back. */
static bool is_passed_over(const struct runner *runner, size_t statement, struct error *error)
{
    const struct scratch_run *run = runner->run;
    if (!run->refused || connection_state(runner->connection) != STATE_IN_TRANSACTION ||
        error->code == ERROR_CANCELLED || cancel_is_requested(connection_cancel(runner->connection)) ||
        !run->refused(run->argument, statement, error))
        return false;
    error_clear(error);
    return true;
}

static bool run_all(struct runner *runner, struct error *error)
{
    const struct scratch_run *run = runner->run;
    bool ok = true;
    for (size_t i = 0; ok && i < run->statements->count; i++) {
        struct job job = {.runner = runner, .index = i, .statement = &run->statements->items[i]};
        job.memory = talloc_new(NULL);
        job.rule = rule_of(job.statement);
        enum outcome outcome = run_statement(&job, error);
        ok = outcome != FAILED || is_passed_over(runner, i, error);
        talloc_free(job.memory);
        if (outcome == RAN && run->after)
            ok = run->after(run->argument, runner->connection, i, error);
    }
    return ok;
}

/* ---- the whole ---- */

#define PREPARATION_MOST 5

/* Role and search_path as for an apply, and the transaction. Owner: `owner`. Returns how many. */
static size_t preparation(TALLOC_CTX *owner, const struct runner *runner, struct query *queries)
{
    const char *role = runner->scratch->project_role;
    const char *path = settings_text(runner->scratch->settings, SETTING_search_path);
    size_t count = 0;
    const char **values = talloc_array(owner, const char *, 2);
    values[0] = path;
    values[1] = role;
    queries[count++] = *path ? (struct query){.sql = "SELECT pg_catalog.set_config('search_path', $1, false)",
                                              .parameters = {1, values}}
                             : (struct query){.sql = "RESET search_path"};
    if (*role)
        queries[count++] =
            (struct query){.sql = "SELECT pg_catalog.set_config('role', $1, false)", .parameters = {1, values + 1}};
    if (runner->run->transaction == RUN_ONE_TRANSACTION)
        queries[count++] = (struct query){.sql = "BEGIN"};
    if (runner->run->first)
        queries[count++] = *runner->run->first;
    return count;
}

static bool begin(const struct runner *runner, struct error *error)
{
    struct query queries[PREPARATION_MOST];
    TALLOC_CTX *memory = talloc_new(NULL);
    size_t count = preparation(memory, runner, queries);
    bool ok = connection_pipeline(memory, runner->connection, queries, count, NULL, error);
    talloc_free(memory);
    return ok || error_place(error, runner->run->file, 0, 0);
}

static bool attempt(struct runner *runner, struct error *error)
{
    struct connection *connection = runner->connection;
    const struct scratch_run *run = runner->run;
    bool ok = begin(runner, error) && run_all(runner, error);
    bool is_open = ok && run->transaction == RUN_ONE_TRANSACTION;
    if (is_open && run->before_commit)
        ok = run->before_commit(run->argument, connection, error);
    if (is_open && ok && !transaction_commit(connection, error)) {
        ok = error_place(error, runner->run->file, 0, 0);
        /* A deferred constraint speaks only now; nothing of scratch is worth a riddle. */
        if (error->code == ERROR_UNKNOWN_OUTCOME)
            error->code = ERROR_CONNECTION;
    }
    transaction_rollback(connection);
    return ok;
}

/* Back to how scratch_connect made it. */
static bool reset(struct runner *runner, struct error *error)
{
    struct query queries[1 + SERVER_SESSION_MOST] = {{.sql = "DISCARD ALL"}};
    TALLOC_CTX *memory = talloc_new(NULL);
    size_t count = 1 + server_session(queries + 1);
    bool ok = connection_pipeline(memory, runner->connection, queries, count, NULL, error);
    talloc_free(memory);
    return ok;
}

static bool make_roles(const struct runner *runner, struct error *error)
{
    struct scratch *scratch = runner->scratch;
    connection_set_cancel(scratch->admin, connection_cancel(runner->connection));
    bool ok = scratch_make_named_roles(scratch, runner->run->statements, error);
    connection_set_cancel(scratch->admin, NULL);
    return ok;
}

bool scratch_run(TALLOC_CTX *owner, struct scratch_database *database, struct connection *connection,
                 const struct scratch_run *run, struct scratch_findings *findings, struct error *error)
{
    struct runner runner = {
        .owner = owner, .scratch = database->scratch, .connection = connection, .run = run, .findings = findings};
    const struct scratch_findings before = *findings;
    bool is_bold = run->transaction == RUN_ONE_TRANSACTION && !run->after && !has_failed_before(&runner);
    runner.caution = is_bold ? BOLD : CAREFUL;
    bool ok = make_roles(&runner, error) && attempt(&runner, error);
    if (!ok && runner.needs_caution) {
        *findings = before;
        error_clear(error);
        runner.caution = CAREFUL;
        ok = attempt(&runner, error);
    }
    struct error *more = error_new(NULL);
    if (connection_state(connection) != STATE_LOST && !reset(&runner, more) && ok) {
        error_copy(error, more);
        ok = false;
    }
    talloc_free(more);
    return ok;
}
