/* See diff.h: the view, its picture and its keys. */
#include "tui/screens/diff.h"

#include "tui/screens/diff_view.h"
#include "tui/screens/source.h"
#include "tui/widgets/panes.h"

enum { BESIDE_COLUMNS = 100, TITLE_BYTES = 200 };

/* ---- what is shown ---- */

enum diff_shape diff_view_shape(const struct diff_view *view)
{
    if (view->task && !view->compared)
        return DIFF_SHAPE_PROGRESS;
    bool has_rows = view->compared && !error_is_set(view->problem) && view->rows->count > 0;
    return has_rows ? DIFF_SHAPE_TREE : DIFF_SHAPE_CARD;
}

void diff_view_fill_card(struct diff_view *view)
{
    const struct console *console = view->base.console;
    struct document *card = error_is_set(view->problem)
                                ? diff_error_card(view, console, view->problem, view->from, view->to)
                            : view->compared ? diff_equal_card(view, view->compared)
                                             : diff_start_card(view, console, view->from, view->to);
    pager_set(view->card, card);
    pager_to_start(view->card);
}

const struct diff_row *diff_view_row(const struct diff_view *view)
{
    ptrdiff_t row = view->rows ? tree_cursor(view->tree) : -1;
    return row < 0 ? NULL : &view->rows->items[row];
}

struct diff_subject diff_view_subject(const struct diff_view *view, const struct diff_row *row, int columns)
{
    bool is_narrow = terminal_columns(view->base.console->terminal) < BESIDE_COLUMNS;
    return (struct diff_subject){
        .compared = view->compared,
        .rows = view->rows,
        .row = row,
        .columns = columns,
        .extent = DIFF_IN_SHORT,
        .layout = is_narrow ? DIFF_ABOVE : DIFF_FITTING,
    };
}

void diff_view_fill_pane(struct diff_view *view)
{
    const char *here = view->rows ? tree_cursor_identity(view->tree) : NULL;
    /* Script and notes are the same wherever the cursor stands. */
    bool is_same = view->shown && view->shown_tab == view->tab && view->tab != DIFF_TAB_CHANGE;
    talloc_free(view->shown);
    view->shown = here ? talloc_strdup(view, here) : NULL;
    view->shown_tab = view->tab;
    view->shown_columns = view->columns;
    if (is_same || !view->compared)
        return;
    struct diff_subject subject = diff_view_subject(view, diff_view_row(view), view->columns);
    pager_set(view->pager, diff_document(view, &subject, view->tab));
    pager_to_start(view->pager);
}

static void on_rest(void *argument) { diff_view_fill_pane(argument); }

/* The pane follows the cursor when it rests: moving along the tree stays cheap. */
static void follow(struct diff_view *view)
{
    const char *here = view->rows ? tree_cursor_identity(view->tree) : NULL;
    bool is_same = here && view->shown ? strcmp(here, view->shown) == 0 : here == view->shown;
    if (!is_same || view->tab != view->shown_tab)
        loop_after(view->base.console->loop, CONSOLE_REST_MS, on_rest, view);
}

void diff_view_arrange(struct diff_view *view)
{
    struct diff_rows *old = view->rows;
    TALLOC_CTX *memory = talloc_new(NULL);
    view->rows = diff_rows_make(view, view->compared->comparison->diff, view->grouping, view->direction);
    tree_set_heading(view->tree, 0, diff_rows_heading(memory, view->grouping, view->direction));
    tree_set(view->tree, view->rows, view->rows->count);
    talloc_free(old);
    talloc_free(memory);
}

static void compare_pair(void *argument, enum mirror_kind from, enum mirror_kind to)
{
    struct diff_view *view = argument;
    view->from = from;
    view->to = to;
    diff_view_start(view);
}

void diff_screen_open(struct console *console, enum mirror_kind from, enum mirror_kind to)
{
    console_go(console, SCREEN_DIFF);
    if (console->here == SCREEN_DIFF)
        compare_pair(console->screens[SCREEN_DIFF], from, to);
}

/* ---- drawing ---- */

static void draw_tree(struct diff_view *view, struct terminal *terminal, struct area area)
{
    /* Never more than half: old and new want to stand beside each other. */
    struct panes panes = panes_split(area, 0, (int)tree_shown_count(view->tree) + 1);
    struct area detail = panes.detail;
    tree_draw(view->tree, terminal, panes.list);
    panes_draw_rule(terminal, &panes);
    if (detail.rows == 0)
        return;
    view->columns = detail.columns - 2;
    if (view->columns != view->shown_columns && view->shown && view->tab == DIFF_TAB_CHANGE)
        diff_view_fill_pane(view);
    TALLOC_CTX *memory = talloc_new(NULL);
    pager_draw(view->pager, terminal, (struct area){detail.row + 1, detail.column + 1, detail.rows - 1, view->columns});
    panes_draw_head(terminal, detail, diff_tab_names, DIFF_TAB_COUNT, (size_t)view->tab,
                    pager_position(view->pager, memory));
    talloc_free(memory);
}

static void draw(struct view *base, struct terminal *terminal, struct area area)
{
    struct diff_view *view = (struct diff_view *)base;
    switch (diff_view_shape(view)) {
    case DIFF_SHAPE_PROGRESS:
        diff_draw_progress(&view->progress, terminal, area);
        break;
    case DIFF_SHAPE_CARD:
        pager_draw(view->card, terminal, (struct area){area.row, 1, area.rows, area.columns - 2});
        break;
    case DIFF_SHAPE_TREE:
        draw_tree(view, terminal, area);
        break;
    }
}

static const char *summary(struct view *base, TALLOC_CTX *owner)
{
    const struct diff_view *view = (struct diff_view *)base;
    if (diff_view_shape(view) != DIFF_SHAPE_TREE)
        return "";
    bool has_room = terminal_columns(base->console->terminal) >= BESIDE_COLUMNS;
    return diff_severity_counts(owner, view->compared->comparison->diff, has_room ? DIFF_IN_WORDS : DIFF_IN_SIGNS);
}

static const char *crumb(struct view *base, TALLOC_CTX *owner)
{
    const struct diff_view *view = (struct diff_view *)base;
    const char *filter = tree_filter(view->tree);
    return talloc_asprintf(owner, "%s %s %s%s%s", mirrors_name(view->from), theme_glyph(GLYPH_ARROW),
                           mirrors_name(view->to), *filter ? "  /" : "", filter);
}

static const char *position(struct view *base, TALLOC_CTX *owner)
{
    const struct diff_view *view = (struct diff_view *)base;
    return diff_view_shape(view) == DIFF_SHAPE_TREE ? tree_position(view->tree, owner) : "";
}

/* ---- files ---- */

static bool find_place(const struct diff_view *view, const struct diff_row *row, TALLOC_CTX *owner, const char **file,
                       int *line)
{
    if (error_is_set(view->problem)) {
        *file = view->problem->file;
        *line = view->problem->line;
        return *file != NULL;
    }
    for (size_t i = row ? row->first : 0; row && row->depth > 0 && i < row->end; i++)
        if (diff_blame_place(owner, view->rows->order[i]->blame, file, line))
            return true;
    return false;
}

const char *diff_view_file_refusal(const struct diff_view *view, const struct diff_row *row)
{
    const char *file;
    int line;
    TALLOC_CTX *memory = talloc_new(NULL);
    bool is_found = find_place(view, row, memory, &file, &line);
    talloc_free(memory);
    if (is_found)
        return NULL;
    if (!row)
        return "There is no place in a file here.";
    if (row->depth == 0)
        return "A group has no file: go to one of its differences.";
    if (view->from != MIRROR_MIGRATIONS && view->to != MIRROR_MIGRATIONS)
        return "No file is to blame: the migrations are no side of this. c chooses the mirrors.";
    return "No file is to blame: the migrations never set this.";
}

void diff_view_go_to_file(struct diff_view *view, const struct diff_row *row, enum action action)
{
    const char *file;
    int line;
    TALLOC_CTX *memory = talloc_new(NULL);
    if (find_place(view, row, memory, &file, &line))
        (action == ACTION_EDIT ? source_edit : source_page_open)(view->base.console, file, line);
    talloc_free(memory);
}

/* ---- what cannot be done ---- */

static const char *init_refusal(const struct diff_view *view)
{
    const struct console *console = view->base.console;
    if (view->from != MIRROR_INIT && view->to != MIRROR_INIT)
        return "The init script is no side of this: c chooses the mirrors.";
    return console->command_task || console->write_task ? "Another command is running: ^C cancels it." : NULL;
}

static const char *migration_refusal(const struct diff_view *view)
{
    if (view->from != MIRROR_MIGRATIONS)
        return "A migration starts from the migrations: x swaps the sides, c chooses others.";
    if (view->base.console->compare_task)
        return "A comparison is running: ^C cancels it.";
    return diff_view_shape(view) != DIFF_SHAPE_TREE ? "There is no difference to make a migration of." : NULL;
}

static const char *refusal(struct view *base, enum action action)
{
    const struct diff_view *view = (struct diff_view *)base;
    switch ((int)action) {
    case ACTION_BLAME:
    case ACTION_EDIT:
        return diff_view_file_refusal(view, diff_view_row(view));
    case ACTION_WRITE_INIT:
        return init_refusal(view);
    case ACTION_NEW_FROM_DIFF:
        return migration_refusal(view);
    case ACTION_FILTER:
    case ACTION_COPY:
    case ACTION_SORT:
    case ACTION_REVERSE:
    case ACTION_NEXT_PANE:
    case ACTION_PREVIOUS_PANE:
        return diff_view_shape(view) == DIFF_SHAPE_TREE ? NULL : "There are no differences here.";
    default:
        return NULL;
    }
}

/* ---- keys ---- */

static void ask(struct diff_view *view, enum diff_asking asking, const char *text, const char *prompt)
{
    char *old = view->prompt;
    view->asking = asking;
    view->prompt = talloc_strdup(view, prompt);
    talloc_free(old);
    console_ask(view->base.console, &view->base, view->prompt, text);
}

static void ask_to_write(struct diff_view *view)
{
    char *prompt = talloc_asprintf(view, "Write %s anew from the migrations? y/N ",
                                   settings_text(view->base.console->deck->settings, SETTING_init));
    ask(view, DIFF_ASKING_WRITE, "", prompt);
    talloc_free(prompt);
}

static void copy(struct diff_view *view)
{
    struct console *console = view->base.console;
    const struct diff_row *row = diff_view_row(view);
    bool is_script = view->tab == DIFF_TAB_SCRIPT || !row;
    char *text = is_script ? talloc_strdup(view, view->compared->script) : diff_row_sql(view, view->rows, row);
    char *title = talloc_asprintf(view, "%.*s", TITLE_BYTES, is_script ? "the script" : row->text);
    terminal_copy(console->terminal, text, strlen(text));
    console_say(console, MESSAGE_NOTE, "copied %s%s: %zu bytes, by way of the terminal (OSC 52)",
                is_script ? "" : "the SQL of ", title, strlen(text));
    talloc_free(text);
    talloc_free(title);
}

static void open_row(struct diff_view *view)
{
    const struct diff_row *row = diff_view_row(view);
    if (diff_view_shape(view) != DIFF_SHAPE_TREE) {
        if (!view->task)
            diff_view_start(view);
    } else if (row && (view->tab != DIFF_TAB_CHANGE || row->depth > 0 || !tree_toggle(view->tree))) {
        diff_page_open(view, row, view->tab);
    }
}

static void swap(struct diff_view *view)
{
    enum mirror_kind from = view->from;
    compare_pair(view, view->to, from);
}

static void regroup(struct diff_view *view, enum action action)
{
    if (action == ACTION_SORT)
        view->grouping = (view->grouping + 1) % GROUPING_COUNT;
    else
        view->direction = view->direction == DIFF_ASCENDING ? DIFF_DESCENDING : DIFF_ASCENDING;
    diff_view_arrange(view);
}

static bool close_innermost(struct diff_view *view)
{
    if (!*tree_filter(view->tree))
        return false;
    tree_set_filter(view->tree, "");
    console_say(view->base.console, MESSAGE_NOTE, "All rows are shown again.");
    return true;
}

static void turn(struct diff_view *view, int by)
{
    view->tab = ((int)view->tab + by) % DIFF_TAB_COUNT;
    diff_view_fill_pane(view);
}

/* What has its own key here; false: a move, or the console's. */
static bool act_here(struct diff_view *view, enum action action)
{
    switch ((int)action) {
    case ACTION_CHOOSE:
        diff_picker_open(view->base.console, view->from, view->to, compare_pair, view);
        return true;
    case ACTION_SWAP:
        swap(view);
        return true;
    case ACTION_BLAME:
    case ACTION_EDIT:
        diff_view_go_to_file(view, diff_view_row(view), action);
        return true;
    case ACTION_WRITE_INIT:
        ask_to_write(view);
        return true;
    case ACTION_NEW_FROM_DIFF:
        ask(view, DIFF_ASKING_DESCRIPTION, "", "What the migration does, in a few words: ");
        return true;
    case ACTION_COPY:
        copy(view);
        return true;
    case ACTION_OPEN:
        open_row(view);
        return true;
    case ACTION_FILTER:
        ask(view, DIFF_ASKING_FILTER, tree_filter(view->tree), "/");
        return true;
    case ACTION_SORT:
    case ACTION_REVERSE:
        regroup(view, action);
        return true;
    case ACTION_NEXT_PANE:
        turn(view, 1);
        return true;
    case ACTION_PREVIOUS_PANE:
        turn(view, DIFF_TAB_COUNT - 1);
        return true;
    default:
        return false;
    }
}

static bool act(struct view *base, enum action action)
{
    struct diff_view *view = (struct diff_view *)base;
    bool is_done = true;
    if (action == ACTION_CLOSE)
        is_done = close_innermost(view);
    else if (action == ACTION_REFRESH) {
        if (view->compared || error_is_set(view->problem))
            diff_view_start(view);
        console_refresh(base->console);
    } else if (!act_here(view, action))
        is_done =
            diff_view_shape(view) == DIFF_SHAPE_TREE ? tree_act(view->tree, action) : pager_act(view->card, action);
    follow(view);
    return is_done;
}

static void typed(struct view *base, const char *text, enum typing typing)
{
    struct diff_view *view = (struct diff_view *)base;
    struct console *console = base->console;
    switch (view->asking) {
    case DIFF_ASKING_FILTER:
        tree_set_filter(view->tree, typing == TYPING_GIVEN_UP ? "" : text);
        follow(view);
        break;
    case DIFF_ASKING_WRITE:
        if (typing == TYPING_DONE && (strcmp(text, "y") == 0 || strcmp(text, "yes") == 0))
            console_command(console, "baseline --write");
        else if (typing != TYPING_ON)
            console_say(console, MESSAGE_NOTE, "Nothing was written.");
        break;
    case DIFF_ASKING_DESCRIPTION:
        if (typing == TYPING_DONE && *text)
            diff_view_draft(view, text);
        else if (typing != TYPING_ON)
            console_say(console, MESSAGE_NOTE, "No migration was made.");
        break;
    }
}

static void refreshed(struct view *base)
{
    struct diff_view *view = (struct diff_view *)base;
    if (!view->task && !view->compared && !error_is_set(view->problem))
        diff_view_fill_card(view); /* it names the target */
}

static const struct view_class diff_class = {
    .where = AT_DIFF | AT_LIST | AT_TREE | AT_PANES,
    .draw = draw,
    .act = act,
    .refusal = refusal,
    .summary = summary,
    .position = position,
    .crumb = crumb,
    .refreshed = refreshed,
    .typed = typed,
};

struct view *diff_view_new(struct console *console)
{
    struct diff_view *view = talloc_zero(console, struct diff_view);
    view->base = (struct view){&diff_class, console};
    view->from = MIRROR_MIGRATIONS;
    view->to = MIRROR_LIVE;
    view->problem = error_new(view);
    view->tree = tree_new(view, &diff_rows_source);
    view->pager = pager_new(view);
    view->card = pager_new(view);
    diff_view_fill_card(view);
    return &view->base;
}
