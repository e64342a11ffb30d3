/* See stage.h. */
#include "migrate/rehearsal/stage.h"

#include "migrate/ledger.h"
#include "migrate/replay/build.h"
#include "migrate/status.h"
#include "migrate/trace/copy.h"
#include "store/session.h"

static bool refuse_incomplete(const struct status *status, struct error *error)
{
    for (size_t i = 0; i < status->count; i++) {
        if (status->migrations[i].state != MIGRATION_INCOMPLETE)
            continue;
        error_set(error, ERROR_REFUSED, "migration %s is incomplete on the target: a copy cannot go on with it",
                  status->migrations[i].version);
        return error_hint(error, "Let `pgdeck apply` finish it first; `pgdeck status` says where it stopped.");
    }
    return true;
}

/* The rows that are there are the replay's; those of the target say what is applied, and with which bytes. */
static bool copy_ledger(struct connection *connection, const struct status *status, const struct settings *settings,
                        struct error *error)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    struct ledger *ledger = ledger_find(memory, connection, settings_text(settings, SETTING_ledger), error);
    bool ok = ledger && connection_execute(connection, NO_PARAMETERS, error,
                                           talloc_asprintf(memory, "DELETE FROM %s", ledger->table));
    for (size_t i = 0; ok && i < status->count; i++)
        if (status->migrations[i].row)
            ok = ledger_insert(connection, ledger, status->migrations[i].row, error);
    talloc_free(memory);
    return ok;
}

static size_t count_rows(const struct status *status)
{
    size_t count = 0;
    for (size_t i = 0; i < status->count; i++)
        count += status->migrations[i].row != NULL;
    return count;
}

static void add_warning(struct stage_copy *stage, const char *text)
{
    size_t count = 0;
    while (stage->warnings && stage->warnings[count])
        count++;
    const char **lines = talloc_array(stage, const char *, (unsigned)count + 2);
    if (count)
        memcpy(lines, stage->warnings, count * sizeof *lines);
    lines[count] = text;
    lines[count + 1] = NULL;
    stage->warnings = lines;
}

static bool adopt(struct stage_copy *stage, struct copy *copy, const struct trace *trace, struct error *error)
{
    if (!copy->database) {
        error_set(error, ERROR_REFUSED, "%s", trace->reason ? trace->reason : "no copy of the target's schema");
        return error_hint(error,
                          "`pgdeck snapshot live` and `pgdeck diff migrations live` show what stands in the way.");
    }
    stage->scratch = copy->scratch;
    stage->database = copy->database;
    stage->source = trace->source;
    stage->reason = trace->reason;
    stage->warnings = trace->warnings;
    if (!strcmp(trace->source, "live"))
        add_warning(stage, "the copy holds no rows: it is made of the live catalog");
    return true;
}

static bool copy_target(struct stage_copy *stage, const struct rehearsal_options *options, struct error *error)
{
    struct session *session = session_open(stage, options->pool, options->cancel, error);
    struct status *status =
        session ? status_read(stage, session->connection, options->directory, options->settings, error) : NULL;
    if (!status || !refuse_incomplete(status, error))
        return false;
    const struct plan plan = {.status = status, .target = {.server_version = session->server_version}};
    const struct trace_options tracing = {
        .settings = options->settings, .directory = options->directory, .cancel = options->cancel};
    struct trace *trace = talloc_zero(stage, struct trace);
    struct copy *copy = talloc_zero(stage, struct copy);
    if (!trace || !copy)
        abort();
    copy->trace = trace;
    bool ok = copy_open(stage, copy, &plan, session->connection, &tracing, error) &&
              (!copy->scratch || copy_make(stage, copy, &tracing, error)) && adopt(stage, copy, trace, error) &&
              copy_ledger(copy->connection, status, options->settings, error);
    TALLOC_FREE(copy->connection);
    stage->applied = count_rows(status);
    talloc_free(session);
    return ok;
}

static bool make_empty(struct stage_copy *stage, const struct rehearsal_options *options, struct error *error)
{
    stage->scratch = scratch_open(stage, options->settings, 0, options->cancel, error);
    stage->source = "empty";
    stage->database = stage->scratch ? scratch_create(stage, stage->scratch, options->cancel, error) : NULL;
    return stage->database;
}

struct stage_copy *stage_copy_make(TALLOC_CTX *owner, const struct rehearsal_options *options, struct error *error)
{
    static const char *const none[] = {NULL};
    struct stage_copy *stage = talloc_zero(owner, struct stage_copy);
    if (!stage)
        abort();
    if (!(options->pool ? copy_target(stage, options, error) : make_empty(stage, options, error))) {
        talloc_free(stage);
        return NULL;
    }
    if (!stage->warnings)
        stage->warnings = none;
    stage->target = scratch_target(stage, stage->database);
    return stage;
}
