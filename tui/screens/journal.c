/* The screen Journal: runs, newest first, with their events; and the structured log, followed live. */
#include "tui/screens/follow.h"
#include "tui/screens/migrations.h"
#include "tui/screens/page.h"
#include "tui/widgets/list.h"

enum journal_tab { TAB_RUNS, TAB_LOG };
enum { COLUMN_STARTED, COLUMN_OUTCOME, COLUMN_APPLIED, COLUMN_FAILED, COLUMN_BY, COLUMN_RUN };

struct journal_view {
    struct view base;
    enum journal_tab tab;
    struct list *list;
    struct pager *pager;
    struct follow *follow;
};

/* ---- rows ---- */

static const struct list_column columns[] = {
    [COLUMN_STARTED] = {"STARTED", 11, 11, 9, LIST_LEFT, LIST_UNDER_CURSOR},
    [COLUMN_OUTCOME] = {"OUTCOME", 7, 12, 8, LIST_LEFT, LIST_UNDER_CURSOR},
    [COLUMN_APPLIED] = {"APPLIED", 7, 8, 5, LIST_RIGHT, LIST_BESIDE},
    [COLUMN_FAILED] = {"FAILED", 6, 7, 4, LIST_RIGHT, LIST_BESIDE},
    [COLUMN_BY] = {"BY", 4, 30, 7, LIST_LEFT, LIST_BESIDE},
    [COLUMN_RUN] = {"RUN", 8, 40, 6, LIST_LEFT, LIST_BESIDE},
};

static const struct journal_run *row_at(const void *rows, size_t row)
{
    return &((const struct survey *)rows)->runs[row];
}

static const char *identity(const void *rows, size_t row) { return row_at(rows, row)->run; }

static enum look outcome_look(const char *outcome)
{
    return strcmp(outcome, "done") == 0 ? LOOK_GOOD : strcmp(outcome, "open") == 0 ? LOOK_NOTE : LOOK_WARN;
}

static void cell(const void *rows, size_t row, size_t column, TALLOC_CTX *owner, struct list_cell *made)
{
    const struct journal_run *run = row_at(rows, row);
    switch (column) {
    case COLUMN_STARTED:
        made->text = survey_short_time(owner, run->started_at);
        break;
    case COLUMN_OUTCOME:
        made->text = run->outcome;
        made->look = outcome_look(run->outcome);
        break;
    case COLUMN_APPLIED:
        made->text = talloc_asprintf(owner, "%lld", (long long)run->applied);
        break;
    case COLUMN_FAILED:
        made->text = talloc_asprintf(owner, "%lld", (long long)run->failed);
        break;
    case COLUMN_BY:
        made->text = talloc_asprintf(owner, "%s%s%s", run->person ? run->person : run->db_role, run->host ? "@" : "",
                                     run->host ? run->host : "");
        break;
    case COLUMN_RUN:
        made->text = run->run;
        break;
    default:
        break;
    }
}

static int compare(const void *rows, size_t left, size_t right, size_t column)
{
    const struct journal_run *a = row_at(rows, left), *b = row_at(rows, right);
    switch (column) {
    case COLUMN_OUTCOME:
        return strcmp(a->outcome, b->outcome);
    case COLUMN_APPLIED:
        return a->applied < b->applied ? -1 : a->applied > b->applied;
    case COLUMN_FAILED:
        return a->failed < b->failed ? -1 : a->failed > b->failed;
    case COLUMN_BY:
        return strcmp(a->person ? a->person : "", b->person ? b->person : "");
    default:
        return left < right ? 1 : -1; /* they come newest first */
    }
}

static const struct list_source source = {columns, countof(columns), identity, cell, compare};

/* ---- the events of a run ---- */

static bool has_start(const struct survey *survey, const char *run)
{
    for (size_t i = 0; i < survey->event_count; i++)
        if (strcmp(survey->events[i].run, run) == 0)
            return strcmp(survey->events[i].event, "run_started") == 0 || survey->event_count < SURVEY_EVENTS;
    return false;
}

static void open_run(struct journal_view *view)
{
    struct console *console = view->base.console;
    const struct survey *survey = console->survey;
    const struct journal_run *run = &survey->runs[list_cursor(view->list)];
    if (!has_start(survey, run->run)) { /* older than what was read */
        char *line = talloc_asprintf(view, "journal --run %s", run->run);
        console_command(console, line);
        talloc_free(line);
        return;
    }
    struct document *document = document_new(view);
    document_add(document, outcome_look(run->outcome), "%s", run->outcome);
    document_line(document, LOOK_PLAIN, "  by %s, role %s, %s", run->person ? run->person : "unknown", run->db_role,
                  run->application ? run->application : "");
    document_end_line(document);
    for (size_t i = 0; i < survey->event_count; i++)
        if (strcmp(survey->events[i].run, run->run) == 0)
            migration_add_event(document, &survey->events[i]);
    char *title = talloc_asprintf(view, "run %s", run->run);
    page_open(console, title, document, PAGE_INSET);
    talloc_free(title);
}

/* ---- the view ---- */

static void draw_tabs(const struct journal_view *view, struct terminal *terminal, struct area row)
{
    static const char *const names[] = {[TAB_RUNS] = "Runs", [TAB_LOG] = "Log"};
    terminal_rule(terminal, row.row, row.column, row.columns, LOOK_RULE, GLYPH_RULE);
    int at = row.column + 1;
    for (int i = 0; i <= TAB_LOG; i++) {
        bool is_here = (int)view->tab == i;
        at += terminal_put(terminal, row.row, at, 1, LOOK_PLAIN, is_here ? "[" : " ");
        at += terminal_put(terminal, row.row, at, 8, is_here ? LOOK_TAB_HERE : LOOK_TAB, names[i]);
        at += terminal_put(terminal, row.row, at, 1, LOOK_PLAIN, is_here ? "]" : " ") + 1;
    }
}

static const char *absent_text(const struct console *console)
{
    if (!console->survey)
        return error_is_set(console->problem) ? "The target could not be read; r tries again." : "Reading the journal…";
    return "Nothing was run here yet.";
}

static void draw(struct view *base, struct terminal *terminal, struct area area)
{
    struct journal_view *view = (struct journal_view *)base;
    draw_tabs(view, terminal, (struct area){area.row, area.column, 1, area.columns});
    struct area inner = {area.row + 1, area.column, area.rows - 1, area.columns};
    if (view->tab == TAB_LOG)
        pager_draw(view->pager, terminal, inner);
    else if (list_shown_count(view->list) > 0 || *list_filter(view->list))
        list_draw(view->list, terminal, inner);
    else
        terminal_put(terminal, inner.row + 1, 2, inner.columns - 4, LOOK_DIM, absent_text(base->console));
}

static const struct view_class runs_class, log_class;

static void turn(struct journal_view *view)
{
    view->tab = view->tab == TAB_RUNS ? TAB_LOG : TAB_RUNS;
    view->base.class = view->tab == TAB_RUNS ? &runs_class : &log_class;
    if (view->tab == TAB_LOG)
        follow_start(view->follow);
    else
        follow_stop(view->follow);
}

static const char *refusal(struct view *base, enum action action)
{
    const struct journal_view *view = (struct journal_view *)base;
    if ((action == ACTION_OPEN || action == ACTION_COPY) && view->tab == TAB_RUNS && list_cursor(view->list) < 0)
        return "There is no row here.";
    return NULL;
}

static void copy(struct journal_view *view)
{
    struct console *console = view->base.console;
    char *text = view->tab == TAB_LOG ? document_text(view, pager_document(view->pager))
                                      : talloc_strdup(view, list_cursor_identity(view->list));
    terminal_copy(console->terminal, text, strlen(text));
    console_say(console, MESSAGE_NOTE, "copied %s: %zu bytes, by way of the terminal (OSC 52)",
                view->tab == TAB_LOG ? "the log" : "the run's id", strlen(text));
    talloc_free(text);
}

static bool close_filter(struct journal_view *view)
{
    if (view->tab != TAB_RUNS || !*list_filter(view->list))
        return false;
    list_set_filter(view->list, "");
    return true;
}

static bool act(struct view *base, enum action action)
{
    struct journal_view *view = (struct journal_view *)base;
    switch ((int)action) {
    case ACTION_NEXT_PANE:
    case ACTION_PREVIOUS_PANE:
        turn(view);
        return true;
    case ACTION_OPEN:
        open_run(view);
        return true;
    case ACTION_COPY:
        copy(view);
        return true;
    case ACTION_FILTER:
        console_ask(base->console, base, "/", list_filter(view->list));
        return true;
    case ACTION_SEARCH:
        console_ask(base->console, base, "/", "");
        return true;
    case ACTION_CLOSE:
        return close_filter(view);
    case ACTION_NEXT_MATCH:
        return pager_search(view->pager, NULL, PAGER_FORWARD) || true;
    case ACTION_PREVIOUS_MATCH:
        return pager_search(view->pager, NULL, PAGER_BACKWARD) || true;
    default:
        return view->tab == TAB_LOG ? pager_act(view->pager, action) : list_act(view->list, action);
    }
}

static void typed(struct view *base, const char *text, enum typing typing)
{
    struct journal_view *view = (struct journal_view *)base;
    if (view->tab == TAB_RUNS)
        list_set_filter(view->list, typing == TYPING_GIVEN_UP ? "" : text);
    else if (typing == TYPING_DONE && *text && !pager_search(view->pager, text, PAGER_FORWARD))
        console_say(base->console, MESSAGE_NOTE, "no match for \"%s\"", text);
}

static const char *position(struct view *base, TALLOC_CTX *owner)
{
    const struct journal_view *view = (struct journal_view *)base;
    return view->tab == TAB_LOG ? pager_position(view->pager, owner) : list_position(view->list, owner);
}

static const char *crumb(struct view *base, TALLOC_CTX *owner)
{
    const struct journal_view *view = (struct journal_view *)base;
    const char *filter = list_filter(view->list);
    if (view->tab == TAB_LOG)
        return log_path(base->console->deck->log);
    return *filter ? talloc_asprintf(owner, "/%s", filter) : NULL;
}

static void refreshed(struct view *base)
{
    struct journal_view *view = (struct journal_view *)base;
    const struct survey *survey = base->console->survey;
    if (survey)
        (void)list_set(view->list, survey, survey->run_count);
}

#define JOURNAL_CLASS(places)                                                                                          \
    {                                                                                                                  \
        .where = AT_JOURNAL | AT_PANES | (places), .draw = draw, .act = act, .refusal = refusal, .position = position, \
        .crumb = crumb, .refreshed = refreshed, .typed = typed                                                         \
    }
static const struct view_class runs_class = JOURNAL_CLASS(AT_LIST), log_class = JOURNAL_CLASS(AT_PAGER);

struct view *journal_view_new(struct console *console)
{
    struct journal_view *view = talloc_zero(console, struct journal_view);
    view->base = (struct view){&runs_class, console};
    view->list = list_new(view, &source);
    (void)list_act(view->list, ACTION_REVERSE);
    view->pager = pager_new(view);
    view->follow = follow_new(view, console, view->pager);
    refreshed(&view->base);
    return &view->base;
}
