/* What the console knows of project and target: everything its screens show, read in one go by a task, so that all of
 * them tell of the same moment. */
#ifndef TUI_SURVEY_H
#define TUI_SURVEY_H

#include "migrate/audits.h"
#include "migrate/directory.h"
#include "migrate/documentation.h"
#include "migrate/journal.h"
#include "migrate/status.h"
#include "store/session.h"
#include "store/task.h"
#include "tui/deck.h"

enum { SURVEY_RUNS = 200, SURVEY_EVENTS = 2000 };

struct survey {
    int64_t taken_us;
    struct directory *directory;
    struct documentation *documentation;
    const struct audits_last *audit; /* the last compliance review; NULL: its folder cannot be read */
    struct session_facts *facts;
    struct status *status;
    struct journal_run *runs; /* newest first; outcome "lost" where an open one has another after it */
    size_t run_count;
    struct journal_row *events; /* the newest SURVEY_EVENTS, by id */
    size_t event_count;
    const char *bootstrap_refusal; /* why the init script cannot be run; NULL: it can */
};

/* The work of a task; `argument` is the deck, whose target it opens first. The result is a struct survey. */
bool survey_run(struct task *task, void *argument, struct error *error);

/* "09-01 10:02", in UTC, of an RFC 3339 time; "" for NULL. Owner: `owner`. */
const char *survey_short_time(TALLOC_CTX *owner, const char *time);

/* How many pending, out of order, changed, missing, incomplete ones there are. */
size_t survey_work_count(const struct survey *survey);

#endif
