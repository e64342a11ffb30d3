/* See beside.h. */
#include "tui/widgets/beside.h"

#include <wchar.h>

#include "store/text.h"

enum { LEAST_HALF = 38, GAP = 3 };

/* A document while its rows are taken one by one. */
struct side {
    const struct document *document;
    size_t count;    /* lines, without an empty one at the end, which only waits for text */
    size_t line, at; /* in bytes of the line */
};

static struct side side_of(const struct document *document)
{
    size_t count = document->count;
    return (struct side){document, count && !document->lines[count - 1].size_bytes ? count - 1 : count, 0, 0};
}

bool beside_fits(int columns) { return columns >= 2 * LEAST_HALF + GAP; }

static size_t step(const char *text, size_t size, int *columns)
{
    uint32_t character = '?';
    int length = text_character(text, size, &character);
    int width = character < 0x7f ? 1 : wcwidth((wchar_t)character);
    *columns = width < 0 ? 1 : width;
    return length ? (size_t)length : 1;
}

/* The end of what fits from side->at, behind a blank if there is one in the second half; *used gets its columns. */
static size_t row_end(const struct side *side, int columns, int *used)
{
    const struct document_line *line = &side->document->lines[side->line];
    size_t at = side->at, blank = 0;
    int blank_used = 0;
    *used = 0;
    while (at < line->size_bytes) {
        int more;
        size_t length = step(line->text + at, line->size_bytes - at, &more);
        if (*used + more > columns && at > side->at) {
            *used = blank ? blank_used : *used;
            return blank ? blank : at;
        }
        *used += more;
        at += length;
        if (line->text[at - length] == ' ' && *used > columns / 2) {
            blank = at;
            blank_used = *used;
        }
    }
    return at;
}

/* Adds the stretch with its looks. */
static void add_stretch(struct document *document, const struct document_line *line, size_t at, size_t end)
{
    for (size_t i = 0; i < line->run_count && at < end; i++) {
        size_t stop = line->runs[i].end < end ? line->runs[i].end : end;
        if (stop > at)
            document_add_bytes(document, line->runs[i].look, line->text + at, stop - at);
        at = stop > at ? stop : at;
    }
    if (at < end)
        document_add_bytes(document, LOOK_PLAIN, line->text + at, end - at);
}

/* Adds a row, and moves on. Returns the columns that it took. */
static int add_row(struct document *document, struct side *side, int columns)
{
    int used = 0;
    if (side->line >= side->count)
        return 0;
    const struct document_line *line = &side->document->lines[side->line];
    size_t end = row_end(side, columns, &used);
    add_stretch(document, line, side->at, end);
    bool is_over = end >= line->size_bytes;
    side->line += is_over ? 1 : 0;
    side->at = is_over ? 0 : end;
    return used;
}

void beside_add(struct document *document, const struct document *left, const struct document *right, int columns)
{
    struct side sides[] = {side_of(left), side_of(right)};
    int half = (columns - GAP) / 2;
    while (sides[0].line < sides[0].count || sides[1].line < sides[1].count) {
        int used = add_row(document, &sides[0], half);
        document_add(document, LOOK_DIM, "%*s%s ", half - used + 1, "", text_locale_is_utf8() ? "\xE2\x94\x82" : "|");
        (void)add_row(document, &sides[1], half);
        document_end_line(document);
    }
}
