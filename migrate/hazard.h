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

struct hazard_size;

struct hazard {
    const struct hazard_kind *kind;
    enum hazard_danger danger; /* the row's, less on a small table */
    const char *object;        /* what it is about: what --allow names; schema-qualified; "" where nothing has a name */
    const char *message;       /* what it means here */
    const char *advice;        /* the safe way, in sentences and SQL; may have newlines; or NULL */
    const char *allowed;       /* why somebody has allowed it; NULL: nobody has */
    const struct hazard_size *size; /* of the relation that it is weighed by; NULL: it is about none that is there */
};

struct hazard_list {
    struct hazard *items;
    size_t count;
    const struct hazard_size *const *held; /* tables that the statement keeps others from reading or writing */
    size_t held_count;
};

/* Rows written a second, on average; a negative number where that is not known. */
double hazard_write_rate(const struct hazard_size *size);

/* "about 16 GB, 50000000 rows"; "about 120 writes/s since 2026-11-20; in use by 3 sessions now, 2 of them writing"; ""
 * where nobody has asked. Owner: `owner`. */
char *hazard_size_words(TALLOC_CTX *owner, const struct hazard_size *size);
char *hazard_use_words(TALLOC_CTX *owner, const struct hazard_size *size);

/* What the target has now, a partitioned table the sums of its partitions. hazards/hazard_sizes.sql says what each is.
 * Never part of a plan's fingerprint. */
struct hazard_size {
    const char *relation;
    int64_t bytes, rows;               /* rows as the server estimates them; INTEGER_NULL: not known */
    int64_t writes;                    /* rows written since `since`; INTEGER_NULL: nobody counts */
    const char *since;                 /* a date; NULL: nobody has asked */
    int64_t seconds;                   /* since then */
    bool is_reset;                     /* else `since` is the server's start, and what came before may be among them */
    int64_t readers, writers, waiting; /* sessions in a transaction that use it now */
};
struct hazard_sizes {
    struct hazard_size *items; /* by name, bytes */
    size_t count;
    int server_version;
    enum { STYLE_SILENT, STYLE_TOLD } style; /* whether advice on style is wanted, too; SILENT as it is read */
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
