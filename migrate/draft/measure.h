/* What a draft locks and would do to others, in words for the documentation. */
#ifndef MIGRATE_DRAFT_MEASURE_H
#define MIGRATE_DRAFT_MEASURE_H

#include <talloc.h>

#include "migrate/compare.h"
#include "store/base.h"
#include "store/error.h"

/* Runs the text on the state of comparison->from and says what it locked, and its hazards: items of a list in Markdown,
 * a line each. *measured stays NULL where that could not be measured. Owner: `owner`. Blocks. Errors: ERROR_CANCELLED.
 */
bool measure_draft(TALLOC_CTX *owner, const struct comparison *comparison, const struct compare_options *options,
                   const char *text, const char **measured, struct error *error) NODISCARD;

#endif
