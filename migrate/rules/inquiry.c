/* See rule.h and inquiry.h. */
#include "migrate/rules/inquiry.h"

#include <unistd.h>

#include "migrate/rules/rule.h"
#include "store/git.h"

/* One piece: made when first asked for. value NULL and failure set: it could not be made. */
struct piece {
    void *value;
    struct error *failure;
};

struct inquiry {
    const struct rules_options *options;
    struct directory *directory; /* NULL: not read yet */
    struct directory_errors errors;
    struct git_names *changed; /* with --since; else NULL */
    struct piece git, models, session, facts, status, baseline, scratch;
};

struct inquiry *inquiry_open(TALLOC_CTX *owner, const struct rules_options *options)
{
    struct inquiry *inquiry = talloc_zero(owner, struct inquiry);
    if (!inquiry)
        abort();
    inquiry->options = options;
    return inquiry;
}

/* What a maker made of a piece. The error's owner is not the piece: who sets an error frees what it owns. */
typedef void *(*piece_fn)(struct inquiry *inquiry, struct error *error);

static void *get(struct inquiry *inquiry, struct piece *piece, piece_fn make, const struct error **failure)
{
    if (!piece->value && !piece->failure) {
        struct error *error = error_new(inquiry);
        piece->value = make(inquiry, error);
        if (piece->value)
            talloc_free(error);
        else
            piece->failure = error;
    }
    *failure = piece->failure;
    return piece->value;
}

/* ---- files ---- */

const struct directory *inquiry_directory(struct inquiry *inquiry)
{
    if (!inquiry->directory)
        inquiry->directory = directory_survey(inquiry, inquiry->options->settings, &inquiry->errors);
    return inquiry->directory;
}

const struct directory_errors *inquiry_directory_errors(struct inquiry *inquiry)
{
    inquiry_directory(inquiry);
    return &inquiry->errors;
}

bool inquiry_is_house(struct inquiry *inquiry)
{
    static const enum setting_id mirrors[] = {SETTING_init, SETTING_models, SETTING_documentation};
    const struct settings *settings = inquiry->options->settings;
    bool is_house = settings_has_file(settings);
    for (size_t i = 0; i < countof(mirrors) && !is_house; i++) {
        char *path = settings_path(inquiry, settings, mirrors[i]);
        is_house = access(path, F_OK) == 0;
        talloc_free(path);
    }
    return is_house;
}

static void *make_models(struct inquiry *inquiry, struct error *error)
{
    const struct models_options options = {inquiry->options->environment, inquiry->options->cancel};
    return models_read(inquiry, inquiry->options->settings, &options, error);
}

const struct models *inquiry_models(struct inquiry *inquiry, const struct error **failure)
{
    return get(inquiry, &inquiry->models, make_models, failure);
}

/* ---- what changed ---- */

static void *make_git(struct inquiry *inquiry, struct error *error)
{
    const struct git_options options = {.directory = settings_directory(inquiry->options->settings),
                                        .environment = inquiry->options->environment,
                                        .cancel = inquiry->options->cancel};
    return git_open(inquiry, &options, error);
}

struct git *inquiry_git(struct inquiry *inquiry, const struct error **failure)
{
    return get(inquiry, &inquiry->git, make_git, failure);
}

bool inquiry_look_since(struct inquiry *inquiry, struct error *error)
{
    const struct error *failure;
    if (!inquiry->options->since)
        return true;
    struct git *git = inquiry_git(inquiry, &failure);
    if (git) {
        inquiry->changed = git_changed(inquiry, git, inquiry->options->since, error);
        return inquiry->changed != NULL;
    }
    error_copy(error, failure);
    return false;
}

/* A path of the settings may be absolute, and lie in the project all the same. */
static const char *in_project(const struct inquiry *inquiry, const char *path)
{
    const char *project = settings_directory(inquiry->options->settings);
    size_t length = strlen(project);
    return !strncmp(path, project, length) && path[length] == '/' ? path + length + 1 : path;
}

bool inquiry_has_changed(const struct inquiry *inquiry, const char *path)
{
    return !inquiry->changed || git_names_has(inquiry->changed, in_project(inquiry, path));
}

bool inquiry_has_changed_below(const struct inquiry *inquiry, const char *path)
{
    return !inquiry->changed || git_names_has_below(inquiry->changed, in_project(inquiry, path));
}

/* ---- the target ---- */

static void *make_session(struct inquiry *inquiry, struct error *error)
{
    const struct rules_options *options = inquiry->options;
    if (options->pool)
        return session_open(inquiry, options->pool, options->cancel, error);
    if (options->target_error)
        error_copy(error, options->target_error);
    else
        error_set(error, ERROR_CONNECTION, "%s", options->no_target);
    return NULL;
}

struct session *inquiry_session(struct inquiry *inquiry, const struct error **failure)
{
    return get(inquiry, &inquiry->session, make_session, failure);
}

static void *make_facts(struct inquiry *inquiry, struct error *error)
{
    const struct error *failure;
    struct session *session = inquiry_session(inquiry, &failure);
    if (session)
        return session_test_connection(inquiry, session, error);
    error_copy(error, failure);
    return NULL;
}

const struct session_facts *inquiry_facts(struct inquiry *inquiry, const struct error **failure)
{
    return get(inquiry, &inquiry->facts, make_facts, failure);
}

static void *make_status(struct inquiry *inquiry, struct error *error)
{
    const struct error *failure;
    struct session *session = inquiry_session(inquiry, &failure);
    if (session)
        return status_read(inquiry, session->connection, inquiry_directory(inquiry), inquiry->options->settings, error);
    error_copy(error, failure);
    return NULL;
}

const struct status *inquiry_status(struct inquiry *inquiry, const struct error **failure)
{
    return get(inquiry, &inquiry->status, make_status, failure);
}

int inquiry_major(struct inquiry *inquiry)
{
    const struct error *failure;
    struct session *session = inquiry_session(inquiry, &failure);
    return session ? session->server_version / 10000 : 0;
}

/* ---- scratch ---- */

static void *make_scratch(struct inquiry *inquiry, struct error *error)
{
    const struct rules_options *options = inquiry->options;
    return scratch_open(inquiry, options->settings, inquiry_major(inquiry), options->cancel, error);
}

struct scratch *inquiry_scratch(struct inquiry *inquiry, const struct error **failure)
{
    return get(inquiry, &inquiry->scratch, make_scratch, failure);
}

static void on_mirror(void *listener, const struct mirror_progress *progress)
{
    const struct rules_options *options = listener;
    if (options->on_progress && progress->step == MIRROR_BUILDING && *progress->name)
        options->on_progress(options->listener, NULL, progress->done, progress->total, progress->name);
}

struct mirror_options inquiry_mirror_options(struct inquiry *inquiry)
{
    const struct rules_options *options = inquiry->options;
    return (struct mirror_options){
        .settings = options->settings,
        .environment = options->environment,
        .major = inquiry_major(inquiry),
        .cache = MIRROR_CACHED,
        .cancel = options->cancel,
        .on_progress = on_mirror,
        .listener = (void *)(uintptr_t)options,
    };
}

static void *make_baseline(struct inquiry *inquiry, struct error *error)
{
    const struct baseline_options options = {inquiry_mirror_options(inquiry), BASELINE_WITH_PRIVILEGES};
    return baseline_check(inquiry, &options, error);
}

const struct baseline *inquiry_baseline(struct inquiry *inquiry, const struct error **failure)
{
    return get(inquiry, &inquiry->baseline, make_baseline, failure);
}

/* ---- what the check was about ---- */

static void describe_target(struct inquiry *inquiry, struct rules_report *report)
{
    const struct error *failure;
    const struct session_facts *facts = inquiry->options->pool ? inquiry_facts(inquiry, &failure) : NULL;
    if (!facts)
        return;
    char *place = target_describe(report, pool_target(inquiry->options->pool));
    report->target = talloc_asprintf(report, "%s, PostgreSQL %s", place, facts->server_version);
    talloc_free(place);
}

void inquiry_describe(struct inquiry *inquiry, struct rules_report *report)
{
    const struct directory *directory = inquiry_directory(inquiry);
    struct rules_file *files = talloc_zero_array(report, struct rules_file, (unsigned)directory->count + 1);
    for (size_t i = 0; i < directory->count; i++) {
        const struct migration_file *file = directory->files[i];
        files[i] = (struct rules_file){.path = talloc_strdup(files, file->path),
                                       .version = talloc_strdup(files, file->version),
                                       .checksum = talloc_strdup(files, file->checksum)};
        if (inquiry->changed && inquiry_has_changed(inquiry, file->path))
            files[i].since = RULES_FILE_CHANGED;
    }
    report->files = files;
    report->file_count = directory->count;
    int version = inquiry->scratch.value ? scratch_server_version(inquiry->scratch.value) : 0;
    if (version)
        report->scratch_server = talloc_asprintf(report, "%d.%d", version / 10000, version % 10000);
    describe_target(inquiry, report);
}
