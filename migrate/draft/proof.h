/* Tries a draft out: twice, in a copy of the migrations' scratch database. */
#ifndef MIGRATE_DRAFT_PROOF_H
#define MIGRATE_DRAFT_PROOF_H

#include <talloc.h>

#include "migrate/compare.h"
#include "store/base.h"
#include "store/error.h"

enum proof_verdict { PROOF_STANDS, PROOF_FAILED };

/* Runs the text of a migration file on the state of comparison->from, which must be the migrations: the first run must
 * lead to comparison->to, the second must change nothing. *verdict says so, *reason (owner: `owner`) why not. Errors:
 * ERROR_CANCELLED and those of scratch, not of the text. */
bool proof_try(TALLOC_CTX *owner, const struct comparison *comparison, const struct compare_options *options,
               const char *text, enum proof_verdict *verdict, const char **reason, struct error *error) NODISCARD;

#endif
