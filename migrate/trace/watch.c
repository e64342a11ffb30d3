/* See watch.h. */
#include "migrate/trace/watch.h"

#include <stdatomic.h>

#include "store/task.h"
#include "store/transaction.h"

extern const char sql_trace_locks[];

struct trace_watch {
    TALLOC_CTX *memory; /* a root of its own: the other thread's */
    struct connection *connection;
    char pid[12];
    atomic_bool is_over;
    struct task *task;
    struct trace_sighting *sightings;
    size_t count;
};

struct row {
    int64_t id;
    const char *mode;
    bool granted;
};
static const struct column row_columns[] = {COLUMN(struct row, id), COLUMN(struct row, mode),
                                            COLUMN(struct row, granted)};

static void sight(struct trace_watch *watch, const struct row *row)
{
    enum lock_mode mode = lock_mode_parse(row->mode);
    for (size_t i = 0; i < watch->count; i++) {
        struct trace_sighting *known = &watch->sightings[i];
        if (known->id != row->id)
            continue;
        known->mode = mode > known->mode ? mode : known->mode;
        return;
    }
    watch->sightings =
        talloc_realloc(watch->memory, watch->sightings, struct trace_sighting, (unsigned)watch->count + 1);
    watch->sightings[watch->count++] = (struct trace_sighting){row->id, mode};
}

/* Whether somebody was seen waiting. */
static bool look(struct trace_watch *watch, bool *waits, struct error *error)
{
    TALLOC_CTX *memory = talloc_new(watch->memory);
    struct result *result = connection_query(memory, watch->connection, PARAMETERS(watch->pid), error, sql_trace_locks);
    size_t count = 0;
    const struct row *rows =
        result ? result_bind(result, row_columns, countof(row_columns), sizeof *rows, &count, error) : NULL;
    *waits = false;
    for (size_t i = 0; i < count; i++) {
        sight(watch, &rows[i]);
        *waits = *waits || !rows[i].granted;
    }
    talloc_free(memory);
    return rows;
}

/* Whatever happens, the tables are let go. */
static bool work(struct task *task UNUSED, void *argument, struct error *error)
{
    struct trace_watch *watch = argument;
    bool waits = false, ok = true;
    while (ok && !atomic_load(&watch->is_over)) {
        ok = look(watch, &waits, error);
        if (!ok || waits)
            transaction_rollback(watch->connection);
    }
    transaction_rollback(watch->connection);
    return ok;
}

/* Nothing is lost but certainty where it is refused. */
static void hold(struct trace_watch *watch, const struct trace_relations *tables)
{
    struct error *ignored = error_new(watch->memory);
    char *sql = NULL;
    for (size_t i = 0; i < tables->count; i++)
        if (tables->items[i].kind[0] == 'r' || tables->items[i].kind[0] == 'p')
            sql = sql ? talloc_asprintf_append_buffer(sql, ", ONLY %s", tables->items[i].relation)
                      : talloc_asprintf(ignored, "LOCK TABLE ONLY %s", tables->items[i].relation);
    if (sql && transaction_begin(watch->connection, TRANSACTION_READ_WRITE, ignored)) {
        sql = talloc_strdup_append_buffer(sql, " IN SHARE ROW EXCLUSIVE MODE NOWAIT");
        if (!connection_execute(watch->connection, NO_PARAMETERS, ignored, sql))
            transaction_rollback(watch->connection);
    }
    talloc_free(ignored);
}

static int end(struct trace_watch *watch)
{
    size_t count;
    (void)watch_stop(watch, &count);
    talloc_free(watch->memory);
    return 0;
}

struct trace_watch *watch_start(TALLOC_CTX *owner, struct scratch_database *database, int pid,
                                const struct trace_relations *tables, struct error *error)
{
    struct trace_watch *watch = talloc_zero(owner, struct trace_watch);
    watch->memory = talloc_new(NULL);
    snprintf(watch->pid, sizeof watch->pid, "%d", pid);
    talloc_set_destructor(watch, end);
    watch->connection = scratch_connect(watch->memory, database, SCRATCH_OWNER, NULL, error);
    if (watch->connection) {
        const struct task_options options = {.name = "locks", .run = work, .argument = watch};
        hold(watch, tables);
        watch->task = task_start(watch, &options, error);
    }
    if (watch->task)
        return watch;
    talloc_free(watch);
    return NULL;
}

const struct trace_sighting *watch_stop(struct trace_watch *watch, size_t *count)
{
    struct error *ignored = error_new(NULL);
    atomic_store(&watch->is_over, true);
    if (watch->task)
        (void)!task_finish(watch->task, ignored);
    TALLOC_FREE(watch->task);
    TALLOC_FREE(watch->connection);
    talloc_free(ignored);
    *count = watch->count;
    return watch->sightings;
}
