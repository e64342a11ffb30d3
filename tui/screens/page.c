/* See page.h. */
#include "tui/screens/page.h"

#include "tui/console.h"

void page_init(struct page *page, struct console *console, const struct view_class *class, const char *title)
{
    page->base = (struct view){class, console};
    page->title = talloc_strdup(page, title);
    page->pager = pager_new(page);
}

void page_draw(struct view *view, struct terminal *terminal, struct area area)
{
    const struct page *page = (struct page *)view;
    int inset = page->margin == PAGE_INSET ? 1 : 0;
    pager_draw(page->pager, terminal,
               (struct area){area.row, area.column + inset, area.rows, area.columns - 2 * inset});
}

static void copy(struct page *page)
{
    char *text = document_text(page, pager_document(page->pager));
    terminal_copy(page->base.console->terminal, text, strlen(text));
    console_say(page->base.console, MESSAGE_NOTE, "copied the page: %zu bytes, by way of the terminal (OSC 52)",
                strlen(text));
    talloc_free(text);
}

static void search(struct page *page, const char *text, enum pager_direction direction)
{
    if (!pager_search(page->pager, text, direction))
        console_say(page->base.console, MESSAGE_NOTE, text ? "no match for \"%s\"" : "no match%s", text ? text : "");
}

bool page_act(struct view *view, enum action action)
{
    struct page *page = (struct page *)view;
    if (action == ACTION_SEARCH)
        console_ask(view->console, view, "/", "");
    else if (action == ACTION_NEXT_MATCH)
        search(page, NULL, PAGER_FORWARD);
    else if (action == ACTION_PREVIOUS_MATCH)
        search(page, NULL, PAGER_BACKWARD);
    else if (action == ACTION_COPY)
        copy(page);
    else
        return pager_act(page->pager, action);
    return true;
}

void page_typed(struct view *view, const char *text, enum typing typing)
{
    if (typing == TYPING_DONE && *text)
        search((struct page *)view, text, PAGER_FORWARD);
}

const char *page_position(struct view *view, TALLOC_CTX *owner)
{
    return pager_position(((struct page *)view)->pager, owner);
}

const char *page_crumb(struct view *view, TALLOC_CTX *owner UNUSED) { return ((struct page *)view)->title; }

void page_add_absent(struct document *document, const struct console *console)
{
    const struct error *problem = console->problem;
    if (!error_is_set(problem)) {
        document_line(document, LOOK_DIM, "\n Reading the files and the target…");
        return;
    }
    document_add(document, LOOK_BAD, "\n ");
    if (problem->file && problem->line)
        document_add(document, LOOK_BAD, "%s:%d:%d: ", problem->file, problem->line, problem->column);
    document_line(document, LOOK_BAD, "%s", problem->message);
    if (problem->detail)
        document_line(document, LOOK_PLAIN, " %s", problem->detail);
    if (problem->hint)
        document_line(document, LOOK_PLAIN, " %s", problem->hint);
    document_line(document, LOOK_DIM, "\n r tries again.  :settings shows where the target comes from.");
}

static const struct view_class page_class = {
    .where = AT_PAGER,
    .draw = page_draw,
    .act = page_act,
    .typed = page_typed,
    .position = page_position,
    .crumb = page_crumb,
};

void page_open(struct console *console, const char *title, struct document *document, enum page_margin margin)
{
    struct page *page = talloc_zero(console, struct page);
    page_init(page, console, &page_class, title);
    page->margin = margin;
    pager_set(page->pager, document);
    console_open(console, &page->base);
}
