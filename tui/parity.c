/* See parity.h. One task asks all pairs; what was built for one comes from the cache for the next. */
#include "tui/parity.h"

#include "tui/mirrors.h"

enum { REASON_BYTES = 400 };

/* What the worker works on. */
struct job {
    const struct deck *deck;
    struct task *task;
    size_t index; /* of the pair */
};

/* What it tells. */
struct news {
    size_t index;
    enum { NEWS_BEGUN, NEWS_PROGRESS, NEWS_MADE, NEWS_FAILED } what;
    struct mirror_progress progress;
    size_t differences;
    char reason[REASON_BYTES];
};

struct parity {
    struct loop *loop;
    const struct deck *deck;
    struct parity_pair pairs[PARITY_PAIRS];
    char *reasons[PARITY_PAIRS];
    struct task *task; /* or NULL */
    char *doing;
    unsigned long revision;
};

static int destroy(struct parity *parity)
{
    if (parity->task)
        loop_drop(parity->loop, parity->task);
    return 0;
}

static void name_pairs(struct parity_pair *pairs)
{
    for (int from = MIRROR_MODELS; from < MIRROR_LIVE; from++)
        for (int to = from + 1; to <= MIRROR_LIVE; to++)
            *pairs++ = (struct parity_pair){.from = (enum mirror_kind)from, .to = (enum mirror_kind)to};
}

struct parity *parity_new(TALLOC_CTX *owner, struct loop *loop, const struct deck *deck)
{
    struct parity *parity = talloc_zero(owner, struct parity);
    parity->loop = loop;
    parity->deck = deck;
    parity->doing = talloc_strdup(parity, "");
    name_pairs(parity->pairs);
    talloc_set_destructor(parity, destroy);
    return parity;
}

const struct parity_pair *parity_pair(const struct parity *parity, size_t index) { return &parity->pairs[index]; }

size_t parity_index(enum mirror_kind one, enum mirror_kind other)
{
    size_t from = one < other ? one : other, to = one < other ? other : one, index = to - from - 1;
    for (size_t i = 0; i < from; i++)
        index += MIRROR_LIVE - i;
    return index;
}

bool parity_is_asking(const struct parity *parity) { return parity->task != NULL; }

unsigned long parity_revision(const struct parity *parity) { return parity->revision; }

const char *parity_doing(const struct parity *parity) { return parity->doing; }

const struct parity_pair *parity_asked(const struct parity *parity)
{
    for (size_t i = 0; i < PARITY_PAIRS; i++)
        if (parity->task && parity->pairs[i].state == PARITY_ASKING)
            return &parity->pairs[i];
    return NULL;
}

static void set_pair(struct parity *parity, size_t index, enum parity_state state, size_t differences,
                     const char *reason)
{
    struct parity_pair *pair = &parity->pairs[index];
    talloc_free(parity->reasons[index]);
    parity->reasons[index] = reason ? talloc_strdup(parity, reason) : NULL;
    pair->state = state;
    pair->differences = differences;
    pair->reason = parity->reasons[index];
    parity->revision++;
}

static const char *reason_of(TALLOC_CTX *owner, const struct error *error)
{
    if (!error->file || !error->line)
        return talloc_strdup(owner, error->message);
    return talloc_asprintf(owner, "%s:%d: %s", error->file, error->line, error->message);
}

void parity_note(struct parity *parity, enum mirror_kind one, enum mirror_kind other, size_t differences,
                 const struct error *error)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    enum parity_state state = error ? PARITY_FAILED : differences ? PARITY_DIFFERS : PARITY_EQUAL;
    set_pair(parity, parity_index(one, other), state, differences, error ? reason_of(memory, error) : NULL);
    talloc_free(memory);
}

void parity_forget(struct parity *parity)
{
    for (size_t i = 0; i < PARITY_PAIRS; i++)
        if (parity->pairs[i].state != PARITY_ASKING)
            set_pair(parity, i, PARITY_UNASKED, 0, NULL);
}

/* ---- asking, on the worker's thread ---- */

static void on_progress(void *listener, const struct mirror_progress *progress)
{
    const struct job *job = listener;
    struct news news = {.index = job->index, .what = NEWS_PROGRESS, .progress = *progress};
    task_report(job->task, &news, sizeof news);
}

static bool ask_pair(struct job *job, const struct parity_pair *pair, struct error *error)
{
    struct mirrors_pair wanted = {.deck = job->deck, .from = pair->from, .to = pair->to};
    struct news news = {.index = job->index, .what = NEWS_BEGUN};
    task_report(job->task, &news, sizeof news);
    struct error *failure = error_new(NULL);
    bool is_made = mirrors_count(&wanted, task_cancellation(job->task), on_progress, job, &news.differences, failure);
    news.what = is_made ? NEWS_MADE : NEWS_FAILED;
    if (!is_made) {
        const char *reason = reason_of(failure, failure);
        snprintf(news.reason, sizeof news.reason, "%s", reason);
    }
    bool is_cancelled = !is_made && failure->code == ERROR_CANCELLED;
    if (is_cancelled)
        error_copy(error, failure);
    else
        task_report(job->task, &news, sizeof news);
    talloc_free(failure);
    return !is_cancelled;
}

static bool work(struct task *task, void *argument, struct error *error)
{
    struct job *job = argument;
    struct parity_pair pairs[PARITY_PAIRS];
    name_pairs(pairs);
    job->task = task;
    for (job->index = 0; job->index < PARITY_PAIRS; job->index++)
        if (!ask_pair(job, &pairs[job->index], error))
            return false;
    return true;
}

/* ---- what comes of it ---- */

static void say(struct parity *parity, const struct mirror_progress *progress)
{
    talloc_free(parity->doing);
    parity->doing = progress->step == MIRROR_BUILDING && *progress->name
                        ? talloc_asprintf(parity, "%s: %s, %zu of %zu", mirrors_name(progress->kind), progress->name,
                                          progress->done, progress->total)
                        : talloc_strdup(parity, "");
    parity->revision++;
}

static void on_news(void *listener, const void *progress, size_t size_bytes UNUSED)
{
    struct parity *parity = listener;
    const struct news *news = progress;
    if (news->what == NEWS_BEGUN)
        set_pair(parity, news->index, PARITY_ASKING, 0, NULL);
    else if (news->what == NEWS_MADE)
        set_pair(parity, news->index, news->differences ? PARITY_DIFFERS : PARITY_EQUAL, news->differences, NULL);
    else if (news->what == NEWS_FAILED)
        set_pair(parity, news->index, PARITY_FAILED, 0, news->reason);
    say(parity, &news->progress);
}

static void on_end(void *argument, struct task *task UNUSED, bool succeeded UNUSED, const struct error *error UNUSED)
{
    struct parity *parity = argument;
    parity->task = NULL;
    *parity->doing = '\0';
    for (size_t i = 0; i < PARITY_PAIRS; i++)
        if (parity->pairs[i].state == PARITY_ASKING) /* cancelled */
            set_pair(parity, i, PARITY_UNASKED, 0, NULL);
    parity->revision++;
}

bool parity_ask(struct parity *parity, struct error *error)
{
    if (parity->task)
        return true;
    struct job *job = talloc_zero(parity, struct job);
    *job = (struct job){.deck = parity->deck};
    struct task_options options = {
        .name = "parity", .run = work, .argument = job, .on_progress = on_news, .listener = parity};
    parity->task = loop_start(parity->loop, &options, on_end, parity, error);
    if (!parity->task) {
        talloc_free(job);
        return false;
    }
    loop_keep(parity->loop, parity->task, job);
    parity->revision++;
    return true;
}

bool parity_cancel(struct parity *parity)
{
    if (parity->task)
        task_cancel(parity->task);
    return parity->task != NULL;
}
