/* Sort and filter of the page of rows. Another query reads from its beginning; where it fails, the one before stays. */
#include "tui/screens/rows_view.h"
#include "tui/screens/entity_text.h"
#include "tui/widgets/dialog.h"

enum { MANY_ROWS = 10000, MANY_BYTES = 8 << 20 };

bool rows_query_begin(struct rows_view *view, struct error *error)
{
    const struct rows_subject *subject = &view->subject;
    struct rows_query *query = &view->asked;
    *query = (struct rows_query){.memory = talloc_new(view)};
    query->text = talloc_strdup(query->memory, "");
    if (!subject->relationship)
        return true;
    query->filters =
        entity_relationship_filters(query->memory, subject->relationship, view->hold->entity, subject->values, error);
    query->filter_count = query->fixed_count = query->filters ? subject->relationship->column_count : 0;
    return query->filters != NULL;
}

void rows_query_copy(struct rows_view *view)
{
    const struct rows_query *from = &view->shown;
    struct rows_query *to = &view->asked;
    if (to->memory && to->memory != from->memory)
        talloc_free(to->memory);
    *to = *from;
    to->memory = talloc_new(view);
    to->text = talloc_strdup(to->memory, from->text);
    to->filters = talloc_zero_size(to->memory, (from->filter_count + 1) * sizeof *to->filters);
    for (size_t i = 0; i < from->filter_count; i++) {
        to->filters[i] = from->filters[i];
        to->filters[i].value = from->filters[i].value ? talloc_strdup(to->memory, from->filters[i].value) : NULL;
    }
}

/* ---- filters ---- */

static bool add_filter(struct rows_view *view, const char *text, size_t size, struct error *error)
{
    struct rows_query *query = &view->asked;
    struct entity_filter *filters =
        talloc_realloc_size(query->memory, query->filters, (query->filter_count + 1) * sizeof *filters);
    query->filters = filters;
    return entity_filter_parse(query->memory, view->hold->entity, talloc_strndup(query->memory, text, size),
                               &filters[query->filter_count++], error);
}

void rows_view_filter(struct rows_view *view, const char *text)
{
    static const char and[] = " && ";
    struct console *console = view->base.console;
    struct error *error = error_new(view);
    bool ok = true;
    rows_query_copy(view);
    view->asked.filter_count = view->asked.fixed_count;
    view->asked.text = talloc_strdup(view->asked.memory, text);
    for (const char *at = text; *at && ok;) {
        const char *end = strstr(at, and);
        size_t size = end ? (size_t)(end - at) : strlen(at);
        ok = add_filter(view, at, size, error);
        at += size + (end ? sizeof and-1 : 0);
    }
    if (ok) {
        rows_view_read(view, ROWS_FIRST);
    } else {
        console_say_error(console, error);
        talloc_free(view->asked.memory);
        view->asked = view->shown;
    }
    talloc_free(error);
}

void rows_view_toggle_deleted(struct rows_view *view)
{
    rows_query_copy(view);
    view->asked.deleted = view->shown.deleted == DELETED_SHOWN ? DELETED_HIDDEN : DELETED_SHOWN;
    rows_view_read(view, ROWS_FIRST);
}

/* ---- sort ---- */

const char *rows_view_sort_refusal(const struct rows_view *view)
{
    if (!view->shown.memory)
        return "Nothing was read yet.";
    const struct entity_column *column = &view->hold->entity->columns[grid_column_here(view->grid)];
    return column->order_schema ? NULL : "Values of this column's type have no order: go to another column.";
}

static void on_answer(void *argument, enum dialog_answer answer)
{
    struct rows_view *view = argument;
    if (answer == DIALOG_YES) {
        rows_view_read(view, ROWS_FIRST);
        return;
    }
    talloc_free(view->asked.memory);
    view->asked = view->shown;
    console_say(view->base.console, MESSAGE_NOTE, "The rows stay as they were sorted.");
}

/* Whether the server has to look at all of many rows before it can answer. */
static bool is_costly(const struct rows_view *view)
{
    const struct entity *entity = view->hold->entity;
    const struct entity_column *sort = view->asked.sort;
    bool is_many =
        entity->rows_estimate >= MANY_ROWS || entity->size_bytes >= MANY_BYTES || entity->kind == ENTITY_FOREIGN;
    return sort && !sort->is_leading && is_many && !view->asked.fixed_count;
}

static void ask_or_read(struct rows_view *view)
{
    const struct entity *entity = view->hold->entity;
    if (!is_costly(view)) {
        rows_view_read(view, ROWS_FIRST);
        return;
    }
    TALLOC_CTX *memory = talloc_new(NULL);
    struct document *lines = document_new(view->base.console);
    document_line(lines, LOOK_PLAIN, "No index begins with %s: the server sorts all of %s rows (%s)",
                  view->asked.sort->name, entity_estimate_text(memory, entity->rows_estimate),
                  entity_size_text(memory, entity->size_bytes));
    document_line(lines, LOOK_PLAIN, "for each page that is shown. ^C cancels it while it runs.");
    struct dialog_options options = {
        .title = "An unindexed sort",
        .question = talloc_asprintf(memory, "Sort %s by %s all the same?", entity->name, view->asked.sort->name),
        .verb = "sort",
        .lines = lines,
        .on_answer = on_answer,
        .argument = view,
    };
    dialog_open(view->base.console, &options);
    talloc_free(memory);
}

void rows_view_sort(struct rows_view *view)
{
    const struct entity *entity = view->hold->entity;
    const struct entity_column *column = &entity->columns[grid_column_here(view->grid)];
    bool is_key = entity->key_count && column == entity->key[0];
    rows_query_copy(view);
    view->asked.sort = column == view->shown.sort || is_key ? NULL : column;
    view->asked.order = GRID_ASCENDING;
    ask_or_read(view);
}

void rows_view_reverse(struct rows_view *view)
{
    rows_query_copy(view);
    view->asked.order = view->shown.order == GRID_ASCENDING ? GRID_DESCENDING : GRID_ASCENDING;
    ask_or_read(view);
}
