/* The house rules on the screen: their lights on the Status screen, and the page that each of them opens. */
#ifndef TUI_SCREENS_RULES_H
#define TUI_SCREENS_RULES_H

#include "tui/console.h"
#include "tui/house.h"
#include "tui/widgets/document.h"

/* How a light looks. */
struct rules_look {
    enum glyph glyph;
    enum look look;
};
const struct rules_look *rules_look(enum house_state state);

/* Adds the lights, as many in a row as `columns` takes. here: index of the light under the cursor; SIZE_MAX: none. */
void rules_lights_add(struct document *document, const struct house *house, size_t here, int columns);

/* How many lights there are for a cursor, and the rule of one. */
size_t rules_lights_count(const struct house *house);
enum rule_id rules_light_rule(const struct house *house, size_t index);

/* Opens the page with its cursor on a rule (its id; NULL: on the first that does not hold). Asks the rules where none
 * is known. */
void rules_page_open(struct console *console, const char *id);

/* Asks all rules in the background, or says why not. */
void rules_ask(struct console *console);

#endif
