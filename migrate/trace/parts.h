/* What the files of migrate/trace share: the state of a database as far as facts are made of it, read before and after
 * a statement. Private to migrate/trace. */
#ifndef MIGRATE_TRACE_PARTS_H
#define MIGRATE_TRACE_PARTS_H

#include <talloc.h>

#include "migrate/facts.h"
#include "migrate/statement.h"
#include "store/base.h"
#include "store/connection.h"
#include "store/error.h"

/* Rows of trace_relations.sql and trace_objects.sql. */
struct trace_relation {
    int64_t id, table_id; /* of an index: its table; else the same */
    const char *relation, *name, *kind, *persistence;
    int64_t file, space, scans, inserted, updated, deleted;
    bool is_unique; /* an index that lets a value stand once */
    const char *locks;
};
struct trace_object {
    const char *id, *kind;
    int64_t relation;
    const char *name, *last, *rights, *state, *shape;
};

struct trace_relations {
    struct trace_relation *items; /* by id */
    size_t count;
};
struct trace_objects {
    struct trace_object *items; /* by id, bytes */
    size_t count;
};

/* Read them. pid: whose locks. Owner: `owner`. */
bool trace_read_relations(TALLOC_CTX *owner, struct connection *connection, int pid, struct trace_relations *relations,
                          struct error *error) NODISCARD;
bool trace_read_objects(TALLOC_CTX *owner, struct connection *connection, struct trace_objects *objects,
                        struct error *error) NODISCARD;

const struct trace_relation *trace_find_relation(const struct trace_relations *relations, int64_t id);

/* A lock that was seen from outside. */
struct trace_sighting {
    int64_t id;
    enum lock_mode mode;
};

/* All that is known about one statement. */
struct trace_seen {
    const struct statement *statement;
    const struct trace_relations *base; /* when its file began: what existed before */
    const struct trace_relations *before, *after;
    const struct trace_objects *objects_base, *objects_before, *objects_after;
    const struct trace_sighting *sightings; /* of a statement outside a transaction, whose own locks are gone */
    size_t sighting_count;
    /* A transaction: of the statement alone; of several, whose locks are still held; none. */
    enum { SEEN_INSIDE, SEEN_TOGETHER, SEEN_OUTSIDE } from;
};

/* Pure: the facts, FACTS_MEASURED. Texts are copied. Owner: `owner`. */
struct facts *trace_facts(TALLOC_CTX *owner, const struct trace_seen *seen);

/* Whether a statement's text holds a name as a word of its own. */
bool trace_names(const struct statement *statement, const char *name);

/* Whether it begins with a word. */
bool trace_begins(const struct statement *statement, const char *word);

#endif
