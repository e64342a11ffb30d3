/* What stands beside a comparison: what could not be compared, and why it may say less than it seems to. */
#ifndef MIGRATE_COMPARE_WARNINGS_H
#define MIGRATE_COMPARE_WARNINGS_H

#include "migrate/compare.h"

/* Fills in warnings and counts. note: one more warning, or NULL. */
void warnings_write(struct comparison *comparison, const struct compare_options *options, const char *note);

#endif
