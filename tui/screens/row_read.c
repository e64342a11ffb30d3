/* What the page of a row has read in the background. */
#include "store/clock.h"
#include "tui/screens/row_view.h"

enum { TICK_MS = 250 };

static void on_tick(void *argument)
{
    struct row_view *view = argument;
    if (view->task || view->change)
        loop_after(view->base.console->loop, TICK_MS, on_tick, view);
}

void row_view_tick(struct row_view *view)
{
    view->start_ms = clock_monotonic_ms();
    on_tick(view);
}

void row_view_stop(struct row_view *view)
{
    struct loop *loop = view->base.console->loop;
    if (view->task)
        loop_drop(loop, view->task);
    view->task = NULL;
    loop_forget(loop, on_tick, view);
}

static void begin(struct row_view *view, struct entity_work *work, task_fn run, loop_end_fn on_end)
{
    row_view_stop(view);
    error_clear(view->problem);
    view->doing = "reading";
    view->task = entity_work_start(view->base.console, work, run, on_end, view, view->problem);
    row_view_fill_card(view);
    row_view_tick(view);
}

static void give_up(struct row_view *view, const struct error *error)
{
    error_copy(view->problem, error);
    if (row_view_has_values(view))
        console_say_error(view->base.console, error);
    if (error->code == ERROR_CONNECTION)
        console_refresh(view->base.console); /* which connects again, and tells */
    row_view_fill_card(view);
}

/* ---- the row ---- */

static void on_row(void *argument, struct task *task, bool succeeded, const struct error *error)
{
    struct row_view *view = argument;
    view->task = NULL;
    if (!succeeded) {
        give_up(view, error);
        return;
    }
    const struct entity_page *page = task_result(task);
    struct task *old = view->row_task;
    view->row_task = talloc_steal(view, task);
    view->row = page->count ? page->rows[0] : (struct entity_row){0};
    talloc_free(old);
    if (!page->count && row_view_line(view))
        console_say(view->base.console, MESSAGE_WARNING, "The row is gone.");
    if (page->count && !view->subject.key)
        view->subject.key = entity_row_key(view, view->hold->entity, &view->row);
    row_view_arrange(view);
    row_view_fill_card(view);
    if (view->before.result) {
        row_conflict_open(view);
        view->before = (struct entity_row){0};
        TALLOC_FREE(view->before_task);
    }
}

static struct entity_filter *key_filters(TALLOC_CTX *owner, const struct row_view *view, size_t *count)
{
    const struct entity *entity = view->hold->entity;
    struct entity_filter *filters = talloc_zero_size(owner, (entity->key_count + 1) * sizeof *filters);
    *count = entity->key_count;
    for (size_t i = 0; i < entity->key_count; i++)
        filters[i] = (struct entity_filter){entity->key[i], FILTER_EQUAL, view->subject.key[i]};
    return filters;
}

void row_view_read(struct row_view *view)
{
    const struct row_subject *subject = &view->subject;
    struct entity_work *work = entity_work_new(view->base.console, view->hold);
    struct entity_query query = {.deleted = DELETED_SHOWN, .limit = 1};
    struct error *error = error_new(view);
    if (subject->key) {
        query.filters = key_filters(work, view, &query.filter_count);
    } else {
        query.filter_count = subject->relationship->column_count;
        query.filters =
            entity_relationship_filters(work, subject->relationship, view->hold->entity, subject->values, error);
    }
    if (query.filters) {
        entity_work_set_query(work, &query);
        begin(view, work, entity_work_page, on_row);
    } else {
        give_up(view, error);
        talloc_free(work);
    }
    talloc_free(error);
}

/* ---- the entity ---- */

static void on_opened(void *argument, struct task *task, bool succeeded, const struct error *error)
{
    struct row_view *view = argument;
    view->task = NULL;
    if (succeeded) {
        view->hold = entity_hold_new(view, task, view->subject.catalog);
        row_view_read(view);
    } else {
        give_up(view, error);
    }
}

void row_view_open(struct row_view *view)
{
    const struct row_subject *subject = &view->subject;
    const struct entity_catalog *catalog = task_result(subject->catalog);
    if (view->hold && subject->key) {
        row_view_read(view);
        return;
    }
    if (view->hold) {
        row_view_arrange(view);
        return;
    }
    struct entity_work *work = entity_work_new(view->base.console, NULL);
    work->model = catalog->model;
    work->schema = talloc_strdup(work, subject->relationship->schema);
    work->table = talloc_strdup(work, subject->relationship->table);
    if (!talloc_reference(work, subject->catalog))
        abort();
    begin(view, work, entity_work_open, on_opened);
}
