/* The screen Activity: who blocks whom as a tree, the other sessions below, and of the one under the cursor everything
 * that is known. The cursor follows the process id. */
#include "tui/activity_words.h"
#include "tui/screens/activity_view.h"
#include "tui/screens/page.h"
#include "tui/widgets/panes.h"

/* ---- what is shown ---- */

static bool has_rows(const struct activity_view *view) { return view->rows && view->rows->count > 0; }

static struct document *card(struct activity_view *view)
{
    struct document *document = document_new(view);
    const struct console *console = view->base.console;
    if (error_is_set(view->problem)) {
        document_line(document, LOOK_BAD, "\n %s", view->problem->message);
        if (view->problem->hint)
            document_line(document, LOOK_PLAIN, " %s", view->problem->hint);
        document_line(document, LOOK_DIM, "\n r tries again, R every two seconds.");
    } else if (!console->is_target_open) {
        page_add_absent(document, console);
    } else if (!view->activity) {
        document_line(document, LOOK_DIM, "\n Reading who is at work…");
    } else {
        document_line(document, LOOK_GOOD, "\n Nobody else is at work on this server.");
        document_line(document, LOOK_DIM, "\n r reads again, R every two seconds.");
    }
    return document;
}

void activity_view_fill(struct activity_view *view)
{
    ptrdiff_t row = has_rows(view) ? tree_cursor(view->tree) : -1;
    const char *here = row < 0 ? NULL : view->rows->items[row].identity;
    bool is_same = here && view->shown && strcmp(here, view->shown) == 0;
    char *old = view->shown;
    view->shown = here ? talloc_strdup(view, here) : NULL;
    talloc_free(old);
    pager_set(view->pager, row < 0 ? card(view) : activity_document(view, view->rows, (size_t)row));
    if (!is_same)
        pager_to_start(view->pager);
}

static void on_rest(void *argument) { activity_view_fill(argument); }

/* The pane follows the cursor when it rests: moving along the tree stays cheap. */
static void follow(struct activity_view *view)
{
    const char *here = has_rows(view) ? tree_cursor_identity(view->tree) : NULL;
    bool is_same = here && view->shown ? strcmp(here, view->shown) == 0 : here == view->shown;
    if (!is_same)
        loop_after(view->base.console->loop, CONSOLE_REST_MS, on_rest, view);
}

void activity_view_arrange(struct activity_view *view)
{
    struct activity_rows *old = view->rows;
    view->rows = activity_rows_make(view, view->activity, view->order, view->direction);
    tree_set(view->tree, view->rows, view->rows->count);
    talloc_free(old);
    activity_view_fill(view);
}

/* ---- drawing ---- */

/* A line over the list while something is unknown, or old. */
static struct area draw_remark(const struct activity_view *view, struct terminal *terminal, struct area area)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    const char *text = activity_unknown_text(memory, view->activity);
    if (error_is_set(view->problem))
        text = talloc_asprintf(memory, "As of %.8s UTC; not read since: %s", view->activity->at + 11,
                               view->problem->message);
    if (text && area.rows > 4) {
        terminal_put(terminal, area.row, area.column + 1, area.columns - 2, LOOK_WARN, text);
        area = (struct area){area.row + 1, area.column, area.rows - 1, area.columns};
    }
    talloc_free(memory);
    return area;
}

static void draw(struct view *base, struct terminal *terminal, struct area area)
{
    static const char *const names[] = {"Session"};
    struct activity_view *view = (struct activity_view *)base;
    if (!has_rows(view)) {
        pager_draw(view->pager, terminal, (struct area){area.row, 1, area.rows, area.columns - 2});
        return;
    }
    area = draw_remark(view, terminal, area);
    struct panes panes = panes_split(area, area.columns, (int)tree_shown_count(view->tree) + 1);
    struct area detail = panes.detail;
    tree_draw(view->tree, terminal, panes.list);
    panes_draw_rule(terminal, &panes);
    if (detail.rows == 0)
        return;
    TALLOC_CTX *memory = talloc_new(NULL);
    pager_draw(view->pager, terminal,
               (struct area){detail.row + 1, detail.column + 1, detail.rows - 1, detail.columns - 2});
    panes_draw_head(terminal, detail, names, countof(names), 0, pager_position(view->pager, memory));
    talloc_free(memory);
}

static const char *crumb(struct view *base, TALLOC_CTX *owner)
{
    const struct activity_view *view = (struct activity_view *)base;
    const char *filter = tree_filter(view->tree), *pace = view->pace == ACTIVITY_BY_ITSELF ? "every 2 s" : "";
    if (*filter)
        return talloc_asprintf(owner, "%s%s/%s", pace, *pace ? "  " : "", filter);
    return *pace ? pace : NULL;
}

/* Both stand on one line: words give way to numbers. */
static const char *summary(struct view *base, TALLOC_CTX *owner)
{
    const struct activity_view *view = (struct activity_view *)base;
    if (!view->activity)
        return "";
    const char *place = crumb(base, owner), *text = activity_summary_text(owner, view->activity);
    int room =
        terminal_columns(base->console->terminal) - (int)sizeof " Activity > " - (place ? (int)strlen(place) : 0);
    return (int)strlen(text) <= room ? text : activity_summary_short(owner, view->activity);
}

static const char *position(struct view *base, TALLOC_CTX *owner)
{
    const struct activity_view *view = (struct activity_view *)base;
    return has_rows(view) ? tree_position(view->tree, owner) : "";
}

/* ---- keys ---- */

static const char *refusal(struct view *base, enum action action)
{
    struct activity_view *view = (struct activity_view *)base;
    /* The text lives until the next key is refused. */
    talloc_free(view->refusal);
    view->refusal = talloc_new(view);
    switch ((int)action) {
    case ACTION_CANCEL_STATEMENT:
        return activity_view_stop_refusal(view, view->refusal, ACTIVITY_CANCEL);
    case ACTION_TERMINATE:
        return activity_view_stop_refusal(view, view->refusal, ACTIVITY_TERMINATE);
    case ACTION_OPEN:
    case ACTION_COPY:
    case ACTION_FILTER:
    case ACTION_SORT:
    case ACTION_REVERSE:
        return has_rows(view) ? NULL : "There are no sessions here.";
    default:
        return NULL;
    }
}

static void copy(struct activity_view *view)
{
    struct console *console = view->base.console;
    const struct activity_session *session = activity_row_session(view->rows, (size_t)tree_cursor(view->tree));
    char *text = session && session->query ? talloc_strdup(view, session->query)
                                           : document_text(view, pager_document(view->pager));
    terminal_copy(console->terminal, text, strlen(text));
    console_say(console, MESSAGE_NOTE, "copied %s: %zu bytes, by way of the terminal (OSC 52)",
                session && session->query ? "the statement" : "what the pane shows", strlen(text));
    talloc_free(text);
}

static void open_row(struct activity_view *view)
{
    size_t row = (size_t)tree_cursor(view->tree);
    char *title = talloc_asprintf(view, "session %s", view->rows->items[row].identity);
    page_open(view->base.console, title, activity_document(view, view->rows, row), PAGE_INSET);
    talloc_free(title);
}

static void sort(struct activity_view *view, enum action action)
{
    if (action == ACTION_SORT)
        view->order = (view->order + 1) % ACTIVITY_ORDER_COUNT;
    else
        view->direction = view->direction == ACTIVITY_FORWARDS ? ACTIVITY_BACKWARDS : ACTIVITY_FORWARDS;
    activity_rows_head(view->tree, view->order, view->direction);
    activity_view_arrange(view);
}

static bool close_innermost(struct activity_view *view)
{
    if (!*tree_filter(view->tree))
        return false;
    tree_set_filter(view->tree, "");
    return true;
}

/* ^C ends what this screen waits for; what the console waits for, too, is its own. */
static bool cancel(struct activity_view *view)
{
    struct task *task = view->stopping ? view->stopping : view->reading;
    if (task)
        task_cancel(task);
    return task && !view->base.console->refreshing;
}

static bool act_here(struct activity_view *view, enum action action)
{
    switch ((int)action) {
    case ACTION_CANCEL_STATEMENT:
        activity_view_stop(view, ACTIVITY_CANCEL);
        return true;
    case ACTION_TERMINATE:
        activity_view_stop(view, ACTIVITY_TERMINATE);
        return true;
    case ACTION_OPEN:
        open_row(view);
        return true;
    case ACTION_COPY:
        copy(view);
        return true;
    case ACTION_FILTER:
        console_ask(view->base.console, &view->base, "/", tree_filter(view->tree));
        return true;
    case ACTION_SORT:
    case ACTION_REVERSE:
        sort(view, action);
        return true;
    case ACTION_AUTO_REFRESH:
        activity_view_set_pace(view, view->pace == ACTIVITY_WHEN_ASKED ? ACTIVITY_BY_ITSELF : ACTIVITY_WHEN_ASKED);
        return true;
    case ACTION_REFRESH:
        activity_view_read(view);
        console_refresh(view->base.console);
        return true;
    case ACTION_CLOSE:
        return close_innermost(view);
    case ACTION_CANCEL:
        return cancel(view);
    default:
        return has_rows(view) ? tree_act(view->tree, action) : pager_act(view->pager, action);
    }
}

static bool act(struct view *base, enum action action)
{
    struct activity_view *view = (struct activity_view *)base;
    bool is_done = act_here(view, action);
    follow(view);
    return is_done;
}

static void typed(struct view *base, const char *text, enum typing typing)
{
    struct activity_view *view = (struct activity_view *)base;
    tree_set_filter(view->tree, typing == TYPING_GIVEN_UP ? "" : text);
    follow(view);
}

static void shown(struct view *base) { activity_view_read((struct activity_view *)base); }

/* The target has been opened, or is there again. */
static void refreshed(struct view *base)
{
    struct activity_view *view = (struct activity_view *)base;
    bool is_wanted = !view->activity || error_is_set(view->problem) || base->console->is_auto_refreshing;
    if (is_wanted && console_front(base->console) == base)
        activity_view_read(view);
    if (!view->activity)
        activity_view_fill(view);
}

static const struct view_class activity_class = {
    .where = AT_ACTIVITY | AT_LIST | AT_TREE,
    .draw = draw,
    .act = act,
    .refusal = refusal,
    .summary = summary,
    .position = position,
    .crumb = crumb,
    .refreshed = refreshed,
    .shown = shown,
    .typed = typed,
};

struct view *activity_view_new(struct console *console)
{
    struct activity_view *view = talloc_zero(console, struct activity_view);
    view->base = (struct view){&activity_class, console};
    view->problem = error_new(view);
    view->tree = tree_new(view, &activity_rows_source);
    activity_rows_head(view->tree, view->order, view->direction);
    view->pager = pager_new(view);
    activity_view_fill(view);
    return &view->base;
}
