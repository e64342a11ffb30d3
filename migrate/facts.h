/* What a statement does to what exists: the locks it takes, what it rewrites, scans, makes and drops. Measured in a
 * scratch copy of the target's schema where it can be, else derived from its parse tree, else unknown, with the reason.
 * Plain values. */
#ifndef MIGRATE_FACTS_H
#define MIGRATE_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Relation locks, weakest first. */
enum lock_mode {
    LOCK_NONE,
    LOCK_ACCESS_SHARE,
    LOCK_ROW_SHARE,
    LOCK_ROW_EXCLUSIVE,
    LOCK_SHARE_UPDATE_EXCLUSIVE,
    LOCK_SHARE,
    LOCK_SHARE_ROW_EXCLUSIVE,
    LOCK_EXCLUSIVE,
    LOCK_ACCESS_EXCLUSIVE,
};

/* As in pg_locks: "AccessExclusiveLock"; "" for LOCK_NONE. */
const char *lock_mode_name(enum lock_mode mode);

/* As LOCK TABLE spells it: "ACCESS EXCLUSIVE"; "" for LOCK_NONE. */
const char *lock_mode_sql(enum lock_mode mode);

/* The mode of that name in pg_locks; LOCK_NONE where there is none. */
enum lock_mode lock_mode_parse(const char *name);

/* The strongest lock on a relation that existed before the statement. */
struct fact_lock {
    const char *relation; /* schema-qualified, quoted as the server prints it */
    char relkind;         /* pg_class.relkind */
    enum lock_mode mode;
    bool is_unnamed; /* the statement's text does not name it: a partition, a referenced table ... */
};

struct fact_relation {
    const char *relation;
    char relkind;
    int64_t before, after; /* of rewrites: file nodes; else 0 */
};

struct fact_object {
    const char *kind; /* "table", "column", "index", "constraint", "function" ... */
    const char *name; /* schema-qualified; a column is schema.table.column */
    bool is_unnamed;  /* fell with something else: CASCADE, or a column's index */
};

struct fact_tuples {
    const char *relation;
    int64_t inserted, updated, deleted; /* rows that the statement really touched, in scratch */
};

struct facts {
    enum { FACTS_UNKNOWN, FACTS_DERIVED, FACTS_MEASURED } source;
    const char *reason; /* of FACTS_UNKNOWN and FACTS_DERIVED: why it was not measured; else NULL */
    const struct fact_lock *locks;
    size_t lock_count;
    const struct fact_relation *rewrites, *scans;
    size_t rewrite_count, scan_count;
    const struct fact_object *created, *dropped;
    size_t created_count, dropped_count;
    const struct fact_tuples *tuples;
    size_t tuple_count;
    const char *const *privileges; /* what changed, a line each; NULL-terminated; or NULL */
    const char *const *settings;   /* settings and role that outlive the statement; NULL-terminated; or NULL */
};

#endif
