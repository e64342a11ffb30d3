/* See blame.h. The files are run from the last state that the cache has, then, for facts that were set before it, from
 * the one before that, and so on: every file up to the one that set a fact is looked at, so that the answer does not
 * hang on what the cache happens to have. A file is run, and looked at before its COMMIT; if it has changed a fact, it
 * is rolled back and run again, with a look after each statement. */
#include "migrate/blame.h"

#include "migrate/blame/facts.h"
#include "migrate/blame/memo.h"
#include "migrate/replay/build.h"
#include "migrate/replay/cache.h"

/* One blame_fill. */
struct search {
    struct scratch *scratch;
    const struct directory *directory;
    const struct settings *settings;
    const struct replay_options *options;
    const char *const *keys; /* of the states after 0, 1 ... files */
    struct facts *facts;     /* those that are looked for */
    struct error *error;
    const struct migration_file *file; /* at hand */
    bool has_changed;                  /* it changed a fact */
};

static struct snapshot *look(const struct search *search, struct connection *connection, struct error *error)
{
    const struct snapshot_options options = {.settings = search->settings, .only = search->facts->kinds};
    return snapshot_take(NULL, connection, &options, error);
}

/* The whole file's look. */
static bool look_before_commit(void *argument, struct connection *connection, struct error *error)
{
    struct search *search = argument;
    struct snapshot *snapshot = look(search, connection, error);
    if (!snapshot)
        return false;
    search->has_changed = facts_differ(search->facts, snapshot);
    talloc_free(snapshot);
    return !search->has_changed || error_set(error, ERROR_INTERNAL, "the file is to be looked at more closely");
}

static bool look_after_statement(void *argument, struct connection *connection, size_t statement, struct error *error)
{
    struct search *search = argument;
    struct snapshot *snapshot = look(search, connection, error);
    if (!snapshot)
        return false;
    char *place = talloc_asprintf(NULL, "%s:%d", search->file->path, search->file->statements.items[statement].line);
    facts_update(search->facts, snapshot, place);
    talloc_free(place);
    talloc_free(snapshot);
    return true;
}

static bool run_closely(struct search *search, struct build *build)
{
    const struct build_hooks hooks = {.after = look_after_statement, .argument = search};
    return build_run_file(build, search->file, &hooks);
}

static bool run_file(struct search *search, struct build *build, const struct migration_file *file)
{
    const struct build_hooks hooks = {.before_commit = look_before_commit, .argument = search};
    const struct scratch_findings findings = build->replay->findings;
    search->file = file;
    search->has_changed = false;
    if (!file->is_transactional) /* what it has committed cannot be rolled back to look again */
        return run_closely(search, build);
    if (build_run_file(build, file, &hooks))
        return true;
    if (!search->has_changed)
        return false;
    error_clear(search->error);
    build->replay->findings = findings;
    return run_closely(search, build);
}

static bool look_first(struct search *search, struct build *build)
{
    struct snapshot *snapshot = look(search, build->connection, search->error);
    if (!snapshot)
        return false;
    facts_update(search->facts, snapshot, NULL);
    talloc_free(snapshot);
    return true;
}

/* The database that the files behind *start are run in. */
static bool find_start(struct search *search, struct build *build, size_t end, size_t *start)
{
    struct cached cached = {0};
    struct cancel *cancel = search->options->cancel;
    bool is_cached = search->options->cache == REPLAY_CACHED;
    connection_set_cancel(search->scratch->admin, cancel);
    bool ok = cache_find(build->replay, search->scratch, search->keys, is_cached ? end : 0, &cached, search->error);
    connection_set_cancel(search->scratch->admin, NULL);
    *start = 0;
    if (!ok)
        return false;
    if (cached.database) {
        build->replay->database = scratch_copy(build->replay, cached.database, cancel, search->error);
        talloc_free(cached.database);
    }
    if (build->replay->database) {
        build->replay->findings = cached.findings;
        *start = cached.index;
        return true;
    }
    if (cached.database && search->error->code != ERROR_REFUSED) /* somebody goes on reading it */
        return false;
    error_clear(search->error);
    build->replay->database = scratch_create(build->replay, search->scratch, cancel, search->error);
    return build->replay->database;
}

/* Runs the files up to `end` from where the cache lets it begin. */
static bool run_stretch(struct search *search, size_t end, size_t *start)
{
    struct build build = build_new(NULL, search->scratch, search->options, search->error);
    bool ok = find_start(search, &build, end, start) && build_open(&build) && look_first(search, &build);
    for (size_t i = *start; ok && i < end; i++) {
        build_tell(&build, i, search->directory->count, search->directory->files[i]->name);
        ok = run_file(search, &build, search->directory->files[i]);
    }
    build_close(&build);
    talloc_free(build.replay);
    return ok;
}

static bool recall(struct search *search, size_t at)
{
    if (search->options->cache != REPLAY_CACHED)
        return true;
    connection_set_cancel(search->scratch->admin, search->options->cancel);
    bool ok = memo_recall(search->scratch, search->keys[at], search->facts, search->error);
    connection_set_cancel(search->scratch->admin, NULL);
    return ok;
}

/* What is found nowhere was there before the first file, or was never there. */
static bool find_all(struct search *search, const struct diff *diff)
{
    size_t end = search->directory->count;
    if (!recall(search, end))
        return false;
    facts_settle(search->facts, diff);
    while (end > 0 && search->facts->count > 0) {
        size_t start;
        if (!run_stretch(search, end, &start))
            return false;
        facts_settle(search->facts, diff); /* what was found is not what is known of the state before it */
        if (!recall(search, start))
            return false;
        facts_settle(search->facts, diff);
        end = start;
    }
    return true;
}

bool blame_fill(struct diff *diff, enum blame_side side, struct scratch *scratch, const struct directory *directory,
                const struct settings *settings, const struct replay_options *options, struct error *error)
{
    if (diff->change_count == 0)
        return true;
    TALLOC_CTX *memory = talloc_new(NULL);
    struct search search = {
        .scratch = scratch, .directory = directory, .settings = settings, .options = options, .error = error};
    search.keys = cache_migration_keys(memory, scratch, directory, directory->count, CACHE_FIRST);
    search.facts = facts_of(memory, diff, side);
    const struct facts *all = facts_of(memory, diff, side);
    bool ok = find_all(&search, diff) && memo_keep(scratch, search.keys[directory->count], all, error);
    talloc_free(memory);
    return ok;
}
