/* Reading the state of a database before and after a statement. See parts.h. */
#include "migrate/trace/parts.h"

extern const char sql_trace_relations[], sql_trace_objects[];

bool trace_read_relations(TALLOC_CTX *owner, struct connection *connection, int pid, struct trace_relations *relations,
                          struct error *error)
{
    static const struct column columns[] = {
        COLUMN(struct trace_relation, id),        COLUMN(struct trace_relation, table_id),
        COLUMN(struct trace_relation, relation),  COLUMN(struct trace_relation, name),
        COLUMN(struct trace_relation, kind),      COLUMN(struct trace_relation, persistence),
        COLUMN(struct trace_relation, file),      COLUMN(struct trace_relation, space),
        COLUMN(struct trace_relation, scans),     COLUMN(struct trace_relation, inserted),
        COLUMN(struct trace_relation, updated),   COLUMN(struct trace_relation, deleted),
        COLUMN(struct trace_relation, is_unique), COLUMN(struct trace_relation, locks),
    };
    char number[12];
    snprintf(number, sizeof number, "%d", pid);
    struct result *result = connection_query(owner, connection, PARAMETERS(number), error, sql_trace_relations);
    if (!result)
        return false;
    struct trace_relations read = {0};
    read.items = result_bind(result, columns, countof(columns), sizeof *read.items, &read.count, error);
    if (read.items)
        *relations = read;
    return read.items != NULL;
}

bool trace_read_objects(TALLOC_CTX *owner, struct connection *connection, struct trace_objects *objects,
                        struct error *error)
{
    static const struct column columns[] = {
        COLUMN(struct trace_object, id),       COLUMN(struct trace_object, kind),  COLUMN(struct trace_object, name),
        COLUMN(struct trace_object, relation), COLUMN(struct trace_object, last),  COLUMN(struct trace_object, rights),
        COLUMN(struct trace_object, state),    COLUMN(struct trace_object, shape),
    };
    struct result *result = connection_query(owner, connection, NO_PARAMETERS, error, sql_trace_objects);
    if (!result)
        return false;
    struct trace_objects read = {0};
    read.items = result_bind(result, columns, countof(columns), sizeof *read.items, &read.count, error);
    if (read.items)
        *objects = read;
    return read.items != NULL;
}

const struct trace_relation *trace_find_relation(const struct trace_relations *relations, int64_t id)
{
    size_t first = 0, end = relations->count;
    while (first < end) {
        size_t middle = first + (end - first) / 2;
        const struct trace_relation *relation = &relations->items[middle];
        if (relation->id == id)
            return relation;
        if (relation->id < id)
            first = middle + 1;
        else
            end = middle;
    }
    return NULL;
}
