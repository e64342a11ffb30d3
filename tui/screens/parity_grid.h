/* The grid of the four mirrors on the Status screen: a cell for each pair, a cursor on one of them. */
#ifndef TUI_SCREENS_PARITY_GRID_H
#define TUI_SCREENS_PARITY_GRID_H

#include "tui/parity.h"
#include "tui/widgets/document.h"

/* Adds heading, rows, why pairs cannot be asked, and a last line with what is being done. here: the pair under the
 * cursor, an index of parity.h. */
void parity_grid_add(struct document *document, const struct parity *parity, size_t here);

#endif
