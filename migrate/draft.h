/* A migration made of a comparison: the script that closes it, written so that running it a second time changes
 * nothing, and proven so in scratch before anybody gets it. */
#ifndef MIGRATE_DRAFT_H
#define MIGRATE_DRAFT_H

#include <talloc.h>

#include "migrate/compare.h"
#include "store/base.h"
#include "store/error.h"

struct draft {
    const char *body;       /* of the file, behind the first lines of its head; may begin with a line of the head */
    size_t statement_count; /* of the script */
    bool loses_data;        /* lines that say so stand in the body */
    const char *measured;   /* its locks and hazards as items of a list in Markdown; NULL: they could not be measured */
};

/* Writes the draft. `comparison` goes from the migrations to something else and differs. Each statement is made
 * repeatable by itself where that can be (IF NOT EXISTS and the like); else all of them stand behind one look into the
 * catalog. Then the text is run twice in a copy of the migrations' scratch database: the first run must lead to the
 * other side, the second must change nothing. Owner: `owner`. Blocks. Errors: ERROR_INTERNAL: no text stands the proof;
 * ERROR_CANCELLED, those of scratch_copy. */
struct draft *draft_make(TALLOC_CTX *owner, const struct comparison *comparison, const struct compare_options *options,
                         struct error *error) NODISCARD;

#endif
