/* See row.h: the page, its picture and its keys. */
#include "tui/screens/row.h"

#include "store/clock.h"
#include "tui/answer.h"
#include "tui/screens/entity_text.h"
#include "tui/screens/page.h"
#include "tui/screens/row_copy.h"
#include "tui/screens/row_view.h"
#include "tui/screens/rows.h"
#include "tui/widgets/panes.h"

enum { KEY_COLUMNS = 30 };

/* ---- what is shown ---- */

void row_view_fill_card(struct row_view *view)
{
    struct document *card = document_new(view);
    const struct error *problem = view->problem;
    if (view->task) {
        document_line(card, LOOK_DIM, "\n Reading%s ^C cancels it.", theme_glyph(GLYPH_ELLIPSIS));
    } else if (error_is_set(problem)) {
        document_line(card, problem->code == ERROR_CANCELLED ? LOOK_WARN : LOOK_BAD, "\n The row could not be read: %s",
                      problem->message);
        if (problem->hint)
            document_line(card, LOOK_PLAIN, " %s", problem->hint);
        document_line(card, LOOK_DIM, "\n r tries again.  q goes back.");
    } else {
        document_line(card, LOOK_DIM, "\n There is no such row. q goes back.");
    }
    pager_set(view->card, card);
}

static void fill_pane(struct row_view *view)
{
    const struct row_line *line = row_view_line(view);
    talloc_free(view->shown);
    view->shown = line ? talloc_strdup(view, line->identity) : NULL;
    pager_set(view->pane, line ? row_line_document(view, view, line) : document_new(view));
    pager_to_start(view->pane);
}

static void on_rest(void *argument) { fill_pane(argument); }

/* The pane follows the cursor when it rests: moving along the form stays cheap. */
static void follow(struct row_view *view)
{
    const char *here = view->lines ? list_cursor_identity(view->list) : NULL;
    if (here && view->shown && strcmp(here, view->shown) != 0)
        loop_after(view->base.console->loop, CONSOLE_REST_MS, on_rest, view);
}

static void draw(struct view *base, struct terminal *terminal, struct area area)
{
    struct row_view *view = (struct row_view *)base;
    if (!view->lines || (!row_view_has_values(view) && !row_view_is_new(view))) {
        pager_draw(view->card, terminal, area);
        return;
    }
    if (!view->shown)
        fill_pane(view);
    struct panes panes = panes_split(area, area.columns * 6 / 10, (int)list_shown_count(view->list) + 1);
    list_draw(view->list, terminal, panes.list);
    panes_draw_pager(terminal, &panes, "Field", view->pane);
}

static const char *summary(struct view *base, TALLOC_CTX *owner)
{
    const struct row_view *view = (struct row_view *)base;
    int64_t elapsed_ms = clock_monotonic_ms() - view->start_ms;
    const char *doing = view->change ? row_change_doing(view->change) : view->task ? view->doing : NULL;
    size_t staged = row_view_staged_count(view);
    if (doing && elapsed_ms >= 1000)
        return talloc_asprintf(owner, "%s, %s, ^C cancels", doing, answer_duration(owner, elapsed_ms / 1000 * 1000));
    if (doing)
        return talloc_asprintf(owner, "%s%s", doing, theme_glyph(GLYPH_ELLIPSIS));
    if (staged)
        return talloc_asprintf(owner, "* staged: %zu", staged);
    return view->hold && view->hold->entity->read_only ? "cannot be changed" : "";
}

static const char *crumb(struct view *base, TALLOC_CTX *owner)
{
    const struct row_view *view = (struct row_view *)base;
    const char *title = view->subject.title;
    if (!view->hold || !view->subject.key)
        return *title ? title : "row"; /* of those without a key */
    char *key = entity_key_text(owner, view->subject.key, view->hold->entity->key_count);
    return talloc_asprintf(owner, "%s%s%s", title, *title ? " " : "", entity_short(owner, key, KEY_COLUMNS));
}

static const char *position(struct view *base, TALLOC_CTX *owner)
{
    return list_position(((struct row_view *)base)->list, owner);
}

/* ---- following ---- */

static const char *const *values_here(TALLOC_CTX *owner, const struct row_view *view,
                                      const struct entity_relationship *relationship)
{
    const char **values = talloc_zero_array(owner, const char *, (unsigned)relationship->column_count + 1);
    for (size_t i = 0; i < relationship->column_count; i++) {
        const struct entity_column *column = entity_column_find(view->hold->entity, relationship->here[i]);
        values[i] = column ? row_view_value(view, column) : NULL;
    }
    return values;
}

static void follow_relationship(struct row_view *view, const struct entity_relationship *relationship)
{
    struct console *console = view->base.console;
    TALLOC_CTX *memory = talloc_new(NULL);
    const char *const *values = values_here(memory, view, relationship);
    size_t missing = 0;
    while (missing < relationship->column_count && values[missing])
        missing++;
    if (missing < relationship->column_count)
        console_say(console, MESSAGE_NOTE, "%s is NULL: there is no row behind it.", relationship->here[missing]);
    else if (relationship->kind == RELATIONSHIP_ONE)
        row_page_open(console, &(struct row_subject){.catalog = view->subject.catalog,
                                                     .hold = view->hold,
                                                     .title = relationship->name,
                                                     .relationship = relationship,
                                                     .values = values});
    else
        rows_page_open(console, &(struct rows_subject){.catalog = view->subject.catalog,
                                                       .schema = relationship->schema,
                                                       .table = relationship->table,
                                                       .title = relationship->name,
                                                       .relationship = relationship,
                                                       .values = values,
                                                       .hold = view->hold});
    talloc_free(memory);
}

static void open_line(struct row_view *view)
{
    const struct row_line *line = row_view_line(view);
    if (line && line->relationship)
        follow_relationship(view, line->relationship);
    else if (line)
        row_value_open(view, line->column);
}

static void copy(struct row_view *view, enum action action)
{
    const struct entity *entity = view->hold->entity;
    struct console *console = view->base.console;
    const struct row_line *line = row_view_line(view);
    if (action == ACTION_COPY && (!line || !line->column)) {
        console_say(console, MESSAGE_NOTE, "Go to a column: a relationship has no value.");
        return;
    }
    if (action == ACTION_COPY) {
        row_copy_value(console, line->column, row_view_value(view, line->column));
        return;
    }
    const char **values = talloc_zero_array(view, const char *, (unsigned)entity->column_count + 1);
    for (size_t i = 0; i < entity->column_count; i++)
        values[i] = row_view_value(view, &entity->columns[i]);
    row_copy_json(console, entity, values);
    talloc_free(values);
}

/* ---- keys ---- */

/* What is staged is not lost by a slip. */
static const char *leave_refusal(const struct row_view *view, enum action action)
{
    static const enum action leaving[] = {ACTION_BACK, ACTION_QUIT, ACTION_PREVIOUS_VIEW};
    bool leaves = action >= ACTION_SCREEN_1 && action <= ACTION_SCREEN_6;
    for (size_t i = 0; i < countof(leaving); i++)
        leaves = leaves || action == leaving[i];
    return leaves && row_view_staged_count(view) ? "Values are staged: A applies them, Esc drops them." : NULL;
}

static const char *refusal(struct view *base, enum action action)
{
    const struct row_view *view = (struct row_view *)base;
    switch ((int)action) {
    case ACTION_SORT:
    case ACTION_REVERSE:
        return "The fields stand as the table has them.";
    case ACTION_OPEN:
    case ACTION_FILTER:
        return view->lines ? NULL : "There is no row here.";
    case ACTION_COPY:
    case ACTION_COPY_ROW:
        return view->lines && row_view_has_values(view) ? NULL : "There is no row here.";
    case ACTION_EDIT_ROW:
    case ACTION_EDIT_FIELD:
    case ACTION_SAVE_ROW:
    case ACTION_INSERT_ROW:
    case ACTION_REMOVE_ROW:
    case ACTION_DELETE_ROW:
    case ACTION_RESTORE_ROW:
    case ACTION_STAGE_NULL:
    case ACTION_STAGE_DEFAULT:
    case ACTION_UNSTAGE:
        return row_edit_refusal(view, action);
    default:
        return leave_refusal(view, action);
    }
}

static bool cancel(struct row_view *view)
{
    if (view->change)
        return row_change_cancel(view->change);
    if (!view->task)
        return false;
    task_cancel(view->task);
    console_say(view->base.console, MESSAGE_WARNING, "Cancelling: the server was asked to stop%s",
                theme_glyph(GLYPH_ELLIPSIS));
    return true;
}

static void refresh(struct row_view *view)
{
    if (!view->hold)
        row_view_open(view);
    else if (view->subject.key || view->subject.relationship)
        row_view_read(view);
}

static bool close_innermost(struct row_view *view)
{
    bool is_filtered = *list_filter(view->list) != '\0';
    size_t staged = row_view_staged_count(view);
    if (is_filtered)
        list_set_filter(view->list, "");
    else if (staged)
        row_view_drop_staged(view);
    if (!is_filtered && staged)
        console_say(view->base.console, MESSAGE_NOTE, "What was staged is dropped: nothing was changed.");
    return is_filtered || staged;
}

static bool act(struct view *base, enum action action)
{
    struct row_view *view = (struct row_view *)base;
    bool is_done = true;
    switch ((int)action) {
    case ACTION_OPEN:
        open_line(view);
        return true;
    case ACTION_FILTER:
        view->asking = ROW_ASKING_FILTER;
        console_ask(base->console, base, "/", list_filter(view->list));
        return true;
    case ACTION_COPY:
    case ACTION_COPY_ROW:
        copy(view, action);
        return true;
    case ACTION_REFRESH:
        refresh(view);
        return true;
    case ACTION_CANCEL:
        return cancel(view);
    case ACTION_PREVIOUS_VIEW:
        console_close(base->console);
        return true;
    case ACTION_CLOSE:
        is_done = close_innermost(view);
        break;
    default:
        is_done = row_edit_act(view, action) || list_act(view->list, action);
    }
    follow(view);
    return is_done;
}

static void typed(struct view *base, const char *text, enum typing typing)
{
    struct row_view *view = (struct row_view *)base;
    if (view->asking == ROW_ASKING_VALUE)
        row_edit_typed(view, text, typing);
    else
        list_set_filter(view->list, typing == TYPING_GIVEN_UP ? "" : text);
    follow(view);
}

/* The target is there again: what could not be read is. */
static void refreshed(struct view *base)
{
    struct row_view *view = (struct row_view *)base;
    if (!view->task && view->problem->code == ERROR_CONNECTION && !error_is_set(base->console->problem))
        refresh(view);
}

static const struct view_class row_class = {
    .where = AT_ROW | AT_LIST,
    .draw = draw,
    .act = act,
    .refusal = refusal,
    .summary = summary,
    .position = position,
    .crumb = crumb,
    .refreshed = refreshed,
    .typed = typed,
};

/* ---- opening ---- */

static int destroy(struct row_view *view)
{
    row_view_stop(view);
    loop_forget(view->base.console->loop, on_rest, view);
    return 0;
}

void row_page_open(struct console *console, const struct row_subject *subject)
{
    struct row_view *view = talloc_zero(console, struct row_view);
    const struct entity *entity = subject->hold->entity;
    view->base = (struct view){&row_class, console};
    view->subject = *subject;
    view->subject.title = talloc_strdup(view, subject->title);
    view->subject.key = rows_copy_values(view, subject->key, entity->key_count);
    view->subject.cells = view->cells = rows_copy_values(view, subject->cells, entity->column_count);
    if (subject->relationship)
        view->subject.values = rows_copy_values(view, subject->values, subject->relationship->column_count);
    view->subject.given = NULL;
    if (subject->given_count) {
        struct entity_filter *given = talloc_memdup(view, subject->given, subject->given_count * sizeof *given);
        for (size_t i = 0; i < subject->given_count; i++)
            given[i].value = talloc_strdup(view, given[i].value);
        view->subject.given = given;
    }
    if (!talloc_reference(view, subject->catalog) || !talloc_reference(view, subject->hold))
        abort();
    view->hold = subject->relationship ? NULL : subject->hold;
    view->problem = error_new(view);
    view->list = list_new(view, &row_fields_source);
    view->card = pager_new(view);
    view->pane = pager_new(view);
    list_sort(view->list, LIST_AS_GIVEN);
    talloc_set_destructor(view, destroy);
    console_open(console, &view->base);
    if (console_front(console) == &view->base) /* else there was no room for it */
        row_view_open(view);
}
