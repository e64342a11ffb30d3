/* What a removal takes along, by the relationships that the models declare: level by level, each relationship one
 * statement for all rows of a level. No foreign key is needed, and circles end where nothing new is met. */
#include <jansson.h>

#include "store/entity/writing.h"
#include "store/transaction.h"

struct queue {
    struct cascade_batch *items;
    size_t count;
};

static void push(struct writing *writing, struct queue *queue, const struct cascade_batch *batch)
{
    queue->items = talloc_realloc(writing->memory, queue->items, struct cascade_batch, (unsigned)queue->count + 1);
    queue->items[queue->count++] = *batch;
}

/* A list must not be empty: without a key it has a NULL in front, which walk_batch passes over. */
void cascade_add_columns(struct query_text *query, const struct entity *entity, unsigned bit)
{
    if (!entity->key_count)
        query_add(query, "NULL");
    for (size_t i = 0; i < entity->key_count; i++) {
        query_add(query, "%s", i ? ", " : "");
        query_add_column(query, entity->key[i]);
    }
    for (size_t i = 0; bit && i < entity->relationship_count; i++) {
        const struct entity_relationship *one = &entity->relationships[i];
        for (size_t j = 0; one->cascade & bit && j < one->column_count; j++) {
            query_add(query, ", ");
            query_add_column(query, entity_column_find(entity, one->here[j]));
        }
    }
}

/* The relationship's entity; opened once. */
static const struct entity *open_there(struct writing *writing, const struct entity_relationship *relationship,
                                       struct error *error)
{
    for (size_t i = 0; i < writing->opened_count; i++)
        if (!strcmp(writing->opened[i]->schema, relationship->schema) &&
            !strcmp(writing->opened[i]->table, relationship->table))
            return writing->opened[i];
    struct entity *entity = entity_open_table(writing->memory, writing->connection, writing->model,
                                              relationship->schema, relationship->table, error);
    if (!entity)
        return NULL;
    writing->opened =
        talloc_realloc(writing->memory, writing->opened, const struct entity *, (unsigned)writing->opened_count + 1);
    return writing->opened[writing->opened_count++] = entity;
}

/* ---- values as arrays ---- */

/* "numeric(5,2)" -> "numeric": a cast to the whole type would round. Quoted names stay as they are. */
static char *bare_type(TALLOC_CTX *owner, const char *type)
{
    if (!strncmp(type, "character(", 10) || !strcmp(type, "character"))
        return talloc_strdup(owner, "pg_catalog.bpchar");
    char *bare = talloc_strdup(owner, type);
    char *quote = strrchr(bare, '"'), *open = strchr(quote ? quote : bare, '('),
         *close = open ? strchr(open, ')') : NULL;
    if (close)
        memmove(open, close + 1, strlen(close + 1) + 1);
    return bare;
}

static bool leads_nowhere(const struct result *rows, size_t row, size_t first, size_t count)
{
    for (size_t i = first; i < first + count; i++)
        if (!result_cell(rows, row, i))
            return true;
    return false;
}

static char *put_element(char *end, const char *value)
{
    *end++ = '"';
    for (; *value; value++) {
        if (*value == '"' || *value == '\\')
            *end++ = '\\';
        *end++ = *value;
    }
    *end++ = '"';
    return end;
}

/* An array's text of one column of the rows; rows in which one of `count` columns from `first` is NULL lead nowhere. */
static char *column_array(TALLOC_CTX *owner, const struct result *rows, size_t first, size_t count, size_t column)
{
    size_t size = 3;
    for (size_t row = 0; row < result_row_count(rows); row++) {
        const char *value = result_cell(rows, row, column);
        size += 3 + (value ? 2 * strlen(value) : 0);
    }
    char *text = talloc_size(owner, size), *end = text;
    if (!text)
        abort();
    *end++ = '{';
    for (size_t row = 0; row < result_row_count(rows); row++) {
        if (leads_nowhere(rows, row, first, count))
            continue;
        if (end[-1] != '{')
            *end++ = ',';
        end = put_element(end, result_cell(rows, row, column));
    }
    memcpy(end, "}", 2);
    return text;
}

/* Adds " WHERE (there) IN (values here)". */
static bool add_behind(struct query_text *query, const struct entity *there, const struct entity_relationship *one,
                       const struct result *rows, size_t first, struct error *error)
{
    query_add(query, " WHERE (");
    for (size_t i = 0; i < one->column_count; i++) {
        const struct entity_column *column = entity_column_find(there, one->there[i]);
        if (!column)
            return error_set(error, ERROR_REFUSED, "%s has no column \"%s\", which the relationship %s leads to",
                             there->name, one->there[i], one->name);
        query_add(query, "%s", i ? ", " : "");
        query_add_column(query, column);
    }
    query_add(query, ") IN (SELECT * FROM ROWS FROM (");
    for (size_t i = 0; i < one->column_count; i++) {
        char *type = bare_type(query, entity_column_find(there, one->there[i])->type);
        query_add(query, "%spg_catalog.unnest(", i ? ", " : "");
        query_add_value(query, column_array(query, rows, first, one->column_count, first + i));
        query_add(query, "::%s[])", type);
    }
    query_add(query, "))");
    return true;
}

/* ---- walking ---- */

/* Makes the statement for the rows behind one relationship; NULL with no error set: there is nothing to do there. */
typedef struct query_text *(*behind_fn)(struct writing *writing, const struct entity *there,
                                        const struct entity_relationship *one, const struct result *rows, size_t first,
                                        const char *argument, struct error *error);

static bool walk_batch(struct writing *writing, struct queue *queue, const struct cascade_batch *batch, unsigned bit,
                       behind_fn behind, const char *argument, struct error *error)
{
    size_t first = batch->entity->key_count ? batch->entity->key_count : 1;
    for (size_t i = 0; i < batch->entity->relationship_count; i++) {
        const struct entity_relationship *one = &batch->entity->relationships[i];
        if (!(one->cascade & bit))
            continue;
        const struct entity *there = open_there(writing, one, error);
        struct query_text *query = there ? behind(writing, there, one, batch->rows, first, argument, error) : NULL;
        if (error_is_set(error))
            return false;
        first += one->column_count;
        struct result *rows = query ? writing_run(writing, query, error) : NULL;
        if (query && !rows)
            return false;
        if (rows && result_row_count(rows))
            push(writing, queue, &(struct cascade_batch){there, rows});
    }
    return true;
}

static bool walk(struct writing *writing, struct queue *queue, unsigned bit, behind_fn behind, const char *argument,
                 struct error *error)
{
    for (size_t at = 0; at < queue->count; at++) {
        struct cascade_batch batch = queue->items[at];
        if (result_row_count(batch.rows) && !walk_batch(writing, queue, &batch, bit, behind, argument, error))
            return false;
    }
    return true;
}

/* ---- marks ---- */

static struct query_text *mark_behind(struct writing *writing, const struct entity *there,
                                      const struct entity_relationship *one, const struct result *rows, size_t first,
                                      const char *argument UNUSED, struct error *error)
{
    if (!there->soft_delete)
        return NULL;
    struct query_text *query = query_text_new(writing->memory);
    query_add(query, "UPDATE %s SET ", there->qualified);
    writing_add_mark(query, there);
    if (!add_behind(query, there, one, rows, first, error))
        return NULL;
    writing_add_is_alive(query, there);
    query_add(query, " RETURNING ");
    cascade_add_columns(query, there, CASCADE_SOFT_DELETE);
    return query;
}

bool cascade_mark(struct writing *writing, const struct cascade_batch *from, struct error *error)
{
    struct queue queue = {0};
    push(writing, &queue, from);
    return walk(writing, &queue, CASCADE_SOFT_DELETE, mark_behind, NULL, error);
}

static struct query_text *restore_behind(struct writing *writing, const struct entity *there,
                                         const struct entity_relationship *one, const struct result *rows, size_t first,
                                         const char *time, struct error *error)
{
    if (!there->soft_delete || strcmp(there->soft_delete->base, writing->entity->soft_delete->base) != 0)
        return NULL;
    struct query_text *query = query_text_new(writing->memory);
    query_add(query, "UPDATE %s SET ", there->qualified);
    writing_add_no_mark(query, there);
    if (!add_behind(query, there, one, rows, first, error))
        return NULL;
    query_add(query, " AND ");
    query_add_comparison(query, there->soft_delete, "=", time);
    query_add(query, " RETURNING ");
    cascade_add_columns(query, there, CASCADE_SOFT_DELETE);
    return query;
}

bool cascade_restore(struct writing *writing, const struct cascade_batch *from, const char *time, struct error *error)
{
    struct queue queue = {0};
    push(writing, &queue, from);
    return walk(writing, &queue, CASCADE_SOFT_DELETE, restore_behind, time, error);
}

/* ---- deletion ---- */

/* Rows that are known, so that a circle ends. */
struct visited {
    json_t *keys; /* an object: "entity key" -> true */
};

static bool is_new(struct visited *visited, TALLOC_CTX *memory, const struct entity *entity, const struct result *rows,
                   size_t row)
{
    const char **values = talloc_zero_size(memory, (entity->key_count + 1) * sizeof *values);
    for (size_t i = 0; i < entity->key_count; i++)
        values[i] = result_cell(rows, row, i);
    char *text = entity_key_text(values, values, entity->key_count);
    char *key = talloc_asprintf(memory, "%lld %s", (long long)entity->oid, text);
    talloc_free(values);
    bool result = !json_object_get(visited->keys, key);
    if (result)
        json_object_set_new(visited->keys, key, json_true());
    talloc_free(key);
    return result;
}

static bool has_new(struct visited *visited, TALLOC_CTX *memory, const struct cascade_batch *batch)
{
    bool result = false;
    for (size_t row = 0; row < result_row_count(batch->rows); row++)
        result = is_new(visited, memory, batch->entity, batch->rows, row) || result;
    return result;
}

static struct query_text *select_behind(struct writing *writing, const struct entity *there,
                                        const struct entity_relationship *one, const struct result *rows, size_t first,
                                        const char *argument UNUSED, struct error *error)
{
    struct query_text *query = query_text_new(writing->memory);
    query_add(query, "SELECT ");
    cascade_add_columns(query, there, CASCADE_DELETE);
    query_add(query, " FROM %s", there->qualified);
    if (!add_behind(query, there, one, rows, first, error))
        return NULL;
    query_add(query, " FOR UPDATE");
    return query;
}

static bool delete_batch(struct writing *writing, const struct cascade_batch *batch, struct error *error)
{
    const struct entity *entity = batch->entity;
    struct query_text *query = query_text_new(writing->memory);
    query_add(query, "DELETE FROM %s WHERE (", entity->qualified);
    for (size_t i = 0; i < entity->key_count; i++) {
        query_add(query, "%s", i ? ", " : "");
        query_add_column(query, entity->key[i]);
    }
    query_add(query, ") IN (SELECT * FROM ROWS FROM (");
    for (size_t i = 0; i < entity->key_count; i++) {
        query_add(query, "%spg_catalog.unnest(", i ? ", " : "");
        query_add_value(query, column_array(query, batch->rows, 0, entity->key_count, i));
        query_add(query, "::%s[])", bare_type(query, entity->key[i]->type));
    }
    query_add(query, "))");
    return writing_run(writing, query, error) != NULL;
}

struct deletion {
    struct writing *writing;
    const struct cascade_batch *batch;
};

static bool run_deletion(struct connection *connection UNUSED, void *argument, struct error *error)
{
    struct deletion *deletion = argument;
    size_t known = deletion->writing->statement_count;
    bool ok = delete_batch(deletion->writing, deletion->batch, error);
    if (!ok)
        deletion->writing->statement_count = known; /* what did not happen is not told */
    return ok;
}

/* One round over the batches that are left; *left gets how many remain, error why. False: not for a foreign key. */
static bool delete_round(struct writing *writing, struct queue *queue, size_t *left, struct error *error)
{
    size_t kept = 1;
    for (size_t i = *left; i >= 1; i--) {
        struct deletion deletion = {writing, &queue->items[i]};
        struct error *refusal = error_new(writing->memory);
        if (transaction_savepoint(writing->connection, run_deletion, &deletion, refusal)) {
            queue->items[i].entity = NULL;
            continue;
        }
        error_copy(error, refusal);
        if (!error_is_sqlstate(refusal, "23503") && !error_is_sqlstate(refusal, "23001"))
            return false;
    }
    for (size_t i = 1; i <= *left; i++)
        if (queue->items[i].entity)
            queue->items[kept++] = queue->items[i];
    *left = kept - 1;
    return true;
}

/* The farthest first; a row that several ways lead to may be farther than it was found: what a foreign key still holds
 * comes again after the rest, as long as that helps. The first batch is the row itself: it is left. */
static bool delete_batches(struct writing *writing, struct queue *queue, struct error *error)
{
    for (size_t left = queue->count - 1, before; left;) {
        before = left;
        if (!delete_round(writing, queue, &left, error) || left == before)
            return false;
        error_clear(error);
    }
    return true;
}

bool cascade_delete(struct writing *writing, const struct cascade_batch *from, struct error *error)
{
    struct queue queue = {0};
    struct visited visited = {json_object()};
    bool ok = true;
    push(writing, &queue, from);
    has_new(&visited, writing->memory, from);
    for (size_t at = 0; at < queue.count && ok; at++) {
        struct cascade_batch batch = queue.items[at];
        size_t known = queue.count;
        ok = walk_batch(writing, &queue, &batch, CASCADE_DELETE, select_behind, NULL, error);
        for (size_t i = known; i < queue.count && ok;) {
            if (has_new(&visited, writing->memory, &queue.items[i]))
                i++;
            else
                queue.items[i] = queue.items[--queue.count];
        }
    }
    ok = ok && delete_batches(writing, &queue, error);
    json_decref(visited.keys);
    return ok;
}
