/* See grid.h. */
#include "tui/widgets/grid.h"

#include <limits.h>

#include "store/text.h"

enum { GUTTER = 1, STEP_COLUMNS = 4, WIDEST = 400, MEASURED_ROWS = 400, MEASURED_BYTES = 256, CONTEXT_ROWS = 2 };

struct grid {
    grid_cell_fn cell;
    const struct grid_column *columns;
    int *widths;
    bool *is_resized;
    size_t column_count, frozen, first; /* first: behind the frozen ones */
    const void *rows;
    size_t row_count;
    size_t row, column, top;
    size_t height; /* of the last picture, without the headings */
    size_t sorted;
    enum grid_order order;
};

struct grid *grid_new(TALLOC_CTX *owner, grid_cell_fn cell)
{
    struct grid *grid = talloc_zero(owner, struct grid);
    if (!grid)
        abort();
    grid->cell = cell;
    grid->sorted = SIZE_MAX;
    return grid;
}

/* ---- layout ---- */

static int width_of(const int *widths, size_t from, size_t to)
{
    int width = 0;
    for (size_t i = from; i < to; i++)
        width += widths[i] + GRID_GAP;
    return width;
}

struct grid_layout grid_lay_out(const int *widths, size_t count, size_t frozen, size_t first, size_t here, int room)
{
    struct grid_layout layout = {.frozen = frozen < count ? frozen : count};
    if (width_of(widths, 0, layout.frozen) > room / 2)
        layout.frozen = 0;
    int rest = room - width_of(widths, 0, layout.frozen);
    first = first > layout.frozen ? first : layout.frozen;
    if (here >= layout.frozen && here < first)
        first = here;
    /* The last one in sight needs no gap behind it. */
    while (here > first && width_of(widths, first, here + 1) - GRID_GAP > rest)
        first++;
    layout.first = layout.end = first < count ? first : count;
    while (layout.end < count && rest > 0)
        rest -= widths[layout.end++] + GRID_GAP;
    return layout;
}

/* ---- content ---- */

void grid_set_columns(struct grid *grid, const struct grid_column *columns, size_t count, size_t frozen)
{
    grid->columns = columns;
    grid->column_count = count;
    grid->frozen = frozen;
    grid->column = grid->first = 0;
    talloc_free(grid->widths);
    talloc_free(grid->is_resized);
    grid->widths = talloc_zero_array(grid, int, (unsigned)count + 1);
    grid->is_resized = talloc_zero_array(grid, bool, (unsigned)count + 1);
    grid_measure(grid);
}

static void bound(struct grid *grid)
{
    if (grid->row >= grid->row_count)
        grid->row = grid->row_count ? grid->row_count - 1 : 0;
}

static size_t shifted(size_t number, ptrdiff_t shift)
{
    return shift < 0 && (size_t)-shift > number ? 0 : (size_t)((ptrdiff_t)number + shift);
}

void grid_set_rows(struct grid *grid, const void *rows, size_t count, ptrdiff_t shift)
{
    grid->rows = rows;
    grid->row_count = count;
    grid->row = shifted(grid->row, shift);
    grid->top = shifted(grid->top, shift);
    bound(grid);
}

static char *clean_cell(const struct grid *grid, size_t row, size_t column, TALLOC_CTX *owner, enum look *look)
{
    struct grid_cell cell = {NULL, LOOK_PLAIN};
    grid->cell(grid->rows, row, column, owner, &cell);
    *look = cell.look;
    return cell.text ? text_sanitise(owner, cell.text, strnlen(cell.text, MEASURED_BYTES * 16), TEXT_ONE_LINE) : NULL;
}

static int title_width(const char *title)
{
    char *clean = text_sanitise(NULL, title, strlen(title), TEXT_ONE_LINE);
    int width = text_width(clean) + 1; /* the arrow of the order */
    talloc_free(clean);
    return width;
}

static int content_width(const struct grid *grid, size_t row, size_t column)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    enum look look;
    const char *text = clean_cell(grid, row, column, memory, &look);
    int width = text ? text_width(text) : 0;
    talloc_free(memory);
    return width;
}

/* The width that some rows need, at least `width`, within the bounds. */
static int wanted_width(const struct grid *grid, size_t column, int width, size_t first, size_t end)
{
    for (size_t row = first; row < end && width < GRID_MOST_COLUMN; row++) {
        int needed = content_width(grid, row, column);
        width = needed > width ? needed : width;
    }
    return width < GRID_LEAST_COLUMN ? GRID_LEAST_COLUMN : width < GRID_MOST_COLUMN ? width : GRID_MOST_COLUMN;
}

void grid_measure(struct grid *grid)
{
    size_t end = grid->row_count < MEASURED_ROWS ? grid->row_count : MEASURED_ROWS;
    for (size_t i = 0; i < grid->column_count; i++)
        if (!grid->is_resized[i])
            grid->widths[i] = wanted_width(grid, i, title_width(grid->columns[i].title), 0, end);
}

void grid_widen(struct grid *grid, size_t first, size_t count)
{
    size_t end = first + count < grid->row_count ? first + count : grid->row_count;
    for (size_t i = 0; i < grid->column_count; i++)
        if (!grid->is_resized[i])
            grid->widths[i] = wanted_width(grid, i, grid->widths[i], first, end);
}

void grid_set_order(struct grid *grid, size_t column, enum grid_order order)
{
    grid->sorted = column;
    grid->order = order;
}

/* ---- moving ---- */

void grid_go(struct grid *grid, size_t row)
{
    grid->row = row;
    bound(grid);
}

void grid_go_column(struct grid *grid, size_t column)
{
    if (column < grid->column_count)
        grid->column = column;
}

void grid_set_top(struct grid *grid, size_t row) { grid->top = row; }

size_t grid_row(const struct grid *grid) { return grid->row; }
size_t grid_column_here(const struct grid *grid) { return grid->column; }
size_t grid_top(const struct grid *grid) { return grid->top; }
size_t grid_height(const struct grid *grid) { return grid->height; }

static void move(struct grid *grid, ptrdiff_t rows) { grid_go(grid, shifted(grid->row, rows)); }

static void resize(struct grid *grid, int by)
{
    if (!grid->column_count)
        return;
    int width = grid->widths[grid->column] + by;
    grid->widths[grid->column] = width < GRID_LEAST_COLUMN ? GRID_LEAST_COLUMN : width < WIDEST ? width : WIDEST;
    grid->is_resized[grid->column] = true;
}

static bool move_column(struct grid *grid, enum action action)
{
    switch ((int)action) {
    case ACTION_COLUMN_LEFT:
        grid->column -= grid->column > 0;
        return true;
    case ACTION_COLUMN_RIGHT:
        grid_go_column(grid, grid->column + 1);
        return true;
    case ACTION_COLUMN_FIRST:
        grid->column = 0;
        return true;
    case ACTION_COLUMN_LAST:
        grid->column = grid->column_count ? grid->column_count - 1 : 0;
        return true;
    case ACTION_WIDER:
        resize(grid, STEP_COLUMNS);
        return true;
    case ACTION_NARROWER:
        resize(grid, -STEP_COLUMNS);
        return true;
    default:
        return false;
    }
}

bool grid_act(struct grid *grid, enum action action)
{
    ptrdiff_t page = grid->height > 1 ? (ptrdiff_t)grid->height : 1, half = (page + 1) / 2;
    switch ((int)action) {
    case ACTION_DOWN:
        move(grid, 1);
        return true;
    case ACTION_UP:
        move(grid, -1);
        return true;
    case ACTION_HALF_DOWN:
        move(grid, half);
        return true;
    case ACTION_HALF_UP:
        move(grid, -half);
        return true;
    case ACTION_PAGE_DOWN:
        move(grid, page);
        return true;
    case ACTION_PAGE_UP:
        move(grid, -page);
        return true;
    case ACTION_FIRST:
        grid_go(grid, 0);
        return true;
    case ACTION_LAST:
        grid_go(grid, SIZE_MAX);
        return true;
    default:
        return move_column(grid, action);
    }
}

/* ---- drawing ---- */

/* A stretch of a row: one column's place in it. */
struct slot {
    size_t column;
    int at, width;
};

static void draw_title(const struct grid *grid, struct terminal *terminal, int row, struct slot slot)
{
    const struct grid_column *column = &grid->columns[slot.column];
    bool is_sorted = slot.column == grid->sorted;
    char *title = text_sanitise(NULL, column->title, strlen(column->title), TEXT_ONE_LINE);
    const char *arrow =
        is_sorted ? theme_glyph(grid->order == GRID_DESCENDING ? GLYPH_DESCENDING : GLYPH_ASCENDING) : "";
    int room = slot.width - is_sorted, width = text_width(title) < room ? text_width(title) : room;
    int indent = column->align == GRID_RIGHT ? room - width : 0;
    enum look look = slot.column == grid->column ? LOOK_TAB_HERE : LOOK_HEAD;
    int at = slot.at + indent + terminal_put(terminal, row, slot.at + indent, width, look, title);
    terminal_put(terminal, row, at, is_sorted, look, arrow);
    talloc_free(title);
}

static void draw_cell(const struct grid *grid, struct terminal *terminal, int y, size_t row, struct slot slot)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    enum look look;
    bool is_here = row == grid->row && slot.column == grid->column;
    const char *text = clean_cell(grid, row, slot.column, memory, &look);
    int width = text ? text_width(text) : 0;
    int indent = grid->columns[slot.column].align == GRID_RIGHT && width < slot.width ? slot.width - width : 0;
    if (is_here)
        terminal_fill(terminal, y, slot.at, slot.width, LOOK_CURSOR);
    terminal_put(terminal, y, slot.at + indent, slot.width - indent, is_here ? LOOK_CURSOR : look, text);
    talloc_free(memory);
}

static void draw_slots(const struct grid *grid, struct terminal *terminal, struct area area, struct grid_layout layout,
                       size_t row)
{
    int at = area.column + GUTTER, end = area.column + area.columns;
    for (size_t i = 0; i < layout.end; i++) {
        if (i == layout.frozen && layout.first > i) {
            i = layout.first;
            if (i >= layout.end)
                return;
        }
        struct slot slot = {i, at, grid->widths[i] < end - at ? grid->widths[i] : end - at};
        at += grid->widths[i] + GRID_GAP;
        if (slot.width <= 0)
            return;
        if (row == SIZE_MAX)
            draw_title(grid, terminal, area.row, slot);
        else
            draw_cell(grid, terminal, area.row + 1 + (int)(row - grid->top), row, slot);
    }
}

static void scroll(struct grid *grid)
{
    size_t height = grid->height, context = height > 6 ? CONTEXT_ROWS : 0; /* what lies ahead stays in sight */
    if (grid->row < grid->top + context)
        grid->top = grid->row > context ? grid->row - context : 0;
    if (grid->row + context >= grid->top + height)
        grid->top = grid->row + context - height + 1;
    if (grid->top + height > grid->row_count)
        grid->top = grid->row_count > height ? grid->row_count - height : 0;
}

void grid_draw(struct grid *grid, struct terminal *terminal, struct area area)
{
    if (area.rows < 2 || area.columns < GUTTER + GRID_LEAST_COLUMN || !grid->column_count)
        return;
    grid->height = (size_t)area.rows - 1;
    scroll(grid);
    struct grid_layout layout =
        grid_lay_out(grid->widths, grid->column_count, grid->frozen, grid->first, grid->column, area.columns - GUTTER);
    grid->first = layout.first;
    draw_slots(grid, terminal, area, layout, SIZE_MAX);
    for (size_t i = 0; i < grid->height && grid->top + i < grid->row_count; i++) {
        if (grid->top + i == grid->row)
            terminal_put(terminal, area.row + 1 + (int)i, area.column, GUTTER, LOOK_STRONG, ">");
        draw_slots(grid, terminal, area, layout, grid->top + i);
    }
}
