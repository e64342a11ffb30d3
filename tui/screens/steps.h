/* A step of a plan as lines of a page: how it runs, and each statement with what is known of it. */
#ifndef TUI_SCREENS_STEPS_H
#define TUI_SCREENS_STEPS_H

#include "migrate/plan.h"
#include "migrate/trace.h"
#include "tui/widgets/document.h"

/* Where the lines go: indented by, within, and how much of a statement is told. */
struct steps_space {
    int indent, columns;
    size_t summary_bytes;
};

/* How it runs, then its statements, first line and what each locks, rewrites, drops, risks. */
void steps_add(struct document *document, const struct plan_step *step, const struct steps_space *space);

/* What the facts are worth: what was measured in, or why nothing could be. trace: may be NULL, then nothing. */
void steps_add_trace(struct document *document, const struct trace *trace, int indent);

#endif
