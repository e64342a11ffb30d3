/* See complaint.h. */
#include "store/entity/complaint.h"

/* What the server says to a value; NULL: it takes it. Owner: `owner`. */
static const char *try_value(TALLOC_CTX *owner, struct connection *connection, const char *sql, const char *value)
{
    struct error *refusal = error_new(owner);
    if (connection_execute(connection, PARAMETERS(value), refusal, sql) || !error_is_sqlstate(refusal, "22"))
        return NULL;
    return refusal->message;
}

static bool try_filter(TALLOC_CTX *owner, struct connection *connection, const struct entity_filter *filter,
                       struct error *error)
{
    bool is_pattern = filter->operator== FILTER_MATCH;
    const char *sql = is_pattern ? "SELECT '' OPERATOR(pg_catalog.~) $1"
                                 : talloc_asprintf(owner, "SELECT $1::%s", filter->column->base);
    const char *refusal = filter->value ? try_value(owner, connection, sql, filter->value) : NULL;
    if (!refusal)
        return false;
    error_set(error, ERROR_USAGE, "%s, which is %s, cannot be compared with \"%.80s\": %s", filter->column->name,
              filter->column->type, filter->value, refusal);
    error_hint(error, is_pattern ? "~ takes a regular expression of PostgreSQL's."
                                 : "Write a value of the column's type, or use ~ to search its text.");
    return true;
}

static void try_cursor(TALLOC_CTX *owner, struct connection *connection, const struct row_select *select,
                       struct error *error)
{
    for (size_t i = 0; i < select->order.count; i++) {
        const char *value = select->cursor.values[i];
        const char *sql = talloc_asprintf(owner, "SELECT $1::%s", select->order.columns[i]->base);
        if (value && try_value(owner, connection, sql, value)) {
            cursor_refuse(select->query->cursor, error);
            return;
        }
    }
}

void complaint_make(struct connection *connection, const struct row_select *select, struct error *error)
{
    if (!error_is_sqlstate(error, "22") || connection_state(connection) != STATE_IDLE)
        return;
    TALLOC_CTX *memory = talloc_new(NULL);
    bool is_explained = false;
    for (size_t i = 0; i < select->query->filter_count && !is_explained; i++)
        is_explained = try_filter(memory, connection, &select->query->filters[i], error);
    if (!is_explained && select->query->cursor)
        try_cursor(memory, connection, select, error);
    talloc_free(memory);
}
