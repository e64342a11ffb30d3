/* See words.h. Lines first, so that a long function costs what its changed lines cost; words within each stretch of
 * lines that differ. */
#include "tui/words.h"

#include <ctype.h>

/* Cells of the table of one comparison, 2 bytes each, and of all of them: some 10 ms. What would need more is called
 * different as a whole. */
enum { MOST_CELLS = 1 << 19, ALL_CELLS = 1 << 21, MOST_TOKENS = UINT16_MAX - 1 };
enum { MOST_ALIKE = 1 << 12 /* pairs of lines that are looked at for likeness, in one stretch */ };

/* A line, or a word. */
struct token {
    size_t at, size;
    uint32_t hash;
    bool is_kept;
};

struct tokens {
    const char *text;
    struct token *items;
    size_t count;
};

static void *take(TALLOC_CTX *owner, size_t count, size_t size)
{
    void *memory = talloc_zero_size(owner, (count + 1) * size);
    if (!memory)
        abort();
    return memory;
}

/* ---- the longest common subsequence ---- */

static bool is_equal(const struct tokens *from, size_t i, const struct tokens *to, size_t j)
{
    const struct token *one = &from->items[i], *other = &to->items[j];
    return one->hash == other->hash && one->size == other->size &&
           memcmp(from->text + one->at, to->text + other->at, one->size) == 0;
}

/* Marks what [from_start, from_end) and [to_start, to_end) have in common; lengths[i * width + j] is that of what is
 * behind i and j. */
static void mark_by_table(struct tokens *from, size_t from_start, size_t from_end, struct tokens *to, size_t to_start,
                          size_t to_end, size_t *cells_left)
{
    size_t rows = from_end - from_start, columns = to_end - to_start, width = columns + 1;
    size_t most = *cells_left < MOST_CELLS ? *cells_left : MOST_CELLS;
    if (rows == 0 || columns == 0 || rows > MOST_TOKENS || columns > MOST_TOKENS || rows * columns > most)
        return;
    *cells_left -= rows * columns;
    uint16_t *lengths = take(NULL, (rows + 1) * width, sizeof *lengths);
    for (size_t i = rows; i-- > 0;)
        for (size_t j = columns; j-- > 0;) {
            uint16_t down = lengths[(i + 1) * width + j], right = lengths[i * width + j + 1];
            bool same = is_equal(from, from_start + i, to, to_start + j);
            lengths[i * width + j] =
                same ? (uint16_t)(lengths[(i + 1) * width + j + 1] + 1) : (down > right ? down : right);
        }
    for (size_t i = 0, j = 0; i < rows && j < columns;) {
        if (is_equal(from, from_start + i, to, to_start + j)) {
            from->items[from_start + i++].is_kept = true;
            to->items[to_start + j++].is_kept = true;
        } else if (lengths[(i + 1) * width + j] >= lengths[i * width + j + 1]) {
            i++;
        } else {
            j++;
        }
    }
    talloc_free(lengths);
}

static void mark_common(struct tokens *from, struct tokens *to, size_t *cells_left)
{
    size_t start = 0, from_end = from->count, to_end = to->count;
    for (; start < from_end && start < to_end && is_equal(from, start, to, start); start++)
        from->items[start].is_kept = to->items[start].is_kept = true;
    for (; from_end > start && to_end > start && is_equal(from, from_end - 1, to, to_end - 1); from_end--, to_end--)
        from->items[from_end - 1].is_kept = to->items[to_end - 1].is_kept = true;
    mark_by_table(from, start, from_end, to, start, to_end, cells_left);
}

/* ---- tokens ---- */

static bool is_word(char c) { return isalnum((unsigned char)c) || c == '_' || (unsigned char)c >= 0x80; }

static size_t word_size(const char *text, size_t size)
{
    size_t end = 1;
    if (is_word(*text))
        while (end < size && is_word(text[end]))
            end++;
    else if (isspace((unsigned char)*text) && *text != '\n')
        while (end < size && text[end] != '\n' && isspace((unsigned char)text[end]))
            end++;
    return end;
}

static size_t line_size(const char *text, size_t size)
{
    const char *newline = memchr(text, '\n', size);
    return newline ? (size_t)(newline - text) + 1 : size;
}

/* FNV-1a. */
static uint32_t hash(const char *text, size_t size)
{
    uint32_t sum = 2166136261u;
    for (size_t i = 0; i < size; i++)
        sum = (sum ^ (unsigned char)text[i]) * 16777619u;
    return sum;
}

static struct tokens take_apart(TALLOC_CTX *owner, const char *text, size_t from, size_t to,
                                size_t (*token_size)(const char *text, size_t size))
{
    struct tokens tokens = {.text = text};
    for (size_t at = from; at < to; at += token_size(text + at, to - at))
        tokens.count++;
    tokens.items = take(owner, tokens.count, sizeof *tokens.items);
    size_t i = 0;
    for (size_t at = from; at < to; at += tokens.items[i++].size) {
        size_t size = token_size(text + at, to - at);
        tokens.items[i] = (struct token){.at = at, .size = size, .hash = hash(text + at, size)};
    }
    return tokens;
}

/* ---- spans ---- */

static void add_span(struct words_side *side, size_t end, bool is_kept)
{
    struct words_span *last = side->span_count ? &side->spans[side->span_count - 1] : NULL;
    int what = is_kept ? WORDS_SAME : WORDS_CHANGED;
    if (end == (last ? last->end : 0))
        return;
    if (last && (int)last->what == what) {
        last->end = end;
        return;
    }
    if ((side->span_count & (side->span_count + 1)) == 0) /* full at each power of two less one */
        side->spans = talloc_realloc(NULL, side->spans, struct words_span, (unsigned)(2 * side->span_count + 2));
    side->spans[side->span_count++] = (struct words_span){.end = end, .what = what};
}

static bool holds_word(const struct tokens *tokens, size_t first, size_t end)
{
    for (size_t i = first; i < end; i++)
        if (is_word(tokens->text[tokens->items[i].at]))
            return true;
    return false;
}

/* Blanks and signs between two changes are nobody's landmark: they belong to the change. At the ends of the stretch
 * they stay what they are. */
static void drop_islands(struct tokens *tokens)
{
    for (size_t i = 0, end; i < tokens->count; i = end) {
        for (end = i; end < tokens->count && tokens->items[end].is_kept; end++)
            ;
        if (i > 0 && end < tokens->count && !holds_word(tokens, i, end))
            for (size_t j = i; j < end; j++)
                if (tokens->text[tokens->items[j].at] != '\n')
                    tokens->items[j].is_kept = false;
        end = end > i ? end : i + 1;
    }
}

static void add_words(struct words_side *side, struct tokens *tokens)
{
    drop_islands(tokens);
    for (size_t i = 0; i < tokens->count; i++)
        add_span(side, tokens->items[i].at + tokens->items[i].size, tokens->items[i].is_kept);
}

/* A stretch of lines that differ. */
static void compare_words(struct words *words, size_t from, size_t from_end, size_t to, size_t to_end,
                          size_t *cells_left)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    struct tokens old = take_apart(memory, words->from.text, from, from_end, word_size);
    struct tokens new = take_apart(memory, words->to.text, to, to_end, word_size);
    mark_common(&old, &new, cells_left);
    add_words(&words->from, &old);
    add_words(&words->to, &new);
    talloc_free(memory);
}

/* ---- lines ---- */

static void add_pair(struct words *words, size_t from, size_t to, bool is_equal_pair)
{
    words->pairs[words->pair_count++] = (struct words_pair){from, to, is_equal_pair ? WORDS_EQUAL : WORDS_DIFFER};
}

/* Lines of both sides, from one to before another. */
struct block {
    const struct tokens *from, *to;
    size_t from_start, from_end, to_start, to_end;
};

/* How much of the longer line begins and ends as the other one does, in percent; 0 where that is less than half. */
static unsigned likeness(const struct block *block, size_t i, size_t j)
{
    const struct token *one = &block->from->items[i], *other = &block->to->items[j];
    const char *a = block->from->text + one->at, *b = block->to->text + other->at;
    size_t least = one->size < other->size ? one->size : other->size, most = one->size + other->size - least;
    size_t start = 0, end = 0;
    while (start < least && a[start] == b[start])
        start++;
    while (end < least - start && a[one->size - 1 - end] == b[other->size - 1 - end])
        end++;
    unsigned percent = (unsigned)((start + end) * 100 / most);
    return percent >= 50 ? percent : 0;
}

static void pair_in_order(struct words *words, struct block block)
{
    while (block.from_start < block.from_end || block.to_start < block.to_end)
        add_pair(words, block.from_start < block.from_end ? block.from_start++ : WORDS_NO_LINE,
                 block.to_start < block.to_end ? block.to_start++ : WORDS_NO_LINE, false);
}

/* Lines that differ but are much alike stand beside each other, the rest in its order around them. */
static void pair_block(struct words *words, struct block block)
{
    size_t rows = block.from_end - block.from_start, columns = block.to_end - block.to_start, width = columns + 1;
    if (rows == 0 || columns == 0 || rows * columns > MOST_ALIKE) {
        pair_in_order(words, block);
        return;
    }
    unsigned *sums = take(NULL, (rows + 1) * width, sizeof *sums);
    for (size_t i = rows; i-- > 0;)
        for (size_t j = columns; j-- > 0;) {
            unsigned alike = likeness(&block, block.from_start + i, block.to_start + j);
            unsigned both = alike ? alike + sums[(i + 1) * width + j + 1] : 0;
            unsigned down = sums[(i + 1) * width + j], right = sums[i * width + j + 1];
            unsigned best = down > right ? down : right;
            sums[i * width + j] = both > best ? both : best;
        }
    struct block rest = block;
    for (size_t i = 0, j = 0; i < rows && j < columns;) {
        if (sums[i * width + j] == sums[(i + 1) * width + j]) {
            i++;
        } else if (sums[i * width + j] == sums[i * width + j + 1]) {
            j++;
        } else {
            rest.from_end = block.from_start + i;
            rest.to_end = block.to_start + j;
            pair_in_order(words, rest);
            add_pair(words, rest.from_end, rest.to_end, false);
            rest.from_start = block.from_start + ++i;
            rest.to_start = block.to_start + ++j;
        }
    }
    rest.from_end = block.from_end;
    rest.to_end = block.to_end;
    pair_in_order(words, rest);
    talloc_free(sums);
}

static void pair_lines(struct words *words, const struct tokens *from, const struct tokens *to)
{
    size_t i = 0, j = 0;
    while (i < from->count || j < to->count) {
        struct block block = {from, to, i, i, j, j};
        while (block.from_end < from->count && !from->items[block.from_end].is_kept)
            block.from_end++;
        while (block.to_end < to->count && !to->items[block.to_end].is_kept)
            block.to_end++;
        pair_block(words, block);
        for (i = block.from_end, j = block.to_end; i < from->count && j < to->count; i++, j++) {
            if (!from->items[i].is_kept || !to->items[j].is_kept)
                break;
            add_pair(words, i, j, true);
        }
    }
}

static void compare_lines(struct words *words, const struct tokens *from, const struct tokens *to, size_t *cells_left)
{
    size_t i = 0, j = 0;
    while (i < from->count || j < to->count) {
        size_t first = i, other = j;
        while (i < from->count && !from->items[i].is_kept)
            i++;
        while (j < to->count && !to->items[j].is_kept)
            j++;
        compare_words(words, words->from.lines[first], words->from.lines[i], words->to.lines[other], words->to.lines[j],
                      cells_left);
        for (; i < from->count && j < to->count && from->items[i].is_kept && to->items[j].is_kept; i++, j++) {
            add_span(&words->from, words->from.lines[i + 1], true);
            add_span(&words->to, words->to.lines[j + 1], true);
        }
    }
}

static struct tokens read_lines(TALLOC_CTX *owner, struct words *words, struct words_side *side, const char *text)
{
    side->text = text;
    struct tokens tokens = take_apart(owner, text, 0, strlen(text), line_size);
    side->line_count = tokens.count;
    side->lines = take(words, tokens.count, sizeof *side->lines);
    for (size_t i = 0; i < tokens.count; i++)
        side->lines[i] = tokens.items[i].at;
    side->lines[tokens.count] = strlen(text);
    return tokens;
}

struct words *words_compare(TALLOC_CTX *owner, const char *from, const char *to)
{
    struct words *words = talloc_zero(owner, struct words);
    TALLOC_CTX *memory = talloc_new(NULL);
    struct tokens old = read_lines(memory, words, &words->from, from);
    struct tokens new = read_lines(memory, words, &words->to, to);
    size_t cells_left = ALL_CELLS;
    mark_common(&old, &new, &cells_left);
    words->pairs = take(words, old.count + new.count, sizeof *words->pairs);
    pair_lines(words, &old, &new);
    compare_lines(words, &old, &new, &cells_left);
    talloc_steal(words, words->from.spans);
    talloc_steal(words, words->to.spans);
    talloc_free(memory);
    return words;
}
