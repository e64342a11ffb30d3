/* Rows as CSV, as psql --csv and COPY ... CSV write them: a field is quoted where it holds a comma, a quote or a line's
 * end, or is \. alone. NULL is nothing and an empty text "", as COPY has it, so that the two can be told apart. */
#ifndef TUI_CSV_H
#define TUI_CSV_H

#include "store/base.h"

/* Text that grows, line by line. Zero at first. */
struct csv_line {
    char *bytes; /* freed by csv_free; set size_bytes to 0 to use its room again */
    size_t size_bytes, capacity_bytes;
    size_t field_count; /* of the line that has not ended */
};

/* Adds a field; NULL: SQL's NULL. */
void csv_add(struct csv_line *line, const char *value);

/* Ends the line. */
void csv_end(struct csv_line *line);

void csv_free(struct csv_line *line);

#endif
