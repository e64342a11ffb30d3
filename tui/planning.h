/* From the options of plan and apply to the plan: files, ledger, selection; and the plan as lines and as JSON. */
#ifndef TUI_PLANNING_H
#define TUI_PLANNING_H

#include <jansson.h>
#include <talloc.h>

#include "migrate/plan.h"
#include "migrate/plan_file.h"
#include "migrate/preflight.h"
#include "migrate/trace.h"
#include "tui/answer.h"
#include "tui/command.h"

/* The options that select, for the tables of plan and apply. */
#define PLANNING_OPTIONS                                                                                               \
    {"to", 0, OPTION_VALUE, "V", KIND_VERSION, NULL, "Go up to this version and no further."},                         \
        {"only", 0, OPTION_LIST, "V", KIND_VERSION, NULL, "Take only these versions."},                                \
        {"allow", 0, OPTION_LIST, "HAZARD:OBJECT", KIND_NONE, NULL, "Take a hazard for acknowledged."},                \
    {                                                                                                                  \
        "out-of-order", 0, OPTION_FLAG, NULL, KIND_NONE, NULL,                                                         \
            "Take pending migrations below the highest applied one as well."                                           \
    }

/* Everything that stands behind a plan; owned by the context's memory. */
struct planning {
    struct directory *directory;
    struct status *status;
    const struct plan_file *file; /* of --plan, which the plan agrees with; or NULL */
    struct plan_selection selection;
    struct plan *plan;
    const struct trace *trace;         /* NULL: nothing was measured */
    const struct preflight *preflight; /* NULL: the plan is empty */
    struct answer_target target;
};

/* --to and --only exclude each other, --plan all that chooses; --allow names a hazard. */
bool planning_check(const struct arguments *arguments, struct error *error) NODISCARD;

/* Reads the files, then the target, builds the plan and measures what it does. Errors: directory_read's, status_read's,
 * plan_build's. */
bool planning_read(struct command_context *context, struct planning *planning, struct error *error) NODISCARD;

/* Measures a plan, where the settings say so, judges its hazards, and binds it to the relations that it touches, on any
 * thread; its facts are unknown, with the reason, where that fails. allow: "HAZARD:OBJECT", NULL-terminated, or NULL.
 * Owner: `owner`. Errors: ERROR_CANCELLED, those of the target. */
bool planning_measure(TALLOC_CTX *owner, struct plan *plan, struct connection *connection,
                      const struct trace_options *options, const char *const *allow, const struct trace **trace,
                      struct error *error) NODISCARD;

/* What the plan does, a line each; NULL-terminated. With PRINTER_VERBOSE whole statements. Owner: `owner`. */
const char *const *planning_lines(TALLOC_CTX *owner, const struct plan *plan, enum printer_verbosity verbosity);

/* What is in the way now, a line each; NULL-terminated. Owner: `owner`. */
const char *const *planning_preflight_lines(TALLOC_CTX *owner, const struct preflight *preflight);

/* cli.md's document of plan. New reference. */
json_t *planning_json(const struct planning *planning);

#endif
