/* Compares where sequences go on after the migrations with where they go on after the init script. */
#ifndef MIGRATE_BASELINE_SEQUENCE_COMPARE_H
#define MIGRATE_BASELINE_SEQUENCE_COMPARE_H

#include "migrate/baseline.h"
#include "migrate/baseline/evidence.h"

struct sequence_sides {
    const struct sequence_set *migrations, *init;
    const struct sequence_set *twin; /* of another replay; NULL: there is none */
    const struct known *known;
    const struct row_set *rows;       /* of the init script */
    struct evidence_reading *reading; /* of the init script; for a connection to its database */
};

struct sequence_comparison {
    struct baseline_sequence *items; /* those that go on elsewhere; by identity */
    size_t count;
    size_t difference_count; /* of them */
};

/* Owner: `owner`. Errors: the server's. */
struct sequence_comparison *sequence_compare(TALLOC_CTX *owner, const struct sequence_sides *sides,
                                             struct error *error) NODISCARD;

#endif
