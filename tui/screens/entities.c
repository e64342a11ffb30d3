/* The screen Entities: every relation that holds rows, what is known of the one under the cursor beside or under the
 * list. Enter opens its rows. The list is one query; an entity's columns and relationships are read when the cursor
 * rests on it. */
#include "store/text.h"
#include "tui/answer.h"
#include "tui/screens/entity_text.h"
#include "tui/screens/page.h"
#include "tui/screens/rows.h"
#include "tui/widgets/list.h"
#include "tui/widgets/panes.h"

enum { COLUMN_NAME, COLUMN_ROWS, COLUMN_SIZE, COLUMN_COLUMNS, COLUMN_KIND, COLUMN_TABLE, COLUMN_COMMENT };

/* A row of the list. */
struct line {
    const struct entity_summary *summary;
    const char *identity, *qualified;
};

struct entities_view {
    struct view base;
    struct task *loading;  /* or NULL */
    struct task *catalog;  /* owner of the list; or NULL */
    struct line *lines;    /* of `catalog` */
    struct error *problem; /* why the newest attempt failed; not set: it did not */
    struct list *list;
    struct pager *card, *pane;
    struct task *describing; /* that opens the entity for the pane; or NULL */
    char *shown;             /* identity of the one in the pane, or being read for it; or NULL */
};

/* ---- the list ---- */

static const struct list_column columns[] = {
    [COLUMN_NAME] = {"ENTITY", 12, 40, 5, LIST_LEFT, LIST_UNDER_CURSOR},
    [COLUMN_ROWS] = {"ROWS~", 6, 8, 4, LIST_RIGHT, LIST_BESIDE},
    [COLUMN_SIZE] = {"SIZE", 7, 8, 3, LIST_RIGHT, LIST_BESIDE},
    [COLUMN_COLUMNS] = {"COLS", 5, 5, 2, LIST_RIGHT, LIST_BESIDE},
    [COLUMN_KIND] = {"KIND", 5, 18, 1, LIST_LEFT, LIST_BESIDE},
    [COLUMN_TABLE] = {"TABLE", 6, 40, 2, LIST_CUT, LIST_BESIDE},
    [COLUMN_COMMENT] = {"COMMENT", 10, 60, 0, LIST_CUT, LIST_BESIDE},
};

static const char *identity(const void *rows, size_t row) { return ((const struct line *)rows)[row].identity; }

static void cell(const void *rows, size_t row, size_t column, TALLOC_CTX *owner, struct list_cell *made)
{
    const struct line *line = &((const struct line *)rows)[row];
    const struct entity_summary *one = line->summary;
    bool is_name = column == COLUMN_NAME;
    made->look = is_name && one->is_declared ? LOOK_STRONG : is_name ? LOOK_PLAIN : LOOK_DIM;
    switch (column) {
    case COLUMN_NAME:
        made->text = one->name;
        break;
    case COLUMN_ROWS:
        made->text = one->kind == ENTITY_VIEW ? "" : entity_estimate_text(owner, one->rows_estimate);
        break;
    case COLUMN_SIZE:
        made->text = entity_size_text(owner, one->size_bytes);
        break;
    case COLUMN_COLUMNS:
        made->text = talloc_asprintf(owner, "%lld", (long long)one->column_count);
        break;
    case COLUMN_KIND:
        made->text = entity_kind_name(one->kind);
        break;
    case COLUMN_TABLE:
        made->text = line->qualified;
        break;
    default:
        made->text = one->comment;
    }
}

static int compare(const void *rows, size_t left, size_t right, size_t column)
{
    const struct entity_summary *a = ((const struct line *)rows)[left].summary;
    const struct entity_summary *b = ((const struct line *)rows)[right].summary;
    switch (column) {
    case COLUMN_ROWS:
        return (a->rows_estimate > b->rows_estimate) - (a->rows_estimate < b->rows_estimate);
    case COLUMN_SIZE:
        return (a->size_bytes > b->size_bytes) - (a->size_bytes < b->size_bytes);
    case COLUMN_COLUMNS:
        return (a->column_count > b->column_count) - (a->column_count < b->column_count);
    case COLUMN_KIND:
        return (int)a->kind - (int)b->kind;
    case COLUMN_COMMENT:
        return strcmp(a->comment ? a->comment : "", b->comment ? b->comment : "");
    case COLUMN_TABLE:
        return left < right ? -1 : left > right; /* as the query has them */
    default:
        return strcmp(a->name, b->name);
    }
}

static const struct list_source source = {columns, countof(columns), identity, cell, compare};

/* The table's name where the entity has another. */
static const char *qualified(TALLOC_CTX *owner, const struct entity_summary *one)
{
    bool is_public = !strcmp(one->schema, "public");
    char *name = talloc_asprintf(owner, "%s%s%s", is_public ? "" : one->schema, is_public ? "" : ".", one->table);
    return strcmp(name, one->name) == 0 ? "" : name;
}

static const struct entity_catalog *catalog_of(const struct entities_view *view)
{
    return view->catalog ? task_result(view->catalog) : NULL;
}

static const struct line *line_here(const struct entities_view *view)
{
    ptrdiff_t row = view->catalog ? list_cursor(view->list) : -1;
    return row < 0 ? NULL : &view->lines[row];
}

/* ---- reading ---- */

static void arrange(struct entities_view *view)
{
    const struct entity_catalog *catalog = catalog_of(view);
    struct line *old = view->lines;
    view->lines = talloc_zero_array(view, struct line, (unsigned)catalog->count + 1);
    for (size_t i = 0; i < catalog->count; i++) {
        const struct entity_summary *one = &catalog->items[i];
        view->lines[i] = (struct line){one, talloc_asprintf(view->lines, "%s\x01%s", one->schema, one->table),
                                       qualified(view->lines, one)};
    }
    (void)list_set(view->list, view->lines, catalog->count);
    talloc_free(old);
}

static void fill_card(struct entities_view *view)
{
    struct document *card = document_new(view);
    if (error_is_set(view->problem) && view->base.console->is_target_open) {
        document_line(card, LOOK_BAD, "\n The entities could not be read: %s", view->problem->message);
        if (view->problem->hint)
            document_line(card, LOOK_PLAIN, " %s", view->problem->hint);
        document_line(card, LOOK_DIM, "\n r tries again.");
    } else if (!view->base.console->is_target_open) {
        page_add_absent(card, view->base.console);
    } else if (view->catalog) {
        document_line(card, LOOK_DIM, "\n The database has no tables and no views.");
    } else {
        document_line(card, LOOK_DIM, "\n Reading the entities%s", theme_glyph(GLYPH_ELLIPSIS));
    }
    pager_set(view->card, card);
}

static void follow(struct entities_view *view);

static void on_loaded(void *argument, struct task *task, bool succeeded, const struct error *error)
{
    struct entities_view *view = argument;
    struct console *console = view->base.console;
    struct task *old = view->catalog;
    view->loading = NULL;
    error_clear(view->problem);
    if (succeeded) {
        view->catalog = talloc_steal(view, task);
        arrange(view);
        if (old)
            talloc_unlink(view, old); /* an open entity may still speak of its models */
        TALLOC_FREE(view->shown);
        if (catalog_of(view)->model_problem)
            console_say(console, MESSAGE_WARNING, "the models are passed over: %s", catalog_of(view)->model_problem);
        follow(view);
    } else {
        error_copy(view->problem, error);
        if (view->catalog)
            console_say_error(console, error);
    }
    fill_card(view);
}

static void load(struct entities_view *view)
{
    struct console *console = view->base.console;
    if (view->loading || !console->is_target_open)
        return;
    error_clear(view->problem);
    struct entity_work *work = entity_work_new(console, NULL);
    view->loading = entity_work_start(console, work, entity_work_catalog, on_loaded, view, view->problem);
    fill_card(view);
}

/* ---- the pane ---- */

static void on_described(void *argument, struct task *task, bool succeeded, const struct error *error)
{
    struct entities_view *view = argument;
    view->describing = NULL;
    struct document *document = succeeded ? entity_document(view, task_result(task)) : document_new(view);
    if (!succeeded)
        document_line(document, LOOK_WARN, "%s", error->message);
    pager_set(view->pane, document);
    pager_to_start(view->pane);
}

static void on_rest(void *argument)
{
    struct entities_view *view = argument;
    struct console *console = view->base.console;
    const struct line *line = line_here(view);
    if (view->describing)
        loop_drop(console->loop, view->describing);
    view->describing = NULL;
    talloc_free(view->shown);
    view->shown = line ? talloc_strdup(view, line->identity) : NULL;
    if (!line)
        return;
    struct error *error = error_new(view);
    struct entity_work *work = entity_work_new(console, NULL);
    work->model = catalog_of(view)->model;
    work->schema = talloc_strdup(work, line->summary->schema);
    work->table = talloc_strdup(work, line->summary->table);
    if (!talloc_reference(work, view->catalog))
        abort();
    view->describing = entity_work_start(console, work, entity_work_open, on_described, view, error);
    talloc_free(error);
}

/* The pane follows the cursor when it rests: moving along the list stays cheap. */
static void follow(struct entities_view *view)
{
    const struct line *line = line_here(view);
    if (line && (!view->shown || strcmp(line->identity, view->shown) != 0))
        loop_after(view->base.console->loop, CONSOLE_REST_MS, on_rest, view);
}

/* ---- drawing ---- */

static void draw(struct view *base, struct terminal *terminal, struct area area)
{
    struct entities_view *view = (struct entities_view *)base;
    const struct entity_catalog *catalog = catalog_of(view);
    if (!catalog || !catalog->count) {
        pager_draw(view->card, terminal, area);
        return;
    }
    struct panes panes = panes_split(area, list_wanted_columns(view->list), (int)list_shown_count(view->list) + 1);
    list_draw(view->list, terminal, panes.list);
    panes_draw_pager(terminal, &panes, "Entity", view->pane);
}

static const char *summary(struct view *base, TALLOC_CTX *owner)
{
    const struct entities_view *view = (struct entities_view *)base;
    if (view->loading)
        return talloc_asprintf(owner, "reading%s", theme_glyph(GLYPH_ELLIPSIS));
    const struct entity_catalog *catalog = catalog_of(view);
    return !catalog ? "" : catalog->count == 1 ? "1 entity" : talloc_asprintf(owner, "%zu entities", catalog->count);
}

static const char *crumb(struct view *base, TALLOC_CTX *owner)
{
    const char *filter = list_filter(((struct entities_view *)base)->list);
    return *filter ? talloc_asprintf(owner, "/%s", filter) : "";
}

static const char *position(struct view *base, TALLOC_CTX *owner)
{
    return list_position(((struct entities_view *)base)->list, owner);
}

/* ---- keys ---- */

static const char *refusal(struct view *base, enum action action)
{
    const struct entities_view *view = (struct entities_view *)base;
    if (action != ACTION_OPEN || line_here(view))
        return NULL;
    return view->loading ? "The entities are being read." : "There is no entity here.";
}

static void open_rows(struct entities_view *view)
{
    const struct entity_summary *one = line_here(view)->summary;
    rows_page_open(view->base.console,
                   &(struct rows_subject){
                       .catalog = view->catalog, .schema = one->schema, .table = one->table, .title = one->name});
}

static bool act(struct view *base, enum action action)
{
    struct entities_view *view = (struct entities_view *)base;
    bool is_done = true;
    switch ((int)action) {
    case ACTION_OPEN:
        open_rows(view);
        return true;
    case ACTION_FILTER:
        console_ask(base->console, base, "/", list_filter(view->list));
        return true;
    case ACTION_REFRESH:
        load(view);
        console_refresh(base->console);
        return true;
    case ACTION_CANCEL:
        is_done = view->loading != NULL;
        if (is_done)
            task_cancel(view->loading);
        return is_done;
    case ACTION_CLOSE:
        is_done = *list_filter(view->list) != '\0';
        list_set_filter(view->list, "");
        break;
    default:
        is_done = list_act(view->list, action);
    }
    follow(view);
    return is_done;
}

static void typed(struct view *base, const char *text, enum typing typing)
{
    struct entities_view *view = (struct entities_view *)base;
    list_set_filter(view->list, typing == TYPING_GIVEN_UP ? "" : text);
    follow(view);
}

/* A target that has come, or come back. */
static void refreshed(struct view *base)
{
    struct entities_view *view = (struct entities_view *)base;
    bool is_lost = error_is_set(view->problem) && view->problem->code == ERROR_CONNECTION;
    if (!view->catalog && !(error_is_set(view->problem) && !is_lost))
        load(view);
    fill_card(view);
}

static const struct view_class entities_class = {
    .where = AT_ENTITIES | AT_LIST,
    .draw = draw,
    .act = act,
    .refusal = refusal,
    .summary = summary,
    .position = position,
    .crumb = crumb,
    .refreshed = refreshed,
    .typed = typed,
};

struct view *entities_view_new(struct console *console)
{
    struct entities_view *view = talloc_zero(console, struct entities_view);
    view->base = (struct view){&entities_class, console};
    view->problem = error_new(view);
    view->list = list_new(view, &source);
    view->card = pager_new(view);
    view->pane = pager_new(view);
    load(view);
    fill_card(view);
    return &view->base;
}
