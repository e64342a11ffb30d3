/* Cells and rows handed to the terminal's clipboard. */
#ifndef TUI_SCREENS_ROW_COPY_H
#define TUI_SCREENS_ROW_COPY_H

#include "store/entity.h"
#include "tui/console.h"

/* A value; of NULL nothing, and so it is said. */
void row_copy_value(struct console *console, const struct entity_column *column, const char *value);

/* A row as JSON, as `rows --json` has it. values: by column. */
void row_copy_json(struct console *console, const struct entity *entity, const char *const *values);

#endif
