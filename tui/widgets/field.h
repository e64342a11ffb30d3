/* One line of text that is typed: a filter, a search, a name in a confirmation. (The command line is readline's:
 * prompt.h.) */
#ifndef TUI_WIDGETS_FIELD_H
#define TUI_WIDGETS_FIELD_H

#include "tui/screen.h"

enum { FIELD_BYTES = 256 };

struct text_field {
    char text[FIELD_BYTES]; /* valid UTF-8 */
    size_t at;              /* the cursor, in bytes */
};

void field_set(struct text_field *field, const char *text);

/* Takes a key that edits; false for any other (Enter, Esc, Tab among them). What no longer fits is dropped. */
bool field_key(struct text_field *field, int key);

/* Draws a prompt and a text behind it, and the cursor at the byte `at` of the text; scrolls so that it is in sight. */
void field_draw(struct terminal *terminal, struct area area, const char *prompt, const char *text, size_t at);

#endif
