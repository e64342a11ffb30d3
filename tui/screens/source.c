/* See source.h. */
#include "tui/screens/source.h"

#include <fcntl.h>

#include "store/disk.h"
#include "tui/editor.h"
#include "tui/highlight.h"
#include "tui/screens/page.h"

enum { MOST_BYTES = 64 << 20, MOST_AROUND = 5000 };

struct source_page {
    struct page page;
    const char *file; /* as given */
    int line;
};

static char *path_of(TALLOC_CTX *owner, const struct console *console, const char *file)
{
    if (*file == '/')
        return talloc_strdup(owner, file);
    return talloc_asprintf(owner, "%s/%s", settings_directory(console->deck->settings), file);
}

/* ---- lines ---- */

/* A part of a text by its lines. */
struct part {
    const char *text;
    size_t size_bytes;
    int first_line;
};

static struct part cut_out(const char *text, size_t size, int line, int around)
{
    int number = 1, first = line - around > 1 ? line - around : 1;
    const char *at = text, *end = text + size, *start = text;
    while (at < end && number <= line + around) {
        if (number == first)
            start = at;
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        at = newline ? newline + 1 : end;
        number++;
    }
    return (struct part){start, (size_t)(at - start), first};
}

static void copy_line(struct document *document, const struct document_line *line)
{
    size_t at = 0;
    for (size_t i = 0; i < line->run_count; i++) {
        document_add_bytes(document, line->runs[i].look, line->text + at, line->runs[i].end - at);
        at = line->runs[i].end;
    }
    document_end_line(document);
}

/* Returns in which line of the document the marked one stands. */
static size_t add_part(struct document *document, struct part part, int marked)
{
    size_t found = 0;
    struct document *lines = document_new(document);
    highlight_sql(lines, part.text, part.size_bytes);
    size_t count = lines->count;
    if (count > 1 && lines->lines[count - 1].size_bytes == 0)
        count--;
    for (size_t i = 0; i < count; i++) {
        int number = part.first_line + (int)i;
        bool is_marked = number == marked;
        found = is_marked ? document->count - 1 : found;
        document_add(document, is_marked ? LOOK_CURSOR : LOOK_DIM, "%s%5d", is_marked ? ">" : " ", number);
        document_add(document, LOOK_PLAIN, "  ");
        copy_line(document, &lines->lines[i]);
    }
    talloc_free(lines);
    return found;
}

void source_add_lines(struct document *document, const struct console *console, const char *file, int line, int around)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    char *text = NULL;
    size_t size = 0;
    if (line > 0 &&
        disk_read(memory, AT_FDCWD, path_of(memory, console, file), file, MOST_BYTES, &text, &size, error_new(memory)))
        (void)add_part(document, cut_out(text, size, line, around), line);
    talloc_free(memory);
}

/* ---- the page ---- */

void source_edit(struct console *console, const char *file, int line)
{
    char *path = path_of(console, console, file);
    editor_open(console, path, line);
    talloc_free(path);
}

/* False with the error set: the document is as it was. */
static bool fill(struct source_page *page, struct error *error)
{
    char *text = NULL;
    size_t size = 0;
    if (!disk_read(error, AT_FDCWD, path_of(error, page->page.base.console, page->file), page->file, MOST_BYTES, &text,
                   &size, error))
        return false;
    struct document *document = document_new(page);
    int line = page->line > 0 ? page->line : 1;
    size_t goal = add_part(document, cut_out(text, size, line, MOST_AROUND), line);
    pager_set(page->page.pager, document);
    pager_to_line(page->page.pager, goal);
    return true;
}

static bool act(struct view *view, enum action action)
{
    struct source_page *page = (struct source_page *)view;
    if (action != ACTION_EDIT)
        return page_act(view, action);
    source_edit(view->console, page->file, page->line);
    struct error *error = error_new(page);
    if (!fill(page, error))
        console_say_error(view->console, error);
    talloc_free(error);
    return true;
}

static const struct view_class source_class = {
    .where = AT_SOURCE | AT_PAGER,
    .draw = page_draw,
    .act = act,
    .typed = page_typed,
    .position = page_position,
    .crumb = page_crumb,
};

void source_page_open(struct console *console, const char *file, int line)
{
    struct source_page *page = talloc_zero(console, struct source_page);
    page_init(&page->page, console, &source_class, "");
    page->page.title = line > 0 ? talloc_asprintf(page, "%s:%d", file, line) : talloc_strdup(page, file);
    page->file = talloc_strdup(page, file);
    page->line = line;
    pager_cut(page->page.pager); /* so that numbers stand straight */
    struct error *error = error_new(page);
    if (fill(page, error)) {
        talloc_free(error);
        console_open(console, &page->page.base);
        return;
    }
    console_say_error(console, error);
    talloc_free(page);
}
