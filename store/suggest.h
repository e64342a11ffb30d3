/* "Did you mean": the nearest of a list of words. */
#ifndef STORE_SUGGEST_H
#define STORE_SUGGEST_H

#include "store/base.h"

/* How many insertions, deletions, replacements and swaps of neighbours lead from one word to the other; case does not
 * count. Words of more than 64 bytes are far from everything: INT_MAX. Source: optimal string alignment. */
int suggest_distance(const char *word, const char *other);

/* The nearest candidate (NULL-terminated), the first of equals, if it is near enough to be meant; else NULL. */
const char *suggest_nearest(const char *word, const char *const *candidates);

#endif
