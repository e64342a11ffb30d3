/* A value on a page of its own: JSON laid out, searchable. A long one is laid out by a task, so that the keys are
 * answered meanwhile. */
#include "tui/screens/page.h"
#include "tui/screens/row_view.h"

enum { LONG_BYTES = 128 << 10 };

struct layout {
    const struct entity_column *column;
    char *value;
};

static bool lay_out(struct task *task, void *argument, struct error *error UNUSED)
{
    const struct layout *layout = argument;
    struct document *document = document_new(task_memory(task));
    row_add_value(document, layout->column, layout->value, SIZE_MAX);
    task_set_result(task, document);
    return true;
}

static void on_laid_out(void *argument, struct task *task, bool succeeded UNUSED, const struct error *error UNUSED)
{
    struct row_view *view = argument;
    struct console *console = view->base.console;
    view->task = NULL;
    if (console_front(console) == &view->base)
        page_open(console, view->viewed, talloc_steal(view, task_result(task)), PAGE_INSET);
}

static void start(struct row_view *view, const struct entity_column *column, const char *value)
{
    struct layout *layout = talloc_zero(NULL, struct layout);
    struct task_options options = {.name = "layout", .run = lay_out, .argument = layout};
    layout->column = column;
    layout->value = talloc_strdup(layout, value);
    if (!talloc_reference(layout, view->hold))
        abort();
    row_view_stop(view);
    view->doing = "laying out";
    view->task = loop_start(view->base.console->loop, &options, on_laid_out, view, view->problem);
    if (!view->task) {
        talloc_free(layout);
        return;
    }
    loop_keep(view->base.console->loop, view->task, layout);
    row_view_tick(view);
}

void row_value_open(struct row_view *view, const struct entity_column *column)
{
    const struct row_staged *staged = row_view_staged(view, column);
    const char *value = staged->what == STAGED_VALUE ? staged->text : row_view_value(view, column);
    talloc_free(view->viewed);
    view->viewed = talloc_strdup(view, column->name);
    if (value && strlen(value) > LONG_BYTES) {
        start(view, column, value);
        return;
    }
    struct document *document = document_new(view);
    row_add_value(document, column, value, SIZE_MAX);
    page_open(view->base.console, column->name, document, PAGE_INSET);
}
