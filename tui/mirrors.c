/* See mirrors.h. */
#include "tui/mirrors.h"

#include "migrate/draft.h"
#include "migrate/scaffold.h"
#include "store/clock.h"

const char *mirrors_name(enum mirror_kind kind)
{
    static const char *const names[MIRRORS_COUNT] = {
        [MIRROR_MODELS] = "models",
        [MIRROR_MIGRATIONS] = "migrations",
        [MIRROR_INIT] = "init",
        [MIRROR_LIVE] = "live",
    };
    return names[kind];
}

/* Owner: `owner`; the sources too. */
static struct comparison *make(TALLOC_CTX *owner, const struct mirrors_pair *pair,
                               const struct compare_options *options, struct error *error)
{
    const struct deck *deck = pair->deck;
    bool needs_target = pair->from == MIRROR_LIVE || pair->to == MIRROR_LIVE;
    const struct target *target = needs_target ? deck->target : NULL; /* else it may still be being opened */
    const struct mirror_source *from, *to = NULL;
    from = mirror_source_parse(owner, deck->settings, target, mirrors_name(pair->from), error);
    if (from)
        to = mirror_source_parse(owner, deck->settings, target, mirrors_name(pair->to), error);
    return to ? compare(owner, from, to, options, error) : NULL;
}

static struct compare_options options_of(const struct mirrors_pair *pair, struct cancel *cancel,
                                         mirror_progress_fn on_progress, void *listener)
{
    return (struct compare_options){
        .mirror =
            {
                .settings = pair->deck->settings,
                .environment = pair->deck->options.environment,
                .cancel = cancel,
                .on_progress = on_progress,
                .listener = listener,
            },
        .blame = BLAME_LEFT_OUT,
    };
}

bool mirrors_count(const struct mirrors_pair *pair, struct cancel *cancel, mirror_progress_fn on_progress,
                   void *listener, size_t *count, struct error *error)
{
    struct compare_options options = options_of(pair, cancel, on_progress, listener);
    TALLOC_CTX *memory = talloc_new(NULL);
    const struct comparison *comparison = make(memory, pair, &options, error);
    if (comparison)
        *count = comparison->diff->change_count;
    talloc_free(memory);
    return comparison != NULL;
}

/* On a building thread. */
static void report(void *listener, const struct mirror_progress *progress)
{
    task_report(listener, progress, sizeof *progress);
}

bool mirrors_compare(struct task *task, void *argument, struct error *error)
{
    const struct mirrors_pair *pair = argument;
    struct compare_options options = options_of(pair, task_cancellation(task), report, task);
    options.blame = BLAME_WANTED;
    struct compared *compared = talloc_zero(task_memory(task), struct compared);
    struct comparison *comparison = make(compared, pair, &options, error);
    if (!comparison)
        return false;
    compare_release(comparison); /* on the thread that used it */
    *compared = (struct compared){
        .from = pair->from,
        .to = pair->to,
        .comparison = comparison,
        .script = emit_text(compared, comparison->script),
    };
    task_set_result(task, compared);
    return true;
}

/* ---- migrations ---- */

static const char *body_of(TALLOC_CTX *owner, const struct mirrors_pair *pair, const struct draft *draft)
{
    return talloc_asprintf(owner, "-- Made of the difference between the %s and %s%s. Say why it is made.\n%s",
                           mirrors_name(pair->from), pair->to == MIRROR_MODELS ? "the " : "", mirrors_name(pair->to),
                           draft->body);
}

static struct draft *draft_of(TALLOC_CTX *memory, const struct mirrors_pair *pair,
                              const struct compare_options *options, struct error *error)
{
    const struct comparison *comparison = make(memory, pair, options, error);
    if (!comparison)
        return NULL;
    if (comparison->diff->change_count > 0)
        return draft_make(memory, comparison, options, error);
    error_set(error, ERROR_USAGE, "%s and %s are equal by now: there is nothing to make a migration of",
              mirrors_name(pair->from), mirrors_name(pair->to));
    return NULL;
}

bool mirrors_make_migration(struct task *task, void *argument, struct error *error)
{
    const struct mirrors_pair *pair = argument;
    struct compare_options options = options_of(pair, task_cancellation(task), report, task);
    struct mirrors_migration *made = talloc_zero(task_memory(task), struct mirrors_migration);
    TALLOC_CTX *memory = talloc_new(NULL); /* scratch databases go on the thread that used them */
    const struct draft *draft =
        scaffold_check(pair->description, error) ? draft_of(memory, pair, &options, error) : NULL;
    const struct scaffold_result *result =
        draft ? scaffold_with(made, pair->deck->settings, pair->description, body_of(memory, pair, draft),
                              draft->measured, clock_wall_us(), error)
              : NULL;
    if (result)
        *made = (struct mirrors_migration){result->version, result->file, result->documentation, draft->loses_data};
    talloc_free(memory);
    task_set_result(task, made);
    return result != NULL;
}
