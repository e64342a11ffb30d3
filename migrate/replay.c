/* See replay.h: building. What the cache keeps is cache.h's. */
#include "migrate/replay.h"

#include "migrate/ledger.h"
#include "migrate/scratch/private.h"
#include "store/sql.h"

/* One replay on its way. */
struct build {
    struct scratch *scratch;
    struct replay *replay;
    const struct replay_options *options;
    struct connection *connection; /* into replay->database, or NULL */
    struct ledger *ledger;         /* of migrations */
    struct error *error;
};

static bool connect(struct build *build)
{
    if (!build->connection)
        build->connection = scratch_connect(build->replay, build->replay->database, SCRATCH_OWNER,
                                            build->options->cancel, build->error);
    return build->connection;
}

static void tell(const struct build *build, size_t done, size_t total, const char *name)
{
    if (build->options->on_progress)
        build->options->on_progress(build->options->listener, done, total, name);
}

/* ---- migrations ---- */

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

static bool run_file(struct build *build, const struct migration_file *file)
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

static bool run_files(struct build *build, const struct directory *directory, size_t count)
{
    if (!connect(build) || !make_ledger(build))
        return false;
    for (size_t i = 0; i < count; i++) {
        tell(build, i, count, directory->files[i]->name);
        if (!run_file(build, directory->files[i]))
            return false;
    }
    tell(build, count, count, "");
    return true;
}

/* ---- scripts ---- */

struct script_progress {
    struct build *build;
    const struct script *script;
};

static bool tell_statement(void *argument, struct connection *connection UNUSED, size_t statement,
                           struct error *error UNUSED)
{
    const struct script_progress *progress = argument;
    size_t total = progress->script->statements.count;
    progress->build->replay->run_count++;
    tell(progress->build, statement + 1, total, progress->script->path);
    return true;
}

static bool run_script(struct build *build, const struct script *script)
{
    struct script_progress progress = {build, script};
    const struct scratch_run run = {
        .file = script->path,
        .statements = &script->statements,
        .transaction = RUN_EACH,
        .after = tell_statement,
        .argument = &progress,
    };
    return connect(build) && scratch_run(build->replay, build->replay->database, build->connection, &run,
                                         &build->replay->findings, build->error);
}

/* ---- both ---- */

static struct build build_of(TALLOC_CTX *owner, struct scratch *scratch, const struct replay_options *options,
                             struct error *error)
{
    struct replay *replay = talloc_zero(owner, struct replay);
    return (struct build){.scratch = scratch, .replay = replay, .options = options, .error = error};
}

static struct replay *finish(struct build *build, bool ok)
{
    TALLOC_FREE(build->connection);
    if (ok)
        return build->replay;
    talloc_free(build->replay);
    return NULL;
}

struct replay *replay_migrations(TALLOC_CTX *owner, struct scratch *scratch, const struct directory *directory,
                                 size_t count, const struct replay_options *options, struct error *error)
{
    struct build build = build_of(owner, scratch, options, error);
    build.replay->key = "";
    build.replay->database = scratch_create(build.replay, scratch, options->cancel, error);
    return finish(&build, build.replay->database && run_files(&build, directory, count));
}

struct replay *replay_script(TALLOC_CTX *owner, struct scratch *scratch, const struct script *script,
                             const struct replay_options *options, struct error *error)
{
    struct build build = build_of(owner, scratch, options, error);
    build.replay->key = "";
    build.replay->database = scratch_create(build.replay, scratch, options->cancel, error);
    return finish(&build, build.replay->database && run_script(&build, script));
}
