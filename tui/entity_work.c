/* See entity_work.h. */
#include "tui/entity_work.h"

#include <unistd.h>

#include "migrate/models.h"
#include "store/entity/cursor.h"
#include "store/session.h"

/* ---- works ---- */

/* Rows must be read also where the models are wrong: then the catalog alone says what there is. */
static void read_model(struct task *task, const struct deck *deck, struct entity_catalog *catalog)
{
    struct error *error = error_new(catalog);
    struct models_options options = {.environment = deck->options.environment, .cancel = task_cancellation(task)};
    struct models *models = models_read(catalog, deck->settings, &options, error);
    if (models && models->model && model_check(models->model, error))
        catalog->model = models->model;
    if (error_is_set(error))
        catalog->model_problem = error->message;
}

bool entity_work_catalog(struct task *task, void *argument, struct error *error)
{
    struct entity_work *work = argument;
    struct entity_catalog *catalog = talloc_zero(task_memory(task), struct entity_catalog);
    read_model(task, work->deck, catalog);
    struct session *session = session_open(catalog, work->deck->pool, task_cancellation(task), error);
    if (!session)
        return false;
    catalog->items = entity_list(catalog, session->connection, catalog->model, &catalog->count, error);
    talloc_free(session); /* by the thread that used it */
    task_set_result(task, catalog);
    return catalog->items != NULL;
}

bool entity_work_open(struct task *task, void *argument, struct error *error)
{
    struct entity_work *work = argument;
    struct session *session = session_open(task_memory(task), work->deck->pool, task_cancellation(task), error);
    if (!session)
        return false;
    struct entity *entity =
        entity_open_table(task_memory(task), session->connection, work->model, work->schema, work->table, error);
    talloc_free(session);
    task_set_result(task, entity);
    return entity != NULL;
}

bool entity_work_page(struct task *task, void *argument, struct error *error)
{
    struct entity_work *work = argument;
    struct session *session = session_open(task_memory(task), work->deck->pool, task_cancellation(task), error);
    if (!session)
        return false;
    struct entity_page *page =
        entity_page_read(task_memory(task), session->connection, work->entity, &work->query, error);
    talloc_free(session);
    task_set_result(task, page);
    return page != NULL;
}

bool entity_work_change(struct task *task, void *argument, struct error *error)
{
    struct entity_work *work = argument;
    int attempts = (int)settings_number(work->deck->settings, SETTING_transaction_attempts);
    struct entity_written *written = talloc_zero(task_memory(task), struct entity_written);
    struct session *session = session_open(written, work->deck->pool, task_cancellation(task), error);
    if (!session)
        return false;
    struct session_facts *facts = session_test_connection(written, session, error);
    work->change.lock_timeout_ms = (int)settings_number(work->deck->settings, SETTING_lock_timeout);
    if (facts && work->change.mode == CHANGE_REHEARSED)
        written->outcome =
            entity_write(written, session->connection, work->model, work->entity, &work->change, attempts, error);
    else if (facts)
        written->outcome =
            entity_write_surely(written, session, work->model, work->entity, &work->change, attempts, error);
    written->database = facts ? facts->database : NULL;
    talloc_free(session);
    task_set_result(task, written);
    return written->outcome != NULL;
}

/* ---- starting ---- */

struct entity_work *entity_work_new(struct console *console, struct entity_hold *hold)
{
    struct entity_work *work = talloc_zero(NULL, struct entity_work);
    work->deck = console->deck;
    if (!hold)
        return work;
    work->model = hold->model;
    work->entity = hold->entity;
    if (!talloc_reference(work, hold))
        abort();
    return work;
}

void entity_work_set_query(struct entity_work *work, const struct entity_query *query)
{
    struct entity_filter *filters = talloc_zero_size(work, (query->filter_count + 1) * sizeof *filters);
    if (!filters)
        abort();
    for (size_t i = 0; i < query->filter_count; i++) {
        filters[i] = query->filters[i];
        filters[i].value = filters[i].value ? talloc_strdup(filters, filters[i].value) : NULL;
    }
    work->query = *query;
    work->query.filters = filters;
    work->query.cursor = query->cursor ? talloc_strdup(work, query->cursor) : NULL;
}

struct task *entity_work_start(struct console *console, struct entity_work *work, task_fn run, loop_end_fn on_end,
                               void *argument, struct error *error)
{
    struct task_options options = {.name = "rows", .run = run, .argument = work};
    struct task *task = loop_start(console->loop, &options, on_end, argument, error);
    if (task)
        loop_keep(console->loop, task, work);
    else
        talloc_free(work);
    return task;
}

/* ---- what came of it ---- */

struct entity_hold *entity_hold_new(TALLOC_CTX *owner, struct task *opened, struct task *catalog)
{
    struct entity_hold *hold = talloc_zero(owner, struct entity_hold);
    const struct entity_catalog *list = task_result(catalog);
    hold->model = list->model;
    hold->entity = task_result(talloc_steal(hold, opened));
    if (hold->entity->read_only)
        hold->refusal = talloc_asprintf(hold, "No row can be changed here: %s.", hold->entity->read_only);
    if (!talloc_reference(hold, catalog))
        abort();
    return hold;
}

bool entity_query_has_ties(const struct entity *entity, const struct entity_query *query)
{
    struct cursor_order order;
    struct error *ignored = error_new(NULL);
    bool has_ties = cursor_order_make(entity, query, &order, ignored) && order.has_ties;
    talloc_free(ignored);
    return has_ties;
}

char *entity_row_cursor(TALLOC_CTX *owner, const struct entity *entity, const struct entity_query *query,
                        const struct entity_row *row)
{
    struct cursor_order order;
    struct cursor cursor = {0};
    struct error *ignored = error_new(NULL);
    bool ok = cursor_order_make(entity, query, &order, ignored);
    talloc_free(ignored);
    for (size_t i = 0; ok && i < order.count; i++) /* they stand behind the columns and xmin */
        cursor.values[i] = result_cell(row->result, row->row, entity->column_count + 1 + i);
    return ok ? cursor_write(owner, &order, &cursor) : NULL;
}

const char *const *entity_row_key(TALLOC_CTX *owner, const struct entity *entity, const struct entity_row *row)
{
    const char **key = talloc_zero_size(owner, (entity->key_count + 1) * sizeof *key);
    if (!key)
        abort();
    for (size_t i = 0; i < entity->key_count; i++)
        key[i] = talloc_strdup(key, entity_cell(row, (size_t)(entity->key[i] - entity->columns)));
    return key;
}
