/* See build.h. */
#include "migrate/replay/build.h"

#include "migrate/scratch/private.h"

struct build build_new(TALLOC_CTX *owner, struct scratch *scratch, const struct replay_options *options,
                       struct error *error)
{
    struct replay *replay = talloc_zero(owner, struct replay);
    return (struct build){.scratch = scratch, .replay = replay, .options = options, .error = error};
}

bool build_connect(struct build *build)
{
    if (!build->connection)
        build->connection = scratch_connect(build->replay, build->replay->database, SCRATCH_OWNER,
                                            build->options->cancel, build->error);
    return build->connection;
}

void build_tell(const struct build *build, size_t done, size_t total, const char *name)
{
    if (build->options->on_progress)
        build->options->on_progress(build->options->listener, done, total, name);
}

void build_close(struct build *build)
{
    TALLOC_FREE(build->connection);
    TALLOC_FREE(build->ledger);
}

/* As the project's role, so that its files may write there. */
static bool make_ledger(struct build *build)
{
    struct connection *connection = build->connection;
    const char *role = build->scratch->project_role;
    if (*role && !connection_execute(connection, PARAMETERS(role), build->error,
                                     "SELECT pg_catalog.set_config('role', $1, false)"))
        return false;
    build->ledger =
        ledger_find(build->replay, connection, settings_text(build->scratch->settings, SETTING_ledger), build->error);
    return build->ledger && ledger_create(connection, build->ledger, build->error) &&
           connection_execute(connection, NO_PARAMETERS, build->error, "RESET ROLE");
}

bool build_open(struct build *build) { return build->connection || (build_connect(build) && make_ledger(build)); }

bool build_run_file(struct build *build, const struct migration_file *file, const struct build_hooks *hooks)
{
    const struct ledger_row row = {
        .version = file->version,
        .description = file->description,
        .checksum = file->checksum,
        .duration_ms = INTEGER_NULL,
        .run = "scratch",
    };
    TALLOC_CTX *memory = talloc_new(NULL);
    struct query first = ledger_insert_query(memory, build->ledger, &row, NULL);
    const struct scratch_run run = {
        .file = file->path,
        .statements = &file->statements,
        .transaction = file->is_transactional ? RUN_ONE_TRANSACTION : RUN_EACH,
        .first = file->is_transactional ? &first : NULL,
        .after = hooks ? hooks->after : NULL,
        .before_commit = hooks ? hooks->before_commit : NULL,
        .argument = hooks ? hooks->argument : NULL,
    };
    bool ok = scratch_run(build->replay, build->replay->database, build->connection, &run, &build->replay->findings,
                          build->error);
    if (ok && !file->is_transactional) /* its row comes with its last step */
        ok = connection_execute(build->connection, first.parameters, build->error, first.sql) ||
             error_place(build->error, file->path, 0, 0);
    talloc_free(memory);
    if (ok)
        build->replay->run_count++;
    return ok;
}
