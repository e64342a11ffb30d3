/* See pager.h. The document is laid out once for each width: a row is a stretch of a line. */
#include "tui/widgets/pager.h"

#include <wchar.h>

#include "store/text.h"

enum { BREAK_WITHIN = 24, STEP_COLUMNS = 8, ROWS_BEFORE = 5 };

struct row {
    size_t line, from, to;
    int indent; /* a wrapped line goes on under its beginning */
};

struct pager {
    struct document *document;
    struct row *rows;
    size_t count;
    int width, height; /* of the last picture */
    bool is_cut;       /* lines are cut, not wrapped */
    int left;          /* columns, while cut */
    size_t top;
    size_t goal; /* the line to be put in sight by the next picture, and one; 0: none */
    char *needle;
    size_t match_line, match_from; /* of the last match */
    bool has_match;
};

struct pager *pager_new(TALLOC_CTX *owner)
{
    struct pager *pager = talloc_zero(owner, struct pager);
    pager->document = document_new(pager);
    return pager;
}

const struct document *pager_document(const struct pager *pager) { return pager->document; }

void pager_set(struct pager *pager, struct document *document)
{
    talloc_free(pager->document);
    pager->document = talloc_steal(pager, document);
    pager->width = 0;
    pager->has_match = false;
}

struct document *pager_change(struct pager *pager)
{
    pager->width = 0;
    return pager->document;
}

static size_t step(const char *text, size_t size_bytes, int *columns)
{
    uint32_t character = '?';
    int length = text_character(text, size_bytes, &character);
    int width = character < 0x7f ? 1 : wcwidth((wchar_t)character);
    *columns = width < 0 ? 1 : width;
    return length ? (size_t)length : 1;
}

/* Where the row that starts at `from` ends: before the first character that does not fit, at a blank if one is near. */
static size_t row_end(const struct document_line *line, size_t from, int width)
{
    int columns = 0;
    size_t at = from, blank = 0;
    while (at < line->size_bytes) {
        int more;
        size_t length = step(line->text + at, line->size_bytes - at, &more);
        if (columns + more > width && at > from)
            break;
        if (line->text[at] == ' ' && columns + BREAK_WITHIN >= width)
            blank = at + 1;
        columns += more;
        at += length;
    }
    return at < line->size_bytes && blank > from ? blank : at;
}

static void add_row(struct pager *pager, struct row row)
{
    if (pager->count % 256 == 0)
        pager->rows = talloc_realloc(pager, pager->rows, struct row, (unsigned)pager->count + 256);
    pager->rows[pager->count++] = row;
}

static void lay_out(struct pager *pager, int width)
{
    /* A place behind the end stays there: the text grows under it. */
    size_t line_before = pager->top < pager->count ? pager->rows[pager->top].line : 0;
    bool had_rows = pager->count > 0;
    pager->count = 0;
    pager->width = width;
    const struct document *document = pager->document;
    size_t count = document->count;
    if (count > 0 && document->lines[count - 1].size_bytes == 0)
        count--; /* a text that ends with its newline has no empty line behind it */
    for (size_t i = 0; i < count; i++) {
        const struct document_line *line = &document->lines[i];
        size_t from = 0;
        int hang = (int)strspn(line->text, " ");
        hang = hang < width / 3 ? hang : 0;
        do {
            int indent = from > 0 ? hang : 0;
            size_t to = pager->is_cut ? line->size_bytes : row_end(line, from, width - indent);
            add_row(pager, (struct row){i, from, to, indent});
            from = to;
        } while (from < line->size_bytes);
    }
    if (had_rows && pager->top < SIZE_MAX / 2)
        for (pager->top = 0; pager->top + 1 < pager->count && pager->rows[pager->top].line < line_before;)
            pager->top++;
}

static size_t last_top(const struct pager *pager)
{
    size_t height = pager->height > 0 ? (size_t)pager->height : 1;
    return pager->count > height ? pager->count - height : 0;
}

static void bound(struct pager *pager)
{
    if (pager->top > last_top(pager))
        pager->top = last_top(pager);
}

/* Rows are known once there was a picture of this width. */
static void seek_goal(struct pager *pager)
{
    size_t before = pager->height / 4 < ROWS_BEFORE ? (size_t)pager->height / 4 : ROWS_BEFORE;
    for (size_t i = 0; i < pager->count && pager->goal > 0; i++)
        if (pager->rows[i].line + 1 >= pager->goal) {
            pager->top = i > before ? i - before : 0;
            pager->goal = 0;
        }
    pager->goal = 0;
}

void pager_to_line(struct pager *pager, size_t line) { pager->goal = line + 1; }

void pager_to_start(struct pager *pager)
{
    pager->goal = 0;
    pager->top = 0;
    pager->left = 0;
}

void pager_to_end(struct pager *pager) { pager->top = SIZE_MAX / 2; }

bool pager_is_at_end(const struct pager *pager) { return pager->top >= last_top(pager); }

static enum look look_at(const struct document_line *line, size_t at)
{
    for (size_t i = 0; i < line->run_count; i++)
        if (at < line->runs[i].end)
            return line->runs[i].look;
    return LOOK_PLAIN;
}

/* Where the look next changes behind `at`. */
static size_t look_end(const struct pager *pager, size_t line_index, size_t at, enum look *look)
{
    const struct document_line *line = &pager->document->lines[line_index];
    size_t end = line->size_bytes;
    for (size_t i = 0; i < line->run_count; i++)
        if (at < line->runs[i].end) {
            end = line->runs[i].end;
            break;
        }
    *look = look_at(line, at);
    if (!pager->has_match || pager->match_line != line_index)
        return end;
    size_t from = pager->match_from, to = from + strlen(pager->needle);
    if (at >= from && at < to) {
        *look = LOOK_MATCH;
        return to;
    }
    return at < from && from < end ? from : end;
}

static void draw_row(const struct pager *pager, struct terminal *terminal, struct row row, int y, struct area area)
{
    const struct document_line *line = &pager->document->lines[row.line];
    int skip = pager->is_cut ? pager->left : 0, column = row.indent;
    size_t at = row.from;
    while (at < row.to && skip > 0) {
        int columns;
        at += step(line->text + at, row.to - at, &columns);
        skip -= columns;
    }
    while (at < row.to && column < area.columns) {
        enum look look;
        size_t end = look_end(pager, row.line, at, &look);
        end = end < row.to ? end : row.to;
        column += terminal_put_bytes(terminal, y, area.column + column, area.columns - column, look, line->text + at,
                                     end - at);
        at = end;
    }
}

void pager_draw(struct pager *pager, struct terminal *terminal, struct area area)
{
    if (area.columns <= 0 || area.rows <= 0)
        return;
    pager->height = area.rows;
    if (pager->width != area.columns)
        lay_out(pager, area.columns);
    seek_goal(pager);
    bound(pager);
    for (int i = 0; i < area.rows && pager->top + (size_t)i < pager->count; i++)
        draw_row(pager, terminal, pager->rows[pager->top + (size_t)i], area.row + i, area);
}

static void scroll(struct pager *pager, int rows)
{
    if (rows < 0 && (size_t)-rows > pager->top)
        pager->top = 0;
    else
        pager->top = (size_t)((int64_t)pager->top + rows);
    bound(pager);
}

void pager_cut(struct pager *pager)
{
    pager->is_cut = true;
    pager->width = 0;
}

static bool toggle_wrap(struct pager *pager)
{
    pager->is_cut = !pager->is_cut;
    pager->left = 0;
    pager->width = 0;
    return true;
}

bool pager_act(struct pager *pager, enum action action)
{
    static const struct {
        enum action action;
        int lines, halves; /* of the height */
    } moves[] = {
        {ACTION_DOWN, 1, 0},     {ACTION_UP, -1, 0},       {ACTION_HALF_DOWN, 0, 1},
        {ACTION_HALF_UP, 0, -1}, {ACTION_PAGE_DOWN, 0, 2}, {ACTION_PAGE_UP, 0, -2},
    };
    for (size_t i = 0; i < countof(moves); i++)
        if (moves[i].action == action) {
            scroll(pager, moves[i].lines + moves[i].halves * pager->height / 2);
            return true;
        }
    if (action == ACTION_FIRST)
        pager_to_start(pager);
    else if (action == ACTION_LAST)
        pager->top = last_top(pager);
    else if (action == ACTION_LEFT)
        pager->left = pager->left > STEP_COLUMNS ? pager->left - STEP_COLUMNS : 0;
    else if (action == ACTION_RIGHT)
        pager->left += pager->is_cut && pager->left < 100000 ? STEP_COLUMNS : 0;
    else if (action == ACTION_WRAP)
        return toggle_wrap(pager);
    else
        return false;
    return true;
}

/* The first match in a line at or behind `from`; or, backward, the last one before it. */
static const char *find(const char *line, const char *needle, size_t from, enum pager_direction direction)
{
    if (direction == PAGER_FORWARD)
        return from <= strlen(line) ? strcasestr(line + from, needle) : NULL;
    const char *best = NULL;
    for (const char *at = line; (at = strcasestr(at, needle)) && (size_t)(at - line) < from; at++)
        best = at;
    return best;
}

static void show_line(struct pager *pager, size_t line, size_t at)
{
    for (size_t i = 0; i < pager->count; i++)
        if (pager->rows[i].line == line && at >= pager->rows[i].from && (at < pager->rows[i].to || at == 0)) {
            if (i < pager->top || i >= pager->top + (size_t)pager->height)
                pager->top = i > 2 ? i - 2 : 0;
            bound(pager);
            return;
        }
}

bool pager_search(struct pager *pager, const char *text, enum pager_direction direction)
{
    if (text) {
        talloc_free(pager->needle);
        pager->needle = *text ? talloc_strdup(pager, text) : NULL;
        pager->has_match = false;
    }
    size_t count = pager->document->count;
    if (!pager->needle || count == 0)
        return false;
    size_t line = pager->has_match ? pager->match_line : pager->top < pager->count ? pager->rows[pager->top].line : 0;
    size_t from = !pager->has_match ? 0 : direction == PAGER_FORWARD ? pager->match_from + 1 : pager->match_from;
    for (size_t i = 0; i <= count; i++) {
        const char *start = pager->document->lines[line].text, *found = find(start, pager->needle, from, direction);
        if (found) {
            pager->has_match = true;
            pager->match_line = line;
            pager->match_from = (size_t)(found - start);
            show_line(pager, line, pager->match_from);
            return true;
        }
        line = direction == PAGER_FORWARD ? (line + 1) % count : (line + count - 1) % count;
        from = direction == PAGER_FORWARD ? 0 : SIZE_MAX;
    }
    return false;
}

const char *pager_position(const struct pager *pager, TALLOC_CTX *owner)
{
    size_t height = pager->height > 0 ? (size_t)pager->height : 0, last = pager->top + height;
    if (pager->count <= height)
        return "";
    return talloc_asprintf(owner, "%zu-%zu of %zu", pager->top + 1, last < pager->count ? last : pager->count,
                           pager->count);
}
