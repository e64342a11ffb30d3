/* See bootstrap.h. */
#include "migrate/bootstrap.h"

#include "migrate/apply/run.h"
#include "store/clock.h"
#include "store/transaction.h"

extern const char sql_bootstrap_objects[];

/* A bootstrap on its way. */
struct bootstrap {
    struct run *run;
    const struct directory *directory;
    const struct script *script;
    struct bootstrap_result *result;
};

bool bootstrap_check(struct connection *connection, struct error *error)
{
    struct result *result = connection_query(NULL, connection, NO_PARAMETERS, error, sql_bootstrap_objects);
    if (!result)
        return false;
    size_t count = result_row_count(result);
    if (count > 0) {
        char *names = talloc_strdup(NULL, "");
        for (size_t i = 0; i < count && i < 5; i++)
            names = talloc_asprintf_append(names, "%s%s", i > 0 ? ", " : "", result_cell(result, i, 0));
        error_set(error, ERROR_REFUSED, "the target is not empty: it holds %s%s", names, count > 5 ? " and more" : "");
        error_hint(
            error,
            "Bootstrap runs on an empty database only. Adopt this one with `pgdeck mark V... --applied --reason TEXT`, "
            "or run `pgdeck apply`.");
        talloc_free(names);
    }
    talloc_free(result);
    return count == 0;
}

/* The script runs in one transaction: it must not control it, nor hold what cannot run in one. */
static bool check_statements(const struct script *script, struct error *error)
{
    for (size_t i = 0; i < script->statements.count; i++) {
        const struct statement *statement = &script->statements.items[i];
        switch (statement->kind) {
        case STATEMENT_OTHER:
        case STATEMENT_SAVEPOINT:
        case STATEMENT_SET:
        case STATEMENT_COPY_STDIN:
            continue;
        case STATEMENT_BEGIN:
        case STATEMENT_COMMIT:
        case STATEMENT_ROLLBACK:
        case STATEMENT_CHAIN:
        case STATEMENT_PREPARED:
        case STATEMENT_SET_TRANSACTION:
        case STATEMENT_CONCURRENTLY:
        case STATEMENT_NO_TRANSACTION:
            break;
        }
        char *name = statement_name(NULL, statement);
        error_set(error, ERROR_PROJECT, "%s cannot stand in the init script: it runs in one transaction", name);
        error_place(error, script->path, statement->line, statement->column);
        error_hint(error, "Take the statement out of the script.");
        talloc_free(name);
        return false;
    }
    return true;
}

static bool run_script(struct bootstrap *bootstrap, struct connection *connection, struct error *error)
{
    const struct statement_list *statements = &bootstrap->script->statements;
    for (size_t i = 0; i < statements->count; i++) {
        const struct statement *statement = &statements->items[i];
        const char *tag;
        TALLOC_CTX *memory = talloc_new(NULL);
        bool ok = connection_run(memory, connection, talloc_strndup(memory, statement->text, statement->size_bytes),
                                 statement->copy_data, statement->copy_size_bytes, &tag, error);
        talloc_free(memory);
        if (ok)
            continue;
        int line = statement->line, column = statement->column;
        if (error->position > 0)
            statement_locate(statement, error->position, &line, &column);
        error_place(error, bootstrap->script->path, line, column);
        error->statement = (int)i + 1;
        return false;
    }
    return true;
}

static bool is_seeded(const struct ledger_row *rows, size_t count, int64_t number)
{
    for (size_t i = 0; i < count; i++)
        if (rows[i].number == number)
            return true;
    return false;
}

static bool adopt_seed(struct bootstrap *bootstrap, struct connection *connection, const struct ledger_row *row,
                       struct error *error)
{
    struct run *run = bootstrap->run;
    const struct migration_file *file = row->number >= 0 ? directory_find(bootstrap->directory, row->number) : NULL;
    if (!file) {
        error_set(error, ERROR_PROJECT, "the init script seeds version \"%s\", which has no file", row->version);
        error_place(error, bootstrap->script->path, 0, 0);
        return error_hint(error, "Seed the ledger with exactly the versions in %s.", bootstrap->directory->shown);
    }
    json_t *detail = json_pack("{s:s, s:s}", "action", "applied", "reason", "seeded by the init script");
    struct journal_record record = {
        .event = JOURNAL_MARKED, .version = row->version, .checksum = file->checksum, .detail = detail};
    bool ok = ledger_set_checksum(connection, run->ledger, row->version, file->checksum, error) &&
              journal_write(connection, run->ledger, &run->actor, &record, error);
    json_decref(detail);
    return ok;
}

/* The ledger that the script made is looked at as any other; then each seed gets the checksum of its file. */
static bool adopt_seeds(struct bootstrap *bootstrap, struct connection *connection, struct error *error)
{
    struct run *run = bootstrap->run;
    struct ledger_row *rows;
    size_t count;
    TALLOC_FREE(run->ledger);
    run->ledger = ledger_find(run, connection, settings_text(run->options->settings, SETTING_ledger), error);
    if (!run->ledger)
        return false;
    if (run->ledger->shape == LEDGER_ABSENT) {
        error_set(error, ERROR_PROJECT, "the init script does not make the ledger %s", run->ledger->table);
        error_place(error, bootstrap->script->path, 0, 0);
        return error_hint(error, "Let the script create the ledger and seed it with the versions in %s.",
                          bootstrap->directory->shown);
    }
    if (!ledger_require_writable(run->ledger, error) || !ledger_create_journal(connection, run->ledger, error) ||
        !journal_write(connection, run->ledger, &run->actor, &(struct journal_record){.event = JOURNAL_RUN_STARTED},
                       error) ||
        !ledger_read(run, connection, run->ledger, &rows, &count, error))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!adopt_seed(bootstrap, connection, &rows[i], error))
            return false;
    for (size_t i = 0; i < bootstrap->directory->count; i++)
        bootstrap->result->unseeded += is_seeded(rows, count, bootstrap->directory->files[i]->number) ? 0 : 1;
    bootstrap->result->seeded = count;
    return true;
}

static bool run_all(struct connection *connection, void *argument, struct error *error)
{
    struct bootstrap *bootstrap = argument;
    struct run *run = bootstrap->run;
    TALLOC_CTX *memory = talloc_new(NULL);
    struct query restore = run_restore_query(memory, run, RESTORE_SESSION);
    bool ok = run_script(bootstrap, connection, error) &&
              connection_execute(connection, restore.parameters, error, restore.sql) &&
              adopt_seeds(bootstrap, connection, error);
    json_t *detail = json_pack("{s:s, s:s}", "outcome", "done", "init", bootstrap->script->path);
    struct journal_record record = {
        .event = JOURNAL_RUN_FINISHED, .checksum = bootstrap->script->checksum, .detail = detail};
    ok = ok && journal_write(connection, run->ledger, &run->actor, &record, error);
    json_decref(detail);
    talloc_free(memory);
    return ok;
}

static bool bootstrap_with_lock(struct bootstrap *bootstrap, struct error *error)
{
    struct run *run = bootstrap->run;
    struct transaction_options transaction = {TRANSACTION_READ_WRITE, 1};
    int64_t started_ms = clock_monotonic_ms();
    if (!run_take_lock(run, error) || !bootstrap_check(run->lock, error) || !run_prepare_work(run, NULL, error) ||
        !transaction_run(run->work, &transaction, run_all, bootstrap, error))
        return false;
    bootstrap->result->duration_ms = clock_monotonic_ms() - started_ms;
    bootstrap->result->statement_count = bootstrap->script->statements.count;
    return true;
}

struct bootstrap_result *bootstrap_run(TALLOC_CTX *owner, const struct directory *directory,
                                       const struct apply_options *options, struct error *error)
{
    struct run *run = run_new(NULL, options);
    const struct settings *settings = options->settings;
    struct bootstrap bootstrap = {
        .run = run, .directory = directory, .result = talloc_zero(owner, struct bootstrap_result)};
    bootstrap.result->run = talloc_strdup(bootstrap.result, run->actor.run);
    bootstrap.script =
        script_read(run, settings_path(run, settings, SETTING_init), settings_text(settings, SETTING_init),
                    settings_number(settings, SETTING_file_size), error);
    bool ok = bootstrap.script && check_statements(bootstrap.script, error) && bootstrap_with_lock(&bootstrap, error);
    if (options->log)
        log_write(
            options->log, ok ? LOG_LEVEL_INFO : LOG_LEVEL_ERROR, "bootstrap",
            json_pack("{s:s, s:s}", "run", run->actor.run, "outcome", ok ? "done" : error_kind(error->code)->name));
    if (!ok)
        TALLOC_FREE(bootstrap.result);
    run_close(run);
    talloc_free(run);
    return bootstrap.result;
}
