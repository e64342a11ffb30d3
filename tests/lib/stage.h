/* A project and a database for tests of migrate/ that call it in process: files are written, planned and applied with
 * the program's own functions, and what the listener hears is kept as text. For faults from outside there is scene.h.
 */
#ifndef TESTS_LIB_STAGE_H
#define TESTS_LIB_STAGE_H

#include <talloc.h>

#include "migrate/apply.h"
#include "store/base.h"
#include "store/error.h"
#include "tests/lib/oracle.h"
#include "tests/lib/server.h"

struct stage;
typedef void (*stage_hook_fn)(struct stage *stage, const struct apply_event *event);

/* What stands between two calls. Set the upper part as a test needs it. */
struct stage {
    const char *role; /* that connects; "postgres" at first */
    struct plan_selection selection;
    enum apply_mode mode;
    enum apply_strictness strictness;
    stage_hook_fn on_event; /* called for each event, before it is kept; or NULL */
    struct cancel *cancel;  /* or NULL */

    struct test_server *server;
    struct oracle *oracle;
    const char *database, *project;
    struct settings *settings;
    struct target *target;
    struct directory *directory;
    struct plan *plan;
    struct apply_result *result;
    struct error *error;
    char *events; /* one a line: "statement 001 2 INSERT INTO x" */
};

/* An empty database of its own and an empty project. Owner: `owner`; freeing it drops the database. */
struct stage *stage_new(TALLOC_CTX *owner, struct test_server *server);

/* Loads the settings anew, from "name=value" (NULL-terminated). */
void stage_settings(struct stage *stage, const char *const *options);
#define STAGE_SETTINGS(stage, ...) stage_settings(stage, (const char *const[]){__VA_ARGS__, NULL})

/* Writes migrations/NAME. */
void stage_write(struct stage *stage, const char *name, const char *text);

/* A connection as stage->role. Owner: the stage. */
struct connection *stage_connect(struct stage *stage);

/* Reads the files and the ledger. NULL with stage->error set where that fails. */
struct status *stage_status(struct stage *stage);

/* The state of a version by its name; "none" where there is no such migration. */
const char *stage_state(struct stage *stage, int64_t number);

/* Reads and plans into stage->plan; false with stage->error set. */
bool stage_plan(struct stage *stage);

/* Runs stage->plan into stage->result; false with stage->error set. */
bool stage_run(struct stage *stage);

/* Plans and runs; each fails the test unless it ends as it says. */
void stage_apply(struct stage *stage);
void stage_apply_fails(struct stage *stage, enum error_code code);

/* Whether an event was heard: a line that begins with `line`. */
bool stage_heard(const struct stage *stage, const char *line);

/* The columns, types, defaults, indexes, constraints and triggers of a table, as one text. Owner: the stage. */
const char *stage_table(struct stage *stage, const char *table);

#endif
