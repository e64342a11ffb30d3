/* See house.h. */
#include "tui/house.h"

#include "store/clock.h"

enum { WHAT_BYTES = 120 };

/* What the worker works on. */
struct job {
    struct deck *deck;
    struct task *task;
    const char *no_target;
};

/* What it tells. */
struct news {
    enum { NEWS_BEGUN, NEWS_PROGRESS, NEWS_ASKED } news;
    enum rule_id rule; /* but of PROGRESS */
    size_t done, total;
    struct house_light light; /* of ASKED */
    char what[WHAT_BYTES];
};

struct house {
    struct loop *loop;
    struct deck *deck;
    struct task *task;      /* or NULL */
    struct task *last_task; /* holds the report, or NULL */
    const struct rules_report *report;
    struct house_light lights[RULE_COUNT];
    const struct rule *rule; /* that is being asked; or NULL */
    size_t done, total;
    char *doing, *problem;
    bool is_stale;
    unsigned long revision;
};

static int destroy(struct house *house)
{
    if (house->task)
        loop_drop(house->loop, house->task);
    return 0;
}

struct house *house_new(TALLOC_CTX *owner, struct loop *loop, struct deck *deck)
{
    struct house *house = talloc_zero(owner, struct house);
    house->loop = loop;
    house->deck = deck;
    house->doing = talloc_strdup(house, "");
    talloc_set_destructor(house, destroy);
    return house;
}

bool house_is_asking(const struct house *house) { return house->task != NULL; }

const struct rules_report *house_report(const struct house *house) { return house->report; }

const char *house_problem(const struct house *house) { return house->problem; }

bool house_is_stale(const struct house *house) { return house->is_stale; }

const char *house_doing(const struct house *house) { return house->doing; }

unsigned long house_revision(const struct house *house) { return house->revision; }

const struct house_light *house_light(const struct house *house, enum rule_id rule) { return &house->lights[rule]; }

void house_forget(struct house *house)
{
    house->is_stale = true;
    house->revision++;
}

/* ---- asking, on the worker's thread ---- */

static void on_progress(void *listener, const struct rule *rule, size_t done, size_t total, const char *what)
{
    const struct job *job = listener;
    struct news news = {.news = what ? NEWS_PROGRESS : NEWS_BEGUN, .done = done, .total = total};
    if (!what)
        news.rule = (enum rule_id)(rule - rules);
    snprintf(news.what, sizeof news.what, "%s", what ? what : "");
    task_report(job->task, &news, sizeof news);
}

static struct house_light light_of(const struct rule_result *result)
{
    enum house_state state = result->skipped                      ? HOUSE_SKIPPED
                             : !result->count                     ? HOUSE_HOLDS
                             : result->severity == SEVERITY_ERROR ? HOUSE_BROKEN
                                                                  : HOUSE_WARNS;
    return (struct house_light){state, result->count};
}

static void on_result(void *listener, const struct rule_result *result)
{
    const struct job *job = listener;
    struct news news = {.news = NEWS_ASKED, .rule = (enum rule_id)(result->rule - rules), .light = light_of(result)};
    task_report(job->task, &news, sizeof news);
}

static bool work(struct task *task, void *argument, struct error *error)
{
    struct job *job = argument;
    job->task = task;
    struct rules_options options = {
        .settings = job->deck->settings,
        .environment = job->deck->options.environment,
        .pool = job->no_target ? NULL : job->deck->pool,
        .no_target = job->no_target,
        .wall_us = clock_wall_us(),
        .cancel = task_cancellation(task),
        .on_progress = on_progress,
        .on_result = on_result,
        .listener = job,
    };
    struct rules_report *report = rules_check(task_memory(task), &options, error);
    task_set_result(task, report);
    return report != NULL;
}

/* ---- what comes of it ---- */

static void say(struct house *house, const char *what)
{
    talloc_free(house->doing);
    house->doing = talloc_asprintf(house, "%zu/%zu %s%s%s", house->done + 1, house->total, house->rule->id,
                                   *what ? ": " : "", what);
    house->revision++;
}

static void on_news(void *listener, const void *progress, size_t size_bytes UNUSED)
{
    struct house *house = listener;
    const struct news *news = progress;
    if (news->news == NEWS_ASKED) {
        house->lights[news->rule] = news->light;
        house->revision++;
        return;
    }
    if (news->news == NEWS_BEGUN) {
        house->rule = &rules[news->rule];
        house->lights[news->rule] = (struct house_light){HOUSE_ASKING, 0};
        house->done = news->done;
        house->total = news->total;
    }
    if (house->rule)
        say(house, news->what);
}

/* What was known before is known again, where a check came to no report. */
static void set_lights(struct house *house)
{
    memset(house->lights, 0, sizeof house->lights);
    for (size_t i = 0; house->report && i < house->report->count; i++)
        house->lights[house->report->results[i].rule - rules] = light_of(&house->report->results[i]);
}

static void on_end(void *argument, struct task *task, bool succeeded, const struct error *error)
{
    struct house *house = argument;
    house->task = NULL;
    house->rule = NULL;
    talloc_free(house->doing);
    house->doing = talloc_strdup(house, "");
    TALLOC_FREE(house->problem);
    house->revision++;
    if (!succeeded) {
        house->problem = talloc_strdup(house, error->message);
        set_lights(house);
        return;
    }
    talloc_free(house->last_task);
    house->last_task = talloc_steal(house, task);
    house->report = task_result(task);
    house->is_stale = false;
    set_lights(house);
}

bool house_ask(struct house *house, const char *no_target, struct error *error)
{
    if (house->task)
        return true;
    struct job *job = talloc_zero(house, struct job);
    job->deck = house->deck;
    job->no_target = talloc_strdup(job, no_target);
    struct task_options options = {
        .name = "check", .run = work, .argument = job, .on_progress = on_news, .listener = house};
    house->task = loop_start(house->loop, &options, on_end, house, error);
    if (!house->task) {
        talloc_free(job);
        return false;
    }
    loop_keep(house->loop, house->task, job);
    memset(house->lights, 0, sizeof house->lights);
    house->revision++;
    return true;
}

bool house_cancel(struct house *house)
{
    if (house->task)
        task_cancel(house->task);
    return house->task != NULL;
}
