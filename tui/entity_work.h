/* What the Entities screen has done in the background: the list read, an entity opened, pages and rows read, changes
 * rehearsed and made. Each is the work of a task; what it works on is a struct entity_work, which lives until the task
 * has ended, whatever becomes of the page that asked. */
#ifndef TUI_ENTITY_WORK_H
#define TUI_ENTITY_WORK_H

#include "store/entity/write.h"
#include "tui/console.h"

enum { ENTITY_CELL_CHARACTERS = 200 /* of a cell in a grid */ };

/* The list, and the models that it and all that is opened from it speak of. */
struct entity_catalog {
    const struct model *model; /* NULL: nothing is declared, or it is wrong: */
    const char *model_problem; /* why the models are passed over; or NULL */
    struct entity_summary *items;
    size_t count;
};

/* An entity that is open: shared by pages and works, each of which holds a reference of talloc's. */
struct entity_hold {
    const struct model *model;
    const struct entity *entity;
    const char *refusal; /* a sentence: why none of its rows can be changed; or NULL */
};

/* Which rows a page of one row, or of some, is about. */
struct entity_work {
    struct deck *deck;
    const struct model *model;
    const struct entity *entity; /* to be read or written; NULL: */
    const char *schema, *table;  /* to be opened */
    struct entity_query query;
    struct entity_change change;
    struct snowflake *snowflake;
};

/* What came of a change, also of one that was only rehearsed. */
struct entity_written {
    struct entity_outcome *outcome;
    const char *database; /* its name as the server tells it */
};

/* The works; `argument` is the struct entity_work. What they leave behind: */
bool entity_work_catalog(struct task *task, void *argument, struct error *error); /* struct entity_catalog */
bool entity_work_open(struct task *task, void *argument, struct error *error);    /* struct entity */
bool entity_work_page(struct task *task, void *argument, struct error *error);    /* struct entity_page */
bool entity_work_change(struct task *task, void *argument, struct error *error);  /* struct entity_written */

/* A new work, on what `hold` holds (NULL: nothing yet). Owner: the caller, until it is started. */
struct entity_work *entity_work_new(struct console *console, struct entity_hold *hold);

/* Copies a query into the work, its filters and their values too. */
void entity_work_set_query(struct entity_work *work, const struct entity_query *query);

/* Starts it; the work is the loop's from now on. NULL when that is impossible. */
struct task *entity_work_start(struct console *console, struct entity_work *work, task_fn run, loop_end_fn on_end,
                               void *argument, struct error *error) NODISCARD;

/* Makes a hold of a task that opened an entity; catalog: the task that read the list, whose models it speaks of.
 * Owner: `owner`. */
struct entity_hold *entity_hold_new(TALLOC_CTX *owner, struct task *opened, struct task *catalog);

/* The cursor at a row: what comes behind it. Only where the query's order has no ties. Owner: `owner`. */
char *entity_row_cursor(TALLOC_CTX *owner, const struct entity *entity, const struct entity_query *query,
                        const struct entity_row *row);

/* Whether rows of the query may be equal in all that orders them: views without a key. They are read forward alone. */
bool entity_query_has_ties(const struct entity *entity, const struct entity_query *query);

/* Copies of a row's key, in its order. Owner: `owner`. */
const char *const *entity_row_key(TALLOC_CTX *owner, const struct entity *entity, const struct entity_row *row);

#endif
