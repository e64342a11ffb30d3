/* See sidebyside.h. Both texts are sanitised first, so that what is compared, measured and shown is the same. */
#include "tui/widgets/sidebyside.h"

#include <wchar.h>

#include "store/text.h"
#include "tui/words.h"

enum { CONTEXT_LINES = 3, LEAST_HALF = 34, GAP = 3, SIGN = 2 };

struct picture {
    struct document *document;
    const struct words *words;
    int half; /* columns of one side, its sign included */
};

/* A stretch of a line that goes into one row of the screen. */
struct stretch {
    size_t at, end; /* in bytes of the text */
};

/* ---- measuring ---- */

static size_t step(const char *text, size_t size, int *columns)
{
    uint32_t character = '?';
    int length = text_character(text, size, &character);
    int width = character < 0x7f ? 1 : wcwidth((wchar_t)character);
    *columns = width < 0 ? 1 : width;
    return length ? (size_t)length : 1;
}

/* The end of what fits into the columns, from `at`: at a blank if there is one in the second half. */
static size_t fitting_end(const char *text, size_t at, size_t end, int columns)
{
    size_t blank = 0, start = at;
    int used = 0;
    while (at < end) {
        int more;
        size_t length = step(text + at, end - at, &more);
        if (used + more > columns && at > start)
            return blank ? blank : at;
        used += more;
        at += length;
        if (text[at - length] == ' ' && used > columns / 2)
            blank = at;
    }
    return end;
}

static int width_of(const char *text, size_t at, size_t end)
{
    int used = 0;
    while (at < end) {
        int more;
        at += step(text + at, end - at, &more);
        used += more;
    }
    return used;
}

/* A line without its newline. */
static struct stretch line_of(const struct words_side *side, size_t line)
{
    size_t at = side->lines[line], end = side->lines[line + 1];
    return (struct stretch){at, end > at && side->text[end - 1] == '\n' ? end - 1 : end};
}

static int widest_line(const struct words_side *side)
{
    int widest = 0;
    for (size_t i = 0; i < side->line_count; i++) {
        struct stretch line = line_of(side, i);
        int width = width_of(side->text, line.at, line.end);
        widest = width > widest ? width : widest;
    }
    return widest;
}

/* ---- one row ---- */

/* The span that holds a byte; rows ask for growing places, so the search is short. */
static size_t span_of(const struct words_side *side, size_t at)
{
    size_t low = 0, high = side->span_count;
    while (low + 1 < high) {
        size_t middle = (low + high) / 2;
        if (side->spans[middle - 1].end <= at)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static void add_stretch(struct document *document, const struct words_side *side, struct stretch stretch,
                        enum look changed)
{
    for (size_t i = span_of(side, stretch.at); stretch.at < stretch.end && i < side->span_count; i++) {
        size_t end = side->spans[i].end < stretch.end ? side->spans[i].end : stretch.end;
        document_add_bytes(document, side->spans[i].what == WORDS_CHANGED ? changed : LOOK_PLAIN,
                           side->text + stretch.at, end - stretch.at);
        stretch.at = end;
    }
}

static void add_blanks(struct document *document, int columns)
{
    document_add(document, LOOK_PLAIN, "%*s", columns > 0 ? columns : 0, "");
}

/* One side of one row. `stretch` moves on; where it is used up, blanks stand. */
static void add_half(struct picture *picture, const struct words_side *side, struct stretch *stretch, char sign,
                     enum look changed)
{
    size_t end = fitting_end(side->text, stretch->at, stretch->end, picture->half - SIGN);
    document_add(picture->document, sign == ' ' ? LOOK_PLAIN : changed, "%c", sign);
    add_blanks(picture->document, SIGN - 1);
    add_stretch(picture->document, side, (struct stretch){stretch->at, end}, changed);
    if (side == &picture->words->from)
        add_blanks(picture->document, picture->half - SIGN - width_of(side->text, stretch->at, end));
    stretch->at = end;
}

/* ---- beside each other ---- */

static void add_pair(struct picture *picture, const struct words_pair *pair)
{
    const struct words *words = picture->words;
    bool has_old = pair->from != WORDS_NO_LINE, has_new = pair->to != WORDS_NO_LINE;
    struct stretch old = has_old ? line_of(&words->from, pair->from) : (struct stretch){0, 0};
    struct stretch new = has_new ? line_of(&words->to, pair->to) : (struct stretch){0, 0};
    bool differs = pair->lines == WORDS_DIFFER;
    char old_sign = has_old && differs ? '-' : ' ', new_sign = has_new && differs ? '+' : ' ';
    do {
        add_half(picture, &words->from, &old, old_sign, LOOK_OLD);
        document_add(picture->document, LOOK_RULE, " %s ", theme_glyph(GLYPH_UPRIGHT));
        add_half(picture, &words->to, &new, new_sign, LOOK_NEW);
        document_end_line(picture->document);
        old_sign = new_sign = ' ';
    } while (old.at < old.end || new.at < new.end);
}

/* Says of a text that cannot be seen what it is. */
static const char *absence(const char *text) { return !text ? " (none)" : *text ? "" : " (empty)"; }

static void add_titles(struct picture *picture, const struct sidebyside *options)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    const char *old = talloc_asprintf(memory, "  %s%s", options->old_title, absence(options->old));
    document_add(picture->document, LOOK_DIM, "%s", text_fit(memory, old, picture->half));
    document_add(picture->document, LOOK_RULE, " %s ", theme_glyph(GLYPH_UPRIGHT));
    document_line(picture->document, LOOK_DIM, "  %s%s", options->new_title, absence(options->new));
    talloc_free(memory);
}

/* ---- above each other ---- */

static void add_line(struct picture *picture, const struct words_side *side, size_t line, char sign, enum look changed)
{
    struct stretch stretch = line_of(side, line);
    do {
        size_t end = fitting_end(side->text, stretch.at, stretch.end, picture->half - SIGN);
        document_add(picture->document, sign == ' ' ? LOOK_PLAIN : changed, "%c", sign);
        add_blanks(picture->document, SIGN - 1);
        add_stretch(picture->document, side, (struct stretch){stretch.at, end}, changed);
        document_end_line(picture->document);
        stretch.at = end;
        sign = ' ';
    } while (stretch.at < stretch.end);
}

/* A stretch of pairs that differ: all that is old, then all that is new. */
static void add_block(struct picture *picture, size_t first, size_t end)
{
    const struct words *words = picture->words;
    for (size_t i = first; i < end; i++)
        if (words->pairs[i].from != WORDS_NO_LINE)
            add_line(picture, &words->from, words->pairs[i].from, '-', LOOK_OLD);
    for (size_t i = first; i < end; i++)
        if (words->pairs[i].to != WORDS_NO_LINE)
            add_line(picture, &words->to, words->pairs[i].to, '+', LOOK_NEW);
}

/* ---- all of it ---- */

static size_t stretch_end(const struct words *words, size_t first)
{
    size_t end = first + 1;
    while (end < words->pair_count && words->pairs[end].lines == words->pairs[first].lines)
        end++;
    return end;
}

static void add_equal(struct picture *picture, size_t first, size_t end, bool is_beside)
{
    for (size_t i = first; i < end; i++)
        if (is_beside)
            add_pair(picture, &picture->words->pairs[i]);
        else
            add_line(picture, &picture->words->from, picture->words->pairs[i].from, ' ', LOOK_PLAIN);
}

/* Equal lines far from any change say only how many they are. */
static void add_context(struct picture *picture, size_t first, size_t end, bool is_beside)
{
    size_t before = first == 0 ? 0 : CONTEXT_LINES, after = end == picture->words->pair_count ? 0 : CONTEXT_LINES;
    if (end - first <= before + after + 1) {
        add_equal(picture, first, end, is_beside);
        return;
    }
    size_t left_out = end - first - before - after;
    add_equal(picture, first, first + before, is_beside);
    document_line(picture->document, LOOK_DIM, "  %s %zu lines that agree", theme_glyph(GLYPH_ELLIPSIS), left_out);
    add_equal(picture, end - after, end, is_beside);
}

static void add_all(struct picture *picture, const struct sidebyside *options, bool is_beside)
{
    const struct words *words = picture->words;
    for (size_t i = 0, end; i < words->pair_count; i = end) {
        end = stretch_end(words, i);
        if (words->pairs[i].lines == WORDS_EQUAL && options->extent == SIDEBYSIDE_WHOLE)
            add_equal(picture, i, end, is_beside);
        else if (words->pairs[i].lines == WORDS_EQUAL)
            add_context(picture, i, end, is_beside);
        else if (is_beside)
            for (size_t j = i; j < end; j++)
                add_pair(picture, &words->pairs[j]);
        else
            add_block(picture, i, end);
    }
}

static char *clean(TALLOC_CTX *owner, const char *text)
{
    return text_sanitise(owner, text ? text : "", text ? strlen(text) : 0, TEXT_KEEP_NEWLINES);
}

static bool fits_beside(const struct words *words, const struct sidebyside *options, int half)
{
    if (options->layout == SIDEBYSIDE_ABOVE || half <= SIGN)
        return false;
    return half >= LEAST_HALF || (widest_line(&words->from) <= half - SIGN && widest_line(&words->to) <= half - SIGN);
}

void sidebyside_add(struct document *document, const struct sidebyside *options)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    const struct words *words = words_compare(memory, clean(memory, options->old), clean(memory, options->new));
    struct picture picture = {.document = document, .words = words, .half = (options->columns - GAP) / 2};
    bool is_beside = fits_beside(words, options, picture.half);
    if (is_beside)
        add_titles(&picture, options);
    else
        picture.half = options->columns > SIGN ? options->columns : SIGN + 1;
    if (!is_beside && *absence(options->old))
        document_line(document, LOOK_DIM, "-%s", absence(options->old));
    add_all(&picture, options, is_beside);
    if (!is_beside && *absence(options->new))
        document_line(document, LOOK_DIM, "+%s", absence(options->new));
    talloc_free(memory);
}
