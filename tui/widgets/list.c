/* See list.h. `shown` holds the rows that pass the filter, in order; everything else is found by identity. */
#include "tui/widgets/list.h"

#include <limits.h>

#include "store/text.h"

enum { MOST_COLUMNS = 12, GAP = 2, GUTTER = 2, CONTEXT_ROWS = 1, MEASURED_BYTES = 512 };

struct list {
    struct list_source source;
    const void *rows;
    size_t count;
    size_t *shown;
    size_t shown_count;
    char *cursor;   /* identity, or NULL */
    char *anchor;   /* where the cursor was before the filter, until it is moved */
    size_t at, top; /* in `shown` */
    int height;
    char **marks; /* identities */
    size_t mark_count;
    char *filter;
    size_t sort_column;
    bool is_reversed;
    int widths[MOST_COLUMNS]; /* what the content needs */
};

struct list *list_new(TALLOC_CTX *owner, const struct list_source *source)
{
    struct list *list = talloc_zero(owner, struct list);
    list->source = *source;
    list->filter = talloc_strdup(list, "");
    return list;
}

static const char *identity(const struct list *list, size_t row) { return list->source.identity(list->rows, row); }

static struct list_cell cell(const struct list *list, size_t row, size_t column, TALLOC_CTX *owner)
{
    struct list_cell made = {NULL, LOOK_PLAIN};
    list->source.cell(list->rows, row, column, owner, &made);
    return made;
}

/* ---- order and filter ---- */

static int compare_cells(const struct list *list, size_t left, size_t right)
{
    if (list->source.compare)
        return list->source.compare(list->rows, left, right, list->sort_column);
    TALLOC_CTX *memory = talloc_new(NULL);
    const char *a = cell(list, left, list->sort_column, memory).text,
               *b = cell(list, right, list->sort_column, memory).text;
    int order = strcmp(a ? a : "", b ? b : "");
    talloc_free(memory);
    return order;
}

/* Rows that are equal keep their order, whichever way the list is sorted. */
static int compare(const void *left, const void *right, void *argument)
{
    const struct list *list = argument;
    size_t a = *(const size_t *)left, b = *(const size_t *)right;
    int order = compare_cells(list, a, b);
    if (order == 0)
        return a < b ? -1 : a > b;
    return list->is_reversed ? -order : order;
}

static bool passes(const struct list *list, size_t row)
{
    bool found = !*list->filter;
    TALLOC_CTX *memory = talloc_new(NULL);
    for (size_t i = 0; i < list->source.column_count && !found; i++) {
        const char *text = cell(list, row, i, memory).text;
        found = text && strcasestr(text, list->filter);
    }
    talloc_free(memory);
    return found;
}

static void place_cursor(struct list *list, size_t at)
{
    list->at = list->shown_count == 0 ? 0 : at < list->shown_count ? at : list->shown_count - 1;
    char *now = list->shown_count ? talloc_strdup(list, identity(list, list->shown[list->at])) : NULL;
    talloc_free(list->cursor);
    list->cursor = now;
}

/* Fills `shown` anew and finds the cursor's row in it. */
static void arrange(struct list *list)
{
    list->shown_count = 0;
    list->shown = talloc_realloc(list, list->shown, size_t, (unsigned)list->count + 1);
    for (size_t i = 0; i < list->count; i++)
        if (passes(list, i))
            list->shown[list->shown_count++] = i;
    qsort_r(list->shown, list->shown_count, sizeof *list->shown, compare, list);
    for (size_t i = 0; i < list->shown_count && list->cursor; i++)
        if (strcmp(identity(list, list->shown[i]), list->cursor) == 0) {
            list->at = i;
            return;
        }
    place_cursor(list, list->at);
}

/* Most texts are plain: of ten thousand rows that is half the time. */
static int shown_width(TALLOC_CTX *memory, const char *text)
{
    if (text_is_plain(text))
        return (int)strnlen(text, MEASURED_BYTES);
    return text_width(text_sanitise(memory, text, strnlen(text, MEASURED_BYTES), TEXT_ONE_LINE));
}

static int title_width(const struct list *list, size_t column)
{
    return text_width(list->source.columns[column].title) + 1;
}

static void measure(struct list *list)
{
    for (size_t column = 0; column < list->source.column_count; column++)
        list->widths[column] = list->source.columns[column].presence == LIST_IF_FILLED ? 0 : title_width(list, column);
    for (size_t row = 0; row < list->count; row++) {
        TALLOC_CTX *memory = talloc_new(NULL);
        for (size_t column = 0; column < list->source.column_count; column++) {
            const char *text = cell(list, row, column, memory).text;
            int width = text ? shown_width(memory, text) : 0;
            width = width && width < title_width(list, column) ? title_width(list, column) : width;
            list->widths[column] = width > list->widths[column] ? width : list->widths[column];
        }
        talloc_free(memory);
    }
}

static bool has_row(const struct list *list, const char *name)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(identity(list, i), name) == 0)
            return true;
    return false;
}

static size_t drop_lost_marks(struct list *list)
{
    size_t kept = 0, before = list->mark_count;
    for (size_t i = 0; i < before; i++)
        if (has_row(list, list->marks[i]))
            list->marks[kept++] = list->marks[i];
        else
            talloc_free(list->marks[i]);
    list->mark_count = kept;
    return before - kept;
}

size_t list_set(struct list *list, const void *rows, size_t count)
{
    list->rows = rows;
    list->count = count;
    measure(list);
    arrange(list);
    return drop_lost_marks(list);
}

static void forget_anchor(struct list *list)
{
    talloc_free(list->anchor);
    list->anchor = NULL;
}

void list_set_filter(struct list *list, const char *text)
{
    if (!*list->filter && list->cursor)
        list->anchor = talloc_strdup(list, list->cursor);
    talloc_free(list->filter);
    list->filter = talloc_strdup(list, text);
    arrange(list);
    if (list->anchor)
        (void)list_go(list, list->anchor);
    if (!*text)
        forget_anchor(list);
}

const char *list_filter(const struct list *list) { return list->filter; }

void list_sort(struct list *list, size_t column)
{
    list->sort_column = column;
    list->is_reversed = false;
    arrange(list);
}

/* ---- cursor and marks ---- */

ptrdiff_t list_cursor(const struct list *list) { return list->shown_count ? (ptrdiff_t)list->shown[list->at] : -1; }

const char *list_cursor_identity(const struct list *list) { return list->shown_count ? list->cursor : NULL; }

bool list_go(struct list *list, const char *name)
{
    for (size_t i = 0; i < list->shown_count; i++)
        if (strcmp(identity(list, list->shown[i]), name) == 0) {
            place_cursor(list, i);
            return true;
        }
    return false;
}

bool list_is_marked(const struct list *list, const char *name)
{
    for (size_t i = 0; i < list->mark_count; i++)
        if (strcmp(list->marks[i], name) == 0)
            return true;
    return false;
}

void list_clear_marks(struct list *list)
{
    for (size_t i = 0; i < list->mark_count; i++)
        talloc_free(list->marks[i]);
    list->mark_count = 0;
}

size_t list_mark_count(const struct list *list) { return list->mark_count; }

static void unmark(struct list *list, const char *name)
{
    size_t kept = 0;
    for (size_t i = 0; i < list->mark_count; i++)
        if (strcmp(list->marks[i], name) != 0)
            list->marks[kept++] = list->marks[i];
    list->mark_count = kept;
}

void list_toggle_mark(struct list *list)
{
    const char *name = list_cursor_identity(list);
    if (!name)
        return;
    if (list_is_marked(list, name)) {
        unmark(list, name);
    } else {
        list->marks = talloc_realloc(list, list->marks, char *, (unsigned)list->mark_count + 1);
        list->marks[list->mark_count++] = talloc_strdup(list, name);
    }
    place_cursor(list, list->at + 1);
}

static void move(struct list *list, int rows)
{
    size_t back = rows < 0 ? (size_t)-rows : 0;
    forget_anchor(list);
    place_cursor(list, back > list->at ? 0 : list->at - back + (rows > 0 ? (size_t)rows : 0));
}

bool list_act(struct list *list, enum action action)
{
    int page = list->height > 1 ? list->height : 1, half = (page + 1) / 2;
    switch ((int)action) {
    case ACTION_DOWN:
        move(list, 1);
        return true;
    case ACTION_UP:
        move(list, -1);
        return true;
    case ACTION_HALF_DOWN:
        move(list, half);
        return true;
    case ACTION_HALF_UP:
        move(list, -half);
        return true;
    case ACTION_PAGE_DOWN:
        move(list, page);
        return true;
    case ACTION_PAGE_UP:
        move(list, -page);
        return true;
    case ACTION_FIRST:
        move(list, INT_MIN / 2);
        return true;
    case ACTION_LAST:
        move(list, INT_MAX / 2);
        return true;
    case ACTION_SORT:
        list_sort(list, (list->sort_column + 1) % list->source.column_count);
        return true;
    case ACTION_REVERSE:
        list->is_reversed = !list->is_reversed;
        arrange(list);
        return true;
    default:
        return false;
    }
}

size_t list_shown_count(const struct list *list) { return list->shown_count; }

const char *list_position(const struct list *list, TALLOC_CTX *owner)
{
    if (list->shown_count == 0)
        return *list->filter ? talloc_asprintf(owner, "0 of %zu", list->count) : "";
    const char *of = *list->filter ? talloc_asprintf(owner, " (of %zu)", list->count) : "";
    return talloc_asprintf(owner, "%zu of %zu%s", list->at + 1, list->shown_count, of);
}

/* ---- drawing ---- */

/* What its content needs, within its bounds. 0: it has none, and is only shown where it has some. */
static int content_width(const struct list *list, size_t column)
{
    const struct list_column *bounds = &list->source.columns[column];
    if (list->widths[column] == 0)
        return 0;
    int width = list->widths[column] < bounds->most ? list->widths[column] : bounds->most;
    return width > bounds->least ? width : bounds->least;
}

static size_t favourite_of(const struct list *list)
{
    size_t favourite = 0;
    for (size_t i = 0; i < list->source.column_count; i++)
        favourite = list->source.columns[i].weight > list->source.columns[favourite].weight ? i : favourite;
    return favourite;
}

/* Takes up to `excess` from a column; returns what it took. */
static int shrink(const struct list *list, size_t column, int excess, int *widths)
{
    int most = widths[column] - list->source.columns[column].least;
    int taken = excess < most ? excess : most;
    taken = taken > 0 ? taken : 0;
    widths[column] -= taken;
    return taken;
}

/* Gives a column up to `room` more, until it has `wanted`; returns what it gave. */
static int grow(size_t column, int wanted, int room, int *widths)
{
    int given = wanted - widths[column] < room ? wanted - widths[column] : room;
    given = given > 0 && widths[column] ? given : 0;
    widths[column] += given;
    return given;
}

static size_t least_important(const struct list *list, size_t favourite, const int *widths)
{
    size_t least = favourite;
    for (size_t i = 0; i < list->source.column_count; i++)
        if (widths[i] && list->source.columns[i].weight < list->source.columns[least].weight)
            least = i;
    return least;
}

/* Gives each column what its content needs, within its bounds. While that is too much: cuts what may be cut, then the
 * most important one, then drops the least important ones. What is left over goes to the most important one's content,
 * to what was cut, to the most important one. 0: not shown. */
static void fit_columns(const struct list *list, int room, int *widths)
{
    size_t count = list->source.column_count, favourite = favourite_of(list);
    int used = -GAP;
    for (size_t i = 0; i < count; i++) {
        widths[i] = content_width(list, i);
        used += widths[i] ? widths[i] + GAP : 0;
    }
    for (size_t i = 0; i < count; i++)
        if (list->source.columns[i].align == LIST_CUT)
            used -= shrink(list, i, used - room, widths);
    used -= shrink(list, favourite, used - room, widths);
    for (size_t least; used > room && (least = least_important(list, favourite, widths)) != favourite;) {
        used -= widths[least] + GAP;
        widths[least] = 0;
    }
    used += grow(favourite, content_width(list, favourite), room - used, widths);
    for (size_t i = 0; i < count; i++)
        if (list->source.columns[i].align == LIST_CUT)
            used += grow(i, content_width(list, i), room - used, widths);
    (void)grow(favourite, list->source.columns[favourite].most, room - used, widths);
}

static void draw_heads(const struct list *list, struct terminal *terminal, struct area area, const int *widths)
{
    int at = area.column + GUTTER, end = area.column + area.columns;
    for (size_t i = 0; i < list->source.column_count; i++) {
        const struct list_column *column = &list->source.columns[i];
        if (!widths[i])
            continue;
        const char *arrow =
            i != list->sort_column ? "" : theme_glyph(list->is_reversed ? GLYPH_DESCENDING : GLYPH_ASCENDING);
        char *title = talloc_asprintf(list, "%s%s", column->title, arrow);
        int indent = column->align == LIST_RIGHT ? widths[i] - text_width(title) : 0;
        terminal_put(terminal, area.row, at + (indent > 0 ? indent : 0), end - at, LOOK_HEAD, title);
        talloc_free(title);
        at += widths[i] + GAP;
    }
}

static int cursor_width(const struct list *list, const int *widths)
{
    int width = GUTTER, covered = GUTTER;
    for (size_t i = 0; i < list->source.column_count; i++) {
        width += widths[i] ? widths[i] + GAP : 0;
        if (widths[i] && list->source.columns[i].cursor == LIST_UNDER_CURSOR)
            covered = width - GAP;
    }
    return covered;
}

static void draw_row(const struct list *list, struct terminal *terminal, struct area area, int y, size_t shown,
                     const int *widths)
{
    size_t row = list->shown[shown];
    bool is_here = shown == list->at, is_marked = list_is_marked(list, identity(list, row));
    int bar = is_here ? cursor_width(list, widths) : 0, at = area.column + GUTTER, end = area.column + area.columns;
    terminal_fill(terminal, y, area.column, bar < area.columns ? bar : area.columns, LOOK_CURSOR);
    terminal_put(terminal, y, area.column, 1, is_here ? LOOK_CURSOR : LOOK_PLAIN, is_here ? ">" : " ");
    terminal_put(terminal, y, area.column + 1, 1, is_here ? LOOK_CURSOR : LOOK_STRONG, is_marked ? "*" : " ");
    TALLOC_CTX *memory = talloc_new(NULL);
    for (size_t i = 0; i < list->source.column_count; i++) {
        if (!widths[i])
            continue;
        struct list_cell made = cell(list, row, i, memory);
        int width = widths[i] < end - at ? widths[i] : end - at, indent = 0;
        if (made.text && list->source.columns[i].align == LIST_RIGHT)
            indent = width - text_width(text_sanitise(memory, made.text, strnlen(made.text, 512), TEXT_ONE_LINE));
        indent = indent > 0 ? indent : 0;
        terminal_put(terminal, y, at + indent, width - indent, at - area.column < bar ? LOOK_CURSOR : made.look,
                     made.text);
        at += widths[i] + GAP;
    }
    talloc_free(memory);
}

int list_wanted_columns(const struct list *list)
{
    int wanted = GUTTER;
    for (size_t i = 0; i < list->source.column_count; i++) {
        int width = content_width(list, i);
        wanted += width ? GAP + width : 0;
    }
    return wanted;
}

void list_draw(struct list *list, struct terminal *terminal, struct area area)
{
    int widths[MOST_COLUMNS] = {0};
    if (area.rows < 2 || area.columns < GUTTER + 1)
        return;
    list->height = area.rows - 1;
    size_t height = (size_t)list->height;
    size_t context = height > 6 ? CONTEXT_ROWS : 0; /* what lies ahead stays in sight */
    if (list->at < list->top + context)
        list->top = list->at > context ? list->at - context : 0;
    if (list->at + context >= list->top + height)
        list->top = list->at + context - height + 1;
    if (list->top + height > list->shown_count)
        list->top = list->shown_count > height ? list->shown_count - height : 0;
    fit_columns(list, area.columns - GUTTER, widths);
    draw_heads(list, terminal, area, widths);
    if (list->shown_count == 0 && *list->filter)
        terminal_put(terminal, area.row + 1, area.column + GUTTER, area.columns - GUTTER, LOOK_DIM,
                     "No row holds that text. Esc shows all rows.");
    for (size_t i = 0; i < height && list->top + i < list->shown_count; i++)
        draw_row(list, terminal, area, area.row + 1 + (int)i, list->top + i, widths);
}
