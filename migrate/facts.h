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

/* The strongest lock on a relation that existed before the file: what a file makes itself nobody else sees yet. */
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

/* An index that rows are found by. */
struct fact_seek {
    const char *index, *table;
    bool is_unique;
};

struct fact_object {
    const char *kind; /* "table", "column", "index", "constraint", "function" ... */
    const char *name; /* schema-qualified; a column is schema.table.column */
    bool is_unnamed;  /* fell with something else: CASCADE, or a column's index */
    const char
        *state; /* of what comes: "not valid", "not null without a default", "without an index" (a foreign key),
                   "without a primary key", "the same as INDEX", parts behind commas; "" or NULL: nothing to say */
};

/* What became of something that stays. */
enum fact_change_kind {
    BECAME_RENAMED,       /* renamed, or moved to another schema: from, to */
    BECAME_TYPE,          /* of a column: from, to */
    BECAME_NOT_NULL,      /* a column takes no NULL any more */
    BECAME_NULLABLE,      /* a column takes NULL now */
    BECAME_VALID,         /* a constraint that was NOT VALID */
    BECAME_DISABLED,      /* a trigger or rule */
    BECAME_LOGGED_OR_NOT, /* LOGGED, UNLOGGED: from, to */
};

struct fact_change {
    enum fact_change_kind what;
    const char *kind, *name; /* as of fact_object, before the statement */
    const char *from, *to;   /* or NULL */
};

/* "renamed", "type" ...: JSON's words; parse gives the first for what is none of them. */
const char *fact_change_name(enum fact_change_kind what);
enum fact_change_kind fact_change_parse(const char *name);

struct fact_tuples {
    const char *relation;
    int64_t inserted, updated, deleted; /* rows that the statement really touched, in scratch */
};

struct facts {
    enum { FACTS_UNKNOWN, FACTS_DERIVED, FACTS_MEASURED } source;
    const char *reason; /* of FACTS_UNKNOWN and FACTS_DERIVED: why it was not measured; else NULL */
    /* Of what the scratch copy refused: SQLSTATE; else "". FACTS_UNKNOWN then, or measured outside of its transaction.
     */
    const char *sqlstate;
    const char *failure; /* the server's words for that; else NULL */
    const struct fact_lock *locks;
    size_t lock_count;
    const struct fact_relation *rewrites, *scans;
    size_t rewrite_count, scan_count;
    const struct fact_seek *seeks;
    size_t seek_count;
    const struct fact_relation *truncated; /* emptied by a new, empty file */
    size_t truncated_count;
    const struct fact_object *created, *dropped;
    size_t created_count, dropped_count;
    const struct fact_change *changes;
    size_t change_count;
    const struct fact_tuples *tuples;
    size_t tuple_count;
    const char *const *privileges; /* what changed, a line each, as "public.t (table): ..."; NULL-terminated; or NULL */
    const char *const *settings;   /* settings and role that outlive the statement; NULL-terminated; or NULL */
};

/* "measured", "derived", "unknown"; parse sets facts->source, or returns false. */
const char *fact_source_name(const struct facts *facts);
bool fact_source_parse(const char *name, struct facts *facts);

#endif
