/* See plan.h. */
#include "tui/screens/plan.h"

#include "migrate/hazard.h"
#include "migrate/plan.h"
#include "tui/answer.h"
#include "tui/consent.h"
#include "tui/planning.h"
#include "tui/screens/page.h"
#include "tui/screens/run.h"
#include "tui/screens/steps.h"

enum { SUMMARY_BYTES = 400, STEP_INDENT = 3, PAGE_COLUMNS = 76 /* of 80 */ };

/* What the worker makes; in the task's memory. */
struct planned {
    struct directory *directory;
    struct status *status;
    struct plan_selection selection;
    struct plan_target target;
    struct plan *plan;
    const struct trace *trace;   /* or NULL */
    struct preflight *preflight; /* NULL: the plan is empty */
};

struct job {
    struct deck *deck;
    const char *const *only; /* or NULL */
};

struct plan_page {
    struct page page;
    struct task *task; /* running, or NULL */
    struct task *done; /* owner of `planned` */
    const struct planned *planned;
    const char *const *only; /* what it was opened with */
    enum plan_page_aim aim;
    enum apply_mode mode; /* of the question that is open */
    bool is_refused;
};

/* ---- planning, on the worker's thread ---- */

static const char *const *copy_versions(TALLOC_CTX *owner, const char *const *versions)
{
    size_t count = 0;
    while (versions && versions[count])
        count++;
    if (!versions)
        return NULL;
    const char **copy = talloc_zero_array(owner, const char *, (unsigned)count + 1);
    for (size_t i = 0; i < count; i++)
        copy[i] = talloc_strdup(copy, versions[i]);
    return copy;
}

static bool read_target(struct planned *planned, struct session *session, const struct deck *deck, struct error *error)
{
    planned->status = status_read(planned, session->connection, planned->directory, deck->settings, error);
    return planned->status && plan_read_target(planned, session->connection, &planned->target, error);
}

static bool measure(struct task *task, struct planned *planned, struct session *session, const struct deck *deck,
                    struct error *error)
{
    const struct trace_options options = {
        .settings = deck->settings,
        .directory = planned->directory,
        .cancel = task_cancellation(task),
    };
    return planning_measure(planned, planned->plan, session->connection, &options, NULL, &planned->trace, error);
}

static bool make_plan(struct task *task, struct planned *planned, struct session *session, const struct deck *deck,
                      struct error *error)
{
    planned->plan = plan_build(planned, planned->status, deck->settings, &planned->target, &planned->selection, error);
    if (!planned->plan || !measure(task, planned, session, deck, error))
        return false;
    if (planned->plan->count > 0)
        planned->preflight = preflight_look(planned, session->connection, planned->plan, deck->settings, error);
    return planned->plan->count == 0 || planned->preflight;
}

static bool work(struct task *task, void *argument, struct error *error)
{
    const struct job *job = argument;
    struct planned *planned = talloc_zero(task_memory(task), struct planned);
    planned->selection.only = copy_versions(planned, job->only);
    planned->directory = directory_read(planned, job->deck->settings, error);
    if (!planned->directory)
        return false;
    struct session *session = session_open(planned, job->deck->pool, task_cancellation(task), error);
    bool is_made = session && read_target(planned, session, job->deck, error) &&
                   make_plan(task, planned, session, job->deck, error);
    talloc_free(session);
    task_set_result(task, planned);
    return is_made;
}

/* ---- the page ---- */

static void add_step(struct document *document, const struct plan_step *step)
{
    document_add(document, LOOK_STRONG, "\n %s  %s", step->file->version, step->file->description);
    document_line(document, LOOK_DIM, "   %s", step->file->path);
    steps_add(document, step, &(struct steps_space){STEP_INDENT, PAGE_COLUMNS, SUMMARY_BYTES});
}

static struct document *plan_document(TALLOC_CTX *owner, const struct planned *planned)
{
    const struct plan *plan = planned->plan;
    struct document *document = document_new(owner);
    if (plan->count == 0) {
        document_line(document, LOOK_GOOD, " Nothing is pending: there is nothing to apply.");
        return document;
    }
    document_add(document, LOOK_STRONG, " %s, %s", answer_count(document, plan->count, "migration"),
                 answer_count(document, plan->statement_count, "statement"));
    document_add(document, LOOK_PLAIN, " on %s as %s", plan->target.database, plan->target.role);
    if (plan->remaining > 0)
        document_add(document, LOOK_PLAIN, "; %zu stay pending", plan->remaining);
    document_line(document, LOOK_DIM, "   plan %s", plan->id);
    if (plan->creates_ledger)
        document_line(document, LOOK_NOTE, " First the ledger %s.%s and its journal are made.",
                      plan->status->ledger->schema, plan->status->ledger->name);
    const char *const *found = planning_preflight_lines(document, planned->preflight);
    for (size_t i = 0; found[i]; i++)
        document_line(document, LOOK_WARN, " %s", found[i]);
    steps_add_trace(document, planned->trace, 1);
    for (size_t i = 0; i < plan->count; i++)
        add_step(document, &plan->steps[i]);
    document_line(document, LOOK_DIM,
                  "\n Exactly this runs: if a file, the ledger or the target changes before, the run refuses.");
    document_line(document, LOOK_DIM, " A asks, then applies.  D asks, then runs it and rolls it back.");
    return document;
}

static struct document *refusal_document(TALLOC_CTX *owner, const struct error *error)
{
    struct document *document = document_new(owner);
    document_line(document, LOOK_BAD, " No plan: nothing was done.\n");
    document_add(document, LOOK_STRONG, " Why     ");
    if (error->file)
        document_add(document, LOOK_PLAIN, "%s:%d:%d: ", error->file, error->line, error->column);
    document_line(document, LOOK_PLAIN, "%s", error->message);
    if (error->detail)
        document_line(document, LOOK_PLAIN, "         %s", error->detail);
    document_add(document, LOOK_STRONG, "\n Way out ");
    document_line(document, LOOK_PLAIN, "%s", error->hint ? error->hint : "r reads everything again; p plans again.");
    return document;
}

static void ask(struct plan_page *page, enum apply_mode mode);

static void on_planned(void *argument, struct task *task, bool succeeded, const struct error *error)
{
    struct plan_page *page = argument;
    page->task = NULL;
    page->is_refused = !succeeded;
    if (!succeeded) {
        pager_set(page->page.pager, refusal_document(page, error));
        return;
    }
    page->done = talloc_steal(page, task);
    page->planned = task_result(task);
    pager_set(page->page.pager, plan_document(page, page->planned));
    if (page->aim != PLAN_TO_SEE && page->planned->plan->count > 0 &&
        console_front(page->page.base.console) == &page->page.base)
        ask(page, page->aim == PLAN_TO_APPLY ? APPLY_FOR_REAL : APPLY_DRY_RUN);
}

/* ---- from plan to run ---- */

static void on_answer(void *argument, enum dialog_answer answer)
{
    struct plan_page *page = argument;
    struct console *console = page->page.base.console;
    const char *reason = consent_refusal(console);
    if (answer == DIALOG_NO || reason) {
        console_say(console, MESSAGE_NOTE, "Nothing was done.%s%s", reason ? " " : "", reason ? reason : "");
        return;
    }
    struct task *done = page->done;
    const struct planned *planned = page->planned;
    enum apply_mode mode = page->mode;
    talloc_steal(console, done);
    console_close(console);
    run_page_open(console, done, planned->plan, &planned->selection, mode);
}

static void ask(struct plan_page *page, enum apply_mode mode)
{
    const struct plan *plan = page->planned->plan;
    TALLOC_CTX *memory = talloc_new(NULL);
    page->mode = mode;
    struct confirmation confirmation = {
        .question = talloc_asprintf(memory, "%s %s (%s) on %s", mode == APPLY_FOR_REAL ? "apply" : "run and roll back",
                                    answer_count(memory, plan->count, "migration"),
                                    answer_count(memory, plan->statement_count, "statement"), plan->target.database),
        .lines = planning_lines(memory, plan, PRINTER_NORMAL),
        .loss = hazard_loses_data(plan) && mode == APPLY_FOR_REAL ? LOSES_DATA : LOSES_NOTHING,
        .database = plan->target.database,
    };
    consent_ask(page->page.base.console, &confirmation, mode == APPLY_FOR_REAL ? "apply" : "run and roll back",
                on_answer, page);
    talloc_free(memory);
}

static void plan_again(struct plan_page *page)
{
    struct console *console = page->page.base.console;
    TALLOC_CTX *memory = talloc_new(console);
    const char *const *only = copy_versions(memory, page->only);
    console_close(console);
    plan_page_open(console, only, PLAN_TO_SEE);
    talloc_free(memory);
}

static const char *refusal(struct view *view, enum action action)
{
    const struct plan_page *page = (struct plan_page *)view;
    if (action != ACTION_APPLY && action != ACTION_DRY_RUN)
        return NULL;
    if (page->task)
        return "The plan is still being made.";
    if (page->is_refused)
        return "There is no plan; the page says why, and the way out.";
    if (!page->planned || page->planned->plan->count == 0)
        return "Nothing is pending: there is nothing to apply.";
    return consent_refusal(view->console);
}

static bool act(struct view *view, enum action action)
{
    struct plan_page *page = (struct plan_page *)view;
    if (action == ACTION_PLAN_AGAIN) {
        plan_again(page);
        return true;
    }
    if (action == ACTION_APPLY)
        ask(page, APPLY_FOR_REAL);
    else if (action == ACTION_DRY_RUN)
        ask(page, APPLY_DRY_RUN);
    else
        return page_act(view, action);
    return true;
}

static const struct view_class plan_class = {
    .where = AT_PLAN | AT_PAGER,
    .draw = page_draw,
    .act = act,
    .refusal = refusal,
    .typed = page_typed,
    .position = page_position,
    .crumb = page_crumb,
};

static int destroy(struct plan_page *page)
{
    if (page->task)
        loop_drop(page->page.base.console->loop, page->task);
    return 0;
}

void plan_page_open(struct console *console, const char *const *only, enum plan_page_aim aim)
{
    struct plan_page *page = talloc_zero(console, struct plan_page);
    page_init(&page->page, console, &plan_class, "Plan");
    page->aim = aim;
    page->only = copy_versions(page, only);
    struct document *waiting = document_new(page);
    document_line(waiting, LOOK_DIM, " Reading files and target, and measuring the statements in scratch…");
    pager_set(page->page.pager, waiting);
    struct job *job = talloc_zero(page, struct job);
    *job = (struct job){console->deck, copy_versions(job, only)};
    struct error *error = error_new(page);
    struct task_options options = {.name = "plan", .run = work, .argument = job};
    page->task = loop_start(console->loop, &options, on_planned, page, error);
    if (!page->task) {
        console_say_error(console, error);
        talloc_free(page);
        return;
    }
    loop_keep(console->loop, page->task, job);
    talloc_set_destructor(page, destroy);
    console_open(console, &page->page.base);
}
