/* See locks.h. */
#include "tui/screens/locks.h"

#include "migrate/plan.h"
#include "migrate/trace.h"
#include "tui/planning.h"
#include "tui/screens/state.h"
#include "tui/screens/steps.h"

enum { SUMMARY_BYTES = 100 /* the tab SQL has all of it */ };

/* What the worker makes; in the task's memory. */
struct locks_found {
    struct directory *directory;
    struct status *status;
    struct plan_target target;
    struct plan *plan;
    const struct trace *trace; /* or NULL */
    const char *moment;        /* of the status: see moment_of */
};

struct locks_progress {
    size_t done, total;
    char name[96];
};

struct locks {
    struct console *console;
    loop_fn on_news;
    void *argument;
    struct task *task; /* running, or NULL */
    struct task *done; /* owner of `found` */
    const struct locks_found *found;
    struct error *problem; /* why the newest attempt failed; not set: it did not */
    char *moment;          /* of the survey that all this is about, or NULL */
    struct locks_progress progress;
};

/* All of files and ledger that the facts depend on. Owner: `owner`. */
static char *moment_of(TALLOC_CTX *owner, const struct status *status)
{
    char *text = talloc_asprintf(owner, "%s\n", status->ledger->table);
    for (size_t i = 0; i < status->count; i++) {
        const struct migration *migration = &status->migrations[i];
        const char *applied = migration->row ? migration->row->checksum : NULL;
        size_t done = 0;
        for (size_t j = 0; j < migration->step_count; j++)
            done += migration->steps[j].is_done;
        text =
            talloc_asprintf_append_buffer(text, "%s %d %zu %s %s\n", migration->version, (int)migration->state, done,
                                          applied ? applied : "-", migration->file ? migration->file->checksum : "-");
    }
    return text;
}

/* ---- measuring, on the worker's thread ---- */

static void report(void *listener, size_t done, size_t total, const char *name)
{
    struct locks_progress progress = {.done = done, .total = total};
    snprintf(progress.name, sizeof progress.name, "%s", name);
    task_report(listener, &progress, sizeof progress);
}

static bool measure(struct task *task, struct locks_found *found, struct session *session, const struct deck *deck,
                    struct error *error)
{
    /* What is out of order is measured, too: the plan page says what stands in its way. */
    const struct plan_selection all = {.order = ORDER_ANY};
    const struct trace_options options = {
        .settings = deck->settings,
        .directory = found->directory,
        .cancel = task_cancellation(task),
        .on_progress = report,
        .listener = task,
    };
    found->status = status_read(found, session->connection, found->directory, deck->settings, error);
    if (!found->status || !plan_read_target(found, session->connection, &found->target, error))
        return false;
    found->moment = moment_of(found, found->status);
    found->plan = plan_build(found, found->status, deck->settings, &found->target, &all, error);
    return found->plan &&
           planning_measure(found, found->plan, session->connection, &options, NULL, &found->trace, error);
}

static bool work(struct task *task, void *argument, struct error *error)
{
    const struct deck *deck = argument;
    struct locks_found *found = talloc_zero(task_memory(task), struct locks_found);
    found->directory = directory_read(found, deck->settings, error);
    if (!found->directory)
        return false;
    struct session *session = session_open(found, deck->pool, task_cancellation(task), error);
    bool is_measured = session && measure(task, found, session, deck, error);
    talloc_free(session); /* by the thread that used it */
    task_set_result(task, found);
    return is_measured;
}

/* ---- when ---- */

static void on_progress(void *listener, const void *data, size_t size_bytes UNUSED)
{
    struct locks *locks = listener;
    locks->progress = *(const struct locks_progress *)data;
    locks->on_news(locks->argument);
}

static void on_measured(void *argument, struct task *task, bool succeeded, const struct error *error)
{
    struct locks *locks = argument;
    locks->task = locks->console->measure_task = NULL;
    if (succeeded) {
        locks->done = talloc_steal(locks, task);
        locks->found = task_result(task);
    } else {
        error_copy(locks->problem, error);
    }
    locks->on_news(locks->argument);
}

void locks_want(struct locks *locks)
{
    struct console *console = locks->console;
    if (locks->task || locks->found || error_is_set(locks->problem) || !locks->moment)
        return;
    struct task_options options = {
        .name = "measure", .run = work, .argument = console->deck, .on_progress = on_progress, .listener = locks};
    locks->progress = (struct locks_progress){.total = 0};
    locks->task = console->measure_task = loop_start(console->loop, &options, on_measured, locks, locks->problem);
    if (!locks->task)
        locks->on_news(locks->argument);
}

void locks_forget(struct locks *locks)
{
    locks->found = NULL;
    TALLOC_FREE(locks->done);
    error_clear(locks->problem);
}

static void drop(struct locks *locks)
{
    if (!locks->task)
        return;
    loop_drop(locks->console->loop, locks->task);
    locks->task = locks->console->measure_task = NULL;
}

void locks_follow(struct locks *locks)
{
    const struct survey *survey = locks->console->survey;
    char *old = locks->moment;
    locks->moment = survey ? moment_of(locks, survey->status) : NULL;
    bool is_same = old && locks->moment && strcmp(old, locks->moment) == 0;
    /* What was measured behind the old survey's back may be just what the new one tells of. */
    bool is_found = locks->found && locks->moment && strcmp(locks->found->moment, locks->moment) == 0;
    if (!is_same)
        drop(locks);
    if (!is_found && (!is_same || locks->problem->code == ERROR_CONNECTION))
        locks_forget(locks);
    talloc_free(old);
}

/* ---- what is known ---- */

static bool is_to_run(const struct migration *migration)
{
    return migration->state == MIGRATION_PENDING || migration->state == MIGRATION_OUT_OF_ORDER ||
           migration->state == MIGRATION_INCOMPLETE;
}

static bool is_current(const struct locks *locks)
{
    return locks->found && locks->moment && strcmp(locks->found->moment, locks->moment) == 0;
}

static const struct plan_step *step_of(const struct locks *locks, const struct migration *migration)
{
    for (size_t i = 0; is_current(locks) && i < locks->found->plan->count; i++)
        if (locks->found->plan->steps[i].file->number == migration->number)
            return &locks->found->plan->steps[i];
    return NULL;
}

/* Returns false where any statement's locks are not known. */
static bool find_strongest(const struct plan_step *step, enum lock_mode *strongest)
{
    bool is_known = step->facts;
    *strongest = LOCK_NONE;
    for (size_t i = step->first_statement; step->facts && i < step->file->statements.count; i++) {
        const struct facts *facts = &step->facts[i];
        is_known = is_known && facts->source != FACTS_UNKNOWN;
        for (size_t j = 0; j < facts->lock_count; j++)
            if (facts->locks[j].mode > *strongest)
                *strongest = facts->locks[j].mode;
    }
    return is_known;
}

bool locks_is_coming(const struct locks *locks, const struct migration *migration)
{
    return is_to_run(migration) && !locks->found && !error_is_set(locks->problem);
}

const char *locks_strongest(TALLOC_CTX *owner, const struct locks *locks, const struct migration *migration)
{
    const struct plan_step *step = step_of(locks, migration);
    enum lock_mode strongest;
    if (!step)
        return "";
    bool is_known = find_strongest(step, &strongest);
    if (strongest == LOCK_NONE)
        return is_known ? "-" : "unknown";
    const char *name = lock_mode_name(strongest);
    /* Without "Lock", that all of them end with. */
    return talloc_asprintf(owner, "%.*s%s", (int)strlen(name) - 4, name, is_known ? "" : "?");
}

int locks_rank(const struct locks *locks, const struct migration *migration)
{
    const struct plan_step *step = step_of(locks, migration);
    enum lock_mode strongest = LOCK_NONE;
    bool is_known = step && find_strongest(step, &strongest);
    return strongest == LOCK_NONE && !is_known ? -1 : (int)strongest;
}

/* ---- the tab ---- */

static void add_problem(struct document *document, const struct error *error)
{
    if (error->code == ERROR_CANCELLED) {
        document_line(document, LOOK_WARN, "Not measured: it was cancelled. r measures it.");
        return;
    }
    document_add(document, LOOK_WARN, "unknown   ");
    if (error->file)
        document_add(document, LOOK_PLAIN, "%s:%d: ", error->file, error->line);
    document_line(document, LOOK_PLAIN, "%s", error->message);
    if (error->detail)
        document_line(document, LOOK_PLAIN, "          %s", error->detail);
    document_line(document, LOOK_DIM, "          %s", error->hint ? error->hint : "r measures it again.");
}

static void add_progress(struct document *document, const struct locks_progress *progress)
{
    document_line(document, LOOK_DIM, "It is being measured in scratch: locks, rewrites, scans, drops, hazards…");
    if (progress->total)
        document_line(document, LOOK_DIM, "[%zu/%zu] %s", progress->done + 1, progress->total, progress->name);
    document_line(document, LOOK_DIM, "^C cancels.");
}

static void add_step(struct document *document, const struct locks *locks, const struct plan_step *step, int columns)
{
    enum lock_mode strongest;
    bool is_known = find_strongest(step, &strongest);
    if (strongest != LOCK_NONE)
        document_line(document, LOOK_STRONG, "Its strongest lock is %s%s.", lock_mode_sql(strongest),
                      is_known ? "" : ", as far as that is known");
    else if (is_known)
        document_line(document, LOOK_GOOD, "It locks nothing that is there before it.");
    steps_add_trace(document, locks->found->trace, 0);
    steps_add(document, step, &(struct steps_space){0, columns, SUMMARY_BYTES});
}

void locks_add(struct document *document, const struct locks *locks, const struct migration *migration, int columns)
{
    const struct plan_step *step = step_of(locks, migration);
    if (!is_to_run(migration))
        document_line(document, LOOK_DIM, "Only pending migrations are measured; this one is %s.",
                      state_row(migration->state)->word);
    else if (error_is_set(locks->problem))
        add_problem(document, locks->problem);
    else if (!locks->found)
        add_progress(document, &locks->progress);
    else if (step)
        add_step(document, locks, step, columns);
    else
        document_line(document, LOOK_WARN, "Files or ledger have changed meanwhile: r reads and measures them.");
}

static int destroy(struct locks *locks)
{
    drop(locks);
    return 0;
}

struct locks *locks_new(TALLOC_CTX *owner, struct console *console, loop_fn on_news, void *argument)
{
    struct locks *locks = talloc_zero(owner, struct locks);
    locks->console = console;
    locks->on_news = on_news;
    locks->argument = argument;
    locks->problem = error_new(locks);
    talloc_set_destructor(locks, destroy);
    return locks;
}
