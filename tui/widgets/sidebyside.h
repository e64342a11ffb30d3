/* An old and a new text beside each other, or above each other where there is no room, with the changed words marked:
 * lines for a document. */
#ifndef TUI_WIDGETS_SIDEBYSIDE_H
#define TUI_WIDGETS_SIDEBYSIDE_H

#include "store/base.h"
#include "tui/widgets/document.h"

struct sidebyside {
    const char *old, *new;             /* NULL: there is none */
    const char *old_title, *new_title; /* whose text it is */
    int columns;                       /* that there are for both */
    enum {
        SIDEBYSIDE_FITTING, /* beside each other where lines would not be broken much */
        SIDEBYSIDE_ABOVE    /* above each other, always */
    } layout;
    enum {
        SIDEBYSIDE_CHANGES,
        SIDEBYSIDE_WHOLE
    } extent; /* CHANGES: long stretches that agree are left out, and said */
};

/* Adds it, each line no wider than the columns. Above each other, "-" stands before what is old, "+" before what is
 * new; beside each other, changed lines have these signs too. */
void sidebyside_add(struct document *document, const struct sidebyside *options);

#endif
