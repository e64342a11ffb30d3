/* See compare.h. Here: the two sides at once, and what follows from them. What a reader must be told besides:
 * compare/warnings.c. */
#include "migrate/compare.h"

#include <pthread.h>

#include "migrate/blame.h"
#include "migrate/canonical.h"
#include "migrate/compare/selection.h"
#include "migrate/compare/warnings.h"
#include "store/task.h"

/* ---- progress of two threads ---- */

/* The listener of the caller hears one at a time. */
struct relay {
    pthread_mutex_t mutex;
    const struct mirror_options *options;
};

static void on_progress(void *listener, const struct mirror_progress *progress)
{
    struct relay *relay = listener;
    pthread_mutex_lock(&relay->mutex);
    relay->options->on_progress(relay->options->listener, progress);
    pthread_mutex_unlock(&relay->mutex);
}

/* ---- both sides ---- */

/* What a worker builds. */
struct side {
    const struct mirror_source *source;
    const struct mirror_options *options;
};

static bool build_side(struct task *task, void *argument, struct error *error)
{
    const struct side *side = argument;
    struct mirror *mirror = mirror_build(task_memory(task), side->source, side->options, error);
    task_set_result(task, mirror);
    return mirror != NULL;
}

/* One side on a thread of its own, the other here. A database is the one that is opened first: the other side is built
 * for its version of the server. */
struct building {
    struct comparison *comparison;
    const struct mirror_source *from, *to;
    struct mirror_options options;
};

static int major_of(const struct mirror *mirror)
{
    return mirror->session ? mirror->session->server_version / 10000 : 0;
}

static bool build_other(struct building *building, struct mirror *here, bool is_from_here, struct error *error)
{
    struct side side = {is_from_here ? building->to : building->from, &building->options};
    struct task_options options = {.name = "mirror", .run = build_side, .argument = &side};
    struct error *error_here = error_new(building->comparison), *error_there = error_new(building->comparison);
    struct task *task = task_start(building->comparison, &options, error);
    if (!task)
        return false;
    bool is_here = mirror_read(here, &building->options, error_here);
    bool is_there = task_finish(task, error_there);
    if (!is_here || !is_there) {
        bool tells_here = is_here ? false : is_there || is_from_here;
        error_copy(error, tells_here ? error_here : error_there);
        return false;
    }
    struct mirror *there = talloc_steal(building->comparison, task_result(task));
    talloc_free(task);
    building->comparison->from = is_from_here ? here : there;
    building->comparison->to = is_from_here ? there : here;
    return true;
}

static bool build_both(struct building *building, struct error *error)
{
    bool is_from_here = mirror_is_database(building->from) || !mirror_is_database(building->to);
    struct mirror *here =
        mirror_open(building->comparison, is_from_here ? building->from : building->to, &building->options, error);
    if (!here)
        return false;
    if (here->session)
        building->options.major = major_of(here);
    return build_other(building, here, is_from_here, error);
}

static bool build(struct comparison *comparison, const struct mirror_source *from, const struct mirror_source *to,
                  const struct mirror_options *options, struct error *error)
{
    struct relay relay = {PTHREAD_MUTEX_INITIALIZER, options};
    struct building building = {comparison, from, to, *options};
    if (options->on_progress) {
        building.options.on_progress = on_progress;
        building.options.listener = &relay;
    }
    bool ok = build_both(&building, error);
    pthread_mutex_destroy(&relay.mutex);
    return ok;
}

/* ---- the difference ---- */

/* Whether a difference may be one of spelling only. */
static bool is_doubtful(const struct diff *diff)
{
    for (size_t i = 0; i < diff->change_count; i++) {
        const struct change *change = &diff->changes[i];
        if (change->from_object && change->to_object && change->field && change->field->text == FIELD_EXPRESSION)
            return true;
    }
    return false;
}

static bool settle_in(struct comparison *comparison, struct scratch *scratch, const struct diff_options *options,
                      const struct mirror_options *mirror, struct error *error)
{
    struct diff *diff = canonical_diff(comparison, scratch, comparison->from->snapshot, comparison->to->snapshot,
                                       options, mirror->cancel, error);
    if (!diff)
        return false;
    talloc_free(comparison->diff);
    comparison->diff = diff;
    return true;
}

/* On the scratch server of one side, else on one that is opened for it and given back at once. Two databases are
 * compared without a scratch server, too: what it would have settled stays a difference then. */
static bool settle(struct comparison *comparison, const struct diff_options *options,
                   const struct mirror_options *mirror, const char **note, struct error *error)
{
    struct scratch *ours = comparison->from->scratch ? comparison->from->scratch : comparison->to->scratch;
    if (ours)
        return settle_in(comparison, ours, options, mirror, error);
    int major = comparison->from->snapshot->server_version / 10000;
    struct scratch *scratch = scratch_open(NULL, mirror->settings, major, mirror->cancel, error);
    if (scratch) {
        bool ok = settle_in(comparison, scratch, options, mirror, error);
        talloc_free(scratch);
        return ok;
    }
    if (error->code == ERROR_CANCELLED)
        return false;
    *note = talloc_asprintf(comparison, "expressions that differ were not settled in scratch: %s", error->message);
    error_clear(error);
    return true;
}

static bool make_diff(struct comparison *comparison, const struct compare_options *options, const char **note,
                      struct error *error)
{
    const uint64_t covered = comparison->from->covered & comparison->to->covered;
    const uint64_t commented = comparison->from->commented & comparison->to->commented;
    const struct diff_options differing = {
        .only_kinds = options->only_kinds,
        .privileges = options->privileges == COMPARE_PRIVILEGES ? PRIVILEGES_COMPARED : PRIVILEGES_LEFT_OUT,
        .covered = &covered,
        .commented = &commented,
    };
    comparison->diff = diff_make(comparison, comparison->from->snapshot, comparison->to->snapshot, &differing);
    return !is_doubtful(comparison->diff) || settle(comparison, &differing, &options->mirror, note, error);
}

static void on_blame(void *listener, size_t done, size_t total, const char *name)
{
    const struct mirror_options *options = listener;
    struct mirror_progress progress = {
        .kind = MIRROR_MIGRATIONS, .step = MIRROR_BUILDING, .done = done, .total = total};
    snprintf(progress.name, sizeof progress.name, "%s", name ? name : "");
    options->on_progress(options->listener, &progress);
}

static bool find_blame(struct comparison *comparison, const struct compare_options *options, struct error *error)
{
    bool is_from = comparison->from->directory != NULL;
    struct mirror *side = is_from ? comparison->from : comparison->to;
    if (options->blame == BLAME_LEFT_OUT || !side->directory || !comparison->diff->change_count)
        return true;
    struct mirror_options mirror = options->mirror;
    const struct replay_options replaying = {
        .cancel = mirror.cancel, .on_progress = mirror.on_progress ? on_blame : NULL, .listener = &mirror};
    return blame_fill(comparison->diff, is_from ? BLAME_FROM : BLAME_TO, side->scratch, side->directory,
                      options->mirror.settings, &replaying, error);
}

static bool conclude(struct comparison *comparison, const struct compare_options *options, struct error *error)
{
    const char *note = NULL;
    if (!make_diff(comparison, options, &note, error))
        return false;
    comparison->script = emit_script(comparison, comparison->diff, ORDER_BY_KIND);
    if (options->only_kinds)
        selection_cut(comparison->script, options->only_kinds);
    warnings_write(comparison, options, note);
    return find_blame(comparison, options, error);
}

struct comparison *compare(TALLOC_CTX *owner, const struct mirror_source *from, const struct mirror_source *to,
                           const struct compare_options *options, struct error *error)
{
    struct comparison *comparison = talloc_zero(owner, struct comparison);
    if (!comparison)
        abort();
    if (build(comparison, from, to, &options->mirror, error) && conclude(comparison, options, error))
        return comparison;
    talloc_free(comparison);
    return NULL;
}

void compare_release(struct comparison *comparison)
{
    mirror_release(comparison->from);
    mirror_release(comparison->to);
}
