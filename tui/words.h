/* What differs between two texts, word by word: the longest common subsequence of their lines and, where lines differ,
 * of their words. Pure. For showing only: where texts are huge, more is called different than need be. */
#ifndef TUI_WORDS_H
#define TUI_WORDS_H

#include <talloc.h>

#include "store/base.h"

/* A stretch of one text, up to the next one's beginning. Stretches follow each other without a gap and take turns:
 * what both texts have, what this one alone has. */
struct words_span {
    size_t end; /* in bytes */
    enum { WORDS_SAME, WORDS_CHANGED } what;
};

/* A line of one text and the line of the other that stands for it; WORDS_NO_LINE: there is none. */
#define WORDS_NO_LINE SIZE_MAX
struct words_pair {
    size_t from, to; /* numbers of lines, from 0 */
    enum { WORDS_EQUAL, WORDS_DIFFER } lines;
};

struct words_side {
    const char *text; /* borrowed */
    size_t *lines;    /* where each line begins; one more: behind the text's end */
    size_t line_count;
    struct words_span *spans;
    size_t span_count;
};

struct words {
    struct words_side from, to;
    struct words_pair *pairs; /* all lines of both, in order */
    size_t pair_count;
};

/* Compares. Both texts must outlive it. Owner: `owner`. Takes time and memory that are bounded by the texts' sizes and
 * a constant. */
struct words *words_compare(TALLOC_CTX *owner, const char *from, const char *to);

#endif
