/* See migrations.h: list, panes and keys. */
#include "tui/screens/migrations.h"

#include "store/text.h"
#include "tui/answer.h"
#include "tui/consent.h"
#include "tui/editor.h"
#include "tui/screens/locks.h"
#include "tui/screens/page.h"
#include "tui/screens/plan.h"
#include "tui/screens/state.h"
#include "tui/widgets/list.h"
#include "tui/widgets/panes.h"

enum { COLUMN_STATE, COLUMN_VERSION, COLUMN_NAME, COLUMN_STATEMENTS, COLUMN_LOCK, COLUMN_TIME, COLUMN_BY, COLUMN_TOOK };

enum { PANE_MARGINS = 2, PAGE_COLUMNS = 76 /* of 80 */, PAGE_MARGINS = 4 };

struct migration_rows {
    const struct status *status;
    const struct locks *locks;
};

struct migrations_view {
    struct view base;
    struct migration_rows rows;
    struct locks *locks;
    struct list *list;
    struct pager *pager;
    enum migration_tab tab;
    char *shown; /* identity of the migration in the pane, or NULL */
    enum migration_tab shown_tab;
    int pane_columns; /* of its text, as it was last drawn */
};

/* ---- rows ---- */

static const struct list_column columns[] = {
    [COLUMN_STATE] = {"ST", 9, 14, 9, LIST_LEFT, LIST_UNDER_CURSOR},
    [COLUMN_VERSION] = {"VERSION", 7, 18, 8, LIST_LEFT, LIST_UNDER_CURSOR},
    [COLUMN_NAME] = {"NAME", 26, 60, 10, LIST_LEFT, LIST_UNDER_CURSOR},
    [COLUMN_STATEMENTS] = {"STMTS", 5, 6, 4, LIST_RIGHT, LIST_BESIDE},
    [COLUMN_LOCK] = {"LOCK", 15, 20, 6, LIST_CUT, LIST_BESIDE, LIST_IF_FILLED},
    [COLUMN_TIME] = {"APPLIED", 7, 11, 7, LIST_LEFT, LIST_BESIDE},
    [COLUMN_BY] = {"BY", 2, 12, 5, LIST_LEFT, LIST_BESIDE},
    [COLUMN_TOOK] = {"TOOK", 4, 10, 3, LIST_RIGHT, LIST_BESIDE},
};

static const struct migration *row_at(const void *rows, size_t row)
{
    return &((const struct migration_rows *)rows)->status->migrations[row];
}

static const char *identity(const void *rows, size_t row) { return row_at(rows, row)->version; }

static void cell(const void *rows, size_t row, size_t column, TALLOC_CTX *owner, struct list_cell *made)
{
    const struct migration *migration = row_at(rows, row);
    const struct ledger_row *applied = migration->row;
    made->look = LOOK_PLAIN;
    switch (column) {
    case COLUMN_STATE:
        made->text = state_text(owner, migration->state);
        made->look = state_row(migration->state)->look;
        break;
    case COLUMN_VERSION:
        made->text = migration->version;
        break;
    case COLUMN_NAME:
        made->text = migration->description ? migration->description : "";
        break;
    case COLUMN_STATEMENTS:
        made->text = migration->file ? talloc_asprintf(owner, "%zu", migration->file->statements.count) : "";
        break;
    case COLUMN_LOCK:
        made->text = locks_strongest(owner, ((const struct migration_rows *)rows)->locks, migration);
        break;
    case COLUMN_TIME:
        made->text = applied ? survey_short_time(owner, applied->applied_at) : "";
        break;
    case COLUMN_BY:
        made->text = applied ? applied->applied_by : "";
        break;
    case COLUMN_TOOK:
        made->text = applied ? answer_duration(owner, applied->duration_ms) : "";
        break;
    default:
        break;
    }
}

static int by_number(int64_t left, int64_t right) { return left < right ? -1 : left > right; }

static int by_text(const char *left, const char *right) { return strcmp(left ? left : "", right ? right : ""); }

static int compare(const void *rows, size_t left, size_t right, size_t column)
{
    const struct migration *a = row_at(rows, left), *b = row_at(rows, right);
    switch (column) {
    case COLUMN_STATE:
        return by_number(a->state, b->state);
    case COLUMN_VERSION:
        return by_number((int64_t)left, (int64_t)right); /* the rows are in that order */
    case COLUMN_NAME:
        return by_text(a->description, b->description);
    case COLUMN_STATEMENTS:
        return by_number(a->file ? (int64_t)a->file->statements.count : -1,
                         b->file ? (int64_t)b->file->statements.count : -1);
    case COLUMN_LOCK:
        return by_number(locks_rank(((const struct migration_rows *)rows)->locks, a),
                         locks_rank(((const struct migration_rows *)rows)->locks, b));
    case COLUMN_TIME:
        return by_text(a->row ? a->row->applied_at : NULL, b->row ? b->row->applied_at : NULL);
    case COLUMN_BY:
        return by_text(a->row ? a->row->applied_by : NULL, b->row ? b->row->applied_by : NULL);
    default:
        return by_number(a->row ? a->row->duration_ms : -1, b->row ? b->row->duration_ms : -1);
    }
}

static const struct list_source source = {columns, countof(columns), identity, cell, compare};

/* ---- the pane ---- */

static const struct migration *under_cursor(const struct migrations_view *view)
{
    ptrdiff_t row = list_cursor(view->list);
    const struct survey *survey = view->base.console->survey;
    return row >= 0 && survey ? &survey->status->migrations[row] : NULL;
}

static void fill_pane(struct migrations_view *view)
{
    const struct migration *migration = under_cursor(view);
    talloc_free(view->shown);
    view->shown = migration ? talloc_strdup(view, migration->version) : NULL;
    view->shown_tab = view->tab;
    pager_set(view->pager, migration ? migration_document(view, view->base.console->survey, view->locks, migration,
                                                          view->tab, view->pane_columns)
                                     : document_new(view));
    pager_to_start(view->pager);
}

static void on_rest(void *argument) { fill_pane(argument); }

/* The pane follows the cursor when it rests: moving along a list stays cheap. */
static void follow(struct migrations_view *view)
{
    const char *here = list_cursor_identity(view->list);
    bool is_same = here && view->shown ? strcmp(here, view->shown) == 0 : here == view->shown;
    if (!is_same || view->tab != view->shown_tab)
        loop_after(view->base.console->loop, CONSOLE_REST_MS, on_rest, view);
}

static size_t show_rows(struct migrations_view *view)
{
    view->rows = (struct migration_rows){view->base.console->survey->status, view->locks};
    return list_set(view->list, &view->rows, view->rows.status->count);
}

static void on_locks(void *argument)
{
    struct migrations_view *view = argument;
    if (!view->base.console->survey)
        return;
    (void)show_rows(view);
    if (view->tab == TAB_LOCKS)
        fill_pane(view);
}

/* ---- drawing ---- */

static void draw_pane(const struct migrations_view *view, struct terminal *terminal, struct area area)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    /* The text first: its head tells which part of it is in sight. */
    pager_draw(view->pager, terminal,
               (struct area){area.row + 1, area.column + 1, area.rows - 1, area.columns - PANE_MARGINS});
    panes_draw_head(terminal, area, migration_tab_names, TAB_COUNT, (size_t)view->tab,
                    pager_position(view->pager, memory));
    talloc_free(memory);
}

static void draw_split(struct migrations_view *view, struct terminal *terminal, struct area area)
{
    struct panes panes = panes_split(area, list_wanted_columns(view->list), (int)list_shown_count(view->list) + 1);
    list_draw(view->list, terminal, panes.list);
    panes_draw_rule(terminal, &panes);
    if (panes.detail.rows == 0)
        return;
    bool is_laid_out = view->tab == TAB_LOCKS || view->tab == TAB_NOTES;
    if (is_laid_out && view->pane_columns != panes.detail.columns - PANE_MARGINS) {
        view->pane_columns = panes.detail.columns - PANE_MARGINS;
        fill_pane(view);
    }
    /* Asked here, for only what is in front is drawn: under a page, or on another screen, nobody looks. */
    const struct migration *migration = under_cursor(view);
    if (view->tab == TAB_LOCKS && migration && locks_is_coming(view->locks, migration))
        locks_want(view->locks);
    draw_pane(view, terminal, panes.detail);
}

static void draw(struct view *base, struct terminal *terminal, struct area area)
{
    struct migrations_view *view = (struct migrations_view *)base;
    const struct survey *survey = base->console->survey;
    if (!survey) {
        pager_draw(view->pager, terminal, area);
    } else if (survey->status->count == 0) {
        terminal_put(terminal, area.row + 1, 2, area.columns - 4, LOOK_PLAIN, "There are no migrations yet.");
        terminal_put(terminal, area.row + 2, 2, area.columns - 4, LOOK_DIM, "N makes the first one.");
    } else {
        draw_split(view, terminal, area);
    }
}

static const char *summary(struct view *base, TALLOC_CTX *owner)
{
    const struct survey *survey = base->console->survey;
    if (!survey)
        return "";
    size_t marks = list_mark_count(((struct migrations_view *)base)->list);
    char *counts = state_counts(owner, survey->status);
    return marks ? talloc_asprintf(owner, "%zu marked  %s", marks, counts) : counts;
}

static const char *crumb(struct view *base, TALLOC_CTX *owner)
{
    const struct migrations_view *view = (struct migrations_view *)base;
    const char *filter = list_filter(view->list);
    return *filter ? talloc_asprintf(owner, "/%s", filter) : NULL;
}

static const char *position(struct view *base, TALLOC_CTX *owner)
{
    return list_position(((struct migrations_view *)base)->list, owner);
}

/* ---- keys ---- */

static const char *refusal(struct view *base, enum action action)
{
    const struct migrations_view *view = (struct migrations_view *)base;
    const struct survey *survey = base->console->survey;
    bool writes = action == ACTION_APPLY || action == ACTION_DRY_RUN || action == ACTION_MARK_AS;
    bool plans = action == ACTION_APPLY || action == ACTION_DRY_RUN || action == ACTION_PLAN;
    if (writes && consent_refusal(base->console))
        return consent_refusal(base->console);
    if (plans && survey && survey_work_count(survey) == 0)
        return "Nothing is pending: there is nothing to apply.";
    bool needs_row = action == ACTION_OPEN || action == ACTION_MARK || action == ACTION_COPY || action == ACTION_EDIT ||
                     action == ACTION_MARK_AS;
    if ((needs_row || plans) && !survey)
        return "The target was not read yet: r tries again.";
    if (needs_row && list_cursor(view->list) < 0)
        return "There is no row here.";
    if (action == ACTION_OPEN && view->tab == TAB_LOCKS && locks_is_coming(view->locks, under_cursor(view)))
        return "It is still being measured.";
    if (action == ACTION_EDIT && under_cursor(view) && !under_cursor(view)->file)
        return "There is no file of this version.";
    return NULL;
}

static void copy(struct migrations_view *view)
{
    const struct migration *migration = under_cursor(view);
    struct console *console = view->base.console;
    const struct migration_file *file = migration->file;
    const char *text = view->tab == TAB_SQL && file ? file->text : migration->version;
    size_t size = view->tab == TAB_SQL && file ? file->size_bytes : strlen(text);
    terminal_copy(console->terminal, text, size);
    console_say(console, MESSAGE_NOTE, "copied %s of %s: %zu bytes, by way of the terminal (OSC 52)",
                view->tab == TAB_SQL && file ? "the SQL" : "the version", migration->version, size);
}

static void edit(struct migrations_view *view)
{
    struct console *console = view->base.console;
    char *path = talloc_asprintf(view, "%s/%s", console->survey->directory->path, under_cursor(view)->file->name);
    editor_open(console, path, 0);
    talloc_free(path);
}

/* Plans all that is pending, or what is marked. */
static void plan(struct migrations_view *view, enum plan_page_aim aim)
{
    const struct status *status = view->base.console->survey->status;
    const char **only = NULL;
    size_t count = 0;
    if (list_mark_count(view->list) > 0) {
        only = talloc_zero_array(view, const char *, (unsigned)status->count + 1);
        for (size_t i = 0; i < status->count; i++)
            if (list_is_marked(view->list, status->migrations[i].version))
                only[count++] = talloc_strdup(only, status->migrations[i].version);
    }
    plan_page_open(view->base.console, only, aim);
    talloc_free(only);
}

static void open_full(struct migrations_view *view)
{
    const struct migration *migration = under_cursor(view);
    int width = view->tab == TAB_NOTES ? terminal_columns(view->base.console->terminal) - PAGE_MARGINS : PAGE_COLUMNS;
    char *title =
        talloc_asprintf(view, "%s_%s %s %s", migration->version, migration->description ? migration->description : "",
                        theme_glyph(GLYPH_CRUMB), migration_tab_names[view->tab]);
    page_open(view->base.console, title,
              migration_document(view, view->base.console->survey, view->locks, migration, view->tab, width),
              PAGE_INSET);
    talloc_free(title);
}

static void close_innermost(struct migrations_view *view)
{
    struct console *console = view->base.console;
    if (*list_filter(view->list)) {
        list_set_filter(view->list, "");
        console_say(console, MESSAGE_NOTE, "All rows are shown again.");
    } else if (list_mark_count(view->list) > 0) {
        list_clear_marks(view->list);
        console_say(console, MESSAGE_NOTE, "The marks were taken back.");
    } else {
        console_say(console, MESSAGE_NOTE, "Nothing is open here. q or Q quits.");
    }
}

static void mark_as(struct migrations_view *view)
{
    char *line = talloc_asprintf(view, "mark %s --applied --reason \"", under_cursor(view)->version);
    console_prompt(view->base.console, line);
    talloc_free(line);
}

static bool act(struct view *base, enum action action)
{
    struct migrations_view *view = (struct migrations_view *)base;
    switch ((int)action) {
    case ACTION_APPLY:
        plan(view, PLAN_TO_APPLY);
        break;
    case ACTION_DRY_RUN:
        plan(view, PLAN_TO_REHEARSE);
        break;
    case ACTION_PLAN:
        plan(view, PLAN_TO_SEE);
        break;
    case ACTION_MARK_AS:
        mark_as(view);
        break;
    case ACTION_NEW:
        console_prompt(base->console, "new ");
        break;
    case ACTION_OPEN:
        open_full(view);
        break;
    case ACTION_MARK:
        list_toggle_mark(view->list);
        break;
    case ACTION_NEXT_PANE:
        view->tab = (view->tab + 1) % TAB_COUNT;
        break;
    case ACTION_PREVIOUS_PANE:
        view->tab = (view->tab + TAB_COUNT - 1) % TAB_COUNT;
        break;
    case ACTION_EDIT:
        edit(view);
        break;
    case ACTION_COPY:
        copy(view);
        break;
    case ACTION_FILTER:
        console_ask(base->console, base, "/", list_filter(view->list));
        break;
    case ACTION_CLOSE:
        close_innermost(view);
        break;
    case ACTION_REFRESH:
        locks_forget(view->locks);
        on_locks(view);
        return false; /* the rest of it is the console's */
    default:
        if (!list_act(view->list, action))
            return false;
    }
    if (action == ACTION_NEXT_PANE || action == ACTION_PREVIOUS_PANE)
        fill_pane(view);
    follow(view);
    return true;
}

static void typed(struct view *base, const char *text, enum typing typing)
{
    struct migrations_view *view = (struct migrations_view *)base;
    list_set_filter(view->list, typing == TYPING_GIVEN_UP ? "" : text);
    follow(view);
}

static void refreshed(struct view *base)
{
    struct migrations_view *view = (struct migrations_view *)base;
    const struct survey *survey = base->console->survey;
    if (!survey) {
        struct document *absent = document_new(view);
        page_add_absent(absent, base->console);
        pager_set(view->pager, absent);
        return;
    }
    bool is_first = !view->shown;
    locks_follow(view->locks);
    size_t lost = show_rows(view);
    if (lost > 0)
        console_say(base->console, MESSAGE_WARNING, "%zu marked rows are gone; their marks were dropped.", lost);
    for (size_t i = 0; is_first && i < survey->status->count; i++)
        if (survey->status->migrations[i].state != MIGRATION_APPLIED) {
            (void)list_go(view->list, survey->status->migrations[i].version);
            break;
        }
    fill_pane(view);
}

static const struct view_class migrations_class = {
    .where = AT_MIGRATIONS | AT_LIST | AT_PANES,
    .draw = draw,
    .act = act,
    .refusal = refusal,
    .summary = summary,
    .position = position,
    .crumb = crumb,
    .refreshed = refreshed,
    .typed = typed,
};

struct view *migrations_view_new(struct console *console)
{
    struct migrations_view *view = talloc_zero(console, struct migrations_view);
    view->base = (struct view){&migrations_class, console};
    view->locks = locks_new(view, console, on_locks, view);
    view->list = list_new(view, &source);
    list_sort(view->list, COLUMN_VERSION);
    view->pager = pager_new(view);
    refreshed(&view->base);
    return &view->base;
}
