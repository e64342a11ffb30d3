/* Comparisons of two mirrors as the console makes them: on a worker's thread, told step by step, with everything that a
 * screen shows of them made there too. */
#ifndef TUI_MIRRORS_H
#define TUI_MIRRORS_H

#include "migrate/compare.h"
#include "store/task.h"
#include "tui/deck.h"

/* The four mirrors: MIRROR_MODELS .. MIRROR_LIVE. */
enum { MIRRORS_COUNT = MIRROR_LIVE + 1 };

/* The words of the command line: "models", "migrations", "init", "live". */
const char *mirrors_name(enum mirror_kind kind);

/* What a task is given; must outlive it. */
struct mirrors_pair {
    const struct deck *deck; /* its project is open; its target, where one side is live */
    enum mirror_kind from, to;
    const char *description; /* of the migration to be made; else NULL */
};

/* What comes of a comparison; in the task's memory. */
struct compared {
    enum mirror_kind from, to;
    const struct comparison *comparison;
    const char *script; /* emit_text */
};

/* The work of a task; `argument` is a struct mirrors_pair. Progress: struct mirror_progress. Result: struct compared,
 * which holds no connection any more. Errors: compare's. */
bool mirrors_compare(struct task *task, void *argument, struct error *error);

/* The same, but a migration is made of the difference: its result is a struct mirrors_migration. Errors: compare's,
 * draft_make's, scaffold_with's; ERROR_USAGE where nothing differs. */
struct mirrors_migration {
    const char *version, *file, *documentation; /* paths relative to the project */
    bool loses_data;
};
bool mirrors_make_migration(struct task *task, void *argument, struct error *error);

/* Compares without blame, for the number of differences. Blocks. Errors: compare's. */
bool mirrors_count(const struct mirrors_pair *pair, struct cancel *cancel, mirror_progress_fn on_progress,
                   void *listener, size_t *count, struct error *error) NODISCARD;

#endif
