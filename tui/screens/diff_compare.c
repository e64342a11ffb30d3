/* What the screen Diff has done in the background: comparisons, and migrations made of them. */
#include "store/clock.h"
#include "tui/answer.h"
#include "tui/parity.h"
#include "tui/screens/diff_view.h"
#include "tui/screens/plan.h"

enum { TICK_MS = 250, FOLD_FROM = 500 /* differences: then the groups come first */ };

/* What runs shows its time. */
static void on_tick(void *argument)
{
    struct diff_view *view = argument;
    if (view->task)
        loop_after(view->base.console->loop, TICK_MS, on_tick, view);
}

static void on_progress(void *listener, const void *data, size_t size_bytes UNUSED)
{
    struct diff_view *view = listener;
    const struct mirror_progress *progress = data;
    if (progress->kind <= MIRROR_LIVE)
        view->progress.sides[progress->kind] = *progress;
}

static void say_what_came(struct diff_view *view)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    size_t notes = diff_note_count(view->compared), count = view->compared->comparison->diff->change_count;
    const char *time = answer_duration(memory, clock_monotonic_ms() - view->progress.start_ms);
    const char *also = !notes ? ""
                       : count
                           ? talloc_asprintf(memory, "; %s: Tab shows the notes", answer_count(memory, notes, "remark"))
                           : talloc_asprintf(memory, "; %s", answer_count(memory, notes, "remark"));
    console_say(view->base.console, count ? MESSAGE_NOTE : MESSAGE_GOOD, "%s in %s%s",
                count ? answer_count(memory, count, "difference") : "No difference", time, also);
    talloc_free(memory);
}

static void take(struct diff_view *view, struct task *task)
{
    struct task *old = view->done;
    bool is_first = !view->compared;
    view->done = talloc_steal(view, task);
    view->compared = task_result(task);
    diff_view_arrange(view);
    talloc_free(old); /* behind the tree that showed it */
    if (is_first && view->compared->comparison->diff->change_count >= FOLD_FROM)
        (void)tree_act(view->tree, ACTION_FOLD_ALL);
    else if (is_first && view->rows->count > 1)
        (void)tree_go(view->tree, view->rows->items[1].identity);
    TALLOC_FREE(view->shown);
    diff_view_fill_pane(view);
    say_what_came(view);
}

static void on_compared(void *argument, struct task *task, bool succeeded, const struct error *error)
{
    struct diff_view *view = argument;
    struct console *console = view->base.console;
    view->task = console->compare_task = NULL;
    error_clear(view->problem);
    if (succeeded) {
        take(view, task);
        parity_note(console->parity, view->from, view->to, view->compared->comparison->diff->change_count, NULL);
    } else if (error->code == ERROR_CANCELLED && view->compared) {
        console_say(console, MESSAGE_WARNING, "Cancelled: what is shown is what was there before.");
    } else {
        error_copy(view->problem, error);
        if (error->code != ERROR_CANCELLED)
            parity_note(console->parity, view->from, view->to, 0, error);
    }
    diff_view_fill_card(view);
}

static void forget(struct diff_view *view)
{
    tree_set(view->tree, NULL, 0);
    view->compared = NULL;
    TALLOC_FREE(view->rows);
    TALLOC_FREE(view->done);
    TALLOC_FREE(view->shown);
    pager_set(view->pager, document_new(view));
}

static void drop(struct diff_view *view)
{
    struct console *console = view->base.console;
    if (view->task)
        loop_drop(console->loop, view->task);
    if (view->task)
        view->task = console->compare_task = NULL;
}

static bool is_askable(struct diff_view *view)
{
    bool needs_target = view->from == MIRROR_LIVE || view->to == MIRROR_LIVE;
    if (!needs_target || view->base.console->is_target_open)
        return true;
    error_set(view->problem, ERROR_CONNECTION, "the target is not open yet");
    return error_hint(view->problem, "Status (1) says what is known of it.");
}

void diff_view_start(struct diff_view *view)
{
    struct console *console = view->base.console;
    drop(view);
    if (view->compared && (view->compared->from != view->from || view->compared->to != view->to))
        forget(view);
    error_clear(view->problem);
    view->progress = (struct diff_progress){.from = view->from, .to = view->to, .start_ms = clock_monotonic_ms()};
    struct mirrors_pair *pair = talloc_zero(view, struct mirrors_pair);
    *pair = (struct mirrors_pair){.deck = console->deck, .from = view->from, .to = view->to};
    struct task_options options = {
        .name = "compare", .run = mirrors_compare, .argument = pair, .on_progress = on_progress, .listener = view};
    if (is_askable(view))
        view->task = loop_start(console->loop, &options, on_compared, view, view->problem);
    diff_view_fill_card(view);
    if (!view->task) {
        talloc_free(pair);
        return;
    }
    console->compare_task = view->task;
    loop_keep(console->loop, view->task, pair);
    on_tick(view);
}

/* ---- migrations ---- */

static void on_drafted(void *argument, struct task *task, bool succeeded, const struct error *error)
{
    struct diff_view *view = argument;
    struct console *console = view->base.console;
    view->drafting = console->compare_task = NULL;
    if (!succeeded) {
        console_say_error(console, error);
        return;
    }
    const struct mirrors_migration *made = task_result(task);
    const char *const only[] = {made->version, NULL};
    console_forget(console);
    console_refresh(console);
    if (console_front(console) == &view->base)
        plan_page_open(console, only, PLAN_TO_SEE);
    console_say(console, made->loses_data ? MESSAGE_WARNING : MESSAGE_GOOD, "made %s%s; say in %s what it is for",
                made->file, made->loses_data ? ", which LOSES DATA" : "", made->documentation);
}

void diff_view_draft(struct diff_view *view, const char *description)
{
    struct console *console = view->base.console;
    struct mirrors_pair *pair = talloc_zero(view, struct mirrors_pair);
    *pair = (struct mirrors_pair){console->deck, view->from, view->to, talloc_strdup(pair, description)};
    struct task_options options = {.name = "migration", .run = mirrors_make_migration, .argument = pair};
    struct error *error = error_new(view);
    view->drafting = loop_start(console->loop, &options, on_drafted, view, error);
    if (view->drafting) {
        console->compare_task = view->drafting;
        loop_keep(console->loop, view->drafting, pair);
        console_say(console, MESSAGE_NOTE, "Making the migration, and trying it twice in scratch…");
    } else {
        console_say_error(console, error);
        talloc_free(pair);
    }
    talloc_free(error);
}
