/* Two documents beside each other: what is said of a thing, and the thing. For an old and a new text there is
 * sidebyside.h. */
#ifndef TUI_WIDGETS_BESIDE_H
#define TUI_WIDGETS_BESIDE_H

#include "store/base.h"
#include "tui/widgets/document.h"

/* Whether there is room for two. */
bool beside_fits(int columns);

/* Adds both, each wrapped into its half of the columns, with their looks. They must fit. */
void beside_add(struct document *document, const struct document *left, const struct document *right, int columns);

#endif
