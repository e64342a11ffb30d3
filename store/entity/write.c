/* See write.h. Here: the one row, the transaction, and what is told of it. What goes along is in cascade.c. */
#include "store/entity/write.h"

#include "store/entity/writing.h"
#include "store/sql.h"
#include "store/transaction.h"

extern const char sql_entity_effects[];

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

static const char *const *key_of(TALLOC_CTX *owner, const struct entity *entity, const struct result *result)
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

/* ---- the whole ---- */

struct attempt {
    struct writing *writing;
    struct entity_outcome *outcome;
};

/* The session's counters: they hold what earlier transactions did, too, until the server has passed it on. */
static struct entity_effect *read_counters(struct attempt *attempt, size_t *count, struct error *error)
{
    static const struct column columns[] = {
        COLUMN(struct entity_effect, schema),   COLUMN(struct entity_effect, table),
        COLUMN(struct entity_effect, inserted), COLUMN(struct entity_effect, updated),
        COLUMN(struct entity_effect, deleted),  COLUMN(struct entity_effect, root),
    };
    struct result *result =
        connection_query(attempt->outcome, attempt->writing->connection, NO_PARAMETERS, error, sql_entity_effects);
    return result ? result_bind(result, columns, countof(columns), sizeof(struct entity_effect), count, error) : NULL;
}

static void subtract(struct entity_effect *effect, const struct entity_effect *before, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(before[i].schema, effect->schema) != 0 || strcmp(before[i].table, effect->table) != 0)
            continue;
        effect->inserted -= before[i].inserted;
        effect->updated -= before[i].updated;
        effect->deleted -= before[i].deleted;
    }
}

static bool read_effects(struct attempt *attempt, const struct entity_effect *before, size_t before_count,
                         struct error *error)
{
    size_t count = 0, kept = 0;
    struct entity_effect *effects = read_counters(attempt, &count, error);
    for (size_t i = 0; effects && i < count; i++) {
        subtract(&effects[i], before, before_count);
        if (effects[i].inserted || effects[i].updated || effects[i].deleted)
            effects[kept++] = effects[i];
    }
    attempt->outcome->effects = effects;
    attempt->outcome->effect_count = kept;
    return effects != NULL;
}

/* Of all partitions of a whole, so that a row that moves is none that is lost. */
static int64_t net_deleted(const struct entity_outcome *outcome, const struct entity_effect *effect)
{
    int64_t deleted = 0;
    for (size_t i = 0; effect->root && i < outcome->effect_count; i++) {
        const struct entity_effect *other = &outcome->effects[i];
        if (other->root && !strcmp(other->root, effect->root))
            deleted += other->deleted - other->inserted;
    }
    return effect->root ? deleted : effect->deleted;
}

bool entity_outcome_loses_rows(const struct entity_outcome *outcome, const struct entity_change *change)
{
    if (change->what == WRITE_DELETE)
        return true;
    for (size_t i = 0; i < outcome->effect_count; i++)
        if (net_deleted(outcome, &outcome->effects[i]) > 0)
            return true;
    return false;
}

static bool limit_waiting(struct attempt *attempt, struct error *error)
{
    int timeout_ms = attempt->writing->change->lock_timeout_ms;
    const char *text = talloc_asprintf(attempt->writing->memory, "%d", timeout_ms);
    return !timeout_ms || connection_execute(attempt->writing->connection, PARAMETERS(text), error,
                                             "SELECT pg_catalog.set_config('lock_timeout', $1, true)");
}

/* What can be asked for when COMMIT stays unanswered. */
static bool read_transaction(struct attempt *attempt, struct error *error)
{
    struct result *result = connection_query(attempt->outcome, attempt->writing->connection, NO_PARAMETERS, error,
                                             "SELECT pg_catalog.txid_current_if_assigned()");
    attempt->outcome->transaction = result ? result_value(result) : NULL;
    return result != NULL;
}

/* May run again: what an attempt before has left is thrown away. */
static bool work(struct connection *connection UNUSED, void *argument, struct error *error)
{
    static bool (*const works[])(struct writing *, struct result **, struct error *) = {
        [WRITE_ADD] = add,           [WRITE_EDIT] = edit,       [WRITE_REMOVE] = mark,
        [WRITE_DELETE] = delete_row, [WRITE_RESTORE] = restore,
    };
    struct attempt *attempt = argument;
    struct writing *writing = attempt->writing;
    struct result *result = NULL;
    size_t count = 0;
    talloc_free_children(writing->memory);
    writing->opened = NULL;
    writing->statements = NULL;
    writing->opened_count = writing->statement_count = 0;
    const struct entity_effect *before = limit_waiting(attempt, error) ? read_counters(attempt, &count, error) : NULL;
    if (!before || !works[writing->change->what](writing, &result, error) ||
        !read_effects(attempt, before, count, error) || !read_transaction(attempt, error))
        return false;
    attempt->outcome->key = key_of(attempt->outcome, writing->entity, result);
    return true;
}

static bool rehearse(struct attempt *attempt, struct error *error)
{
    struct connection *connection = attempt->writing->connection;
    bool ok = transaction_begin(connection, TRANSACTION_READ_WRITE, error) && work(connection, attempt, error);
    transaction_rollback(connection);
    return ok;
}

static bool check(const struct entity *entity, const struct entity_change *change, struct error *error)
{
    if (entity->read_only)
        return error_set(error, ERROR_REFUSED, "%s cannot be changed: %s", entity->name, entity->read_only);
    if (change->what == WRITE_EDIT && !change->value_count)
        return error_set(error, ERROR_USAGE, "there is nothing to change in %s", entity->name);
    if ((change->what == WRITE_REMOVE || change->what == WRITE_RESTORE) && !entity->soft_delete) {
        error_set(error, ERROR_REFUSED, "%s has no column that marks deleted rows", entity->name);
        return error_hint(error, change->what == WRITE_REMOVE ? "--hard deletes the row itself."
                                                              : "A row that was deleted there is gone.");
    }
    return true;
}

static bool run_transaction(struct attempt *attempt, int attempts, struct error *error)
{
    struct writing *writing = attempt->writing;
    const struct transaction_options options = {.mode = TRANSACTION_READ_WRITE, .attempts = attempts};
    if (writing->change->mode == CHANGE_REHEARSED)
        return rehearse(attempt, error);
    if (transaction_run(writing->connection, &options, work, attempt, error))
        return true;
    if (error->code == ERROR_UNKNOWN_OUTCOME)
        error_hint(error, "Look at the row before you do it again: the change was made, or it was not.");
    else if (error->is_connection_lost)
        error_hint(error, "It was lost before COMMIT was sent: nothing was changed.");
    return false;
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

bool writing_carry_out(struct entity_outcome *outcome, struct connection *connection, const struct model *model,
                       const struct entity *entity, const struct entity_change *change, int attempts,
                       struct error *error)
{
    if (!check(entity, change, error))
        return false;
    struct writing writing = {
        .memory = talloc_new(outcome), .connection = connection, .model = model, .entity = entity, .change = change};
    struct attempt attempt = {&writing, outcome};
    bool ok = run_transaction(&attempt, attempts, error);
    outcome->statements = writing.statements;
    return ok;
}

/* Committed: that the row cannot be read again takes nothing back. */
void writing_refresh(struct entity_outcome *outcome, struct connection *connection, const struct entity *entity,
                     const struct entity_change *change)
{
    struct error *ignored = error_new(outcome);
    if (change->mode == CHANGE_FOR_REAL &&
        !entity_get(outcome, connection, entity, outcome->key, &outcome->row, ignored))
        outcome->row = (struct entity_row){0};
}

struct entity_outcome *entity_write(TALLOC_CTX *owner, struct connection *connection, const struct model *model,
                                    const struct entity *entity, const struct entity_change *change, int attempts,
                                    struct error *error)
{
    struct entity_outcome *outcome = talloc_zero(owner, struct entity_outcome);
    if (!writing_carry_out(outcome, connection, model, entity, change, attempts, error)) {
        talloc_free(outcome);
        return NULL;
    }
    writing_refresh(outcome, connection, entity, change);
    return outcome;
}

bool entity_get(TALLOC_CTX *owner, struct connection *connection, const struct entity *entity, const char *const *key,
                struct entity_row *row, struct error *error)
{
    struct entity_filter *filters = talloc_zero_size(owner, (entity->key_count + 1) * sizeof *filters);
    if (!filters)
        abort();
    for (size_t i = 0; i < entity->key_count; i++)
        filters[i] = (struct entity_filter){entity->key[i], FILTER_EQUAL, key[i]};
    const struct entity_query query = {
        .filters = filters, .filter_count = entity->key_count, .deleted = DELETED_SHOWN, .limit = 1};
    struct entity_page *page = entity_page_read(owner, connection, entity, &query, error);
    if (page && page->count)
        *row = page->rows[0];
    talloc_free(filters);
    return page != NULL;
}
