/* What the page of rows has read in the background. One task at a time: the newest wish counts. */
#include "store/clock.h"
#include "tui/screens/rows_view.h"

enum { TICK_MS = 250, PAGE_ROWS = 200, LEAST_ROWS = 50, PAGE_CELLS = 8000 };

/* ---- what is asked ---- */

struct entity_query rows_view_query(const struct rows_view *view, const struct rows_query *query)
{
    size_t columns = view->hold->entity->column_count + 1, rows = PAGE_CELLS / columns;
    return (struct entity_query){
        .filters = query->filters,
        .filter_count = query->filter_count,
        .sort = query->sort,
        .order = query->order == GRID_DESCENDING ? SORT_DESCENDING : SORT_ASCENDING,
        .deleted = query->deleted,
        .limit = rows < LEAST_ROWS  ? LEAST_ROWS
                 : rows < PAGE_ROWS ? rows
                                    : PAGE_ROWS,
        .cell_characters = ENTITY_CELL_CHARACTERS,
        .direction = PAGE_FORWARD,
    };
}

static bool has_ties(const struct rows_view *view)
{
    struct entity_query query = rows_view_query(view, &view->shown);
    return entity_query_has_ties(view->hold->entity, &query);
}

/* What runs shows its time. */
static void on_tick(void *argument)
{
    struct rows_view *view = argument;
    if (view->task)
        loop_after(view->base.console->loop, TICK_MS, on_tick, view);
}

void rows_view_stop(struct rows_view *view)
{
    struct loop *loop = view->base.console->loop;
    if (view->task)
        loop_drop(loop, view->task);
    view->task = NULL;
    loop_forget(loop, on_tick, view);
}

static void begin(struct rows_view *view, struct entity_work *work, enum rows_reading reading, task_fn run,
                  loop_end_fn on_end)
{
    view->reading = reading;
    view->start_ms = clock_monotonic_ms();
    error_clear(view->problem);
    view->task = entity_work_start(view->base.console, work, run, on_end, view, view->problem);
    rows_view_fill_card(view);
    on_tick(view);
}

/* ---- what came ---- */

static void note_start(struct rows_view *view, int64_t number, const char *cursor)
{
    view->starts = talloc_realloc(view, view->starts, const char *, (unsigned)number + 1);
    view->starts[number] = cursor ? talloc_strdup(view->starts, cursor) : NULL;
}

static void show_query(struct rows_view *view)
{
    const struct entity *entity = view->hold->entity;
    const struct entity_column *sort = view->asked.sort ? view->asked.sort : entity->key_count ? entity->key[0] : NULL;
    if (view->shown.memory != view->asked.memory)
        talloc_free(view->shown.memory);
    view->shown = view->asked;
    grid_set_order(view->grid, sort ? (size_t)(sort - entity->columns) : SIZE_MAX, view->shown.order);
}

static bool has_key(const struct rows_view *view, size_t row, const char *const *key)
{
    const struct entity *entity = view->hold->entity;
    for (size_t i = 0; i < entity->key_count; i++) {
        size_t column = (size_t)(entity->key[i] - entity->columns);
        if (strcmp(entity_cell(row_window_row(view->window, row), column), key[i]) != 0)
            return false;
    }
    return true;
}

/* A row that is gone gives the cursor to the one that stands there now. */
static void find_place(struct rows_view *view)
{
    size_t found = view->place_row, count = row_window_count(view->window);
    for (size_t row = 0; view->place && row < count; row++)
        if (has_key(view, row, view->place)) {
            found = row;
            break;
        }
    grid_go(view->grid, found);
    ptrdiff_t top = (ptrdiff_t)grid_row(view->grid) - view->place_top;
    grid_set_top(view->grid, top > 0 ? (size_t)top : 0);
}

static void take_anew(struct rows_view *view, struct task *task, const struct entity_page *page)
{
    int64_t beyond = page->has_more ? ROWS_UNKNOWN : 0;
    struct row_place place = {.before = 0, .behind = beyond};
    if (view->reading == ROWS_LAST)
        place = (struct row_place){.before = beyond, .behind = 0};
    else if (view->reading == ROWS_AGAIN)
        place.before = view->place_before;
    if (view->reading != ROWS_AGAIN)
        show_query(view);
    row_window_set(view->window, task, page, place);
    grid_set_rows(view->grid, view, page->count, 0);
    if (view->reading == ROWS_AGAIN) {
        grid_widen(view->grid, 0, page->count);
        find_place(view);
        return;
    }
    note_start(view, 0, NULL);
    grid_measure(view->grid);
    grid_set_top(view->grid, 0);
    grid_go(view->grid, view->reading == ROWS_LAST ? SIZE_MAX : 0);
}

static void take(struct rows_view *view, struct task *task)
{
    const struct entity_page *page = task_result(task);
    if (view->reading != ROWS_MORE_BEFORE && view->reading != ROWS_MORE_BEHIND) {
        take_anew(view, task, page);
        return;
    }
    enum row_side side = view->reading == ROWS_MORE_BEFORE ? ROWS_BEFORE : ROWS_BEHIND;
    if (side == ROWS_BEHIND && has_ties(view))
        note_start(view, row_window_page(view->window, side) + 1, row_window_cursor(view->window, side));
    ptrdiff_t shift = row_window_add(view->window, side, task, page);
    size_t count = row_window_count(view->window);
    grid_set_rows(view->grid, view, count, shift);
    grid_widen(view->grid, side == ROWS_BEFORE ? 0 : count - page->count, page->count);
}

static void give_up(struct rows_view *view, const struct error *error)
{
    struct console *console = view->base.console;
    error_copy(view->problem, error);
    if (view->shown.memory && view->asked.memory != view->shown.memory) {
        talloc_free(view->asked.memory);
        view->asked = view->shown;
        if (error->code != ERROR_CONNECTION)
            error_clear(view->problem); /* what is shown is as good as it was */
    }
    if (error->code == ERROR_CANCELLED && view->shown.memory)
        console_say(console, MESSAGE_WARNING, "Cancelled: what is shown is what was there before.");
    else
        console_say_error(console, error);
    if (error->code == ERROR_CONNECTION)
        console_refresh(console); /* which connects again, and tells */
}

static void on_page(void *argument, struct task *task, bool succeeded, const struct error *error)
{
    struct rows_view *view = argument;
    view->task = NULL;
    if (succeeded)
        take(view, task);
    else
        give_up(view, error);
    rows_view_fill_card(view);
    if (succeeded)
        rows_view_read_more(view);
}

static void read_page(struct rows_view *view, enum rows_reading reading, struct entity_query query)
{
    struct entity_work *work = entity_work_new(view->base.console, view->hold);
    rows_view_stop(view);
    entity_work_set_query(work, &query);
    begin(view, work, reading, entity_work_page, on_page);
}

void rows_view_read(struct rows_view *view, enum rows_reading reading)
{
    struct entity_query query = rows_view_query(view, &view->asked);
    query.direction = reading == ROWS_LAST ? PAGE_BACKWARD : PAGE_FORWARD;
    read_page(view, reading, query);
}

void rows_view_read_more(struct rows_view *view)
{
    enum row_side side;
    size_t height = grid_height(view->grid) ? grid_height(view->grid) : 1, top = grid_top(view->grid);
    size_t row = grid_row(view->grid);
    size_t first = row < top ? row : top, last = row > top + height - 1 ? row : top + height - 1;
    if (view->task || !view->shown.memory || error_is_set(view->problem) ||
        !row_window_wants(view->window, first, last, &side))
        return;
    struct entity_query query = rows_view_query(view, &view->shown);
    query.cursor = row_window_cursor(view->window, side);
    if (side == ROWS_BEFORE && has_ties(view))
        query.cursor = view->starts[row_window_page(view->window, side) - 1];
    else if (side == ROWS_BEFORE)
        query.direction = PAGE_BACKWARD;
    read_page(view, side == ROWS_BEFORE ? ROWS_MORE_BEFORE : ROWS_MORE_BEHIND, query);
}

/* From the row above the top of the picture on; where that is not in memory, from the beginning. */
void rows_view_read_again(struct rows_view *view)
{
    size_t top = grid_top(view->grid), row = grid_row(view->grid);
    const struct entity_row *here = rows_view_row(view);
    struct entity_query query = rows_view_query(view, &view->shown);
    if (!here || has_ties(view)) {
        view->asked = view->shown;
        rows_view_read(view, ROWS_FIRST);
        return;
    }
    int64_t before = row_window_beside(view->window, ROWS_BEFORE);
    talloc_free(view->place_memory);
    view->place_memory = talloc_new(view);
    view->place = view->hold->entity->key_count ? entity_row_key(view->place_memory, view->hold->entity, here) : NULL;
    view->place_row = row - top;
    view->place_top = (ptrdiff_t)(row - top);
    view->place_before = before == ROWS_UNKNOWN ? ROWS_UNKNOWN : before + (int64_t)top;
    if (top > 0)
        query.cursor =
            entity_row_cursor(view->place_memory, view->hold->entity, &query, row_window_row(view->window, top - 1));
    read_page(view, ROWS_AGAIN, query);
}

/* ---- opening ---- */

static bool is_number(const struct entity_column *column)
{
    static const char *const types[] = {"smallint", "integer", "bigint", "numeric", "real", "double precision"};
    for (size_t i = 0; i < countof(types); i++)
        if (!strncmp(column->type, types[i], strlen(types[i])) && !strchr(column->type, '['))
            return true;
    return false;
}

static void set_columns(struct rows_view *view)
{
    const struct entity *entity = view->hold->entity;
    view->columns = talloc_zero_size(view, (entity->column_count + 1) * sizeof *view->columns);
    for (size_t i = 0; i < entity->column_count; i++)
        view->columns[i] =
            (struct grid_column){entity->columns[i].name, is_number(&entity->columns[i]) ? GRID_RIGHT : GRID_LEFT};
    bool is_keyed = entity->key_count && entity->key[0] == &entity->columns[0];
    grid_set_columns(view->grid, view->columns, entity->column_count, is_keyed ? 1 : 0);
}

static void on_opened(void *argument, struct task *task, bool succeeded, const struct error *error)
{
    struct rows_view *view = argument;
    view->task = NULL;
    if (!succeeded) {
        give_up(view, error);
        rows_view_fill_card(view);
        return;
    }
    view->hold = entity_hold_new(view, task, view->subject.catalog);
    set_columns(view);
    if (rows_query_begin(view, view->problem))
        rows_view_read(view, ROWS_FIRST);
    else
        console_say_error(view->base.console, view->problem);
    rows_view_fill_card(view);
}

void rows_view_open(struct rows_view *view)
{
    const struct entity_catalog *catalog = task_result(view->subject.catalog);
    struct entity_work *work = entity_work_new(view->base.console, NULL);
    work->model = catalog->model;
    work->schema = talloc_strdup(work, view->subject.schema);
    work->table = talloc_strdup(work, view->subject.table);
    if (!talloc_reference(work, view->subject.catalog))
        abort();
    begin(view, work, ROWS_OPENING, entity_work_open, on_opened);
}
