/* See rows.h: the page, its picture and its keys. */
#include "tui/screens/rows.h"

#include "store/clock.h"
#include "tui/answer.h"
#include "tui/screens/entity_text.h"
#include "tui/screens/row.h"
#include "tui/screens/row_copy.h"
#include "tui/screens/rows_view.h"

static const struct view_class rows_class;

/* ---- what is shown ---- */

const struct entity_row *rows_view_row(const struct rows_view *view)
{
    size_t count = view->window ? row_window_count(view->window) : 0;
    return count ? row_window_row(view->window, grid_row(view->grid)) : NULL;
}

static void cell(const void *rows, size_t row, size_t column, TALLOC_CTX *owner, struct grid_cell *made)
{
    const struct rows_view *view = rows;
    const struct entity *entity = view->hold->entity;
    const struct entity_row *here = row_window_row(view->window, row);
    const char *value = entity_cell(here, column);
    struct entity_query query = rows_view_query(view, &view->shown);
    bool is_deleted = view->shown.deleted == DELETED_SHOWN && entity->soft_delete;
    made->look = LOOK_PLAIN;
    made->text = value;
    if (is_deleted) {
        const char *mark = entity_cell(here, (size_t)(entity->soft_delete - entity->columns));
        made->look = mark && (entity->soft_delete_kind == SOFT_DELETE_TIME || *mark == 't') ? LOOK_DIM : LOOK_PLAIN;
    }
    if (!value) {
        made->text = "(null)";
        made->look = LOOK_DIM;
    } else if (entity_cell_is_cut(entity, &query, here, column)) {
        made->text = talloc_asprintf(owner, "%s%s", value, theme_glyph(GLYPH_ELLIPSIS));
    } else if (!strcmp(entity->columns[column].type, "boolean")) {
        made->text = *value == 't' ? "true" : "false";
    }
}

void rows_view_fill_card(struct rows_view *view)
{
    struct document *card = document_new(view);
    const struct error *problem = view->problem;
    if (view->task)
        document_line(card, LOOK_DIM, "\n Reading%s ^C cancels it.", theme_glyph(GLYPH_ELLIPSIS));
    else if (error_is_set(problem)) {
        document_line(card, problem->code == ERROR_CANCELLED ? LOOK_WARN : LOOK_BAD,
                      "\n The rows could not be read: %s", problem->message);
        if (problem->detail)
            document_line(card, LOOK_PLAIN, " %s", problem->detail);
        if (problem->hint)
            document_line(card, LOOK_PLAIN, " %s", problem->hint);
        document_line(card, LOOK_DIM, "\n r tries again.  / changes the filter.  q goes back.");
    } else if (view->shown.memory) {
        bool is_hidden = view->hold->entity->soft_delete && view->shown.deleted == DELETED_HIDDEN;
        document_line(card, LOOK_DIM,
                      view->shown.filter_count ? "\n No row is like that.%s" : "\n There are no rows.%s",
                      is_hidden ? " H shows soft-deleted ones, too." : "");
    }
    pager_set(view->card, card);
}

static void draw(struct view *base, struct terminal *terminal, struct area area)
{
    struct rows_view *view = (struct rows_view *)base;
    if (!view->hold || !view->shown.memory) {
        pager_draw(view->card, terminal, area);
        return;
    }
    bool had_height = grid_height(view->grid) > 0;
    grid_draw(view->grid, terminal, area);
    if (!row_window_count(view->window))
        pager_draw(view->card, terminal, (struct area){area.row + 1, area.column, area.rows - 1, area.columns});
    if (!had_height || grid_height(view->grid) > row_window_count(view->window))
        rows_view_read_more(view); /* a taller screen sees further */
}

static const char *summary(struct view *base, TALLOC_CTX *owner)
{
    const struct rows_view *view = (struct rows_view *)base;
    int64_t elapsed_ms = clock_monotonic_ms() - view->start_ms;
    const char *doing = view->change ? row_change_doing(view->change) : NULL;
    if (doing && elapsed_ms >= 1000)
        return talloc_asprintf(owner, "%s, ^C cancels", doing);
    if (doing)
        return talloc_asprintf(owner, "%s%s", doing, theme_glyph(GLYPH_ELLIPSIS));
    if (view->task && elapsed_ms >= 1000)
        return talloc_asprintf(owner, "reading, %s, ^C cancels", answer_duration(owner, elapsed_ms / 1000 * 1000));
    if (view->task)
        return talloc_asprintf(owner, "reading%s", theme_glyph(GLYPH_ELLIPSIS));
    if (error_is_set(view->problem))
        return "not read: r tries again";
    return view->hold && view->hold->entity->read_only ? "cannot be changed" : "";
}

/* How many rows there are, as far as that is known. */
static const char *total_text(const struct rows_view *view, TALLOC_CTX *owner)
{
    int64_t before = row_window_beside(view->window, ROWS_BEFORE),
            behind = row_window_beside(view->window, ROWS_BEHIND);
    int64_t count = (int64_t)row_window_count(view->window);
    if (before != ROWS_UNKNOWN && behind != ROWS_UNKNOWN)
        return talloc_asprintf(owner, " of %lld", (long long)(before + count + behind));
    int64_t seen = before == ROWS_UNKNOWN ? count : before + count;
    if (!view->shown.filter_count && view->hold->entity->rows_estimate > seen)
        return talloc_asprintf(owner, " of %s", entity_estimate_text(owner, view->hold->entity->rows_estimate));
    return before == ROWS_UNKNOWN ? "" : talloc_asprintf(owner, " of %lld+", (long long)seen);
}

static const char *position(struct view *base, TALLOC_CTX *owner)
{
    const struct rows_view *view = (struct rows_view *)base;
    if (!rows_view_row(view))
        return "";
    int64_t before = row_window_beside(view->window, ROWS_BEFORE),
            behind = row_window_beside(view->window, ROWS_BEHIND);
    int64_t row = (int64_t)grid_row(view->grid), count = (int64_t)row_window_count(view->window);
    const char *column =
        talloc_asprintf(owner, "column %zu/%zu", grid_column_here(view->grid) + 1, view->hold->entity->column_count);
    if (before != ROWS_UNKNOWN)
        return talloc_asprintf(owner, "row %lld%s  %s", (long long)(before + row + 1), total_text(view, owner), column);
    if (behind == ROWS_UNKNOWN)
        return column;
    int64_t rest = behind + count - row - 1;
    const char *place = rest ? talloc_asprintf(owner, "%lld before the last", (long long)rest) : "last row";
    return talloc_asprintf(owner, "%s%s  %s", place, total_text(view, owner), column);
}

static const char *crumb(struct view *base, TALLOC_CTX *owner)
{
    const struct rows_view *view = (struct rows_view *)base;
    const struct rows_query *query = &view->shown;
    char *text = talloc_strdup(owner, view->subject.title);
    if (!query->memory)
        return text;
    if (*query->text)
        text = talloc_asprintf_append(text, "  /%s", query->text);
    if (query->deleted == DELETED_SHOWN)
        text = talloc_asprintf_append(text, "  with deleted");
    return text;
}

static void open_row(struct rows_view *view)
{
    const struct entity *entity = view->hold->entity;
    const struct entity_row *row = rows_view_row(view);
    const char **cells = talloc_zero_array(view, const char *, (unsigned)entity->column_count + 1);
    for (size_t i = 0; i < entity->column_count; i++)
        cells[i] = entity_cell(row, i);
    const char *const *key = entity->key_count ? entity_row_key(cells, entity, row) : NULL;
    row_page_open(view->base.console, &(struct row_subject){.catalog = view->subject.catalog,
                                                            .hold = view->hold,
                                                            .title = "",
                                                            .key = key,
                                                            .cells = key ? NULL : cells,
                                                            .column = grid_column_here(view->grid)});
    talloc_free(cells);
}

/* ---- changing ---- */

static enum entity_write write_of(enum action action)
{
    return action == ACTION_INSERT_ROW    ? WRITE_ADD
           : action == ACTION_REMOVE_ROW  ? WRITE_REMOVE
           : action == ACTION_DELETE_ROW  ? WRITE_DELETE
           : action == ACTION_RESTORE_ROW ? WRITE_RESTORE
                                          : WRITE_EDIT;
}

static const char *change_refusal(const struct rows_view *view, enum action action)
{
    if (!view->hold || !view->shown.memory)
        return "Nothing was read yet.";
    const char *refusal = row_change_refusal(view->base.console, view->hold, write_of(action));
    if (refusal)
        return refusal;
    if (view->change)
        return "A change is on its way: wait for its end, or cancel it with ^C.";
    return action == ACTION_INSERT_ROW || rows_view_row(view) ? NULL : "There is no row here.";
}

static void on_changed(void *argument, enum row_change_end end, const struct entity_outcome *outcome UNUSED)
{
    struct rows_view *view = argument;
    TALLOC_FREE(view->change);
    if (end == ROW_CHANGE_MADE)
        rows_pages_changed(view->base.console);
    else if (end == ROW_CHANGE_CONFLICT)
        rows_view_read_again(view);
}

static void start_change(struct rows_view *view, enum action action)
{
    const struct entity *entity = view->hold->entity;
    const struct entity_row *row = rows_view_row(view);
    TALLOC_CTX *memory = talloc_new(NULL);
    const char *const *key = entity_row_key(memory, entity, row);
    struct entity_change change = {.what = write_of(action), .key = key, .version = entity_row_version(entity, row)};
    view->start_ms = clock_monotonic_ms();
    view->change = row_change_start(view, view->base.console, view->hold, &change, on_changed, view);
    talloc_free(memory);
}

static void open_form(struct rows_view *view, enum action action)
{
    struct row_subject subject = {.catalog = view->subject.catalog, .hold = view->hold, .title = ""};
    TALLOC_CTX *memory = talloc_new(NULL);
    if (action == ACTION_INSERT_ROW) {
        subject.title = "new row";
        subject.given = view->shown.filters; /* what leads here */
        subject.given_count = view->shown.fixed_count;
    } else {
        subject.key = entity_row_key(memory, view->hold->entity, rows_view_row(view));
        subject.column = grid_column_here(view->grid);
        subject.aim = ROW_TO_EDIT;
    }
    row_page_open(view->base.console, &subject);
    talloc_free(memory);
}

void rows_pages_changed(struct console *console)
{
    for (size_t i = 0; i < console->page_count; i++) {
        struct rows_view *view = (struct rows_view *)console->pages[i];
        if (view->base.class == &rows_class && view->shown.memory)
            rows_view_read_again(view);
    }
}

/* Whether the row, or the cell, is in memory as it is. */
static bool is_whole(const struct rows_view *view, enum action action)
{
    struct entity_query query = rows_view_query(view, &view->shown);
    size_t here = grid_column_here(view->grid);
    for (size_t i = 0; i < view->hold->entity->column_count; i++)
        if ((action == ACTION_COPY_ROW || i == here) &&
            entity_cell_is_cut(view->hold->entity, &query, rows_view_row(view), i))
            return false;
    return true;
}

static void copy(struct rows_view *view, enum action action)
{
    const struct entity *entity = view->hold->entity;
    const struct entity_row *row = rows_view_row(view);
    size_t here = grid_column_here(view->grid);
    if (action == ACTION_COPY) {
        row_copy_value(view->base.console, &entity->columns[here], entity_cell(row, here));
        return;
    }
    const char **values = talloc_zero_array(view, const char *, (unsigned)entity->column_count + 1);
    for (size_t i = 0; i < entity->column_count; i++)
        values[i] = entity_cell(row, i);
    row_copy_json(view->base.console, entity, values);
    talloc_free(values);
}

/* ---- keys ---- */

static const char *refusal(struct view *base, enum action action)
{
    const struct rows_view *view = (struct rows_view *)base;
    switch ((int)action) {
    case ACTION_SORT_ROWS:
        return rows_view_sort_refusal(view);
    case ACTION_SHOW_DELETED:
        return !view->hold || view->hold->entity->soft_delete ? NULL : "No column marks deleted rows here.";
    case ACTION_FILTER_ROWS:
    case ACTION_REVERSE_ROWS:
        return view->shown.memory ? NULL : "Nothing was read yet.";
    case ACTION_OPEN:
        return rows_view_row(view) ? NULL : "There is no row here.";
    case ACTION_COPY:
    case ACTION_COPY_ROW:
        if (!rows_view_row(view))
            return "There is no row here.";
        return is_whole(view, action) ? NULL
                                      : "Not all of it is here: Enter opens the row, whose y and Y copy it whole.";
    case ACTION_EDIT_ROW:
    case ACTION_INSERT_ROW:
    case ACTION_REMOVE_ROW:
    case ACTION_DELETE_ROW:
    case ACTION_RESTORE_ROW:
        return change_refusal(view, action);
    case ACTION_LAST:
        return view->hold && view->shown.memory && row_window_has_more(view->window, ROWS_BEHIND) &&
                       !view->hold->entity->key_count && view->hold->entity->kind != ENTITY_TABLE
                   ? "Without a key the rows can be read from the start alone: PgDn goes on."
                   : NULL;
    default:
        return NULL;
    }
}

/* To an end: read, where it is not in memory; the cursor moves when it is there. */
static void go_to_end(struct rows_view *view, enum action action)
{
    enum row_side side = action == ACTION_FIRST ? ROWS_BEFORE : ROWS_BEHIND;
    if (!view->shown.memory || !row_window_has_more(view->window, side)) {
        (void)grid_act(view->grid, action);
        return;
    }
    view->asked = view->shown;
    rows_view_read(view, action == ACTION_FIRST ? ROWS_FIRST : ROWS_LAST);
}

static void refresh(struct rows_view *view)
{
    if (!view->hold && !view->task)
        rows_view_open(view);
    else if (view->hold && view->shown.memory)
        rows_view_read_again(view);
    else if (view->hold)
        rows_view_read(view, ROWS_FIRST);
}

static bool cancel(struct rows_view *view)
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

static bool close_innermost(struct rows_view *view)
{
    if (!view->shown.memory || !*view->shown.text)
        return false;
    rows_view_filter(view, "");
    return true;
}

/* What has its own key here; false: a move, or the console's. */
static bool act_here(struct rows_view *view, enum action action)
{
    switch ((int)action) {
    case ACTION_OPEN:
        open_row(view);
        return true;
    case ACTION_FILTER_ROWS:
        console_ask(view->base.console, &view->base, "Only rows with: ", view->shown.text);
        return true;
    case ACTION_SORT_ROWS:
        rows_view_sort(view);
        return true;
    case ACTION_REVERSE_ROWS:
        rows_view_reverse(view);
        return true;
    case ACTION_SHOW_DELETED:
        rows_view_toggle_deleted(view);
        return true;
    case ACTION_FIRST:
    case ACTION_LAST:
        go_to_end(view, action);
        return true;
    case ACTION_COPY:
    case ACTION_COPY_ROW:
        copy(view, action);
        return true;
    case ACTION_EDIT_ROW:
    case ACTION_INSERT_ROW:
        open_form(view, action);
        return true;
    case ACTION_REMOVE_ROW:
    case ACTION_DELETE_ROW:
    case ACTION_RESTORE_ROW:
        start_change(view, action);
        return true;
    case ACTION_REFRESH:
        refresh(view);
        return true;
    case ACTION_PREVIOUS_VIEW:
        console_close(view->base.console);
        return true;
    default:
        return false;
    }
}

static bool act(struct view *base, enum action action)
{
    struct rows_view *view = (struct rows_view *)base;
    if (action == ACTION_CANCEL)
        return cancel(view);
    if (action == ACTION_CLOSE)
        return close_innermost(view);
    if (act_here(view, action))
        return true;
    if (!view->hold || !grid_act(view->grid, action))
        return false;
    rows_view_read_more(view);
    return true;
}

static void typed(struct view *base, const char *text, enum typing typing)
{
    struct rows_view *view = (struct rows_view *)base;
    if (typing == TYPING_DONE && strcmp(text, view->shown.text) != 0)
        rows_view_filter(view, text);
}

/* The target is there again: what could not be read is. */
static void refreshed(struct view *base)
{
    struct rows_view *view = (struct rows_view *)base;
    if (!view->task && view->problem->code == ERROR_CONNECTION && !error_is_set(base->console->problem))
        refresh(view);
}

static const struct view_class rows_class = {
    .where = AT_GRID,
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

const char *const *rows_copy_values(TALLOC_CTX *owner, const char *const *values, size_t count)
{
    const char **copy = talloc_zero_array(owner, const char *, (unsigned)count + 1);
    for (size_t i = 0; values && i < count; i++)
        copy[i] = values[i] ? talloc_strdup(copy, values[i]) : NULL;
    return values ? copy : NULL;
}

static int destroy(struct rows_view *view)
{
    rows_view_stop(view);
    return 0;
}

void rows_page_open(struct console *console, const struct rows_subject *subject)
{
    struct rows_view *view = talloc_zero(console, struct rows_view);
    view->base = (struct view){&rows_class, console};
    view->subject = *subject;
    view->subject.schema = talloc_strdup(view, subject->schema);
    view->subject.table = talloc_strdup(view, subject->table);
    view->subject.title = talloc_strdup(view, subject->title);
    if (subject->relationship)
        view->subject.values = rows_copy_values(view, subject->values, subject->relationship->column_count);
    if (!talloc_reference(view, subject->catalog) || (subject->hold && !talloc_reference(view, subject->hold)))
        abort();
    view->problem = error_new(view);
    view->grid = grid_new(view, cell);
    view->window = row_window_new(view);
    view->card = pager_new(view);
    talloc_set_destructor(view, destroy);
    console_open(console, &view->base);
    if (console_front(console) == &view->base) /* else there was no room for it */
        rows_view_open(view);
}
