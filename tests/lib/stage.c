/* See stage.h. */
#include "tests/lib/stage.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

static const char *const event_names[] = {
    [APPLY_CONNECTING] = "connecting", [APPLY_WAITING] = "waiting",     [APPLY_RUN_STARTED] = "run",
    [APPLY_FILE_STARTED] = "file",     [APPLY_STATEMENT] = "statement", [APPLY_STATEMENT_DONE] = "done",
    [APPLY_COMMITTING] = "committing", [APPLY_FILE_DONE] = "applied",   [APPLY_FILE_FAILED] = "failed",
    [APPLY_NOTICE] = "notice",         [APPLY_WARNING] = "warning",     [APPLY_CANCELLING] = "cancelling",
    [APPLY_BLOCKED] = "blocked",       [APPLY_QUEUE] = "queue",         [APPLY_BREAKER] = "breaker",
    [APPLY_RETRYING] = "retrying",
};

static int drop_database(struct stage *stage)
{
    TALLOC_FREE(stage->oracle);
    if (test_server_pid(stage->server))
        test_server_drop_database(stage->server, stage->database);
    return 0;
}

struct stage *stage_new(TALLOC_CTX *owner, struct test_server *server)
{
    static int number; /* names of databases: one server serves many stages */
    struct stage *stage = talloc_zero(owner, struct stage);
    stage->server = server;
    stage->role = "postgres";
    stage->database = talloc_asprintf(stage, "stage%d", ++number);
    test_server_create_database(server, stage->database);
    talloc_set_destructor(stage, drop_database);
    stage->oracle = oracle_open(stage, server, stage->database);
    stage->project = test_directory(stage);
    stage->error = error_new(stage);
    stage->events = talloc_strdup(stage, "");
    STAGE_SETTINGS(stage, "person=tester");
    return stage;
}

static void give_up(const struct stage *stage, const char *what)
{
    const struct error *error = stage->error;
    fail_msg("%s: %s (%s, %s:%d) hint: %s", what, error->message ? error->message : "?", error_kind(error->code)->name,
             error->file ? error->file : "-", error->line, error->hint ? error->hint : "-");
}

void stage_settings(struct stage *stage, const char *const *options)
{
    static const char *const environment[] = {NULL};
    struct settings_input input = {.directory = stage->project, .environment = environment, .options = options};
    stage->settings = settings_load(stage, &input, stage->error);
    if (!stage->settings)
        give_up(stage, "settings");
}

void stage_write(struct stage *stage, const char *name, const char *text)
{
    char *path = talloc_asprintf(stage, "migrations/%s", name);
    test_write(stage->project, path, text);
    talloc_free(path);
}

static const struct target *find_target(struct stage *stage)
{
    const char *text = talloc_asprintf(stage, "host=%s port=5432 user=%s dbname=%s", test_server_host(stage->server),
                                       stage->role, stage->database);
    stage->target = target_parse(stage, text, stage->error);
    if (!stage->target)
        give_up(stage, "target");
    return stage->target;
}

struct connection *stage_connect(struct stage *stage)
{
    struct connection_options options = {.application_name = "stage", .connect_timeout_ms = 10000};
    struct connection *connection = connection_open(stage, find_target(stage), &options, stage->error);
    /* As every session of the pool has it. */
    if (!connection || !connection_execute(connection, NO_PARAMETERS, stage->error, "SET DateStyle = ISO"))
        give_up(stage, "connection");
    return connection;
}

struct status *stage_status(struct stage *stage)
{
    error_clear(stage->error);
    stage->directory = directory_read(stage, stage->settings, stage->error);
    if (!stage->directory)
        return NULL;
    struct connection *connection = stage_connect(stage);
    struct status *status = status_read(stage, connection, stage->directory, stage->settings, stage->error);
    talloc_free(connection);
    return status;
}

const char *stage_state(struct stage *stage, int64_t number)
{
    struct status *status = stage_status(stage);
    if (!status)
        give_up(stage, "status");
    const struct migration *migration = status_find(status, number);
    return migration ? migration_state_name(migration->state) : "none";
}

bool stage_plan(struct stage *stage)
{
    struct plan_target target;
    struct status *status = stage_status(stage);
    if (!status)
        return false;
    struct connection *connection = stage_connect(stage);
    bool ok = plan_read_target(stage, connection, &target, stage->error);
    talloc_free(connection);
    stage->plan = ok ? plan_build(stage, status, stage->settings, &target, &stage->selection, stage->error) : NULL;
    return stage->plan != NULL;
}

static void hear(void *listener, const struct apply_event *event)
{
    struct stage *stage = listener;
    if (stage->on_event)
        stage->on_event(stage, event);
    stage->events = talloc_asprintf_append(stage->events, "%s", event_names[event->kind]);
    if (*event->version)
        stage->events = talloc_asprintf_append(stage->events, " %s", event->version);
    if (event->statement > 0)
        stage->events = talloc_asprintf_append(stage->events, " %d", event->statement);
    stage->events = talloc_asprintf_append(stage->events, "%s%s\n", *event->text ? " " : "", event->text);
}

bool stage_run(struct stage *stage)
{
    struct apply_options options = {
        .target = find_target(stage),
        .settings = stage->settings,
        .cancel = stage->cancel,
        .mode = stage->mode,
        .strictness = stage->strictness,
        .selection = stage->selection,
        .application = "pgdeck test",
        .person = settings_text(stage->settings, SETTING_person),
        .host = "stage",
        .on_event = hear,
        .listener = stage,
    };
    error_clear(stage->error);
    talloc_free(stage->events);
    stage->events = talloc_strdup(stage, "");
    bool ok = apply_run(stage, stage->plan, &options, &stage->result, stage->error);
    assert_int_equal(ok, !error_is_set(stage->error));
    return ok;
}

void stage_apply(struct stage *stage)
{
    if (!stage_plan(stage) || !stage_run(stage))
        give_up(stage, "apply");
}

void stage_apply_fails(struct stage *stage, enum error_code code)
{
    if (!stage_plan(stage))
        give_up(stage, "plan");
    if (stage_run(stage))
        fail_msg("the apply did not fail:\n%s", stage->events);
    if (stage->error->code != code)
        give_up(stage, "apply");
}

bool stage_heard(const struct stage *stage, const char *line)
{
    size_t size = strlen(line);
    for (const char *at = stage->events; *at; at = strchr(at, '\n') + 1)
        if (!strncmp(at, line, size))
            return true;
    return false;
}

const char *stage_table(struct stage *stage, const char *table)
{
    return oracle_text(
        stage->oracle,
        "WITH t AS (SELECT '%s'::regclass::oid AS o) SELECT string_agg(line, E'\\n' ORDER BY line COLLATE \"C\") FROM ("
        "SELECT 'column ' || attnum || attname || format_type(atttypid, atttypmod) || attnotnull || attgenerated::text"
        "    || attidentity::text || coalesce(pg_get_expr(d.adbin, d.adrelid), '') AS line"
        "  FROM pg_attribute LEFT JOIN pg_attrdef d ON adrelid = attrelid AND adnum = attnum"
        " WHERE attrelid = (SELECT o FROM t) AND attnum > 0 "
        "UNION ALL SELECT 'index ' || pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid = (SELECT o FROM t) "
        "UNION ALL SELECT 'constraint ' || conname || pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE conrelid = (SELECT o FROM t) "
        "UNION ALL SELECT 'trigger ' || pg_get_triggerdef(oid) FROM pg_trigger WHERE tgrelid = (SELECT o FROM t) "
        "UNION ALL SELECT 'table ' || relkind::text || relowner || coalesce(relacl::text, '') || "
        "coalesce(reloptions::text, '')"
        "  FROM pg_class WHERE oid = (SELECT o FROM t)) AS lines",
        table);
}
