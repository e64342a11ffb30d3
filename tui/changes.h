/* Differences as text and as JSON; diff and baseline tell them alike. */
#ifndef TUI_CHANGES_H
#define TUI_CHANGES_H

#include <jansson.h>
#include <talloc.h>

#include "migrate/diff.h"
#include "store/base.h"
#include "tui/printer.h"

/* cli.md's "changes". New reference. */
json_t *changes_json(const struct diff *diff);

/* [{"name", "text"}]. New reference. */
json_t *changes_notes_json(const struct diff *diff);

/* A line for each, by kind and object: what differs, how much it matters, old and new value (short), blame. from, to:
 * names of the sides. */
void changes_print(struct printer *printer, const struct diff *diff, const char *from, const char *to);

/* "3 differences: 1 breaking, 2 cosmetic". Owner: `owner`. */
char *changes_summary(TALLOC_CTX *owner, const struct diff *diff);

/* Two values on one line, cut to fit; of long ones what is equal at the start is left out. Owner: `owner`. */
char *changes_values(TALLOC_CTX *owner, const char *from, const char *to);

#endif
