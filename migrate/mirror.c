/* See mirror.h. Here: building and reading. Which mirror a word means: mirror/source.c; what models speak of:
 * mirror/coverage.c. */
#include "migrate/mirror.h"

#include "migrate/mirror/coverage.h"
#include "migrate/mirror/memory.h"
#include "store/cluster.h"

#define APPLICATION "pgdeck " PGDECK_VERSION

/* ---- progress ---- */

struct reporter {
    const struct mirror_options *options;
    enum mirror_kind kind;
};

static void report(const struct mirror *mirror, const struct mirror_options *options, const struct mirror_progress *now)
{
    struct mirror_progress progress = *now;
    progress.kind = mirror->source->kind;
    if (options->on_progress)
        options->on_progress(options->listener, &progress);
}

static void on_replay(void *listener, size_t done, size_t total, const char *name)
{
    const struct reporter *reporter = listener;
    struct mirror_progress progress = {.kind = reporter->kind, .step = MIRROR_BUILDING, .done = done, .total = total};
    snprintf(progress.name, sizeof progress.name, "%s", name ? name : "");
    reporter->options->on_progress(reporter->options->listener, &progress);
}

/* ---- building in scratch ---- */

/* What a source is built of: one of the two. */
struct matter {
    const struct script *script;
    const struct models_script *models; /* where the script's lines come from; or NULL */
};

static void take_findings(struct mirror *mirror, const struct matter *matter)
{
    const struct scratch_findings *found = &mirror->replay->findings;
    struct mirror_finding *findings = talloc_zero_size(mirror, (found->count + 1) * sizeof *findings);
    if (!findings)
        abort();
    for (size_t i = 0; i < found->count; i++) {
        const struct scratch_finding *item = &found->items[i];
        struct model_place place = {.file = item->file, .line = item->line};
        if (matter->models)
            place = models_origin(matter->models, item->file, item->line, 0);
        findings[i] = (struct mirror_finding){
            .file = place.file,
            .line = place.line,
            .column = place.column,
            .message = item->message,
            .hint = item->hint,
            .what = item->what == SCRATCH_FAILED ? MIRROR_FAILED : MIRROR_SKIPPED,
        };
    }
    mirror->findings = findings;
    mirror->finding_count = found->count;
}

static bool replay(struct mirror *mirror, const struct matter *matter, const struct mirror_options *options,
                   struct error *error)
{
    struct reporter reporter = {options, mirror->source->kind};
    struct replay_options replaying = {
        .cancel = options->cancel,
        .on_progress = options->on_progress ? on_replay : NULL,
        .listener = &reporter,
        .cache = options->cache == MIRROR_FRESH ? REPLAY_FRESH : REPLAY_CACHED,
    };
    mirror->scratch = scratch_open(mirror->servers, options->settings, options->major, options->cancel, error);
    if (!mirror->scratch)
        return false;
    mirror->replay = matter->script ? replay_script(mirror, mirror->scratch, matter->script, &replaying, error)
                                    : replay_migrations(mirror, mirror->scratch, mirror->directory,
                                                        mirror->directory->count, &replaying, error);
    if (!mirror->replay)
        return matter->models ? models_relocate(matter->models, error) : false;
    take_findings(mirror, matter);
    return true;
}

static bool read_models(struct mirror *mirror, const struct mirror_options *options, struct matter *matter,
                        struct error *error)
{
    const struct models_options reading = {.environment = options->environment, .cancel = options->cancel};
    struct models *models = models_read(mirror, options->settings, &reading, error);
    mirror->models = models;
    matter->models = models ? models_script(mirror, models, error) : NULL;
    matter->script = matter->models ? matter->models->script : NULL;
    return matter->script != NULL;
}

static bool read_init(struct mirror *mirror, const struct mirror_options *options, struct matter *matter,
                      struct error *error)
{
    const struct settings *settings = options->settings;
    matter->script =
        script_read(mirror, settings_path(mirror, settings, SETTING_init), settings_text(settings, SETTING_init),
                    settings_number(settings, SETTING_file_size), error);
    if (!matter->script && error->code == ERROR_FILE)
        error_hint(error,
                   "The setting init says where the init script is; \"pgdeck baseline --write\" makes one of the "
                   "migrations.");
    return matter->script != NULL;
}

static bool read_matter(struct mirror *mirror, const struct mirror_options *options, struct matter *matter,
                        struct error *error)
{
    const struct settings *settings = options->settings;
    const struct mirror_source *source = mirror->source;
    switch (source->kind) {
    case MIRROR_MODELS:
        return read_models(mirror, options, matter, error);
    case MIRROR_MIGRATIONS:
        mirror->directory = directory_read(mirror, settings, error);
        return mirror->directory != NULL;
    case MIRROR_INIT:
        return read_init(mirror, options, matter, error);
    case MIRROR_FILE:
        matter->script =
            script_read(mirror, source->path, source->path, settings_number(settings, SETTING_file_size), error);
        if (!matter->script && error->code == ERROR_FILE)
            error_hint(error, "Is the path right? It is taken from the folder where pgdeck was started.");
        return matter->script != NULL;
    case MIRROR_LIVE:
    case MIRROR_DATABASE:
        break;
    }
    return error_set(error, ERROR_INTERNAL, "a database is not built of files");
}

/* ---- reading ---- */

static bool snapshot(struct mirror *mirror, struct connection *connection, const struct mirror_options *options,
                     struct error *error)
{
    const struct snapshot_options reading = {.settings = options->settings};
    report(mirror, options, &(struct mirror_progress){.step = MIRROR_READING});
    mirror->snapshot = snapshot_take(mirror, connection, &reading, error);
    return mirror->snapshot != NULL;
}

static bool build(struct mirror *mirror, const struct mirror_options *options, struct error *error)
{
    struct matter matter = {0};
    report(mirror, options, &(struct mirror_progress){.step = MIRROR_BUILDING});
    if (!read_matter(mirror, options, &matter, error) || !replay(mirror, &matter, options, error))
        return false;
    if (options->on_built && !options->on_built(options->built_argument, mirror, error))
        return false;
    mirror->snapshot = memory_recall(mirror, options->settings);
    if (mirror->snapshot)
        return true;
    struct connection *connection =
        scratch_connect(mirror, mirror->replay->database, SCRATCH_OWNER, options->cancel, error);
    bool ok = connection && snapshot(mirror, connection, options, error);
    talloc_free(connection);
    if (ok)
        memory_keep(mirror, options->settings);
    return ok;
}

/* The private cluster is started where a source names it; the target's keywords lead into it then. */
static const struct target *reachable(struct mirror *mirror, const struct mirror_options *options, struct error *error)
{
    const struct target *target = mirror->source->target;
    if (!target->is_embedded || target->keywords[0])
        return target;
    struct cluster *cluster = cluster_open(mirror->servers, options->settings, CLUSTER_EMBEDDED, error);
    return cluster && cluster_acquire(cluster, options->cancel, error) ? cluster_target(mirror, cluster, target) : NULL;
}

bool mirror_is_database(const struct mirror_source *source)
{
    return source->kind == MIRROR_LIVE || source->kind == MIRROR_DATABASE;
}

static bool connect_to(struct mirror *mirror, const struct mirror_options *options, struct error *error)
{
    const struct target *target = reachable(mirror, options, error);
    if (!target)
        return false;
    struct pool *pool = pool_new(mirror->servers, target, options->settings, POOL_READ_ONLY, APPLICATION);
    mirror->session = session_open(mirror, pool, options->cancel, error);
    return mirror->session != NULL;
}

struct mirror *mirror_open(TALLOC_CTX *owner, const struct mirror_source *source, const struct mirror_options *options,
                           struct error *error)
{
    struct mirror *mirror = talloc_zero(owner, struct mirror);
    if (!mirror)
        abort();
    mirror->source = source;
    mirror->servers = talloc_new(mirror); /* before the replay, so that freed behind it */
    mirror->covered = mirror->commented = UINT64_MAX;
    report(mirror, options, &(struct mirror_progress){.step = MIRROR_WAITING});
    if (!mirror_is_database(source) || connect_to(mirror, options, error))
        return mirror;
    talloc_free(mirror);
    return NULL;
}

bool mirror_read(struct mirror *mirror, const struct mirror_options *options, struct error *error)
{
    bool ok =
        mirror->session ? snapshot(mirror, mirror->session->connection, options, error) : build(mirror, options, error);
    TALLOC_FREE(mirror->session);
    if (!ok)
        return false;
    if (mirror->source->kind == MIRROR_MODELS) {
        mirror->covered = coverage_of_kinds(mirror->snapshot);
        mirror->commented = coverage_of_comments(mirror->snapshot);
    }
    report(mirror, options, &(struct mirror_progress){.step = MIRROR_DONE});
    return true;
}

void mirror_release(struct mirror *mirror)
{
    if (mirror->replay)
        talloc_free(mirror->replay->database);
    mirror->scratch = NULL;
    TALLOC_FREE(mirror->servers);
}

struct mirror *mirror_build(TALLOC_CTX *owner, const struct mirror_source *source, const struct mirror_options *options,
                            struct error *error)
{
    struct mirror *mirror = mirror_open(owner, source, options, error);
    if (!mirror || mirror_read(mirror, options, error))
        return mirror;
    talloc_free(mirror);
    return NULL;
}
