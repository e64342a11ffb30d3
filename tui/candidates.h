/* What may stand next on the command line: commands, options, values, versions; made of the commands' tables.
 * (Completion of shells is completion.c's.) */
#ifndef TUI_CANDIDATES_H
#define TUI_CANDIDATES_H

#include <talloc.h>

#include "store/base.h"

/* For prompt.h; `argument` is the console. The words that begin with `word` and may follow `line`. */
const char *const *candidates_find(void *argument, TALLOC_CTX *owner, const char *line, const char *word);

#endif
