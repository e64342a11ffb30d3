/* See suggest.h. */
#include "store/suggest.h"

#include <ctype.h>
#include <limits.h>

enum { LONGEST = 64 };

static int lower(char letter) { return tolower((unsigned char)letter); }

static int least(int a, int b) { return a < b ? a : b; }

int suggest_distance(const char *word, const char *other)
{
    size_t rows = strlen(word), columns = strlen(other);
    if (rows > LONGEST || columns > LONGEST)
        return INT_MAX;
    int cost[LONGEST + 1][LONGEST + 1];
    for (size_t i = 0; i <= rows; i++)
        cost[i][0] = (int)i;
    for (size_t j = 0; j <= columns; j++)
        cost[0][j] = (int)j;
    for (size_t i = 1; i <= rows; i++) {
        for (size_t j = 1; j <= columns; j++) {
            bool is_same = lower(word[i - 1]) == lower(other[j - 1]);
            int best = least(cost[i - 1][j] + 1, cost[i][j - 1] + 1);
            best = least(best, cost[i - 1][j - 1] + !is_same);
            if (i > 1 && j > 1 && lower(word[i - 1]) == lower(other[j - 2]) &&
                lower(word[i - 2]) == lower(other[j - 1]))
                best = least(best, cost[i - 2][j - 2] + 1);
            cost[i][j] = best;
        }
    }
    return cost[rows][columns];
}

const char *suggest_nearest(const char *word, const char *const *candidates)
{
    size_t length = strlen(word);
    int nearest = length < 4 ? 2 : length < 8 ? 3 : 4; /* one more than what is near enough */
    const char *found = NULL;
    for (; *candidates; candidates++) {
        int distance = suggest_distance(word, *candidates);
        if (distance < nearest && (size_t)distance < length) {
            nearest = distance;
            found = *candidates;
        }
    }
    return found;
}
