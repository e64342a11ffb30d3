/* The target of a command that works without one, too. */
#ifndef TUI_REACH_H
#define TUI_REACH_H

#include "tui/command.h"

/* Opens the target where there is one: named anywhere, or the embedded cluster where that was made before. Without one
 * deck->pool stays NULL and *reason (static) says why. Errors: deck_open_target's. */
bool reach_target(struct command_context *context, const char **reason, struct error *error) NODISCARD;

#endif
