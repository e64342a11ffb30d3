/* See run.h: the task, its events, the picture of it. */
#include "tui/screens/run.h"

#include "store/clock.h"
#include "store/text.h"
#include "tui/answer.h"
#include "tui/screens/page.h"
#include "tui/screens/plan.h"

enum { STEP_ROWS_LEAST = 3, NAME_COLUMNS = 40 };

enum step_state { STEP_WAITING, STEP_RUNNING, STEP_DONE, STEP_FAILED };

struct step {
    enum step_state state;
    int64_t duration_ms;
};

/* What the worker works on. */
struct job {
    struct deck *deck;
    const struct plan *plan;
    struct plan_selection selection;
    enum apply_mode mode;
    struct task *task;
    struct apply_result *result; /* in the task's memory */
};

struct run_page {
    struct page page;       /* the pager shows notices, then the card */
    struct task *plan_task; /* owner of the plan */
    const struct plan *plan;
    enum apply_mode mode;
    struct job *job;
    struct task *task; /* NULL: ended */
    struct step *steps;
    int file;                     /* index of the running one */
    struct apply_event now;       /* the newest statement */
    struct apply_event blocked;   /* the newest look at who is in the way; text empty: nobody */
    struct apply_event queue;     /* the newest look at who waits behind */
    int64_t blocked_ms, queue_ms; /* when those came */
    char phase[600];
    int64_t start_ms, file_start_ms, end_ms;
    bool is_cancelling;
};

/* ---- on the worker's thread ---- */

static void on_event(void *listener, const struct apply_event *event)
{
    const struct job *job = listener;
    task_report(job->task, event, sizeof *event);
}

static bool work(struct task *task, void *argument, struct error *error)
{
    struct job *job = argument;
    job->task = task;
    struct apply_options options = deck_apply_options(job->deck, task_cancellation(task));
    options.mode = job->mode;
    options.strictness = APPLY_EXACT;
    options.selection = job->selection;
    options.on_event = on_event;
    options.listener = job;
    struct apply_result *result = NULL;
    bool succeeded = apply_run(task_memory(task), job->plan, &options, &result, error);
    task_set_result(task, result);
    return succeeded;
}

/* ---- events ---- */

static void note(struct run_page *page, enum look look, const char *text)
{
    document_line(pager_change(page->page.pager), look, " %s", text);
    pager_to_end(page->page.pager);
}

static void begin_file(struct run_page *page, const struct apply_event *event)
{
    page->file = event->file_index - 1;
    page->now = *event;
    page->file_start_ms = clock_monotonic_ms();
    *page->phase = '\0';
    if (page->file >= 0 && page->file < (int)page->plan->count)
        page->steps[page->file].state = STEP_RUNNING;
}

/* What was seen of others belongs to the statement that has ended. */
static void forget_others(struct run_page *page)
{
    *page->blocked.text = '\0';
    page->queue.queued = 0;
}

static void begin_pause(struct run_page *page, const struct apply_event *event)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    forget_others(page);
    page->now.statement = 0;
    snprintf(page->phase, sizeof page->phase, "attempt %d rolled back; next in %s, or when they let go", event->attempt,
             answer_duration(memory, event->duration_ms));
    note(page, LOOK_NOTE, talloc_asprintf(memory, "%s attempt %d: %s", event->version, event->attempt, event->text));
    talloc_free(memory);
}

static void end_file(struct run_page *page, const struct apply_event *event, enum step_state state)
{
    int index = event->file_index - 1;
    if (index >= 0 && index < (int)page->plan->count)
        page->steps[index] = (struct step){state, event->duration_ms};
}

static void on_progress(void *listener, const void *progress, size_t size_bytes UNUSED)
{
    struct run_page *page = listener;
    const struct apply_event *event = progress;
    switch (event->kind) {
    case APPLY_CONNECTING:
        snprintf(page->phase, sizeof page->phase, "connecting");
        break;
    case APPLY_WAITING:
        snprintf(page->phase, sizeof page->phase, "waiting for the migration lock: %.480s", event->text);
        break;
    case APPLY_RUN_STARTED:
        snprintf(page->phase, sizeof page->phase, "run %.500s", event->text);
        break;
    case APPLY_FILE_STARTED:
        begin_file(page, event);
        break;
    case APPLY_STATEMENT:
        page->now = *event;
        *page->phase = '\0';
        break;
    case APPLY_STATEMENT_DONE:
        *page->blocked.text = '\0';
        break;
    case APPLY_BLOCKED:
        page->blocked = *event;
        page->blocked_ms = clock_monotonic_ms();
        break;
    case APPLY_QUEUE:
        page->queue = *event;
        page->queue_ms = clock_monotonic_ms();
        break;
    case APPLY_BREAKER:
        note(page, LOOK_WARN, event->text);
        break;
    case APPLY_RETRYING:
        begin_pause(page, event);
        break;
    case APPLY_COMMITTING:
        snprintf(page->phase, sizeof page->phase, "committing");
        break;
    case APPLY_FILE_DONE:
        forget_others(page);
        end_file(page, event, STEP_DONE);
        break;
    case APPLY_FILE_FAILED:
        forget_others(page);
        end_file(page, event, STEP_FAILED);
        break;
    case APPLY_NOTICE:
        note(page, LOOK_PLAIN, event->text);
        break;
    case APPLY_WARNING:
        note(page, LOOK_WARN, event->text);
        break;
    case APPLY_CANCELLING:
        page->is_cancelling = true;
        break;
    }
}

static const struct view_class result_class;

static void on_end(void *argument, struct task *task, bool succeeded UNUSED, const struct error *error)
{
    struct run_page *page = argument;
    struct console *console = page->page.base.console;
    page->task = NULL;
    page->end_ms = clock_monotonic_ms();
    console->write_task = NULL;
    console_forget(console);
    pager_set(page->page.pager,
              run_card(page, page->plan, task_result(task), page->mode, error, page->end_ms - page->start_ms));
    pager_to_start(page->page.pager);
    page->page.base.class = &result_class;
    page->page.title = page->mode == APPLY_DRY_RUN ? "Dry run" : "Result";
    messages_clear(console->messages);
    console_refresh(console);
}

/* ---- the picture ---- */

static const char *elapsed(TALLOC_CTX *owner, int64_t since_ms)
{
    int64_t seconds = (clock_monotonic_ms() - since_ms) / 1000;
    return talloc_asprintf(owner, "%02lld:%02lld", (long long)(seconds / 60), (long long)(seconds % 60));
}

static const char *step_words(const struct run_page *page, int index, TALLOC_CTX *owner)
{
    const struct step *step = &page->steps[index];
    switch (step->state) {
    case STEP_WAITING:
        return "waiting";
    case STEP_DONE:
        return talloc_asprintf(owner, "done in %s", answer_duration(owner, step->duration_ms));
    case STEP_FAILED:
        return "failed";
    case STEP_RUNNING:
        break;
    }
    if (strcmp(page->phase, "committing") == 0)
        return "committing";
    if (page->now.statement == 0)
        return *page->phase ? "resting before the next attempt" : "beginning";
    return talloc_asprintf(owner, "statement %d of %d, line %d", page->now.statement, page->now.statement_count,
                           page->now.line);
}

static void draw_step(const struct run_page *page, struct terminal *terminal, struct area row, int index)
{
    static const struct {
        enum glyph glyph;
        enum look look;
    } shown[] = {
        [STEP_WAITING] = {GLYPH_DOT, LOOK_DIM},
        [STEP_RUNNING] = {GLYPH_RUNNING, LOOK_NOTE},
        [STEP_DONE] = {GLYPH_DONE, LOOK_GOOD},
        [STEP_FAILED] = {GLYPH_FAILED, LOOK_BAD},
    };
    TALLOC_CTX *memory = talloc_new(NULL);
    const struct migration_file *file = page->plan->steps[index].file;
    enum step_state state = page->steps[index].state;
    terminal_put(terminal, row.row, row.column, 1, shown[state].look, theme_glyph(shown[state].glyph));
    terminal_put(terminal, row.row, row.column + 2, NAME_COLUMNS, state == STEP_RUNNING ? LOOK_STRONG : LOOK_PLAIN,
                 talloc_asprintf(memory, "%s %s", file->version, file->description));
    terminal_put(terminal, row.row, row.column + NAME_COLUMNS + 3, row.columns - NAME_COLUMNS - 3, shown[state].look,
                 step_words(page, index, memory));
    talloc_free(memory);
}

static void draw_bar(const struct run_page *page, struct terminal *terminal, struct area row)
{
    int total = (int)page->plan->count, done = 0;
    for (int i = 0; i < total; i++)
        done += page->steps[i].state == STEP_DONE;
    int width = row.columns - 24, full = total > 0 && width > 0 ? width * done / total : 0;
    terminal_rule(terminal, row.row, row.column, full, LOOK_GOOD, GLYPH_BAR_FULL);
    terminal_rule(terminal, row.row, row.column + full, width - full, LOOK_DIM, GLYPH_BAR_EMPTY);
    char text[64];
    snprintf(text, sizeof text, "  file %d of %d", page->file < 0 ? 0 : page->file + 1, total);
    terminal_put(terminal, row.row, row.column + width, 24, LOOK_PLAIN, text);
}

/* The steps around the running one. */
static int draw_steps(const struct run_page *page, struct terminal *terminal, struct area area, int room)
{
    int total = (int)page->plan->count, first = page->file - room / 2;
    first = first + room > total ? total - room : first;
    first = first < 0 ? 0 : first;
    int row = area.row;
    for (int i = first; i < total && i < first + room; i++)
        draw_step(page, terminal, (struct area){row++, area.column, 1, area.columns}, i);
    return row;
}

static const char *seconds(TALLOC_CTX *owner, int64_t duration_ms)
{
    return talloc_asprintf(owner, "%.1f s", (double)(duration_ms > 0 ? duration_ms : 0) / 1000);
}

/* Who is in the way, with the countdown; or what else goes on. */
static void draw_blocked(const struct run_page *page, struct terminal *terminal, struct area row, TALLOC_CTX *memory)
{
    if (!*page->blocked.text) {
        terminal_put(terminal, row.row, row.column, row.columns, LOOK_DIM, page->phase);
        return;
    }
    int64_t left_ms = page->blocked.lock_left_ms - (clock_monotonic_ms() - page->blocked_ms);
    const char *left = page->blocked.lock_left_ms > 0 ? seconds(memory, left_ms) : NULL;
    terminal_put(terminal, row.row, row.column, row.columns, LOOK_WARN,
                 talloc_asprintf(memory, "attempt %d%s%s: %s", page->blocked.attempt, left ? ", lock timeout in " : "",
                                 left ? left : "", page->blocked.text));
}

static void draw_queue(const struct run_page *page, struct terminal *terminal, struct area row, TALLOC_CTX *memory)
{
    if (page->queue.queued == 0)
        return;
    int64_t waited_ms = page->queue.queue_ms + clock_monotonic_ms() - page->queue_ms;
    terminal_put(terminal, row.row, row.column, row.columns, LOOK_BAD,
                 talloc_asprintf(memory, "%d queued behind us, the first for %s: %s", page->queue.queued,
                                 seconds(memory, waited_ms), page->queue.text));
}

static void draw(struct view *view, struct terminal *terminal, struct area area)
{
    struct run_page *page = (struct run_page *)view;
    TALLOC_CTX *memory = talloc_new(NULL);
    struct area inner = {area.row, 2, area.rows, area.columns - 4};
    const char *what = page->is_cancelling           ? "Cancelling: waiting until the server is idle…"
                       : page->mode == APPLY_DRY_RUN ? "Rehearsing (everything is rolled back)"
                                                     : "Applying";
    terminal_put(terminal, inner.row, inner.column, inner.columns, page->is_cancelling ? LOOK_WARN : LOOK_STRONG,
                 talloc_asprintf(memory, "%s  %s", what, page->plan->target.database));
    terminal_put(terminal, inner.row, inner.column + inner.columns - 13, 13, LOOK_PLAIN,
                 talloc_asprintf(memory, "elapsed %s", elapsed(memory, page->start_ms)));
    int room = area.rows - 10 < STEP_ROWS_LEAST ? STEP_ROWS_LEAST : area.rows - 10;
    room = room < (int)page->plan->count ? room : (int)page->plan->count;
    int row = draw_steps(page, terminal, (struct area){inner.row + 2, inner.column, room, inner.columns}, room);
    draw_bar(page, terminal, (struct area){row + 1, inner.column, 1, inner.columns});
    if (page->now.statement > 0)
        terminal_put(terminal, row + 2, inner.column, inner.columns, LOOK_PLAIN, page->now.text);
    draw_blocked(page, terminal, (struct area){row + 3, inner.column, 1, inner.columns}, memory);
    draw_queue(page, terminal, (struct area){row + 4, inner.column, 1, inner.columns}, memory);
    int rest = area.row + area.rows - (row + 5);
    if (rest > 2) {
        terminal_rule(terminal, row + 5, 0, area.columns, LOOK_RULE, GLYPH_RULE);
        terminal_put(terminal, row + 5, 2, 20, LOOK_STRONG, " Notices ");
        pager_draw(page->page.pager, terminal, (struct area){row + 6, 1, rest - 1, area.columns - 2});
    }
    talloc_free(memory);
}

/* ---- keys ---- */

static const char *refusal(struct view *view, enum action action)
{
    static const enum action leaving[] = {ACTION_BACK, ACTION_CLOSE, ACTION_QUIT, ACTION_PREVIOUS_VIEW, ACTION_COMMAND};
    bool leaves = action >= ACTION_SCREEN_1 && action <= ACTION_SCREEN_6;
    for (size_t i = 0; i < countof(leaving); i++)
        leaves = leaves || action == leaving[i];
    return leaves && ((struct run_page *)view)->task ? "The run goes on: this page stays until its end. ^C cancels it."
                                                     : NULL;
}

static bool act(struct view *view, enum action action)
{
    struct run_page *page = (struct run_page *)view;
    if (action == ACTION_CANCEL && page->task)
        page->is_cancelling = true; /* the console asks the task */
    if (action == ACTION_PLAN_AGAIN && !page->task) {
        struct console *console = view->console;
        console_close(console);
        plan_page_open(console, NULL, PLAN_TO_SEE);
        return true;
    }
    return action != ACTION_CANCEL && page_act(view, action);
}

static const struct view_class run_class = {
    .where = AT_RUN | AT_PAGER,
    .draw = draw,
    .act = act,
    .refusal = refusal,
    .crumb = page_crumb,
    .footer = "^C cancel   j k notices",
};

static const struct view_class result_class = {
    .where = AT_RESULT | AT_PAGER,
    .draw = page_draw,
    .act = act,
    .typed = page_typed,
    .position = page_position,
    .crumb = page_crumb,
};

static int destroy(struct run_page *page)
{
    if (page->task) {
        loop_drop(page->page.base.console->loop, page->task);
        page->page.base.console->write_task = NULL;
    }
    return 0;
}

void run_page_open(struct console *console, struct task *plan_task, const struct plan *plan,
                   const struct plan_selection *selection, enum apply_mode mode)
{
    struct run_page *page = talloc_zero(console, struct run_page);
    page_init(&page->page, console, &run_class, mode == APPLY_DRY_RUN ? "Dry run" : "Apply");
    page->plan_task = talloc_steal(page, plan_task);
    page->plan = plan;
    page->mode = mode;
    page->file = -1;
    page->steps = talloc_zero_array(page, struct step, (unsigned)plan->count + 1);
    page->start_ms = page->file_start_ms = clock_monotonic_ms();
    struct job *job = talloc_zero(page, struct job);
    *job = (struct job){.deck = console->deck, .plan = plan, .selection = *selection, .mode = mode};
    struct task_options options = {
        .name = "apply", .run = work, .argument = job, .on_progress = on_progress, .listener = page};
    struct error *error = error_new(page);
    page->task = loop_start(console->loop, &options, on_end, page, error);
    if (!page->task) {
        console_say_error(console, error);
        talloc_free(page);
        return;
    }
    loop_keep(console->loop, page->task, job);
    talloc_set_destructor(page, destroy);
    console->write_task = page->task;
    console->write_name = mode == APPLY_DRY_RUN ? "A dry run" : "An apply";
    console_open(console, &page->page.base);
}
