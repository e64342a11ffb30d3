/* The statements of a write that concern the one row, and why one of them met none. See writing.h. */
#include "store/entity/writing.h"
#include "store/sql.h"

/* ---- statements ---- */

/* The statement with its values in place, for a person to read. */
static char *spelled(TALLOC_CTX *owner, const struct query_text *query)
{
    char *text = talloc_strdup(owner, "");
    bool is_quoted = false; /* in a name, which may hold a $ */
    for (const char *at = query->sql; *at; at++) {
        is_quoted ^= *at == '"';
        char *end;
        unsigned long number = *at == '$' && !is_quoted ? strtoul(at + 1, &end, 10) : 0;
        if (!number || number > (unsigned long)query->count) {
            text = talloc_strndup_append_buffer(text, at, 1);
            continue;
        }
        const char *value = query->values[number - 1];
        char *literal = value ? sql_literal(owner, value) : NULL;
        text = talloc_strdup_append_buffer(text, literal ? literal : "NULL");
        talloc_free(literal);
        at = end - 1;
    }
    return text;
}

struct result *writing_run(struct writing *writing, const struct query_text *query, struct error *error)
{
    const char **all =
        talloc_realloc(writing->memory, writing->statements, const char *, (unsigned)writing->statement_count + 2);
    writing->statements = all;
    all[writing->statement_count++] = spelled(all, query);
    all[writing->statement_count] = NULL;
    return connection_query(writing->memory, writing->connection, query_parameters(query), error, query->sql);
}

void writing_add_key(struct query_text *query, const struct entity *entity, const char *const *key)
{
    for (size_t i = 0; i < entity->key_count; i++) {
        query_add(query, "%s", i ? " AND " : " WHERE ");
        query_add_comparison(query, entity->key[i], "=", key[i]);
    }
}

void writing_add_mark(struct query_text *query, const struct entity *entity)
{
    query_add_column(query, entity->soft_delete);
    query_add(query, entity->soft_delete_kind == SOFT_DELETE_FLAG ? " = true" : " = pg_catalog.now()");
}

void writing_add_no_mark(struct query_text *query, const struct entity *entity)
{
    query_add_column(query, entity->soft_delete);
    query_add(query, entity->soft_delete_kind == SOFT_DELETE_FLAG ? " = false" : " = NULL");
}

void writing_add_is_alive(struct query_text *query, const struct entity *entity)
{
    query_add(query, " AND ");
    query_add_column(query, entity->soft_delete);
    query_add(query, entity->soft_delete_kind == SOFT_DELETE_FLAG ? " IS NOT TRUE" : " IS NULL");
}

void writing_add_is_deleted(struct query_text *query, const struct entity *entity)
{
    query_add(query, " AND ");
    query_add_column(query, entity->soft_delete);
    query_add(query, entity->soft_delete_kind == SOFT_DELETE_FLAG ? " IS TRUE" : " IS NOT NULL");
}

static void add_version(struct query_text *query, const struct entity_change *change)
{
    if (!change->version)
        return;
    query_add(query, " AND xmin::pg_catalog.text = ");
    query_add_value(query, change->version);
}

/* ---- one row ---- */

const char *const *writing_key_of(TALLOC_CTX *owner, const struct entity *entity, const struct result *result)
{
    const char **key = talloc_zero_size(owner, (entity->key_count + 1) * sizeof *key);
    if (!key)
        abort();
    for (size_t i = 0; i < entity->key_count; i++)
        key[i] = talloc_strdup(key, result_cell(result, 0, i));
    return key;
}

static bool is_marked(const struct entity *entity, const struct entity_row *row)
{
    const struct entity_column *mark = entity->soft_delete;
    const char *value = mark ? entity_cell(row, (size_t)(mark - entity->columns)) : NULL;
    return value && (entity->soft_delete_kind == SOFT_DELETE_TIME || *value == 't');
}

/* The row is there, and as it was read. */
static bool explain_present_row(const struct writing *writing, const struct entity_row *row, const char *key,
                                struct error *error)
{
    const struct entity *entity = writing->entity;
    enum entity_write what = writing->change->what;
    if (what == WRITE_REMOVE && is_marked(entity, row)) {
        error_set(error, ERROR_STALE_PLAN, "%s %s is marked as deleted already", entity->name, key);
        return error_hint(error, "\"pgdeck restore\" takes the mark back, --hard deletes the row.");
    }
    if (what == WRITE_RESTORE && !is_marked(entity, row)) {
        error_set(error, ERROR_STALE_PLAN, "%s %s is not marked as deleted", entity->name, key);
        return error_hint(error, "There is nothing to restore.");
    }
    error_set(error, ERROR_REFUSED, "the server leaves %s %s as it is", entity->name, key);
    return error_hint(error, "A trigger, a rule or a policy of the table keeps the row.");
}

/* Why a statement met no row: each has its own way out. */
static bool explain_no_row(struct writing *writing, struct error *error)
{
    const struct entity *entity = writing->entity;
    const struct entity_change *change = writing->change;
    struct entity_row row = {0};
    if (change->what == WRITE_ADD) {
        error_set(error, ERROR_REFUSED, "the server adds no row to %s", entity->name);
        return error_hint(error, "A trigger or a rule of the table keeps it away.");
    }
    if (!entity_get(writing->memory, writing->connection, entity, change->key, &row, error))
        return false;
    const char *key = entity_key_text(writing->memory, change->key, entity->key_count);
    const char *now = row.result ? entity_row_version(entity, &row) : NULL;
    if (!row.result) {
        error_set(error, ERROR_STALE_PLAN, "%s %s is not there", entity->name, key);
        return error_hint(error, "It was deleted, or never was; nothing was changed.");
    }
    if (change->version && now && strcmp(now, change->version) != 0) {
        error_set(error, ERROR_STALE_PLAN, "%s %s was changed by somebody else since it was read", entity->name, key);
        return error_hint(error, "Nothing was changed. Read it again, and decide anew.");
    }
    return explain_present_row(writing, &row, key, error);
}

/* Runs what must meet exactly the one row. */
static struct result *run_on_row(struct writing *writing, const struct query_text *query, struct error *error)
{
    struct result *result = writing_run(writing, query, error);
    if (!result)
        return NULL;
    if (result_row_count(result) == 1)
        return result;
    if (result_row_count(result) == 0)
        explain_no_row(writing, error);
    else
        error_set(error, ERROR_REFUSED, "%zu rows of %s have this key", result_row_count(result),
                  writing->entity->name);
    return NULL;
}

static const struct entity_value *value_of(const struct entity_change *change, const struct entity_column *column)
{
    for (size_t i = 0; i < change->value_count; i++)
        if (change->values[i].column == column)
            return &change->values[i];
    return NULL;
}

static void add_given(struct query_text *query, const struct entity_value *value)
{
    if (value->source == VALUE_DEFAULT)
        query_add(query, "DEFAULT");
    else
        query_add_value(query, value->text);
}

static bool add(struct writing *writing, struct result **result, struct error *error)
{
    const struct entity *entity = writing->entity;
    struct query_text *query = query_text_new(writing->memory), *values = query_text_new(writing->memory);
    struct entity_change change = *writing->change;
    size_t count = 0;
    if (!entity_change_generate(writing->memory, entity, &change, error))
        return false;
    query_add(query, "INSERT INTO %s (", entity->qualified);
    for (size_t i = 0; i < entity->column_count; i++) {
        const struct entity_column *column = &entity->columns[i];
        const struct entity_value *given = value_of(&change, column);
        if (!given)
            continue;
        query_add(query, "%s", count ? ", " : "");
        query_add_column(query, column);
        query_add(values, "%s", count++ ? ", " : "");
        add_given(values, given);
    }
    if (count) {
        query_add(query, ") VALUES (%s) RETURNING ", values->sql);
        query->values = values->values;
        query->count = values->count;
    } else {
        query->sql = talloc_asprintf(query, "INSERT INTO %s DEFAULT VALUES RETURNING ", entity->qualified);
    }
    cascade_add_columns(query, entity, 0);
    *result = run_on_row(writing, query, error);
    return *result != NULL;
}

static bool edit(struct writing *writing, struct result **result, struct error *error)
{
    struct query_text *query = query_text_new(writing->memory);
    query_add(query, "UPDATE %s SET ", writing->entity->qualified);
    for (size_t i = 0; i < writing->change->value_count; i++) {
        query_add(query, "%s", i ? ", " : "");
        query_add_column(query, writing->change->values[i].column);
        query_add(query, " = ");
        add_given(query, &writing->change->values[i]);
    }
    writing_add_key(query, writing->entity, writing->change->key);
    add_version(query, writing->change);
    query_add(query, " RETURNING ");
    cascade_add_columns(query, writing->entity, 0);
    *result = run_on_row(writing, query, error);
    return *result != NULL;
}

static bool mark(struct writing *writing, struct result **result, struct error *error)
{
    struct query_text *query = query_text_new(writing->memory);
    query_add(query, "UPDATE %s SET ", writing->entity->qualified);
    writing_add_mark(query, writing->entity);
    writing_add_key(query, writing->entity, writing->change->key);
    writing_add_is_alive(query, writing->entity);
    add_version(query, writing->change);
    query_add(query, " RETURNING ");
    cascade_add_columns(query, writing->entity, CASCADE_SOFT_DELETE);
    *result = run_on_row(writing, query, error);
    return *result && cascade_mark(writing, &(struct cascade_batch){writing->entity, *result}, error);
}

/* The time at which it was deleted tells what went with it. */
static bool read_mark(struct writing *writing, const char **time, struct error *error)
{
    const struct entity *entity = writing->entity;
    struct query_text *query = query_text_new(writing->memory);
    query_add(query, "SELECT ");
    query_add_column(query, entity->soft_delete);
    query_add(query, " FROM %s", entity->qualified);
    writing_add_key(query, entity, writing->change->key);
    writing_add_is_deleted(query, entity);
    add_version(query, writing->change);
    query_add(query, " FOR UPDATE");
    struct result *result = run_on_row(writing, query, error);
    bool is_moment = !strncmp(entity->soft_delete->base, "timestamp", 9); /* a day may have had more than one removal */
    *time = result && is_moment ? result_value(result) : NULL;
    return result != NULL;
}

static bool restore(struct writing *writing, struct result **result, struct error *error)
{
    const char *time;
    if (!read_mark(writing, &time, error))
        return false;
    struct query_text *query = query_text_new(writing->memory);
    query_add(query, "UPDATE %s SET ", writing->entity->qualified);
    writing_add_no_mark(query, writing->entity);
    writing_add_key(query, writing->entity, writing->change->key);
    query_add(query, " RETURNING ");
    cascade_add_columns(query, writing->entity, CASCADE_SOFT_DELETE);
    *result = run_on_row(writing, query, error);
    return *result &&
           (!time || cascade_restore(writing, &(struct cascade_batch){writing->entity, *result}, time, error));
}

static bool delete_row(struct writing *writing, struct result **result, struct error *error)
{
    const struct entity *entity = writing->entity;
    struct query_text *query = query_text_new(writing->memory), *last = query_text_new(writing->memory);
    query_add(query, "SELECT ");
    cascade_add_columns(query, entity, CASCADE_DELETE);
    query_add(query, " FROM %s", entity->qualified);
    writing_add_key(query, entity, writing->change->key);
    add_version(query, writing->change);
    query_add(query, " FOR UPDATE");
    *result = run_on_row(writing, query, error);
    if (!*result || !cascade_delete(writing, &(struct cascade_batch){entity, *result}, error))
        return false;
    query_add(last, "DELETE FROM %s", entity->qualified);
    writing_add_key(last, entity, writing->change->key);
    struct result *gone = writing_run(writing, last, error);
    return gone && (result_affected(gone) > 0 || explain_no_row(writing, error));
}

bool entity_change_generate(TALLOC_CTX *owner, const struct entity *entity, struct entity_change *change,
                            struct error *error)
{
    struct entity_value *values =
        talloc_zero_size(owner, (change->value_count + entity->column_count + 1) * sizeof *values);
    size_t count = change->value_count;
    if (!values)
        abort();
    for (size_t i = 0; i < count; i++)
        values[i] = change->values[i];
    for (size_t i = 0; i < entity->column_count; i++) {
        const struct entity_column *column = &entity->columns[i];
        int64_t id;
        if (column->generate != GENERATE_SNOWFLAKE || !change->snowflake || value_of(change, column))
            continue;
        if (!snowflake_next(change->snowflake, &id, error))
            return false;
        values[count++] =
            (struct entity_value){.column = column, .text = talloc_asprintf(values, "%lld", (long long)id)};
    }
    change->values = values;
    change->value_count = count;
    return true;
}

bool writing_row(struct writing *writing, struct result **result, struct error *error)
{
    static bool (*const works[])(struct writing *, struct result **, struct error *) = {
        [WRITE_ADD] = add,           [WRITE_EDIT] = edit,       [WRITE_REMOVE] = mark,
        [WRITE_DELETE] = delete_row, [WRITE_RESTORE] = restore,
    };
    return works[writing->change->what](writing, result, error);
}
