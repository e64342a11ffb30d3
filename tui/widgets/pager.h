/* A pager: shows a document, wrapped or cut, and searches in it. */
#ifndef TUI_WIDGETS_PAGER_H
#define TUI_WIDGETS_PAGER_H

#include <talloc.h>

#include "tui/action.h"
#include "tui/screen.h"
#include "tui/widgets/document.h"

struct pager;

struct pager *pager_new(TALLOC_CTX *owner);

/* Takes another document (which then belongs to the pager); the place stays as far as it exists. */
void pager_set(struct pager *pager, struct document *document);
const struct document *pager_document(const struct pager *pager);

/* The document, to be added to; it is laid out anew. */
struct document *pager_change(struct pager *pager);

void pager_to_start(struct pager *pager);
void pager_to_end(struct pager *pager);

/* Puts a line of the document (from 0) in sight, with some of what stands before it. */
void pager_to_line(struct pager *pager, size_t line);

/* Whether the last line is in sight: what follows a growing text asks that before it adds. */
bool pager_is_at_end(const struct pager *pager);

void pager_draw(struct pager *pager, struct terminal *terminal, struct area area);

/* Cuts long lines from now on, as WRAP does. */
void pager_cut(struct pager *pager);

/* Moves and WRAP. False for any other action, and where there is nothing to move. */
bool pager_act(struct pager *pager, enum action action);

enum pager_direction { PAGER_FORWARD, PAGER_BACKWARD };

/* Searches without regard to case, from the top line on, round the end. NULL text: the last one again, from the next
 * match. False when it is nowhere. */
bool pager_search(struct pager *pager, const char *text, enum pager_direction direction);

/* "1-17 of 40". Owner: `owner`. */
const char *pager_position(const struct pager *pager, TALLOC_CTX *owner);

#endif
