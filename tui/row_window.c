/* See row_window.h. */
#include "tui/row_window.h"

struct chunk {
    TALLOC_CTX *holder;
    const struct entity_page *page;
};

struct row_window {
    struct chunk chunks[ROW_WINDOW_PAGES];
    size_t chunk_count, row_count;
    int64_t beside[2];    /* by enum row_side */
    int64_t first_number; /* of the first page */
};

struct row_window *row_window_new(TALLOC_CTX *owner)
{
    struct row_window *window = talloc_zero(owner, struct row_window);
    if (!window)
        abort();
    return window;
}

static void let_go(struct row_window *window, enum row_side side)
{
    size_t index = side == ROWS_BEFORE ? 0 : window->chunk_count - 1;
    struct chunk chunk = window->chunks[index];
    window->chunk_count--;
    if (side == ROWS_BEFORE) {
        memmove(window->chunks, window->chunks + 1, window->chunk_count * sizeof *window->chunks);
        window->first_number++;
    }
    window->row_count -= chunk.page->count;
    if (window->beside[side] != ROWS_UNKNOWN)
        window->beside[side] += (int64_t)chunk.page->count;
    talloc_free(chunk.holder);
}

void row_window_set(struct row_window *window, TALLOC_CTX *holder, const struct entity_page *page,
                    struct row_place place)
{
    while (window->chunk_count)
        let_go(window, ROWS_BEHIND);
    window->chunks[window->chunk_count++] = (struct chunk){talloc_steal(window, holder), page};
    window->row_count = page->count;
    window->beside[ROWS_BEFORE] = place.before;
    window->beside[ROWS_BEHIND] = place.behind;
    window->first_number = place.number;
}

/* Others write meanwhile: a count that cannot be true is none. */
static void count_page(struct row_window *window, enum row_side side, const struct entity_page *page)
{
    int64_t *beside = &window->beside[side];
    *beside -= *beside == ROWS_UNKNOWN ? 0 : (int64_t)page->count;
    if (!page->has_more)
        *beside = 0;
    else if (*beside <= 0)
        *beside = ROWS_UNKNOWN;
}

ptrdiff_t row_window_add(struct row_window *window, enum row_side side, TALLOC_CTX *holder,
                         const struct entity_page *page)
{
    enum row_side other = side == ROWS_BEFORE ? ROWS_BEHIND : ROWS_BEFORE;
    size_t before = window->row_count;
    if (window->chunk_count == ROW_WINDOW_PAGES)
        let_go(window, other);
    ptrdiff_t change = side == ROWS_BEFORE ? (ptrdiff_t)page->count : -(ptrdiff_t)(before - window->row_count);
    struct chunk chunk = {talloc_steal(window, holder), page};
    if (side == ROWS_BEFORE) {
        memmove(window->chunks + 1, window->chunks, window->chunk_count * sizeof *window->chunks);
        window->first_number--;
    }
    window->chunks[side == ROWS_BEFORE ? 0 : window->chunk_count] = chunk;
    window->chunk_count++;
    window->row_count += page->count;
    count_page(window, side, page);
    return change;
}

size_t row_window_count(const struct row_window *window) { return window->row_count; }

/* The page that holds a row; *row becomes its number there. */
static size_t find(const struct row_window *window, size_t *row)
{
    size_t i = 0;
    while (i + 1 < window->chunk_count && *row >= window->chunks[i].page->count)
        *row -= window->chunks[i++].page->count;
    return i;
}

const struct entity_row *row_window_row(const struct row_window *window, size_t row)
{
    size_t chunk = find(window, &row);
    return &window->chunks[chunk].page->rows[row];
}

const char *row_window_cursor(const struct row_window *window, enum row_side side)
{
    if (!window->chunk_count)
        return NULL;
    size_t last = window->chunk_count - 1;
    return side == ROWS_BEFORE ? window->chunks[0].page->first : window->chunks[last].page->last;
}

bool row_window_has_more(const struct row_window *window, enum row_side side)
{
    return window->chunk_count && window->beside[side] != 0;
}

int64_t row_window_beside(const struct row_window *window, enum row_side side) { return window->beside[side]; }

int64_t row_window_page(const struct row_window *window, enum row_side side)
{
    return window->first_number + (side == ROWS_BEFORE ? 0 : (int64_t)window->chunk_count - 1);
}

bool row_window_wants(const struct row_window *window, size_t first, size_t last, enum row_side *side)
{
    size_t margin = last - first + 1;
    if (row_window_has_more(window, ROWS_BEHIND) && last + margin >= window->row_count)
        *side = ROWS_BEHIND;
    else if (row_window_has_more(window, ROWS_BEFORE) && first < margin)
        *side = ROWS_BEFORE;
    else
        return false;
    return true;
}
