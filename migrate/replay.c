/* See replay.h: building. What the cache keeps is cache.h's. */
#include "migrate/replay.h"

#include "migrate/ledger.h"
#include "migrate/replay/cache.h"
#include "migrate/scratch/private.h"
#include "store/clock.h"

/* One replay on its way. */
struct build {
    struct scratch *scratch;
    struct replay *replay;
    const struct replay_options *options;
    struct connection *connection; /* into replay->database, or NULL */
    struct ledger *ledger;         /* of migrations */
    const char *const *keys;       /* of migrations: after 0, 1 ... files */
    int64_t started_ms;            /* when the first file began */
    size_t first;                  /* its index */
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

/* The cache, which makes a copy for whoever goes on: what it costs, a file copy of about a third of a millisecond for
 * each 100 kB (measured on tmpfs), must be worth it. */
#define COPY_MS(bytes) ((bytes) / (300 << 10))
#define SMALL_BYTES (64LL << 20)

/* Whether the state behind `done` of `count` files is kept for the next time: the last file is the one that is edited,
 * those before it sometimes; where files are quick, a longer way to the next state does not matter. */
static bool is_checkpoint(const struct build *build, size_t done, size_t count)
{
    static const size_t distances[] = {4, 16};
    size_t left = count - done, ran = done - build->first;
    if (ran == 0 || left == 0)
        return false;
    int64_t elapsed_ms = clock_monotonic_ms() - build->started_ms;
    bool is_wanted = left == 1;
    for (size_t i = 0; i < countof(distances); i++) /* three quarters of the way to the state before it */
        is_wanted = is_wanted || (left == distances[i] &&
                                  elapsed_ms / (int64_t)ran * (int64_t)(left * 3 / 4) > 2 * COPY_MS(8LL << 20));
    if (!is_wanted)
        return false;
    int64_t size_bytes = cache_size_bytes(build->replay->database);
    return size_bytes > 0 && (size_bytes < SMALL_BYTES || elapsed_ms > 4 * COPY_MS(size_bytes));
}

/* The database becomes the state, and a copy of it is gone on with. */
static bool keep_state(struct build *build, size_t done)
{
    struct replay *replay = build->replay;
    struct scratch_database *state = replay->database;
    TALLOC_FREE(build->connection);
    TALLOC_FREE(build->ledger);
    if (!cache_publish(state, build->keys[done], &replay->findings, build->error))
        return false;
    if (state->kind == DATABASE_STATE) {
        replay->database = scratch_copy(replay, state, build->options->cancel, build->error);
        if (!replay->database)
            return false;
        talloc_free(state);
    }
    return true;
}

static bool open_files(struct build *build) { return build->connection || (connect(build) && make_ledger(build)); }

static bool run_files(struct build *build, const struct directory *directory, size_t count)
{
    bool ok = true;
    build->started_ms = clock_monotonic_ms();
    for (size_t i = build->first; ok && i < count; i++) {
        tell(build, i, count, directory->files[i]->name);
        ok = open_files(build) && run_file(build, directory->files[i]);
        if (ok && is_checkpoint(build, i + 1, count))
            ok = keep_state(build, i + 1);
    }
    ok = ok && (count > build->first || open_files(build)); /* no file at all: the ledger is there */
    tell(build, count, count, "");
    return ok;
}

/* Begins behind the files whose state is known. What a reader does not let go is made again. */
static bool find_beginning(struct build *build, size_t count)
{
    struct replay *replay = build->replay;
    struct cached cached = {0};
    bool is_cached = build->options->cache == REPLAY_CACHED;
    connection_set_cancel(build->scratch->admin, build->options->cancel);
    bool ok = cache_find(replay, build->scratch, build->keys, is_cached ? count + 1 : 0, &cached, build->error);
    connection_set_cancel(build->scratch->admin, NULL);
    if (!ok || !cached.database)
        return ok;
    if (cached.index < count)
        replay->database = scratch_copy(replay, cached.database, build->options->cancel, build->error);
    else
        replay->database = cached.database;
    if (replay->database) {
        build->first = cached.index;
        replay->findings = cached.findings;
    }
    if (replay->database != cached.database)
        talloc_free(cached.database);
    if (!replay->database && build->error->code == ERROR_REFUSED) {
        error_clear(build->error);
        return true;
    }
    return replay->database;
}

static bool make_database(struct build *build)
{
    if (!build->replay->database)
        build->replay->database = scratch_create(build->replay, build->scratch, build->options->cancel, build->error);
    return build->replay->database;
}

static bool publish(struct build *build)
{
    TALLOC_FREE(build->connection);
    return cache_publish(build->replay->database, build->replay->key, &build->replay->findings, build->error);
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
    build.keys = cache_migration_keys(build.replay, scratch, directory, count);
    build.replay->key = build.keys[count];
    bool ok = find_beginning(&build, count);
    bool is_known = ok && build.replay->database && build.replay->database->kind == DATABASE_STATE;
    if (ok && !is_known)
        ok = make_database(&build) && run_files(&build, directory, count) && publish(&build);
    return finish(&build, ok);
}

struct replay *replay_script(TALLOC_CTX *owner, struct scratch *scratch, const struct script *script,
                             const struct replay_options *options, struct error *error)
{
    struct build build = build_of(owner, scratch, options, error);
    build.replay->key = cache_script_key(build.replay, scratch, script);
    build.keys = &build.replay->key;
    bool ok = find_beginning(&build, 0);
    bool is_known = ok && build.replay->database;
    if (ok && !is_known)
        ok = make_database(&build) && run_script(&build, script) && publish(&build);
    return finish(&build, ok);
}
