/* Hazards: what a statement would do to others, from its facts and the target's sizes; each with what it means here and
 * the safe way, written out for this very statement. hazards.def lists them; the rules are pure. */
#ifndef MIGRATE_HAZARD_H
#define MIGRATE_HAZARD_H

#include <talloc.h>

#include "migrate/plan.h"
#include "store/base.h"
#include "store/connection.h"
#include "store/error.h"

enum hazard_id {
#define HAZARD(name, id, danger, weight, what) HAZARD_##name,
#include "migrate/hazards.def"
#undef HAZARD
    HAZARD_COUNT
};

enum hazard_danger { DANGER_LOW, DANGER_MEDIUM, DANGER_HIGH, DANGER_CRITICAL };
enum hazard_weight { WEIGHT_AS_IS, WEIGHT_BY_SIZE, WEIGHT_DATA };

/* A row of hazards.def. */
struct hazard_kind {
    const char *id;
    enum hazard_danger danger;
    enum hazard_weight weight;
    const char *what;
};
extern const struct hazard_kind hazard_kinds[HAZARD_COUNT];

/* "low", "medium", "high", "critical". */
const char *hazard_danger_name(enum hazard_danger danger);

/* The row of an id, or NULL. */
const struct hazard_kind *hazard_find(const char *id);

struct hazard {
    const struct hazard_kind *kind;
    enum hazard_danger danger; /* the row's, less on a small table */
    const char *object;        /* what it is about: what --allow names; schema-qualified; "" where nothing has a name */
    const char *message;       /* what it means here */
    const char *advice;        /* the safe way, in sentences and SQL; may have newlines; or NULL */
    const char *allowed;       /* why somebody has allowed it; NULL: nobody has */
};

struct hazard_list {
    struct hazard *items;
    size_t count;
};

/* What the target has now, without taking a lock: a relation's pages as bytes and its rows, as the server estimates
 * them. */
struct hazard_size {
    const char *relation;
    int64_t bytes, rows;
};
struct hazard_sizes {
    struct hazard_size *items; /* by name, bytes */
    size_t count;
    int server_version;
};

/* Reads them, one query. Owner: `owner`. */
bool hazard_read_sizes(TALLOC_CTX *owner, struct connection *connection, struct hazard_sizes *sizes,
                       struct error *error) NODISCARD;

/* Whether "HAZARD:OBJECT" names a hazard that there is. Errors: ERROR_USAGE, with a hint. */
bool hazard_check_allowance(const char *allowance, struct error *error) NODISCARD;

/* Sets the hazards of all steps of a plan whose facts are set. allow: "HAZARD:OBJECT" of the command line,
 * NULL-terminated, or NULL; the head lines of the files count besides. Pure. Owner: the plan. */
void hazard_judge(struct plan *plan, const struct hazard_sizes *sizes, const char *const *allow);

/* Whether a plan loses data, and nobody has allowed it. */
bool hazard_loses_data(const struct plan *plan);

#endif
