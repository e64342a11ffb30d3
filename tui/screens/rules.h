/* The house rules on the screen: their lights on the Status screen, and the page that each of them opens. */
#ifndef TUI_SCREENS_RULES_H
#define TUI_SCREENS_RULES_H

#include "tui/console.h"
#include "tui/house.h"
#include "tui/widgets/document.h"

/* Adds the lights, as many in a row as `columns` takes. here: index of the rule under the cursor; SIZE_MAX: none. */
void rules_lights_add(struct document *document, const struct house *house, size_t here, int columns);

/* How many lights there are for a cursor. */
size_t rules_lights_count(const struct house *house);

/* Opens the page with its cursor on a rule (index in the report; SIZE_MAX: on the first that does not hold). Asks the
 * rules where none is known. */
void rules_page_open(struct console *console, size_t index);

/* Asks all rules in the background, or says why not. */
void rules_ask(struct console *console);

#endif
