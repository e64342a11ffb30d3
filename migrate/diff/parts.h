/* The parts of diff_make, in the order in which they run. For diff.c and its neighbours only. */
#ifndef MIGRATE_DIFF_PARTS_H
#define MIGRATE_DIFF_PARTS_H

#include "migrate/diff.h"

/* Joins what differs in nothing but its name: one that only FROM has and one that only TO has, of the same parent, each
 * the only candidate of the other. Their children are joined, too. */
void diff_find_renames(struct diff *diff);

/* Compares the fields of what is on both sides: sets `changed` and adds notes. */
void diff_compare_fields(struct diff *diff, const struct diff_options *options);

/* Decides what becomes of each object: what its own differences ask for, and what those of the objects that it depends
 * on do. */
void diff_decide_fates(struct diff *diff);

/* Writes the list of differences. */
void diff_list_changes(struct diff *diff, const struct diff_options *options);

#endif
