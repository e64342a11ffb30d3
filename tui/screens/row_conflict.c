/* A conflict: the row as it was read, as it is now, and what is staged, so that a person can decide anew. */
#include "tui/screens/entity_text.h"
#include "tui/screens/page.h"
#include "tui/screens/row_view.h"

enum { VALUE_BYTES = 4000, NAME_COLUMNS = 12 };

static bool is_equal(const char *a, const char *b) { return a && b ? strcmp(a, b) == 0 : a == b; }

static void add_value(struct document *document, const char *name, enum look look, const struct entity_column *column,
                      const char *value)
{
    document_fact(document, name, NAME_COLUMNS, look, "%.*s", VALUE_BYTES, row_value_text(column, value));
}

static void add_column(struct document *document, const struct row_view *view, size_t column)
{
    const struct entity_column *one = &view->hold->entity->columns[column];
    const struct row_staged *staged = row_view_staged(view, one);
    const char *before = entity_cell(&view->before, column), *now = entity_cell(&view->row, column);
    if (is_equal(before, now) && staged->what == STAGED_NOTHING)
        return;
    document_line(document, LOOK_STRONG, "\n%s", entity_clean(document, one->name));
    add_value(document, "as read", LOOK_PLAIN, one, before);
    add_value(document, "now", is_equal(before, now) ? LOOK_DIM : LOOK_WARN, one, now);
    if (staged->what == STAGED_DEFAULT)
        document_fact(document, "staged", NAME_COLUMNS, LOOK_PLAIN, "the default");
    else if (staged->what == STAGED_VALUE)
        add_value(document, "staged", LOOK_PLAIN, one, staged->text);
}

void row_conflict_open(struct row_view *view)
{
    struct document *document = document_new(view);
    document_line(document, LOOK_WARN,
                  "The row was changed by somebody else since it was read. Nothing was changed here.");
    if (!view->row.result)
        document_line(document, LOOK_BAD, "It is gone.");
    for (size_t i = 0; view->row.result && i < view->hold->entity->column_count; i++)
        add_column(document, view, i);
    document_line(document, LOOK_DIM,
                  "\nq goes back to the row as it is now, with what is staged: A applies it to that, "
                  "Esc drops it.");
    page_open(view->base.console, "conflict", document, PAGE_INSET);
}
