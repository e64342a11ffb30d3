/* A difference on a page of its own: everything of it, laid out anew when the width changes. */
#include "tui/screens/diff_view.h"
#include "tui/screens/page.h"

struct diff_page {
    struct page page;
    struct diff_view *view; /* a screen: it outlives the pages over it */
    char *identity;         /* of the row */
    enum diff_tab tab;
    int columns; /* of the document */
};

static const struct diff_row *find_row(const struct diff_page *page)
{
    const struct diff_rows *rows = page->view->rows;
    for (size_t i = 0; rows && i < rows->count; i++)
        if (strcmp(rows->items[i].identity, page->identity) == 0)
            return &rows->items[i];
    return NULL;
}

/* What was shown stays where the row is gone meanwhile. */
static void fill(struct diff_page *page, int columns)
{
    const struct diff_row *row = find_row(page);
    page->columns = columns;
    if (!row)
        return;
    struct diff_subject subject = diff_view_subject(page->view, row, columns);
    subject.extent = DIFF_IN_FULL;
    pager_set(page->page.pager, diff_document(page, &subject, page->tab));
}

static void draw(struct view *base, struct terminal *terminal, struct area area)
{
    struct diff_page *page = (struct diff_page *)base;
    if (page->columns != area.columns - 2)
        fill(page, area.columns - 2);
    page_draw(base, terminal, area);
}

static const char *refusal(struct view *base, enum action action)
{
    const struct diff_page *page = (struct diff_page *)base;
    if (action != ACTION_BLAME && action != ACTION_EDIT)
        return NULL;
    return diff_view_file_refusal(page->view, find_row(page));
}

static bool act(struct view *base, enum action action)
{
    struct diff_page *page = (struct diff_page *)base;
    if (action != ACTION_BLAME && action != ACTION_EDIT)
        return page_act(base, action);
    diff_view_go_to_file(page->view, find_row(page), action);
    return true;
}

static const struct view_class diff_page_class = {
    .where = AT_DIFFERENCE | AT_PAGER,
    .draw = draw,
    .act = act,
    .refusal = refusal,
    .typed = page_typed,
    .position = page_position,
    .crumb = page_crumb,
};

void diff_page_open(struct diff_view *view, const struct diff_row *row, enum diff_tab tab)
{
    struct diff_page *page = talloc_zero(view->base.console, struct diff_page);
    page_init(&page->page, view->base.console, &diff_page_class,
              tab == DIFF_TAB_CHANGE ? row->text : diff_tab_names[tab]);
    page->page.margin = PAGE_INSET;
    page->view = view;
    page->identity = talloc_strdup(page, row->identity);
    page->tab = tab;
    console_open(view->base.console, &page->page.base);
}
