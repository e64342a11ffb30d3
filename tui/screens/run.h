/* The page of a run: progress while it goes on, then what happened, what stands now and the safe next step. */
#ifndef TUI_SCREENS_RUN_H
#define TUI_SCREENS_RUN_H

#include "migrate/apply.h"
#include "tui/console.h"

/* Starts applying (or rehearsing) a plan and shows it. `plan_task` owns the plan and goes over to the page. */
void run_page_open(struct console *console, struct task *plan_task, const struct plan *plan,
                   const struct plan_selection *selection, enum apply_mode mode);

/* What a finished run has to say. `result` may be NULL, `error` is empty after a success. Owner: `owner`. */
struct document *run_card(TALLOC_CTX *owner, const struct plan *plan, const struct apply_result *result,
                          enum apply_mode mode, const struct error *error, int64_t elapsed_ms);

#endif
