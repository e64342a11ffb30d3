/* Values that are known to be others each time, from an earlier comparison of two replays: as long as the cache has the
 * state that they were found in, later states hold the very same. Kept as a note of the replay (replay.h). */
#ifndef MIGRATE_BASELINE_KNOWN_H
#define MIGRATE_BASELINE_KNOWN_H

#include <talloc.h>

#include "migrate/baseline/sequences.h"
#include "migrate/baseline/volatility.h"

struct known {
    int64_t *digests; /* of where and what; ascending */
    size_t count;
};

/* Reads a note; NULL: nothing is known. Owner: `owner`. */
struct known *known_read(TALLOC_CTX *owner, const char *note);

/* Marks in `volatility` what is known. */
void known_mark(const struct known *known, struct volatility *volatility);

bool known_has_sequence(const struct known *known, const struct sequence_state *state);

/* The note on what two replays have differently; NULL where it would not tell all (rows come and go by chance). Owner:
 * `owner`. */
char *known_write(TALLOC_CTX *owner, const struct volatility *volatility, const struct sequence_set *one,
                  const struct sequence_set *twin);

#endif
