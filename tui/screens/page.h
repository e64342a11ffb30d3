/* A page of text over a screen: help, messages, a migration's SQL, an answer. Closes with q and Esc; searches with /.
 */
#ifndef TUI_SCREENS_PAGE_H
#define TUI_SCREENS_PAGE_H

#include "tui/screen.h"
#include "tui/widgets/pager.h"

/* The first member of every page that shows a text. */
struct page {
    struct view base;
    struct pager *pager;
    const char *title;
    enum page_margin { PAGE_FLUSH, PAGE_INSET } margin;
};

/* Fills in a page that the caller has made zeroed. */
void page_init(struct page *page, struct console *console, const struct view_class *class, const char *title);

/* Makes a plain page of a document (which it takes) and opens it. */
void page_open(struct console *console, const char *title, struct document *document, enum page_margin margin);

/* What a screen says while nothing is known of the target: that it is being read, or why it cannot be, and the way out.
 */
void page_add_absent(struct document *document, const struct console *console);

/* The parts of a page's class, for other classes. */
void page_draw(struct view *view, struct terminal *terminal, struct area area);
bool page_act(struct view *view, enum action action);
void page_typed(struct view *view, const char *text, enum typing typing);
const char *page_position(struct view *view, TALLOC_CTX *owner);
const char *page_crumb(struct view *view, TALLOC_CTX *owner);

#endif
