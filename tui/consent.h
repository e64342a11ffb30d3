/* The console's side of a confirmation: the one place of the console that looks at the guard level. (The scripted
 * mode's is confirm.c, the enforcement the dispatcher's: command.c.) */
#ifndef TUI_CONSENT_H
#define TUI_CONSENT_H

#include "tui/command.h"
#include "tui/console.h"
#include "tui/widgets/dialog.h"

/* Why nothing can be written to the target, and the way out; NULL: it can. */
const char *consent_refusal(const struct console *console);

/* Asks at the grade that guard and loss demand. `verb` is what happens on yes: "apply". */
void consent_ask(struct console *console, const struct confirmation *confirmation, const char *verb,
                 dialog_answer_fn on_answer, void *argument);

#endif
