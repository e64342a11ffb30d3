/* See replay.h: what is run and what is kept. How it is run stands in replay/build.c, what the cache does in
 * replay/cache.c. */
#include "migrate/replay.h"

#include "migrate/replay/build.h"
#include "migrate/replay/cache.h"
#include "migrate/scratch/private.h"
#include "store/clock.h"

/* What a replay runs: files of migrations; of a script there is one key and no file. */
struct course {
    struct build build;
    const struct directory *directory;
    const char *const *keys; /* after 0, 1 ... files */
    size_t first, count;     /* files to run: [first, count) */
    int64_t started_ms;      /* when the first of them began */
    int64_t copy_ms;         /* what the last copy took; 0: none was made */
};

/* ---- migrations ---- */

/* About what a copy takes, by its bytes (measured on tmpfs: 22 MB in 75 ms). */
#define COPY_MS(bytes) ((bytes) / (300 << 10))
#define SMALL_BYTES (64LL << 20)

/* Whether the state behind `done` of the files is kept for the next time, which costs a copy: the last file is the one
 * that is edited; those before it sometimes, and where files are quick a longer way to the next state does not matter.
 */
static bool is_checkpoint(const struct course *course, size_t done)
{
    size_t left = course->count - done, ran = done - course->first;
    if (ran == 0 || (left != 1 && left != 4 && left != 16))
        return false;
    int64_t size_bytes = cache_size_bytes(course->build.replay->database);
    int64_t elapsed_ms = clock_monotonic_ms() - course->started_ms;
    int64_t copy_ms = course->copy_ms > COPY_MS(size_bytes) ? course->copy_ms : COPY_MS(size_bytes);
    if (size_bytes == 0)
        return false;
    if (left == 1)
        return size_bytes < SMALL_BYTES || elapsed_ms > 4 * copy_ms;
    int64_t saved_ms = elapsed_ms / (int64_t)ran * (int64_t)(left * 3 / 4); /* from here to the state behind it */
    return saved_ms > 2 * copy_ms;
}

static struct scratch_database *copy_state(struct course *course, struct scratch_database *state)
{
    const struct build *build = &course->build;
    int64_t started_ms = clock_monotonic_ms();
    struct scratch_database *copy = scratch_copy(build->replay, state, build->options->cancel, build->error);
    course->copy_ms = clock_monotonic_ms() - started_ms;
    return copy;
}

/* When scratch is closed a copy of this state is made, for who begins there the next time. */
static void want_ready_copy(const struct course *course, struct scratch_database *state, const char *key)
{
    struct scratch *scratch = course->build.scratch;
    if (state->kind != DATABASE_STATE || cache_size_bytes(state) >= SMALL_BYTES)
        return;
    scratch->ready_id = state->id;
    scratch->ready_key = talloc_strdup(scratch, key);
}

/* A database to go on in from a state: the copy that stands ready, or one made now. */
static struct scratch_database *go_on_from(struct course *course, struct scratch_database *state, const char *key)
{
    const struct build *build = &course->build;
    struct scratch_database *ready;
    if (!registry_take_ready(build->replay, build->scratch, key, &ready, build->error))
        return NULL;
    want_ready_copy(course, state, key);
    return ready ? ready : copy_state(course, state);
}

/* The database becomes the state, and a copy of it is gone on with. */
static bool keep_state(struct course *course, size_t done)
{
    struct build *build = &course->build;
    struct replay *replay = build->replay;
    struct scratch_database *state = replay->database;
    build_close(build);
    if (!cache_publish(state, course->keys[done], &replay->findings, build->error))
        return false;
    if (state->kind == DATABASE_STATE) {
        replay->database = copy_state(course, state);
        if (!replay->database)
            return false;
        talloc_free(state);
    }
    return true;
}

static bool run_files(struct course *course)
{
    struct build *build = &course->build;
    bool ok = true;
    course->started_ms = clock_monotonic_ms();
    for (size_t i = course->first; ok && i < course->count; i++) {
        const struct migration_file *file = course->directory->files[i];
        build_tell(build, i, course->count, file->name);
        ok = build_open(build) && build_run_file(build, file, NULL);
        if (ok && is_checkpoint(course, i + 1))
            ok = keep_state(course, i + 1);
    }
    ok = ok && (course->count > course->first || build_open(build)); /* no file at all: the ledger is there */
    build_tell(build, course->count, course->count, "");
    return ok;
}

/* ---- both ---- */

/* Begins behind the last state that is known. What a reader does not let go is made again. */
static bool find_beginning(struct course *course)
{
    struct build *build = &course->build;
    struct replay *replay = build->replay;
    struct cached cached = {0};
    bool is_cached = build->options->cache != REPLAY_FRESH;
    connection_set_cancel(build->scratch->admin, build->options->cancel);
    bool ok =
        cache_find(replay, build->scratch, course->keys, is_cached ? course->count + 1 : 0, &cached, build->error);
    connection_set_cancel(build->scratch->admin, NULL);
    if (!ok || !cached.database)
        return ok;
    replay->database = cached.database;
    if (cached.index < course->count)
        replay->database = go_on_from(course, cached.database, course->keys[cached.index]);
    if (replay->database != cached.database)
        talloc_free(cached.database);
    if (!replay->database && build->error->code == ERROR_REFUSED) {
        error_clear(build->error);
        return true;
    }
    replay->findings = cached.findings;
    course->first = cached.index;
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
    build_close(build);
    return cache_publish(build->replay->database, build->replay->key, &build->replay->findings, build->error);
}

/* Who ran nothing, or all, goes on behind the end the next time; who began at a state, there again. */
static void prepare_next(const struct course *course)
{
    const struct build *build = &course->build;
    if (course->first == 0 || course->first == course->count)
        want_ready_copy(course, build->replay->database, build->replay->key);
}

static bool is_known(const struct build *build)
{
    return build->replay->database && build->replay->database->kind == DATABASE_STATE;
}

static struct replay *finish(struct build *build, bool ok)
{
    build_close(build);
    if (ok)
        return build->replay;
    talloc_free(build->replay);
    return NULL;
}

struct replay *replay_migrations(TALLOC_CTX *owner, struct scratch *scratch, const struct directory *directory,
                                 size_t count, const struct replay_options *options, struct error *error)
{
    struct course course = {.build = build_new(owner, scratch, options, error), .directory = directory, .count = count};
    struct build *build = &course.build;
    course.keys = cache_migration_keys(build->replay, scratch, directory, count,
                                       options->cache == REPLAY_TWIN ? CACHE_TWIN : CACHE_FIRST);
    build->replay->key = course.keys[count];
    bool ok = find_beginning(&course);
    if (ok && !is_known(build))
        ok = make_database(build) && run_files(&course) && publish(build);
    if (ok && count > 0)
        prepare_next(&course);
    return finish(build, ok);
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
    progress->build->replay->run_count++;
    build_tell(progress->build, statement + 1, progress->script->statements.count, progress->script->path);
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
    return build_connect(build) && scratch_run(build->replay, build->replay->database, build->connection, &run,
                                               &build->replay->findings, build->error);
}

struct replay *replay_script(TALLOC_CTX *owner, struct scratch *scratch, const struct script *script,
                             const struct replay_options *options, struct error *error)
{
    struct course course = {.build = build_new(owner, scratch, options, error)};
    struct build *build = &course.build;
    build->replay->key = cache_script_key(build->replay, scratch, script);
    course.keys = &build->replay->key;
    bool ok = find_beginning(&course);
    if (ok && !is_known(build))
        ok = make_database(build) && run_script(build, script) && publish(build);
    return finish(build, ok);
}
