/* From words of a command line to mirrors and comparisons: sources, progress on the terminal, and what has to be said
 * besides the answer. */
#ifndef TUI_COMPARING_H
#define TUI_COMPARING_H

#include <jansson.h>
#include <talloc.h>

#include "migrate/compare.h"
#include "store/base.h"
#include "tui/command.h"

/* What sources may be, for the tables of the commands that take some. */
#define COMPARING_SOURCES                                                                                              \
    "models, migrations, init, live (the target), a .sql file, a target's name or a connection string"

/* The need of a command whose operands are sources: the target where one of them is "live". */
enum command_need comparing_need(const struct arguments *arguments);

/* Reads a source; its secrets are kept out of the log, notices of its target are told. Owner: the context. Errors:
 * mirror_source_parse's. */
struct mirror_source *comparing_source(struct command_context *context, const char *word,
                                       struct error *error) NODISCARD;

/* Options of the command's context: settings, environment, cancel, progress shown on the terminal. Live as long as the
 * context. */
struct mirror_options comparing_mirror_options(struct command_context *context);

/* Compares; then ends the progress line, tells warnings and, verbosely, what was left out or passed over. Owner: the
 * context. Errors: compare's. */
struct comparison *comparing_run(struct command_context *context, const struct mirror_source *from,
                                 const struct mirror_source *to, const struct compare_options *options,
                                 struct error *error) NODISCARD;

/* Tells, verbosely, what was passed over or left out of one mirror, and what its models' program said. */
void comparing_tell_mirror(struct command_context *context, const struct mirror *mirror);

/* Counts as JSON: [{"what", "count", "example"}]. New reference. */
json_t *comparing_counts_json(const struct snapshot_count *counts, size_t count);

#endif
